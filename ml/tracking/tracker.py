"""A ByteTrack-class tracker (Zhang et al., ECCV 2022) that counts in seconds.

High-scored detections are matched first, then low-scored ones rescue tracks that would be lost. Buffers, motion
and confirmation are in seconds of the frames' own time, so a dropped frame changes no speed and no life span.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.contracts import Box, Prediction, TrackPoint
from ml.geometry.boxes import box_grown, box_iou
from ml.tracking.association import match
from ml.tracking.kalman import BoxStates

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]
ObjectArray = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class TrackerConfig:
    """Scores 0..1, times in seconds, overlaps as IoU."""

    high_score: float = 0.35
    low_score: float = 0.1
    new_track_score: float = 0.4
    iou_first: float = 0.2
    iou_second: float = 0.4
    iou_tentative: float = 0.3
    # What is left then is matched with each box grown by this share of its size on all sides (C-BIoU, WACV 2023):
    # between two looks a fifth of a second apart somebody small walks out of their own box.
    grown_share: float = 0.25
    iou_grown: float = 0.3
    # How long an unseen, confirmed track waits to be found again.
    lost_s: float = 2.0
    # A tentative track may blink this long; longer and it was noise.
    tentative_lost_s: float = 0.25
    # Both must hold before a track counts as confirmed: looks, and time between the first and the last.
    confirm_hits: int = 3
    confirm_s: float = 0.1


class Tracker:
    """Holds the tracks of one camera. Not thread-safe; ids start at 1 and are never used again."""

    def __init__(self, config: TrackerConfig | None = None) -> None:
        self._config = config or TrackerConfig()
        self._next_id = 1
        self.reset()

    def reset(self) -> None:
        """Forget all tracks (after a cut or a long gap); ids go on counting."""
        self._states = BoxStates.empty()
        self._ids = np.zeros(0, dtype=np.int64)
        self._labels = np.zeros(0, dtype=object)
        self._hits = np.zeros(0, dtype=np.int64)
        self._confirmed = np.zeros(0, dtype=bool)
        self._born_s = np.zeros(0)
        self._seen_s = np.zeros(0)
        self._score = np.zeros(0)
        self._measured = np.zeros((0, 4))
        self._time_s: float | None = None

    def update(self, time_s: float, detections: Sequence[Prediction]) -> list[TrackPoint]:
        """Take one frame's detections and return the tracks seen in it, smoothed, by rising id.

        `time_s` is the frame's presentation time. A point with `confirmed=False` must trigger nothing.
        Raises ValueError if time runs backwards.
        """
        seen_before_s = self._advance(time_s)
        boxes_px, scores, labels = _arrays(detections)
        rows, picks = self._associate(boxes_px, scores, labels, seen_before_s)
        self._states.correct(rows, boxes_px[picks])
        self._hits[rows] += 1
        self._seen_s[rows] = time_s
        self._score[rows] = scores[picks]
        self._measured[rows] = boxes_px[picks]
        self._confirm_and_drop(time_s)
        fresh = scores >= self._config.new_track_score
        fresh[picks] = False
        self._start(time_s, boxes_px[fresh], scores[fresh], labels[fresh])
        return self._points(time_s)

    def velocity_px_s(self, track_id: int) -> tuple[float, float] | None:
        """Filtered speed of the box's centre in px/s; None for an unknown track."""
        row = np.flatnonzero(self._ids == track_id)
        if not len(row):
            return None
        vx, vy = self._states.velocity[row[0], :2]
        return float(vx), float(vy)

    def _advance(self, time_s: float) -> float:
        """Move all states to `time_s`; returns the time of the update before (or this one, if the first)."""
        before_s = time_s if self._time_s is None else self._time_s
        if time_s < before_s:
            raise ValueError(f"time runs backwards: {time_s} s after {before_s} s")
        self._states.predict(time_s - before_s, self._seen_s < before_s)
        self._time_s = time_s
        return before_s

    def _associate(
        self, boxes_px: FloatArray, scores: FloatArray, labels: ObjectArray, seen_before_s: float
    ) -> tuple[IndexArray, IndexArray]:
        """Rows of tracks and the detections they take, round by round; a label never changes."""
        config = self._config
        states_px = self._states.boxes_px()
        same = self._labels[:, None] == labels[None, :]
        plain = np.where(same, box_iou(states_px, boxes_px), 0.0)
        high = scores >= config.high_score
        low = ~high & (scores >= config.low_score)
        # Rounds of (growth, tracks, detections, least overlap): lost tracks join the first only, for a low score
        # over an empty place is more often noise than a return.
        recent = self._seen_s >= seen_before_s
        free_rows = np.ones(len(self._ids), dtype=bool)
        free_picks = np.ones(len(scores), dtype=bool)
        rows_taken: list[IndexArray] = []
        picks_taken: list[IndexArray] = []
        for grown, tracks, wanted, least in (
            (0.0, self._confirmed, high, config.iou_first),
            (0.0, self._confirmed & recent, low, config.iou_second),
            (0.0, ~self._confirmed, high, config.iou_tentative),
            (config.grown_share, self._confirmed, high, config.iou_grown),
            (config.grown_share, ~self._confirmed, high, config.iou_grown),
        ):
            rows = np.flatnonzero(tracks & free_rows)
            picks = np.flatnonzero(wanted & free_picks)
            if not len(rows) or not len(picks):
                continue
            pairs = np.ix_(rows, picks)
            overlap = plain[pairs]
            if grown:
                wide = box_iou(box_grown(states_px[rows], grown), box_grown(boxes_px[picks], grown))
                overlap = np.where(same[pairs], wide, 0.0)
            at_rows, at_picks = match(overlap, least)
            free_rows[rows[at_rows]] = False
            free_picks[picks[at_picks]] = False
            rows_taken.append(rows[at_rows])
            picks_taken.append(picks[at_picks])
        none = np.zeros(0, dtype=np.intp)
        return np.concatenate([none, *rows_taken]), np.concatenate([none, *picks_taken])

    def _confirm_and_drop(self, time_s: float) -> None:
        config = self._config
        long_enough = self._seen_s - self._born_s >= config.confirm_s
        self._confirmed |= (self._hits >= config.confirm_hits) & long_enough
        unseen_s = time_s - self._seen_s
        keep = unseen_s <= np.where(self._confirmed, config.lost_s, config.tentative_lost_s)
        if keep.all():
            return
        self._states = self._states.take(keep)
        self._ids, self._labels, self._score = self._ids[keep], self._labels[keep], self._score[keep]
        self._hits, self._confirmed = self._hits[keep], self._confirmed[keep]
        self._born_s, self._seen_s = self._born_s[keep], self._seen_s[keep]
        self._measured = self._measured[keep]

    def _start(self, time_s: float, boxes_px: FloatArray, scores: FloatArray, labels: ObjectArray) -> None:
        count = len(boxes_px)
        if not count:
            return
        self._states = self._states.joined(BoxStates.from_boxes(boxes_px))
        self._ids = np.concatenate([self._ids, np.arange(self._next_id, self._next_id + count)])
        self._next_id += count
        self._labels = np.concatenate([self._labels, labels])
        self._score = np.concatenate([self._score, scores])
        self._hits = np.concatenate([self._hits, np.ones(count, dtype=np.int64)])
        first_look_confirms = self._config.confirm_hits <= 1 and self._config.confirm_s <= 0.0
        self._confirmed = np.concatenate([self._confirmed, np.full(count, first_look_confirms)])
        self._measured = np.concatenate([self._measured, boxes_px])
        self._born_s = np.concatenate([self._born_s, np.full(count, time_s)])
        self._seen_s = np.concatenate([self._seen_s, np.full(count, time_s)])

    def _points(self, time_s: float) -> list[TrackPoint]:
        seen = np.flatnonzero(self._seen_s == time_s)
        boxes = self._states.boxes_px()[seen].tolist()
        return [
            TrackPoint(track_id, time_s, Box(*box), label, score, confirmed, Box(*measured))
            for track_id, box, label, score, confirmed, measured in zip(
                self._ids[seen].tolist(),
                boxes,
                self._labels[seen].tolist(),
                self._score[seen].tolist(),
                self._confirmed[seen].tolist(),
                self._measured[seen].tolist(),
                strict=True,
            )
        ]


def _arrays(detections: Sequence[Prediction]) -> tuple[FloatArray, FloatArray, ObjectArray]:
    boxes = [(d.box.x1, d.box.y1, d.box.x2, d.box.y2) for d in detections]
    labels = np.empty(len(detections), dtype=object)
    labels[:] = [d.label for d in detections]
    return (
        np.array(boxes, dtype=np.float64).reshape(-1, 4),
        np.array([d.score for d in detections], dtype=np.float64),
        labels,
    )
