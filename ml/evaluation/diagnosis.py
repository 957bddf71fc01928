"""Where a model errs: confusion with its cases, precision against recall, calibration, sizes and slices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.contracts import Dataset, ImagePrediction, LabelledImage, ModelKind, Prediction
from ml.evaluation.bootstrap import Comparison
from ml.evaluation.cases import NOTHING, Case
from ml.evaluation.judging import judge_of
from ml.evaluation.mask_overlaps import mask_overlaps_of, outlined
from ml.evaluation.matching import (
    IOU_MATCH_MIN,
    ClassTable,
    Overlaps,
    box_overlaps,
    class_table,
    hits_of,
    overlaps_of,
)
from ml.evaluation.pixel_diagnosis import pixel_confusion

CASES_A_CELL = 60
CURVE_RECALLS = np.linspace(0.0, 1.0, 51)
SCORE_BINS = 10
# COCO's borders of small and medium objects, square pixels.
SIZES = (("small", 0.0, 32.0**2), ("medium", 32.0**2, 96.0**2), ("large", 96.0**2, float("inf")))
BOOTSTRAP_DRAWS = 200


@dataclass(frozen=True, slots=True)
class Curve:
    """Precision over CURVE_RECALLS (0 past the last one reached), and the score that gives it."""

    precision: tuple[float, ...]
    score: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ScoreBin:
    """Predictions of alike scores: their mean score, the share that was right, how many."""

    score: float
    right: float
    count: int


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All of it for one model on one set.

    `confusion` counts (actual, predicted) at the thresholds, in pixels for a semantic segmenter; `cases` holds up to CASES_A_CELL of each, the surest
    first. `calibration_error` is the mean of |score − share right|, weighted by how many (ECE).
    `sizes`: name → (found, of), for detectors.
    """

    confusion: Mapping[tuple[str, str], int]
    cases: tuple[Case, ...]
    curves: Mapping[str, Curve]
    calibration: tuple[ScoreBin, ...]
    calibration_error: float
    sizes: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class SliceFigure:
    """The kind's figure on some of the pictures; the comparison is candidate less production."""

    pictures: int
    objects: int
    candidate: float
    production: float | None
    comparison: Comparison | None


def diagnose(
    kind: ModelKind,
    truth: Dataset,
    predictions: Sequence[ImagePrediction],
    thresholds: Mapping[str, float],
) -> Diagnosis:
    """Diagnose a model on `truth`; `predictions` in picture order.

    `thresholds` (class → 0..1, else 0.5) decide what is shown of found objects; a classifier's answer is its likeliest
    class, a semantic segmenter's each pixel's: its confusion counts pixels, and it has neither curves nor calibration.
    """
    if kind is ModelKind.SEGMENT:
        confusion, patches = pixel_confusion(truth, predictions)
        return Diagnosis(dict(confusion), tuple(_first_of_each(patches)), {}, (), 0.0, {})
    if kind is ModelKind.CLASSIFY:
        tables = {name: _tag_table(truth, predictions, name) for name in truth.classes}
        pairs = zip(truth.images, predictions, strict=True)
        cases = [case for item, said in pairs for case in _tag_cases(truth, item, said)]
        return _diagnosis(tables, cases, {})
    masks = kind is ModelKind.INSTANCE
    known, overlaps = (outlined(truth), mask_overlaps_of) if masks else (truth, box_overlaps)
    tables = {name: class_table(known, predictions, name, overlaps) for name in truth.classes}
    pairs = zip(known.images, predictions, strict=True)
    cases = [case for item, said in pairs for case in _object_cases(item, said, thresholds, overlaps)]
    return _diagnosis(tables, cases, _sizes(cases))


def _diagnosis(
    tables: Mapping[str, ClassTable], cases: Sequence[Case], sizes: Mapping[str, tuple[int, int]]
) -> Diagnosis:
    bins = _bins(
        np.concatenate([table.score for table in tables.values()] or [np.zeros(0)]),
        np.concatenate([table.hit for table in tables.values()] or [np.zeros(0, dtype=np.bool_)]),
    )
    seen = sum(each.count for each in bins)
    return Diagnosis(
        confusion=dict(Counter((case.actual, case.predicted) for case in cases)),
        cases=tuple(_some_of_each(cases)),
        curves={name: _curve(table) for name, table in tables.items() if table.objects.sum()},
        calibration=bins,
        calibration_error=sum(abs(b.score - b.right) * b.count for b in bins) / seen if seen else 0.0,
        sizes=sizes,
    )


def slice_figure(
    kind: ModelKind,
    truth: Dataset,
    ours: Sequence[ImagePrediction],
    theirs: Sequence[ImagePrediction] | None,
    picked: Sequence[int],
) -> SliceFigure:
    """Both models on the pictures `picked` by index, with a paired bootstrap over them."""
    judge = judge_of(kind)
    part = Dataset(truth.classes, tuple(truth.images[i] for i in picked))
    mine = [ours[i] for i in picked]
    objects = sum(judge.objects(item) for item in part.images)
    if theirs is None:
        return SliceFigure(len(picked), objects, judge.figure(part, mine), None, None)
    other = [theirs[i] for i in picked]
    return SliceFigure(
        len(picked),
        objects,
        judge.figure(part, mine),
        judge.figure(part, other),
        judge.compare(part, mine, other, n=BOOTSTRAP_DRAWS),
    )


