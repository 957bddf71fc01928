"""How well defects are told from good parts without examples: `magnetic_tile`, split by tile. Torch-free."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ml.anomaly.encoders import CELL_PX, Encoder
from ml.anomaly.memory import memory_fit, picture_score
from ml.anomaly.proposals import proposals, threshold_of
from ml.contracts import Box
from ml.errors import DatasetError
from ml.evaluation.figures import auroc
from ml.inference.pictures import picture_load

GOOD = "MT_Free"
FOLDS = 3
# Of the good pictures that are not kept aside, so many set the threshold instead of being remembered.
THRESHOLD_SHARE = 0.25
# Numbers of one tile's exposures follow each other with gaps below this; other tiles lie thousands away or begin anew.
TILE_GAP = 150
MASK_MIN = 128
RESAMPLES = 1000
_NAME = re.compile(r"exp(\d+)_num_(\d+)$")


@dataclass(frozen=True, slots=True)
class Part:
    """One picture: `kind` is its folder, `tile` the same for all exposures of one tile."""

    path: Path
    kind: str
    tile: str

    @property
    def is_good(self) -> bool:
        return self.kind == GOOD

    def mask(self) -> NDArray[np.bool_]:
        """(H, W) where the defect is."""
        with Image.open(self.path.with_suffix(".png")) as opened:
            return np.asarray(opened.convert("L")) >= MASK_MIN


def parts_read(folder: Path) -> list[Part]:
    """Every picture of `magnetic_tile` with its tile. Raises DatasetError."""
    found = []
    for kind in sorted(p for p in folder.glob("MT_*") if p.is_dir()):
        named = [(int(m[2]), int(m[1]), p) for p in kind.glob("*.jpg") if (m := _NAME.search(p.stem))]
        tile, last = 0, (-(10**9), 0)
        for number, exposure, path in sorted(named):
            if number - last[0] >= TILE_GAP or exposure <= last[1]:
                tile += 1
            last = (number, exposure)
            found.append(Part(path, kind.name, f"{kind.name}-{tile}"))
    if not any(p.is_good for p in found) or all(p.is_good for p in found):
        raise DatasetError(f"{folder} has no magnetic tiles with and without defects.")
    return found


@dataclass(frozen=True, slots=True)
class AnomalyReport:
    """AUROC of pictures, its 95 % interval over resampled tiles, by kind of defect, and of cells by the masks.

    `found` is the share of defective pictures with a proposal that meets the defect, `false_alarms` the share of
    good ones with any proposal; both None for what makes no heat map.
    """

    auroc: float
    low: float
    high: float
    by_kind: Mapping[str, float]
    cell_auroc: float | None = None
    found: float | None = None
    false_alarms: float | None = None


@dataclass(frozen=True, slots=True)
class _Scores:
    part: Part
    score: float
    heat: NDArray[np.float32] | None = None
    threshold: float = 0.0


def patches_report(parts: Sequence[Part], encoder: Encoder, seed: int = 0) -> AnomalyReport:
    """Memory of patches, cross-validated over the good tiles; defective ones are never remembered."""
    maps = [encoder.maps(picture_load(p.path)) for p in parts]
    scores = []
    for known, setters, held in _folds(parts, seed):
        memory = memory_fit([maps[i] for i in known], seed)
        threshold = threshold_of([memory.heat(maps[i]) for i in setters])
        for i in held:
            heat = memory.heat(maps[i])
            scores.append(_Scores(parts[i], picture_score(heat), heat, threshold))
    return _report(scores, seed)


def brightness_report(parts: Sequence[Part], seed: int = 0) -> AnomalyReport:
    """The baseline: how far a picture's mean and spread of grey lie from those of good ones, in deviations."""
    figures = np.array([_brightness(picture_load(p.path)) for p in parts])
    scores = []
    for known, setters, held in _folds(parts, seed):
        good = figures[[*known, *setters]]
        away = np.abs(figures - good.mean(axis=0)) / np.maximum(good.std(axis=0), 1e-6)
        scores += [_Scores(parts[i], float(away[i].max())) for i in held]
    return _report(scores, seed)


def _brightness(picture: NDArray[np.uint8]) -> tuple[float, float]:
    return float(picture.mean()), float(picture.std())


