"""What labelling a picture will cost a person, expected from the model's answer: in boxes and in seconds."""

from __future__ import annotations

from dataclasses import dataclass

from ml.contracts import ImagePrediction

# A box weaker than this is more often nothing than an object; its score is still its share of one.
EXPECTED_SCORE_MIN = 0.05


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
