"""Screens pictures for what good ones do not look like, and tells on known defects how far that can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.anomaly.encoders import CELL_PX, Encoder, Maps
from ml.anomaly.memory import CONSIDERED_PATCHES, PatchMemory, memory_fit, picture_score
from ml.anomaly.proposals import proposals, threshold_of
from ml.contracts import Box, Prediction
from ml.evaluation.figures import auroc

# Larger pictures are looked at smaller: a defect of less than a cell then goes unseen.
SIDE_MAX_PX = 1024
# Of the good groups so many are not remembered: they set the threshold, and stand against known defects.
ASIDE_SHARE = 0.25
RESAMPLES = 500
HEAT_CELLS_MAX = 48
# A byte of heat at the threshold; twice the threshold is the hottest that is told apart.
HEAT_AT_THRESHOLD = 128


@dataclass(frozen=True, slots=True)
class Telling:
    """AUROC of pictures with a known defect against good ones not remembered, 95 % by resampling groups."""

    auroc: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Look:
    """Heat of a picture's cells (h, w), and the picture's own pixels a cell stands for along each side."""

    heat: NDArray[np.float32]
    cell_px: float

    @property
    def score(self) -> float:
        return picture_score(self.heat)


class Screen:
    """What good pictures look like. `threshold` is the heat that nine of ten good ones stay under."""

    def __init__(self, encoder: Encoder, memory: PatchMemory, threshold: float) -> None:
        self._encoder, self._memory, self.threshold = encoder, memory, threshold

    def look(self, picture: NDArray[np.uint8]) -> Look:
        """Of a uint8 RGB picture (H, W, 3)."""
        return _look(self._memory, maps_of(self._encoder, picture), picture)

    def boxes(self, look: Look, width: int, height: int) -> tuple[Prediction, ...]:
        """Hot places of a picture of `width` by `height` pixels, in them, hottest first."""
        by = look.cell_px / CELL_PX
        found = proposals(look.heat, self.threshold, round(width / by), round(height / by))
        return tuple(Prediction(p.label, p.score, _enlarged(p.box, by)) for p in found)


def maps_of(encoder: Encoder, picture: NDArray[np.uint8]) -> Maps:
    """Features of the picture, shrunk to SIDE_MAX_PX where it is larger."""
    longest = max(picture.shape[:2])
    if longest <= SIDE_MAX_PX:
        return encoder.maps(picture)
    size = [max(1, round(side * SIDE_MAX_PX / longest)) for side in picture.shape[1::-1]]
    return encoder.maps(np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8))


def patches_drawn(maps: Maps, pictures: int, seed: int) -> Maps:
    """(1, n, D): this picture's share of the patches that a memory of so many pictures considers."""
    flat = maps.reshape(1, -1, maps.shape[2])
    share = max(1, CONSIDERED_PATCHES // max(pictures, 1))
    if flat.shape[1] <= share:
        return flat
    return flat[:, np.random.default_rng(seed).choice(flat.shape[1], share, replace=False)]


def screen_fit(
    encoder: Encoder, remembered: Sequence[Maps], aside: Sequence[Maps], seed: int = 0
) -> tuple[Screen, list[float]]:
    """A screen from patches of good pictures, and the scores of good ones set aside.

    `aside` are whole maps. Raises TrainingError without pictures to remember, ValueError without any set aside.
    """
    memory = memory_fit(remembered, seed)
    heats = [memory.heat(maps) for maps in aside]
    return Screen(encoder, memory, threshold_of(heats)), [picture_score(heat) for heat in heats]


def groups_aside(groups: Sequence[str], seed: int) -> set[str]:
    """The groups that are not remembered, at least one where there are two."""
    distinct = sorted(set(groups))
    count = max(1, round(len(distinct) * ASIDE_SHARE)) if len(distinct) > 1 else 0
    order = np.random.default_rng(seed).permutation(len(distinct))
    return {distinct[i] for i in order[:count].tolist()}


def telling(
    good: Sequence[tuple[str, float]], bad: Sequence[tuple[str, float]], seed: int = 0
) -> Telling | None:
    """How well scores tell (group, score) of bad pictures from those of good ones; None where a side is empty."""
    if not good or not bad:
        return None
    rng = np.random.default_rng(seed)
    sides = [_by_group(side) for side in (good, bad)]
    drawn = [auroc(*(_resampled(side, rng) for side in sides)) for _ in range(RESAMPLES)]
    low, high = np.quantile(drawn, (0.025, 0.975)).tolist()
    return Telling(auroc([score for _, score in good], [score for _, score in bad]), low, high)


def heat_bytes(look: Look, threshold: float) -> tuple[bytes, int, int]:
    """Heat as bytes row by row, its columns and rows: HEAT_AT_THRESHOLD at the threshold, peaks kept where it shrinks."""
    rows, columns = look.heat.shape
    step = max(1, -(-max(rows, columns) // HEAT_CELLS_MAX))
    padded = np.pad(look.heat, ((0, -rows % step), (0, -columns % step)), mode="edge")
    small = padded.reshape(padded.shape[0] // step, step, padded.shape[1] // step, step).max(axis=(1, 3))
    told = np.clip(np.rint(small / max(threshold, 1e-9) * HEAT_AT_THRESHOLD), 0, 255).astype(np.uint8)
    return told.tobytes(), told.shape[1], told.shape[0]


def _look(memory: PatchMemory, maps: Maps, picture: NDArray[np.uint8]) -> Look:
    longest = max(picture.shape[:2])
    return Look(memory.heat(maps), CELL_PX * max(1.0, longest / SIDE_MAX_PX))


def _enlarged(box: Box, by: float) -> Box:
    return Box(box.x1 * by, box.y1 * by, box.x2 * by, box.y2 * by)


def _by_group(side: Sequence[tuple[str, float]]) -> list[list[float]]:
    found: dict[str, list[float]] = {}
    for group, score in side:
        found.setdefault(group, []).append(score)
    return list(found.values())


def _resampled(groups: list[list[float]], rng: np.random.Generator) -> list[float]:
    picks = rng.integers(0, len(groups), len(groups)).tolist()
    return [score for pick in picks for score in groups[pick]]
