"""Choices of datasets."""

from django.db import models


class DatasetState(models.TextChoices):
    FREEZING = "freezing"
    FROZEN = "frozen"
    FAILED = "failed"


class Split(models.TextChoices):
    TRAIN = "train"
    VAL = "val"
    TEST = "test"
