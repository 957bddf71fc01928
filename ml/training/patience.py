"""Early stop: enough once a figure on held-out pictures has not risen for some evaluations; the best weights are kept."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn


class Patience:
    """Watches the first figure of each evaluation. With `evaluations` 0 it never has enough, and keeps nothing."""

    def __init__(self, evaluations: int) -> None:
        self._evaluations = evaluations
        self.best = -1.0
        self.stale = 0
        self.weights: dict[str, Tensor] = {}

    @property
    def is_on(self) -> bool:
        return self._evaluations > 0

    @property
    def has_enough(self) -> bool:
        return self.is_on and self.stale >= self._evaluations

    def look(self, figures: Mapping[str, float], network: nn.Module) -> None:
        """Take note of one evaluation of `network`; without a figure there is nothing to wait for."""
        if not self.is_on or not figures:
            return
        figure = next(iter(figures.values()))
        if figure > self.best:
            self.best, self.stale = figure, 0
            self.weights = {k: v.detach().clone() for k, v in network.state_dict().items()}
        else:
            self.stale += 1

    @torch.no_grad()
    def put_back(self, network: nn.Module) -> None:
        """Give `network` the best weights seen, if any were kept."""
        if self.weights:
            network.load_state_dict(self.weights)
