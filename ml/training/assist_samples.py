"""Training examples of the assist network: an object out of the sets, a window round it, the first prompt drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ml.data.augment import tint
from ml.data.cache import JPEG_QUALITY, MAX_RAW_BYTES
from ml.data.instances import InstanceMask, InstancePicture
from ml.data.pasted import SIDE_PX, pasted
from ml.data.prompts import Kind, click_in, draw_look, drawn_box
from ml.errors import ImageError, TrainingError
from ml.geometry.arrays import Bytes, Singles
from ml.inference.assist_input import (
    BOX,
    CLICKS_IN,
    INPUT_CHANNELS,
    PAD_VALUE,
    Window,
    crop,
    draw_box,
    draw_click,
)
from ml.inference.pictures import picture_load

Rng = np.random.Generator

# Sets count by this power of their objects: the large do not drown the small.
SET_POWER = 0.4
PASTED_SHARE = 0.22
# A picture kept for training has at most this longer side.
KEPT_SIDE_PX = 1280
MIN_MASK_PX = 16
TRIES = 20
GREY_SHARE = 0.2
INVERTED_SHARE = 0.04
BLUR_SHARE = 0.15
NOISE_SHARE = 0.15
QUARTER_TURN_SHARE = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """`image` float32 (7, S, S) with the first prompt, `mask` uint8 (S, S)."""

    image: Singles
    mask: Bytes


class Pictures:
    """The pictures of a training set in memory, beyond a bound as JPEG; unreadable ones are left out and named."""

    def __init__(self, pictures: Sequence[InstancePicture]) -> None:
        self.skipped: list[str] = []
        self.entries: list[tuple[str, tuple[InstanceMask, ...]]] = []
        self._pixels: list[Bytes] = []
        self._bytes = 0
        for picture in pictures:
            self._add(picture)
        if not self.entries:
            raise TrainingError("No picture of the training sets can be read.")

    def __len__(self) -> int:
        return len(self.entries)

    def pixels(self, index: int) -> Bytes:
        """uint8 RGB (H, W, 3); not to be written to."""
        kept = self._pixels[index]
        return kept if kept.ndim == 3 else np.asarray(cv2.imdecode(kept, cv2.IMREAD_COLOR), dtype=np.uint8)

    def _add(self, picture: InstancePicture) -> None:
        try:
            pixels = picture_load(picture.image.path)
        except ImageError as error:
            self.skipped.append(str(error))
            return
        objects = picture.objects
        scale = KEPT_SIDE_PX / max(pixels.shape[:2])
        if scale < 1.0:
            pixels, objects = _reduced(pixels, objects, scale)
        if self._bytes + pixels.nbytes > MAX_RAW_BYTES:
            pixels = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].ravel()
        self._bytes += pixels.nbytes
        self._pixels.append(np.asarray(pixels, dtype=np.uint8))
        self.entries.append((picture.source, objects))


class Sampler:
    """Draws examples; what it draws depends on the generator given alone."""

    def __init__(self, pictures: Pictures, pasted_share: float = PASTED_SHARE) -> None:
        self.pictures = pictures
        self._pasted_share = pasted_share
        self._objects = [(i, o) for i, (_, objects) in enumerate(pictures.entries) for o in objects]
        sources = [pictures.entries[i][0] for i, _ in self._objects]
        counts = {name: sources.count(name) for name in set(sources)}
        weights = np.array([counts[name] ** (SET_POWER - 1.0) for name in sources])
        self._ends = np.cumsum(weights / weights.sum())

    def example(self, rng: Rng, size: int) -> Example:
        """One example of `size` x `size`. Raises TrainingError where no object can be shown."""
        for _ in range(TRIES):
            found = self._made_up(rng) if rng.random() < self._pasted_share else self._real(rng)
            shown = None if found is None else _shown(rng, *found, size)
            if shown is not None:
                return shown
        raise TrainingError("The objects of the training sets are too small to be shown.")

    def _real(self, rng: Rng) -> tuple[Bytes, InstanceMask]:
        pick = min(int(np.searchsorted(self._ends, rng.random())), len(self._objects) - 1)
        index, target = self._objects[pick]
        return self.pictures.pixels(index), target

    def _made_up(self, rng: Rng) -> tuple[Bytes, InstanceMask] | None:
        return pasted(rng, self._texture(rng), self._texture(rng))

    def _texture(self, rng: Rng) -> Bytes:
        pixels = self.pictures.pixels(int(rng.integers(len(self.pictures))))
        height, width = pixels.shape[:2]
        side = max(int(min(height, width) * rng.uniform(0.25, 0.9)), 8)
        window = Window(int(rng.integers(width - side + 1)), int(rng.integers(height - side + 1)), side)
        return crop(pixels, window, SIDE_PX)


def _shown(rng: Rng, pixels: Bytes, target: InstanceMask, size: int) -> Example | None:
    look = draw_look(rng, target)
    image = crop(pixels, look.window, size)
    place = Window(look.window.left - target.left, look.window.top - target.top, look.window.side)
    mask = (crop(target.pixels * np.uint8(255), place, size, fill=0) > 127).astype(np.uint8)
    if int(mask.sum()) < MIN_MASK_PX:
        return None
    image = _recoloured(rng, image)
    _repad(image, look.window, pixels.shape)
    image, mask = _turned(rng, image, mask)
    shown = np.zeros((INPUT_CHANNELS, size, size), dtype=np.float32)
    shown[:3] = image.transpose(2, 0, 1)
    shown[:3] *= 1.0 / 255.0
    if look.kind is Kind.BOX:
        box = drawn_box(rng, mask)
        draw_box(shown[BOX], (box.x1, box.y1, box.x2, box.y2))
    else:
        point = (size / 2, size / 2) if look.kind is Kind.CLICK else click_in(rng, mask)
        if point is None:
            return None
        draw_click(shown[CLICKS_IN], *point)
    return Example(shown, mask)


def _repad(image: Bytes, window: Window, shape: tuple[int, ...]) -> None:
    """Beyond the picture the crop is the same grey as when people work, whatever was done to the colours."""
    left, top = (round(v) for v in window.point(0, 0, image.shape[0]))
    right, bottom = (round(v) for v in window.point(shape[1], shape[0], image.shape[0]))
    image[: max(top, 0)] = PAD_VALUE
    image[max(bottom, 0) :] = PAD_VALUE
    image[:, : max(left, 0)] = PAD_VALUE
    image[:, max(right, 0) :] = PAD_VALUE


def _turned(rng: Rng, image: Bytes, mask: Bytes) -> tuple[Bytes, Bytes]:
    if rng.random() < 0.5:
        image, mask = image[:, ::-1], mask[:, ::-1]
    if rng.random() < QUARTER_TURN_SHARE:
        quarters = int(rng.integers(1, 4))
        image, mask = np.rot90(image, quarters), np.rot90(mask, quarters)
    return np.ascontiguousarray(image), np.ascontiguousarray(mask)


def _recoloured(rng: Rng, image: Bytes) -> Bytes:
    image = tint(rng, image)
    if rng.random() < GREY_SHARE:
        image = np.asarray(
            cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), dtype=np.uint8
        )
    if rng.random() < INVERTED_SHARE:
        image = 255 - image
    if rng.random() < BLUR_SHARE:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 1.6)), dtype=np.uint8)
    if rng.random() < NOISE_SHARE:
        noise = rng.normal(0, rng.uniform(3, 14), image.shape)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    return image


def _reduced(
    pixels: Bytes, objects: tuple[InstanceMask, ...], scale: float
) -> tuple[Bytes, tuple[InstanceMask, ...]]:
    kept = []
    for item in objects:
        rows, columns = (max(round(n * scale), 1) for n in item.pixels.shape)
        small = cv2.resize(item.pixels, (columns, rows), interpolation=cv2.INTER_NEAREST)
        kept.append(
            InstanceMask(round(item.left * scale), round(item.top * scale), np.asarray(small, dtype=np.uint8))
        )
    height, width = pixels.shape[:2]
    shape = (max(round(width * scale), 1), max(round(height * scale), 1))
    return np.asarray(cv2.resize(pixels, shape, interpolation=cv2.INTER_AREA), dtype=np.uint8), tuple(kept)
