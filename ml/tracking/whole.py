"""Whole tracks of a recorded video: all looks are known, so boxes are smoothed by what comes after as well as before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ml.contracts import Box, Prediction, TrackPoint
from ml.geometry.arrays import Floats
from ml.tracking.tracker import Tracker, TrackerConfig

# A track is worth a person's look when it was seen this long and this often: what blinks is noise.
SEEN_MIN_S = 0.6
LOOKS_MIN = 4
# A detector's jitter from look to look, evened out over about this time on each side.
SMOOTH_S = 0.2
# What lies further away than so many sigmas weighs nothing; and so many rows are fitted at once: a track may have 20,000.
FAR_SIGMAS = 6.0
ROWS_AT_ONCE = 256

Look = tuple[int, float, Sequence[Prediction]]


@dataclass(frozen=True, slots=True)
class WholeTrack:
    """One object: its label, and by look the frame, time, box and detector's score. Frames between looks, and looks in which it
    was not found, are left out."""

    label: str
    frames: tuple[int, ...]
    times_s: tuple[float, ...]
    boxes: tuple[Box, ...]
    scores: tuple[float, ...]


def whole_tracks(looks: Iterable[Look], config: TrackerConfig | None = None) -> list[WholeTrack]:
    """Tracks of a video from (frame, time in seconds, detections) in rising order, by first frame.

    Raises ValueError if time runs backwards.
    """
    tracker = Tracker(config)
    found: dict[int, list[tuple[int, TrackPoint]]] = {}
    for frame, time_s, detections in looks:
        for point in tracker.update(time_s, detections):
            found.setdefault(point.track_id, []).append((frame, point))
    tracks = [_whole(points) for points in found.values() if _is_worth_it([p for _, p in points])]
    return sorted(tracks, key=lambda track: track.frames[0])


def _is_worth_it(points: Sequence[TrackPoint]) -> bool:
    return (
        points[-1].confirmed
        and len(points) >= LOOKS_MIN
        and points[-1].time_s - points[0].time_s >= SEEN_MIN_S
    )


def _whole(points: Sequence[tuple[int, TrackPoint]]) -> WholeTrack:
    times_s = np.array([point.time_s for _, point in points])
    rows = np.array([(point.measured or point.box).xyxy for _, point in points])
    return WholeTrack(
        points[0][1].label,
        tuple(frame for frame, _ in points),
        tuple(times_s.tolist()),
        tuple(Box(*row) for row in smoothed(times_s, rows, SMOOTH_S).tolist()),
        tuple(point.score for _, point in points),
    )


def smoothed(times_s: Floats, rows: Floats, sigma_s: float) -> Floats:
    """(N, 4) rows, each a straight line's value at its own time, fitted to the rows around it by nearness in time (Gaussian).

    A line, not a mean: what moves is not pulled back at its two ends.
    """
    if len(rows) < 3 or sigma_s <= 0:
        return rows
    found, far_s = np.empty_like(rows), FAR_SIGMAS * sigma_s
    for start in range(0, len(rows), ROWS_AT_ONCE):
        own = times_s[start : start + ROWS_AT_ONCE]
        first, last = np.searchsorted(times_s, [own[0] - far_s, own[-1] + far_s]).tolist()
        found[start : start + len(own)] = _fitted(own, times_s[first:last], rows[first:last], sigma_s)
    return found


def _fitted(at_s: Floats, times_s: Floats, rows: Floats, sigma_s: float) -> Floats:
    """`smoothed` at some of the times."""
    off = times_s[None, :] - at_s[:, None]
    weight = np.exp(-0.5 * (off / sigma_s) ** 2)
    total = weight.sum(axis=1)
    mean_t = (weight * off).sum(axis=1) / total
    mean = weight @ rows / total[:, None]
    spread = (weight * (off - mean_t[:, None]) ** 2).sum(axis=1)
    slope = np.einsum("ij,ij,jk->ik", weight, off - mean_t[:, None], rows)
    slope = np.divide(slope, spread[:, None], out=np.zeros_like(slope), where=spread[:, None] > 1e-9)
    return np.asarray(mean - slope * mean_t[:, None])
