"""Announced inside the transaction of the change."""

from django.dispatch import Signal

# project_id, task_id, revision_id: labels were submitted (they may still wait for review)
task_submitted = Signal()
# project_id, task_id, revision_id: labels were approved, by a reviewer or by the project's policy
annotation_approved = Signal()
