"""Follows one box from frame to frame: flow moves it, its looks pull it back, a detector's boxes correct it where there are some.

Works forwards and backwards alike, with no model at all; gives a confidence for every frame and says when the object was
lost or left the picture. Nothing here knows of keyframes: see `thinning` and `between`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from ml.contracts import Box, Prediction
from ml.errors import GeometryError
from ml.following.flow import box_flow
from ml.following.looks import Looks
from ml.geometry.arrays import Bytes
from ml.geometry.boxes import box_iou
from ml.inference.segmenter import picture_check

# Below this on either side there is nothing to recognise.
SIDE_MIN_PX = 6.0
# Seen through a window of the picture around the object, at most so large that it is this many pixels wide or high.
WORK_SIDE_PX = 128.0
# How much of the way that the looks say the box is pulled, where they are sure.
PULL_SHARE = 0.5
# Under this the newest look is not learnt: it may be what hides the object.
LEARN_MIN = 0.5
# Sizes tried about the one that flow says.
SIZES = (1.0, 0.97, 1.03)
# A detector's box is the same object above this overlap, and moves the box by so much of the way.
DETECTION_IOU_MIN = 0.5
DETECTION_SHARE = 0.5
# The share of the object in the picture below which it has left.
SEEN_MIN = 0.3


class Stop(StrEnum):
    """Why an object is followed no further."""

    LOST = "lost"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Followed:
    """The object in one frame: `box` may reach beyond the picture. `confidence` 0..1; `stop` where this is not it any more."""

    box: Box
    confidence: float
    stop: Stop | None = None


@dataclass(frozen=True, slots=True)
class FollowConfig:
    """`lost_below`: likeness 0..1 that `patience` frames in a row must fall below before the object counts as lost; one
    below `gone_below` ends it at once."""

    lost_below: float = 0.3
    gone_below: float = 0.08
    patience: int = 6


class BoxFollower:
    """One object of one video, from the frame where a person drew it. Not thread-safe."""

    def __init__(
        self,
        picture_rgb: Bytes,
        box: Box,
        detections: Sequence[Prediction] = (),
        config: FollowConfig | None = None,
    ) -> None:
        """`detections` of the first frame tell how this person's boxes differ from the detector's.

        Raises ImageError for no picture, GeometryError for a box too small to follow.
        """
        picture_check(picture_rgb)
        if box.width < SIDE_MIN_PX or box.height < SIDE_MIN_PX:
            raise GeometryError(f"A box of less than {SIDE_MIN_PX:.0f} pixels cannot be followed.")
        self._config = config or FollowConfig()
        self._box = box
        self._step_px = (0.0, 0.0)
        self._before = picture_rgb
        self._looks = Looks(picture_rgb, box)
        self._doubts = 0
        self._habit = _habit(box, detections)

    @property
    def box(self) -> Box:
        return self._box

    def step(self, picture_rgb: Bytes, detections: Sequence[Prediction] = ()) -> Followed:
        """The object in the next frame of the same size. Raises ImageError for another one."""
        picture_check(picture_rgb)
        guess, kept = self._flowed(picture_rgb)
        box, likeness = self._pulled(picture_rgb, guess)
        seen = self._detected(box, detections)
        if seen is not None:
            box, score = seen
            likeness = max(likeness, self._looks.find(picture_rgb, box)[1])
            confidence = max(likeness, min(score, 0.5 + 0.5 * likeness))
        else:
            confidence = likeness * (0.7 + 0.3 * kept)
        height, width = picture_rgb.shape[:2]
        if _share_in(box, width, height) < SEEN_MIN:
            return Followed(box, confidence, Stop.LEFT)
        return self._told(picture_rgb, box, confidence)

    def _told(self, picture_rgb: Bytes, box: Box, confidence: float) -> Followed:
        config = self._config
        self._doubts = self._doubts + 1 if confidence < config.lost_below else 0
        if confidence >= LEARN_MIN:
            self._looks.learn(picture_rgb, box)
        old = self._box
        self._step_px = (
            (box.x1 + box.x2 - old.x1 - old.x2) / 2,
            (box.y1 + box.y2 - old.y1 - old.y2) / 2,
        )
        self._box, self._before = box, picture_rgb
        is_lost = self._doubts >= config.patience or confidence < config.gone_below
        return Followed(box, confidence, Stop.LOST if is_lost else None)

    def _flowed(self, picture_rgb: Bytes) -> tuple[Box, float]:
        """Where flow says the box is, and the share of points that came back; else it goes on as it went."""
        view = _view(self._box, self._step_px, picture_rgb.shape[1], picture_rgb.shape[0])
        if view is None:
            return moved(self._box, self._step_px), 0.0
        left, top, right, bottom = view
        scale = min(1.0, WORK_SIDE_PX / max(self._box.width, self._box.height))
        before, after = (
            _grey(picture[top:bottom, left:right], scale) for picture in (self._before, picture_rgb)
        )
        inner = Box(
            (self._box.x1 - left) * scale,
            (self._box.y1 - top) * scale,
            (self._box.x2 - left) * scale,
            (self._box.y2 - top) * scale,
        )
        found = box_flow(before, after, inner)
        if found is None:
            return moved(self._box, self._step_px), 0.0
        dx, dy = found.shift_px
        return scaled(moved(self._box, (dx / scale, dy / scale)), found.scale), found.kept

    def _pulled(self, picture_rgb: Bytes, guess: Box) -> tuple[Box, float]:
        """The guess pulled to where it looks most like the object, at the size at which it does."""
        best, best_shift, best_likeness = guess, (0.0, 0.0), -1.0
        for size in SIZES:
            tried = scaled(guess, size)
            shift, likeness = self._looks.find(picture_rgb, tried)
            # Another size must be better, not as good.
            if likeness > best_likeness * (1.0 if size == 1.0 else 1.01):
                best, best_shift, best_likeness = tried, shift, likeness
        by = PULL_SHARE * min(1.0, best_likeness / LEARN_MIN)
        # Of another size only a part is believed, as of another place.
        size = 1.0 + (best.width / guess.width - 1.0) * by
        return moved(scaled(guess, size), (best_shift[0] * by, best_shift[1] * by)), best_likeness

    def _detected(self, box: Box, detections: Sequence[Prediction]) -> tuple[Box, float] | None:
        """The box moved towards the detector's of the same object, and that one's score."""
        if not detections:
            return None
        found = [apply_habit(each.box, self._habit) for each in detections]
        overlaps = box_iou([box.xyxy], [each.xyxy for each in found])[0]
        best = int(overlaps.argmax())
        if overlaps[best] < DETECTION_IOU_MIN:
            return None
        return mixed(box, found[best], DETECTION_SHARE), detections[best].score


def moved(box: Box, by_px: tuple[float, float]) -> Box:
    """The box shifted by (dx, dy)."""
    dx, dy = by_px
    return Box(box.x1 + dx, box.y1 + dy, box.x2 + dx, box.y2 + dy)


def scaled(box: Box, by: float) -> Box:
    """The box about its middle, `by` times as large; never below a pixel."""
    x, y = (box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2
    half_x, half_y = max(box.width * by, 1.0) / 2, max(box.height * by, 1.0) / 2
    return Box(x - half_x, y - half_y, x + half_x, y + half_y)


def mixed(one: Box, other: Box, share: float) -> Box:
    """Between two boxes: the first at 0, the other at 1."""
    a, b = np.array(one.xyxy), np.array(other.xyxy)
    return Box(*(a + (b - a) * share).tolist())


Habit = tuple[float, float, float, float]


def _habit(box: Box, detections: Sequence[Prediction]) -> Habit:
    """How a person's box lies to the detector's of the same object, each side in shares of the detector's size."""
    if not detections:
        return (0.0, 0.0, 0.0, 0.0)
    overlaps = box_iou([box.xyxy], [each.box.xyxy for each in detections])[0]
    best = int(overlaps.argmax())
    if overlaps[best] < DETECTION_IOU_MIN:
        return (0.0, 0.0, 0.0, 0.0)
    theirs = detections[best].box
    return (
        (box.x1 - theirs.x1) / theirs.width,
        (box.y1 - theirs.y1) / theirs.height,
        (box.x2 - theirs.x2) / theirs.width,
        (box.y2 - theirs.y2) / theirs.height,
    )


