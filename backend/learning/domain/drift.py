"""How far what a model is shown by one source has moved: which pictures are compared, the figures, and words for them.

The reference are the first pictures that came after the model went into production: its own training pictures would
not do, as it is too sure of those. A camera's reference and "now" each take in a whole day, so that a night is not
compared with an afternoon.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from backend.learning.contracts import BoundClass
from backend.media.contracts import Arrival
from ml.contracts import ImagePrediction, Prediction
from ml.drift.finding import Finding, Limits, Measure, Sample, Verdict
from ml.drift.measures import brightness_drift, embedding_drift, height_drift, score_drift
from ml.drift.rates import Counts, rate_drift

REFERENCE_PICTURES, NOW_PICTURES = 150, 100
DAY = timedelta(hours=24)
# A live camera's reference hours, and those compared with them.
REFERENCE_HOURS, NOW_HOURS = timedelta(hours=72), timedelta(hours=24)
# An hour that was hardly watched has a wild rate.
WATCHED_MIN_S = 300.0


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture with what the model said of it; None and () where it has not looked."""

    picture: Arrival
    said: ImagePrediction | None
    vector: Sequence[float]


@dataclass(frozen=True, slots=True)
class Hour:
    """One clock hour of a live camera: `slot` is the hour of the day (UTC)."""

    slot: int
    seconds: float
    objects: int


def thinned(rows: Sequence[Arrival], most: int) -> list[Arrival]:
    """At most so many of the rows, evenly spaced."""
    if len(rows) <= most:
        return list(rows)
    return [rows[i] for i in np.linspace(0, len(rows) - 1, most).round().astype(int).tolist()]


def findings(
    reference: Sequence[Seen],
    now: Sequence[Seen],
    *,
    is_detector: bool,
    has_camera: bool,
    binding: Mapping[str, BoundClass],
    hours: tuple[Sequence[Hour], Sequence[Hour]] | None = None,
    limits: Limits | None = None,
) -> list[dict[str, Any]]:
    """Every measure that makes sense for the source, as stored: a `Finding`'s fields and, of a rate, its `unit`.

    A classifier has no boxes; pictures of no camera have no place to stand. With `hours` objects are counted in hours
    watched, else in pictures.
    """
    found = [
        (brightness_drift(_brightness(reference), _brightness(now), limits), ""),
        (embedding_drift(*_vectors((reference, now)), limits), ""),
        (score_drift(_scores(reference), _scores(now), limits), ""),
    ]
    if is_detector:
        counts = [_hourly(h) for h in hours] if hours else [_counts(s, binding) for s in (reference, now)]
        found.append((rate_drift(counts[0], counts[1], limits), "hour" if hours else "picture"))
        if has_camera:
            label = _commonest(reference, binding)
            first, second = (_boxes(side, binding, label) for side in (reference, now))
            found.append((height_drift(first, second, limits), ""))
    return [_dumped(each, unit) for each, unit in found]


def _dumped(found: Finding, unit: str) -> dict[str, Any]:
    row = asdict(found) | {"measure": str(found.measure), "verdict": str(found.verdict), "unit": unit}
    figures = {k: round(row[k], 4) for k in ("value", "threshold", "before", "after") if row[k] is not None}
    return row | figures


def _brightness(side: Sequence[Seen]) -> Sample:
    pictures = [each.picture for each in side]
    rows = [(p.brightness, p.group_key) for p in pictures if p.brightness is not None]
    return Sample.of([level for level, _ in rows], [group for _, group in rows])


def _vectors(sides: tuple[Sequence[Seen], Sequence[Seen]]) -> tuple[Sample, Sample]:
    rows = [[each for each in side if each.vector] for side in sides]
    # A model that gives no vectors leaves two empty samples; a side may be empty by itself.
    size = next((len(each.vector) for side in rows for each in side), 1)
    first, second = (
        Sample.of(
            np.array([each.vector for each in side], dtype=np.float64).reshape(len(side), size),
            [each.picture.group_key for each in side],
        )
        for side in rows
    )
    return first, second


def _scores(side: Sequence[Seen]) -> Sample:
    """Of the surest box, or the likeliest tag, of each picture that has any: the many faint boxes would drown it."""
    rows = []
    for each in side:
        said = each.said
        scores = [*(f.score for f in said.detections), *said.tag_scores.values()] if said else []
        if scores:
            rows.append((max(scores), each.picture.group_key))
    return Sample.of([score for score, _ in rows], [group for _, group in rows])


def _shown(said: ImagePrediction, binding: Mapping[str, BoundClass]) -> list[Prediction]:
    """What people would see of it: classes that mean a label, from their thresholds on."""
    return [
        found
        for found in said.detections
        if found.label in binding and found.score >= binding[found.label].threshold
    ]


def _counts(side: Sequence[Seen], binding: Mapping[str, BoundClass]) -> Counts:
    pictures: Counter[str] = Counter()
    objects: Counter[str] = Counter()
    for each in side:
        if each.said is not None:
            pictures[each.picture.group_key] += 1
            objects[each.picture.group_key] += len(_shown(each.said, binding))
    groups = list(pictures)
    return Counts.of([objects[g] for g in groups], [pictures[g] for g in groups], [0] * len(groups))


def _hourly(hours: Sequence[Hour]) -> Counts:
    kept = [hour for hour in hours if hour.seconds >= WATCHED_MIN_S]
    return Counts.of([h.objects for h in kept], [h.seconds / 3600 for h in kept], [h.slot for h in kept])


def _commonest(side: Sequence[Seen], binding: Mapping[str, BoundClass]) -> str:
    """One class: a forklift's box beside a person's tells nothing of the camera."""
    seen = Counter(found.label for each in side if each.said for found in _shown(each.said, binding))
    return min(seen, key=lambda name: (-seen[name], name), default="")


def _boxes(side: Sequence[Seen], binding: Mapping[str, BoundClass], label: str) -> Sample:
    """Foot and height of boxes, as shares of the picture's height."""
    values, groups = [], []
    for each in side:
        tall = each.picture.height
        for found in _shown(each.said, binding) if each.said and tall else []:
            if found.label == label and found.box is not None:
                values.append((found.box.y2 / tall, (found.box.y2 - found.box.y1) / tall))
                groups.append(each.picture.group_key)
    return Sample.of(np.array(values, dtype=np.float64).reshape(-1, 2), groups)


def words_of(name: str, measures: Sequence[Mapping[str, Any]]) -> str:
    """ "Dock 2: pictures are darker, fewer objects are found"; "" where nothing drifts."""
    said = [_words(row) for row in measures if row["verdict"] == Verdict.DRIFTING]
    return f"{name or 'Pictures of no camera'}: {', '.join(said)}" if said else ""


def _words(row: Mapping[str, Any]) -> str:
    is_more = row["after"] > row["before"]
    match Measure(row["measure"]):
        case Measure.BRIGHTNESS:
            return f"pictures are {'brighter' if is_more else 'darker'}"
        case Measure.EMBEDDING:
            return "pictures look different"
        case Measure.SCORES:
            return f"the model is {'more' if is_more else 'less'} sure"
        case Measure.RATE:
            return f"{'more' if is_more else 'fewer'} objects are found"
        case Measure.HEIGHT:
            return "objects stand differently, the camera may have moved"
