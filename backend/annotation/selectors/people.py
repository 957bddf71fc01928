"""What one person did in a project, and what became of it: for that person and those who manage the project."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import quantiles
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import Count, OuterRef, Subquery

from backend.annotation.enums import AssignmentKind, Verdict
from backend.annotation.models import Assignment, ReviewDecision, Revision, Task
from backend.annotation.selectors.work import SUBMITTED, day_start
from backend.core.enums import Role
from backend.core.errors import NotFound
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project

# The newest this many pictures are told of: months of one person's work.
PICTURES_MAX = 20_000
RETURNS_SHOWN = 20
# Fewer pictures have no quartiles to speak of.
QUARTILES_OF_MIN = 3


@dataclass(frozen=True, slots=True)
class WorkDay:
    """One day of the site's clock. `objects` are those the person's last save holds, theirs or accepted."""

    day: date
    pictures: int
    objects: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Returned:
    """A picture that came back with a reviewer's reason."""

    task_id: uuid.UUID
    picture: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonWork:
    """`seconds_a_picture` is first quartile, median, third quartile; None below three pictures with time on them.

    Of the pictures that a reviewer decided on: `approved` as they were saved, `changed` by the reviewer, `returned`
    at least once, whatever came of them later.
    """

    user_id: uuid.UUID
    name: str
    days: list[WorkDay]
    seconds_a_picture: tuple[float, float, float] | None
    approved: int
    changed: int
    returned: int
    waiting: int
    returns: list[Returned]


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture this person labelled: their last save of it, and when."""

    assignment_id: uuid.UUID
    task_id: uuid.UUID
    revision_id: uuid.UUID | None
    day: date
    seconds: float
    # A hidden task counts as work; what became of the picture was not theirs.
    hidden: bool


def person_work(*, actor: User, project_id: uuid.UUID, user_id: uuid.UUID, days: int) -> PersonWork:
    """The last `days` days of the site's clock, today among them.

    Raises NotFound for strangers and for a person who has nothing to do with the project, Forbidden for somebody
    else's work where `actor` does not manage the project.
    """
    project, person = person_of(actor=actor, project_id=project_id, user_id=user_id)
    midnight = day_start(project)
    since = midnight - timedelta(days=days - 1)
    pictures = _pictures(project, user_id, since)
    judged = [each for each in pictures if not each.hidden]
    fates = _fates(judged)
    seconds = [each.seconds for each in pictures if each.seconds > 0]
    return PersonWork(
        user_id=user_id,
        name=person.get_full_name(),
        days=_days(pictures, since.date(), days),
        seconds_a_picture=_quartiles(seconds),
        approved=fates["approved"],
        changed=fates["changed"],
        returned=fates["returned"],
        waiting=fates["waiting"],
        returns=_returns(judged),
    )


def person_of(*, actor: User, project_id: uuid.UUID, user_id: uuid.UUID) -> tuple[Project, User]:
    """The door to a person's figures in a project: for that person and those who manage it.

    Raises NotFound for strangers and for a person who has nothing to do with the project, else Forbidden.
    """
    needed = Role.VIEWER if user_id == actor.pk else Role.MANAGER
    project = projects.project_get(actor=actor, project_id=project_id, at_least=needed)
    person: User | None = get_user_model().objects.filter(pk=user_id).first()
    if person is None or not _is_of(project, person):
        raise NotFound("This person is not in the project.")
    return project, person


def _is_of(project: Project, person: User) -> bool:
    """A member, or somebody who left and whose work is still here."""
    if projects.project_role(actor=person, project=project) is not None:
        return True
    return Assignment.objects.filter(user=person, task__project=project).exists()


def _pictures(project: Project, user_id: uuid.UUID, since: datetime) -> list[_Picture]:
    """Those saved since, newest first; their days are of `since`'s zone."""
    own = Revision.objects.filter(assignment_id=OuterRef("pk"), author_id=user_id).order_by("-number")
    rows = (
        Assignment.objects.filter(
            user_id=user_id,
            task__project=project,
            kind__in=(AssignmentKind.LABEL, AssignmentKind.TRUTH),
            state__in=SUBMITTED,
            submitted_at__gte=since,
        )
        .annotate(last=Subquery(own.values("pk")[:1]))
        .order_by("-submitted_at")
        .values_list("pk", "task_id", "last", "submitted_at", "active_seconds", "kind")[:PICTURES_MAX]
    )
    return [
        _Picture(pk, task, last, at.astimezone(since.tzinfo).date(), spent, kind == AssignmentKind.TRUTH)
        for pk, task, last, at, spent, kind in rows
    ]


def _days(pictures: Iterable[_Picture], first: date, days: int) -> list[WorkDay]:
    by_day: dict[date, list[_Picture]] = defaultdict(list)
    for each in pictures:
        by_day[each.day].append(each)
    through = Revision.regions.through.objects
    saved = [each.revision_id for each in pictures if each.revision_id]
    counted = through.filter(revision_id__in=saved).order_by().values_list("revision_id")
    objects = dict(counted.annotate(n=Count("id")))
    return [
        WorkDay(
            day,
            len(by_day[day]),
            sum(objects.get(each.revision_id, 0) for each in by_day[day]),
            sum(each.seconds for each in by_day[day]),
        )
        for day in (first + timedelta(days=index) for index in range(days))
    ]


def _fates(pictures: Sequence[_Picture]) -> Counter[str]:
    """What became of each picture; those nobody decided on and nobody has to (no review here) are in none."""
    tasks = [each.task_id for each in pictures]
    decisions = ReviewDecision.objects.filter(revision__task_id__in=tasks, undone_at=None)
    returned, approved = set(), {}
    for task, revision, work, verdict in decisions.order_by("id").values_list(
        "revision__task_id", "revision_id", "revision__assignment_id", "verdict"
    ):
        if verdict == Verdict.RETURN:
            returned.add(work)
        else:
            approved[task] = revision
    pending = set(
        Revision.objects.filter(task_id__in=tasks, pending=True).values_list("assignment_id", flat=True)
    )
    # What became of one answer of several is told by how far it agrees with the others, not by a reviewer's word.
    several = set(Task.objects.filter(pk__in=tasks, people__gt=1).values_list("id", flat=True))
    found: Counter[str] = Counter()
    for each in pictures:
        if each.task_id in several:
            continue
        if each.assignment_id in returned:
            found["returned"] += 1
        elif each.task_id in approved:
            found["approved" if approved[each.task_id] == each.revision_id else "changed"] += 1
        elif each.assignment_id in pending:
            found["waiting"] += 1
    return found


def _returns(pictures: Sequence[_Picture]) -> list[Returned]:
    rows = (
        ReviewDecision.objects.filter(
            revision__assignment_id__in=[each.assignment_id for each in pictures],
            verdict=Verdict.RETURN,
            undone_at=None,
        )
        .order_by("-id")
        .values_list("revision__task_id", "revision__task__asset__name", "reason", "created_at")
    )
    return [Returned(*row) for row in rows[:RETURNS_SHOWN]]


def _quartiles(values: Sequence[float]) -> tuple[float, float, float] | None:
    if len(values) < QUARTILES_OF_MIN:
        return None
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return low, middle, high
