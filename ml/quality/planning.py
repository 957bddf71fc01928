"""Who does what: the least minutes that get the most urgent work done, within everybody's skills and time.

Jobs that nobody can tell apart (same minutes, skills, people, barred ones and priority) are planned as one class with a
count; any such plan of counts can be dealt out to single jobs, so nothing is lost. The relaxed problem is solved first; most
of its whole parts are kept, and the rest is decided by an integer program. A greedy plan is there all along.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix

from ml.errors import QualityError
from ml.quality.work import Job, Plan, Worker, check_plan, reasons, undone_cost
from ml.solve import Solution, milp_in_child

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# `milp_in_child`, told when to give up.
Solver = Callable[..., Solution | None]

TIME_LIMIT_S = 20.0
# The integer part gets at least this much, however long the relaxed one took.
_LAST_STEP_S = 2.0
_WHOLE_HAIR = 1e-7
_GAP = 1e-4
# Of the whole plan, relative: nobody notices 2 minutes in 1,000.
_GAP_WANTED = 2e-3
# The rest of the time is for the child's start and its answer.
_SOLVING_SHARE = 0.7
_FREED_EACH = 2
# So few possible turns are decided all at once.
_SMALL_COLUMNS = 2000
_UNDONE_TRIED = 60
# Of the time allowed the relaxed problem may take this share.
_RELAXED_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class _Classes:
    """`members[c]`: places of the jobs of class c. Columns: `klass` and `worker` of each allowed pair, `minutes` of it."""

    members: list[list[int]]
    klass: Ints
    worker: Ints
    minutes: Floats
    wanted: Ints
    size: Ints
    priority: Floats


def make_plan(
    jobs: Sequence[Job],
    workers: Sequence[Worker],
    time_limit_s: float = TIME_LIMIT_S,
    stopped: Callable[[], bool] | None = None,
) -> Plan:
    """The best plan found in `time_limit_s` (wall), the greedy one where the solver had nothing better.

    Once `stopped` says so, the solver is killed and what there is by then is answered.
    Every plan has been checked by `check_plan`, which knows nothing of how it was made.
    """
    started = monotonic()
    solve = partial(milp_in_child, stopped=stopped)
    greedy = greedy_turns(jobs, workers)
    best, cost, gap, method = greedy, check_plan(jobs, workers, greedy), None, "greedy"
    classes = _classes(jobs, workers)
    if not len(classes.klass):
        gap, method = 0.0, "optimised"  # nobody may do anything: there is no other plan
    else:
        penalty = undone_cost(jobs, workers)
        found = _optimise(classes, workers, penalty, time_limit_s - (monotonic() - started), solve)
        if found is not None:
            counts, bound = found
            turns = _deal(jobs, workers, classes, counts)
            # A plan that fails the check (rounding in the solver) costs infinitely much: the greedy one stays.
            planned = math.inf
            with suppress(QualityError):
                planned = check_plan(jobs, workers, turns)
            if planned <= cost:
                best, cost, method = turns, planned, "optimised"
            # What nobody can do is no part of the program, and costs every plan the same.
            gap = max(0.0, (cost - bound - penalty * _hopeless(classes)) / max(cost, 1e-9))
    return Plan(tuple(best), reasons(jobs, workers, best), cost, gap, method)


def greedy_turns(jobs: Sequence[Job], workers: Sequence[Worker]) -> list[tuple[str, str]]:
    """Jobs by falling priority, hardest to staff first, each to whoever has time and is quickest at it."""
    left = {w.id: w.minutes for w in workers}
    able: dict[tuple[frozenset[str], frozenset[str]], list[Worker]] = {}
    for job in jobs:
        key = (job.skills, job.barred)
        if key not in able:
            able[key] = [w for w in workers if w.may(job)]
    turns = []
    for job in sorted(jobs, key=lambda j: (-j.priority, len(able[(j.skills, j.barred)]), -j.minutes, j.id)):
        takes = [(w.minutes_for(job), w.id) for w in able[(job.skills, job.barred)]]
        fitting = sorted(row for row in takes if row[0] <= left[row[1]])
        for minutes, worker_id in fitting[: job.people]:
            left[worker_id] -= minutes
            turns.append((job.id, worker_id))
    return turns


def _classes(jobs: Sequence[Job], workers: Sequence[Worker]) -> _Classes:
    places: defaultdict[Job, list[int]] = defaultdict(list)
    for place, job in enumerate(jobs):
        places[replace(job, id="")].append(place)
    members = list(places.values())
    klass, worker, minutes = [], [], []
    for number, same in enumerate(members):
        for at, person in enumerate(workers):
            if person.may(jobs[same[0]]):
                klass.append(number)
                worker.append(at)
                minutes.append(person.minutes_for(jobs[same[0]]))
    return _Classes(
        members=members,
        klass=np.array(klass, dtype=np.int64),
        worker=np.array(worker, dtype=np.int64),
        minutes=np.array(minutes, dtype=np.float64),
        wanted=np.array([len(same) * jobs[same[0]].people for same in members], dtype=np.int64),
        size=np.array([len(same) for same in members], dtype=np.int64),
        priority=np.array([jobs[same[0]].priority for same in members], dtype=np.float64),
    )


def _optimise(
    classes: _Classes, workers: Sequence[Worker], penalty: float, limit_s: float, solve: Solver
) -> tuple[Ints, float] | None:
    """Whole counts a column and a bound no plan's cost is under; None where the solver had no answer in time."""
    started = monotonic()
    if len(classes.klass) <= _SMALL_COLUMNS:
        exact = _program(classes, workers, penalty, 1, limit_s, solve)
        if exact is None or not len(exact.x):
            return None
        return np.round(exact.x[: len(classes.klass)]).astype(np.int64), exact.bound
    relaxed = _program(classes, workers, penalty, 0, limit_s * _RELAXED_SHARE, solve)
    if relaxed is None or not len(relaxed.x):
        return None
    left_s = max(limit_s - (monotonic() - started), _LAST_STEP_S)
    return _whole(classes, workers, relaxed, penalty, left_s, solve), relaxed.objective


