"""Drift of scores, picture vectors, brightness and box heights between a reference and now, by permutation tests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ml.drift.finding import (
    Finding,
    Floats,
    Limits,
    Measure,
    Sample,
    Verdict,
    are_too_few,
    bars,
    chance_bound,
    dealt_anew,
    found,
)

# Under a population stability index of .1 is "no change", from .25 "a shift" (Siddiqi 2006, credit scorecards).
PSI_LEAST = 0.2
PSI_BINS = 10
# A bin that one side lacks would make the index infinite.
PSI_SMOOTHING = 0.5
# In spreads of the reference: pictures a third of the usual distance from the middle away, all to one side.
EMBEDDING_LEAST = 0.3
# Of 255 grey levels: a lamp that fails, dusk; the exposure of a camera alone moves less.
BRIGHTNESS_LEAST = 15.0
# Objects at one place look that much taller or smaller: a tilt of about one box height in seven.
HEIGHT_LEAST = 0.15
# Beyond so many robust standard deviations a box is somebody who crouches, or half hidden.
OUTLIER_SPREADS = 3.0
# A line through fewer pairs is as good; all pairs of 400 boxes are 80,000.
LINE_BOXES_MAX = 400
_MAD_TO_SD = 1.4826


def score_drift(
    reference: Sample, now: Sample, limits: Limits | None = None, least: float = PSI_LEAST
) -> Finding:
    """Population stability index of scores (0..1) over tenths of both sides together.

    The index of two unchanged samples grows as they shrink (its mean is about (bins - 1)(1/n + 1/m), Yurdakul 2018),
    which the permutation bound takes in.
    """
    limits = limits or Limits()
    n = (len(reference), len(now))
    if are_too_few(reference, now, limits):
        return Finding(Measure.SCORES, Verdict.TOO_FEW, *n)
    both = np.concatenate([reference.values, now.values])
    cuts = np.unique(np.quantile(both, np.linspace(0, 1, PSI_BINS + 1)[1:-1]))
    counts = [
        s.sums(np.eye(len(cuts) + 1)[np.searchsorted(cuts, s.values, "right")]) for s in (reference, now)
    ]
    value = float(_psi(counts[0].sum(axis=0), counts[1].sum(axis=0)))
    bound = chance_bound(_psi(*dealt_anew(counts[0], counts[1], limits)), limits.alpha)
    return replace(
        found(Measure.SCORES, value, bound, least, n),
        before=float(np.mean(reference.values)),
        after=float(np.mean(now.values)),
        bars=bars(reference.values, now.values, np.linspace(0, 1, PSI_BINS + 1)),
    )


def _psi(reference: Floats, now: Floats) -> Floats:
    """Of counts (..., bins)."""
    p, q = (counts + PSI_SMOOTHING for counts in (reference, now))
    p, q = p / p.sum(axis=-1, keepdims=True), q / q.sum(axis=-1, keepdims=True)
    return np.asarray(((q - p) * np.log(q / p)).sum(axis=-1))


def embedding_drift(
    reference: Sample, now: Sample, limits: Limits | None = None, least: float = EMBEDDING_LEAST
) -> Finding:
    """Distance of the mean vectors in spreads of the reference (root mean square distance from its mean).

    A change that leaves the mean where it is, a wider cloud say, is not seen.
    """
    limits = limits or Limits()
    n = (len(reference), len(now))
    if are_too_few(reference, now, limits):
        return Finding(Measure.EMBEDDING, Verdict.TOO_FEW, *n)
    middle = reference.values.mean(axis=0)
    away = [np.linalg.norm(s.values - middle, axis=1) for s in (reference, now)]
    spread = float(np.sqrt(np.mean(away[0] ** 2)))
    # Where every reference picture is the same, any other one is infinitely far; a hair keeps it finite.
    spread = max(spread, 1e-9)
    value, bound = _mean_shift(reference, now, limits)
    reach = max(float(np.quantile(np.concatenate(away), 0.99)) / spread, 1.0)
    return replace(
        found(Measure.EMBEDDING, value / spread, bound / spread, least, n),
        before=float(np.mean(away[0])) / spread,
        after=float(np.mean(away[1])) / spread,
        bars=bars(away[0] / spread, away[1] / spread, np.linspace(0, reach, 11)),
    )


def _mean_shift(reference: Sample, now: Sample, limits: Limits) -> tuple[float, float]:
    """Distance of the means of values (N,) or (N, D), and what chance gives."""
    columns = [np.column_stack([s.values, np.ones(len(s))]) for s in (reference, now)]

    def shift(a: Floats, b: Floats) -> Floats:
        means = [side[..., :-1] / np.maximum(side[..., -1:], 1) for side in (a, b)]
        return np.asarray(np.linalg.norm(means[1] - means[0], axis=-1))

    value = shift(columns[0].sum(axis=0), columns[1].sum(axis=0))
    dealt = dealt_anew(reference.sums(columns[0]), now.sums(columns[1]), limits)
    return float(value), chance_bound(shift(*dealt), limits.alpha)


def brightness_drift(
    reference: Sample, now: Sample, limits: Limits | None = None, least: float = BRIGHTNESS_LEAST
) -> Finding:
    """Shift of the mean brightness of pictures, in grey levels (0..255)."""
    limits = limits or Limits()
    n = (len(reference), len(now))
    if are_too_few(reference, now, limits):
        return Finding(Measure.BRIGHTNESS, Verdict.TOO_FEW, *n)
    value, bound = _mean_shift(reference, now, limits)
    return replace(
        found(Measure.BRIGHTNESS, value, bound, least, n),
        before=float(np.mean(reference.values)),
        after=float(np.mean(now.values)),
        bars=bars(reference.values, now.values, _levels(reference.values, now.values)),
    )


def _levels(*sides: Floats) -> Floats:
    """Twelve bars from the darkest picture to the brightest one, at least a grey level each."""
    both = np.concatenate(sides)
    low = float(np.floor(both.min()))
    return np.linspace(low, max(float(np.ceil(both.max())), low + 12), 13)


def height_drift(
    reference: Sample, now: Sample, limits: Limits | None = None, least: float = HEIGHT_LEAST
) -> Finding:
    """Whether boxes at one place are as tall as they were: if not, the camera moved, turned or zoomed.

    Values are (N, 2): a box's foot (y of its lower edge) and height, as shares of the picture's height. On a flat floor
    height grows along a line in the foot's y (Hoiem 2008, "Putting Objects in Perspective"). The line is Theil and
    Sen's (up to 29 % outliers) through both sides, so that they stay exchangeable; the value is by how much the mean
    height over the line differs, as a share of it.
    """
    limits = limits or Limits()
    n = (len(reference), len(now))
    if are_too_few(reference, now, limits):
        return Finding(Measure.HEIGHT, Verdict.TOO_FEW, *n)
    slope, start = _line(np.concatenate([reference.values, now.values]), limits.seed)
    ratios = [_over_line(s.values, slope, start) for s in (reference, now)]
    together = np.concatenate(ratios)
    middle = np.median(together)
    spread = max(_MAD_TO_SD * float(np.median(np.abs(together - middle))), 1e-6)
    low, high = middle - OUTLIER_SPREADS * spread, middle + OUTLIER_SPREADS * spread
    tamed = [Sample(np.clip(r, low, high), s.groups) for r, s in zip(ratios, (reference, now), strict=True)]
    value, bound = _mean_shift(tamed[0], tamed[1], limits)
    unit = float(np.mean(tamed[0].values)) or 1.0
    return replace(
        found(Measure.HEIGHT, value / unit, bound / unit, least, n),
        before=1.0,
        after=float(np.mean(tamed[1].values)) / unit,
        bars=bars(ratios[0] / unit, ratios[1] / unit, np.linspace(0.4, 1.6, 13)),
    )


def _line(boxes: Floats, seed: int) -> tuple[float, float]:
    """(slope, height at foot 0) of the Theil-Sen line."""
    if len(boxes) > LINE_BOXES_MAX:
        boxes = boxes[np.random.default_rng(seed).choice(len(boxes), LINE_BOXES_MAX, replace=False)]
    foot, height = boxes[:, 0], boxes[:, 1]
    first, second = np.triu_indices(len(foot), 1)
    run = foot[second] - foot[first]
    # Neighbours at one height tell no slope, only noise.
    apart = np.abs(run) > 1e-3
    slopes = (height[second] - height[first])[apart] / run[apart]
    slope = float(np.median(slopes)) if len(slopes) else 0.0
    return slope, float(np.median(height - slope * foot))


def _over_line(boxes: Floats, slope: float, start: float) -> NDArray[np.float64]:
    """Heights as multiples of the line's, at least 2 % of the picture: above the horizon it has none."""
    return np.asarray(boxes[:, 1] / np.maximum(start + slope * boxes[:, 0], 0.02))
