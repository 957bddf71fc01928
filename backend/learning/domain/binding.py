"""Between a model's classes and a project's labels."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from backend.annotation.contracts import SuggestionItem
from backend.learning.contracts import BoundClass
from backend.learning.domain.outlines import outline_of

if TYPE_CHECKING:
    from backend.projects.contracts import Label
    from ml.contracts import ImagePrediction, Prediction

DEFAULT_THRESHOLD = 0.3


def _plain(name: str) -> str:
    """A name without case, spaces and signs, in any script; a name of signs alone stays itself."""
    return re.sub(r"[\W_]+", "", name.casefold()) or name


def mapping_guess(
    classes: Iterable[str], labels: Sequence[Label], threshold: float = DEFAULT_THRESHOLD
) -> dict[str, dict[str, Any]]:
    """Map classes to labels of the same name, ignoring case, spaces and signs; others stay unmapped."""
    by_name = {_plain(label.name): label.id for label in labels}
    return {name: {"label_id": by_name.get(_plain(name)), "threshold": threshold} for name in classes}


def mapping_follow(
    guessed: Mapping[str, Mapping[str, Any]],
    former: Mapping[str, Mapping[str, Any]],
    labels: Sequence[Label],
    *,
    hinted: bool,
) -> dict[str, dict[str, Any]]:
    """A guess with what people decided for the model before, class by class of the same name: its label, while that
    is one, and its threshold, unless the new model was `hinted` one of its own."""
    known = {label.id for label in labels}
    followed = {name: dict(entry) for name, entry in guessed.items()}
    for name in guessed.keys() & former.keys():
        label_id = former[name].get("label_id")
        if label_id is not None and str(label_id) in known:
            followed[name]["label_id"] = label_id
        if not hinted and "threshold" in former[name]:
            followed[name]["threshold"] = former[name]["threshold"]
    return followed


def mapping_problems(
    mapping: Mapping[str, Mapping[str, Any]], classes: Sequence[str], labels: Sequence[Label]
) -> dict[str, str]:
    """What is wrong with a mapping, by class."""
    known = {label.id for label in labels}
    problems = {}
    for name, entry in mapping.items():
        if name not in classes:
            problems[name] = "Not a class of this model."
        elif entry.get("label_id") is not None and str(entry["label_id"]) not in known:
            problems[name] = "Not a label of this project."
        elif not 0.0 <= float(entry.get("threshold", DEFAULT_THRESHOLD)) <= 1.0:
            problems[name] = "A threshold lies between 0 and 1."
    return problems


def suggestion_items(
    prediction: ImagePrediction,
    binding: Mapping[str, BoundClass],
    labels: Sequence[Label],
    left_out: Collection[str] = (),
) -> list[SuggestionItem]:
    """What of a prediction is shown to people: mapped classes above their threshold, in shapes the label allows: an
    outline where the model gives one. Labels `left_out` (by id) are another model's to suggest."""
    shapes = {label.id: label.shapes for label in labels if label.id not in left_out}
    items = []
    for found in prediction.detections:
        bound = binding.get(found.label)
        if bound and found.score >= bound.threshold:
            drawn = _drawn(found, shapes.get(bound.label_id, ()))
            if drawn is not None:
                unsure = 1.0 - abs(2.0 * found.score - 1.0)
                items.append(SuggestionItem(bound.label_id, *drawn, found.score, unsure))
    if prediction.tag_scores:
        name, score = max(prediction.tag_scores.items(), key=lambda pair: pair[1])
        bound = binding.get(name)
        if bound and score >= bound.threshold and "tag" in shapes.get(bound.label_id, ()):
            items.append(SuggestionItem(bound.label_id, "tag", {}, score, 1.0 - score))
    return items


def _drawn(found: Prediction, shapes: Collection[str]) -> tuple[str, dict[str, Any]] | None:
    outline = outline_of(found.mask, shapes) if found.mask is not None else None
    if outline is not None or "box" not in shapes:
        return outline
    return "box", {"box": [round(v, 2) for v in (found.box.x1, found.box.y1, found.box.x2, found.box.y2)]}
