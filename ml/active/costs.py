"""What labelling a picture will cost a person, expected from the model's answer: in boxes and in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ml.contracts import ImagePrediction

# A box weaker than this is more often nothing than an object; its score is still its share of one.
EXPECTED_SCORE_MIN = 0.05
# Fewer pictures say nothing of what one costs; a drawn-out break must not either.
FIT_PICTURES_MIN = 30
FIT_SECONDS_QUANTILE = 0.95
FIT_SECONDS_MIN = 0.5


@dataclass(frozen=True, slots=True)
class CostModel:
    """Seconds of a person; a project replaces the defaults by what its own drafts took.

    `boxes_unseen` stands in where no model has looked at the picture.
    """

    seconds_per_image: float = 4.0
    # Su et al. (2012) timed 26 s for a box from nothing, extreme clicking (2017) 7 s; suggestions help further.
    seconds_per_box: float = 7.0
    seconds_per_tag: float = 2.0
    boxes_unseen: float = 1.0


@dataclass(frozen=True, slots=True)
class Cost:
    """Expected cost of one picture."""

    boxes: float
    seconds: float


def expected_objects(prediction: ImagePrediction | None) -> dict[str, float]:
    """Objects (or, for a tag, the share of one picture) to expect by class: the sum of their scores."""
    found: dict[str, float] = {}
    if prediction is None:
        return found
    for label, score in prediction.tag_scores.items():
        found[label] = found.get(label, 0.0) + float(score)
    for d in prediction.detections:
        if d.score >= EXPECTED_SCORE_MIN:
            found[d.label] = found.get(d.label, 0.0) + d.score
    return found


def cost_of(prediction: ImagePrediction | None, model: CostModel) -> Cost:
    """What this picture will cost. A tagged picture costs no box."""
    if prediction is None:
        boxes = model.boxes_unseen
        return Cost(boxes, model.seconds_per_image + boxes * model.seconds_per_box)
    if prediction.tag_scores:
        return Cost(0.0, model.seconds_per_image + model.seconds_per_tag)
    boxes = sum(d.score for d in prediction.detections if d.score >= EXPECTED_SCORE_MIN)
    return Cost(boxes, model.seconds_per_image + boxes * model.seconds_per_box)


def cost_model_fit(objects: Sequence[int], seconds: Sequence[float]) -> CostModel:
    """Seconds a picture and a box from (N,) labelled pictures, by least squares; the defaults below 30 pictures.

    The slowest twentieth counts as the quickest of it. Where the counts are all alike, or the fit would make a box or
    a picture cost nothing, the defaults are scaled to the pictures' mean.
    """
    default = CostModel()
    if len(objects) < FIT_PICTURES_MIN:
        return default
    counts = np.asarray(objects, dtype=np.float64)
    times = np.asarray(seconds, dtype=np.float64)
    times = np.minimum(times, np.quantile(times, FIT_SECONDS_QUANTILE))
    mean = max(float(counts.mean()), FIT_SECONDS_MIN)
    if np.ptp(counts) > 0:
        per_box, per_image = (float(v) for v in np.polyfit(counts, times, 1))
        if min(per_box, per_image) >= FIT_SECONDS_MIN:
            return replace(default, seconds_per_image=per_image, seconds_per_box=per_box, boxes_unseen=mean)
    expected = default.seconds_per_image + mean * default.seconds_per_box
    scale = max(float(times.mean()), FIT_SECONDS_MIN) / expected
    return replace(
        default,
        seconds_per_image=scale * default.seconds_per_image,
        seconds_per_box=scale * default.seconds_per_box,
        boxes_unseen=mean,
    )
