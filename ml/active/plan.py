"""The best part of a ranked list under caps, quotas and budgets: an integer program, or greedily where it fails.

The program runs in a child process that is killed when it overstays. Whichever made the plan, `ml.active.check`,
which shares no code with either, looks it over before it is used.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from ml.active.candidates import Candidate, SelectionConfig
from ml.active.caps import Caps
from ml.active.check import broken_limits
from ml.active.costs import cost_of, expected_objects
from ml.solve import SolveState, milp_in_child

FloatArray = npt.NDArray[np.float64]

# Beyond this place in the ranking a picture is not considered.
PLAN_POOL_MAX = 20_000
# Columns of the program: so many times the batch from the top of the ranking, and so many batches of those that give
# most to each quota or cost least of each budget. What the best plan takes from further down is worth little.
TOP_BATCHES = 6
SPECIAL_BATCHES = 1
# Wall time: on a busy machine a third of it is the program's own.
TIME_LIMIT_S = 30.0
KILL_GRACE_S = 15.0
# A plan proven this near the best is good enough: values are ranks, not money.
GAP = 1e-3
# One expected object short of a quota outweighs this many best places in the ranking.
SHORT_WEIGHT = 10.0


class Planner(StrEnum):
    """Who made the plan: RANKING where a walk down the list was all that was asked."""

    RANKING = "ranking"
    PROGRAM = "program"
    GREEDY = "greedy"


@dataclass(frozen=True, slots=True)
class Plan:
    """Positions in the list, best first, and how far each quota was missed (only those missed)."""

    picked: tuple[int, ...]
    planner: Planner
    missed: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Problem:
    """What is still open after `taken`: N candidates in order of their worth; quotas are columns."""

    ranked: Sequence[Candidate]
    value: FloatArray  # (N,) 1 down to 1 / N
    cost: FloatArray  # (N, B) by budget
    left: FloatArray  # (B,) what of each budget is left
    gain: FloatArray  # (N, Q) towards each quota
    need: FloatArray  # (Q,)
    quotas: tuple[str, ...]
    wanted: int


def plan(
    ranked: Sequence[Candidate],
    wanted: int,
    config: SelectionConfig,
    taken: Sequence[Candidate] = (),
    time_limit_s: float = TIME_LIMIT_S,
) -> Plan:
    """Up to `wanted` of `ranked` (best first) within every cap and budget, missing quotas by as little as can be.

    `taken` is in the batch already (the random slice) and counts against caps, quotas and budgets. With a
    `time_limit_s` of 0 only the greedy planner is asked.
    """
    problem = _problem(ranked[:PLAN_POOL_MAX], wanted, config, taken)
    if not len(problem.value) or wanted <= 0:
        return Plan((), Planner.GREEDY, _missed(problem, []))
    if time_limit_s > 0:
        columns = _worth_a_column(problem)
        found = _by_program(_only(problem, columns), config, taken, time_limit_s)
        picked = None if found is None else columns[found].tolist()
        if picked is not None and not _broken(problem, picked, config, taken):
            return Plan(tuple(picked), Planner.PROGRAM, _missed(problem, picked))
    picked = _greedily(problem, config, taken)
    return Plan(tuple(picked), Planner.GREEDY, _missed(problem, picked))


def _broken(
    problem: _Problem, picked: Sequence[int], config: SelectionConfig, taken: Sequence[Candidate]
) -> list[str]:
    chosen = [problem.ranked[i] for i in picked]
    return broken_limits(chosen, taken, problem.wanted, config)


def _problem(
    ranked: Sequence[Candidate], wanted: int, config: SelectionConfig, taken: Sequence[Candidate]
) -> _Problem:
    n = len(ranked)
    budgets = [
        (limit, axis) for axis, limit in enumerate((config.budget_boxes, config.budget_seconds)) if limit
    ]
    cost, spent = (np.array([_costs(c, config) for c in part]).reshape(-1, 2) for part in (ranked, taken))
    axes = [axis for _, axis in budgets]
    left = np.array([limit for limit, _ in budgets]) - spent[:, axes].sum(axis=0)
    gain, have = _gains(ranked, config), _gains(taken, config)
    quotas = (config.quota_per_class, config.quota_per_group, config.quota_per_site)
    need = np.array([float(least) for quota in quotas for least in quota.values()])
    return _Problem(
        ranked,
        1.0 - np.arange(n) / max(n, 1),
        cost[:, axes],
        left,
        gain,
        np.maximum(need - have.sum(axis=0), 0.0),
        tuple(name for quota in quotas for name in quota),
        wanted,
    )


def _worth_a_column(problem: _Problem) -> npt.NDArray[np.intp]:
    few, many = SPECIAL_BATCHES * problem.wanted, TOP_BATCHES * problem.wanted
    kept = np.zeros(len(problem.value), dtype=bool)
    kept[:many] = True
    for gain in problem.gain.T:
        kept[np.argsort(-gain, kind="stable")[:few]] = True
    for cost in problem.cost.T:
        kept[np.argsort(cost, kind="stable")[:few]] = True
    return np.flatnonzero(kept)


def _only(problem: _Problem, columns: npt.NDArray[np.intp]) -> _Problem:
    return replace(
        problem,
        ranked=[problem.ranked[i] for i in columns.tolist()],
        value=problem.value[columns],
        cost=problem.cost[columns],
        gain=problem.gain[columns],
    )


def _costs(candidate: Candidate, config: SelectionConfig) -> tuple[float, float]:
    cost = cost_of(candidate.prediction, config.cost)
    return cost.boxes, cost.seconds


def _gains(candidates: Sequence[Candidate], config: SelectionConfig) -> FloatArray:
    """(N, Q): expected objects of each class with a quota, then 1 in the columns of its group and its site."""
    classes, groups = list(config.quota_per_class), list(config.quota_per_group)
    sites = list(config.quota_per_site)
    found = np.zeros((len(candidates), len(classes) + len(groups) + len(sites)))
    for i, candidate in enumerate(candidates):
        expected = expected_objects(candidate.prediction) if classes else {}
        found[i, : len(classes)] = [expected.get(name, 0.0) for name in classes]
        found[i, len(classes) :] = [
            *(float(candidate.group == name) for name in groups),
            *(float(candidate.site == name) for name in sites),
        ]
    return found


def _missed(problem: _Problem, picked: Sequence[int]) -> dict[str, float]:
    short = problem.need - problem.gain[list(picked)].sum(axis=0)
    return {name: float(s) for name, s in zip(problem.quotas, short, strict=True) if s > 1e-6}


def _by_program(
    problem: _Problem, config: SelectionConfig, taken: Sequence[Candidate], time_limit_s: float
) -> list[int] | None:
    """One 0/1 column a candidate and one real column a quota: how far it is missed."""
    n, quotas = problem.gain.shape
    # An allowance below zero (the random slice took it all) forbids every further one, not the program.
    rows: list[tuple[npt.NDArray[np.intp], FloatArray]] = [(np.arange(n), np.ones(n))]
    low, high = [-np.inf], [float(problem.wanted)]
    for b in range(len(problem.left)):
        rows.append((np.arange(n), problem.cost[:, b]))
        low, high = [*low, -np.inf], [*high, max(float(problem.left[b]), 0.0)]
    for q in range(quotas):
        members = np.flatnonzero(problem.gain[:, q])
        rows.append((np.append(members, n + q), np.append(problem.gain[members, q], 1.0)))
        low, high = [*low, float(problem.need[q])], [*high, np.inf]
    for few, most in _at_most(problem.ranked, config, taken):
        rows.append((np.array(few, dtype=np.intp), np.ones(len(few))))
        low, high = [*low, -np.inf], [*high, float(most)]
    counts = [len(columns) for columns, _ in rows]
    matrix = csr_matrix(
        (
            np.concatenate([values for _, values in rows]),
            np.concatenate([columns for columns, _ in rows]),
            np.concatenate([[0], np.cumsum(counts)]),
        ),
        shape=(len(rows), n + quotas),
    )
    found = milp_in_child(
        np.concatenate([-problem.value, np.full(quotas, SHORT_WEIGHT)]),
        matrix,
        (low, high),
        (0.0, np.concatenate([np.ones(n), np.full(quotas, np.inf)])),
        np.concatenate([np.ones(n, dtype=np.int64), np.zeros(quotas, dtype=np.int64)]),
        time_limit_s=time_limit_s,
        kill_after_s=time_limit_s + KILL_GRACE_S,
        gap=GAP,
    )
    if found is None or found.state not in {SolveState.OPTIMAL, SolveState.FEASIBLE}:
        return None
    return [int(i) for i in np.flatnonzero(found.x[:n] > 0.5)]


def _at_most(
    ranked: Sequence[Candidate], config: SelectionConfig, taken: Sequence[Candidate]
) -> list[tuple[list[int], int]]:
    """Sets of candidates, and how many of each may be taken: cameras, clips, and times too near in one clip."""
    found = []
    for cap, key in ((config.cap_per_group, "group"), (config.cap_per_clip, "clip")):
        if not cap:
            continue
        have = Counter(getattr(c, key) for c in taken)
        members: defaultdict[str, list[int]] = defaultdict(list)
        for i, c in enumerate(ranked):
            if name := getattr(c, key):
                members[name].append(i)
        found += [(few, max(cap - have[name], 0)) for name, few in members.items()]
    if config.min_gap_s > 0:
        found += _too_near(ranked, config.min_gap_s, taken)
    return found


def _too_near(
    ranked: Sequence[Candidate], gap_s: float, taken: Sequence[Candidate]
) -> list[tuple[list[int], int]]:
    """Within any window shorter than the gap at most one: windows that start at a candidate are all that matter."""
    times: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
    for i, c in enumerate(ranked):
        if c.time_s is not None and c.clock:
            times[c.clock].append((c.time_s, i))
    found: list[tuple[list[int], int]] = []
    for members in times.values():
        members.sort()
        end, before = 0, 0
        for start in range(len(members)):
            while end < len(members) and members[end][0] - members[start][0] < gap_s:
                end += 1
            # A window within the one before says nothing new.
            if end > before and end - start > 1:
                found.append(([i for _, i in members[start:end]], 1))
            before = end
    barred = [
        i
        for c in taken
        if c.time_s is not None and c.clock
        for t, i in times[c.clock]
        if abs(t - c.time_s) < gap_s
    ]
    return [*found, (sorted(set(barred)), 0)] if barred else found


def _greedily(problem: _Problem, config: SelectionConfig, taken: Sequence[Candidate]) -> list[int]:
    """Always the picture of most worth for what it takes of the scarcest means: a place in the batch or a budget.

    Worth is its rank, and by SHORT_WEIGHT what it gives to quotas still missed.
    """
    caps = Caps(config)
    for candidate in taken:
        caps.take(candidate)
    open_ = np.ones(len(problem.value), dtype=bool)
    left, need = problem.left.copy(), problem.need.copy()
    picked: list[int] = []
    while len(picked) < problem.wanted:
        open_ &= (problem.cost <= left + 1e-9).all(axis=1)
        worth = problem.value + SHORT_WEIGHT * np.minimum(problem.gain, need).sum(axis=1)
        share = np.full(len(worth), 1.0 / (problem.wanted - len(picked)))
        if len(left):
            share = np.maximum(share, (problem.cost / np.maximum(left, 1e-9)).max(axis=1))
        best = int(np.where(open_, worth / share, -1.0).argmax())
        if not open_[best]:
            break
        open_[best] = False
        if not caps.allow(problem.ranked[best]):
            continue
        caps.take(problem.ranked[best])
        picked.append(best)
        left -= problem.cost[best]
        need = np.maximum(need - problem.gain[best], 0.0)
    return sorted(picked)
