"""Work to hand out and a plan of who does it: the values, the check of a plan, and why something stays undone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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


def reasons(
    jobs: Sequence[Job], workers: Sequence[Worker], turns: Sequence[tuple[str, str]]
) -> dict[str, tuple[int, str]]:
    """By job id what a plan leaves undone: how many people it still wants, and why, in words."""
    done = Counter(job_id for job_id, _ in turns)
    short: defaultdict[frozenset[str], float] = defaultdict(float)
    for job in jobs:
        short[job.skills] += job.minutes * max(job.people - done[job.id], 0)
    return {
        job.id: (job.people - done[job.id], _reason(job, workers, short[job.skills]))
        for job in jobs
        if done[job.id] < job.people
    }


def _reason(job: Job, workers: Sequence[Worker], short_minutes: float) -> str:
    needs = _listed(sorted(job.skills))
    lacking = [skill for skill in sorted(job.skills) if not any(skill in w.skills for w in workers)]
    if not workers:
        return "There is nobody to do it."
    if lacking:
        return f"Nobody has the skill {_listed(lacking)}."
    able = [w for w in workers if job.skills <= w.skills]
    if not able:
        return f"Nobody has all of {needs} together."
    allowed = [w for w in able if w.may(job)]
    if not allowed:
        return f"{_listed([w.id for w in able])} could, but may not: nobody reviews their own work."
    if len(allowed) < job.people:
        return f"It wants {job.people} different people, and only {len(allowed)} can and may do it."
    who = f"people with {needs}" if job.skills else "everybody"
    return f"There is too little time: {who} would need about {short_minutes:,.0f} minutes more."


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"
