"""A project's open work as jobs and its people as workers, and a plan's turns as somebody's days."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.annotation.domain.pace import PACE_RANGE, Pace
from backend.core.enums import ROLE_RANK, Role
from ml.quality.planning import greedy_turns
from ml.quality.work import Job, Worker

LABEL, REVIEW = "label", "review"
KINDS = (LABEL, REVIEW)
# Half a working day of labelling; an hour for those who have other work. An organisation's administrators and the like have
# none in a project until somebody gives them some.
MINUTES_A_DAY = {Role.ANNOTATOR: 240, Role.REVIEWER: 240}
MINUTES_A_DAY_OF_OTHERS = 60
MINUTES_A_DAY_MAX = 24 * 60
DAYS_MAX = 20
# After noon the first day of a plan is the next one.
NOON = 12
SATURDAY = 5
# How finely the share of everybody's time is sought: within 2 %.
SHARE_STEP = 1.02
# Labels that cannot be known beforehand: only who is set up for all of them is sure to be able.
ANY_LABEL = "any"
_LEAST_MINUTES = 0.1
_DUE, _USUAL = 4.0, 1.0


@dataclass(frozen=True, slots=True)
class OpenWork:
    """One picture that waits to be labelled or reviewed.

    `objects` and `label_ids`: about how many and which, None where nobody knows. `people`: how many different ones
    it still wants. `urgency`: the task's own priority.
    """

    kind: str
    task_id: uuid.UUID
    revision_id: uuid.UUID | None = None
    barred: frozenset[uuid.UUID] = frozenset()
    objects: int | None = None
    label_ids: frozenset[str] | None = None
    people: int = 1
    urgency: float = 0.0
    is_chosen: bool = False
    due_at: datetime | None = None

    @property
    def job_id(self) -> str:
        return f"{self.kind}:{self.task_id}"


@dataclass(frozen=True, slots=True)
class Colleague:
    """`label_ids` None: set up for all labels. `in_hand_minutes`: work that is theirs already and comes first."""

    user_id: uuid.UUID
    role: Role
    minutes_per_day: int
    label_ids: frozenset[str] | None = None
    is_paused: bool = False
    in_hand_minutes: float = 0.0


@dataclass(frozen=True, slots=True)
class PlannedTurn:
    """`day`: which one of the plan's days it is done by, from 0."""

    work: OpenWork
    user_id: uuid.UUID
    minutes: float
    day: int


def default_minutes(role: Role, *, is_own: bool) -> int:
    """Minutes a day of somebody nobody has set any for. `is_own`: by a membership of the project itself."""
    if role in MINUTES_A_DAY:
        return MINUTES_A_DAY[role]
    return MINUTES_A_DAY_OF_OTHERS if is_own else 0


def is_work_day(day: date) -> bool:
    """From Monday to Friday."""
    return day.weekday() < SATURDAY


def work_days(now: datetime, days: int, *, weekends: bool) -> list[date]:
    """The next `days` days of the site's clock, which `now` is in: from today before noon, else from tomorrow."""
    day = now.date() if now.hour < NOON else now.date() + timedelta(days=1)
    found: list[date] = []
    while len(found) < days:
        if weekends or is_work_day(day):
            found.append(day)
        day += timedelta(days=1)
    return found


def may_review(role: Role) -> bool:
    return ROLE_RANK[role] >= ROLE_RANK[Role.REVIEWER]


def workers_of(
    people: Iterable[Colleague], pace: Pace, days: int, all_labels: Collection[str], share: float = 1.0
) -> list[Worker]:
    """Those with any time, each with a skill for every kind of work and label they are set up for.

    `share` of their time is planned, what they have in hand included.
    """
    found = []
    for person in people:
        if person.minutes_per_day == 0:
            continue
        kinds = ([] if person.is_paused else [LABEL]) + ([REVIEW] if may_review(person.role) else [])
        labels = [ANY_LABEL, *all_labels] if person.label_ids is None else person.label_ids
        skills = {kind: _skills(kind, labels) for kind in kinds}
        found.append(
            Worker(
                str(person.user_id),
                max(0.0, share * person.minutes_per_day * days - person.in_hand_minutes),
                frozenset().union(*skills.values()),
                {
                    skill: pace.people.get((kind, person.user_id), 1.0)
                    for kind, named in skills.items()
                    for skill in named
                },
            )
        )
    return found