def _program(
    classes: _Classes, workers: Sequence[Worker], penalty: float, whole: int, limit_s: float, solve: Solver
) -> Solution | None:
    """All columns together, in whole turns or relaxed."""
    time_left = np.array([w.minutes for w in workers])
    rows, limits = _rows(classes, np.arange(len(classes.klass)), classes.wanted, time_left)
    shown = np.unique(classes.klass)
    cost = np.concatenate([classes.minutes, penalty * classes.priority[shown]])
    high = np.concatenate([classes.size[classes.klass], classes.wanted[shown]]).astype(np.float64)
    solving_s = limit_s * _SOLVING_SHARE if whole else limit_s
    return solve(
        cost, rows, limits, (0.0, high), whole, time_limit_s=solving_s, kill_after_s=limit_s, gap=_GAP
    )


def _rows(
    classes: _Classes, columns: Ints, wanted: Ints, minutes_left: Floats
) -> tuple[csr_matrix, tuple[Floats, Floats]]:
    """Turns of a class and its undone ones make up what is wanted; nobody has more minutes than are left."""
    shown, row = np.unique(classes.klass[columns], return_inverse=True)
    pairs, k, people = len(columns), len(shown), len(minutes_left)
    matrix = coo_matrix(
        (
            np.concatenate([np.ones(pairs + k), classes.minutes[columns]]),
            (
                np.concatenate([row, np.arange(k), k + classes.worker[columns]]),
                np.concatenate([np.arange(pairs + k), np.arange(pairs)]),
            ),
        ),
        shape=(k + people, pairs + k),
    )
    demand = wanted[shown].astype(np.float64)
    low = np.concatenate([demand, np.full(people, -np.inf)])
    return matrix.tocsr(), (low, np.concatenate([demand, minutes_left]))


def _whole(
    classes: _Classes,
    workers: Sequence[Worker],
    relaxed: Solution,
    penalty: float,
    limit_s: float,
    solve: Solver,
) -> Ints:
    """Whole counts a column: most whole parts of the relaxed ones, the rest by an integer program, scraps by urgency."""
    counts = np.floor(relaxed.x[: len(classes.klass)] + _WHOLE_HAIR).astype(np.int64)
    if (_turns(classes, counts) == classes.wanted).all():
        return counts
    broken = np.flatnonzero(relaxed.x[: len(classes.klass)] - counts > _WHOLE_HAIR)
    kept, freed = counts.copy(), _freed(classes, counts, len(workers))
    kept[freed] -= 1
    touched = np.concatenate([freed, broken])
    decided = _decide_rest(classes, workers, kept, touched, relaxed, penalty, limit_s, solve)
    return _fill(classes, workers, counts if decided is None else decided)


