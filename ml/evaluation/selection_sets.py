"""The pools that selection is measured on, as rows of features and class numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from ml.contracts import Box, Dataset, ImageRef
from ml.data.split import group_share
from ml.data.voc import voc_read
from ml.data.yolo import yolo_read
from ml.errors import DatasetError
from ml.evaluation.selection_curves import Floats, Ints, Round
from ml.evaluation.simple_features import simple_features
from ml.inference.pictures import picture_load
from ml.inference.predictor import Predictor

DIGITS_HELD = 600
# Seen by the pool in the long tail's commonest class, and how many times fewer the rarest has.
TAIL_MOST = 110
TAIL_RATIO = 20
HELD_SHARE = 0.4
# A head's box alone shows little of what is on it.
CROP_MARGIN = 0.25
CROP_SIDE_MIN_PX = 12


@dataclass(frozen=True, slots=True)
class PoolSet:
    """A named set. `draw(seed)` gives one split; `budgets` is the grid, the goal is random's figure at each `at`."""

    name: str
    what: str
    draw: Callable[[int], Round]
    budgets: tuple[int, ...]
    at: tuple[int, ...]
    target: float


def digits() -> PoolSet:
    """scikit-learn's 1,797 digits of 8 x 8 pixels: 600 kept aside, the pixels themselves as features."""
    rows, truth = _digits()

    def draw(seed: int) -> Round:
        order = np.random.default_rng(seed).permutation(len(rows))
        return Round(rows, truth, order[DIGITS_HELD:], order[:DIGITS_HELD])

    budgets = (20, 40, 60, 80, 120, 160, 200, 240, 320, 400)
    return PoolSet("digits", "digits, 10 classes alike", draw, budgets, (200, 320, 400), 0.45)


def long_tail() -> PoolSet:
    """Digits whose classes get rarer by turns, the rarest 20 times; which is which changes with the seed."""
    rows, truth = _digits()

    def draw(seed: int) -> Round:
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(rows))
        held, open_ = order[:DIGITS_HELD], order[DIGITS_HELD:]
        pool: list[int] = []
        for place, digit in enumerate(rng.permutation(10).tolist()):
            count = round(TAIL_MOST * TAIL_RATIO ** (-place / 9))
            pool += open_[truth[open_] == digit][:count].tolist()
        return Round(rows, truth, np.array(pool, dtype=np.int64), held)

    budgets = (20, 40, 60, 80, 100, 120, 160, 200, 240, 280)
    return PoolSet(
        "long_tail", "digits, the rarest class 20 times rarer", draw, budgets, (160, 200, 240, 280), 0.40
    )


def helmet_crops(data: Path, predictor: Predictor) -> PoolSet:
    """Heads with and without a helmet from `hardhat_seg`; the photos are split, never their crops."""
    loaded = yolo_read(data / "hardhat_seg").dataset
    rows, truth, photos = _crops(loaded, ("hard_hat", "no_head_wear"), predictor)
    draw = _by_group(rows, truth, photos)
    budgets = (20, 40, 60, 80, 100, 140, 180, 240, 300, 400)
    return PoolSet(
        "helmet_crops", "heads with and without a helmet", draw, budgets, (140, 240, 300, 400), 0.30
    )


def steel_surfaces(data: Path, predictor: Predictor) -> PoolSet:
    """`neu_det`: one of six faults a picture, as its file name says."""
    loaded = voc_read(data / "neu_det").dataset
    names = sorted({item.image.path.stem.rsplit("_", 1)[0] for item in loaded.images})
    rows = _embedded([picture_load(item.image.path) for item in loaded.images], predictor)
    truth = np.array([names.index(item.image.path.stem.rsplit("_", 1)[0]) for item in loaded.images])
    draw = _by_group(rows, truth, [item.image for item in loaded.images])
    budgets = (12, 18, 24, 30, 36, 48, 60, 72, 84, 96, 120)
    return PoolSet("steel_surfaces", "six faults of steel surfaces", draw, budgets, (48, 72, 96, 120), 0.30)


def _digits() -> tuple[Floats, Ints]:
    rows, truth = load_digits(return_X_y=True)
    return rows / 16.0, truth.astype(np.int64)


def _crops(
    dataset: Dataset, classes: Sequence[str], predictor: Predictor
) -> tuple[Floats, Ints, list[ImageRef]]:
    crops: list[NDArray[np.uint8]] = []
    truth: list[int] = []
    photos: list[ImageRef] = []
    for item in dataset.images:
        wanted = [a for a in item.annotations if a.label in classes]
        wanted = [a for a in wanted if min(a.box.width, a.box.height) >= CROP_SIDE_MIN_PX]
        if not wanted:
            continue
        picture = picture_load(item.image.path)
        for a in wanted:
            crops.append(_cut(picture, a.box))
            truth.append(classes.index(a.label))
            photos.append(item.image)
    if not crops:
        raise DatasetError(f"No box of {', '.join(classes)} is there to cut out.")
    return _embedded(crops, predictor), np.array(truth, dtype=np.int64), photos


def _cut(picture: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    mx, my = CROP_MARGIN * box.width, CROP_MARGIN * box.height
    x1, y1 = max(0, int(box.x1 - mx)), max(0, int(box.y1 - my))
    x2, y2 = min(width, int(box.x2 + mx) + 1), min(height, int(box.y2 + my) + 1)
    return np.ascontiguousarray(picture[y1:y2, x1:x2])


def _embedded(pictures: Sequence[NDArray[np.uint8]], predictor: Predictor) -> Floats:
    """The model's embedding beside `simple_features`, as halves of equal weight."""
    seen = np.array([predictor.predict(p, min_score=1.0).embedding for p in pictures], dtype=np.float64)
    plain = np.array([simple_features(p) for p in pictures], dtype=np.float64)
    return np.asarray(np.hstack([_even(seen), _even(plain)]) / np.sqrt(2.0))


def _even(raw: Floats) -> Floats:
    """Each number at mean 0 and deviation 1 over all pictures, rows of about unit length; no label is looked at."""
    return np.asarray((raw - raw.mean(axis=0)) / np.maximum(raw.std(axis=0), 1e-9) / np.sqrt(raw.shape[1]))


def _by_group(rows: Floats, truth: Ints, groups: Sequence[ImageRef]) -> Callable[[int], Round]:
    """Groups kept aside whole, by a hash of their name and the seed."""

    def draw(seed: int) -> Round:
        held = np.array([group_share(g, f"selection-{seed}") for g in groups]) < HELD_SHARE
        return Round(rows, truth, np.flatnonzero(~held), np.flatnonzero(held))

    return draw
