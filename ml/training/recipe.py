"""How a kind of network learns: its rates, decay and clipping."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

LEARNING_RATE = 2e-3
WEIGHT_DECAY = 0.05
CLIP_NORM = 10.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """AdamW's settings. Parameters whose names begin with `slow` learn at `slow_share` of the rate (a trunk that knows pictures)."""

    learning_rate: float = LEARNING_RATE
    weight_decay: float = WEIGHT_DECAY
    clip_norm: float = CLIP_NORM
    slow: str = ""
    slow_share: float = 1.0

    def optimizer(self, model: nn.Module) -> torch.optim.AdamW:
        """AdamW over what learns; norms and biases (one dimension) are not decayed. Each group keeps its `share` of the rate."""
        groups = []
        for is_slow in (False, True):
            for decays in (True, False):
                params = [
                    p
                    for name, p in model.named_parameters()
                    if p.requires_grad and (p.ndim > 1) == decays and self._is_slow(name) == is_slow
                ]
                if params:
                    decay, share = self.weight_decay * decays, self.slow_share if is_slow else 1.0
                    groups.append({"params": params, "weight_decay": decay, "share": share})
        return torch.optim.AdamW(groups, lr=self.learning_rate, fused=True)

    def set_rate(self, optimizer: torch.optim.Optimizer, factor: float) -> float:
        """Set every group's rate to `factor` (0..1) of its own; gives that of the groups that are not slow."""
        for group in optimizer.param_groups:
            group["lr"] = self.learning_rate * factor * group["share"]
        return self.learning_rate * factor

    def _is_slow(self, name: str) -> bool:
        return bool(self.slow) and name.startswith(self.slow)


PLAIN = Recipe()
