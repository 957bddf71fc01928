"""Tracks that a model proposes for a video, as the geometry of suggestions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from backend.annotation.contracts import SuggestionItem

if TYPE_CHECKING:
    from backend.learning.contracts import BoundClass
    from backend.projects.contracts import Label
    from ml.tracking.whole import WholeTrack

# Looks a second: people walk a third of a metre between two.
LOOKS_PER_S = 5.0
# Of one video; a longer one is looked at less often.
LOOKS_MAX = 20_000
# Found again after longer than this, the object was away meanwhile.
AWAY_S = 1.0


def looks_of(times_s: Sequence[float]) -> list[int]:
    """The frames to look at: the first at or after each fifth of a second, the last one, and LOOKS_MAX at most."""
    if not times_s:
        return []
    every_s = max(1.0 / LOOKS_PER_S, (times_s[-1] - times_s[0]) / LOOKS_MAX)
    frames, due_s = [], times_s[0]
    for frame, time_s in enumerate(times_s):
        if time_s >= due_s - 1e-6:
            frames.append(frame)
            due_s = max(due_s + every_s, time_s)
    if frames[-1] != len(times_s) - 1:
        frames.append(len(times_s) - 1)
    return frames


def track_items(
    tracks: Sequence[WholeTrack],
    looks: Sequence[int],
    binding: Mapping[str, BoundClass],
    labels: Sequence[Label],
) -> list[SuggestionItem]:
    """Those of mapped classes whose label allows tracks and whose mean score is above the class' threshold."""
    allowed = {label.id for label in labels if "track" in label.shapes}
    items = []
    for track in tracks:
        bound = binding.get(track.label)
        score = sum(track.scores) / len(track.scores)
        if bound is None or bound.label_id not in allowed or score < bound.threshold:
            continue
        geometry = {"of": "box", "keyframes": keyframes_of(track, looks)}
        items.append(SuggestionItem(bound.label_id, "track", geometry, min(score, 1.0)))
    return items


def keyframes_of(track: WholeTrack, looks: Sequence[int]) -> list[dict[str, Any]]:
    """Few keyframes, straight lines between them; outside from the look at which it was not found any more."""
    from ml.following.thinning import thinned_at

    found: list[dict[str, Any]] = []
    for first, last in _stretches(track, looks):
        boxes, frames = track.boxes[first:last], track.frames[first:last]
        kept = thinned_at(frames, boxes)
        for before, at in zip([-1, *kept], kept, strict=False):
            found.append(
                _keyframe(frames[at], boxes[at], min(track.scores[first + before + 1 : first + at + 1]))
            )
        gone = bisect_right(looks, frames[-1])
        if gone < len(looks):
            found.append(_keyframe(looks[gone], boxes[-1], track.scores[last - 1]) | {"outside": True})
    return found


def _stretches(track: WholeTrack, looks: Sequence[int]) -> list[tuple[int, int]]:
    """(first, end) of looks with no long time between them in which it was looked for and not found."""

    def was_away(at: int) -> bool:
        is_long = track.times_s[at] - track.times_s[at - 1] > AWAY_S
        return is_long and looks[bisect_right(looks, track.frames[at - 1])] < track.frames[at]

    cuts = [at for at in range(1, len(track.frames)) if was_away(at)]
    return list(zip([0, *cuts], [*cuts, len(track.frames)], strict=True))


def _keyframe(frame: int, box: Any, confidence: float) -> dict[str, Any]:
    return {
        "frame": frame,
        "box": [round(v, 2) for v in box.xyxy],
        "outside": False,
        "occluded": False,
        "by": "tracker",
        "confidence": round(min(max(confidence, 0.0), 1.0), 3),
    }
