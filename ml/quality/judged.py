"""What a judge of given boxes (`ml/inference/judge.py`) adds to a detector's word on labels, as suspicions 0..1.

Which of several formulas ranks planted errors best was tried on one planting; `docs/measurements/label-errors.md` has others.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ml.contracts import Annotation, Judgement, Prediction
from ml.geometry.boxes import row_iou

# How much a detector's word counts beside the judge's that a box is bad.
_DETECTOR_WEIGHT = 5.0
# What is usual by far (95 % of good boxes stay below); a suspicion of so much is certain by 63 %.
_BAD_BOX_SCALE = 0.02


@dataclass(frozen=True, slots=True)
class Judged:
    """Words on one picture's labels and on the predictions for it, in their orders; None where nothing was said."""

    labels: Sequence[Judgement | None]
    predictions: Sequence[Judgement | None]


def swapped(label: Annotation, word: Judgement, beside: Collection[str]) -> tuple[Prediction, float] | None:
    """The likeliest other class, and its share against the label's own. Classes labelled `beside` it at the same place
    explain themselves: a hat on a head swaps nothing."""
    others = {k: v for k, v in word.shares.items() if k != label.label and k not in beside}
    if not others:
        return None
    name = max(others, key=lambda k: others[k])
    score = others[name] / max(others[name] + word.shares.get(label.label, 0.0), 1e-9)
    return Prediction(name, others[name], label.box), score


def bad_box(label: Annotation, word: Judgement, by_detector: float) -> float:
    """How far the judge would move the sides and how unsure it is of them (good boxes look alike, bad ones do not), and
    the detector's own suspicion 0..1."""
    if label.label not in word.boxes:
        return by_detector
    lack = 1.0 - float(row_iou([label.box.xyxy], [word.boxes[label.label].xyxy])[0])
    doubt = lack * word.errors[label.label] * (1.0 + _DETECTOR_WEIGHT * by_detector)
    return 1.0 - math.exp(-doubt / _BAD_BOX_SCALE)


def agrees(prediction: Prediction, word: Judgement | None) -> float:
    """0..1: the share that the judge gives the detector's class there; 1 where there is no judge."""
    return 1.0 if word is None else word.shares.get(prediction.label, 0.0)
