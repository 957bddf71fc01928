"""How well objects are followed through recorded videos without truth: there and back again, and against a detector."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import numpy as np

from ml.contracts import Box, Prediction
from ml.following.boxes import BoxFollower
from ml.geometry.arrays import Bytes
from ml.geometry.boxes import box_iou, row_iou
from ml.inference.predictor import Predictor

# Of an object that is plainly one, and apart from the others.
SCORE_MIN = 0.4
ALONE_IOU_MAX = 0.1
HEIGHT_MIN_PX = 40.0


def video_frames(path: Path) -> Iterator[Bytes]:
    """(H, W, 3) uint8 RGB frames in order."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)


def there_and_back(
    frames: Sequence[Bytes], detector: Predictor, every: int, distance: int
) -> dict[str, float]:
    """Objects that the detector finds in each `every`th frame are followed `distance` frames on and back to the start.

    `back`: mean overlap with the box they began with; `found`: mean overlap with the detector's nearest box where the way on
    ended; `lost`: share given up on the way, of which most left the picture or went behind something.
    """
    back, found, lost = [], [], []
    for start in range(0, len(frames) - distance, every):
        for box in _plain(detector.predict(frames[start], 0.3).detections):
            there = _followed(frames[start : start + distance + 1], box)
            lost.append(float(there is None))
            if there is None:
                continue
            seen = [each.box for each in detector.predict(frames[start + distance], 0.3).detections]
            if seen:
                found.append(float(box_iou([there.xyxy], [each.xyxy for each in seen]).max()))
            home = _followed(frames[start + distance :: -1][: distance + 1], there)
            back.append(0.0 if home is None else float(row_iou([home.xyxy], [box.xyxy])[0]))
    report = {"objects": float(len(lost)), "back": _mean(back), "found": _mean(found), "lost": _mean(lost)}
    return {name: round(value, 4) for name, value in report.items()}


def _plain(detections: Sequence[Prediction]) -> list[Box]:
    boxes = [each.box for each in detections]
    overlaps = box_iou([b.xyxy for b in boxes], [b.xyxy for b in boxes]) - np.eye(len(boxes))
    return [
        each.box
        for each, most in zip(detections, overlaps.max(axis=1, initial=0.0), strict=True)
        if each.score >= SCORE_MIN and each.box.height >= HEIGHT_MIN_PX and most <= ALONE_IOU_MAX
    ]


def _followed(frames: Sequence[Bytes], box: Box) -> Box | None:
    follower = BoxFollower(frames[0], box)
    for frame in frames[1:]:
        if follower.step(frame).stop is not None:
            return None
    return follower.box


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
