"""Submit: a draft becomes an immutable revision, suggestions get their verdicts, the task moves on."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from backend.annotation.contracts import SuggestionDecision, region_dict
from backend.annotation.domain.checks import Checks, check_problems
from backend.annotation.domain.joining import is_within
from backend.annotation.domain.states import AssignmentEvent, TaskEvent
from backend.annotation.enums import (
    AssignmentKind,
    AssignmentState,
    RegionSource,
    Shape,
    SuggestionState,
    TaskState,
)
from backend.annotation.errors import ChecksFailed, ForeignId, NotOpen, RevisionStale
from backend.annotation.models import Assignment, ReviewDecision, Revision, Suggestion, Task
from backend.annotation.selectors.answers import is_collecting
from backend.annotation.selectors.cover import cover_answer, cover_task
from backend.annotation.selectors.labels import revision_labels
from backend.annotation.selectors.work import labels_dict
from backend.annotation.services.claims import own_work_refuse
from backend.annotation.services.drafts import OPEN_STATES, draft_now, draft_stale
from backend.annotation.services.moves import (
    announce,
    assignment_lock,
    assignment_move,
    record,
    settings_of,
    task_lock,
    task_move,
)
from backend.annotation.services.revisions import (
    Region,
    labels_check,
    ontology_of,
    revision_write,
    sources_settle,
    suggestion_kept,
    task_resolve,
)
from backend.annotation.services.seats import merge_if_all_in, seats_settle
from backend.annotation.services.second_looks import approval_followed, look_of_edit
from backend.annotation.signals import annotation_approved, task_submitted
from backend.annotation.tasks import COMPARE
from backend.core import jobs
from backend.core.errors import BadInput

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import OntologyVersion


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a submit."""

    revision: Revision
    task: Task


@dataclass(frozen=True, slots=True)
class _Said:
    """What the person says beside the draft."""

    decisions: Sequence[SuggestionDecision]
    active_seconds: float | None
    nothing_here: bool


@transaction.atomic
def revision_submit(
    *,
    actor: User,
    assignment: Assignment,
    expected_version: int,
    base_revision_id: uuid.UUID | None,
    decisions: Sequence[SuggestionDecision] = (),
    active_seconds: float | None = None,
    approve: bool = False,
    nothing_here: bool = False,
) -> Submitted:
    """Make a revision of the draft. The same submit again gives the same revision.

    `approve` (a reviewer's edit only) approves it at once. A lease that ended does not lose the work: the
    revision is marked late, and where the picture went on meanwhile it waits beside it for the reviewer.
    `nothing_here` is the person's word that an empty picture is empty, where the project wants it.
    Raises DraftStale, RevisionStale (extra: the other's revision), LabelsRefused, ChecksFailed, ForeignId, NotOpen.
    """
    task = task_lock(assignment.task_id)
    current = assignment_lock(assignment.pk)
    hidden = current.kind == AssignmentKind.TRUTH
    if (done := _submitted_before(current, expected_version)) is not None:
        if hidden:
            cover_answer(task, done)
        return Submitted(done, task)
    if current.state not in OPEN_STATES:
        raise NotOpen("This work is not open. Open the picture again to submit it.")
    if current.draft_version != expected_version:
        raise draft_stale(current)
    if approve and current.kind != AssignmentKind.REVIEW:
        raise BadInput("Only a reviewer's edit can be approved while it is submitted.")
    late = current.state == AssignmentState.EXPIRED
    said = _Said(decisions, active_seconds, nothing_here)
    if hidden:
        return _hidden_submit(actor, task, current, said, late)
    if task.people > 1 and current.kind == AssignmentKind.LABEL:
        return _answer_submit(actor, task, current, said, late)
    aside = _went_on(task, base_revision_id, late)
    revision = _write(actor, task, current, said, late=late, aside=aside)
    _assignment_close(current, active_seconds)
    if not aside:
        _task_advance(actor, task, current, revision, approve)
    record(
        actor,
        task,
        "revision.submit",
        revision_id=str(revision.pk),
        number=revision.number,
        late=late,
        state=task.state,
    )
    task_submitted.send(sender=Task, project_id=task.project_id, task_id=task.pk, revision_id=revision.pk)
    announce(task)
    return Submitted(revision, task)


def _hidden_submit(actor: User, task: Task, assignment: Assignment, said: _Said, late: bool) -> Submitted:
    """The answer of a hidden task: kept beside the task's labels and measured soon after. The task is not saved."""
    cover_task(task, assignment)
    revision = _write(actor, task, assignment, said, late=late, aside=True, beside=True)
    _assignment_close(assignment, said.active_seconds)
    record(actor, task, "revision.submit", revision_id=str(revision.pk), late=late, hidden=True)
    # Of nobody and no project: a list of jobs must not tell which submits were hidden tasks.
    jobs.enqueue(COMPARE, payload={"revision_id": str(revision.pk)}, dedupe_key=f"compare:{revision.pk}")
    cover_answer(task, revision)
    announce(task)
    return Submitted(revision, task)


