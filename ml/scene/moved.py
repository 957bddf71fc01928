"""Whether a camera still looks where it was calibrated: its picture's edges against those of a reference still.

A metre from a camera that was knocked is worse than none. The picture is cut into tiles; each says by phase correlation
of edges how far it moved, and the middle one of those that say anything counts, so that people and trucks before some
tiles do not. A fog, a cloth or a dark hall leaves no tile that says anything: then the view is lost, not moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from ml.geometry.arrays import Bytes, Singles

_COLUMNS, _ROWS = 4, 3
_WIDTH_PX = 384
# Peak of the correlation under which a tile says nothing.
_PEAK_MIN = 0.15
# A tile with less than this share of the reference's edges shows something else, or nothing.
_CONTRAST_MIN = 0.3
_TILES_MIN = 4


class CameraView(StrEnum):
    SAME = "same"
    MOVED = "moved"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class MovedConfig:
    """`share_max`: shift in picture widths that spoils a calibration (1 % is 13 px of 1280)."""

    share_max: float = 0.008
    # It must last: a passing truck fills a picture for seconds, wind shakes it for less.
    lasting_s: float = 20.0


@dataclass(frozen=True, slots=True)
class ViewAnswer:
    """`view` is what has lasted; `shift_px` is this frame's, in pixels of the given picture; `tiles` that spoke."""

    view: CameraView
    shift_px: float
    tiles: int


class MovedWatcher:
    """Compares frames of one camera with its reference. Not thread-safe; a look takes a few milliseconds."""

    def __init__(self, reference_rgb: Bytes, config: MovedConfig | None = None) -> None:
        """`reference_rgb` (H, W, 3): the still that was calibrated on."""
        self._config = config or MovedConfig()
        self._shape = reference_rgb.shape
        self._reference = _edges(reference_rgb)
        self._view = CameraView.SAME
        self._since_s: float | None = None
        self._other = CameraView.SAME

    def update(self, time_s: float, image_rgb: Bytes) -> ViewAnswer:
        """Judge one frame; once every few seconds is enough. A picture of another shape has moved."""
        if image_rgb.shape != self._shape:
            self._view = CameraView.MOVED
            return ViewAnswer(self._view, float("inf"), 0)
        shifts = _shifts(self._reference, _edges(image_rgb))
        scale = self._shape[1] / self._reference.shape[1]
        shift = float(np.median(shifts)) * scale if shifts else float("inf")
        if len(shifts) < _TILES_MIN:
            now = CameraView.LOST
        elif shift > self._config.share_max * self._shape[1]:
            now = CameraView.MOVED
        else:
            now = CameraView.SAME
        self._settle(time_s, now)
        return ViewAnswer(self._view, shift, len(shifts))

    def _settle(self, time_s: float, now: CameraView) -> None:
        if now is self._view:
            self._since_s = None
            return
        if self._since_s is None or now is not self._other:
            self._since_s, self._other = time_s, now
        if time_s - self._since_s >= self._config.lasting_s:
            self._view, self._since_s = now, None


def _edges(image_rgb: Bytes) -> Singles:
    height = max(round(image_rgb.shape[0] * _WIDTH_PX / image_rgb.shape[1]), _ROWS * 8)
    small = cv2.resize(image_rgb, (_WIDTH_PX, height), interpolation=cv2.INTER_AREA)
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), (0, 0), 1.0).astype(np.float32)
    size = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    # The square root lets faint floor joints speak beside bright lamps; day and night change contrast, not places.
    return np.asarray(np.sqrt(size), dtype=np.float32)


def _shifts(reference: Singles, current: Singles) -> list[float]:
    """How far each tile moved, in pixels, of the tiles that say anything."""
    height, width = reference.shape[0] // _ROWS, reference.shape[1] // _COLUMNS
    window = cv2.createHanningWindow((width, height), cv2.CV_32F)
    found = []
    for row in range(_ROWS):
        for column in range(_COLUMNS):
            part = (slice(row * height, (row + 1) * height), slice(column * width, (column + 1) * width))
            before, after = reference[part] - reference[part].mean(), current[part] - current[part].mean()
            if after.std() < _CONTRAST_MIN * before.std():
                continue
            (x, y), peak = cv2.phaseCorrelate(before, after, window)
            if peak >= _PEAK_MIN:
                found.append(float(np.hypot(x, y)))
    return found
