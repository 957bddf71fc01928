"""What models propose: stored for untouched tasks only, never over a person's work, never for blind tasks."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from backend.annotation.contracts import SuggestionItem
from backend.annotation.domain.geometry import geometry_normalise
from backend.annotation.domain.geometry.checks import ShapeProblem
from backend.annotation.domain.shapes import LabelRule, label_rules
from backend.annotation.enums import Shape, SuggestionState
from backend.annotation.models import Assignment, Suggestion, Task
from backend.annotation.selectors.answers import is_collecting
from backend.annotation.selectors.boxes import UNTOUCHED
from backend.annotation.services.moves import task_lock
from backend.annotation.services.revisions import canvas_of, ontology_of
from backend.core import events

SUGGESTIONS_MAX = 1_000  # more on one picture is a broken model, and nobody could decide them


@transaction.atomic
def suggestions_create(
    *,
    task_id: uuid.UUID,
    model_version_id: uuid.UUID,
    model_name: str,
    items: Sequence[SuggestionItem],
    beside: Collection[uuid.UUID] = (),
    labels: Collection[str] = (),
) -> int:
    """Store a model version's suggestions for one task and supersede open ones of other versions.

    A detector's shapes supersede shapes, a classifier's tags supersede tags, so that a project may use both; shapes of
    versions `beside` this one stay, but for those of the `labels` (ids) that it speaks for.
    Repeating the call changes nothing. Blind tasks get none, tasks in a person's hands keep what they have;
    both are marked as seen by this version, so that a pre-label job does not come back. Items that fit no
    label, shape or picture are left out, and so are those beyond the SUGGESTIONS_MAX surest: the task says how many.
    Returns how many suggestions of this version are open.
    """
    task = task_lock(task_id)
    open_rows = Suggestion.objects.filter(task=task, state=SuggestionState.OPEN)
    own = Suggestion.objects.filter(task=task, model_version_id=model_version_id)
    before = own.filter(state=SuggestionState.OPEN).count()
    # Of two models the last one is marked on the task: what a person decided of the other must not come back.
    told = own.exclude(state=SuggestionState.SUPERSEDED).exists()
    if told or task.prelabelled_by_id == model_version_id:
        return before
    task.prelabelled_by_id = model_version_id
    begun = is_collecting(task) and task.assignments.exists()
    if task.blind or begun or task.state not in UNTOUCHED:
        task.save(update_fields=["prelabelled_by_id", "updated_at"])
        return 0
    usable = usable_items(task, items)
    replaced = Q(pk__in=[])
    if any(item.shape == Shape.TAG for item in usable):
        replaced |= Q(shape=Shape.TAG)
    if any(item.shape != Shape.TAG for item in usable):
        replaced |= ~Q(shape=Shape.TAG)
    stay = Q(model_version_id__in=beside) & ~Q(label_id__in=labels)
    gone = open_rows.filter(replaced).exclude(stay).update(state=SuggestionState.SUPERSEDED)
    # Where all that another model proposes stays, so does how much of that was left out.
    before_left_out = task.suggestions_left_out if not gone and open_rows.exists() else 0
    task.suggestions_left_out = before_left_out + suggestions_left_out_of(items)
    rows_make(task, model_version_id=model_version_id, model_name=model_name, usable=usable)
    task.save(update_fields=["prelabelled_by_id", "suggestions_left_out", "updated_at"])
    suggestions_changed(task)
    return len(usable)


def suggestions_left_out_of(items: Sequence[SuggestionItem]) -> int:
    """How many of a model's proposals for one task are more than are kept."""
    return max(0, len(items) - SUGGESTIONS_MAX)


def rows_make(
    task: Task,
    *,
    model_version_id: uuid.UUID,
    model_name: str,
    usable: Sequence[SuggestionItem],
    state: SuggestionState = SuggestionState.OPEN,
) -> list[Suggestion]:
    """Store suggestions of one source."""
    rows = [
        Suggestion(
            task=task,
            model_version_id=model_version_id,
            model_name=model_name[:120],
            label_id=item.label_id,
            shape=item.shape,
            geometry=item.geometry,
            score=item.score,
            uncertainty=item.uncertainty,
            state=state,
        )
        for item in usable
    ]
    return Suggestion.objects.bulk_create(rows, batch_size=1_000)


def usable_items(
    task: Task, items: Sequence[SuggestionItem], rules: Mapping[str, LabelRule] | None = None
) -> list[SuggestionItem]:
    """Those that fit a label, one of its shapes and the picture, best first, with their geometry as it is stored.

    `rules` are the project's labels, read where none are given.
    """
    rules = label_rules(ontology_of(task).labels) if rules is None else rules
    canvas = canvas_of(task)
    # A model may see things smaller than people are asked to draw; nothing at all is still no object.
    canvas = replace(canvas, min_box_px=min(canvas.min_box_px, 1.0))
    usable = []
    for item in sorted(items, key=lambda i: -i.score)[:SUGGESTIONS_MAX]:
        rule = rules.get(item.label_id)
        if rule is None or item.shape not in rule.shapes or not 0.0 <= item.score <= 1.0:
            continue
        geometry = {}
        if item.shape != Shape.TAG:
            try:
                geometry = geometry_normalise(item.shape, item.geometry, canvas, clip_any=True)
            except ShapeProblem:
                continue
        usable.append(replace(item, geometry=geometry))
    return usable


@transaction.atomic
def suggestions_supersede(*, project_id: uuid.UUID, model_version_id: uuid.UUID) -> int:
    """Withdraw a model version's open suggestions from untouched tasks (it was retired). Returns how many.

    Decided ones stay, and so do those a person has before them this moment.
    """
    open_rows = Suggestion.objects.filter(
        task__project_id=project_id, model_version_id=model_version_id, state=SuggestionState.OPEN
    )
    seen_by = Q(prelabelled_by_id=model_version_id) | Q(pk__in=open_rows.values("task_id"))
    begun = Assignment.objects.filter(task_id=OuterRef("pk"))
    tasks = Task.objects.select_for_update(of=("self",)).filter(
        seen_by, Q(people=1) | ~Exists(begun), project_id=project_id, state__in=UNTOUCHED
    )
    locked = list(tasks.order_by("id").values_list("id", flat=True))
    withdrawn = open_rows.filter(task_id__in=locked).update(state=SuggestionState.SUPERSEDED)
    rows = Task.objects.filter(pk__in=locked)
    rows.filter(prelabelled_by_id=model_version_id).update(prelabelled_by_id=None)
    open_counts_refresh(rows)
    return withdrawn


def suggestions_changed(task: Task) -> None:
    """Bring what the task says of its open suggestions up to date, and tell open pages."""
    open_counts_refresh(Task.objects.filter(pk=task.pk))
    suggestions_announce(task)


def suggestions_announce(task: Task) -> None:
    """Tell open pages that what is suggested on a task changed."""
    events.publish(
        organisation_id=task.project.organisation_id,
        project_id=task.project_id,
        kind="suggestions",
        data={"task_id": str(task.pk)},
    )


def open_counts_refresh(tasks: QuerySet[Task]) -> None:
    """Set what tasks say of their open suggestions from the suggestions themselves."""
    open_rows = Suggestion.objects.filter(task=OuterRef("pk"), state=SuggestionState.OPEN).order_by()
    counted = open_rows.values("task").annotate(n=Count("pk")).values("n")
    best = open_rows.values("task").annotate(best=Max("score")).values("best")
    tasks.update(open_suggestion_count=Coalesce(Subquery(counted), 0), max_suggestion_score=Subquery(best))
