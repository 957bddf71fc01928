"""Blind reviews of one class's suggestions, in the order in which their pictures were drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.errors import QualityError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Reviews:
    """Suggestions (after NMS) of one class, and what the blind review said of each.

    A unit is a picture or a whole clip: what was drawn at random. `unit` (b,) is the place 0..units-1 of a box's unit in
    the order of the draw, `score` (b,), `correct` (b,) (IoU >= 0.5 with a labelled object of this class). `missed`
    (units,) counts labelled objects of the class which no suggestion matched. Units without any box count too.
    """

    unit: Ints
    score: Floats
    correct: Bools
    missed: Ints

    def __post_init__(self) -> None:
        if not self.unit.shape == self.score.shape == self.correct.shape:
            raise QualityError("Every box needs its unit, its score and its right or wrong.")
        if self.unit.size and not 0 <= int(self.unit.min()) <= int(self.unit.max()) < len(self.missed):
            raise QualityError("A box belongs to a unit that is not among the reviews.")
        if not np.isfinite(self.score).all():
            raise QualityError("A score is not a finite number.")

    @property
    def units(self) -> int:
        """How many pictures or clips were reviewed."""
        return len(self.missed)

    def part(self, start: int, stop: int) -> Reviews:
        """The units `start` to `stop` (half-open), numbered from 0 again."""
        inside = (self.unit >= start) & (self.unit < stop)
        return Reviews(
            self.unit[inside] - start, self.score[inside], self.correct[inside], self.missed[start:stop]
        )

    def boxes_per_unit(self) -> Ints:
        """(units,) how many suggestions each unit has."""
        return np.asarray(np.bincount(self.unit, minlength=self.units), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class ReviewedUnit:
    """One reviewed picture or clip: scores of its suggestions, which were right, and how many objects had none."""

    scores: tuple[float, ...] = ()
    correct: tuple[bool, ...] = ()
    missed: int = 0


def reviews_from(units: Sequence[ReviewedUnit]) -> Reviews:
    """Reviews of units in the order of the draw. Raises QualityError where scores and verdicts differ in number."""
    if any(len(u.scores) != len(u.correct) for u in units):
        raise QualityError("Every score needs its right or wrong.")
    return Reviews(
        unit=np.repeat(np.arange(len(units)), [len(u.scores) for u in units]).astype(np.int64),
        score=np.array([s for u in units for s in u.scores], dtype=np.float64),
        correct=np.array([c for u in units for c in u.correct], dtype=np.bool_),
        missed=np.array([u.missed for u in units], dtype=np.int64),
    )


def finished_prefix(done: Sequence[bool]) -> int:
    """How many units from the first are all reviewed: only these may be judged.

    Hard pictures are finished late. Judging whatever happens to be done would judge the easy ones; a promise needs the
    units in the order of the draw, so one that is still open holds back those after it.
    """
    return next((place for place, finished in enumerate(done) if not finished), len(done))


@dataclass(frozen=True, slots=True)
class Counts:
    """Per unit and threshold (units, k): boxes at or above it, wrong ones among them; `passes` where all of a unit's are.

    A unit with more than `most` boxes at a threshold goes to a person whatever the scores: its counts are 0.
    """

    wrong: Floats
    total: Floats
    passes: Bools


def count_at(reviews: Reviews, thresholds: Floats, most: int) -> Counts:
    """Counts at `thresholds` (k,), which fall (strict first)."""
    shape = (reviews.units, len(thresholds) + 1)
    # The first threshold a box reaches; the last column takes those that reach none.
    first = np.searchsorted(-thresholds, -reviews.score, side="left")
    flat = reviews.unit * shape[1] + first
    size = shape[0] * shape[1]
    total = np.bincount(flat, minlength=size).reshape(shape).cumsum(axis=1)
    wrong = np.bincount(flat[~reviews.correct], minlength=size).reshape(shape).cumsum(axis=1)
    fits = total[:, :-1] <= most
    passes = fits & (total[:, :-1] == total[:, -1:])
    return Counts(np.where(fits, wrong[:, :-1], 0.0), np.where(fits, total[:, :-1], 0.0), passes)
