"""Which suggestions need no second look, with a promise that holds however often somebody checks.

The first blind reviews fit a calibrator and lay down a path of thresholds, strict to lax. All later ones test the
path: from its start a threshold is unlocked when the capital of a bet against "wrong more often than alpha" has reached
1 / delta, and the path ends at the first that has not. Only the first threshold that breaks the promise could be
unlocked by bad luck, and that happens in at most delta of all projects, at any time (fixed-sequence testing, Maurer
et al. 1995 and Angelopoulos et al. 2021, with an anytime-valid test).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ml.errors import QualityError
from ml.quality.bounds import betting_log_wealth, betting_upper, ratio_gain
from ml.quality.calibration import Calibrator, fit_calibrator
from ml.quality.reviews import Counts, Floats, Reviews, count_at

# Units with boxes that fit the calibrator and the path. Half of 1,000 left too few to prove anything with.
FIT_UNITS = 150
THRESHOLDS = 30
# A start a little stricter than the one of fastest proof: a start that fails ends the whole path.
START_GROWTH_MIN = 0.8
# A unit with more boxes than all but one in twenty goes to a person, so that one unit's weight has a limit.
MOST_QUANTILE = 0.95
_TRIED_BETS = np.array([0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0])
# The bet that the fitting part likes best, half of it, and all of it.
_WEIGHTS = np.array([0.7, 0.15, 0.15])


class PromiseKind(StrEnum):
    """BOX: at most alpha of the approved boxes are wrong. PICTURE: on average of the approved boxes of a picture."""

    BOX = "box"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Promise:
    """`alpha` of wrong boxes, `missed_alpha` of whole pictures with an object missed, with confidence 1 - `delta`."""

    alpha: float = 0.02
    missed_alpha: float = 0.05
    delta: float = 0.05
    kind: PromiseKind = PromiseKind.BOX

    def __post_init__(self) -> None:
        if not all(0.0 < share < 1.0 for share in (self.alpha, self.missed_alpha, self.delta)):
            raise QualityError("Shares of a promise lie between 0 and 1.")


@dataclass(frozen=True, slots=True)
class Path:
    """Where testing starts (None: the fitting part saw no threshold worth it) and one bet a threshold and question."""

    start: int | None
    bets: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class ApprovalPlan:
    """Fixed before any testing unit is looked at; store it with the policy, with `fit_units` counted from the first."""

    promise: Promise
    fit_units: int
    thresholds: tuple[float, ...]
    boxes_most: int
    calibrator: Calibrator
    boxes: Path
    pictures: Path


@dataclass(frozen=True, slots=True)
class Rule:
    """What is unlocked. `threshold` None: nothing yet.

    `coverage` is the share of boxes (of whole pictures) approved at the threshold among the testing units, `error` the
    share of wrong boxes there. `more` is how many further reviews the next step (the first threshold, or a laxer one) is
    expected to take: 0 at the end of the path, None where it is out of reach as things look.
    """

    threshold: float | None
    coverage: float
    error: float
    more: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`boxes`: single boxes may be approved. `pictures`: a picture may pass unseen, both of its errors bounded."""

    boxes: Rule
    pictures: Rule
    tested_units: int


def fit_size(reviews: Reviews, units: int = FIT_UNITS) -> int | None:
    """How many units from the first contain `units` with boxes: the fitting part; None while there are fewer."""
    with_boxes = np.flatnonzero(reviews.boxes_per_unit() > 0)
    return int(with_boxes[units - 1]) + 1 if len(with_boxes) >= units else None


def plan_approval(fit: Reviews, promise: Promise) -> ApprovalPlan:
    """Calibrator, thresholds and path from the fitting part. Raises QualityError where it has no box."""
    if fit.score.size == 0:
        raise QualityError("None of these reviews has a suggestion of this label.")
    thresholds = np.unique(np.quantile(fit.score, np.linspace(0.0, 0.97, THRESHOLDS)))[::-1]
    per_unit = fit.boxes_per_unit()
    most = max(1, int(np.ceil(np.quantile(per_unit[per_unit > 0], MOST_QUANTILE))))
    counts = count_at(fit, thresholds, most)
    boxes = [_gain(counts, most, promise)]
    pictures = _picture_gains(_passing(counts), fit, most, promise)
    return ApprovalPlan(
        promise=promise,
        fit_units=fit.units,
        thresholds=tuple(thresholds.tolist()),
        boxes_most=most,
        calibrator=fit_calibrator(fit.score, fit.correct),
        boxes=_path(boxes, (promise.alpha,), most),
        pictures=_path(pictures, (promise.alpha, promise.missed_alpha), most),
    )