def _answer_submit(actor: User, task: Task, assignment: Assignment, said: _Said, late: bool) -> Submitted:
    """The answer of one of several people: kept beside the task's labels until all are in and put together."""
    revision = _write(actor, task, assignment, said, late=late, aside=True, beside=True)
    _assignment_close(assignment, said.active_seconds)
    if is_collecting(task):
        seats_settle(task)
        task.save(update_fields=["state", "updated_at"])
        merge_if_all_in(task)
    record(actor, task, "revision.submit", revision_id=str(revision.pk), late=late, one_of=task.people)
    announce(task)
    return Submitted(revision, task)


def _submitted_before(assignment: Assignment, expected_version: int) -> Revision | None:
    """The revision of the very same submit: it raised the draft's version by one and closed the work."""
    closed = (AssignmentState.SUBMITTED, AssignmentState.APPROVED, AssignmentState.RETURNED)
    if assignment.state not in closed or assignment.draft_version != expected_version + 1:
        return None
    return Revision.objects.filter(assignment=assignment).order_by("-number").first()


def _went_on(task: Task, base_revision_id: uuid.UUID | None, late: bool) -> bool:
    """Whether the work stands beside the task's labels: late, or the picture was set aside meanwhile.

    Raises RevisionStale for work that is neither.
    """
    if task.state == TaskState.QUARANTINED:
        return True
    if base_revision_id == task.resolved_revision_id:
        return late and task.state != TaskState.READY
    if late:
        return True
    other = task.resolved_revision
    raise RevisionStale(
        "Somebody saved labels for this picture in between. Nothing of yours is lost: compare and merge.",
        extra={"current": {"revision": revision_summary(other) if other else None}},
    )


def revision_summary(revision: Revision) -> dict[str, object]:
    """The other's revision with its labels, as the 412 answer carries it."""
    author = revision.author
    return {
        "id": revision.pk,
        "number": revision.number,
        "author_name": author.get_full_name() if author else "",
        "created_at": revision.created_at,
        "labels": labels_dict(revision_labels(revision)),
    }


def _write(
    actor: User,
    task: Task,
    assignment: Assignment,
    said: _Said,
    *,
    late: bool,
    aside: bool,
    beside: bool = False,
) -> Revision:
    draft = draft_now(assignment)
    ontology = ontology_of(task)
    regions, tags = labels_check(task, ontology, list(draft["regions"].values()), draft["tags"])
    checks_pass(task, ontology, regions, tags, said.nothing_here)
    suggestions = _suggestions_named(task, regions, said.decisions)
    before = {r.region_id: region_dict(r) for r in revision_labels(assignment.base_revision).regions}
    regions = sources_settle(task, regions, suggestions, before)
    base_id = assignment.base_revision_id if aside else task.resolved_revision_id
    revision = revision_write(
        task=task,
        regions=regions,
        tags=tags,
        ontology=ontology,
        author=actor,
        assignment=assignment,
        base_id=base_id,
        pending=not beside,
        late=late,
        beside=beside,
        active_seconds=max(assignment.active_seconds, said.active_seconds or 0.0),
    )
    if not aside and not task.blind:
        suggestions_settle(task, actor, regions, tags, suggestions, said.decisions)
    return revision


def checks_pass(
    task: Task, ontology: OntologyVersion, regions: Sequence[Region], tags: Sequence[str], nothing_here: bool
) -> None:
    """The project's own checks. Raises ChecksFailed."""
    settings = settings_of(task)
    checks = Checks(settings.max_overlap_iou, tuple(settings.needed_labels), settings.confirm_empty)
    names = {str(label["id"]): str(label["name"]) for label in ontology.labels}
    problems = check_problems(checks, regions, tags, names, nothing_here=nothing_here)
    if problems:
        first = next(iter(problems.values()))
        raise ChecksFailed(f"This project checks what is submitted: {first}", fields=problems)


def _suggestions_named(
    task: Task, regions: Sequence[Region], decisions: Sequence[SuggestionDecision]
) -> dict[str, Suggestion]:
    """The task's suggestions by id. Raises ForeignId for a decision on something else."""
    rows = {} if task.blind else {str(row.pk): row for row in Suggestion.objects.filter(task=task)}
    if any(str(decision.suggestion_id) not in rows for decision in decisions):
        raise ForeignId("A decision names a suggestion that is not of this picture.")
    return rows


def suggestions_settle(
    task: Task,
    actor: User | None,
    regions: Sequence[Region],
    tags: Sequence[str],
    suggestions: Mapping[str, Suggestion],
    decisions: Sequence[SuggestionDecision],
) -> None:
    """Record what became of each suggestion; what the labels show outweighs what the client says.

    Open ones nobody decided are superseded by the person's labels: neither accepted nor rejected.
    """
    used = {str(region["suggestion_id"]): region for region in regions if region.get("suggestion_id")}
    said = {str(decision.suggestion_id): decision.state for decision in decisions}
    changed: dict[SuggestionState, list[uuid.UUID]] = {}
    for key, suggestion in suggestions.items():
        state = _verdict(suggestion, used.get(key), said.get(key), tags)
        if (
            state == SuggestionState.REJECTED
            and said.get(key) != "rejected"
            and _is_joined(suggestion, regions)
        ):
            state = SuggestionState.FIXED
        if state != suggestion.state:
            changed.setdefault(state, []).append(suggestion.pk)
    for state, ids in changed.items():
        decided = {} if state == SuggestionState.SUPERSEDED else {"decided_by": actor, "decided_at": Now()}
        Suggestion.objects.filter(pk__in=ids).update(state=state, **decided)
    task.open_suggestion_count, task.max_suggestion_score = 0, None


