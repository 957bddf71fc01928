"""Why this picture: one sentence for the person who asks."""

from __future__ import annotations

from collections.abc import Mapping

from ml.active.candidates import Candidate, Reason
from ml.active.uncertainty import BOX_SCORE_MIN
from ml.quality.words import percent

# A score between these is a guess either way.
UNSURE_SCORES = (0.2, 0.8)


def sentence(candidate: Candidate, reason: Reason, evidence: Mapping[str, float]) -> str:
    """`evidence` is what `ml.active.ranking` found; missing figures are left out."""
    if evidence.get("leftover"):
        return "Taken to fill the batch: what was ranked before it was used up or over a limit."
    if reason is Reason.RANDOM:
        return "Drawn by lot, so that the model can be measured on pictures nobody picked."
    if reason is Reason.TYPICAL:
        return _typical(evidence)
    if reason is Reason.CORESET:
        return "Farthest from everything labelled or chosen so far."
    if reason is Reason.BADGE:
        return f"Its answer would change the model in a way the others chosen would not. {_doubt(candidate)}".strip()
    parts = [_doubt(candidate)]
    if evidence.get("of"):
        parts.append(f"Number {evidence['place']:.0f} of {evidence['of']:.0f} by doubt{_among(evidence)}.")
    return " ".join(part for part in parts if part)


def _typical(evidence: Mapping[str, float]) -> str:
    if not evidence.get("alike"):
        return "The next of its camera: there is nothing yet to compare pictures by."
    known = evidence.get("labelled_alike", 0.0)
    labelled = f"{known:.0f} like it are labelled" if known else "none like it is labelled yet"
    return f"The most typical of {evidence['alike']:.0f} pictures alike; {labelled}."


def _among(evidence: Mapping[str, float]) -> str:
    alike = evidence.get("alike", 0.0)
    return f", from a group of {alike:.0f} alike" if alike > 1 else ""


def _doubt(candidate: Candidate) -> str:
    prediction = candidate.prediction
    if prediction is None:
        return ""
    if prediction.pixels is not None:
        ranked = sorted(prediction.pixels.unsure.items(), key=lambda pair: -pair[1])
        most = f", most of it about {ranked[0][0]}" if ranked else ""
        return f"The least sure tenth of its pixels has a doubt of {percent(prediction.pixels.margin)}{most}."
    tags = sorted(prediction.tag_scores.items(), key=lambda pair: -pair[1])
    if len(tags) > 1:
        (first, p), (second, q) = tags[:2]
        return f"The model wavers between {first} ({percent(p)}) and {second} ({percent(q)})."
    boxes = [d for d in prediction.detections if d.score >= BOX_SCORE_MIN]
    unsure = [d for d in boxes if UNSURE_SCORES[0] <= d.score <= UNSURE_SCORES[1]]
    if not unsure:
        faint = sum(d.score < UNSURE_SCORES[0] for d in boxes)
        return f"The model found {faint} faint {_boxes(faint)}." if faint else ""
    least = min(unsure, key=lambda d: abs(d.score - 0.5))
    one = f"a {least.label} ({percent(least.score)})"
    if len(boxes) == 1:
        return f"The model is unsure of its one box, {one}."
    return f"The model is unsure of {len(unsure)} of {len(boxes)} boxes, most of all of {one}."


def _boxes(count: int) -> str:
    return "box" if count == 1 else "boxes"
