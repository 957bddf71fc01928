"""The two ways to follow an object of a document: carried along with a box, or drawn anew by a segmenter.

Each takes frame after frame and answers what was found there, in pixels of the frame's array.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from backend.learning.domain import following
from backend.learning.domain.outlines import TOLERANCE_PX, mask_row, polygon_row
from ml.contracts import Box, Polygon, Prediction, RleMask
from ml.errors import MlError
from ml.following.between import joined
from ml.following.boxes import BoxFollower, FollowConfig, Followed, Stop
from ml.following.masks import MaskFollower
from ml.following.thinning import Thinner, thinned_at
from ml.geometry.boxes import row_iou
from ml.geometry.masks import mask_to_polygons, polygon_to_mask, rle_to_mask
from ml.geometry.rle import counts_decode
from ml.inference.segmenter import Segmenter

Picture = NDArray[np.uint8]
Geometry = dict[str, Any]
# Held still between keyframes, a mask is drawn anew when it covers less of the last one kept than this.
SAME_MASK_IOU = 0.9
# Where it came out against a person's keyframe: less overlap is another object.
SAME_IOU = 0.3


@dataclass(frozen=True, slots=True)
class Found:
    """What one frame says: `stop` where the object is not there any more; `keep_before` makes the frame before a keyframe."""

    confidence: float
    stop: Stop | None
    keep_before: bool


@dataclass(frozen=True, slots=True)
class Filled:
    """All frames between two of a person's keyframes, from the first to the last: a `confidence` for each, and the steps from
    the start (1 is the first) to `keep` as keyframes. `is_from_both`: whether it was found from either end. `meets`: whether
    what was found is one way, from the one to the other."""

    confidence: tuple[float, ...]
    keep: tuple[int, ...]
    is_from_both: bool
    meets: bool


class Way(Protocol):
    """`geometry(at)` is that of the frame `at` steps from the start, from 0; `passed` is told of a frame that cannot be
    decoded; `arrived` says whether the last one came out where a person's keyframe says."""

    def step(self, picture: Picture, detections: Sequence[Prediction]) -> Found: ...

    def passed(self) -> None: ...

    def geometry(self, at: int) -> Geometry: ...

    def arrived(self, goal: Geometry, bounds: following.Corners) -> bool: ...


class CarriedWay:
    """The object's bounds are followed as a box, and its geometry goes with them."""

    def __init__(
        self,
        of: str,
        start: Geometry,
        bounds: following.Corners,
        picture: Picture,
        detections: Sequence[Prediction],
        least_px: float,
    ) -> None:
        """It ends where a side falls below `least_px`. Raises MlError where it is too small to be followed."""
        self._of, self._start, self._bounds, self._least_px = of, start, bounds, least_px
        first = Box(*bounds)
        self._size = (picture.shape[1], picture.shape[0])
        self._follower = BoxFollower(picture, first, detections)
        self._boxes = [first]
        self._thinner = Thinner(first)
        self._ahead = Told()

    def step(self, picture: Picture, detections: Sequence[Prediction]) -> Found:
        told = self._follower.step(picture, detections)
        if told.stop is not None:
            return Found(told.confidence, told.stop, False)
        box = self._clipped(told.box)
        if min(box.width, box.height) < self._least_px:
            # Cut by the picture's edge, or too far away.
            stop = Stop.LEFT if min(told.box.width, told.box.height) >= self._least_px else Stop.LOST
            return Found(told.confidence, stop, False)
        self._ahead.add(told)
        self._boxes.append(box)
        return Found(told.confidence, None, self._thinner.add(self._boxes[-1]))

    def passed(self) -> None:
        self._ahead.passed(self._follower.box)

    def geometry(self, at: int) -> Geometry:
        return following.carried(self._of, self._start, self._bounds, self._boxes[at].xyxy)

    def arrived(self, goal: Geometry, bounds: following.Corners) -> bool:
        return _is_same(self._boxes[-1], Box(*bounds))

    def back(
        self, bounds: following.Corners, picture: Picture, detections: Sequence[Prediction]
    ) -> BackFromGoal | None:
        """To follow it once more, from a person's next keyframe; None where it is too small there."""
        try:
            return BackFromGoal(BoxFollower(picture, Box(*bounds), detections))
        except MlError:
            return None

    def fill(self, goal: Box, back: Told, steps: int) -> Filled:
        """Join the way here with what was told on the way `back`, over the `steps` frames from start to goal; `geometry` is of
        these from then on."""
        start, ahead, behind = self._boxes[0], self._ahead.sure(), back.sure()
        way = joined(start, ahead, behind, goal, steps)
        least_px = max(self._least_px, 1.0)
        self._boxes = [start, *(self._clipped(box, least_px) for box in way.boxes)]
        ends = ((ahead, goal), (behind, start))
        missed = self._ahead.missed | {steps - at for at in back.missed}
        # Nobody can doubt, or look at, what nobody sees.
        sure = tuple(1.0 if at in missed else each for at, each in enumerate(way.confidence, start=1))
        meets = min(sure, default=1.0) > 0.0 and all(
            _is_same(told[-1].box, there) for told, there in ends if len(told) >= steps
        )
        return Filled(sure, self._kept(sure, goal, missed), bool(ahead and behind), meets)

    def _kept(self, confidence: Sequence[float], goal: Box, missed: set[int]) -> tuple[int, ...]:
        """Steps to keep, none of them damaged; the least sure frame is one of them: it is where to look."""
        seen = [at for at in range(1, len(self._boxes)) if at not in missed]
        places = [0, *seen, len(self._boxes)]
        boxes = [self._boxes[0], *(self._boxes[at] for at in seen), goal]
        kept = {places[index] for index in thinned_at(places, boxes)[1:-1]}
        if seen:
            kept.add(min(seen, key=lambda at: confidence[at - 1]))
        return tuple(sorted(kept))

    def _clipped(self, box: Box, least_px: float = 1.0) -> Box:
        return Box(*following.clipped(box.xyxy, *self._size, least_px))


