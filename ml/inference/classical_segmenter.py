"""The assist that needs no download and no training: soft watersheds in a small window around the prompt."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.contracts import Box
from ml.errors import ImageError
from ml.inference.segmenter import Features, Prompts, Segmentation, picture_check, prompts_check
from ml.inference.soft_watershed import Points, box_likelihood, click_likelihood

KEY = "classical-1"
# The window is looked at in this size: larger ones cost time in the square and gained nothing.
WINDOW_SIDE_PX = 128
MAX_ENLARGEMENT = 3.0
MIN_SIDE_PX = 8
BOX_MARGIN = 0.25
# Best first, then a tight and a loose reading to choose from.
THRESHOLDS = (0.5, 0.62, 0.38)
# Blobs and holes below this share of the mask are noise.
SPECK_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class _Window:
    """A part of the picture (whole pixels) and its scale to the small copy that is worked on."""

    left: int
    top: int
    right: int
    bottom: int
    scale_x: float
    scale_y: float

    def point(self, x_px: float, y_px: float) -> tuple[float, float]:
        return (x_px - self.left) * self.scale_x, (y_px - self.top) * self.scale_y

    def points(self, points_px: Points) -> Points:
        """Those within the window: a click far from the box says nothing about it."""
        within = [
            (x, y) for x, y in points_px if self.left <= x <= self.right and self.top <= y <= self.bottom
        ]
        return [self.point(x, y) for x, y in within]


class ClassicalSegmenter:
    """Stateless and safe to share between threads. Implements `Segmenter`."""

    key = KEY
    basic = True

    def encode(self, image_rgb: NDArray[np.uint8]) -> Features:
        """The picture itself; nothing is computed."""
        picture_check(image_rgb)
        return Features(image_rgb, image_rgb.shape[0], image_rgb.shape[1], KEY)

    def restore(self, data: bytes, height: int, width: int) -> Features:
        """The picture from its raw bytes. Raises ImageError for another number of them."""
        if len(data) != height * width * 3:
            raise ImageError("These features do not belong to a picture of this size.")
        return self.encode(np.frombuffer(data, dtype=np.uint8).reshape(height, width, 3))

    def decode(self, features: Features, prompts: Prompts) -> Segmentation:
        """Three masks, the middle reading first. Of a box and clicks, clicks correct within the box."""
        prompts_check(prompts, features, KEY)
        window = _window(features, prompts)
        small = _small(features, window)
        ins, outs = window.points(prompts.inside_points), window.points(prompts.outside_points)
        box = prompts.box
        if box is not None:
            corners = (*window.point(box.x1, box.y1), *window.point(box.x2, box.y2))
            likely = box_likelihood(small, corners, ins, outs)
        else:
            likely = click_likelihood(small, ins, outs)
        masks, scores = [], []
        for threshold in THRESHOLDS:
            soft = _cleaned(likely, threshold, ins, outs, keep_large=box is not None)
            masks.append(_enlarged(soft, threshold, features, window))
            scores.append(_expected_iou(likely, soft >= threshold))
        return Segmentation(np.stack(masks), np.array(scores, dtype=np.float32))


def _window(features: Features, prompts: Prompts) -> _Window:
    """The box with a margin, else what is in view (with every click), in whole pixels of the picture."""
    view = prompts.box
    margin_x = margin_y = 0.0
    if view is not None:
        margin_x, margin_y = view.width * BOX_MARGIN, view.height * BOX_MARGIN
    else:
        view = _view_with_clicks(features, prompts)
    left, top = max(int(view.x1 - margin_x), 0), max(int(view.y1 - margin_y), 0)
    right = min(int(np.ceil(view.x2 + margin_x)), features.width)
    bottom = min(int(np.ceil(view.y2 + margin_y)), features.height)
    width, height = right - left, bottom - top
    scale = min(WINDOW_SIDE_PX / max(width, height), MAX_ENLARGEMENT)
    small_w, small_h = max(round(width * scale), MIN_SIDE_PX), max(round(height * scale), MIN_SIDE_PX)
    return _Window(left, top, right, bottom, small_w / width, small_h / height)


def _view_with_clicks(features: Features, prompts: Prompts) -> Box:
    view = prompts.viewport or Box(0.0, 0.0, features.width, features.height)
    xs = [p.x for p in prompts.points]
    ys = [p.y for p in prompts.points]
    return Box(
        max(min(view.x1, *xs, features.width - 1.0), 0.0),
        max(min(view.y1, *ys, features.height - 1.0), 0.0),
        min(max(view.x2, *(x + 1.0 for x in xs)), features.width),
        min(max(view.y2, *(y + 1.0 for y in ys)), features.height),
    )


def _small(features: Features, window: _Window) -> NDArray[np.uint8]:
    part = np.asarray(features.array[window.top : window.bottom, window.left : window.right], dtype=np.uint8)
    size = (round(part.shape[1] * window.scale_x), round(part.shape[0] * window.scale_y))
    method = cv2.INTER_AREA if window.scale_x < 1.0 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(part, size, interpolation=method), dtype=np.uint8)


def _cleaned(
    likely: NDArray[np.float32], threshold: float, ins: Points, outs: Points, keep_large: bool
) -> NDArray[np.float32]:
    """The likelihood without specks and pinholes at a threshold; blobs that were clicked always stay."""
    soft = likely.copy()
    inside = soft >= threshold
    speck_px = SPECK_SHARE * inside.sum()
    for region, value, clicks, keep_size in (
        (inside, 0.0, ins, speck_px if keep_large else np.inf),
        (~inside, 1.0, outs, speck_px),
    ):
        count, label, stats, _ = cv2.connectedComponentsWithStats(region.astype(np.uint8), connectivity=4)
        keep = stats[:, cv2.CC_STAT_AREA] >= keep_size
        keep[0] = True
        height, width = region.shape
        for x, y in clicks:
            keep[label[min(int(y), height - 1), min(int(x), width - 1)]] = True
        if count > 1:
            soft[~keep[label]] = value
    return soft


def _enlarged(
    soft: NDArray[np.float32], threshold: float, features: Features, window: _Window
) -> NDArray[np.bool_]:
    size = (window.right - window.left, window.bottom - window.top)
    mask = np.zeros((features.height, features.width), dtype=np.bool_)
    part = cv2.resize(soft, size, interpolation=cv2.INTER_LINEAR) >= threshold
    mask[window.top : window.bottom, window.left : window.right] = part
    return mask


def _expected_iou(likely: NDArray[np.float32], mask: NDArray[np.bool_]) -> float:
    """Expected overlap over expected union, were each pixel's likelihood a probability of its own."""
    union = float(mask.sum() + likely[~mask].sum())
    return float(likely[mask].sum()) / union if union else 0.0
