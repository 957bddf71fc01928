"""Labels as plain data: of one revision, of many, of everything approved in a project."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import TypedDict

from backend.annotation.contracts import ApprovedLabels, Labels, RegionData
from backend.annotation.enums import TaskState
from backend.annotation.models import RegionVersion, Revision, Task

APPROVED_STATES = (TaskState.APPROVED, TaskState.AUTO_APPROVED)
# Labels are there that a reviewer may look at.
REVIEWED_STATES = (TaskState.IN_REVIEW, *APPROVED_STATES)
# Tasks read at a time when a whole project streams out: a few MB of rows.
CHUNK = 500


def region_data(row: RegionVersion) -> RegionData:
    return RegionData(
        region_id=str(row.region_id),
        label_id=str(row.label_id),
        shape=row.shape,
        geometry=row.geometry,
        attributes=row.attributes,
        source=row.source,
        suggestion_id=str(row.suggestion_id) if row.suggestion_id else None,
        model_version_id=str(row.model_version_id) if row.model_version_id else None,
        score=row.score,
        z_index=row.z_index,
        occluded=row.occluded,
        group_id=str(row.group_id) if row.group_id else None,
    )


class Size(TypedDict):
    """Of the upright picture in pixels; `frame_count` None where it is no video. Of a part of one, where it ends."""

    width: int
    height: int
    frame_count: int | None


def size_of(task: Task) -> Size:
    """What labels of the task's picture or video are compared on."""
    asset = task.asset
    frames = (task.frame_end or asset.frame_count or 0) if asset.kind == "video" else None
    return {"width": asset.width, "height": asset.height, "frame_count": frames}


def revision_labels(revision: Revision | None) -> Labels:
    """The labels of a revision; none at all for None."""
    if revision is None:
        return Labels()
    rows = RegionVersion.objects.filter(revisions=revision).order_by("z_index", "region_id")
    return Labels([region_data(row) for row in rows], list(revision.tags))


def regions_by_revision(revision_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[RegionData]]:
    """Regions of many revisions in two queries."""
    pairs = list(
        Revision.regions.through.objects.filter(revision_id__in=revision_ids).values_list(
            "revision_id", "regionversion_id"
        )
    )
    versions = RegionVersion.objects.in_bulk({version_id for _revision, version_id in pairs})
    grouped: dict[uuid.UUID, list[RegionVersion]] = defaultdict(list)
    for revision_id, version_id in pairs:
        grouped[revision_id].append(versions[version_id])
    return {
        revision_id: [region_data(row) for row in sorted(rows, key=lambda r: (r.z_index, str(r.region_id)))]
        for revision_id, rows in grouped.items()
    }


def approved_revisions(
    *,
    project_id: uuid.UUID,
    task_ids: Collection[uuid.UUID] | None = None,
    asset_ids: Collection[uuid.UUID] | None = None,
    blind: bool | None = None,
    include_excluded: bool = False,
) -> Iterator[ApprovedLabels]:
    """Approved labels of a project in task order, a chunk at a time; each part of a video for itself.

    Assets excluded from the project are left out unless asked for.
    """
    tasks = Task.objects.filter(
        project_id=project_id,
        state__in=APPROVED_STATES,
        resolved_revision__isnull=False,
        asset__deleted_at=None,
    )
    if task_ids is not None:
        tasks = tasks.filter(pk__in=task_ids)
    if asset_ids is not None:
        tasks = tasks.filter(asset_id__in=asset_ids)
    if blind is not None:
        tasks = tasks.filter(blind=blind)
    if not include_excluded:
        tasks = tasks.filter(
            asset__project_assets__project_id=project_id, asset__project_assets__excluded_at=None
        )
    last: uuid.UUID | None = None
    while True:
        page = tasks.select_related("resolved_revision").order_by("id")
        rows = list((page.filter(pk__gt=last) if last else page)[:CHUNK])
        if not rows:
            return
        last = rows[-1].pk
        revisions = [row.resolved_revision_id for row in rows if row.resolved_revision_id is not None]
        regions = regions_by_revision(revisions)
        for row in rows:
            yield _approved(row, regions)


def _approved(task: Task, regions: dict[uuid.UUID, list[RegionData]]) -> ApprovedLabels:
    revision = task.resolved_revision
    assert revision is not None
    return ApprovedLabels(
        task_id=task.pk,
        asset_id=task.asset_id,
        revision_id=revision.pk,
        regions=regions.get(revision.pk, []),
        tags=list(revision.tags),
        blind=task.blind,
        selection_reason=task.selection_reason,
        inclusion_probability=task.inclusion_probability,
        author_id=revision.author_id,
        approved_at=task.approved_at,
        part=task.part,
    )


def labels_of_revisions(
    *, project_id: uuid.UUID, revision_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Labels]:
    """Labels of given revisions of one project, as a frozen dataset names them. Foreign ids are left out."""
    tags = dict(
        Revision.objects.filter(pk__in=revision_ids, task__project_id=project_id).values_list("id", "tags")
    )
    regions = regions_by_revision(list(tags))
    return {pk: Labels(regions.get(pk, []), list(found)) for pk, found in tags.items()}