def judge(plan: ApprovalPlan, tests: Reviews) -> Verdict:
    """What the testing units (all after the fitting part, in the order of the draw) have proven so far.

    May be asked after every review. Store the laxest threshold ever unlocked: the promise covers every look, so it stays
    unlocked until the policy is suspended, even where a later look alone would not prove it again.
    """
    return Verdict(judge_boxes(plan, tests), judge_pictures(plan, tests), tests.units)


def judge_boxes(plan: ApprovalPlan, tests: Reviews) -> Rule:
    """The rule for single boxes: at most alpha of those it approves are wrong."""
    counts = count_at(tests, np.array(plan.thresholds), plan.boxes_most)
    coverage = counts.total.sum(axis=0) / max(float(tests.score.size), 1.0)
    gains = [_gain(counts, plan.boxes_most, plan.promise)]
    return _rule(plan, plan.boxes, gains, (plan.promise.alpha,), counts, coverage)


def judge_pictures(plan: ApprovalPlan, tests: Reviews) -> Rule:
    """The rule for whole pictures, all of whose boxes reach the threshold: both of their errors are bounded.

    The missed objects are those the blind review found on such pictures; no box-by-box check could see them.
    """
    counts = _passing(count_at(tests, np.array(plan.thresholds), plan.boxes_most))
    coverage = counts.passes.mean(axis=0) if tests.units else np.zeros(len(plan.thresholds))
    alphas = (plan.promise.alpha, plan.promise.missed_alpha)
    gains = _picture_gains(counts, tests, plan.boxes_most, plan.promise)
    return _rule(plan, plan.pictures, gains, alphas, counts, coverage)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A threshold on the plot. `bound` holds for this threshold taken alone; `unlocked` ones hold together."""

    threshold: float
    probability: float
    coverage: float
    error: float
    bound: float
    unlocked: bool


def error_curve(plan: ApprovalPlan, tests: Reviews) -> list[CurvePoint]:
    """Coverage, error and its upper bound (share of wrong boxes) at every threshold, strict first, for the plot."""
    thresholds = np.array(plan.thresholds)
    counts = count_at(tests, thresholds, plan.boxes_most)
    lowest = judge_boxes(plan, tests).threshold
    start = math.inf if plan.boxes.start is None else plan.thresholds[plan.boxes.start]
    probabilities, bets = plan.calibrator.probability(thresholds), _mixture(plan.boxes.bets[0])
    points = []
    for at, threshold in enumerate(plan.thresholds):
        wrong, total = counts.wrong[:, at], counts.total[:, at]
        points.append(
            CurvePoint(
                threshold=threshold,
                probability=float(probabilities[at]),
                coverage=float(total.sum() / max(tests.score.size, 1)),
                error=float(wrong.sum() / max(total.sum(), 1.0)),
                bound=betting_upper(wrong, total, plan.boxes_most, plan.promise.delta, bets[:, at], _WEIGHTS),
                unlocked=lowest is not None and lowest <= threshold <= start,
            )
        )
    return points


def approves_box(plan: ApprovalPlan, rule: Rule, score: float, at_or_above: int) -> bool:
    """Whether a box may be approved unseen; `at_or_above`: the unit's boxes of this class that reach the threshold."""
    return rule.threshold is not None and score >= rule.threshold and at_or_above <= plan.boxes_most


def _passing(counts: Counts) -> Counts:
    """Counts of those units only that would pass whole."""
    return Counts(counts.wrong * counts.passes, counts.total * counts.passes, counts.passes)


