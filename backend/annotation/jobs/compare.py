"""Measures the answer of a hidden task, seconds after its submit: against the truth, and against others' answers."""

from __future__ import annotations

from typing import Any

from backend.annotation.domain.comparing import TooMany, compare
from backend.annotation.models import Revision
from backend.annotation.selectors.labels import revision_labels, size_of
from backend.annotation.services.truth import comparison_store
from backend.core.jobs import JobContext

# Of others who were handed the same picture, the newest: pairs would grow with the square of people.
OTHERS_MAX = 10


def run(context: JobContext) -> dict[str, Any]:
    """Job `annotation.compare`. Payload: revision_id. Running it again stores nothing twice."""
    answer = (
        Revision.objects.select_related(
            "task__project", "task__asset", "task__resolved_revision__author", "author"
        )
        .defer("task__asset__frame_times_s")
        .filter(pk=context.payload["revision_id"])
        .first()
    )
    if answer is None or answer.task.resolved_revision is None:
        return {"compared": 0}
    task = answer.task
    others = (
        Revision.objects.filter(task=task, beside=True, pk__lt=answer.pk)
        .exclude(author_id=answer.author_id)
        .select_related("author")
        .order_by("-id")[:OTHERS_MAX]
    )
    mine, compared, left_out = revision_labels(answer), 0, 0
    for other, is_truth in [(task.resolved_revision, True), *((row, False) for row in others)]:
        try:
            found = compare(revision_labels(other), mine, **size_of(task))
        except TooMany as error:
            context.write(str(error))
            left_out += 1
            continue
        comparison_store(first=other, second=answer, compared=found, against_truth=is_truth)
        compared += 1
    return {"compared": compared, "left_out": left_out}
