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
from ml.following.bending import bent
from ml.following.boxes import BoxFollower, Stop
from ml.following.masks import MaskFollower
from ml.following.thinning import Thinner
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


class Way(Protocol):
    """`geometry(at)` is that of the frame `at` steps from the start, from 0; `arrived` says whether the last one came out
    where a person's keyframe says, and bends all to it where the way can; `keyframes` are the steps to keep then, of those
    before `last`, or None where nothing was bent."""

    def step(self, picture: Picture, detections: Sequence[Prediction]) -> Found: ...

    def geometry(self, at: int) -> Geometry: ...

    def arrived(self, goal: Geometry, bounds: following.Corners) -> bool: ...

    def keyframes(self, last: int) -> list[int] | None: ...


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

    def step(self, picture: Picture, detections: Sequence[Prediction]) -> Found:
        told = self._follower.step(picture, detections)
        if told.stop is not None:
            return Found(told.confidence, told.stop, False)
        box = self._clipped(told.box)
        if min(box.width, box.height) < self._least_px:
            # Cut by the picture's edge, or too far away.
            stop = Stop.LEFT if min(told.box.width, told.box.height) >= self._least_px else Stop.LOST
            return Found(told.confidence, stop, False)
        self._boxes.append(box)
        return Found(told.confidence, None, self._thinner.add(self._boxes[-1]))

    def geometry(self, at: int) -> Geometry:
        return following.carried(self._of, self._start, self._bounds, self._boxes[at].xyxy)

    def arrived(self, goal: Geometry, bounds: following.Corners) -> bool:
        there = Box(*bounds)
        overlap = float(row_iou([self._boxes[-1].xyxy], [there.xyxy])[0])
        # Bent towards somewhere far away, a box between may lie beyond the picture, or inside out.
        least_px = max(self._least_px, 1.0)
        self._boxes = [
            self._boxes[0],
            *(self._clipped(box, least_px) for box in bent(self._boxes[1:], there)),
        ]
        return overlap >= SAME_IOU

    def keyframes(self, last: int) -> list[int] | None:
        thinner = Thinner(self._boxes[0])
        return [at - 1 for at in range(1, last + 1) if thinner.add(self._boxes[at])]

    def _clipped(self, box: Box, least_px: float = 1.0) -> Box:
        return Box(*following.clipped(box.xyxy, *self._size, least_px))


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

    def geometry(self, at: int) -> Geometry:
        return self._geometries[at]

    def arrived(self, goal: Geometry, bounds: following.Corners) -> bool:
        shape = self._newest.shape
        return _mask_iou(self._newest, _mask_of(self._of, goal, shape[0], shape[1])) >= SAME_IOU

    def keyframes(self, last: int) -> list[int] | None:
        return None


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
