"""Long videos as several tasks: made when they come, or when somebody asks while nobody has begun."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from backend.annotation.domain.parts import Span, spans_of
from backend.annotation.enums import SuggestionState, TaskState
from backend.annotation.errors import PartsRefused
from backend.annotation.models import Suggestion, Task
from backend.annotation.selectors.boxes import UNTOUCHED
from backend.annotation.services.moves import announce
from backend.annotation.signals import video_split
from backend.core import audit
from backend.core.errors import BadInput
from backend.projects.contracts import ProjectSettings, part_problems

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project

# Whose a task is, and until when.
Given = tuple[uuid.UUID | None, datetime | None]

# How a task was drawn, and with that what the parts of a video have in common when they are made.
_DRAWN = ("priority", "selection_reason", "selection_evidence", "selection_score", "inclusion_probability")
_SPAN = ("part_number", "part_count", "frame_start", "frame_end")
_SHARED = ("project_id", "asset_id", "state", *_DRAWN, "blind", "assigned_to_id", "due_at", "people")


def asset_links_lock(project: Project, asset_ids: Sequence[uuid.UUID]) -> None:
    """Hold the videos among these assets in the project, so that nobody else makes tasks for them meanwhile."""
    links = project.project_assets.filter(asset_id__in=asset_ids, asset__kind="video")
    list(links.select_for_update(of=("self",)).order_by("id").values_list("id", flat=True))


def task_part(task: Task, settings: ProjectSettings) -> list[Task]:
    """Make the one task of a whole video several, where the project wants that of its length; all of them.

    The caller holds the asset's link. Pictures, and videos that are short enough, stay as they are.
    """
    if task.part is not None:
        return [task]
    # Not the asset itself: a long video's times of frames are megabytes.
    facts = Task.objects.filter(pk=task.pk).values_list("asset__kind", "asset__frame_count")
    kind, frame_count = facts.get()
    if kind != "video":
        return [task]
    spans = spans_of(frame_count or 0, settings.part_frames, settings.part_overlap)
    return _parts_write(task, spans) if spans else [task]


def _parts_write(first: Task, spans: Sequence[Span], given: Mapping[Span, Given] | None = None) -> list[Task]:
    """`first` becomes part 1, the others are made after it: the queue hands them out in order.

    Parts are given to whom `first` is, those of frames in `given` to whom it says.
    """
    shared = {name: getattr(first, name) for name in _SHARED}
    rows = [
        Task(
            **shared,
            part_number=number,
            part_count=len(spans),
            frame_start=span.start,
            frame_end=span.end,
        )
        for number, span in enumerate(spans, start=1)
    ]
    for row, span in zip(rows, spans, strict=True):
        row.assigned_to_id, row.due_at = (given or {}).get(span, (row.assigned_to_id, row.due_at))
    for name in _SPAN:
        setattr(first, name, getattr(rows[0], name) if rows else 0)
    if rows:
        first.assigned_to_id, first.due_at = rows[0].assigned_to_id, rows[0].due_at
    first.save(update_fields=[*_SPAN, "assigned_to", "due_at", "updated_at"])
    return [first, *Task.objects.bulk_create(rows[1:])]


def tasks_and_parts_lock(
    project_id: uuid.UUID, task_ids: Collection[uuid.UUID], drawn: Collection[uuid.UUID]
) -> list[Task]:
    """Those of the tasks that are ready, and in any state all parts of the videos of which one is `drawn`; locked, by id.

    All at once: parts locked after the rest would be out of that order, and two that lock them might wait for each
    other for ever.
    """
    wanted = Q(pk__in=task_ids, state=TaskState.READY)
    if drawn:
        videos = Task.objects.filter(pk__in=drawn, part_number__gt=0).values("asset_id")
        wanted |= Q(asset_id__in=videos)
    return list(Task.objects.select_for_update().filter(wanted, project_id=project_id).order_by("id"))


def other_parts(tasks: Sequence[Task], among: Sequence[Task]) -> dict[uuid.UUID, list[Task]]:
    """By task id the other parts of its video `among` tasks of its project; none for whole pictures and videos."""
    parts = defaultdict(list)
    for row in among:
        parts[row.asset_id].append(row)
    return {
        task.pk: [row for row in parts[task.asset_id] if task.part is not None and row.pk != task.pk]
        for task in tasks
    }


def drawn_as(part: Task, drawn: Task) -> Task:
    """A part of a video that was drawn blind with another one: the caller saves it."""
    for name in _DRAWN:
        setattr(part, name, getattr(drawn, name))
    part.blind, part.open_suggestion_count, part.max_suggestion_score = True, 0, None
    return part


@transaction.atomic
def video_parts_set(
    *, actor: User, project: Project, asset_id: uuid.UUID, frames: int, overlap: int
) -> list[Task]:
    """Make a video several tasks of at most `frames` frames with that overlap, or one task again (0); all its tasks.

    A part of the same frames as before stays given to whom it was, and so does a video that was one person's throughout;
    any other part is given to nobody.
    Raises PartsRefused where somebody has begun, where it is no video or too short, BadInput for lengths that do not go.
    """
    if problems := part_problems(frames, overlap):
        raise BadInput(
            "The video cannot be split like that.",
            fields={
                {"part_frames": "frames", "part_overlap": "overlap"}[key]: text
                for key, text in problems.items()
            },
        )
    asset_links_lock(project, [asset_id])
    tasks = list(
        Task.objects.select_for_update(of=("self",))
        .select_related("asset", "project")
        .defer("asset__frame_times_s", "asset__hash_bands")
        .filter(project=project, asset_id=asset_id)
        .order_by("part_number")
    )
    if not tasks or tasks[0].asset.kind != "video" or not tasks[0].asset.frame_count:
        raise PartsRefused("Only a video that is ready can be split into parts.")
    spans = spans_of(tasks[0].asset.frame_count, frames, overlap)
    if frames and not spans:
        raise PartsRefused(
            f"The video has {tasks[0].asset.frame_count:,} frames, no more than a part may have. Ask for shorter parts."
        )
    if [Span(task.frame_start, task.frame_end) for task in tasks if task.part] == spans:
        return tasks
    _begun_refuse(tasks)
    first, rest = tasks[0], tasks[1:]
    Task.objects.filter(pk__in=[task.pk for task in rest]).delete()
    # What a model said of other frames means nothing here: it may be asked again.
    Suggestion.objects.filter(task=first, state=SuggestionState.OPEN).update(state=SuggestionState.SUPERSEDED)
    first.open_suggestion_count, first.max_suggestion_score, first.prelabelled_by_id = 0, None, None
    first.suggestions_left_out = 0
    first.save(
        update_fields=[
            "open_suggestion_count",
            "max_suggestion_score",
            "prelabelled_by_id",
            "suggestions_left_out",
            "updated_at",
        ]
    )
    given = {Span(task.frame_start, task.frame_end): (task.assigned_to_id, task.due_at) for task in tasks}
    # Of frames that nobody had together nobody knows whose they are, unless all were one person's.
    first.assigned_to_id, first.due_at = _common(given.values())
    made = _parts_write(first, spans, given)
    audit.record(
        actor=actor,
        organisation_id=project.organisation_id,
        action="task.parts",
        object_type="asset",
        object_id=asset_id,
        before={"parts": len(tasks)},
        after={"parts": len(made), "frames": frames, "overlap": overlap},
    )
    announce(first)
    video_split.send(sender=Task, project_id=project.pk, asset_id=asset_id)
    return made


def _common(given: Iterable[Given]) -> Given:
    """Whose all of them are, and until when; None where they differ."""
    people, days = map(set, zip(*given, strict=True))
    return (people.pop() if len(people) == 1 else None, days.pop() if len(days) == 1 else None)


def _begun_refuse(tasks: Sequence[Task]) -> None:
    """Raises PartsRefused where work would be lost, or a part that was set aside would come back unseen."""
    if any(task.state == TaskState.QUARANTINED for task in tasks):
        raise PartsRefused("This video, or a part of it, is set aside. Bring it back first.")
    ids = [task.pk for task in tasks]
    touched = Q(assignments__isnull=False) | Q(revisions__isnull=False) | Q(comments__isnull=False)
    decided = Q(suggestions__state__in=("accepted", "fixed", "rejected"))
    begun = Task.objects.filter(touched | decided | ~Q(state__in=(*UNTOUCHED, TaskState.NEW)), pk__in=ids)
    if begun.exists():
        raise PartsRefused(
            "Somebody has begun this video. Its parts stay as they are, so that no work is lost."
        )
