"""Frames with one or two patterned objects that move over a patterned ground, and where exactly they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ml.contracts import Box

Path = Callable[[float], tuple[float, float]]


def pattern(seed: int, height: int, width: int, *, low: int, high: int, grain: int = 6) -> np.ndarray:
    """Blotches of colour, (height, width, 3) uint8 between two levels."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(low, high, (height // grain + 2, width // grain + 2, 3)).astype(np.float32)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 255).astype(np.uint8)


def straight(start: tuple[float, float], step: tuple[float, float]) -> Path:
    """The middle of something that goes on at one pace, in pixels a frame."""
    return lambda frame: (start[0] + step[0] * frame, start[1] + step[1] * frame)


@dataclass(frozen=True)
class Thing:
    """A patterned ellipse of that size about the path's point; `scale` its size by frame."""

    path: Path
    size: tuple[int, int] = (44, 56)
    seed: int = 7
    scale: Callable[[float], float] = lambda frame: 1.0

    def box(self, frame: float) -> Box:
        x, y = self.path(frame)
        half_x, half_y = (side * self.scale(frame) / 2 for side in self.size)
        return Box(x - half_x, y - half_y, x + half_x, y + half_y)

    def mask(self, frame: float, height: int, width: int) -> np.ndarray:
        box = self.box(frame)
        y, x = np.mgrid[:height, :width] + 0.5
        across = (x - (box.x1 + box.x2) / 2) / (box.width / 2)
        down = (y - (box.y1 + box.y2) / 2) / (box.height / 2)
        return across**2 + down**2 <= 1.0

    def paint(self, picture: np.ndarray, frame: float) -> None:
        height, width = picture.shape[:2]
        box = self.box(frame)
        looks = pattern(self.seed, self.size[1] * 2, self.size[0] * 2, low=90, high=255, grain=9)
        scale_x, scale_y = box.width / looks.shape[1], box.height / looks.shape[0]
        matrix = np.array(
            [
                [scale_x, 0, box.x1 + 0.5 * scale_x - 0.5],
                [0, scale_y, box.y1 + 0.5 * scale_y - 0.5],
            ]
        )
        laid = cv2.warpAffine(looks, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        mask = self.mask(frame, height, width)
        picture[mask] = laid[mask]


def scene(
    things: Sequence[Thing], *, width: int = 320, height: int = 240, seed: int = 1
) -> Callable[[int], np.ndarray]:
    """`draw(frame)`: the things over a still ground, later ones before earlier ones, with a little noise."""
    ground = pattern(seed, height, width, low=20, high=120)

    def draw(frame: int) -> np.ndarray:
        picture = ground.copy()
        for thing in things:
            thing.paint(picture, frame)
        noise = np.random.default_rng([seed, frame]).normal(0, 3, picture.shape)
        return (picture + noise).clip(0, 255).astype(np.uint8)

    return draw