def apply_habit(theirs: Box, habit: Habit) -> Box:
    """A detector's box as this person would have drawn it."""
    left, top, right, bottom = habit
    return Box(
        theirs.x1 + left * theirs.width,
        theirs.y1 + top * theirs.height,
        theirs.x2 + right * theirs.width,
        theirs.y2 + bottom * theirs.height,
    )


def _view(
    box: Box, step_px: tuple[float, float], width: int, height: int
) -> tuple[int, int, int, int] | None:
    """The part of the picture that holds the box now and next, with room for a change of pace; None outside of it."""
    spare = 0.75 * max(box.width, box.height) + 16.0
    left = max(int(box.x1 + min(step_px[0], 0.0) - spare), 0)
    top = max(int(box.y1 + min(step_px[1], 0.0) - spare), 0)
    right = min(int(box.x2 + max(step_px[0], 0.0) + spare), width)
    bottom = min(int(box.y2 + max(step_px[1], 0.0) + spare), height)
    return (left, top, right, bottom) if right - left >= 16 and bottom - top >= 16 else None


def _grey(picture_rgb: Bytes, scale: float) -> Bytes:
    grey = cv2.cvtColor(picture_rgb, cv2.COLOR_RGB2GRAY)
    if scale < 1.0:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(grey, dtype=np.uint8)


def _share_in(box: Box, width: int, height: int) -> float:
    """The share of a box that is in the picture."""
    across = min(box.x2, width) - max(box.x1, 0.0)
    down = min(box.y2, height) - max(box.y1, 0.0)
    return max(across, 0.0) * max(down, 0.0) / max(box.area, 1e-9)
