"""Labels that come from files: a revision per picture, once per import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID, uuid5

from django.db import transaction

from backend.annotation.contracts import RegionData, SuggestionItem, region_dict
from backend.annotation.domain.geometry import geometry_normalise
from backend.annotation.domain.geometry.checks import ShapeProblem
from backend.annotation.domain.parts import Span, regions_cut, track_cut
from backend.annotation.domain.states import TaskEvent
from backend.annotation.enums import RegionSource, SecondLookState, SuggestionState, TaskState
from backend.annotation.models import ReviewDecision, Revision, SecondLook, Suggestion, Task
from backend.annotation.selectors.answers import is_collecting
from backend.annotation.services.moves import announce, record, task_lock, task_move
from backend.annotation.services.revisions import (
    canvas_of,
    labels_check,
    ontology_of,
    revision_write,
    task_resolve,
)
from backend.annotation.services.submit import revision_approved, task_save
from backend.annotation.services.suggestions import suggestions_create
from backend.annotation.signals import task_submitted

if TYPE_CHECKING:
    from backend.accounts.models import User

Said = TypeVar("Said", RegionData, SuggestionItem)


@transaction.atomic
def revision_import(
    *,
    task_id: UUID,
    regions: Sequence[RegionData],
    tags: Sequence[str] = (),
    actor: User | None,
    import_key: str,
    approved: bool,
) -> Revision | None:
    """Store imported labels as the task's revision: approved, or waiting for review.

    The same `import_key` again gives the same revision. A task a person works on, or whose labels are not
    an import's, is left alone: None. Raises LabelsRefused with a field per region.
    """
    task = task_lock(task_id)
    existing = Revision.objects.filter(task=task, import_key=import_key).first()
    if existing is not None:
        return existing
    before = task.resolved_revision
    if task.state in (TaskState.IN_WORK, TaskState.QUARANTINED):
        return None
    if is_collecting(task) and task.assignments.exists():
        return None
    if before is not None and before.source != RegionSource.IMPORT:
        return None
    ontology = ontology_of(task)
    rows: list[dict[str, Any]] = [_as_import(region) for region in regions]
    checked, good_tags = labels_check(task, ontology, rows, list(tags))
    revision = revision_write(
        task=task,
        regions=checked,
        tags=good_tags,
        ontology=ontology,
        author=actor,
        source=RegionSource.IMPORT,
        base_id=before.pk if before else None,
        pending=not approved,
        import_key=import_key[:200],
    )
    Revision.objects.filter(task=task, pending=True).exclude(pk=revision.pk).update(pending=False)
    Suggestion.objects.filter(task=task, state=SuggestionState.OPEN).update(state=SuggestionState.SUPERSEDED)
    task.open_suggestion_count, task.max_suggestion_score = 0, None
    if task.state == TaskState.NEW:
        task_move(task, TaskEvent.ASSET_READY)
    if approved:
        ReviewDecision.objects.create(
            revision=revision, reviewer=actor, verdict="approve", reason="Imported as approved."
        )
        revision_approved(task, revision)
        # What an import brings is not drawn, and whoever approved the labels before has said nothing of these.
        SecondLook.objects.filter(task=task, state=SecondLookState.WAITING).delete()
    else:
        task_resolve(task, revision)
        task_move(task, TaskEvent.SUBMIT)
        task.approved_at = None
        task_save(task)
    record(actor, task, "revision.import", revision_id=str(revision.pk), regions=len(checked))
    task_submitted.send(
        sender=type(task), project_id=task.project_id, task_id=task.pk, revision_id=revision.pk
    )
    announce(task)
    return revision


@transaction.atomic
def asset_import(
    *,
    tasks: Sequence[Task],
    regions: Sequence[RegionData],
    tags: Sequence[str],
    actor: User | None,
    import_key: str,
    approved: bool,
) -> list[Revision | None]:
    """`revision_import` for all `tasks` of one asset: each part of a video gets what tracks say of its frames."""
    sound, odd = _tracks_sound(tasks, regions)
    return [
        revision_import(
            task_id=task.pk,
            regions=_regions_of(task, sound, odd),
            tags=tags,
            actor=actor,
            import_key=import_key,
            approved=approved,
        )
        for task in tasks
    ]


def _tracks_sound(
    tasks: Sequence[Task], said: Sequence[Said], *, by_model: bool = False
) -> tuple[list[Said], list[Said]]:
    """Where tasks share a video: its tracks as they are stored, which alone can be cut, and whatever is none.

    What a `by_model` says may be small and overhang.
    """
    part = next((task for task in tasks if task.part is not None), None)
    if part is None:
        return [], list(said)
    canvas = replace(canvas_of(part), frames=None)
    if by_model:
        canvas = replace(canvas, min_box_px=min(canvas.min_box_px, 1.0))
    sound, odd = [], []
    for each in said:
        try:
            geometry = geometry_normalise(each.shape, each.geometry, canvas, clip_any=by_model)
        except ShapeProblem:
            odd.append(each)
        else:
            sound.append(replace(each, geometry=geometry))
    return sound, odd


def _regions_of(task: Task, tracks: Sequence[RegionData], odd: Sequence[RegionData]) -> Sequence[RegionData]:
    """Cut to the task's part, under ids of their own: an id belongs to one task.

    What is no sound track stays as it is: the check of labels refuses it, and says why.
    """
    if task.part is None:
        return odd
    cut = regions_cut(tracks, Span(task.frame_start, task.frame_end))
    return [replace(r, region_id=str(uuid5(UUID(r.region_id), str(task.part)))) for r in (*cut, *odd)]


@transaction.atomic
def asset_suggest(
    *, tasks: Sequence[Task], items: Sequence[SuggestionItem], model_version_id: UUID, model_name: str
) -> None:
    """`suggestions_create` for all `tasks` of one asset, tracks cut as in `asset_import`."""
    sound, odd = _tracks_sound(tasks, items, by_model=True)
    for task in tasks:
        suggestions_create(
            task_id=task.pk,
            model_version_id=model_version_id,
            model_name=model_name,
            items=[*_items_of(task, sound), *odd],
        )


def _items_of(task: Task, tracks: Sequence[SuggestionItem]) -> list[SuggestionItem]:
    span, found = Span(task.frame_start, task.frame_end), []
    for item in tracks:
        if (geometry := track_cut(item.geometry, span)) is not None:
            found.append(replace(item, geometry=geometry))
    return found


def _as_import(region: RegionData) -> dict[str, Any]:
    return {
        **region_dict(region),
        "source": RegionSource.IMPORT.value,
        "suggestion_id": None,
        "model_version_id": None,
        "score": None,
    }
