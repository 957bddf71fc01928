"""How well objects are followed through generated clips, whose truth is exact: overlap by distance from the start.

Every object that is plainly seen in the first frame is followed to the last; what is scored is what a person would
find on their timeline.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ml.contracts import Box
from ml.following.boxes import BoxFollower
from ml.following.masks import MaskFollower
from ml.following.thinning import thinned
from ml.geometry.boxes import row_iou
from ml.geometry.masks import rle_to_mask
from ml.inference.segmenter import Segmenter
from ml.simulation.scene import build_scene, scene_frame
from ml.simulation.truth import ObjectTruth, RenderedFrame, SceneConfig, View

FRAMES_PER_S = 25.0
FRAMES = 101
DISTANCES = (1, 5, 10, 25, 50, 100)
SIDE_MIN_PX = 14.0
# Plainly seen where the following begins, and still there where it is asked about.
START_VISIBLE_MIN = 0.8
SEEN_MIN = 0.5
# Less overlap than this is no longer the object.
LOST_IOU = 0.3
# Two of each: hung on a wall, high, at eye level.
_VIEWS = (View.WALL, View.HIGH, View.EYE)


@dataclass(frozen=True, slots=True)
class Way:
    """One object as it was followed: for each frame after the first the overlap with the truth (NaN where it was not to be
    seen), the visible share, and the confidence told; `stopped` is the frames followed where that was before the end."""

    label: str
    iou: tuple[float, ...]
    visible: tuple[float, ...]
    confidence: tuple[float, ...]
    stopped: int | None
    boxes: tuple[Box, ...]


def clip_frames(seed: int, frames: int = FRAMES, step: int = 1) -> Iterator[RenderedFrame]:
    """Frames of a generated hall; `step` leaves frames out, as a camera of fewer frames a second."""
    config = SceneConfig(seed=seed, people=5, forklifts=1, k1=0.0, view=_VIEWS[seed % len(_VIEWS)])
    scene = build_scene(config, frames * step / FRAMES_PER_S + 1.0)
    for index in range(frames):
        yield scene_frame(scene, index * step / FRAMES_PER_S, index, step / FRAMES_PER_S)


def starts(frame: RenderedFrame) -> list[ObjectTruth]:
    """The objects a person would draw there."""
    return [
        each
        for each in frame.objects
        if each.visible >= START_VISIBLE_MIN
        and not each.ignore
        and min(each.box_px.width, each.box_px.height) >= SIDE_MIN_PX
    ]


def followed_boxes(frames: Sequence[RenderedFrame]) -> list[Way]:
    """Each object of the first frame followed through the rest as a box."""
    first = frames[0]
    found = []
    for each in starts(first):
        follower = BoxFollower(first.image_rgb, each.box_px)
        iou, visible, confidence, boxes = [], [], [], [each.box_px]
        stopped = None
        for at, frame in enumerate(frames[1:]):
            told = follower.step(frame.image_rgb)
            if told.stop is not None:
                stopped = at
                break
            truth = _of(frame, each.track_id)
            box = _clipped(told.box, frame)
            boxes.append(box)
            iou.append(np.nan if truth is None else float(row_iou([box.xyxy], [truth.box_px.xyxy])[0]))
            visible.append(0.0 if truth is None else truth.visible)
            confidence.append(told.confidence)
        found.append(Way(each.label, tuple(iou), tuple(visible), tuple(confidence), stopped, tuple(boxes)))
    return found


def followed_masks(frames: Sequence[RenderedFrame], segmenter: Segmenter | None) -> list[Way]:
    """As `followed_boxes`, with masks."""
    first = frames[0]
    found = []
    for each in starts(first):
        follower = MaskFollower(first.image_rgb, rle_to_mask(each.mask), segmenter)
        iou, visible, confidence = [], [], []
        stopped = None
        for at, frame in enumerate(frames[1:]):
            told = follower.step(frame.image_rgb)
            if told.stop is not None:
                stopped = at
                break
            truth = _of(frame, each.track_id)
            iou.append(np.nan if truth is None else _mask_iou(told.mask, truth))
            visible.append(0.0 if truth is None else truth.visible)
            confidence.append(told.confidence)
        found.append(Way(each.label, tuple(iou), tuple(visible), tuple(confidence), stopped, ()))
    return found


def figures(ways: Sequence[Way]) -> dict[str, float]:
    """The report of many objects.

    `iou_<n>`: mean over those still followed and still seen n frames from the start; `kept_<n>` the share of those still
    seen that are followed to there with an overlap of LOST_IOU at least. `false_stops`: objects given up while they were
    seen well and followed well; `ran_on`: shares of frames followed without overlap. `keyframes`: kept per hundred frames.
    """
    report: dict[str, float] = {"objects": float(len(ways))}
    for distance in DISTANCES:
        at = distance - 1
        there = [way.iou[at] for way in ways if len(way.iou) > at and way.visible[at] >= SEEN_MIN]
        report[f"iou_{distance}"] = mean(there)
        gone = [0.0 for way in ways if way.stopped is not None and len(way.iou) <= at and _was_seen(way)]
        report[f"kept_{distance}"] = mean([float(value >= LOST_IOU) for value in there] + gone)
    report["false_stops"] = mean([float(way.stopped is not None and _was_seen(way)) for way in ways])
    all_iou = np.array([value for way in ways for value in way.iou])
    seen = np.array([value for way in ways for value in way.visible]) >= SEEN_MIN
    told = np.array([value for way in ways for value in way.confidence])
    report["ran_on"] = float((~(np.nan_to_num(all_iou) >= LOST_IOU)).mean())
    for low, high in pairwise((0.3, 0.5, 0.7, 1.01)):
        some = seen & (told >= low) & (told < high)
        report[f"iou_at_confidence_{low}"] = float(all_iou[some].mean()) if some.any() else float("nan")
    kept = [len(thinned(way.boxes)) for way in ways if len(way.boxes) > 1]
    if kept:
        frames = sum(len(way.boxes) for way in ways if len(way.boxes) > 1)
        report["keyframes"] = 100.0 * sum(kept) / frames
        report["thinned_iou"] = mean([_thinned_iou(way.boxes) for way in ways if len(way.boxes) > 1])
    return {name: round(value, 4) for name, value in report.items()}


def _thinned_iou(boxes: Sequence[Box]) -> float:
    """Mean overlap of the straight lines between keyframes with the boxes they stand for."""
    rows = np.array([box.xyxy for box in boxes])
    kept = thinned(boxes)
    line = np.stack([np.interp(np.arange(len(rows)), kept, rows[kept, side]) for side in range(4)], axis=1)
    return float(row_iou(line, rows).mean())


def _was_seen(way: Way) -> bool:
    """Whether it was plainly there, and followed well, shortly before it was given up."""
    if not way.iou:
        return True
    last = slice(max(len(way.iou) - 10, 0), len(way.iou))
    return min(way.visible[last]) >= SEEN_MIN and float(np.mean(way.iou[last])) >= SEEN_MIN


def _of(frame: RenderedFrame, track_id: int) -> ObjectTruth | None:
    return next((each for each in frame.objects if each.track_id == track_id), None)


def _mask_iou(mask: np.ndarray, truth: ObjectTruth) -> float:
    true = rle_to_mask(truth.mask)
    union = int((mask | true).sum())
    return int((mask & true).sum()) / union if union else 0.0


def _clipped(box: Box, frame: RenderedFrame) -> Box:
    height, width = frame.image_rgb.shape[:2]
    return Box(max(box.x1, 0.0), max(box.y1, 0.0), min(box.x2, width), min(box.y2, height))


def mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
