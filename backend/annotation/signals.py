"""Announced inside the transaction of the change."""

from django.dispatch import Signal

# project_id, task_id, revision_id: labels were submitted (they may still wait for review)
task_submitted = Signal()
# project_id, task_id, revision_id: labels were approved, by a reviewer or by the project's policy
annotation_approved = Signal()
# project_id, asset_id: the tasks of a video are of other parts now, and nothing is suggested for them
video_split = Signal()
