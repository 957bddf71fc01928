"""Making tasks, giving them priorities, assigning them to people, setting poison aside."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q

from backend.annotation.contracts import TaskChoice
from backend.annotation.domain.states import TaskEvent
from backend.annotation.enums import SelectionReason, SuggestionState, TaskState
from backend.annotation.errors import ForeignId
from backend.annotation.models import Suggestion, Task
from backend.annotation.selectors.answers import is_collecting
from backend.annotation.services.moves import announce, record, task_lock, task_move
from backend.annotation.services.parts import (
    asset_links_lock,
    drawn_as,
    other_parts,
    task_part,
    tasks_and_parts_lock,
)
from backend.annotation.services.seats import merge_if_all_in, people_for, seats_settle
from backend.core import audit
from backend.core.enums import Role
from backend.core.errors import BadInput
from backend.core.permissions import at_least
from backend.notify import services as notify
from backend.notify.enums import NoticeKind
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project

CHUNK = 1_000


@transaction.atomic
def tasks_create(
    *,
    project: Project,
    asset_ids: Collection[uuid.UUID],
    reason: SelectionReason | str,
    actor: User | None = None,
    blind: bool = False,
    inclusion_probability: float | None = None,
    priority: float = 0.0,
) -> list[Task]:
    """One task per asset of the project, several for a long video where the project wants that. A task that has no
    reason yet and that nobody opened takes the reason and priority given; any other stays as it is.

    Returns the tasks of all the assets. Raises ForeignId for assets that are not the project's.
    """
    wanted = set(asset_ids)
    asset_links_lock(project, list(wanted))
    found = project.project_assets.filter(asset_id__in=wanted)
    links = {row[0]: row[1:] for row in found.values_list("asset_id", "asset__state", "asset__kind")}
    settings = projects.settings_of(project)
    if missing := wanted - set(links):
        raise ForeignId(f"{len(missing)} of the assets are not in this project.")
    had = Task.objects.filter(project=project, asset_id__in=wanted).values_list("id", "asset_id")
    had_ids = dict(had)
    with_task = set(had_ids.values())
    rows = [
        Task(
            project=project,
            asset_id=asset_id,
            state=TaskState.READY if state == "ready" else TaskState.NEW,
            priority=priority,
            selection_reason=reason,
            blind=blind,
            inclusion_probability=inclusion_probability,
            people=people_for(settings, project.pk, asset_id, kind),
        )
        for asset_id, (state, kind) in sorted(links.items())
        if asset_id not in with_task
    ]
    Task.objects.bulk_create(rows, batch_size=CHUNK, ignore_conflicts=True)
    for row in rows:
        if links[row.asset_id] == ("ready", "video"):
            task_part(row, settings)
    if had_ids and reason:
        _reason_fill(list(had_ids), reason, priority, blind, inclusion_probability)
    if rows:
        audit.record(
            actor=actor,
            organisation_id=project.organisation_id,
            action="task.create",
            object_type="project",
            object_id=project.pk,
            after={"count": len(rows), "reason": str(reason), "blind": blind},
        )
    return list(Task.objects.filter(project=project, asset_id__in=wanted).order_by("id"))


def _reason_fill(
    task_ids: Sequence[uuid.UUID],
    reason: SelectionReason | str,
    priority: float,
    blind: bool,
    inclusion_probability: float | None,
) -> None:
    """Tasks made by the arrival of their asset, before anybody said why they should be labelled."""
    rows = Task.objects.filter(
        pk__in=task_ids, selection_reason="", state__in=(TaskState.NEW, TaskState.READY), blind=False
    ).exclude(assignments__isnull=False)
    fields = {"selection_reason": reason, "priority": priority}
    if blind:
        rows = rows.filter(suggestions__isnull=True)
        fields |= {"blind": True, "inclusion_probability": inclusion_probability}
    # By id, as whoever locks several tasks: an update takes them in any order.
    locked = rows.order_by("id").select_for_update(of=("self",)).values_list("id", flat=True)
    Task.objects.filter(pk__in=list(locked)).update(**fields)


@transaction.atomic
def tasks_asset_ready(*, project_id: uuid.UUID, asset_id: uuid.UUID) -> Task:
    """An asset became usable in a project: its task is made, or one that waited for it may be handed out.

    Of a long video the first of its tasks.
    """
    project = projects.project_find(project_id)
    asset_links_lock(project, [asset_id])
    task = Task.objects.filter(project=project, asset_id=asset_id).order_by("part_number").first()
    created = task is None
    if task is None:
        task, created = Task.objects.get_or_create(
            project=project, asset_id=asset_id, part_number=0, defaults={"state": TaskState.READY}
        )
    settings = projects.settings_of(project)
    if created:
        task.people = people_for(settings, project_id, asset_id, task.asset.kind)
        if task.people > 1:
            task.save(update_fields=["people", "updated_at"])
        return task_part(task, settings)[0]
    if task.state == TaskState.NEW:
        task = task_lock(task.pk)
        task_move(task, TaskEvent.ASSET_READY)
        task.save(update_fields=["state", "updated_at"])
        return task_part(task, settings)[0]
    return task


@transaction.atomic
def tasks_prioritise(*, project_id: uuid.UUID, choices: Sequence[TaskChoice]) -> int:
    """Store a selected batch: priority, reason, inclusion probability, blindness. Returns how many were set.

    Only ready tasks change. A blind task stays blind with the reason and probability it was drawn with.
    A task becomes blind only if nobody opened it and none of its suggestions was decided; those still open
    are superseded, so nothing shows them again. A video in parts is drawn as its first part is, and blind as a whole.
    """
    by_id = {choice.task_id: choice for choice in choices}
    blind = {choice.task_id for choice in choices if choice.blind}
    locked = tasks_and_parts_lock(project_id, by_id.keys(), blind)
    rows = [row for row in locked if row.pk in by_id and row.state == TaskState.READY]
    drawn = [row for row in rows if row.pk in blind]
    others = other_parts(drawn, locked)
    seen = _seen([*(row.pk for row in drawn), *(part.pk for parts in others.values() for part in parts)])
    blinded = []
    parts_blinded: dict[uuid.UUID, Task] = {}
    for row in rows:
        if row.pk in parts_blinded:
            continue
        choice = by_id[row.pk]
        row.priority = choice.priority
        if row.blind:
            continue
        row.selection_score = choice.score
        if choice.blind and (row.part_number > 1 or seen & {row.pk, *(part.pk for part in others[row.pk])}):
            # Somebody has seen a suggestion: as part of the random slice it would prove nothing. And of a video in
            # parts one draw counts: each part's own would make nearly every long video blind.
            continue
        row.selection_reason, row.selection_evidence = choice.reason, choice.evidence
        row.inclusion_probability = choice.inclusion_probability
        if choice.blind:
            row.blind, row.open_suggestion_count, row.max_suggestion_score = True, 0, None
            blinded.append(row.pk)
            for part in others[row.pk]:
                parts_blinded[part.pk] = drawn_as(part, row)
    rows = [row for row in rows if row.pk not in parts_blinded]
    Task.objects.bulk_update(
        [*rows, *parts_blinded.values()],
        [
            "priority",
            "selection_score",
            "selection_reason",
            "selection_evidence",
            "inclusion_probability",
            "blind",
            "open_suggestion_count",
            "max_suggestion_score",
        ],
        batch_size=CHUNK,
    )
    Suggestion.objects.filter(task_id__in=[*blinded, *parts_blinded], state=SuggestionState.OPEN).update(
        state=SuggestionState.SUPERSEDED
    )
    return len(rows) + len(by_id.keys() & parts_blinded.keys())


def _seen(task_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    decided = Q(suggestions__state__in=("accepted", "fixed", "rejected"))
    opened = Q(assignments__isnull=False) | Q(revisions__isnull=False)
    return set(Task.objects.filter(decided | opened, pk__in=task_ids).values_list("id", flat=True))


@transaction.atomic
def tasks_assign(
    *,
    actor: User,
    project: Project,
    user_id: uuid.UUID | None,
    task_ids: Collection[uuid.UUID] = (),
    asset_ids: Collection[uuid.UUID] = (),
    due_at: datetime | None = None,
) -> int:
    """Give chosen pictures to one person (or to nobody again), with a due date; the person is told.

    Raises ForeignId for tasks or assets of other projects, BadInput for a person who may not label here.
    """
    person = _annotator(project, user_id) if user_id is not None else None
    wanted = set(task_ids)
    if asset_ids:
        tasks = tasks_create(project=project, asset_ids=asset_ids, reason=SelectionReason.MANUAL, actor=actor)
        wanted |= {task.pk for task in tasks}
    rows = list(
        Task.objects.select_for_update().filter(project=project, pk__in=wanted).order_by("id").values("id")
    )
    if len(rows) != len(wanted):
        raise ForeignId("Some of the pictures are not in this project.")
    # Of a picture that several people label nobody has the whole: they come by themselves, or by a plan.
    given = Task.objects.filter(pk__in=wanted, people=1).update(assigned_to=person, due_at=due_at)
    audit.record(
        actor=actor,
        organisation_id=project.organisation_id,
        action="task.assign",
        object_type="project",
        object_id=project.pk,
        after={"count": given, "user_id": str(user_id) if user_id else None, "due_at": str(due_at)},
    )
    if person is not None and given:
        due = f" Due {due_at:%d %b %Y}." if due_at else ""
        notify.notice_create(
            user=person,
            kind=NoticeKind.ASSIGNED,
            title=f"{given} picture{'s' if given != 1 else ''} assigned to you in {project.name}",
            body=f"{actor.get_full_name()} assigned them.{due}",
            link=f"/p/{project.pk}/annotate",
            project_id=project.pk,
        )
    return given


def _annotator(project: Project, user_id: uuid.UUID) -> User:
    person: User | None = get_user_model().objects.filter(pk=user_id, is_active=True).first()
    role = projects.project_role(actor=person, project=project) if person else None
    if person is None or not at_least(role, Role.ANNOTATOR):
        raise BadInput(
            "This person may not label in this project.", fields={"user_id": "Not an annotator here."}
        )
    return person


@transaction.atomic
def task_quarantine(*, task_id: uuid.UUID, reason: str, actor: User | None = None) -> Task:
    """Set a poison picture aside: nobody is handed it, everything else goes on."""
    task = task_lock(task_id)
    if task.state == TaskState.QUARANTINED:
        return task
    task_move(task, TaskEvent.QUARANTINE)
    task.quarantine_reason = reason[:300]
    task.save(update_fields=["state", "quarantine_reason", "updated_at"])
    record(actor, task, "task.quarantine", reason=reason[:300])
    announce(task)
    return task


@transaction.atomic
def asset_quarantine(*, project_id: uuid.UUID, asset_id: uuid.UUID, reason: str) -> None:
    """Set the task of a picture that cannot be read aside; nothing happens where there is none."""
    tasks = Task.objects.filter(project_id=project_id, asset_id=asset_id).order_by("id")
    for task_id in tasks.values_list("id", flat=True):
        task_quarantine(task_id=task_id, reason=reason)


@transaction.atomic
def task_restore(*, task_id: uuid.UUID, actor: User) -> Task:
    """Bring a quarantined picture back into the queue."""
    task = task_lock(task_id)
    if task.state == TaskState.READY:
        return task
    task_move(task, TaskEvent.RESTORE)
    task.quarantine_reason = ""
    if is_collecting(task):
        seats_settle(task)
    task.save(update_fields=["state", "quarantine_reason", "updated_at"])
    merge_if_all_in(task)
    record(actor, task, "task.restore")
    announce(task)
    return task