def _object_cases(
    item: LabelledImage, said: ImagePrediction, thresholds: Mapping[str, float], overlaps_in: Overlaps
) -> Iterator[Case]:
    """Same class first, as AP matches; what is left over is paired across classes; the rest is missed or made up."""
    name = item.image.id
    wanted = [a for a in item.annotations if not a.ignore]
    shown = [d for d in said.detections if d.score >= thresholds.get(d.label, 0.5)]
    overlaps = overlaps_in(item, shown, wanted)
    same = np.array([[d.label == a.label for a in wanted] for d in shown], dtype=np.bool_)
    same = same.reshape(overlaps.shape)
    partner: dict[int, int] = {}
    for allowed in (same, ~same):
        for row, column in _pairs(np.where(allowed, overlaps, 0.0), partner):
            partner[row] = column
    for row, found in enumerate(shown):
        if row in partner:
            actual = wanted[partner[row]]
            yield Case(name, actual.label, found.label, actual.box, found.box, found.score)
        elif not _on_ignored(item, found):
            yield Case(name, NOTHING, found.label, None, found.box, found.score)
    for column in set(range(len(wanted))) - set(partner.values()):
        yield Case(name, wanted[column].label, NOTHING, wanted[column].box)


def _pairs(overlaps: NDArray[np.float64], taken: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """(detection, object) by falling score, each once, those of `taken` left alone."""
    free = np.ones(overlaps.shape[1], dtype=np.bool_)
    free[list(taken.values())] = False
    for row, values in enumerate(overlaps):
        if row in taken or not free.any():
            continue
        column = int(np.where(free, values, -1.0).argmax())
        if values[column] >= IOU_MATCH_MIN and free[column]:
            free[column] = False
            yield row, column


def _on_ignored(item: LabelledImage, found: Prediction) -> bool:
    ignored = [a for a in item.annotations if a.ignore and a.label == found.label]
    return hits_of(overlaps_of([found], ignored), ignored) == [None]


def _tag_cases(truth: Dataset, item: LabelledImage, said: ImagePrediction) -> Iterator[Case]:
    known = {name: score for name, score in said.tag_scores.items() if name in truth.classes}
    actual = next((tag for tag in item.tags[:1] if tag in truth.classes), None)
    if actual is None:
        return
    best = max(known, key=known.__getitem__) if known else NOTHING
    yield Case(item.image.id, actual, best, score=known.get(best))


def _tag_table(truth: Dataset, predictions: Sequence[ImagePrediction], label: str) -> ClassTable:
    """One class against the rest: every tagged picture with the probability it was given."""
    rows = [
        (number, said.tag_scores[label], label in item.tags[:1])
        for number, (item, said) in enumerate(zip(truth.images, predictions, strict=True))
        if item.tags and label in said.tag_scores
    ]
    scores = np.array([score for _, score, _ in rows], dtype=np.float64)
    order = np.argsort(-scores, kind="stable")
    return ClassTable(
        np.array([number for number, _, _ in rows], dtype=np.int64)[order],
        scores[order],
        np.array([hit for _, _, hit in rows], dtype=np.bool_)[order],
        np.array([label in item.tags[:1] for item in truth.images], dtype=np.int64),
    )


def _curve(table: ClassTable) -> Curve:
    total = int(table.objects.sum())
    hits = np.cumsum(table.hit)
    precision = hits / np.arange(1, hits.size + 1)
    envelope = np.append(np.maximum.accumulate(precision[::-1])[::-1], 0.0)
    scores = np.append(table.score, 0.0)
    # The hair keeps 1/3 * 3 on the right side of a recall point.
    at = np.minimum(np.searchsorted(hits / total, CURVE_RECALLS - 1e-12, side="left"), hits.size)
    return Curve(tuple(envelope[at].round(4).tolist()), tuple(scores[at].round(4).tolist()))


def _bins(scores: NDArray[np.float64], hits: NDArray[np.bool_]) -> tuple[ScoreBin, ...]:
    which = np.minimum((scores * SCORE_BINS).astype(np.int64), SCORE_BINS - 1)
    return tuple(
        ScoreBin(float(scores[mask].mean()), float(hits[mask].mean()), int(mask.sum()))
        for mask in (which == number for number in range(SCORE_BINS))
        if mask.any()
    )


def _sizes(cases: Iterable[Case]) -> dict[str, tuple[int, int]]:
    real = [(case.truth.area, case.predicted == case.actual) for case in cases if case.truth is not None]
    return {
        name: (
            sum(right for area, right in real if low <= area < high),
            sum(low <= area < high for area, _ in real),
        )
        for name, low, high in SIZES
    }


def _some_of_each(cases: Iterable[Case]) -> Iterator[Case]:
    """The surest of each cell; missed objects, which have no score, the largest first."""

    def rank(case: Case) -> tuple[float, float]:
        return (-(case.score or 0.0), -(case.truth.area if case.truth else 0.0))

    return _first_of_each(sorted(cases, key=rank))


def _first_of_each(cases: Iterable[Case]) -> Iterator[Case]:
    taken: Counter[tuple[str, str]] = Counter()
    for case in cases:
        cell = (case.actual, case.predicted)
        taken[cell] += 1
        if taken[cell] <= CASES_A_CELL:
            yield case
