"""What auto-approval reads: pictures nobody has begun, the random slice, and what people made of single pictures."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection

from django.db.models import Q

from backend.annotation.contracts import BlindPicture, OpenSuggestion, PictureBoxes, WaitingPicture
from backend.annotation.domain.geometry import geometry_bounds
from backend.annotation.enums import Shape, SuggestionState, TaskState
from backend.annotation.models import Revision, Suggestion, Task
from backend.annotation.selectors.labels import APPROVED_STATES, regions_by_revision

IMAGE = "image"


def waiting_pictures(project_id: uuid.UUID, model_version_id: uuid.UUID) -> list[WaitingPicture]:
    """Images that a model version has made suggestions for, or looked at last, and that nobody has begun.

    Blind, assigned and excluded ones are left out, as are those somebody has opened. In the order they came.
    """
    by_model = Suggestion.objects.filter(
        task__project_id=project_id, model_version_id=model_version_id, state=SuggestionState.OPEN
    )
    looked_at = Q(prelabelled_by_id=model_version_id) | Q(pk__in=by_model.values("task_id"))
    rows = list(
        Task.objects.filter(
            looked_at,
            project_id=project_id,
            state=TaskState.READY,
            blind=False,
            assigned_to=None,
            resolved_revision=None,
            people=1,
            asset__kind=IMAGE,
            asset__project_assets__project_id=project_id,
            asset__project_assets__excluded_at=None,
            asset__deleted_at=None,
        )
        .exclude(assignments__isnull=False)
        .exclude(selection_reason="audit")
        .order_by("id")
        .values_list("id", "asset_id", "asset__camera_id", "prelabelled_by_id")
    )
    found: dict[uuid.UUID, list[OpenSuggestion]] = defaultdict(list)
    open_rows = Suggestion.objects.filter(task_id__in=[row[0] for row in rows], state=SuggestionState.OPEN)
    for row in open_rows.order_by("-score", "id").iterator(5_000):
        found[row.task_id].append(_open(row))
    return [
        WaitingPicture(task_id, asset_id, camera_id, looked_by, tuple(found[task_id]))
        for task_id, asset_id, camera_id, looked_by in rows
    ]


def _open(row: Suggestion) -> OpenSuggestion:
    box = None if row.shape == Shape.TAG else geometry_bounds(row.shape, row.geometry)
    return OpenSuggestion(row.pk, row.model_version_id, str(row.label_id), row.shape, row.score, box)


def blind_pictures(project_id: uuid.UUID) -> dict[uuid.UUID, BlindPicture]:
    """Images of the random slice by task."""
    rows = Task.objects.filter(project_id=project_id, blind=True, asset__kind=IMAGE)
    usable = set(
        rows.filter(
            asset__project_assets__project_id=project_id,
            asset__project_assets__excluded_at=None,
            asset__deleted_at=None,
        )
        .exclude(state=TaskState.QUARANTINED)
        .values_list("id", flat=True)
    )
    columns = ("id", "asset_id", "asset__camera_id", "asset__group_key", "state", "resolved_revision_id")
    return {
        task_id: BlindPicture(
            task_id,
            asset_id,
            camera_id,
            group_key,
            task_id in usable,
            revision_id if state in APPROVED_STATES else None,
        )
        for task_id, asset_id, camera_id, group_key, state, revision_id in rows.values_list(*columns)
    }


def finished_by_people(task_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """{task: revision} of those tasks whose labels a person has approved since, policies' own work left out."""
    rows = Task.objects.filter(
        pk__in=task_ids, state=TaskState.APPROVED, resolved_revision__policy_id__isnull=True
    )
    return {task_id: rev for task_id, rev in rows.values_list("id", "resolved_revision_id") if rev}


def boxes_of_revisions(revision_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, PictureBoxes]:
    """What revisions say, every object as the upright box around it."""
    tags = dict(Revision.objects.filter(pk__in=revision_ids).values_list("id", "tags"))
    regions = regions_by_revision(list(tags))
    return {
        pk: PictureBoxes(
            tuple((row.label_id, geometry_bounds(row.shape, row.geometry)) for row in regions.get(pk, [])),
            tuple(found),
        )
        for pk, found in tags.items()
    }
