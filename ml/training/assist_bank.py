"""What an assist network learns from, ready to be looked at: pictures, objects, made-up outlines and surfaces."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import cv2
import numpy as np
import torch
from torch import Tensor

from ml.data.instances import InstanceMask, InstancePicture
from ml.data.made_up import shape, surface
from ml.errors import ImageError, TrainingError
from ml.geometry.arrays import Bytes
from ml.inference.pictures import picture_load
from ml.training.assist_atlas import Atlas

# A picture is kept with at most this longer side, a mask with at most that; all of them smaller where they would
# take more memory than this.
KEPT_SIDE_PX = 1280
MASK_SIDE_PX = 320
MAX_PICTURE_PX = 300_000_000
# Sets count by this power of their objects: the large do not drown the small.
SET_POWER = 0.4


class Bank:
    """Everything on one device.

    Objects come first in `masks`, then `shapes` made-up outlines; pictures first in `pictures`, then `surfaces`.
    `boxes` (N, 4) is left, top, width, height of each mask in pixels of its picture (`owner`); a made-up outline has
    its own pixels and no picture.
    """

    def __init__(
        self, sets: Sequence[InstancePicture], device: torch.device, shapes: int, surfaces: int, seed: int
    ) -> None:
        self.device = device
        self.skipped: list[str] = []
        rng = np.random.default_rng([seed, 2])
        total_px = sum(
            min(1.0, (KEPT_SIDE_PX / max(p.image.width, p.image.height)) ** 2)
            * p.image.width
            * p.image.height
            for p in sets
        )
        side_px = KEPT_SIDE_PX * min(1.0, sqrt(MAX_PICTURE_PX / max(total_px, 1.0)))
        pictures: list[Bytes] = []
        masks: list[Bytes] = []
        rows: list[tuple[float, float, float, float, float, float]] = []
        sources: list[str] = []
        for one in sets:
            try:
                pixels = picture_load(one.image.path)
            except ImageError as error:
                self.skipped.append(str(error))
                continue
            scale = min(1.0, side_px / max(pixels.shape[:2]))
            for item in one.objects:
                masks.append(_small(item.pixels * np.uint8(255), MASK_SIDE_PX / max(item.pixels.shape)))
                rows.append((len(pictures), *_placed(item, scale)))
                sources.append(one.source)
            pictures.append(_small(pixels, scale))
        if not masks:
            raise TrainingError("No picture of the training sets can be read.")
        self.objects, self.real_pictures = len(masks), len(pictures)
        for _ in range(shapes):
            mask = shape(rng)
            area = float(mask.sum()) / 255.0
            masks.append(mask)
            rows.append((-1.0, 0.0, 0.0, float(mask.shape[1]), float(mask.shape[0]), area))
        pictures += [surface(rng) for _ in range(surfaces)]
        self.pictures, self.masks = Atlas(pictures, device), Atlas(masks, device)
        table = torch.tensor(rows, dtype=torch.float32, device=device)
        self.owner = table[:, 0].long()
        self.boxes, self.areas = table[:, 1:5].contiguous(), table[:, 5].contiguous()
        self.ends = torch.from_numpy(_ends(sources)).to(device)

    def pixels(self, objects: Tensor, x: Tensor, y: Tensor, step_px: Tensor) -> tuple[Tensor, Tensor]:
        """The pictures of objects at places (B, S, S) of theirs: (B, 3, S, S) and whether they lie in the picture."""
        return self.pictures.sample(self.owner[objects], x, y, step_px)

    def covers(self, objects: Tensor, x: Tensor, y: Tensor, step_px: Tensor) -> Tensor:
        """How far objects cover places of their pictures: (B, S, S) in 0..1."""
        left, top, width, height = (v[:, None, None] for v in self.boxes[objects].unbind(dim=1))
        rows, columns = self.masks.sizes[objects].unbind(dim=1)
        zoom_x, zoom_y = columns[:, None, None] / width, rows[:, None, None] / height
        step = step_px * torch.maximum(zoom_x, zoom_y)[:, 0, 0]
        values, within = self.masks.sample(objects, (x - left) * zoom_x, (y - top) * zoom_y, step)
        return values[:, 0] * within


def _placed(item: InstanceMask, scale: float) -> tuple[float, float, float, float, float]:
    height, width = item.pixels.shape
    area = float(item.pixels.sum()) * scale * scale
    return item.left * scale, item.top * scale, width * scale, height * scale, area


def _small(pixels: Bytes, scale: float) -> Bytes:
    if scale >= 1.0:
        return pixels
    size = (max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _ends(sources: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Cumulated odds of the objects."""
    counts = {name: sources.count(name) for name in set(sources)}
    weights = np.array([counts[name] ** (SET_POWER - 1.0) for name in sources])
    return np.asarray(np.cumsum(weights / weights.sum()), dtype=np.float32)