def _verdict(
    suggestion: Suggestion, region: Region | None, said: str | None, tags: Sequence[str]
) -> SuggestionState:
    if region is not None:
        return SuggestionState.ACCEPTED if suggestion_kept(suggestion, region) else SuggestionState.FIXED
    decided = (SuggestionState.ACCEPTED, SuggestionState.FIXED, SuggestionState.REJECTED)
    if suggestion.shape == "tag" and str(suggestion.label_id) in tags:
        if said in ("accepted", "fixed") or suggestion.state in decided:
            return SuggestionState.ACCEPTED
        return SuggestionState.SUPERSEDED
    # Accepted once and gone from the labels since: the person has rejected it after all.
    if said is not None or suggestion.state in decided:
        return SuggestionState.REJECTED
    return SuggestionState.SUPERSEDED


def _is_joined(suggestion: Suggestion, regions: Sequence[Region]) -> bool:
    """Whether a suggested track was accepted and then joined to another one, where it lives on."""
    return suggestion.shape == Shape.TRACK and any(
        str(region["label_id"]) == str(suggestion.label_id)
        and region["shape"] == Shape.TRACK
        and is_within(suggestion.geometry, region["geometry"])
        for region in regions
    )


def _assignment_close(assignment: Assignment, active_seconds: float | None) -> None:
    assignment_move(assignment, AssignmentEvent.SUBMIT)
    assignment.draft, assignment.lease_expires_at = None, None
    assignment.draft_version += 1
    assignment.active_seconds = max(assignment.active_seconds, active_seconds or 0.0)
    assignment.return_reason = ""
    Assignment.objects.filter(pk=assignment.pk).update(
        state=assignment.state,
        draft=None,
        lease_expires_at=None,
        draft_version=assignment.draft_version,
        active_seconds=assignment.active_seconds,
        return_reason="",
        submitted_at=Now(),
        updated_at=Now(),
    )


def _task_advance(actor: User, task: Task, assignment: Assignment, revision: Revision, approve: bool) -> None:
    """The revision becomes the task's labels; what waited for review before it is answered by it."""
    replaced = task.resolved_revision
    look = look_of_edit(actor, task, revision) if approve else None
    task_resolve(task, revision)
    # Late work that stands aside keeps waiting; all else, the replaced revision included, is answered by this.
    answered = Q(late=False) | Q(pk=replaced.pk) if replaced is not None else Q(late=False)
    Revision.objects.filter(answered, task=task, pending=True).exclude(pk=revision.pk).update(pending=False)
    settings = settings_of(task)
    if approve and replaced is not None:
        own_work_refuse(task, replaced, actor)
    if approve:
        decision = ReviewDecision.objects.create(revision=revision, reviewer=actor, verdict="approve")
        revision_approved(task, revision)
        approval_followed(task=task, decision=decision, look=look, before=replaced)
    elif settings.review == "none":
        revision_approved(task, revision)
    else:
        task_move(task, TaskEvent.SUBMIT)
        task.approved_at = None
        task_save(task)


def task_save(task: Task) -> None:
    task.save(
        update_fields=[
            "state",
            "resolved_revision",
            "region_count",
            "open_suggestion_count",
            "max_suggestion_score",
            "approved_at",
            "updated_at",
        ]
    )


def revision_approved(task: Task, revision: Revision) -> None:
    """Make an approved revision the task's labels; shared by review, policy, grid and import. Saves the task."""
    if task.resolved_revision_id != revision.pk:
        task_resolve(task, revision)
    revision.pending = False
    revision.save(update_fields=["pending", "updated_at"])
    # Everybody whose work this decision answers; late work still waiting keeps its own place in the queue.
    waiting = Revision.objects.filter(task=task, pending=True, assignment__isnull=False)
    answered = Assignment.objects.filter(task=task, state=AssignmentState.SUBMITTED)
    answered.exclude(kind=AssignmentKind.TRUTH).exclude(pk__in=waiting.values("assignment_id")).update(
        state=AssignmentState.APPROVED, updated_at=Now()
    )
    task_move(task, TaskEvent.APPROVE)
    task.approved_at = Now()
    task_save(task)
    task.refresh_from_db(fields=["approved_at"])
    annotation_approved.send(
        sender=Task, project_id=task.project_id, task_id=task.pk, revision_id=revision.pk
    )


def is_grid_work(revision: Revision | None) -> bool:
    return revision is not None and revision.source == RegionSource.MODEL
