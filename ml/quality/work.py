"""Work to hand out and a plan of who does it: the values, the check of a plan, and why something stays undone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ml.errors import QualityError

_MINUTES_HAIR = 1e-6


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done by `people` different persons, `minutes` each at the usual speed.

    `skills` are all needed. `barred`: ids of those who may not, such as the author of what is to be reviewed. A larger
    `priority` is served first; 1 is usual.
    """

    id: str
    minutes: float
    skills: frozenset[str] = frozenset()
    people: int = 1
    barred: frozenset[str] = frozenset()
    priority: float = 1.0


@dataclass(frozen=True, slots=True)
class Worker:
    """A person with `minutes` to give. `speed` 2 halves the minutes of a job that needs the skill; 1 where left out.

    Of several needed skills the slowest counts.
    """

    id: str
    minutes: float
    skills: frozenset[str] = frozenset()
    speed: Mapping[str, float] = field(default_factory=dict)

    def may(self, job: Job) -> bool:
        """Whether this person is allowed and able to do it."""
        return job.skills <= self.skills and self.id not in job.barred

    def minutes_for(self, job: Job) -> float:
        """How long this person takes."""
        return job.minutes / min((self.speed.get(skill, 1.0) for skill in job.skills), default=1.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """`turns` are (job id, worker id). `undone`: by job how many people are still wanted, with the reason in words.

    `gap`: the most by which a better plan could cost less, relative; None where no bound is known (greedy).
    """

    turns: tuple[tuple[str, str], ...]
    undone: Mapping[str, tuple[int, str]]
    cost: float
    gap: float | None
    method: str


def undone_cost(jobs: Sequence[Job], workers: Sequence[Worker]) -> float:
    """What one turn left undone costs a job of priority 1: more than the longest anybody could take for any job.

    So no plan leaves something undone to save minutes.
    """
    slowest = min([min(w.speed.values(), default=1.0) for w in workers] + [1.0])
    longest = max((job.minutes for job in jobs), default=0.0) / slowest
    least = min((job.priority for job in jobs), default=1.0)
    if least <= 0.0:
        raise QualityError("A priority is above 0.")
    return 2.0 * longest / least + 1.0


def check_plan(jobs: Sequence[Job], workers: Sequence[Worker], turns: Sequence[tuple[str, str]]) -> float:
    """The cost of a plan: minutes spent, and what is undone by priority. Knows nothing of how the plan was made.

    Raises QualityError at a turn of somebody unknown, unskilled or barred, at a person twice on one job, more people than a
    job wants, or more minutes than a person has.
    """
    by_job, by_worker = {j.id: j for j in jobs}, {w.id: w for w in workers}
    spent: defaultdict[str, float] = defaultdict(float)
    for job_id, worker_id in turns:
        if job_id not in by_job or worker_id not in by_worker:
            raise QualityError(f"The plan names {job_id} and {worker_id}, of which one is unknown.")
        if not by_worker[worker_id].may(by_job[job_id]):
            raise QualityError(f"{worker_id} may not do {job_id}.")
        spent[worker_id] += by_worker[worker_id].minutes_for(by_job[job_id])
    if len(set(turns)) < len(turns):
        raise QualityError("Somebody is planned twice on one job.")
    done = Counter(job_id for job_id, _ in turns)
    for job_id, count in done.items():
        if count > by_job[job_id].people:
            raise QualityError(f"{job_id} is planned for more people than it wants.")
    for worker_id, minutes in spent.items():
        if minutes > by_worker[worker_id].minutes + _MINUTES_HAIR * max(1.0, minutes):
            raise QualityError(f"{worker_id} is planned for more minutes than there are.")
    lacking = sum(job.priority * (job.people - done[job.id]) for job in jobs)
    return sum(spent.values()) + (undone_cost(jobs, workers) * lacking if lacking else 0.0)


class Cause(StrEnum):
    """Why something stays undone, the most stubborn first: time is only lacking where nothing else is."""

    NOBODY = "nobody"
    SKILL = "skill"  # one that nobody has
    TOGETHER = "together"  # each has somebody, all of them nobody
    BARRED = "barred"
    PEOPLE = "people"  # fewer may do it than it wants
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Lack:
    """`people`: how many are still wanted. `skills`: those nobody has for SKILL, else all the job needs; sorted.

    `able`: ids of those with all the skills, barred or not. `allowed`: how many of them are not barred.
    """

    cause: Cause
    people: int
    skills: tuple[str, ...]
    able: tuple[str, ...]
    allowed: int


def lacks(
    jobs: Sequence[Job], workers: Sequence[Worker], turns: Sequence[tuple[str, str]]
) -> dict[str, Lack]:
    """By job id what a plan leaves undone, and what it lacks."""
    done = Counter(job_id for job_id, _ in turns)
    able: dict[frozenset[str], tuple[str, ...]] = {}
    found = {}
    for job in jobs:
        if done[job.id] >= job.people:
            continue
        if job.skills not in able:
            able[job.skills] = tuple(w.id for w in workers if job.skills <= w.skills)
        found[job.id] = _lack(job, workers, able[job.skills], job.people - done[job.id])
    return found


def _lack(job: Job, workers: Sequence[Worker], able: tuple[str, ...], people: int) -> Lack:
    skills = tuple(sorted(job.skills))
    allowed = sum(worker_id not in job.barred for worker_id in able)
    if not workers:
        return Lack(Cause.NOBODY, people, skills, able, allowed)
    if not able:
        lacking = tuple(skill for skill in skills if not any(skill in w.skills for w in workers))
        return Lack(Cause.SKILL if lacking else Cause.TOGETHER, people, lacking or skills, able, allowed)
    if not allowed:
        return Lack(Cause.BARRED, people, skills, able, allowed)
    return Lack(Cause.PEOPLE if allowed < job.people else Cause.TIME, people, skills, able, allowed)


def reasons(
    jobs: Sequence[Job], workers: Sequence[Worker], turns: Sequence[tuple[str, str]]
) -> dict[str, tuple[int, str]]:
    """By job id what a plan leaves undone: how many people it still wants, and why, in words."""
    found = lacks(jobs, workers, turns)
    short: defaultdict[frozenset[str], float] = defaultdict(float)
    for job in jobs:
        if job.id in found:
            short[job.skills] += job.minutes * found[job.id].people
    return {
        job.id: (found[job.id].people, _words(job, found[job.id], short[job.skills]))
        for job in jobs
        if job.id in found
    }


def _words(job: Job, lack: Lack, short_minutes: float) -> str:
    needs = _listed(lack.skills)
    who = f"people with {needs}" if job.skills else "everybody"
    return {
        Cause.NOBODY: "There is nobody to do it.",
        Cause.SKILL: f"Nobody has the skill {needs}.",
        Cause.TOGETHER: f"Nobody has all of {needs} together.",
        Cause.BARRED: f"{_listed(lack.able)} could, but may not: nobody reviews their own work.",
        Cause.PEOPLE: f"It wants {job.people} different people, and only {lack.allowed} can and may do it.",
        Cause.TIME: f"There is too little time: {who} would need about {short_minutes:,.0f} minutes more.",
    }[lack.cause]


def _listed(names: Sequence[str]) -> str:
    if len(names) < 3:
        return " and ".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
