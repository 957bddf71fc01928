"""What annotation does when lower apps announce something; runs inside their transaction."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.dispatch import receiver

from backend.annotation import selectors, services
from backend.annotation.services.removal import tasks_of_project_delete
from backend.media.signals import asset_ready
from backend.projects.signals import labels_in_use, ontology_changed, project_deleting


@receiver(asset_ready)
def asset_became_ready(*, project_id: uuid.UUID, asset_id: uuid.UUID, **_: Any) -> None:
    services.tasks_asset_ready(project_id=project_id, asset_id=asset_id)


@receiver(labels_in_use)
def labels_still_used(*, project_id: uuid.UUID, label_ids: Collection[str], **_: Any) -> set[str]:
    return selectors.labels_used(project_id=project_id, label_ids=label_ids)


@receiver(ontology_changed)
def labels_changed(
    *, project_id: uuid.UUID, removed: Collection[str], mapping: dict[str, str | None], **_: Any
) -> None:
    services.labels_remap(project_id=project_id, removed=removed, mapping=mapping)


@receiver(project_deleting)
def project_goes(*, project_id: uuid.UUID, **_: Any) -> None:
    tasks_of_project_delete(project_id=project_id)
