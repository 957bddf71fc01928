"""Labels saved by choosing pictures, from a project's own labels: how many chosen ones do as well as random ones.

A small classifier on fixed embeddings learns which labels a picture has, once from the random slice alone and once
from what was chosen, in the order it was labelled, with its share of random ones. Both are tested on the part of the
random slice that neither learned from. So nothing is extrapolated: the comparison ends where the random labels do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from ml.evaluation import figures

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Fewer random pictures leave a test half on which nothing can be told apart.
RANDOM_MIN, CHOSEN_MIN, GROUPS_MIN = 40, 40, 10
# A label counts from so many random pictures with it and so many without.
EACH_SIDE_MIN = 5
# More random pictures than this make the curve longer, not the answer better known.
RANDOM_MAX, CHOSEN_MAX = 600, 1_200
TEST_SHARE = 0.5
STEPS = 8
FIRST_BUDGET = 8
# The chosen ones may need up to so many times the random ones' number before they count as saving nothing.
REACH = 2.0
# With four splits a resample the splits themselves made most of the interval: it never left zero in simulations.
SPLITS, RESAMPLES, SPLITS_A_RESAMPLE = 32, 60, 12
RIDGE = 3.0
INTERVAL = (2.5, 97.5)
# AUROC of guessing.
CHANCE = 0.5


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """One approved picture. `labels` it has; `boxes` and `seconds` are what a person spent; `group` is its source."""

    labels: frozenset[str]
    embedding: Sequence[float]
    group: str
    is_random: bool
    boxes: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Shortage:
    """Too little to measure by: so many more random and chosen pictures are needed, as far as can be told."""

    random_more: int
    chosen_more: int
    why: str


@dataclass(frozen=True, slots=True)
class Share:
    """A share saved (negative: lost) with its 95 % interval, which holds `value`."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Mean figures at a number of labelled pictures with 95 % intervals, and what they cost in boxes and seconds."""

    pictures: int
    random: Share
    chosen: Share
    random_boxes: float
    random_seconds: float
    chosen_boxes: float
    chosen_seconds: float