def even_workers(
    jobs: Sequence[Job],
    people: Sequence[Colleague],
    pace: Pace,
    days: int,
    all_labels: Collection[str],
) -> list[Worker]:
    """Workers with so small a share of their time, the same for all, that no more stays undone than with all of it.

    Without it, the cheapest plan may give everything to the quickest person and leave the others without work.
    """

    def undone(workers: Sequence[Worker]) -> float:
        done = Counter(job_id for job_id, _ in greedy_turns(jobs, workers))
        return sum(job.priority * (job.people - done[job.id]) for job in jobs)

    whole = workers_of(people, pace, days, all_labels)
    least, time = undone(whole), days * sum(person.minutes_per_day for person in people)
    wanted = sum(job.minutes * job.people for job in jobs)
    # No share below it does: as if everybody were as quick as anybody may be planned to be.
    low, high, best = wanted / PACE_RANGE[1] / max(time, 1), 1.0, whole
    while low > 0.0 and high / low > SHARE_STEP:
        middle = (low * high) ** 0.5
        workers = workers_of(people, pace, days, all_labels, middle)
        if undone(workers) <= least:
            high, best = middle, workers
        else:
            low = middle
    return best


def _skills(kind: str, labels: Iterable[str]) -> frozenset[str]:
    return frozenset({kind, *(f"{kind}:{label}" for label in labels)})


def jobs_of(
    work: Sequence[OpenWork], people: Sequence[Colleague], pace: Pace, due_before: datetime
) -> list[Job]:
    """One job an entry. Labels count as skills only where somebody is not set up for all of them."""
    limited = any(person.label_ids is not None and person.minutes_per_day for person in people)
    urgent = _urgent(work)
    return [
        Job(
            id=each.job_id,
            minutes=max(_LEAST_MINUTES, round(pace.seconds(each.kind, each.objects) / 60.0, 2)),
            skills=_skills(each.kind, _labels(each) if limited else ()),
            people=each.people,
            barred=frozenset(str(person) for person in each.barred),
            priority=_priority(each, urgent, due_before),
        )
        for each in work
    ]


def _labels(work: OpenWork) -> Collection[str]:
    return [ANY_LABEL] if work.label_ids is None else work.label_ids


def _urgent(work: Sequence[OpenWork]) -> float:
    """The priority that a third of the pictures to label are above; infinite where they are all alike."""
    found = sorted((each.urgency for each in work if each.kind == LABEL), reverse=True)
    if not found or found[0] == found[-1]:
        return float("inf")
    return found[len(found) // 3]


def _priority(work: OpenWork, urgent: float, due_before: datetime) -> float:
    """Due in these days before anything; what is chosen, urgent, or only waits for a reviewer before the rest."""
    if work.due_at is not None and work.due_at <= due_before:
        return _DUE
    return _USUAL + (work.kind == REVIEW or work.is_chosen) + (work.urgency > urgent)


def turns_in_days(
    turns: Iterable[tuple[str, str]],
    work: Mapping[str, OpenWork],
    jobs: Mapping[str, Job],
    workers: Mapping[str, Worker],
    people: Iterable[Colleague],
    days: int,
) -> list[PlannedTurn]:
    """Each person's turns in the order they are to be done, filled into their days after what they have in hand."""
    by_person: dict[str, list[str]] = defaultdict(list)
    for job_id, worker_id in turns:
        by_person[worker_id].append(job_id)
    found = []
    for person in people:
        gone = person.in_hand_minutes
        for job_id in sorted(by_person[str(person.user_id)], key=lambda key: _order(work[key], jobs[key])):
            minutes = workers[str(person.user_id)].minutes_for(jobs[job_id])
            gone += minutes
            # The end of a picture says which day it is done by.
            day = min(days - 1, int(max(0.0, gone - 1e-6) // person.minutes_per_day))
            found.append(PlannedTurn(work[job_id], person.user_id, minutes, day))
    return found


def _order(work: OpenWork, job: Job) -> tuple[bool, float, float, bool, float, str]:
    due = work.due_at.timestamp() if work.due_at else 0.0
    return (work.due_at is None, due, -job.priority, work.kind == LABEL, -work.urgency, job.id)
