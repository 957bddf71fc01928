"""Whether anything moved since the last frames: a millisecond that saves a detector's tens."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class GateReason(StrEnum):
    """Why a frame is worth the detector, or not."""

    FIRST = "first"
    MOTION = "motion"
    HOLD = "hold"
    FULL = "full"
    STILL = "still"


@dataclass(frozen=True, slots=True)
class MotionConfig:
    """Times in seconds, changes in grey levels 0..255, shares of the picture 0..1."""

    # Sampled to about this many columns: a person far off is still several samples wide.
    columns: int = 160
    # Above camera noise and JPEG blocks, below a person in dull clothes on concrete.
    change_levels: float = 18.0
    share_min: float = 0.001
    # Movement between two frames may pause; the detector goes on this long.
    hold_s: float = 2.0
    # A full look all the same, for what crept in.
    full_every_s: float = 5.0
    # The background follows the picture with this time constant, so a parked truck becomes background.
    background_s: float = 4.0


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """`detect`: run the detector; `share`: part of the picture that changed, 0..1."""

    detect: bool
    reason: GateReason
    share: float


class MotionGate:
    """Keeps the background of one camera. Not thread-safe."""

    def __init__(self, config: MotionConfig | None = None) -> None:
        self._config = config or MotionConfig()
        self._background: NDArray[np.float32] | None = None
        self._shape: tuple[int, ...] = ()
        self._time_s = 0.0
        self._moved_s = -np.inf
        self._full_s = -np.inf

    def update(self, time_s: float, image_rgb: NDArray[np.uint8], occupied: bool = False) -> GateAnswer:
        """Judge one uint8 (H, W, 3) frame. `occupied`: someone is tracked, so standing still must not hide them.

        A change of the whole picture's brightness (a lamp, the camera's exposure) is not motion.
        """
        grey = self._sampled(image_rgb)
        background = self._background
        if background is None or image_rgb.shape != self._shape:
            self._background, self._shape, self._time_s, self._full_s = grey, image_rgb.shape, time_s, time_s
            return GateAnswer(True, GateReason.FIRST, 1.0)
        change = grey - background
        change -= np.median(change)
        share = float((np.abs(change) > self._config.change_levels).mean())
        follow = 1.0 - np.exp(-max(time_s - self._time_s, 0.0) / self._config.background_s)
        background += np.float32(follow) * (grey - background)
        self._time_s = time_s
        if share >= self._config.share_min:
            self._moved_s = time_s
        reason = self._reason(time_s, occupied)
        if reason is not GateReason.STILL:
            self._full_s = time_s
        return GateAnswer(reason is not GateReason.STILL, reason, share)

    def _reason(self, time_s: float, occupied: bool) -> GateReason:
        if self._moved_s == time_s:
            return GateReason.MOTION
        if occupied or time_s - self._moved_s <= self._config.hold_s:
            return GateReason.HOLD
        if time_s - self._full_s >= self._config.full_every_s:
            return GateReason.FULL
        return GateReason.STILL

    def _sampled(self, image_rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Every k-th pixel as grey: no resize, for averaging every pixel costs more than all the rest."""
        step = max(image_rgb.shape[1] // self._config.columns, 1)
        part = image_rgb[step // 2 :: step, step // 2 :: step].astype(np.float32)
        grey: NDArray[np.float32] = part @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
        return grey
