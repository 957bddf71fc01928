"""Pictures as the network's input."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ml.inference.preprocess import MEAN, STD


def to_input(pictures: Sequence[NDArray[np.uint8]]) -> Tensor:
    """uint8 RGB (S, S, 3) pictures -> normalised float (B, 3, S, S), channels last in memory."""
    stacked = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)
    return stacked.float().mul_(1 / (255 * STD)).sub_(MEAN / STD)
