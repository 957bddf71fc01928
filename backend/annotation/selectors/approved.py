"""Approved pictures and their objects, for jobs that hold them against something else."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from backend.annotation.contracts import ApprovedImage, LabelledObject
from backend.annotation.domain.geometry import geometry_bounds
from backend.annotation.models import Task
from backend.annotation.selectors.labels import APPROVED_STATES, regions_by_revision


def approved_images(project_id: uuid.UUID) -> list[ApprovedImage]:
    """Pictures with approved labels, in the order of their tasks; videos, excluded and deleted ones are left out."""
    rows = (
        Task.objects.filter(
            project_id=project_id,
            state__in=APPROVED_STATES,
            resolved_revision__isnull=False,
            asset__kind="image",
            asset__deleted_at=None,
            asset__project_assets__project_id=project_id,
            asset__project_assets__excluded_at=None,
        )
        .order_by("id")
        .values_list("id", "asset_id", "asset__group_key", "blind", "resolved_revision_id")
    )
    return [
        ApprovedImage(task_id, asset_id, group_key or str(asset_id), blind, revision_id)
        for task_id, asset_id, group_key, blind, revision_id in rows
        if revision_id is not None
    ]


def objects_of_revisions(revision_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[LabelledObject]]:
    """Objects of pictures' revisions, each with the upright box around it; revisions without objects are absent."""
    return {
        revision_id: [LabelledObject(row, geometry_bounds(row.shape, row.geometry)) for row in regions]
        for revision_id, regions in regions_by_revision(revision_ids).items()
    }