@dataclass(frozen=True, slots=True)
class Savings:
    """`needed` chosen pictures reach `goal`, the figure (mean AUROC of the labels) that all random ones teach and the
    first `at` of them reached already.

    `boxes` and `seconds` are None where nobody drew a box or no time was taken.
    """

    at: float
    goal: float
    needed: float
    pictures: Share
    boxes: Share | None
    seconds: Share | None
    curve: tuple[CurvePoint, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Data:
    rows: Floats  # (N, D) standardised
    truth: Floats  # (N, L) +1 or -1
    group: Ints  # (N,)
    cost: Floats  # (N, 2) boxes, seconds
    random: Ints  # indices, oldest first
    chosen: Ints


def savings(
    pictures: Sequence[LabelledPicture], seed: int = 0, tell: Callable[[float], None] = lambda _share: None
) -> Savings | Shortage:
    """`pictures` in the order they were labelled, embeddings of one length. `tell` is called with the share done.

    The interval resamples source groups of both arms; it covers which pictures happened to be drawn and tested on.
    """
    random = [p for p in pictures if p.is_random][-RANDOM_MAX:]
    chosen = [p for p in pictures if not p.is_random][:CHOSEN_MAX]
    names = _testable(random)
    if (shortage := _shortage(random, chosen, names)) is not None:
        return shortage
    data = _data(random, chosen, names)
    rng = np.random.default_rng(seed)
    budgets = _budgets(len(random))
    reach = np.concatenate([budgets, _beyond(budgets)])
    whole = _curves(data, data.random, data.chosen, budgets, reach, SPLITS, rng)
    resampled = []
    for done in range(RESAMPLES):
        tell(done / RESAMPLES)
        random_again, chosen_again = (_resampled(data, part, rng) for part in (data.random, data.chosen))
        resampled.append(_curves(data, random_again, chosen_again, budgets, reach, SPLITS_A_RESAMPLE, rng))
    if np.percentile([each.random[-1] for each in resampled], INTERVAL[0]) <= CHANCE:
        return Shortage(len(random), 0, "What the random pictures teach cannot be told from guessing yet.")
    return _summary(budgets, reach, whole, resampled, names)


def _testable(random: Sequence[LabelledPicture]) -> tuple[str, ...]:
    names = sorted({name for p in random for name in p.labels})
    having = {name: sum(name in p.labels for p in random) for name in names}
    return tuple(n for n in names if EACH_SIDE_MIN <= having[n] <= len(random) - EACH_SIDE_MIN)


def _shortage(
    random: Sequence[LabelledPicture], chosen: Sequence[LabelledPicture], names: Sequence[str]
) -> Shortage | None:
    groups = len({p.group for p in random})
    more = max(RANDOM_MIN - len(random), GROUPS_MIN - groups, 0)
    chosen_more = max(CHOSEN_MIN - len(chosen), 0)
    if more or chosen_more:
        return Shortage(more, chosen_more, "There are too few labelled pictures to compare by.")
    if names:
        return None
    best = max((_rarer_side(random, n) for n in {name for p in random for name in p.labels}), default=0)
    wanted = ceil(EACH_SIDE_MIN * len(random) / best) - len(random) if best else len(random)
    return Shortage(
        wanted, 0, "No label is both present and absent in enough of the random pictures to be told apart."
    )


def _rarer_side(random: Sequence[LabelledPicture], name: str) -> int:
    having = sum(name in p.labels for p in random)
    return min(having, len(random) - having)


def _data(
    random: Sequence[LabelledPicture], chosen: Sequence[LabelledPicture], names: Sequence[str]
) -> _Data:
    both = [*random, *chosen]
    rows = np.array([p.embedding for p in both], dtype=np.float64)
    spread = rows.std(axis=0)
    rows = (rows - rows.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0) / np.sqrt(rows.shape[1])
    groups = {name: i for i, name in enumerate(dict.fromkeys(p.group for p in both))}
    return _Data(
        rows=rows,
        truth=np.array([[1.0 if n in p.labels else -1.0 for n in names] for p in both]),
        group=np.array([groups[p.group] for p in both]),
        cost=np.array([[p.boxes, p.seconds] for p in both]),
        random=np.arange(len(random)),
        chosen=np.arange(len(random), len(both)),
    )


def _budgets(random: int) -> Ints:
    last = max(int(random * (1.0 - TEST_SHARE)), FIRST_BUDGET)
    return np.unique(np.linspace(min(FIRST_BUDGET, last), last, STEPS).round().astype(np.int64))


def _beyond(budgets: Ints) -> Ints:
    last = int(budgets[-1])
    return np.unique(np.linspace(last, REACH * last, STEPS // 2 + 1).round().astype(np.int64))[1:]


@dataclass(frozen=True, slots=True)
class _Curves:
    random: Floats  # (B,) figures
    chosen: Floats  # (C,) figures, on a longer grid
    random_cost: Floats  # (B, 2)
    chosen_cost: Floats  # (C, 2)


def _curves(
    data: _Data, random: Ints, chosen: Ints, budgets: Ints, reach: Ints, splits: int, rng: np.random.Generator
) -> _Curves:
    """Means over random splits of the random pictures' groups into those learned from and those tested on."""
    splits_made: list[tuple[Floats, Floats, Floats]] = []
    share = len(random) / (len(random) + len(chosen))
    for _ in range(splits):
        groups = rng.permutation(np.unique(data.group[random]))
        tested = groups[: max(1, int(TEST_SHARE * len(groups)))]
        test = random[np.isin(data.group[random], tested)]
        pool = rng.permutation(random[~np.isin(data.group[random], tested)])
        ours = _mixed(chosen[~np.isin(data.group[chosen], tested)], pool, share)
        costs = np.cumsum(data.cost[ours], axis=0)[np.minimum(reach, len(ours)) - 1]
        splits_made.append(
            (
                np.array([_figure(data, pool[:n], test) for n in budgets]),
                np.array([_figure(data, ours[:n], test) for n in reach]),
                costs,
            )
        )
    by_random, by_chosen, costs = (np.mean(part, axis=0) for part in zip(*splits_made, strict=True))
    return _Curves(by_random, by_chosen, budgets[:, None] * data.cost[random].mean(axis=0), costs)


def _mixed(chosen: Ints, pool: Ints, share: float) -> Ints:
    """The chosen ones in their order, a random one among them as often as there were: its labels were paid for too."""
    place = np.concatenate(
        [(np.arange(len(chosen)) + 0.5) / (1.0 - share), (np.arange(len(pool)) + 0.5) / share]
    )
    return np.concatenate([chosen, pool])[np.argsort(place, kind="stable")]


def _figure(data: _Data, learned: Ints, test: Ints) -> float:
    """Mean AUROC over labels by ridge regression; a label of one kind only, where it is tested, is left out."""
    rows, truth = data.rows[learned], data.truth[learned]
    offset = truth.mean(axis=0)
    kernel = rows @ rows.T
    kernel[np.diag_indices_from(kernel)] += RIDGE / max(len(learned), 1)
    weight = rows.T @ np.linalg.solve(kernel, truth - offset)
    said = data.rows[test] @ weight
    found = [auroc(said[:, i], data.truth[test, i] > 0) for i in range(said.shape[1])]
    known = [f for f in found if f is not None]
    return float(np.mean(known)) if known else 0.5


def auroc(score: Floats, positive: NDArray[np.bool_]) -> float | None:
    """The chance that a positive scores above a negative, ties counting half; None where there is but one kind."""
    if positive.all() or not positive.any():
        return None
    return figures.auroc(score[~positive].tolist(), score[positive].tolist())


def _resampled(data: _Data, part: Ints, rng: np.random.Generator) -> Ints:
    """Whole groups drawn with replacement, the order kept."""
    members = dict(_by_group(data, part))
    groups = list(members)
    drawn = rng.integers(0, len(groups), len(groups))
    return np.sort(np.concatenate([members[groups[i]] for i in drawn.tolist()]))


def _by_group(data: _Data, part: Ints) -> Iterator[tuple[int, Ints]]:
    for group in np.unique(data.group[part]).tolist():
        yield group, part[data.group[part] == group]


def _needed(budgets: Ints, reached: Floats, goal: float) -> float:
    """Pictures at which the curve first reaches `goal`; the last budget where it never does."""
    return min(figures.labels_needed(budgets.tolist(), reached, goal), float(budgets[-1]))


def _both_needed(budgets: Ints, reach: Ints, curves: _Curves) -> tuple[float, float]:
    """Of random and of chosen pictures, by one rule: a curve flat from early on would flatter the other otherwise."""
    goal = float(curves.random[-1])
    return _needed(budgets, curves.random, goal), _needed(reach, curves.chosen, goal)


def _shares(budgets: Ints, reach: Ints, curves: _Curves) -> Floats:
    """(3,) saved of pictures, boxes, seconds; nan where the random ones cost none."""
    at, needed = _both_needed(budgets, reach, curves)
    spent = [needed / at]
    for axis in range(2):
        theirs = float(np.interp(at, budgets, curves.random_cost[:, axis]))
        ours = float(np.interp(needed, reach, curves.chosen_cost[:, axis]))
        spent.append(ours / theirs if theirs > 0 else np.nan)
    return 1.0 - np.array(spent)


def _summary(
    budgets: Ints,
    reach: Ints,
    whole: _Curves,
    resampled: Sequence[_Curves],
    names: tuple[str, ...],
) -> Savings:
    saved = _shares(budgets, reach, whole)
    draws = np.array([_shares(budgets, reach, each) for each in resampled])
    spent = [_share(saved[i], draws[:, i]) if np.isfinite(saved[i]) else None for i in (1, 2)]
    curve = []
    for i, n in enumerate(budgets.tolist()):
        curve.append(
            CurvePoint(
                n,
                _share(float(whole.random[i]), np.array([each.random[i] for each in resampled])),
                _share(float(whole.chosen[i]), np.array([each.chosen[i] for each in resampled])),
                *whole.random_cost[i].tolist(),
                *whole.chosen_cost[i].tolist(),
            )
        )
    at, needed = _both_needed(budgets, reach, whole)
    pictures = _share(saved[0], draws[:, 0])
    boxes, seconds = spent
    return Savings(at, float(whole.random[-1]), needed, pictures, boxes, seconds, tuple(curve), names)


def _share(value: float, draws: Floats) -> Share:
    # A resample holds some pictures twice and others not, so that its curves lie lower and jump elsewhere: in one of
    # twelve small projects the whole set's figure lay beyond all but two of a hundred of them.
    low, high = np.nanpercentile(draws, INTERVAL)
    return Share(float(value), float(min(low, value)), float(max(high, value)))
