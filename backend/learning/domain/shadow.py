"""What a model on its way and the one in production say of one picture, side by side, by the project's labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from backend.learning.contracts import BoundClass
from ml.contracts import Prediction
from ml.evaluation.agreement import Agreement, agreement

if TYPE_CHECKING:
    from ml.contracts import ImagePrediction


def boxes_shown(
    prediction: ImagePrediction, binding: Mapping[str, BoundClass], names: Mapping[str, str]
) -> list[Prediction]:
    """Boxes people would see: mapped classes above their thresholds. `names`: label id to name."""
    return [
        Prediction(names[bound.label_id], found.score, found.box)
        for found in prediction.detections
        if (bound := binding.get(found.label)) and bound.label_id in names and found.score >= bound.threshold
    ]


def tag_shown(
    prediction: ImagePrediction, binding: Mapping[str, BoundClass], names: Mapping[str, str]
) -> str | None:
    """The tag people would see, by its label's name; None where it is too unsure or not mapped."""
    if not prediction.tag_scores:
        return None
    name, score = max(prediction.tag_scores.items(), key=lambda pair: pair[1])
    bound = binding.get(name)
    return names.get(bound.label_id) if bound and score >= bound.threshold else None


def compared(
    candidate: ImagePrediction,
    candidate_binding: Mapping[str, BoundClass],
    production: ImagePrediction,
    production_binding: Mapping[str, BoundClass],
    names: Mapping[str, str],
) -> Agreement:
    """First is the candidate. A tag counts as one box that covers the picture."""
    if candidate.tag_scores or production.tag_scores:
        ours = tag_shown(candidate, candidate_binding, names)
        theirs = tag_shown(production, production_binding, names)
        return _tags(ours, theirs)
    return agreement(
        boxes_shown(candidate, candidate_binding, names), boxes_shown(production, production_binding, names)
    )


def _tags(ours: str | None, theirs: str | None) -> Agreement:
    if ours is not None and ours == theirs:
        return Agreement(1, 0, 0, 1.0, {ours: [1, 0, 0]})
    rows = {name: [0, int(name == ours), int(name == theirs)] for name in (ours, theirs) if name}
    return Agreement(0, int(ours is not None), int(theirs is not None), 0.0, rows)
