"""What learning does when something happens below it."""

from __future__ import annotations

import uuid
from typing import Any

from django.dispatch import receiver

from backend.annotation.signals import annotation_approved, video_split
from backend.learning import selectors
from backend.learning.services import approval_policies, promotion, registry
from backend.learning.signals import model_promoted
from backend.media.signals import asset_ready
from backend.projects import selectors as projects
from backend.projects.signals import ontology_changed, project_created

# Uploads come in bursts: waiting a moment makes one job of them.
GATHER_S = 2.0


@receiver(project_created)
def install_shipped_model(project_id: uuid.UUID, **_kwargs: Any) -> None:
    registry.shipped_install(project=projects.project_find(project_id))


@receiver([asset_ready, video_split])
def suggest_for_new_tasks(project_id: uuid.UUID, **_kwargs: Any) -> None:
    project = projects.project_find(project_id)
    if projects.settings_of(project).prelabel:
        promotion.prepare_enqueue(project, delay_s=GATHER_S)


@receiver(annotation_approved)
def count_for_auto_approval(project_id: uuid.UUID, task_id: uuid.UUID, **_kwargs: Any) -> None:
    if selectors.policies_at_work(project_id).exists() and selectors.is_watched_picture(task_id):
        _approval_look(project_id)


@receiver([model_promoted, ontology_changed])
def end_what_was_proven_for_another(project_id: uuid.UUID, **_kwargs: Any) -> None:
    _approval_look(project_id)


def _approval_look(project_id: uuid.UUID) -> None:
    approval_policies.approval_enqueue(projects.project_find(project_id), delay_s=approval_policies.GATHER_S)
