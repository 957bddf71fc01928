"""What an object looks like, as a correlation filter: where in a window it lies, and how much it is still like itself.

A filter over many channels (grey, colour, directions of edges) that answers 1 at the object's middle and 0 around it,
in closed form by Fourier transform (Bolme et al., CVPR 2010; Danelljan et al., BMVC 2014). Half of it stays what the object looked
like where a person drew it, so that the filter cannot drift to something else step by step.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.contracts import Box
from ml.geometry.arrays import Bytes, Floats, Singles

Spectrum = NDArray[np.complex64]

SIDE_PX = 96
CELL_PX = 4
CELLS = SIDE_PX // CELL_PX
DIRECTIONS = 8
# Of the answer wanted, in cells.
PEAK_SIGMA = 1.2
RIDGE = 0.01
# How fast the moving half learns the newest look.
LEARNING_RATE = 0.06
FIRST_SHARE = 0.5


def window_of(box: Box) -> Box:
    """The object with its surroundings: half the sum of its sides more each way."""
    around = (box.width + box.height) / 2
    return Box(box.x1 - around / 2, box.y1 - around / 2, box.x2 + around / 2, box.y2 + around / 2)


class Looks:
    """The looks of one object. Not thread-safe."""

    def __init__(self, picture_rgb: Bytes, box: Box) -> None:
        self._wanted = np.fft.rfft2(_peak()).astype(np.complex64)
        self._hann = np.outer(np.hanning(CELLS), np.hanning(CELLS)).astype(np.float32)
        self._first = self._taught(picture_rgb, box)
        self._now = self._first
        # What the filter answers where it was taught: the scale of all later answers.
        self._top = 1.0
        self._top = max(self.find(picture_rgb, box)[1], 1e-3)

    def find(self, picture_rgb: Bytes, box: Box) -> tuple[tuple[float, float], float]:
        """How far (dx, dy) in picture pixels from the middle of `box` the object lies, and how like itself it is, 0..1."""
        above = FIRST_SHARE * self._first[0] + (1.0 - FIRST_SHARE) * self._now[0]
        below = FIRST_SHARE * self._first[1] + (1.0 - FIRST_SHARE) * self._now[1]
        seen = self._spectrum(picture_rgb, box)
        answer = np.fft.irfft2((above * seen).sum(axis=0) / (below + RIDGE), s=(CELLS, CELLS))
        row, column = np.unravel_index(int(answer.argmax()), answer.shape)
        top = float(answer[row, column])
        dy = _wrapped(row + _between(answer[:, column], int(row)))
        dx = _wrapped(column + _between(answer[row], int(column)))
        window = window_of(box)
        likeness = min(max(top / self._top, 0.0), 1.0)
        return (dx * window.width / CELLS, dy * window.height / CELLS), likeness

    def learn(self, picture_rgb: Bytes, box: Box) -> None:
        """Take the newest look in."""
        above, below = self._taught(picture_rgb, box)
        keep = 1.0 - LEARNING_RATE
        self._now = (keep * self._now[0] + LEARNING_RATE * above, keep * self._now[1] + LEARNING_RATE * below)

    def _taught(self, picture_rgb: Bytes, box: Box) -> tuple[Spectrum, Spectrum]:
        seen = self._spectrum(picture_rgb, box)
        return np.conj(seen) * self._wanted, (seen * np.conj(seen)).sum(axis=0)

    def _spectrum(self, picture_rgb: Bytes, box: Box) -> Spectrum:
        channels = _channels(crop(picture_rgb, window_of(box), SIDE_PX)) * self._hann
        return np.asarray(np.fft.rfft2(channels), dtype=np.complex64)


def crop(picture: Bytes, window: Box, side: int) -> Bytes:
    """The window of uint8 (H, W) or (H, W, 3) at `side` x `side`; beyond the picture its edge goes on."""
    scale_x, scale_y = window.width / side, window.height / side
    # Pixel middles of the crop to those of the picture.
    matrix = np.array(
        [
            [scale_x, 0.0, window.x1 + 0.5 * scale_x - 0.5],
            [0.0, scale_y, window.y1 + 0.5 * scale_y - 0.5],
        ]
    )
    if max(scale_x, scale_y) > 2.0:
        return _shrunk(picture, window, side)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    found = cv2.warpAffine(picture, matrix, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, dtype=np.uint8)


def _shrunk(picture: Bytes, window: Box, side: int) -> Bytes:
    """As `crop` for a large window: every pixel counts, not each second or third."""
    left, top = int(np.floor(window.x1)), int(np.floor(window.y1))
    right, bottom = int(np.ceil(window.x2)), int(np.ceil(window.y2))
    height, width = picture.shape[:2]
    part = picture[max(top, 0) : max(bottom, 1), max(left, 0) : max(right, 1)]
    if not part.size:
        part = picture[-1:, -1:]
    beyond = (
        min(max(-top, 0), bottom - top),
        min(max(bottom - height, 0), bottom - top),
        min(max(-left, 0), right - left),
        min(max(right - width, 0), right - left),
    )
    if any(beyond):
        part = np.asarray(cv2.copyMakeBorder(part, *beyond, cv2.BORDER_REPLICATE), dtype=np.uint8)
    return np.asarray(cv2.resize(part, (side, side), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _channels(picture_rgb: Bytes) -> Singles:
    """float32 (C, CELLS, CELLS): lightness and colour about their mean, then the share of each direction of edges."""
    small = cv2.resize(picture_rgb, (CELLS, CELLS), interpolation=cv2.INTER_AREA)
    plain = cv2.cvtColor(small.astype(np.float32) / 255.0, cv2.COLOR_RGB2Lab) / (100.0, 60.0, 60.0)
    plain = plain - plain.mean(axis=(0, 1))
    grey = cv2.cvtColor(picture_rgb, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255.0
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    strength = np.sqrt(across**2 + down**2)
    turn = (np.arctan2(down, across) / np.pi * DIRECTIONS) % DIRECTIONS
    low = np.floor(turn).astype(np.int64) % DIRECTIONS
    share = (turn - np.floor(turn)).astype(np.float32)
    edges = np.zeros((*grey.shape, DIRECTIONS), dtype=np.float32)
    rows, columns = np.indices(grey.shape)
    edges[rows, columns, low] = strength * (1.0 - share)
    edges[rows, columns, (low + 1) % DIRECTIONS] += strength * share
    edges = edges.reshape(CELLS, CELL_PX, CELLS, CELL_PX, DIRECTIONS).mean(axis=(1, 3))
    around = cv2.blur(np.sqrt((edges**2).sum(axis=2)), (3, 3))
    edges = edges / (around[:, :, None] + 0.05)
    return (
        np.concatenate([plain, edges - edges.mean(axis=(0, 1))], axis=2).transpose(2, 0, 1).astype(np.float32)
    )


def _peak() -> Singles:
    away = np.minimum(np.arange(CELLS), CELLS - np.arange(CELLS)).astype(np.float32)
    return np.asarray(np.exp(-(away[:, None] ** 2 + away[None, :] ** 2) / (2 * PEAK_SIGMA**2)))


def _between(line: Floats, at: int) -> float:
    """Where between its neighbours the top of a line lies, -0.5..0.5: the top of a parabola through three."""
    left, middle, right = (float(line[(at + by) % len(line)]) for by in (-1, 0, 1))
    bend = left - 2.0 * middle + right
    return 0.0 if bend >= 0.0 else min(max(0.5 * (left - right) / bend, -0.5), 0.5)


def _wrapped(cells: float) -> float:
    return cells - CELLS if cells > CELLS / 2 else cells
