"""What learning does when something happens below it."""

from __future__ import annotations

import uuid
from typing import Any

from django.dispatch import receiver

from backend.learning.services import promotion, registry
from backend.media.signals import asset_ready
from backend.projects import selectors as projects
from backend.projects.signals import project_created

# Uploads come in bursts: waiting a moment makes one job of them.
GATHER_S = 2.0


@receiver(project_created)
def install_shipped_model(project_id: uuid.UUID, **_kwargs: Any) -> None:
    registry.shipped_install(project=projects.project_find(project_id))


@receiver(asset_ready)
def suggest_for_new_asset(project_id: uuid.UUID, **_kwargs: Any) -> None:
    project = projects.project_find(project_id)
    if projects.settings_of(project).prelabel:
        promotion.prepare_enqueue(project, delay_s=GATHER_S)
