"""`site-judge`: judges a given box of a picture: which class it shows, if any, and where its sides should be."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ml.inference.crops import SIDE_PX
from ml.models.blocks import Backbone, ConvUnit
from ml.models.detector import DEPTHS, WIDTHS

SHAPE_NUMBERS = 4
MIDDLE_WIDTH, DEEP_WIDTH, HIDDEN = 32, 64, 256
# exp of these bounds is how many box sides an edge may be uncertain by.
LOG_SPREAD = (-4.0, 1.0)


@dataclass(frozen=True, slots=True)
class JudgeOutput:
    """`logits` (B, 1 + classes), background first; `offsets` (B, classes, 4): by how many widths and heights of the given
    box its sides x1, y1, x2, y2 should move were it of that class; `log_spread` (B, classes, 4) the log of the mean
    absolute error expected of each, in the same units."""

    logits: Tensor
    offsets: Tensor
    log_spread: Tensor


class BoxJudge(nn.Module):
    """Takes crops (B, 3, SIDE_PX, SIDE_PX) and shapes (B, SHAPE_NUMBERS); see `ml.inference.crops`."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.classes = classes
        self.backbone = Backbone(WIDTHS, DEPTHS)
        self.middle = ConvUnit(WIDTHS[-2], MIDDLE_WIDTH, 1)
        self.deep = ConvUnit(WIDTHS[-1], DEEP_WIDTH, 1)
        cells = MIDDLE_WIDTH * (SIDE_PX // 16) ** 2 + DEEP_WIDTH * (SIDE_PX // 32) ** 2
        self.hidden = nn.Sequential(nn.Linear(cells + SHAPE_NUMBERS, HIDDEN), nn.SiLU(), nn.Dropout(0.2))
        self.class_row = nn.Linear(HIDDEN, 1 + classes)
        self.sides = nn.Linear(HIDDEN, 8 * classes)
        nn.init.zeros_(self.sides.weight)
        nn.init.zeros_(self.sides.bias)

    def forward(self, crops: Tensor, shapes: Tensor) -> JudgeOutput:
        _, p4, p5 = self.backbone(crops)
        flat = torch.cat([self.middle(p4).flatten(1), self.deep(p5).flatten(1), shapes], dim=1)
        hidden = self.hidden(flat)
        sides = self.sides(hidden).reshape(-1, self.classes, 2, 4)
        return JudgeOutput(self.class_row(hidden), sides[:, :, 0], sides[:, :, 1].clamp(*LOG_SPREAD))
