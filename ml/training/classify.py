"""The classification task: softmax over one tag a picture."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ml.contracts import Dataset, ImagePrediction
from ml.data.augment import single
from ml.data.cache import SampleCache
from ml.errors import TrainingError
from ml.evaluation.classification import classification_report
from ml.models.classifier import Classifier
from ml.training.ahead import Batch
from ml.training.crew import ALONE, Crew, mixed_precision
from ml.training.held_out import HeldOut
from ml.training.order import StepOrder
from ml.training.tensors import to_input

BATCH = 16
LABEL_SMOOTHING = 0.05
EVALUATION_BATCH = 32
# Milder than the detector's: a tag may hang on the picture's edge.
SCALE = (0.8, 1.25)


class ClassifyTask:
    """Training data, network and evaluation of one classifier."""

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
        self.model: nn.Module = Classifier(len(train.classes)).to(memory_format=torch.channels_last)
        self.cache = SampleCache(train, input_size * 5 // 4)
        self._size = input_size
        self._tagged = [i for i, tag in enumerate(self.cache.tags) if tag >= 0]
        if not self._tagged:
            raise TrainingError("No picture of the data set has a tag to learn from.")
        self._order = StepOrder(len(self._tagged), batch, seed, crew.rank, crew.size)
        self._asked = held_out

    def batch(self, step: int, plain: bool) -> Batch:
        picks = [self._tagged[i] for i in self._order.indices(step)]
        views = [
            single(self._order.rng(step, slot), self.cache.sample(i), self._size, SCALE)
            for slot, i in enumerate(picks)
        ]
        labels = torch.tensor([self.cache.tags[i] for i in picks])
        return {"images": to_input([v.pixels for v in views]), "labels": labels}

    def losses(self, batch: Batch) -> Mapping[str, Tensor]:
        with mixed_precision(self.device):
            logits = self.model(batch["images"])
        return {"class": cross_entropy(logits.float(), batch["labels"], label_smoothing=LABEL_SMOOTHING)}

    @cached_property
    def held_out(self) -> HeldOut:
        """Decoded at the first evaluation, by the process that evaluates."""
        return HeldOut(self._asked or Dataset((), ()), self._size)

    @torch.no_grad()
    def evaluate(self, network: nn.Module) -> Mapping[str, float]:
        truth = self.held_out.dataset
        if not truth.images:
            return {}
        network.eval()
        found = []
        for start in range(0, len(self.held_out.inputs), EVALUATION_BATCH):
            part = self.held_out.inputs[start : start + EVALUATION_BATCH]
            images = to_input([pixels for pixels, _ in part]).to(self.device)
            scores = network(images).softmax(dim=1)
            found += [
                ImagePrediction((), dict(zip(truth.classes, row, strict=True))) for row in scores.tolist()
            ]
        report = classification_report(truth, found)
        return {"val_accuracy": report.accuracy, "val_macro_f1": report.macro_f1}
