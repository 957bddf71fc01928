"""`site-seg`: a small semantic segmenter on the detector's backbone that learns from scratch on a CPU."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ml.models.blocks import Backbone, ConvUnit, CspBlock, embedding_of
from ml.models.detector import DEPTHS, WIDTHS

# Input pixels a cell of the answer: finer costs more time than it gains at these sizes.
MAP_STRIDE_PX = 4
DECODER_WIDTH = 48


class SemanticNet(nn.Module):
    """Logits (B, 1 + classes, S / 4, S / 4), the background first, for inputs (B, 3, S, S), S a multiple of 32."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.backbone = Backbone(WIDTHS, DEPTHS)
        self.lateral = nn.ModuleList(ConvUnit(c, DECODER_WIDTH, 1) for c in WIDTHS[1:])
        self.up = nn.Upsample(scale_factor=2.0, mode="nearest")
        self.mix = nn.ModuleList(
            CspBlock(2 * DECODER_WIDTH, DECODER_WIDTH, 1, shortcut=False) for _ in WIDTHS[2:]
        )
        self.class_out = nn.Conv2d(DECODER_WIDTH, 1 + classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self._decode(self.backbone.levels(x))

    def forward_with_embedding(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """As `forward`, and unit embeddings (B, D)."""
        levels = self.backbone.levels(x)
        return self._decode(levels), embedding_of(levels)

    def _decode(self, levels: tuple[Tensor, Tensor, Tensor, Tensor]) -> Tensor:
        """From the coarsest level up, each mixed with the next finer one."""
        sides = [layer(level) for layer, level in zip(self.lateral, levels, strict=True)]
        x = sides[-1]
        for mix, side in zip(self.mix, reversed(sides[:-1]), strict=True):
            x = mix(torch.cat([self.up(x), side], dim=1))
        logits: Tensor = self.class_out(x)
        return logits


class ExportedSemantic(nn.Module):
    """What goes into `model.onnx`: `scores` (B, 1 + classes, S / 4, S / 4), summing to 1 a cell, and `embedding`."""

    def __init__(self, network: SemanticNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        logits, embedding = self.network.forward_with_embedding(images)
        return logits.softmax(dim=1), embedding
