"""Follows one mask from frame to frame: dense flow carries it on, a segmenter that is shown where says where it ends.

The segmenter is believed as far as it agreed with the person where they drew: asked about the first frame, it either
draws about the same mask, or its opinion is left out and flow alone carries the mask.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from ml.contracts import Box
from ml.errors import GeometryError
from ml.following.boxes import BoxFollower, FollowConfig, Stop
from ml.geometry.arrays import Bools, Bytes, Singles
from ml.geometry.boxes import box_grown
from ml.geometry.masks import mask_box
from ml.inference.segmenter import PromptPoint, Prompts, Segmenter

AREA_MIN_PX = 24
# Of the mask's box: what the segmenter is shown, and what flow looks at.
PROMPT_GROWN = 0.04
VIEW_GROWN = 0.35
VIEW_SIDE_PX = 160
# Of the view's longer side: how far the flow within the mask is believed around a place.
EDGE_SHARE = 0.04
# Overlap with the person's own mask from which the segmenter is asked on, and with the carried mask from which it is believed.
AGREES_MIN = 0.9
BELIEVED_MIN = 0.85
# A mask that changes its area by more from one frame to the next has run over.
AREA_STEP_MAX = 1.35


@dataclass(frozen=True, slots=True, eq=False)
class FollowedMask:
    """bool (H, W) `mask` of one frame, `confidence` 0..1, and `stop` where this is not the object any more."""

    mask: Bools
    confidence: float
    stop: Stop | None = None


class MaskFollower:
    """One mask of one video, from the frame where a person drew it. Not thread-safe."""

    def __init__(
        self,
        picture_rgb: Bytes,
        mask: Bools,
        segmenter: Segmenter | None = None,
        config: FollowConfig | None = None,
    ) -> None:
        """Raises GeometryError for a mask too small to follow, ImageError for no picture."""
        box = mask_box(mask)
        if box is None or int(mask.sum()) < AREA_MIN_PX:
            raise GeometryError(f"A mask of less than {AREA_MIN_PX} pixels cannot be followed.")
        self._boxes = BoxFollower(picture_rgb, box, config=config)
        self._mask = np.asarray(mask, dtype=np.bool_)
        self._before = picture_rgb
        self._segmenter = segmenter
        self.agreement = 0.0 if segmenter is None else self._asked(picture_rgb, self._mask)[1]

    @property
    def is_asking(self) -> bool:
        """Whether the segmenter's word counts for this object."""
        return self.agreement >= AGREES_MIN

    def step(self, picture_rgb: Bytes) -> FollowedMask:
        """The mask in the next frame of the same size."""
        from_box = self._boxes.box
        told = self._boxes.step(picture_rgb)
        carried = self._carried(picture_rgb, from_box, told.box)
        confidence = told.confidence
        if mask_box(carried) is None:
            return FollowedMask(carried, 0.0, told.stop or Stop.LOST)
        if self.is_asking:
            found, agreed = self._asked(picture_rgb, carried)
            confidence *= 0.5 + 0.5 * agreed
            if agreed >= BELIEVED_MIN and _is_near(int(found.sum()), int(self._mask.sum())):
                carried = found
        self._mask, self._before = carried, picture_rgb
        return FollowedMask(carried, confidence, told.stop)

    def _carried(self, picture_rgb: Bytes, old: Box, new: Box) -> Bools:
        """The mask carried on: by the box's way, then by what dense flow says within it."""
        own = mask_box(self._mask)
        assert own is not None
        old_view = Box(*box_grown([own.xyxy], VIEW_GROWN)[0].tolist())
        new_view = _mapped(old_view, old, new)
        size = _size_of(old_view)
        before, after = (_seen(p, v, size) for p, v in ((self._before, old_view), (picture_rgb, new_view)))
        soft = _seen(self._mask.astype(np.uint8) * 255, old_view, size, beyond=cv2.BORDER_CONSTANT)
        flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        # From the new frame back: each pixel asks where it was.
        begin = np.zeros((size[1], size[0], 2), dtype=np.float32)
        back = _of_object(np.asarray(flow.calc(_grey(after), _grey(before), begin)), soft)
        columns, rows = np.meshgrid(
            np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32)
        )
        warped = cv2.remap(soft, columns + back[..., 0], rows + back[..., 1], cv2.INTER_LINEAR)
        return _placed(np.asarray(warped, dtype=np.float32) / 255.0, new_view, picture_rgb.shape[:2])

    def _asked(self, picture_rgb: Bytes, near: Bools) -> tuple[Bools, float]:
        """The segmenter's mask that overlaps the given one most, and by how much."""
        assert self._segmenter is not None
        box = mask_box(near)
        assert box is not None
        grown = Box(*box_grown([box.xyxy], PROMPT_GROWN)[0].tolist())
        prompts = Prompts(box=grown)
        features = self._segmenter.encode(picture_rgb)
        found = [*self._segmenter.decode(features, prompts).masks]
        pointed = replace(prompts, points=(_inmost(near),))
        found += [*self._segmenter.decode(features, pointed).masks]
        overlaps = [_overlap(mask, near) for mask in found]
        best = int(np.argmax(overlaps))
        return np.asarray(found[best], dtype=np.bool_), overlaps[best]