class Told:
    """What a follower told, an entry for each frame; of frames that could not be decoded it stood still."""

    def __init__(self) -> None:
        self._told: list[Followed] = []
        self.missed: set[int] = set()

    def add(self, told: Followed) -> None:
        self._told.append(told)

    def passed(self, box: Box) -> None:
        self._told.append(Followed(box, 0.0))
        self.missed.add(len(self._told))

    def sure(self) -> list[Followed]:
        """Without the doubted frames at its end."""
        last = len(self._told)
        while last and self._told[last - 1].confidence < FollowConfig().lost_below:
            last -= 1
        return self._told[:last]


class BackFromGoal:
    """The object followed towards the start, frame by frame."""

    def __init__(self, follower: BoxFollower) -> None:
        self._follower, self.told = follower, Told()

    def step(self, picture: Picture, detections: Sequence[Prediction]) -> bool:
        """Whether to go on."""
        told = self._follower.step(picture, detections)
        if told.stop is not None:
            return False
        self.told.add(told)
        return True

    def passed(self) -> None:
        self.told.passed(self._follower.box)


def _is_same(one: Box, other: Box) -> bool:
    return float(row_iou([one.xyxy], [other.xyxy])[0]) >= SAME_IOU


class DrawnWay:
    """The object's mask is carried by dense flow and drawn by a segmenter; a polygon is its outline."""

    def __init__(
        self, of: str, start: Geometry, picture: Picture, segmenter: Segmenter | None, least_px: float
    ) -> None:
        """It ends where a side falls below `least_px`. Raises MlError where it is too small to be followed."""
        self._of, self._least_px = of, least_px
        mask = _mask_of(of, start, picture.shape[0], picture.shape[1])
        self._follower = MaskFollower(picture, mask, segmenter)
        self._geometries = [start]
        self._kept = self._newest = mask
        self._runs = 0

    def step(self, picture: Picture, detections: Sequence[Prediction]) -> Found:
        told = self._follower.step(picture)
        geometry = None if told.stop is not None else _drawn(self._of, told.mask, self._least_px)
        if geometry is None:
            return Found(told.confidence, told.stop or Stop.LOST, False)
        # The frame before is kept where this one is not like the last one kept: what lies between holds still.
        keep = self._runs > 0 and _mask_iou(self._kept, told.mask) < SAME_MASK_IOU
        if keep:
            self._kept, self._runs = self._newest, 0
        self._newest, self._runs = told.mask, self._runs + 1
        self._geometries.append(geometry)
        return Found(told.confidence, None, keep)

    def passed(self) -> None:
        """What a mask was in a frame that is not seen nobody can say; it holds still."""

    def geometry(self, at: int) -> Geometry:
        return self._geometries[at]

    def arrived(self, goal: Geometry, bounds: following.Corners) -> bool:
        shape = self._newest.shape
        return _mask_iou(self._newest, _mask_of(self._of, goal, shape[0], shape[1])) >= SAME_IOU


def _mask_of(of: str, geometry: Mapping[str, Any], height: int, width: int) -> NDArray[np.bool_]:
    if of == "polygon":
        points = tuple((x, y) for x, y in geometry["points"])
        holes = tuple(tuple((x, y) for x, y in hole) for hole in geometry.get("holes") or ())
        return polygon_to_mask(Polygon(points, holes), height, width)
    row = geometry["mask"]
    part = rle_to_mask(RleMask(row["height"], row["width"], tuple(counts_decode(row["counts"]))))
    mask = np.zeros((height, width), dtype=np.bool_)
    mask[row["y"] : row["y"] + row["height"], row["x"] : row["x"] + row["width"]] = part
    return mask


def _drawn(of: str, mask: NDArray[np.bool_], least_px: float) -> Geometry | None:
    """A mask as geometry; None where it has no outline to speak of, or one with a side below `least_px`."""
    polygons = mask_to_polygons(mask, TOLERANCE_PX)
    if not polygons or np.ptp(polygons[0].points, axis=0).min() < least_px:
        return None
    return polygon_row(polygons[0], 1.0) if of == "polygon" else {"mask": mask_row(mask, 1.0)}


def _mask_iou(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    union = int((one | other).sum())
    return int((one & other).sum()) / union if union else 0.0