def _decide_rest(
    classes: _Classes,
    workers: Sequence[Worker],
    kept: Ints,
    touched: Ints,
    relaxed: Solution,
    penalty: float,
    limit_s: float,
    solve: Solver,
) -> Ints | None:
    """Counts with the turns that `kept` leaves open decided together; None where there was no answer in time."""
    wanted = classes.wanted - _turns(classes, kept)
    left, room = _left(classes, workers, kept), classes.size[classes.klass] - kept
    open_class = _worth_deciding(classes, wanted, touched)
    fits = (room > 0) & (classes.minutes <= left[classes.worker] + _WHOLE_HAIR)
    columns = np.flatnonzero(open_class[classes.klass] & fits)
    if not len(columns):
        return None
    rows, limits = _rows(classes, columns, wanted, np.maximum(left, 0.0))
    shown = np.unique(classes.klass[columns])
    cost = np.concatenate([classes.minutes[columns], penalty * classes.priority[shown]])
    high = np.concatenate([np.minimum(room[columns], wanted[classes.klass[columns]]), wanted[shown]])
    # What matters is the gap of the whole plan, of which this is a small part.
    open_cost = relaxed.objective - float(kept @ classes.minutes)
    gap = (
        _GAP_WANTED * relaxed.objective / max(open_cost, _GAP_WANTED * relaxed.objective)
        if kept.any()
        else _GAP
    )
    found = solve(
        cost,
        rows,
        limits,
        (0.0, high.astype(np.float64)),
        1,
        time_limit_s=limit_s * _SOLVING_SHARE,
        kill_after_s=limit_s,
        gap=max(gap, _GAP),
    )
    if found is None or not len(found.x):
        return None
    counts = kept.copy()
    counts[columns] += np.round(found.x[: len(columns)]).astype(np.int64)
    return counts


def _turns(classes: _Classes, counts: Ints) -> Ints:
    """(classes,) turns handed out."""
    turns = np.bincount(classes.klass, weights=counts, minlength=len(classes.wanted))
    return np.asarray(np.round(turns), dtype=np.int64)


def _left(classes: _Classes, workers: Sequence[Worker], counts: Ints) -> Floats:
    """(workers,) minutes not handed out."""
    spent = np.bincount(classes.worker, weights=counts * classes.minutes, minlength=len(workers))
    return np.asarray([w.minutes for w in workers] - spent, dtype=np.float64)


def _fill(classes: _Classes, workers: Sequence[Worker], counts: Ints) -> Ints:
    """Hand out what is still undone, the most urgent first, to the quickest who has the time."""
    counts = counts.copy()
    wanted, left = classes.wanted - _turns(classes, counts), _left(classes, workers, counts)
    columns = np.flatnonzero(wanted[classes.klass] > 0)
    order = columns[np.lexsort((classes.minutes[columns], -classes.priority[classes.klass[columns]]))]
    for column in order.tolist():
        klass, worker, minutes = classes.klass[column], classes.worker[column], classes.minutes[column]
        room = min(int(wanted[klass]), int(classes.size[klass]) - int(counts[column]))
        more = min(room, int(left[worker] / max(minutes, 1e-9)))
        if more > 0:
            counts[column] += more
            wanted[klass] -= more
            left[worker] -= more * minutes
    return counts


def _freed(classes: _Classes, counts: Ints, people: int) -> Ints:
    """Columns that give back one turn: everybody's shortest few, so that scraps of time can be put together."""
    used = np.flatnonzero(counts)
    order = used[np.lexsort((classes.minutes[used], classes.worker[used]))]
    starts = np.searchsorted(classes.worker[order], np.arange(people))
    rank = np.arange(len(order)) - starts[classes.worker[order]]
    return np.asarray(order[rank < _FREED_EACH])


def _worth_deciding(classes: _Classes, wanted: Ints, touched: Ints) -> NDArray[np.bool_]:
    """Classes for the integer program: those touched, and of the others left undone the most urgent for their length."""
    least = np.full(len(classes.wanted), np.inf)
    np.minimum.at(least, classes.klass, classes.minutes)
    urgency = np.where(wanted > 0, classes.priority / np.maximum(least, 1e-9), -np.inf)
    chosen = np.zeros(len(classes.wanted), dtype=np.bool_)
    chosen[np.argsort(-urgency)[:_UNDONE_TRIED]] = True
    chosen[classes.klass[touched]] = True
    return chosen & (wanted > 0)


def _deal(
    jobs: Sequence[Job], workers: Sequence[Worker], classes: _Classes, counts: Ints
) -> list[tuple[str, str]]:
    """Counts of a class to its jobs, round and round: a person with no more turns than there are jobs meets none twice."""
    turns = []
    place = np.zeros(len(classes.members), dtype=np.int64)
    for column in np.flatnonzero(counts):
        same = classes.members[classes.klass[column]]
        for _ in range(int(counts[column])):
            at = int(place[classes.klass[column]]) % len(same)
            turns.append((jobs[same[at]].id, workers[classes.worker[column]].id))
            place[classes.klass[column]] += 1
    return turns


def _hopeless(classes: _Classes) -> float:
    """Priority-weighted turns of the classes that nobody may or can do."""
    nobody = np.setdiff1d(np.arange(len(classes.members)), classes.klass)
    return float((classes.priority[nobody] * classes.wanted[nobody]).sum())
