"""The instance segmentation task: the detector's, with a mask for each object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ml.contracts import Dataset, ImagePrediction
from ml.data.augment import Augmented
from ml.data.cache import Outline
from ml.evaluation.detection import instance_report
from ml.evaluation.score import EVALUATION_MIN_SCORE
from ml.inference.instances import instances_decode
from ml.inference.letterbox import Fit
from ml.models.detector_assign import Truth
from ml.models.instance import MASK_STRIDE_PX, InstanceNet
from ml.models.instance_loss import instance_loss
from ml.training.ahead import Batch
from ml.training.crew import mixed_precision
from ml.training.detect import DetectTask
from ml.training.tensors import to_input

# Sub-pixel bits of OpenCV's polygon filling.
_SHIFT = 8


class InstanceTask(DetectTask):
    """Training data, network and evaluation of one instance segmenter."""

    # A pasted object would have to be taken out of the masks below it.
    pastes = False

    def network(self, classes: int) -> nn.Module:
        return InstanceNet(classes)

    def losses(self, batch: Batch) -> Mapping[str, Tensor]:
        truth = Truth(batch["boxes"], batch["labels"], batch["real"], batch["ignored"])
        with mixed_precision(self.device):
            out = self.model(batch["images"])
        return instance_loss(out, truth, batch["masks"], batch["outlined"], batch["images"].shape[-1])

    def evaluate(self, network: nn.Module) -> Mapping[str, float]:
        if not self.held_out.dataset.images:
            return {}
        report = instance_report(self.held_out.dataset, self.predict(network, self.held_out))
        per_class = {f"val_mask_ap50_{name}": m.mask_ap50 for name, m in report.per_class.items()}
        return {"val_mask_ap50": report.mask_ap50, "val_ap50": report.ap50, **per_class}

    def _labels(self, views: Sequence[Augmented]) -> Batch:
        labels = super()._labels(views)
        size, most = views[0].pixels.shape[0], labels["boxes"].shape[1]
        side = size // MASK_STRIDE_PX
        masks = torch.zeros(len(views), most, side, side)
        outlined = torch.zeros(len(views), most, dtype=torch.bool)
        for i, view in enumerate(views):
            for k, outline in enumerate(view.outlines):
                if outline:
                    outlined[i, k] = True
                    masks[i, k] = torch.from_numpy(cell_shares(outline, size, side))
        return {**labels, "masks": masks, "outlined": outlined}

    def _decode(
        self, network: nn.Module, part: Sequence[tuple[NDArray[np.uint8], Fit]], dataset: Dataset
    ) -> list[ImagePrediction]:
        out = network(to_input([pixels for pixels, _ in part]).to(self.device))
        arrays = [a.cpu() for a in (out.found.boxes, out.found.logits.sigmoid(), out.mixes, out.prototypes)]
        return [
            ImagePrediction(
                instances_decode(
                    tuple(a[i].numpy() for a in arrays),
                    dataset.classes,
                    fit,
                    self._size,
                    EVALUATION_MIN_SCORE,
                )
            )
            for i, (_, fit) in enumerate(part)
        ]


def cell_shares(outline: Outline, size: int, side: int) -> NDArray[np.float32]:
    """Share of each cell (side, side) that rings in a view of `size` px cover, 0..1."""
    canvas = np.zeros((size, size), dtype=np.uint8)
    # OpenCV's integers are pixel centres; ours are pixel corners.
    fixed = [np.round((ring - 0.5) * (1 << _SHIFT)).astype(np.int32) for ring in outline]
    cv2.fillPoly(canvas, fixed, 255, shift=_SHIFT)
    small = cv2.resize(canvas, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.float32) / np.float32(255)
