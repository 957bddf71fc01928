"""Puts several people's answers on one picture together, and compares each two of them."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model

from backend.annotation.contracts import Labels
from backend.annotation.domain import consensus
from backend.annotation.domain.comparing import TooMany as TooManyToCompare
from backend.annotation.domain.comparing import compare
from backend.annotation.enums import MergeMethod
from backend.annotation.jobs.weigh import weighing_of
from backend.annotation.models import Comparison, Revision, Task
from backend.annotation.selectors.answers import answers_in
from backend.annotation.selectors.labels import revision_labels, size_of
from backend.annotation.services.consensus import merge_store
from backend.annotation.services.truth import comparison_store
from backend.core.jobs import JobContext
from backend.projects import selectors as projects

# Answers taken back or sent again while they were put together: looked at anew, so often.
TRIES = 3


def run(context: JobContext) -> dict[str, Any]:
    """Job `annotation.merge`. Payload: task_id, and of who asks again `asked_by`, `quorum`, `label_quorums`, `method`.

    Running it again after it was done changes nothing.
    """
    task = (
        Task.objects.select_related("project", "asset")
        .defer("asset__frame_times_s", "asset__hash_bands")
        .get(pk=context.payload["task_id"])
    )
    asked_by = get_user_model().objects.filter(pk=context.payload.get("asked_by")).first()
    quorum = _quorum(context, task)
    method = MergeMethod(context.payload.get("method", projects.settings_of(task.project).consensus_method))
    instead_of = context.payload.get("instead_of")
    for _ in range(TRIES):
        answers = answers_in(task)
        if len(answers) < 2:
            return {"merged": 0}
        labels = {row.pk: revision_labels(row) for row in answers}
        merged = consensus.merge_answers(
            list(labels.values()),
            [str(row.pk) for row in answers],
            quorum,
            **size_of(task),
            weighing=weighing_of(task, answers, method),
        )
        stored = merge_store(
            task_id=task.pk,
            answer_ids=[row.pk for row in answers],
            quorum=quorum,
            merged=merged,
            method=method,
            asked_by=asked_by,
            instead_of=uuid.UUID(instead_of) if instead_of else None,
        )
        if stored is not None:
            return {"merged": len(merged.regions), "compared": _compare(context, task, answers, labels)}
    return {"merged": 0}


def _quorum(context: JobContext, task: Task) -> consensus.Quorum:
    settings = projects.settings_of(task.project)
    return consensus.Quorum(
        context.payload.get("quorum", settings.consensus_quorum),
        context.payload.get("label_quorums", settings.label_quorums),
    )


def _compare(
    context: JobContext, task: Task, answers: list[Revision], labels: Mapping[uuid.UUID, Labels]
) -> int:
    """Each two answers against each other, as they first came, for the project's agreement."""
    compared = 0
    for first, second in itertools.combinations(answers, 2):
        pair = {"first_user": first.author, "second_user": second.author}
        # Returned and answered again they know of each other: only the first time counts.
        if Comparison.objects.filter(**pair, task=task, against_truth=False).exists():
            continue
        try:
            found = compare(labels[first.pk], labels[second.pk], **size_of(task))
        except TooManyToCompare as error:
            context.write(str(error))
            continue
        comparison_store(first=first, second=second, compared=found, against_truth=False)
        compared += 1
    return compared
