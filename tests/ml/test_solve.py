"""The child process that solves integer programs: right answers, honest states, and a kill that holds."""

from __future__ import annotations

from time import monotonic

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from ml.solve import Solution, SolveState, milp_in_child


def knapsack(integrality: int) -> Solution | None:
    return milp_in_child(
        [-6.0, -10.0, -12.0],
        csr_matrix([[1.0, 2.0, 3.0]]),
        (-np.inf, 5.0),
        (0.0, 1.0),
        integrality,
        time_limit_s=20,
        kill_after_s=60,
    )


def test_a_small_knapsack_is_solved_whole_and_relaxed() -> None:
    whole, relaxed = knapsack(1), knapsack(0)
    assert whole is not None and relaxed is not None
    assert whole.state == relaxed.state == SolveState.OPTIMAL
    assert np.round(whole.x).tolist() == [0, 1, 1]
    assert whole.objective == pytest.approx(-22.0)
    assert whole.bound == pytest.approx(-22.0)
    assert relaxed.objective == pytest.approx(-24.0)
    assert relaxed.gap == 0.0


def test_a_problem_nothing_satisfies_is_called_infeasible_and_not_unanswered() -> None:
    none = milp_in_child([1.0], [[1.0]], (2.0, 2.0), (0.0, 1.0), 1, time_limit_s=20, kill_after_s=60)
    assert none is not None
    assert none.state == SolveState.INFEASIBLE
    assert len(none.x) == 0


def test_rows_of_another_width_than_the_costs_are_refused() -> None:
    with pytest.raises(ValueError, match="2 costs"):
        milp_in_child([1.0, 1.0], [[1.0]], time_limit_s=1, kill_after_s=1)


def test_a_solver_that_overstays_is_killed() -> None:
    # Market split (Cornuéjols and Dawande 1998): seven equations over sixty zeros and ones keep branch and bound
    # busy for days; the solver's own limit is set far past the kill.
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 100, (7, 60)).astype(float)
    target = np.floor(rows.sum(axis=1) / 2)
    started = monotonic()
    answer = milp_in_child(
        np.zeros(60), rows, (target, target), (0.0, 1.0), 1, time_limit_s=600, kill_after_s=1.5
    )
    assert answer is None
    assert monotonic() - started < 10.0
