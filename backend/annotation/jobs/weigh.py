"""What people and models said of other pictures, to weigh them by where several people's answers are put together."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from backend.annotation.contracts import RegionData
from backend.annotation.domain.consensus import Weighing
from backend.annotation.domain.crowd import Said, Word
from backend.annotation.enums import MergeMethod
from backend.annotation.models import ConsensusMerge, Revision, Suggestion, Task

# Of other pictures, the newest: more would change no weight by much.
PICTURES_MAX = 500
SUGGESTIONS_MAX = 1_500


def weighing_of(task: Task, answers: Sequence[Revision], method: MergeMethod) -> Weighing:
    """For the answers of this task, in their order."""
    wanted = method == MergeMethod.CROWD
    return Weighing(
        people=[str(row.author_id or row.pk) for row in answers],
        is_wanted=wanted,
        before=list(_said_before(task)) if wanted else (),
        suggestions=_suggestions(task),
    )


def _suggestions(task: Task) -> list[tuple[RegionData, float]] | None:
    """What the model said before anybody labelled the picture, so that it cannot have learned from these answers.

    None of a blind picture, in whose labels no model may have a word, of a video, and where no model looked.
    """
    if task.blind or task.prelabelled_by_id is None or task.asset.kind != "image":
        return None
    rows = Suggestion.objects.filter(task=task, model_version_id=task.prelabelled_by_id).exclude(shape="tag")
    return [
        (RegionData(str(row.pk), str(row.label_id), row.shape, row.geometry), row.score)
        for row in rows.order_by("-score", "id")[:SUGGESTIONS_MAX]
    ]


def _said_before(task: Task) -> Iterator[Said]:
    """Objects of the project's other pictures, each picture as it was put together last."""
    rows = ConsensusMerge.objects.filter(task__project_id=task.project_id).exclude(task=task)
    done: set[uuid.UUID] = set()
    for row in rows.only("task_id", "answers", "objects_found").order_by("-id")[:PICTURES_MAX]:
        if row.task_id not in done:
            done.add(row.task_id)
            yield from _objects(row)


def _objects(row: ConsensusMerge) -> Iterator[Said]:
    who = {answer["revision_id"]: answer["user_id"] for answer in row.answers}
    for found in row.objects_found:
        said: dict[str, Any] = found.get("said") or {}
        model = found.get("model")
        # What was put together before this was kept tells nothing of who said what.
        if said:
            people = {who[pk]: label for pk, label in said.items() if who.get(pk, "None") != "None"}
            if people:
                yield Said(str(row.task_id), people, Word(*model) if model else None)
