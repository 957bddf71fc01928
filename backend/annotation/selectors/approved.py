"""Approved pictures, videos and their objects: for datasets, and for jobs that hold them against something else."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from backend.annotation.contracts import ApprovedImage, ApprovedLabels, LabelledObject, Labels
from backend.annotation.domain.geometry import geometry_bounds
from backend.annotation.domain.joining import parts_joined
from backend.annotation.domain.parts import Span
from backend.annotation.domain.seams import Link, PartLabels
from backend.annotation.models import Task
from backend.annotation.selectors.labels import APPROVED_STATES, approved_revisions, regions_by_revision
from backend.annotation.selectors.links import links_back


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


def approved_by_asset(
    *, project_id: uuid.UUID, asset_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, ApprovedLabels]:
    """Approved labels of these assets by asset; of a video in parts those of all approved parts, joined.

    Such a video is blind where every one of these parts is. Assets without approved labels, and excluded ones, are absent.
    """
    found: dict[uuid.UUID, ApprovedLabels] = {}
    parts: dict[uuid.UUID, list[ApprovedLabels]] = defaultdict(list)
    for labels in approved_revisions(project_id=project_id, asset_ids=asset_ids):
        if labels.part is None:
            found[labels.asset_id] = labels
        else:
            parts[labels.asset_id].append(labels)
    ends = _frame_counts(project_id, parts)
    links = links_back([row.task_id for rows in parts.values() for row in rows])
    return found | {asset_id: _joined(rows, ends[asset_id], links) for asset_id, rows in parts.items()}


def _frame_counts(project_id: uuid.UUID, asset_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The last part of a video ends where the video does."""
    rows = Task.objects.filter(project_id=project_id, asset_id__in=asset_ids).order_by("frame_end")
    return dict(rows.values_list("asset_id", "frame_end"))


def part_labels(row: ApprovedLabels, links: Mapping[uuid.UUID, Sequence[Link]]) -> PartLabels:
    """The approved labels of a part, with what people said of it, by its task, and the part before."""
    assert row.part is not None
    return PartLabels(
        Span(row.part.frame_start, row.part.frame_end),
        Labels(row.regions, row.tags),
        is_last=row.part.number == row.part.count,
        links=links.get(row.task_id, ()),
    )


def _joined(
    rows: Sequence[ApprovedLabels], frame_count: int, links: Mapping[uuid.UUID, Sequence[Link]]
) -> ApprovedLabels:
    """The approved parts of one video as one."""
    ordered = sorted(rows, key=lambda row: row.part.number if row.part else 0)
    parts = [part_labels(row, links) for row in ordered]
    covered, reached = 0, 0
    for part in parts:
        covered += part.span.end - max(part.span.start, reached)
        reached = part.span.end
    labels = parts_joined(parts)
    return replace(
        ordered[0],
        regions=labels.regions,
        tags=labels.tags,
        blind=all(row.blind for row in rows),
        approved_at=max((row.approved_at for row in rows if row.approved_at), default=None),
        part=None,
        frames_waiting=frame_count - covered,
    )
