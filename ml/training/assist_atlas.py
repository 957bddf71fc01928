"""Pictures of any size in one flat tensor, sampled at arbitrary places many at a time, on a CPU or a GPU alike."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ml.geometry.arrays import Bytes

# Each picture is kept with copies of half, a quarter … its size, so that a far view of it is smooth.
LEVELS = 6


class Atlas:
    """uint8 pictures, all (H, W) or all (H, W, 3), kept flat on `device`; level 0 is the picture itself."""

    def __init__(self, pictures: Iterable[Bytes], device: torch.device) -> None:
        parts: list[NDArray[np.uint8] | NDArray[np.int32]] = []
        rows: list[list[tuple[int, int, int]]] = []
        start = 0
        for picture in pictures:
            row = []
            for copy in _copies(picture):
                height, width = copy.shape[:2]
                row.append((start, height, width))
                parts.append(_packed(copy))
                start += height * width
            rows.append(row)
        self.flat = torch.from_numpy(np.concatenate(parts)).to(device)
        # (N, LEVELS, 3): first pixel, height, width.
        self.table = torch.tensor(rows, device=device)
        # (N, 2): height, width in pixels.
        self.sizes = self.table[:, 0, 1:].float()

    def __len__(self) -> int:
        return len(self.table)

    def sample(self, which: Tensor, x: Tensor, y: Tensor, step_px: Tensor) -> tuple[Tensor, Tensor]:
        """Values float (B, C, S, S) in 0..1 and bool (B, S, S), whether the place lies in the picture.

        `which` (B,) pictures, `x`, `y` (B, S, S) places in their pixels (0.5 is the middle of the first),
        `step_px` (B,) picture pixels from one place to the next. Beyond the picture its border goes on.
        """
        level = step_px.clamp(min=1.0).log2().round().long().clamp(max=LEVELS - 1)
        start, height, width = (v[:, None, None] for v in self.table[which, level].unbind(dim=1))
        full_height, full_width = (v[:, None, None] for v in self.sizes[which].unbind(dim=1))
        within = (x >= 0) & (y >= 0) & (x < full_width) & (y < full_height)
        zero = torch.zeros((), device=x.device)
        across = torch.minimum((x * (width / full_width) - 0.5).maximum(zero), width - 1.0)
        down = torch.minimum((y * (height / full_height) - 0.5).maximum(zero), height - 1.0)
        left, top = across.long(), down.long()
        right, bottom = torch.minimum(left + 1, width - 1), torch.minimum(top + 1, height - 1)
        share_x, share_y = (across - left)[..., None], (down - top)[..., None]
        upper, lower = start + top * width, start + bottom * width
        above = torch.lerp(self._at(upper + left), self._at(upper + right), share_x)
        below = torch.lerp(self._at(lower + left), self._at(lower + right), share_x)
        values = torch.lerp(above, below, share_y) / 255.0
        return values.permute(0, 3, 1, 2), within

    def _at(self, index: Tensor) -> Tensor:
        found = self.flat[index][..., None]
        return found.view(torch.uint8)[..., :3].float() if found.dtype == torch.int32 else found.float()


def _packed(picture: Bytes) -> NDArray[np.uint8] | NDArray[np.int32]:
    """A picture flat, one number a pixel: three channels lie in one, so that a look fetches them at once."""
    flat = picture.reshape(-1, 1 if picture.ndim == 2 else picture.shape[2])
    if flat.shape[1] == 1:
        return flat[:, 0]
    padded = np.zeros((len(flat), 4), dtype=np.uint8)
    padded[:, :3] = flat
    return padded.view(np.int32)[:, 0]


def _copies(picture: Bytes) -> list[Bytes]:
    copies = [picture]
    for level in range(1, LEVELS):
        height, width = (max(round(n / 2**level), 1) for n in picture.shape[:2])
        smaller = cv2.resize(copies[-1], (width, height), interpolation=cv2.INTER_AREA)
        copies.append(np.asarray(smaller, dtype=np.uint8))
    return copies
