"""The judge's task: labelled boxes as they are and moved on purpose, and places without an object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ml.contracts import Dataset
from ml.data.augment import tint
from ml.data.cache import Sample, SampleCache
from ml.errors import TrainingError
from ml.geometry.boxes import box_clip, box_iou, row_iou
from ml.inference.crops import LEAST_SIDE_PX, crop, offsets_mirrored, shape_of
from ml.models.judge import BoxJudge
from ml.training.ahead import Batch
from ml.training.order import StepOrder
from ml.training.tensors import to_input

# Objects a step, and the boxes looked at in the picture of each: itself, others beside it, a place without one.
OBJECTS, BOXES_EACH = 16, 4
# Kept larger than a detector needs: a small object is looked at closely.
PICTURE_SIDE_PX = 640
LABEL_SMOOTHING = 0.05
OFFSET_WEIGHT = 0.5
# Of the boxes, this share is moved a little (as people draw), the others a side or more by up to this factor of the extent.
LITTLE_SHARE, LITTLE = 0.5, 0.05
FACTOR_MAX = 3.0
# A box moved further shows another thing rather than this one.
CLASS_IOU_MIN = 0.5
EMPTY_IOU_MAX = 0.3
TRIES = 8
NOTHING = -1

Floats = NDArray[np.float64]


class JudgeTask:
    """Training data and network of one judge. `places`: by picture, boxes a detector takes for something, from which
    places without an object are drawn."""

    def __init__(self, train: Dataset, seed: int, places: Sequence[Floats] | None = None) -> None:
        self.model: nn.Module = BoxJudge(len(train.classes)).to(memory_format=torch.channels_last)
        self.cache = SampleCache(train, PICTURE_SIDE_PX)
        self._places = places
        self._objects = [
            (i, j)
            for i in range(len(self.cache))
            for j in np.flatnonzero(~self.cache.sample(i).ignored).tolist()
        ]
        if not self._objects:
            raise TrainingError("No picture of the data set has an object to learn from.")
        self._order = StepOrder(len(self._objects), OBJECTS, seed)

    @property
    def objects(self) -> int:
        """How many it learns from."""
        return len(self._objects)

    def batch(self, step: int, plain: bool) -> Batch:
        rows = []
        for slot, index in enumerate(self._order.indices(step)):
            picture, j = self._objects[index]
            rows += self._views(self._order.rng(step, slot), picture, j)
        crops, shapes, targets, offsets, known, own = zip(*rows, strict=True)
        return {
            "crops": to_input(crops),
            "shapes": torch.from_numpy(np.stack(shapes)),
            "targets": torch.tensor(targets),
            "offsets": torch.from_numpy(np.stack(offsets)),
            "known": torch.tensor(known),
            "own": torch.tensor(own),
        }

    def losses(self, batch: Batch) -> Mapping[str, Tensor]:
        out = self.model(batch["crops"], batch["shapes"])
        known = batch["known"]
        classes = cross_entropy(out.logits[known], batch["targets"][known], label_smoothing=LABEL_SMOOTHING)
        held = batch["own"] >= 0
        rows = torch.arange(len(held))[held], batch["own"][held]
        spread = out.log_spread[rows]
        error = (out.offsets[rows] - batch["offsets"][held]).abs()
        # Laplace: an outlier counts by its distance alone.
        sides = (error * (-spread).exp() + spread).mean()
        return {"class": classes, "sides": OFFSET_WEIGHT * sides}

    def evaluate(self, network: nn.Module) -> Mapping[str, float]:
        return {}

    def _views(self, rng: np.random.Generator, picture: int, j: int) -> list[tuple[object, ...]]:
        sample = self.cache.sample(picture)
        real = np.flatnonzero(~sample.ignored)
        picks = [j, *rng.choice(real, BOXES_EACH - 2).tolist()]
        pixels = tint(rng, sample.pixels) if rng.random() < 0.7 else sample.pixels
        rows = [self._object(rng, sample, pixels, k) for k in picks]
        return [*rows, self._nothing(rng, sample, pixels, picture)]

    def _object(
        self, rng: np.random.Generator, sample: Sample, pixels: NDArray[np.uint8], j: int
    ) -> tuple[object, ...]:
        height, width = pixels.shape[:2]
        true = sample.boxes[j].astype(np.float64)
        given = moved(rng, true, width, height)
        sides = np.tile(given[2:] - given[:2], 2)
        offsets = (true - given) / sides
        label = int(sample.labels[j])
        close = float(row_iou([true], [given])[0]) >= CLASS_IOU_MIN
        return _row(rng, pixels, given, label + 1, offsets, close, label)

    def _nothing(
        self, rng: np.random.Generator, sample: Sample, pixels: NDArray[np.uint8], picture: int
    ) -> tuple[object, ...]:
        height, width = pixels.shape[:2]
        given, free = np.zeros(4), False
        for _ in range(TRIES):
            given = self._place(rng, sample, picture, width, height)
            if free := bool(box_iou([given], sample.boxes).max(initial=0.0) < EMPTY_IOU_MAX):
                break
        return _row(rng, pixels, given, 0, np.zeros(4), free, NOTHING)

    def _place(
        self, rng: np.random.Generator, sample: Sample, picture: int, width: int, height: int
    ) -> Floats:
        """A detector's box, or one as large as an object of the picture anywhere in it."""
        told = self._places[picture] if self._places is not None else ()
        if len(told) and rng.random() < 0.6:
            return moved(rng, told[int(rng.integers(len(told)))], width, height)
        like = sample.boxes[int(rng.integers(len(sample.boxes)))].astype(np.float64)
        size = np.minimum((like[2:] - like[:2]) * np.exp(rng.normal(0, 0.3, 2)), (width, height))
        corner = rng.uniform(0, 1, 2) * (np.array([width, height]) - size)
        return np.concatenate([corner, corner + np.maximum(size, LEAST_SIDE_PX)])


def moved(rng: np.random.Generator, box: Floats, width: int, height: int) -> Floats:
    """The box as somebody else might have drawn it, or with sides that are off by far; on the picture, of some area."""
    w, h = box[2:] - box[:2]
    size = np.array([w, h, w, h])
    found = box + rng.laplace(0, LITTLE / 2, 4) * size
    if rng.random() >= LITTLE_SHARE:
        for side in rng.permutation(4)[: rng.choice([1, 2, 3], p=[0.6, 0.25, 0.15])]:
            extent = size[side] * np.exp(rng.uniform(-1, 1) * np.log(FACTOR_MAX))
            found[side] = found[side - 2] + (extent if side >= 2 else -extent)
    found = box_clip([found], width, height)[0]
    return found if (found[2:] - found[:2]).min() >= LEAST_SIDE_PX else box


def _row(
    rng: np.random.Generator,
    pixels: NDArray[np.uint8],
    given: Floats,
    target: int,
    offsets: Floats,
    known: bool,
    own: int,
) -> tuple[object, ...]:
    flip = bool(rng.random() < 0.5)
    if flip:
        offsets = offsets_mirrored(offsets)
    shape = shape_of(given, pixels.shape[1], pixels.shape[0])
    return crop(pixels, given, flip), shape, target, offsets.astype(np.float32), known, own