def _picture_gains(passing: Counts, reviews: Reviews, most: int, promise: Promise) -> list[Floats]:
    """Gains (units, k) of the two questions of a picture: wrong boxes, and something missed."""
    lacking = (reviews.missed > 0)[:, None]
    return [_gain(passing, most, promise), np.where(passing.passes, promise.missed_alpha - lacking, 0.0)]


def _gain(counts: Counts, most: int, promise: Promise) -> Floats:
    if promise.kind == PromiseKind.BOX:
        return ratio_gain(counts.wrong, counts.total, most, promise.alpha)
    share = counts.wrong / np.maximum(counts.total, 1.0)
    return np.asarray(np.where(counts.total > 0, promise.alpha - share, 0.0))


def _path(gains: list[Floats], alphas: tuple[float, ...], most: int) -> Path:
    """The bet of fastest growth at every threshold, and the strictest start that grows nearly as fast as any."""
    bets, growths = [], []
    for gain, alpha in zip(gains, alphas, strict=True):
        steps = gain / (1.0 - alpha)
        logs = np.stack([np.log1p(np.maximum(bet * steps, -1.0 + 1e-9)).sum(axis=0) for bet in _TRIED_BETS])
        # One more wrong box than was seen: without it a clean but short record bets everything.
        logs += np.log1p(-_TRIED_BETS / (most + 1.0))[:, None]
        bets.append(tuple(_TRIED_BETS[logs.argmax(axis=0)].tolist()))
        growths.append(logs.max(axis=0))
    slowest = np.min(growths, axis=0)
    fast = slowest >= START_GROWTH_MIN * slowest.max()
    return Path(int(np.argmax(fast)) if slowest.max() > 0.0 else None, tuple(bets))


def _mixture(bets: tuple[float, ...]) -> Floats:
    liked = np.array(bets)
    return np.stack([liked, liked / 2.0, np.ones_like(liked)])


def _rule(
    plan: ApprovalPlan,
    path: Path,
    gains: list[Floats],
    alphas: tuple[float, ...],
    counts: Counts,
    coverage: Floats,
) -> Rule:
    if path.start is None:
        return Rule(None, 0.0, 0.0, None)
    goal = -math.log(plan.promise.delta)
    wealths = [
        betting_log_wealth(gain, alpha, _mixture(bets), _WEIGHTS)
        for gain, alpha, bets in zip(gains, alphas, path.bets, strict=True)
    ]
    best = [w.max(axis=0) if len(w) else np.zeros(len(plan.thresholds)) for w in wealths]
    reached = np.all([b >= goal for b in best], axis=0)
    # The next step is the first threshold from the start on that is not proven.
    following = path.start + int(np.argmin(np.append(reached[path.start :], False)))
    lacks = [goal - (w[-1] if len(w) else np.zeros(len(plan.thresholds))) for w in wealths]
    more = 0 if following == len(plan.thresholds) else _more(gains, alphas, path.bets, lacks, following)
    if following == path.start:
        return Rule(None, 0.0, 0.0, more)
    at = following - 1
    wrong, total = counts.wrong[:, at], counts.total[:, at]
    return Rule(
        threshold=plan.thresholds[at],
        coverage=float(coverage[at]),
        error=float(wrong.sum() / max(total.sum(), 1.0)),
        more=more,
    )


def _more(
    gains: list[Floats],
    alphas: tuple[float, ...],
    bets: tuple[tuple[float, ...], ...],
    lacks: list[Floats],
    at: int,
) -> int | None:
    """Further units until the capital at threshold `at` should reach its goal, at the mean growth so far."""
    needed = 0
    for gain, alpha, liked, lack in zip(gains, alphas, bets, lacks, strict=True):
        growth = np.log1p(np.maximum(liked[at] * gain[:, at] / (1.0 - alpha), -1.0 + 1e-9))
        # Until there is data, and as one more unit of it later: a unit without any error.
        first = math.log1p(liked[at] * alpha / (1.0 - alpha))
        mean = (float(growth.sum()) + first) / (len(growth) + 1)
        if lack[at] > 0.0:
            if mean <= 0.0:
                return None
            needed = max(needed, math.ceil(float(lack[at]) / mean))
    return needed
