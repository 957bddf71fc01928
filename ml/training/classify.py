"""The classification task: softmax over one tag a picture."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ml.contracts import Dataset, ImagePrediction
from ml.data.augment import single
from ml.data.cache import SampleCache
from ml.errors import TrainingError
from ml.evaluation.classification import classification_report
from ml.inference.letterbox import letterbox
from ml.inference.pictures import picture_load
from ml.models.classifier import Classifier
from ml.training.loop import Batch
from ml.training.order import StepOrder
from ml.training.tensors import to_input

BATCH = 16
LABEL_SMOOTHING = 0.05
EVALUATION_BATCH = 32
# Milder than the detector's: a tag may hang on the picture's edge.
SCALE = (0.8, 1.25)


class ClassifyTask:
    """Training data, network and evaluation of one classifier."""

    def __init__(self, train: Dataset, held_out: Dataset | None, input_size: int, seed: int) -> None:
        self.model: nn.Module = Classifier(len(train.classes)).to(memory_format=torch.channels_last)
        self.cache = SampleCache(train, input_size * 5 // 4)
        self._size = input_size
        self._tagged = [i for i, tag in enumerate(self.cache.tags) if tag >= 0]
        if not self._tagged:
            raise TrainingError("No picture of the data set has a tag to learn from.")
        self._order = StepOrder(len(self._tagged), BATCH, seed)
        self._held_out = held_out if held_out is not None and held_out.images else None
        self._inputs: list[NDArray[np.uint8]] = []

    def batch(self, step: int, plain: bool) -> Batch:
        rng = self._order.rng(step)
        picks = [self._tagged[i] for i in self._order.indices(step)]
        views = [single(rng, self.cache.sample(i), self._size, SCALE) for i in picks]
        labels = torch.tensor([self.cache.tags[i] for i in picks])
        return {"images": to_input([v.pixels for v in views]), "labels": labels}

    def losses(self, batch: Batch) -> Mapping[str, Tensor]:
        logits = self.model(batch["images"])
        return {"class": cross_entropy(logits, batch["labels"], label_smoothing=LABEL_SMOOTHING)}

    @torch.no_grad()
    def evaluate(self, network: nn.Module) -> Mapping[str, float]:
        if self._held_out is None:
            return {}
        if not self._inputs:
            self._inputs = [
                letterbox(picture_load(i.image.path), self._size)[0] for i in self._held_out.images
            ]
        network.eval()
        found = []
        for start in range(0, len(self._inputs), EVALUATION_BATCH):
            scores = network(to_input(self._inputs[start : start + EVALUATION_BATCH])).softmax(dim=1)
            found += [
                ImagePrediction((), dict(zip(self._held_out.classes, row, strict=True)))
                for row in scores.tolist()
            ]
        report = classification_report(self._held_out, found)
        return {"val_accuracy": report.accuracy, "val_macro_f1": report.macro_f1}