def _folds(parts: Sequence[Part], seed: int) -> list[tuple[list[int], list[int], list[int]]]:
    """(remembered, threshold setting, kept aside) of each fold, by index. Defective tiles are kept aside in all."""
    tiles = sorted({p.tile for p in parts if p.is_good})
    order = np.random.default_rng(seed).permutation(len(tiles))
    bad = [i for i, p in enumerate(parts) if not p.is_good]
    found = []
    for fold in range(FOLDS):
        aside = {tiles[t] for t in order[fold::FOLDS]}
        rest = [tiles[t] for t in order if tiles[t] not in aside]
        setting = set(rest[: max(1, round(THRESHOLD_SHARE * len(rest)))])
        good = [i for i, p in enumerate(parts) if p.is_good]
        known = [i for i in good if parts[i].tile not in aside | setting]
        setters = [i for i in good if parts[i].tile in setting]
        found.append((known, setters, [i for i in good if parts[i].tile in aside] + bad))
    return found


def _report(scores: Sequence[_Scores], seed: int) -> AnomalyReport:
    """Folds have memories of their own but one scale of distances, so that their good pictures are pooled."""
    kinds = sorted({s.part.kind for s in scores if not s.part.is_good})
    good = [s.score for s in scores if s.part.is_good]
    by_kind = {k: auroc(good, [s.score for s in scores if s.part.kind == k]) for k in kinds}
    low, high = _interval(scores, seed)
    whole = auroc(good, [s.score for s in scores if not s.part.is_good])
    if scores[0].heat is None:
        return AnomalyReport(whole, low, high, by_kind)
    return AnomalyReport(
        whole,
        low,
        high,
        by_kind,
        _cells(scores),
        float(np.mean([_meets(s) for s in scores if not s.part.is_good])),
        float(np.mean([s.score > s.threshold for s in scores if s.part.is_good])),
    )


def _interval(scores: Sequence[_Scores], seed: int) -> tuple[float, float]:
    """Tiles are resampled, good and bad ones each among themselves: exposures of one tile are not independent."""
    by_tile: dict[bool, dict[str, list[float]]] = {True: {}, False: {}}
    for s in scores:
        by_tile[s.part.is_good].setdefault(s.part.tile, []).append(s.score)
    rng = np.random.default_rng(seed)
    draws = []
    for _ in range(RESAMPLES):
        sides = []
        for side in (True, False):
            tiles = list(by_tile[side].values())
            sides.append([v for i in rng.integers(0, len(tiles), len(tiles)) for v in tiles[i]])
        draws.append(auroc(sides[0], sides[1]))
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)


def _cells(scores: Sequence[_Scores]) -> float:
    """Within defective pictures: cells that are mostly defect against those with none of it."""
    good: list[NDArray[np.float32]] = []
    bad: list[NDArray[np.float32]] = []
    for s in scores:
        if s.part.is_good or s.heat is None:
            continue
        share = _share_of_cells(s.part.mask(), s.heat.shape)
        good.append(s.heat[share == 0.0])
        bad.append(s.heat[share >= 0.5])
    return auroc(np.concatenate(good).tolist(), np.concatenate(bad).tolist())


def _share_of_cells(mask: NDArray[np.bool_], shape: tuple[int, ...]) -> NDArray[np.float64]:
    height, width = shape[0] * CELL_PX, shape[1] * CELL_PX
    padded = np.pad(mask, ((0, max(0, height - mask.shape[0])), (0, max(0, width - mask.shape[1]))))[
        :height, :width
    ]
    return np.asarray(padded.reshape(shape[0], CELL_PX, shape[1], CELL_PX).mean(axis=(1, 3)))


def _meets(s: _Scores) -> bool:
    """Whether any proposed box holds part of the defect."""
    mask = s.part.mask()
    if s.heat is None:
        return False
    boxes = [p.box for p in proposals(s.heat, s.threshold, mask.shape[1], mask.shape[0])]
    return any(bool(_cut(mask, b).any()) for b in boxes)


def _cut(mask: NDArray[np.bool_], box: Box) -> NDArray[np.bool_]:
    return mask[int(box.y1) : int(box.y2), int(box.x1) : int(box.x2)]
