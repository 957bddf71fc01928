"""The detection task: mosaic batches with objects of other pictures, the detector's loss, AP on held-out pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ml.contracts import Dataset, ImagePrediction, Prediction
from ml.data.augment import Augmented, mosaic, single
from ml.data.cache import CACHE_SIDE_PX, Sample, SampleCache
from ml.data.cutouts import cutouts_of, pasted
from ml.evaluation.detection import detection_report
from ml.evaluation.score import EVALUATION_MIN_SCORE
from ml.inference.letterbox import Fit
from ml.inference.postprocess import NMS_IOU, detections_decode
from ml.models.detector import STRIDES_PX, Detector
from ml.models.detector_assign import Truth
from ml.models.detector_loss import detection_loss
from ml.training.ahead import Batch
from ml.training.crew import ALONE, Crew, mixed_precision
from ml.training.held_out import HeldOut
from ml.training.order import StepOrder
from ml.training.tensors import to_input

BATCH = 8
MOSAIC_SHARE = 0.7
# Most steps see less detail, which is cheaper, and the last ones as much as the finished network will; what is small
# anyway is not made smaller.
DRAFT_SHARE, DRAFT_FROM_PX = 0.8, 320
EVALUATION_BATCH = 16


class DetectTask:
    """Training data, network and evaluation of one detector."""

    with_outlines = True
    # Scenes with objects of other pictures, by their outlines.
    pastes = True
    nms_iou = NMS_IOU

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
        self.model = self.network(len(train.classes)).to(memory_format=torch.channels_last)
        self.cache = SampleCache(train, max(CACHE_SIDE_PX, input_size), self.with_outlines)
        self._cutouts = cutouts_of(self.cache) if self.pastes else ()
        self._size = input_size
        self._draft_size = draft_size(input_size)
        self._order = StepOrder(len(self.cache), batch, seed, crew.rank, crew.size)
        self._asked = held_out

    def network(self, classes: int) -> nn.Module:
        """An untrained network of this task."""
        return Detector(classes)

    def batch(self, step: int, plain: bool) -> Batch:
        size = self._size if plain else self._draft_size
        views = [
            self._view(self._order.rng(step, slot), index, plain, size)
            for slot, index in enumerate(self._order.indices(step))
        ]
        return {"images": to_input([v.pixels for v in views]), **self._labels(views)}

    def losses(self, batch: Batch) -> Mapping[str, Tensor]:
        truth = Truth(batch["boxes"], batch["labels"], batch["real"], batch["ignored"])
        with mixed_precision(self.device):
            out = self.model(batch["images"])
        return detection_loss(out, truth, batch["images"].shape[-1])

    def evaluate(self, network: nn.Module) -> Mapping[str, float]:
        if not self.held_out.dataset.images:
            return {}
        report = detection_report(self.held_out.dataset, self.predict(network, self.held_out))
        per_class = {f"val_ap50_{name}": m.ap50 for name, m in report.per_class.items()}
        return {"val_ap50": report.ap50, "val_ap": report.ap, **per_class}

    def _labels(self, views: Sequence[Augmented]) -> Batch:
        return _padded(views)

    def _view(self, rng: np.random.Generator, index: int, plain: bool, size: int) -> Augmented:
        if plain or rng.random() >= MOSAIC_SHARE:
            return single(rng, self._scene(rng, index), size)
        others = rng.integers(0, len(self.cache), size=3)
        picks = [self._scene(rng, i) for i in rng.permutation([index, *others.tolist()])]
        return mosaic(rng, picks, size)

    def _scene(self, rng: np.random.Generator, index: int) -> Sample:
        sample = self.cache.sample(index)
        return pasted(rng, sample, self._cutouts) if self.pastes else sample

    @cached_property
    def held_out(self) -> HeldOut:
        """Decoded at the first evaluation, by the process that evaluates."""
        return HeldOut(self._asked or Dataset((), ()), self._size)

    @torch.no_grad()
    def predict(self, network: nn.Module, pictures: HeldOut) -> list[ImagePrediction]:
        """What `network` says of each picture, in their order; boxes in pixels of the picture."""
        network.eval()
        found: list[ImagePrediction] = []
        for start in range(0, len(pictures.inputs), EVALUATION_BATCH):
            part = pictures.inputs[start : start + EVALUATION_BATCH]
            found += self._decode(network, part, pictures.dataset)
        return found

    def _decode(
        self, network: nn.Module, part: Sequence[tuple[NDArray[np.uint8], Fit]], dataset: Dataset
    ) -> list[ImagePrediction]:
        out = network(to_input([pixels for pixels, _ in part]).to(self.device))
        scores, points = out.logits.sigmoid().cpu().numpy(), out.boxes.cpu().numpy()
        return [
            ImagePrediction(self._found(boxes, score, dataset, fit))
            for (_, fit), boxes, score in zip(part, points, scores, strict=True)
        ]

    def _found(
        self, boxes: NDArray[np.float32], scores: NDArray[np.float32], dataset: Dataset, fit: Fit
    ) -> tuple[Prediction, ...]:
        return detections_decode(boxes, scores, dataset.classes, fit, EVALUATION_MIN_SCORE, self.nms_iou)


def draft_size(input_size: int) -> int:
    """Side in pixels of what most steps of a run for `input_size` see."""
    steps = round(input_size * DRAFT_SHARE / STRIDES_PX[-1])
    return input_size if input_size < DRAFT_FROM_PX else steps * STRIDES_PX[-1]


def _padded(views: Sequence[Augmented]) -> Batch:
    """Boxes of a batch padded to the most a picture has (at least one row)."""
    most = max(1, *(len(v.labels) for v in views))
    boxes = torch.zeros(len(views), most, 4)
    labels = torch.zeros(len(views), most, dtype=torch.int64)
    real = torch.zeros(len(views), most, dtype=torch.bool)
    ignored = torch.zeros(len(views), most, dtype=torch.bool)
    for i, view in enumerate(views):
        count = len(view.labels)
        boxes[i, :count] = torch.from_numpy(view.boxes)
        labels[i, :count] = torch.from_numpy(view.labels)
        ignored[i, :count] = torch.from_numpy(view.ignored)
        real[i, :count] = True
    return {"boxes": boxes, "labels": labels, "real": real, "ignored": ignored}
