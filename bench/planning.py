"""Who does what for 5,000 jobs and 50 people: time, gap and the greedy plan's price: `python -m bench.planning`.

"alike": jobs come in the classes a project has (minutes by size of picture). "distinct": every job has its own minutes, so
that nothing can be put together.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from ml.quality.planning import greedy_turns, make_plan
from ml.quality.work import Job, Worker, check_plan

JOBS, PEOPLE = 5000, 50
SKILLS = ("boxes", "outlines", "thermal", "video", "review")
SEED = 0
# The goal is 20 s on two cores at rest. The limit leaves room for a busy machine, where only CPU seconds can be compared.
LIMIT_S = 120.0
RESULT = Path(__file__).parent / "results" / "planning.json"


def team(rng: np.random.Generator) -> list[Worker]:
    """People with two to four skills, each at a speed of their own (log-normal, sd 0.35)."""
    return [
        Worker(
            f"person-{n}",
            float(rng.uniform(900, 2100)),
            frozenset(skills := rng.choice(SKILLS, int(rng.integers(2, 5)), replace=False).tolist()),
            {skill: float(rng.lognormal(0.0, 0.35)) for skill in skills},
        )
        for n in range(PEOPLE)
    ]


def work(
    rng: np.random.Generator, minutes: Callable[[], float], fill: float, workers: list[Worker]
) -> list[Job]:
    """Jobs of one skill; one in five wants two people, reviews bar their author; `fill` of everybody's time."""
    jobs = []
    for n in range(JOBS):
        skill = SKILLS[int(rng.choice(5, p=[0.4, 0.2, 0.1, 0.1, 0.2]))]
        author = {f"person-{rng.integers(PEOPLE)}"} if skill == "review" else set()
        people = 2 if rng.random() < 0.2 else 1
        jobs.append(
            Job(
                f"job-{n}",
                minutes(),
                frozenset({skill}),
                people,
                frozenset(author),
                float(rng.integers(1, 4)),
            )
        )
    scale = fill * sum(w.minutes for w in workers) / sum(j.minutes * j.people for j in jobs)
    return [Job(j.id, j.minutes * scale, j.skills, j.people, j.barred, j.priority) for j in jobs]


def case(name: str, alike: bool, fill: float) -> dict[str, object]:
    rng = np.random.default_rng(SEED)
    workers = team(rng)
    sizes = (2.0, 4.0, 7.0, 12.0, 20.0)
    jobs = work(
        rng,
        (lambda: float(rng.choice(sizes))) if alike else (lambda: float(rng.lognormal(1.5, 0.6))),
        fill,
        workers,
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start, own = perf_counter(), process_time()
    plan = make_plan(jobs, workers, LIMIT_S)
    wall_s, own_s = perf_counter() - start, process_time() - own
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = perf_counter()
    greedy = greedy_turns(jobs, workers)
    greedy_s = perf_counter() - start
    greedy_cost = check_plan(jobs, workers, greedy)
    wanted = sum(j.people for j in jobs)
    return {
        "case": name,
        "jobs": len(jobs),
        "people": len(workers),
        "turns_wanted": wanted,
        "method": plan.method,
        "wall_s": round(wall_s, 2),
        "cpu_s": round(own_s + after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
        "load_average": round(os.getloadavg()[0], 1),
        "gap": None if plan.gap is None else round(plan.gap, 5),
        "turns_undone": wanted - len(plan.turns),
        "greedy_s": round(greedy_s, 2),
        "greedy_costs_more": round(greedy_cost / plan.cost - 1.0, 3),
        "greedy_turns_undone": wanted - len(greedy),
        "checked": check_plan(jobs, workers, plan.turns) == plan.cost,
    }


def main() -> None:
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    result = {
        "bench": "planning",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "commit": commit.stdout.strip() or "unknown",
        "goal": {"wall_s": 20.0, "gap": 0.01},
        "cases": [
            case("alike, tight", True, 1.05),
            case("distinct, tight", False, 1.05),
            case("distinct, too little time", False, 1.6),
        ],
    }
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
