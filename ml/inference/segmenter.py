"""One picture, a few clicks, one mask: the door every segmenter stands behind.

`encode` is done once a picture and may be slow; `decode` answers prompts and must be quick.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ml.contracts import Box
from ml.errors import GeometryError, ImageError


@dataclass(frozen=True, slots=True)
class PromptPoint:
    """A click at (x, y) picture pixels: on the object (`inside`) or on what is not it."""

    x: float
    y: float
    inside: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Prompts:
    """What a person showed: clicks, a box, the part of the picture in view, and the mask before.

    `viewport` is what the person sees; a click names an object about that size, so segmenters without training
    look no further. `previous` is `Segmentation.low_res[k]` of the answer being corrected.
    """

    points: tuple[PromptPoint, ...] = ()
    box: Box | None = None
    viewport: Box | None = None
    previous: NDArray[np.float32] | None = None

    @property
    def inside_points(self) -> tuple[tuple[float, float], ...]:
        return tuple((p.x, p.y) for p in self.points if p.inside)

    @property
    def outside_points(self) -> tuple[tuple[float, float], ...]:
        return tuple((p.x, p.y) for p in self.points if not p.inside)


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What `encode` made of one upright picture of `width` x `height` pixels.

    `array` is float16 (C, h, w) for a network; `segmenter` is the `key` of the segmenter that made it.
    """

    array: NDArray[np.float16] | NDArray[np.uint8]
    height: int
    width: int
    segmenter: str

    def to_bytes(self) -> bytes:
        """The array raw, C order, little-endian; `Segmenter.restore` takes it back."""
        return self.array.astype(self.array.dtype.newbyteorder("<"), copy=False).tobytes()


@dataclass(frozen=True, slots=True, eq=False)
class Segmentation:
    """Answers to one prompt, best first.

    `masks` bool (K, height, width) of the whole picture; `scores` float32 (K,), an estimate of IoU in 0..1;
    `low_res` float32 (K, h, w) logits to hand back as `Prompts.previous`, None where a segmenter has none.
    """

    masks: NDArray[np.bool_]
    scores: NDArray[np.float32]
    low_res: NDArray[np.float32] | None = None


class Segmenter(Protocol):
    """`key` names model and version (features of another key are refused); `basic` ones say so on the screen
    and need no stored features, for encoding costs nothing."""

    @property
    def key(self) -> str: ...

    @property
    def basic(self) -> bool: ...

    def encode(self, image_rgb: NDArray[np.uint8]) -> Features:
        """Features of a uint8 (H, W, 3) picture. Raises ImageError for another shape."""
        ...

    def restore(self, data: bytes, height: int, width: int) -> Features:
        """Features from `Features.to_bytes()`. Raises ImageError if they are not this segmenter's."""
        ...

    def decode(self, features: Features, prompts: Prompts) -> Segmentation:
        """Masks for a prompt. Raises GeometryError for a prompt that names nothing."""
        ...


def picture_check(image_rgb: NDArray[np.uint8]) -> None:
    """Raise ImageError unless the array is a uint8 (H, W, 3) picture with pixels in it."""
    if image_rgb.ndim != 3 or image_rgb.shape[2] != 3 or image_rgb.dtype != np.uint8 or not image_rgb.size:
        raise ImageError(f"Expected a uint8 RGB picture, got {image_rgb.dtype} {image_rgb.shape}.")


def prompts_check(prompts: Prompts, features: Features, key: str) -> None:
    """Raise GeometryError for a prompt that names nothing in the picture, ImageError for foreign features."""
    if features.segmenter != key:
        raise ImageError(f"These features were made by {features.segmenter}, not by {key}.")
    if prompts.box is None and not prompts.inside_points:
        raise GeometryError("Show the object first: a box, or a click on it.")
    box = prompts.box
    for area in (box, prompts.viewport):
        if area is not None and not np.isfinite([area.x1, area.y1, area.x2, area.y2]).all():
            raise GeometryError("A corner of the box or of the view is not a finite number.")
    if box is not None:
        width = min(box.x2, features.width) - max(box.x1, 0.0)
        height = min(box.y2, features.height) - max(box.y1, 0.0)
        if width < 1.0 or height < 1.0:
            raise GeometryError("The box covers less than a pixel of the picture.")
    for point in prompts.points:
        if not (0.0 <= point.x <= features.width and 0.0 <= point.y <= features.height):
            raise GeometryError("A click lies outside the picture.")
