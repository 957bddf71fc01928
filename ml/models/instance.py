"""`site-inst`: the small detector with a mask for each object, as a mix of a few prototypes (YOLACT, Bolya 2019).

One pass a picture, however many objects: a mask costs sixteen numbers a point and one map a picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ml.models.blocks import ConvUnit, embedding_of
from ml.models.detector import (
    NECK_WIDTH,
    STRIDES_PX,
    Detector,
    HeadOutput,
    LevelHead,
    anchor_points,
    decode,
    rows,
)

PROTOTYPES = 16
# Input pixels a cell of the prototypes.
MASK_STRIDE_PX = 4


@dataclass(frozen=True, slots=True)
class InstanceOutput:
    """The detector's output, `mixes` (B, A, P) and `prototypes` (B, P, S / 4, S / 4): their product are mask logits."""

    found: HeadOutput
    mixes: Tensor
    prototypes: Tensor


class InstanceHead(LevelHead):
    """A detector's head of one level with the mix of prototypes at each cell."""

    def __init__(self, width: int, classes: int) -> None:
        super().__init__(width, classes)
        self.mix_out = nn.Conv2d(width, PROTOTYPES, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        around = self.box_stem(x)
        logits = rows(self.class_out(self.class_stem(x)))
        return logits, rows(self.box_out(around)), rows(self.mix_out(around))


class InstanceNet(Detector):
    """Instance segmenter for square inputs (B, 3, S, S) with S a multiple of 32."""

    def __init__(self, classes: int) -> None:
        super().__init__(classes)
        self.heads = nn.ModuleList(InstanceHead(NECK_WIDTH, classes) for _ in STRIDES_PX)
        self.prototypes = nn.Sequential(
            ConvUnit(NECK_WIDTH, NECK_WIDTH),
            nn.Upsample(scale_factor=2.0, mode="nearest"),
            ConvUnit(NECK_WIDTH, NECK_WIDTH),
            nn.Conv2d(NECK_WIDTH, PROTOTYPES, 1),
        )

    def forward(self, x: Tensor) -> InstanceOutput:  # type: ignore[override]
        return self._both(self.backbone(x), x.shape[-1])

    def forward_with_embedding(self, x: Tensor) -> tuple[InstanceOutput, Tensor]:  # type: ignore[override]
        """As `forward`, and unit embeddings (B, D)."""
        features = self.backbone(x)
        return self._both(features, x.shape[-1]), embedding_of(features)

    def _both(self, features: tuple[Tensor, Tensor, Tensor], input_size: int) -> InstanceOutput:
        levels = self.pyramid(features)
        outs = [head(f) for head, f in zip(self.heads, levels, strict=True)]
        logits, raw, mixes = (torch.cat([o[i] for o in outs], dim=1).float() for i in range(3))
        centres, strides = anchor_points(input_size, input_size)
        boxes = decode(raw, centres.to(raw), strides.to(raw))
        # Of sixteen products each of order one the sum would start far from even odds.
        prototypes = self.prototypes(levels[0]).float() / math.sqrt(PROTOTYPES)
        return InstanceOutput(HeadOutput(logits, boxes), mixes, prototypes)


class ExportedInstance(nn.Module):
    """What goes into `model.onnx`: a detector's outputs, `mixes` (B, A, P), `prototypes` (B, P, S / 4, S / 4)."""

    def __init__(self, network: InstanceNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        out, embedding = self.network.forward_with_embedding(images)
        return out.found.boxes, out.found.logits.sigmoid(), out.mixes, out.prototypes, embedding
