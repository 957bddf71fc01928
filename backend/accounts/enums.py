"""Choices of accounts."""

from django.db import models


class LinkPurpose(models.TextChoices):
    SETUP = "setup"
    INVITE = "invite"
    RESET = "reset"


class TokenScope(models.TextChoices):
    READ = "read"
    WRITE = "write"
