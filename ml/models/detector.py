"""`site-n`: a small anchor-free detector that learns from scratch on a CPU.

CSP backbone, a two-way feature pyramid and a decoupled head at strides 8, 16 and 32, without objectness.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from ml.models.blocks import Backbone, ConvUnit, CspBlock, embedding_of

STRIDES_PX = (8, 16, 32)
WIDTHS = (16, 32, 64, 128, 192)
DEPTHS = (1, 2, 1, 1)
NECK_WIDTH = 64
# The class branch is narrower than the box branch: it keeps model.onnx under 6 MB.
CLASS_WIDTH = 48
# exp(MAX_LOG_SIZE) strides is over any picture: it only stops an early overflow.
MAX_LOG_SIZE = 5.0
# Sides start at exp(1.2) = 3.3 strides, so that first boxes overlap the truth at some level.
START_LOG_SIZE = 1.2
START_SCORE = 0.01


@dataclass(frozen=True, slots=True)
class HeadOutput:
    """Raw output: `logits` (B, A, classes), `boxes` (B, A, 4) xyxy in input pixels; A anchor points."""

    logits: Tensor
    boxes: Tensor


class Pyramid(nn.Module):
    """Top-down then bottom-up feature pyramid; all three levels leave with `width` channels."""

    def __init__(self, channels: tuple[int, int, int], width: int) -> None:
        super().__init__()
        self.lateral = nn.ModuleList(ConvUnit(c, width, 1) for c in channels)
        self.up = nn.Upsample(scale_factor=2.0, mode="nearest")
        self.down_mix = nn.ModuleList(CspBlock(2 * width, width, 1, shortcut=False) for _ in range(2))
        self.stride_two = nn.ModuleList(ConvUnit(width, width, 3, 2) for _ in range(2))
        self.up_mix = nn.ModuleList(CspBlock(2 * width, width, 1, shortcut=False) for _ in range(2))

    def forward(self, features: tuple[Tensor, Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        p3, p4, p5 = (layer(f) for layer, f in zip(self.lateral, features, strict=True))
        mid = self.down_mix[0](torch.cat([self.up(p5), p4], dim=1))
        fine = self.down_mix[1](torch.cat([self.up(mid), p3], dim=1))
        mid = self.up_mix[0](torch.cat([self.stride_two[0](fine), mid], dim=1))
        coarse = self.up_mix[1](torch.cat([self.stride_two[1](mid), p5], dim=1))
        return fine, mid, coarse


class LevelHead(nn.Module):
    """Decoupled head of one level: class logits and four box numbers a cell."""

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.class_stem = nn.Sequential(ConvUnit(width, CLASS_WIDTH), ConvUnit(CLASS_WIDTH, CLASS_WIDTH))
        self.box_stem = nn.Sequential(ConvUnit(width, width), ConvUnit(width, width))
        self.class_out = nn.Conv2d(CLASS_WIDTH, classes, 1)
        self.box_out = nn.Conv2d(width, 4, 1)
        nn.init.constant_(_bias(self.class_out), math.log(START_SCORE / (1 - START_SCORE)))
        with torch.no_grad():
            _bias(self.box_out).copy_(torch.tensor([0.0, 0.0, START_LOG_SIZE, START_LOG_SIZE]))

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Class logits (B, cells, classes) and box numbers (B, cells, 4)."""
        return rows(self.class_out(self.class_stem(x))), rows(self.box_out(self.box_stem(x)))


class Detector(nn.Module):
    """Detector for inputs (B, 3, H, W) with both sides multiples of 32; it learns on square ones."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.backbone = Backbone(WIDTHS, DEPTHS)
        self.pyramid = Pyramid((WIDTHS[2], WIDTHS[3], WIDTHS[4]), NECK_WIDTH)
        self.heads = nn.ModuleList(LevelHead(NECK_WIDTH, classes) for _ in STRIDES_PX)

    def forward(self, x: Tensor) -> HeadOutput:
        return self._head(self.backbone(x), x.shape[-2:])

    def forward_with_embedding(self, x: Tensor) -> tuple[HeadOutput, Tensor]:
        """As `forward`, and unit embeddings (B, D)."""
        features = self.backbone(x)
        return self._head(features, x.shape[-2:]), embedding_of(features)

    def _head(self, features: tuple[Tensor, Tensor, Tensor], input_shape: torch.Size) -> HeadOutput:
        outs = [head(f) for head, f in zip(self.heads, self.pyramid(features), strict=True)]
        # Boxes of a few hundred pixels need more digits than the half precision of a GPU has.
        logits = torch.cat([o[0] for o in outs], dim=1).float()
        raw = torch.cat([o[1] for o in outs], dim=1).float()
        centres, strides = anchor_points(*input_shape)
        return HeadOutput(logits, decode(raw, centres.to(raw), strides.to(raw)))


class FindsBoxes(Protocol):
    """What a detector offers to be exported."""

    def forward_with_embedding(self, x: Tensor, /) -> tuple[HeadOutput, Tensor]: ...


class ExportedDetector(nn.Module):
    """What goes into `model.onnx`: `boxes` (B, A, 4) input pixels, `scores` (B, A, classes), `embedding`."""

    def __init__(self, detector: FindsBoxes) -> None:
        super().__init__()
        self.detector = detector

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        out, embedding = self.detector.forward_with_embedding(images)
        return out.boxes, out.logits.sigmoid(), embedding


def anchor_points(height: int, width: int) -> tuple[Tensor, Tensor]:
    """Centres (A, 2) and strides (A, 1) in input pixels of an input of these sides, fine level first, row-major."""
    centres, strides = [], []
    for stride in STRIDES_PX:
        rows_px, columns_px = (
            (torch.arange(side // stride, dtype=torch.float32) + 0.5) * stride for side in (height, width)
        )
        y, x = torch.meshgrid(rows_px, columns_px, indexing="ij")
        centres.append(torch.stack([x, y], dim=-1).reshape(-1, 2))
        # Not by `len`: an exported graph would keep one picture's number of points.
        strides.append(torch.full_like(centres[-1][:, :1], float(stride)))
    return torch.cat(centres), torch.cat(strides)


def decode(raw: Tensor, centres: Tensor, strides: Tensor) -> Tensor:
    """Boxes (B, A, 4) xyxy from offsets and log sizes in strides. The centre may leave its cell, so that
    a point beside a very small object can still describe it."""
    middle = centres + raw[..., :2] * strides
    half = raw[..., 2:].clamp(max=MAX_LOG_SIZE).exp() * strides * 0.5
    return torch.cat([middle - half, middle + half], dim=-1)


def rows(level: Tensor) -> Tensor:
    """(B, c, h, w) -> (B, h * w, c)."""
    return level.flatten(2).transpose(1, 2)


def _bias(layer: nn.Conv2d) -> Tensor:
    assert layer.bias is not None
    return layer.bias
