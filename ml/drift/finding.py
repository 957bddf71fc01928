"""What a drift measure finds, and the permutation bound that a small sample cannot pass by chance."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class Verdict(StrEnum):
    STEADY = "steady"
    DRIFTING = "drifting"
    TOO_FEW = "too_few"


class Measure(StrEnum):
    SCORES = "scores"
    EMBEDDING = "embedding"
    BRIGHTNESS = "brightness"
    RATE = "rate"
    HEIGHT = "height"


@dataclass(frozen=True, slots=True)
class Limits:
    """`alpha` is the share of looks at an unchanged stream that may alarm, each measure for itself."""

    # A site with 20 cameras and 5 measures then has a false alarm in one look of ten, if no look were too small
    # to matter; the least changes below make it rarer.
    alpha: float = 0.001
    permutations: int = 1_999
    groups_min: int = 8
    values_min: int = 50
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Bars:
    """Two histograms over the same `edges` (one more than bars), each adding to 1."""

    edges: tuple[float, ...]
    reference: tuple[float, ...]
    now: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One measure: drifting where `value` is above `threshold`; both None where too few.

    `threshold` is the larger of the least change that matters and what chance alone gives samples of this size.
    `before` and `after` are the middle of both sides in the measure's own unit.
    """

    measure: Measure
    verdict: Verdict
    n_reference: int
    n_now: int
    value: float | None = None
    threshold: float | None = None
    before: float | None = None
    after: float | None = None
    bars: Bars | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """Values (N,) or (N, D), each with the group (clip, time block, photo) it came from.

    Values of one group depend on each other, so that groups and not values are dealt anew.
    """

    values: Floats
    groups: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @staticmethod
    def of(values: ArrayLike, groups: ArrayLike) -> Sample:
        """`groups`: any labels, one a value."""
        _, codes = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
        return Sample(np.asarray(values, dtype=np.float64), codes.astype(np.int64).reshape(-1))

    def __len__(self) -> int:
        return len(self.values)

    @property
    def group_count(self) -> int:
        return int(self.groups.max()) + 1 if len(self.groups) else 0

    def sums(self, columns: Floats) -> Floats:
        """(groups, k) sums of `columns` (N, k) by group."""
        out = np.zeros((self.group_count, columns.shape[1]))
        np.add.at(out, self.groups, columns)
        return out


def are_too_few(reference: Sample, now: Sample, limits: Limits) -> bool:
    return any(len(s) < limits.values_min or s.group_count < limits.groups_min for s in (reference, now))


def dealt_anew(reference: Floats, now: Floats, limits: Limits) -> tuple[Floats, Floats]:
    """Sums (permutations, k) of both sides after dealing their groups' rows (groups, k) at random.

    Each side keeps its number of groups. Under no change the sides are exchangeable, so that the observed statistic
    is one more draw (Phipson and Smyth 2010, "Permutation P-values should never be zero").
    """
    rows = np.concatenate([reference, now])
    order = np.random.default_rng(limits.seed).random((limits.permutations, len(rows))).argsort(axis=1)
    is_now = (order < len(now)).astype(np.float64)
    sums = is_now @ rows
    return rows.sum(axis=0) - sums, sums


def chance_bound(statistics: Floats, alpha: float) -> float:
    """What a statistic must exceed for its permutation p-value to be at most `alpha`; inf where it never can be."""
    place = int(alpha * (len(statistics) + 1))
    return float(np.sort(statistics)[-place]) if place >= 1 else float("inf")


def found(measure: Measure, value: float, bound: float, least: float, n: tuple[int, int]) -> Finding:
    """The finding of a value, without its bars and middles."""
    threshold = max(bound, least)
    verdict = Verdict.DRIFTING if value > threshold else Verdict.STEADY
    return Finding(measure, verdict, *n, value=value, threshold=threshold)


def bars(reference: Floats, now: Floats, edges: ArrayLike) -> Bars:
    """Shares of both sides by bar; values beyond the edges count in the outermost bars."""
    cuts = np.asarray(edges, dtype=np.float64)

    def shares(values: Floats) -> tuple[float, ...]:
        counts = np.histogram(np.clip(values, cuts[0], cuts[-1]), cuts)[0]
        return tuple(np.round(counts / max(len(values), 1), 4).tolist())

    return Bars(tuple(np.round(cuts, 4).tolist()), shares(reference), shares(now))