def _of_object(flow: Singles, soft: Bytes) -> Singles:
    """Dense flow (H, W, 2) as the object goes, beyond its edge too: there the ground's flow, which leaks in, would eat the mask.

    `soft` (0..255) is the mask before; the views are aligned, so that it lies about right.
    """
    inner = cv2.erode(soft, np.ones((3, 3), np.uint8)).astype(np.float32)
    weight = (inner if inner.any() else soft.astype(np.float32)) / 255.0
    sigma = max(EDGE_SHARE * max(soft.shape), 1.0)
    total = cv2.GaussianBlur(weight, (0, 0), sigma) + 1e-3
    smooth = cv2.GaussianBlur(flow * weight[..., None], (0, 0), sigma) / total[..., None]
    return np.asarray(smooth, dtype=np.float32)


def _inmost(mask: Bools) -> PromptPoint:
    """The pixel farthest from the mask's edge."""
    padded = np.pad(mask.astype(np.uint8), 1)
    deep = cv2.distanceTransform(padded, cv2.DIST_L2, 3)[1:-1, 1:-1]
    row, column = np.unravel_index(int(deep.argmax()), deep.shape)
    return PromptPoint(float(column) + 0.5, float(row) + 0.5)


def _overlap(one: Bools, other: Bools) -> float:
    union = int((one | other).sum())
    return int((one & other).sum()) / union if union else 0.0


def _is_near(area: int, before: int) -> bool:
    return before / AREA_STEP_MAX <= area <= before * AREA_STEP_MAX


def _mapped(view: Box, old: Box, new: Box) -> Box:
    """A view that goes the way a box went."""
    scale_x, scale_y = new.width / old.width, new.height / old.height
    return Box(
        new.x1 + (view.x1 - old.x1) * scale_x,
        new.y1 + (view.y1 - old.y1) * scale_y,
        new.x1 + (view.x2 - old.x1) * scale_x,
        new.y1 + (view.y2 - old.y1) * scale_y,
    )


def _size_of(view: Box) -> tuple[int, int]:
    """(width, height) at which a view is looked at: its own, at most VIEW_SIDE_PX, and enough for dense flow."""
    scale = min(1.0, VIEW_SIDE_PX / max(view.width, view.height))
    return max(round(view.width * scale), 32), max(round(view.height * scale), 32)


def _seen(picture: Bytes, view: Box, size: tuple[int, int], beyond: int = cv2.BORDER_REPLICATE) -> Bytes:
    """A view of uint8 (H, W) or (H, W, 3) at (width, height) `size`."""
    scale_x, scale_y = view.width / size[0], view.height / size[1]
    matrix = np.array(
        [
            [scale_x, 0.0, view.x1 + 0.5 * scale_x - 0.5],
            [0.0, scale_y, view.y1 + 0.5 * scale_y - 0.5],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(picture, matrix, size, flags=flags, borderMode=beyond), dtype=np.uint8)


def _placed(soft: Singles, view: Box, shape: tuple[int, int]) -> Bools:
    """A view's soft mask (0..1) as a mask of the whole picture."""
    height, width = soft.shape
    scale_x, scale_y = width / view.width, height / view.height
    left, top = max(int(view.x1), 0), max(int(view.y1), 0)
    right, bottom = min(int(view.x2) + 1, shape[1]), min(int(view.y2) + 1, shape[0])
    mask = np.zeros(shape, dtype=np.bool_)
    if left >= right or top >= bottom:
        return mask
    matrix = np.array(
        [
            [scale_x, 0.0, (left - view.x1 + 0.5) * scale_x - 0.5],
            [0.0, scale_y, (top - view.y1 + 0.5) * scale_y - 0.5],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    mask[top:bottom, left:right] = (
        cv2.warpAffine(soft, matrix, (right - left, bottom - top), flags=flags) >= 0.5
    )
    return mask


def _grey(picture_rgb: Bytes) -> Bytes:
    return np.asarray(cv2.cvtColor(picture_rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
