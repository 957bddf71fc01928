"""The detection task with a D-FINE: our pictures, batches and evaluation, the published network and loss."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import torch
from torch import Tensor, nn

from ml.contracts import Dataset
from ml.inference.letterbox import PAD_VALUE
from ml.inference.postprocess import NO_SUPPRESSION
from ml.inference.preprocess import MEAN, STD
from ml.models.dfine import DFine
from ml.training.ahead import Batch
from ml.training.crew import ALONE, Crew, mixed_precision
from ml.training.detect import DetectTask

# A step at 640 pixels costs seconds on a CPU: fewer pictures, more steps.
BATCH = 4
SEED_STEP = 1_000_003


class DFineTask(DetectTask):
    """Training data, network and evaluation of one D-FINE."""

    with_outlines = pastes = False
    nms_iou = NO_SUPPRESSION

    def __init__(
        self,
        size: str,
        train: Dataset,
        held_out: Dataset | None,
        input_size: int,
        seed: int,
        crew: Crew = ALONE,
        batch: int = BATCH,
    ) -> None:
        self._size_name, self._seed, self._rank = size, seed, crew.rank
        super().__init__(train, held_out, input_size, seed, crew, batch)

    def network(self, classes: int) -> nn.Module:
        return DFine(self._size_name, classes)

    def batch(self, step: int, plain: bool) -> Batch:
        batch = super().batch(step, plain)
        _hide_ignored(batch)
        # The loss draws noise: of the seed and the step alone, so that a resume repeats it.
        noise = (self._seed * SEED_STEP + step) * SEED_STEP + self._rank
        return {**batch, "noise": torch.tensor(noise % (1 << 62))}

    def losses(self, batch: Batch) -> Mapping[str, Tensor]:
        network = self.model
        assert isinstance(network, DFine)
        devices = [self.device] if self.device.type == "cuda" else []
        with torch.random.fork_rng(devices):
            torch.manual_seed(int(batch["noise"]))
            return network.losses(batch["images"], self._truth(batch), mixed_precision(self.device))

    def _truth(self, batch: Batch) -> list[dict[str, Tensor]]:
        """What each picture shows, boxes as centre and size in shares of the input."""
        found, side = [], batch["images"].shape[-1]
        for boxes, labels, taught in zip(
            batch["boxes"], batch["labels"], batch["real"] & ~batch["ignored"], strict=True
        ):
            corners = boxes[taught] / side
            low, high = corners.split(2, dim=-1)
            found.append(
                {"class_labels": labels[taught], "boxes": torch.cat([(low + high) / 2, high - low], dim=-1)}
            )
        return found


def _hide_ignored(batch: Batch) -> None:
    """Grey out what is neither object nor background: the published loss has no word for it."""
    grey = (PAD_VALUE / 255 - MEAN) / STD
    for image, boxes, real, ignored in zip(
        batch["images"], batch["boxes"], batch["real"], batch["ignored"], strict=True
    ):
        if not bool((real & ignored).any()):
            continue
        hidden = torch.zeros(image.shape[1:], dtype=torch.bool)
        for taught in (False, True):
            for x1, y1, x2, y2 in boxes[real & (ignored != taught)].round().int().tolist():
                hidden[y1:y2, x1:x2] = not taught
        image[:, hidden] = grey


def task_of_size(size: str) -> partial[DFineTask]:
    """The task's constructor for one size, with the signature of `DetectTask`."""
    return partial(DFineTask, size)
