"""What goes with a project."""

from __future__ import annotations

import uuid

from django.db import transaction

from backend.annotation.models import Task


@transaction.atomic
def tasks_of_project_delete(*, project_id: uuid.UUID) -> None:
    """Before a project goes: its tasks, whose revisions hold on to its ontology."""
    Task.objects.filter(project_id=project_id).delete()
