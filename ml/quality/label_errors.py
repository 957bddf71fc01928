"""Where labels are probably wrong, most likely first: objects overlooked, boxes badly drawn, classes swapped.

A model that never saw these labels (out of fold) disagrees with them; how much its word counts is read off from where it
agrees. The three kinds are those of ObjectLab (Tkachenko, Thyagarajan and Mueller 2023); the scores are our own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from ml.contracts import Annotation, Judgement, Prediction
from ml.errors import QualityError
from ml.geometry.boxes import as_boxes, box_iou
from ml.quality.judged import Judged, agrees, bad_box, swapped
from ml.quality.matching import boxes_of

Floats = NDArray[np.float64]

# Agreement of a prediction with a label, from which the model's usual score and fit are learnt.
_AGREES_IOU = 0.5
# A prediction about a label at all, however badly the box is drawn.
_ABOUT_IOU = 0.1
# A label of the same place, though of another class.
_PLACE_IOU = 0.5
# Without a single agreement a class's usual score and fit are taken as these.
_USUAL_SCORE, _USUAL_IOU = 0.5, 0.8


class LabelError(StrEnum):
    """OVERLOOKED: nothing is labelled where the model is sure of an object. The others are about a label there is."""

    OVERLOOKED = "overlooked"
    BAD_BOX = "bad_box"
    SWAPPED = "swapped"


@dataclass(frozen=True, slots=True)
class Finding:
    """A suspicion, `score` in 0..1. `label` is the place of the label in its picture's list, None for OVERLOOKED.

    `prediction` is what the model would put there: one key accepts it.
    """

    kind: LabelError
    picture: int
    label: int | None
    prediction: Prediction
    score: float


@dataclass(frozen=True, slots=True)
class _Usual:
    """What is usual for a class where model and label agree: the mean score, and the median IoU."""

    score: Mapping[str, float]
    iou: Mapping[str, float]

    def strength(self, prediction: Prediction) -> float:
        """0..1: how sure the model is, against how sure it is of this class where it is right."""
        return min(1.0, prediction.score / self.score.get(prediction.label, _USUAL_SCORE))


def rank_label_errors(
    labels: Sequence[Sequence[Annotation]],
    predictions: Sequence[Sequence[Prediction]],
    judged: Sequence[Judged] | None = None,
) -> dict[LabelError, list[Finding]]:
    """Suspicions by kind, strongest first, from n pictures' labels and out-of-fold predictions (after NMS).

    Where `judged` has a word on a label, that decides on its class, and has a say on its box and on predictions. A label
    has at most one finding of each kind; ignored labels have none and hide what lies under them. Raises QualityError
    where the numbers of pictures differ.
    """
    if len(labels) != len(predictions):
        raise QualityError(f"{len(predictions)} pictures' predictions for {len(labels)} pictures' labels.")
    overlaps = [_iou(p, a) for a, p in zip(labels, predictions, strict=True)]
    usual = _usual(labels, predictions, overlaps)
    found: dict[LabelError, list[Finding]] = {kind: [] for kind in LabelError}
    words = judged or [
        Judged((None,) * len(a), (None,) * len(p)) for a, p in zip(labels, predictions, strict=True)
    ]
    for picture, (wanted, guessed, iou, word) in enumerate(
        zip(labels, predictions, overlaps, words, strict=True)
    ):
        for finding in _in_picture(picture, wanted, guessed, iou, usual, word):
            found[finding.kind].append(finding)
    return {kind: sorted(rows, key=lambda f: -f.score) for kind, rows in found.items()}


def _iou(guessed: Sequence[Prediction], wanted: Sequence[Annotation]) -> Floats:
    boxes = [(p.box.x1, p.box.y1, p.box.x2, p.box.y2) for p in guessed]
    return box_iou(as_boxes(boxes), boxes_of(wanted))


def _usual(
    labels: Sequence[Sequence[Annotation]],
    predictions: Sequence[Sequence[Prediction]],
    overlaps: Sequence[Floats],
) -> _Usual:
    scores: dict[str, list[float]] = {}
    ious: dict[str, list[float]] = {}
    for wanted, guessed, iou in zip(labels, predictions, overlaps, strict=True):
        for j, label in enumerate(wanted):
            same = [i for i, p in enumerate(guessed) if p.label == label.label and iou[i, j] >= _AGREES_IOU]
            if same and not label.ignore:
                best = max(same, key=lambda i: guessed[i].score)
                scores.setdefault(label.label, []).append(guessed[best].score)
                ious.setdefault(label.label, []).append(float(iou[best, j]))
    return _Usual(
        {name: max(float(np.mean(v)), 1e-6) for name, v in scores.items()},
        {name: float(np.median(v)) for name, v in ious.items()},
    )


def _in_picture(
    picture: int,
    wanted: Sequence[Annotation],
    guessed: Sequence[Prediction],
    iou: Floats,
    usual: _Usual,
    judged: Judged,
) -> list[Finding]:
    findings = []
    # The prediction that each label has for itself: of its own class, overlapping most.
    own: dict[int, int] = {}
    for j, label in enumerate(wanted):
        same = [i for i, p in enumerate(guessed) if p.label == label.label and iou[i, j] >= _ABOUT_IOU]
        if label.ignore:
            continue
        if same:
            own[j] = max(same, key=lambda i: usual.strength(guessed[i]) * iou[i, j])
        word = judged.labels[j]
        told = [
            _bad_box(picture, j, label, guessed, iou, own, usual, word),
            _swapped(picture, j, wanted, guessed, iou, usual)
            if word is None
            else _swapped_by_judge(picture, j, wanted, word),
        ]
        findings += [finding for finding in told if finding is not None]
    findings += _overlooked(picture, wanted, guessed, iou, set(own.values()), usual, judged)
    return findings


def _bad_box(
    picture: int,
    j: int,
    label: Annotation,
    guessed: Sequence[Prediction],
    iou: Floats,
    own: Mapping[int, int],
    usual: _Usual,
    word: Judgement | None,
) -> Finding | None:
    """How far the label falls short of the fit that is usual for its class, weighed by the model's word; with a judge's
    word, by both."""
    if j not in own:
        return None
    i = own[j]
    # A prediction that fits another label of this class better is about that one.
    rivals = [iou[i, k] for k in range(iou.shape[1]) if k != j]
    if rivals and max(rivals) > iou[i, j]:
        return None
    fit = usual.iou.get(label.label, _USUAL_IOU)
    lack = max(0.0, (fit - float(iou[i, j])) / fit)
    score = lack * usual.strength(guessed[i])
    if word is not None and score > 0.0:
        score = bad_box(label, word, score)
    return Finding(LabelError.BAD_BOX, picture, j, guessed[i], score) if score > 0.0 else None


def _swapped(
    picture: int,
    j: int,
    wanted: Sequence[Annotation],
    guessed: Sequence[Prediction],
    iou: Floats,
    usual: _Usual,
) -> Finding | None:
    """The strongest other class at the label's place, less how strongly its own class is seen there."""
    here = [i for i in range(len(guessed)) if iou[i, j] >= _PLACE_IOU]
    others = [
        i for i in here if guessed[i].label != wanted[j].label and not _labelled(guessed[i], iou[i], wanted)
    ]
    if not others:
        return None
    own = [usual.strength(guessed[i]) * float(iou[i, j]) for i in here if guessed[i].label == wanted[j].label]
    i = max(others, key=lambda i: usual.strength(guessed[i]) * iou[i, j])
    score = usual.strength(guessed[i]) * float(iou[i, j]) * (1.0 - min(1.0, max(own, default=0.0)))
    return Finding(LabelError.SWAPPED, picture, j, guessed[i], score) if score > 0.0 else None


