"""Whether objects are found as often as they were: a rate ratio with an exact bound for uneven hours."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from ml.drift.finding import Finding, Floats, Limits, Measure, Verdict, bars

# Half as many again, or a third fewer: less is a quieter week.
RATE_LEAST = 1.5
# Objects on the reference side under which no ratio is worth telling.
COUNT_MIN = 20
# The spread of hours is itself estimated: its upper bound is taken at this level.
SPREAD_LEVEL = 0.1
UNITS_MIN = 6


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted in each unit (an hour, a clip), for how long it was watched, and its `slot`.

    Only units of one slot are compared: nights with nights, where slots are hours of the day.
    """

    counts: Floats
    exposure: Floats
    slots: NDArray[np.int64]

    @staticmethod
    def of(counts: ArrayLike, exposure: ArrayLike, slots: ArrayLike) -> Counts:
        return Counts(
            np.asarray(counts, dtype=np.float64),
            np.asarray(exposure, dtype=np.float64),
            np.asarray(slots, dtype=np.int64),
        )

    def within(self, slots: NDArray[np.int64]) -> Counts:
        kept = np.isin(self.slots, slots) & (self.exposure > 0)
        return Counts(self.counts[kept], self.exposure[kept], self.slots[kept])


def rate_drift(
    reference: Counts, now: Counts, limits: Limits | None = None, least: float = RATE_LEAST
) -> Finding:
    """By what factor the rate rose or fell, with the exact conditional test of two Poisson rates.

    Given all counts, those of now are binomial (Przyborowski and Wilenski 1940). Slots of unequal share are taken as
    one binomial of their mean share, which is wider (Hoeffding 1956). Counts are divided by their overdispersion,
    as objects come in groups (quasi-Poisson, McCullagh and Nelder 1989).
    """
    limits = limits or Limits()
    shared = np.intersect1d(reference.slots, now.slots)
    reference, now = reference.within(shared), now.within(shared)
    n = (len(reference.counts), len(now.counts))
    if min(n) < UNITS_MIN or reference.counts.sum() < COUNT_MIN:
        return Finding(Measure.RATE, Verdict.TOO_FEW, *n)
    total = float(reference.counts.sum() + now.counts.sum())
    share = _expected_share(reference, now)
    spread = _overdispersion(reference, now)
    is_less, is_more = _bounds(int(total / spread), share, limits.alpha)
    ratio = _ratio(float(now.counts.sum()) / total, share)
    # Told as a factor above 1, whichever way it went.
    bound = _ratio(is_more, share) if ratio >= 1 else 1 / max(_ratio(is_less, share), 1e-9)
    value, threshold = (max(ratio, 1 / max(ratio, 1e-3)), max(bound, least))
    rates = [side.counts / side.exposure for side in (reference, now)]
    before = float(reference.counts.sum() / reference.exposure.sum())
    return replace(
        Finding(Measure.RATE, Verdict.DRIFTING if value > threshold else Verdict.STEADY, *n),
        value=value,
        # A bound that no count can pass: none now would be chance as well.
        threshold=min(threshold, 1e6),
        before=before,
        after=before * ratio,
        bars=bars(rates[0], rates[1], _steps(np.concatenate(rates))),
    )


def _steps(rates: Floats) -> Floats:
    """Edges of about ten bars; whole numbers, so that counts of single pictures leave no gaps."""
    top = float(np.quantile(rates, 0.98))
    width = max(1, round(top / 10))
    return np.arange(0, np.ceil(top) + 2 * width, width, dtype=np.float64)


def _expected_share(reference: Counts, now: Counts) -> float:
    """Share of all counts that fall to now if nothing changed, over slots weighted by their counts."""
    weights, shares = [], []
    for slot in np.unique(now.slots):
        here = [(side.slots == slot) for side in (reference, now)]
        watched = [side.exposure[at].sum() for side, at in zip((reference, now), here, strict=True)]
        weights.append(reference.counts[here[0]].sum() + now.counts[here[1]].sum())
        shares.append(watched[1] / (watched[0] + watched[1]))
    return float(np.average(shares, weights=weights))


def _overdispersion(reference: Counts, now: Counts) -> float:
    """Pearson's chi-square over its degrees of freedom, at its upper bound; at least 1.

    Around each side's mean of a slot where slots repeat, else around each side's own mean.
    """
    by_slot = [_pearson(side, side.slots) for side in (reference, now)]
    if sum(degrees for _, degrees in by_slot) < UNITS_MIN:
        by_slot = [_pearson(side, np.zeros_like(side.slots)) for side in (reference, now)]
    squares, degrees = (sum(part) for part in zip(*by_slot, strict=True))
    return max(1.0, squares / float(stats.chi2.ppf(SPREAD_LEVEL, degrees))) if degrees else 1.0


def _pearson(side: Counts, slots: NDArray[np.int64]) -> tuple[float, int]:
    squares, degrees = 0.0, 0
    for slot in np.unique(slots):
        here = slots == slot
        expected = side.exposure[here] * side.counts[here].sum() / side.exposure[here].sum()
        if here.sum() > 1 and expected.sum() > 0:
            squares += float(((side.counts[here] - expected) ** 2 / expected).sum())
            degrees += int(here.sum()) - 1
    return squares, degrees


def _bounds(total: int, share: float, alpha: float) -> tuple[float, float]:
    """Shares of `total` below and above which each tail holds at most half of `alpha`."""
    if total == 0:
        return 0.0, 1.0
    low = float(stats.binom.ppf(alpha / 2, total, share))
    high = float(stats.binom.isf(alpha / 2, total, share))
    return max(low, 0.0) / total, min(high, total) / total


def _ratio(found_share: float, share: float) -> float:
    """Rate of now over the reference's, from the share of counts that fell to now."""
    odds = found_share / max(1 - found_share, 1e-9)
    return odds / (share / (1 - share))
