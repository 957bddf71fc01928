"""The semantic segmentation task: cross-entropy and Dice over pixels, IoU on held-out pictures."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, interpolate, one_hot

from ml.contracts import Dataset
from ml.data.label_maps import UNKNOWN, label_map
from ml.data.map_cache import MAP_SIDE_PX, MapCache
from ml.errors import TrainingError
from ml.evaluation.segmentation import confusion_counts, iou_by_class, present_mean
from ml.geometry.arrays import Bytes
from ml.inference.regions import class_map
from ml.models.semantic import SemanticNet
from ml.training.ahead import Batch
from ml.training.crew import ALONE, Crew, mixed_precision
from ml.training.held_out import HeldOut
from ml.training.order import StepOrder
from ml.training.tensors import to_input

BATCH = 8
EVALUATION_BATCH = 16
# Of a class that is this many times rarer than the commonest, or more, a pixel weighs this much's root.
MAX_RARITY = 100.0


class SegmentTask:
    """Training data, network and evaluation of one semantic segmenter."""

    def __init__(
        self,
        train: Dataset,
        held_out: Dataset | None,
        input_size: int,
        seed: int,
        crew: Crew = ALONE,
        batch: int = BATCH,
    ) -> None:
        self.device = crew.device
        self.model: nn.Module = SemanticNet(len(train.classes)).to(memory_format=torch.channels_last)
        self.cache = MapCache(train, max(MAP_SIDE_PX, input_size))
        if not self.cache.counts[1:].any():
            raise TrainingError("No readable picture of the training set has an outlined object.")
        self._size = input_size
        self._order = StepOrder(len(self.cache), batch, seed, crew.rank, crew.size)
        self._weights = class_weights(self.cache.counts).to(self.device)
        self._asked = held_out

    def batch(self, step: int, plain: bool) -> Batch:
        views = [
            self.cache.view(self._order.rng(step, slot), index, self._size)
            for slot, index in enumerate(self._order.indices(step))
        ]
        maps = torch.from_numpy(np.stack([known for _, known in views])).long()
        return {"images": to_input([pixels for pixels, _ in views]), "maps": maps}

    def losses(self, batch: Batch) -> Mapping[str, Tensor]:
        with mixed_precision(self.device):
            logits = self.model(batch["images"])
        return segmentation_loss(logits.float(), batch["maps"], self._weights)

    @cached_property
    def held_out(self) -> HeldOut:
        """Decoded at the first evaluation, by the process that evaluates."""
        return HeldOut(self._asked or Dataset((), ()), self._size)

    @cached_property
    def _maps(self) -> list[Bytes]:
        data = self.held_out.dataset
        return [label_map(i, data.classes, i.image.width, i.image.height) for i in data.images]

    @torch.no_grad()
    def evaluate(self, network: nn.Module) -> Mapping[str, float]:
        """IoU at the size of the pictures, as `python -m ml evaluate` has it."""
        if not self.held_out.dataset.images:
            return {}
        classes = self.held_out.dataset.classes
        counts = np.zeros((1 + len(classes),) * 2, dtype=np.int64)
        network.eval()
        for start in range(0, len(self.held_out.inputs), EVALUATION_BATCH):
            part = self.held_out.inputs[start : start + EVALUATION_BATCH]
            images = to_input([pixels for pixels, _ in part]).to(self.device)
            scores = network(images).softmax(dim=1).cpu().numpy()
            truth = self._maps[start : start + EVALUATION_BATCH]
            for (_, fit), planes, drawn in zip(part, scores, truth, strict=True):
                counts += confusion_counts(drawn, class_map(planes, self._size, fit)[0], len(classes))
        iou = iou_by_class(counts, classes)
        named = {f"val_iou_{name}": value for name, value in iou.items()}
        return {"val_miou": present_mean(counts), **named}


def class_weights(counts: NDArray[np.int64]) -> Tensor:
    """Weight of a pixel by class, mean 1 over all pixels: the root of how much rarer than the commonest class it is."""
    share = counts / max(int(counts.sum()), 1)
    rarity = np.clip(share.max() / np.maximum(share, 1e-12), 1.0, MAX_RARITY)
    weights = np.sqrt(rarity)
    return torch.tensor(weights / float(weights @ share), dtype=torch.float32)


def segmentation_loss(logits: Tensor, maps: Tensor, weights: Tensor) -> dict[str, Tensor]:
    """Cross-entropy over known pixels, and 1 - soft Dice over the batch, mean of the classes in it.

    `logits` (B, C, h, w) are compared at the size of `maps` (B, S, S), 255 where nothing is known.
    """
    full = interpolate(logits, size=maps.shape[-2:], mode="bilinear", align_corners=False)
    known = maps != UNKNOWN
    # Of the weighted mean torch takes the weights of the batch; here those of the whole set count.
    each = cross_entropy(full, maps, weight=weights, ignore_index=UNKNOWN, reduction="sum")
    pixels = known.sum().clamp(min=1)
    probabilities = full.softmax(dim=1) * known.unsqueeze(1)
    truth = one_hot(maps.where(known, 0), full.shape[1]).permute(0, 3, 1, 2) * known.unsqueeze(1)
    both = (probabilities * truth).sum(dim=(0, 2, 3))[1:]
    total = (probabilities.sum(dim=(0, 2, 3)) + truth.sum(dim=(0, 2, 3)))[1:]
    there = truth.sum(dim=(0, 2, 3))[1:] > 0
    dice = 1 - (2 * both + 1) / (total + 1)
    return {"pixel": each / pixels, "dice": (dice * there).sum() / there.sum().clamp(min=1)}
