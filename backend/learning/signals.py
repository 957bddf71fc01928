"""Announced inside the transaction of the change."""

from django.dispatch import Signal

# project_id, model_version_id, kind
model_promoted = Signal()
