"""From pictures to the float batch a graph takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Pixels / 255, then (x - MEAN) / STD; the same for every kind of model trained here, and in every manifest.
MEAN, STD = 0.5, 0.25


def to_batch(
    squares: Sequence[NDArray[np.uint8]], mean: Sequence[float], std: Sequence[float], divisor: float = 255.0
) -> NDArray[np.float32]:
    """uint8 (S, S, 3) squares -> float32 (B, 3, S, S), `(x / divisor - mean) / std` by channel."""
    gain = (1.0 / (divisor * np.asarray(std, dtype=np.float64))).astype(np.float32)
    shift = (np.asarray(mean, dtype=np.float64) / np.asarray(std, dtype=np.float64)).astype(np.float32)
    batch = np.empty((len(squares), 3, *squares[0].shape[:2]), dtype=np.float32)
    for i, square in enumerate(squares):
        for channel in range(3):
            np.multiply(square[:, :, channel], gain[channel], out=batch[i, channel])
            batch[i, channel] -= shift[channel]
    return batch
