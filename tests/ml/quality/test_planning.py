"""Plans of who does what: never against the rules, near the best there is, with reasons for what stays undone."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from ml.errors import QualityError
from ml.quality.forecast import forecast_finish
from ml.quality.planning import greedy_turns, make_plan
from ml.quality.work import Cause, Job, Worker, check_plan, lacks, reasons, undone_cost

S = frozenset


def best_cost(jobs: list[Job], workers: list[Worker]) -> float:
    """Every way to give each job to some set of people, one by one."""
    names = [w.id for w in workers]
    sets = [
        [n for n, bit in zip(names, bits, strict=True) if bit] for bits in product((0, 1), repeat=len(names))
    ]
    best = undone_cost(jobs, workers) * sum(j.priority * j.people for j in jobs)
    for choice in product(sets, repeat=len(jobs)):
        turns = [(job.id, name) for job, chosen in zip(jobs, choice, strict=True) for name in chosen]
        try:
            best = min(best, check_plan(jobs, workers, turns))
        except QualityError:
            continue
    return best


def test_plans_cost_as_little_as_the_best_of_all_plans_of_small_problems() -> None:
    rng = np.random.default_rng(0)
    for _ in range(2):
        workers = [
            Worker(f"w{n}", float(rng.uniform(8, 20)), S(skills), {"a": float(rng.uniform(0.6, 1.6))})
            for n, skills in enumerate((("a",), ("a", "b"), ("b",)))
        ]
        jobs = [
            Job(
                f"j{n}",
                float(rng.uniform(2, 9)),
                S("ab"[int(rng.integers(2))]),
                int(rng.integers(1, 3)),
                S({f"w{rng.integers(3)}"} if rng.random() < 0.4 else ()),
                float(rng.integers(1, 3)),
            )
            for n in range(3)
        ]
        plan = make_plan(jobs, workers, 60.0)
        assert check_plan(jobs, workers, plan.turns) == plan.cost
        assert plan.cost == pytest.approx(best_cost(jobs, workers), rel=1e-3)


@pytest.mark.parametrize("lengths", [(3.0, 5.0, 8.0), tuple(2.0 + n / 100 for n in range(700))])
def test_a_plan_of_many_jobs_is_within_a_percent_of_the_bound_and_beats_greedy(
    lengths: tuple[float, ...],
) -> None:
    # Three lengths make a few classes, decided all at once; seven hundred too many columns for that.
    rng = np.random.default_rng(1)
    workers = [
        Worker(
            f"w{n}",
            200.0,
            S(("boxes",) if n % 3 else ("boxes", "thermal")),
            {"boxes": float(rng.lognormal(0, 0.4))},
        )
        for n in range(12)
    ]
    jobs = [
        Job(
            f"j{n}",
            float(rng.choice(lengths)),
            S(("thermal",) if n % 5 == 0 else ("boxes",)),
            2 if n % 7 == 0 else 1,
            S({f"w{rng.integers(3)}"} if n % 4 == 0 else ()),
        )
        for n in range(400)
    ]
    plan = make_plan(jobs, workers, 60.0)
    assert plan.method == "optimised"
    assert plan.gap is not None and plan.gap <= 0.01
    assert not plan.undone
    assert check_plan(jobs, workers, plan.turns) == plan.cost
    assert plan.cost <= check_plan(jobs, workers, greedy_turns(jobs, workers))


ADA, BO = Worker("Ada", 60, S(("boxes", "thermal"))), Worker("Bo", 60, S(("boxes",)))


@pytest.mark.parametrize(
    ("job", "workers", "lacking", "reason"),
    [
        (Job("j", 5), [], 1, "nobody to do it"),
        (Job("j", 5, S(("video",))), [ADA, BO], 1, "Nobody has the skill video."),
        (Job("j", 5, S(("thermal",)), barred=S(("Ada",))), [ADA, BO], 1, "nobody reviews their own work"),
        (Job("j", 5, S(("thermal",)), people=2), [ADA, BO], 1, "wants 2 different people, and only 1"),
        (Job("j", 90, S(("boxes",))), [ADA, BO], 1, "too little time: people with boxes would need about 90"),
        (Job("j", 90), [ADA, BO], 1, "too little time: everybody would need about 90 minutes"),
        (
            Job("j", 5, S(("thermal", "video"))),
            [ADA, Worker("Cy", 60, S(("video",)))],
            1,
            "Nobody has all of thermal and video together.",
        ),
    ],
)
def test_what_stays_undone_has_its_reason(job: Job, workers: list[Worker], lacking: int, reason: str) -> None:
    count, words = reasons([job], workers, greedy_turns([job], workers))["j"]
    assert count == lacking
    assert reason in words


@pytest.mark.parametrize(
    ("turns", "fault"),
    [
        ([("j", "Zed")], "unknown"),
        ([("t", "Bo")], "may not"),
        ([("own", "Ada")], "may not"),
        ([("j", "Ada"), ("j", "Ada")], "twice"),
        ([("j", "Ada"), ("j", "Bo")], "more people than"),
        ([("long", "Bo"), ("j", "Bo")], "more minutes than"),
    ],
)
def test_the_checker_refuses_every_kind_of_broken_plan(turns: list[tuple[str, str]], fault: str) -> None:
    jobs = [
        Job("j", 5),
        Job("t", 5, S(("thermal",))),
        Job("own", 5, barred=S(("Ada",))),
        Job("long", 58),
    ]
    with pytest.raises(QualityError, match=fault):
        check_plan(jobs, [ADA, BO], turns)


def test_when_the_solver_has_no_time_the_greedy_plan_stands() -> None:
    jobs = [Job(f"j{n}", 5.0 + n % 3, S(("boxes",))) for n in range(20)]
    plan = make_plan(jobs, [ADA, BO], 0.01)
    assert plan.method == "greedy"
    assert plan.gap is None
    assert check_plan(jobs, [ADA, BO], plan.turns) == plan.cost


def test_nothing_to_do_is_a_plan_too() -> None:
    assert make_plan([], [ADA], 5.0).turns == ()


def test_forecasts_band_holds_the_true_day_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(2)
    inside = 0
    for run in range(60):
        rate = rng.uniform(20, 80)
        history, future = (
            rng.negative_binomial(5, 5 / (5 + rate), 20),
            rng.negative_binomial(5, 5 / (5 + rate), 400),
        )
        found = forecast_finish(900, history, seed=run)
        assert found is not None
        true_days = int(np.searchsorted(np.cumsum(future), 900)) + 1
        inside += found.early_days <= true_days <= found.late_days
        assert found.early_days <= found.days <= found.late_days
    assert 0.65 <= inside / 60 <= 0.95


@pytest.mark.parametrize(
    ("remaining", "history", "returned", "days"),
    [(0, [], 0.0, 0), (100, [10] * 10, 0.0, 10), (95, [10] * 10, 0.0, 10), (100, [10] * 10, 0.5, 20)],
)
def test_a_steady_team_finishes_when_arithmetic_says(
    remaining: int, history: list[int], returned: float, days: int
) -> None:
    found = forecast_finish(remaining, history, returned)
    assert found is not None
    assert (found.early_days, found.days, found.late_days) == (days, days, days)


@pytest.mark.parametrize("history", [[], [10] * 4, [0] * 10])
def test_too_little_history_gives_no_forecast(history: list[int]) -> None:
    assert forecast_finish(100, history) is None


def test_a_stop_kills_the_solver_and_leaves_the_quick_plan() -> None:
    jobs = [Job(f"j{n}", 3.0, S(("a",))) for n in range(20)]
    workers = [Worker("w", 30.0, S(("a",)))]
    asked = []
    plan = make_plan(jobs, workers, 60.0, lambda: bool(asked.append(1)) or True)
    assert asked
    assert (plan.method, plan.gap) == ("greedy", None)
    assert len(plan.turns) == 10


def test_what_lacks_is_told_by_cause() -> None:
    workers = [Worker("ann", 5.0, S("a")), Worker("bea", 5.0, S("b"))]
    jobs = [
        Job("time", 9.0, S("a")),
        Job("skill", 1.0, S("c")),
        Job("together", 1.0, S("ab")),
        Job("barred", 1.0, S("b"), barred=S(("bea",))),
        Job("people", 1.0, S("b"), people=2),
        Job("done", 1.0, S("a")),
    ]
    found = lacks(jobs, workers, [("done", "ann")])
    assert {key: each.cause for key, each in found.items()} == {
        key: Cause(key) for key in ("time", "skill", "together", "barred", "people")
    }
    assert found["skill"].skills == ("c",)
    assert found["people"].people == 2
    assert lacks(jobs[:1], [], [])["time"].cause == Cause.NOBODY
