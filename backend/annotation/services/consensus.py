"""Several people on one picture: asking them, keeping what was put together, doing it again, and taking it back."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction

from backend.annotation.contracts import region_dict
from backend.annotation.domain.states import TaskEvent
from backend.annotation.enums import MERGE, MergeMethod, TaskState
from backend.annotation.errors import ForeignId, MoveRefused
from backend.annotation.models import ConsensusMerge, Revision, Suggestion, Task
from backend.annotation.selectors.answers import answers_in, is_collecting, seats_taken
from backend.annotation.selectors.labels import revision_labels
from backend.annotation.services.claims import held_refuse, own_work_refuse
from backend.annotation.services.moves import announce, record, settings_of, task_lock, task_move, tasks_lock
from backend.annotation.services.review import review_lease_end
from backend.annotation.services.revisions import ontology_of, revision_write, task_resolve
from backend.annotation.services.seats import merge_if_all_in, seats_settle
from backend.annotation.services.submit import revision_approved, suggestions_settle, task_save
from backend.annotation.signals import task_submitted
from backend.core import audit, jobs
from backend.projects.contracts import PEOPLE_MAX

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.annotation.domain.consensus import MergedAnswers, Quorum
    from backend.core.models import JobRun
    from backend.projects.models import Project

HAS_LABELS = "It has labels already."
SET_ASIDE = "It is set aside."
OPEN_STATES = (TaskState.NEW, TaskState.READY, TaskState.IN_WORK)


@dataclass(slots=True)
class PeopleSet:
    """How many pictures are asked of another number of people now, and why others cannot be, by task id."""

    changed: int = 0
    refused: dict[uuid.UUID, str] = field(default_factory=dict)


@transaction.atomic
def people_set(*, actor: User, project: Project, task_ids: Collection[uuid.UUID], people: int) -> PeopleSet:
    """Ask so many people to label each of these pictures on their own. Raises ForeignId.

    Pictures that have labels already are refused, as are fewer people than have begun.
    """
    if project.archived_at is not None:
        raise MoveRefused("This project is archived.")
    result = PeopleSet()
    for task in tasks_lock(project, task_ids):
        if why := _why_not(task, people):
            result.refused[task.pk] = why
        elif task.people != people:
            _ask(task, people)
            result.changed += 1
    if result.changed:
        audit.record(
            actor=actor,
            organisation_id=project.organisation_id,
            action="task.people",
            object_type="project",
            object_id=project.pk,
            after={"people": people, "count": result.changed},
        )
    return result


def _why_not(task: Task, people: int) -> str:
    if task.state == TaskState.QUARANTINED:
        return SET_ASIDE
    if task.state not in OPEN_STATES:
        return HAS_LABELS
    # Put together once and returned, it is asked of people again.
    if task.resolved_revision_id is not None and not is_collecting(task):
        return HAS_LABELS
    begun = seats_taken(task)
    if begun > people:
        return f"{begun} people have begun or done it already."
    if people == 1 and answers_in(task):
        return "Somebody's answer is in already: it is put together with at least one more."
    return ""


def _ask(task: Task, people: int) -> None:
    task.people = people
    if people > 1:
        # Whoever it was given to has a place like the others.
        task.assigned_to = None
    if task.state != TaskState.NEW:
        if people > 1:
            seats_settle(task)
        elif task.state == TaskState.READY and seats_taken(task):
            task_move(task, TaskEvent.CLAIM)
    task.save(update_fields=["people", "state", "assigned_to", "updated_at"])
    merge_if_all_in(task)
    announce(task)


@transaction.atomic
def one_more_ask(*, actor: User, task_id: uuid.UUID) -> Task:
    """Take what was put together back and ask one more person; nothing of it is lost. Raises MoveRefused."""
    task = task_lock(task_id)
    _standing(task, actor)
    if task.people >= PEOPLE_MAX:
        raise MoveRefused(f"At most {PEOPLE_MAX} people are asked.")
    Revision.objects.filter(task=task, pending=True, late=False).update(pending=False)
    # Who comes draws on their own: nothing of what the others drew is the picture's labels meanwhile.
    task_resolve(task, None)
    task_move(task, TaskEvent.SEND_BACK)
    task.people = seats_taken(task) + 1
    task_save(task)
    task.save(update_fields=["people", "updated_at"])
    review_lease_end(task, actor)
    record(actor, task, "consensus.ask", people=task.people)
    announce(task)
    return task


def _standing(task: Task, actor: User) -> None:
    """Raise MoveRefused unless what was put together, or one answer in its place, waits for a reviewer's word.

    Raises TaskTaken where another reviewer has it open, SelfReview for one of those who answered.
    """
    revision = task.resolved_revision
    if task.project.archived_at is not None:
        raise MoveRefused("This project is archived.")
    merged = ConsensusMerge.objects.filter(task=task).exists()
    if not merged or revision is None or task.state != TaskState.IN_REVIEW:
        raise MoveRefused(
            "Answers can be put together anew while they wait for review: take the decision back first."
        )
    # A reviewer's edit is a word on them: it is not written over.
    if revision.assignment_id is not None:
        raise MoveRefused("A reviewer has edited the labels since. Approve or return them.")
    held_refuse(task, actor)
    own_work_refuse(task, revision, actor)


@transaction.atomic
def merge_again(
    *,
    actor: User,
    task_id: uuid.UUID,
    quorum: float,
    label_quorums: Mapping[str, float],
    method: str = MergeMethod.VOTE,
) -> JobRun:
    """Put the answers together by another quorum or otherwise weighed, in a job. Raises MoveRefused."""
    task = task_lock(task_id)
    _standing(task, actor)
    return jobs.enqueue(
        MERGE,
        payload={
            "task_id": str(task.pk),
            "asked_by": str(actor.pk),
            "instead_of": str(task.resolved_revision_id),
            "quorum": quorum,
            "label_quorums": dict(label_quorums),
            "method": method,
        },
        project_id=task.project_id,
        organisation_id=task.project.organisation_id,
        created_by=actor,
        title=f"Put the labels of {task.title} together again",
    )


@transaction.atomic
def merge_retry(*, actor: User, task_id: uuid.UUID) -> JobRun:
    """Put answers together that are all in and were not, in a job as before; one at a time. Raises MoveRefused."""
    task = task_lock(task_id)
    if task.project.archived_at is not None:
        raise MoveRefused("This project is archived.")
    job = merge_if_all_in(task)
    if job is None:
        raise MoveRefused("No answers wait to be put together here: they were, or some are still coming in.")
    record(actor, task, "consensus.retry", job_id=str(job.pk))
    return job


@transaction.atomic
def answer_take(*, actor: User, task_id: uuid.UUID, revision_id: uuid.UUID) -> Revision:
    """Make one person's answer the picture's labels, as a new revision that waits for review. Raises MoveRefused, ForeignId."""
    task = task_lock(task_id)
    _standing(task, actor)
    answer = next((row for row in answers_in(task) if row.pk == revision_id), None)
    if answer is None:
        raise ForeignId("This is no answer on this picture.")
    labels = revision_labels(answer)
    revision = revision_write(
        task=task,
        regions=[region_dict(region) for region in labels.regions],
        tags=labels.tags,
        ontology=ontology_of(task),
        author=answer.author,
        base_id=task.resolved_revision_id,
        pending=True,
    )
    _put(task, revision)
    record(actor, task, "consensus.take", revision_id=str(revision.pk), answer=str(answer.pk))
    announce(task)
    return revision


@transaction.atomic
def merge_store(
    *,
    task_id: uuid.UUID,
    answer_ids: Sequence[uuid.UUID],
    quorum: Quorum,
    merged: MergedAnswers,
    method: MergeMethod = MergeMethod.VOTE,
    asked_by: User | None = None,
    instead_of: uuid.UUID | None = None,
) -> ConsensusMerge | None:
    """Keep what was put together, as the picture's labels that wait for review (or are approved where nobody reviews).

    `asked_by` asked for it anew, `instead_of` those labels. None where the answers are not those any more, or nobody
    waits for them: then nothing changes.
    """
    task = task_lock(task_id)
    answers = answers_in(task)
    if [row.pk for row in answers] != list(answer_ids):
        return None
    if is_collecting(task):
        if len(answers) < task.people:
            return None
    elif task.state != TaskState.IN_REVIEW or asked_by is None:
        return None
    elif same := _same(task, answers, quorum, method):
        return same
    elif task.resolved_revision_id != instead_of:
        return None
    revision = revision_write(
        task=task,
        regions=merged.regions,
        tags=merged.tags,
        ontology=ontology_of(task),
        author=None,
        base_id=task.resolved_revision_id,
        pending=True,
    )
    merge = ConsensusMerge.objects.create(
        task=task,
        revision=revision,
        asked_by=asked_by,
        method=method,
        quorum=quorum.share,
        label_quorums=dict(quorum.labels or {}),
        answers=[
            {"revision_id": str(row.pk), "user_id": str(row.author_id), "weight": weight, **asdict(tally)}
            for row, weight, tally in zip(answers, merged.weights, merged.tallies, strict=True)
        ],
        objects_found=merged.objects,
        tags_found=merged.tags_found,
        note=merged.note,
    )
    if not task.blind:
        rows = {str(row.pk): row for row in Suggestion.objects.filter(task=task)}
        suggestions_settle(task, None, merged.regions, merged.tags, rows, ())
    _put(task, revision)
    record(asked_by, task, "consensus.merge", revision_id=str(revision.pk), answers=len(answers))
    task_submitted.send(sender=Task, project_id=task.project_id, task_id=task.pk, revision_id=revision.pk)
    announce(task)
    return merge


def _same(
    task: Task, answers: Sequence[Revision], quorum: Quorum, method: MergeMethod
) -> ConsensusMerge | None:
    """What stands, where it was put together from the same answers in the same way."""
    last = ConsensusMerge.objects.filter(task=task).order_by("-id").first()
    if last is None or last.revision_id != task.resolved_revision_id:
        return None
    now = (method, quorum.share, dict(quorum.labels or {}))
    if (last.method, last.quorum, last.label_quorums) != now:
        return None
    return last if [row["revision_id"] for row in last.answers] == [str(row.pk) for row in answers] else None


def _put(task: Task, revision: Revision) -> None:
    """The picture's labels are these now; they wait for a reviewer unless the project has none."""
    Revision.objects.filter(task=task, pending=True, late=False).exclude(pk=revision.pk).update(pending=False)
    task_resolve(task, revision)
    if settings_of(task).review == "none":
        revision_approved(task, revision)
        return
    task_move(task, TaskEvent.SUBMIT)
    task.approved_at = None
    task_save(task)
