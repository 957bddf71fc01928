"""Exponential moving average of a network: the averaged weights are what is evaluated and shipped."""

from __future__ import annotations

import copy

import torch
from torch import nn

DECAY = 0.998


class MovingAverage:
    """Keeps `network`, an average of `model`; young averages follow faster."""

    def __init__(self, model: nn.Module) -> None:
        self.network = copy.deepcopy(model).eval().requires_grad_(False)

    @torch.no_grad()
    def update(self, model: nn.Module, step: int) -> None:
        """Blend in `model` after `step` (1-based)."""
        weight = 1.0 - min(DECAY, (1 + step) / (10 + step))
        mine, theirs = self.network.state_dict(), model.state_dict()
        floats = [k for k, v in mine.items() if v.dtype.is_floating_point]
        torch._foreach_lerp_([mine[k] for k in floats], [theirs[k] for k in floats], weight)
        for key in mine.keys() - set(floats):
            mine[key].copy_(theirs[key])