def _swapped_by_judge(picture: int, j: int, wanted: Sequence[Annotation], word: Judgement) -> Finding | None:
    overlap = box_iou(boxes_of([wanted[j]]), boxes_of(wanted))[0]
    beside = {a.label for k, a in enumerate(wanted) if k != j and overlap[k] >= _PLACE_IOU}
    other = swapped(wanted[j], word, beside)
    return Finding(LabelError.SWAPPED, picture, j, *other) if other is not None else None


def _labelled(prediction: Prediction, overlap: Floats, wanted: Sequence[Annotation]) -> bool:
    """Whether the predicted class is labelled there as well, as a hat on a head: then nothing is swapped."""
    return any(label.label == prediction.label and overlap[k] >= _PLACE_IOU for k, label in enumerate(wanted))


def _overlooked(
    picture: int,
    wanted: Sequence[Annotation],
    guessed: Sequence[Prediction],
    iou: Floats,
    taken: set[int],
    usual: _Usual,
    judged: Judged,
) -> list[Finding]:
    """Predictions that no label is about, weighed by how far they are from every label and by what a judge says."""
    findings = []
    for i, prediction in enumerate(guessed):
        if i in taken:
            continue
        nearest = max(
            (
                float(iou[i, j])
                for j, a in enumerate(wanted)
                if a.ignore or a.label == prediction.label or iou[i, j] >= _PLACE_IOU
            ),
            default=0.0,
        )
        score = usual.strength(prediction) * (1.0 - nearest) ** 2
        score *= agrees(prediction, judged.predictions[i])
        if nearest < _PLACE_IOU and score > 0.0:
            findings.append(Finding(LabelError.OVERLOOKED, picture, None, prediction, score))
    return findings
