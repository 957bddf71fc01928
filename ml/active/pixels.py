"""A segmenter's answer reduced to what selection needs, so that no probability map has to be kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ml.contracts import PixelSummary

# The least sure part of a picture is what a person would correct; a mean over all of it counts background.
UNSURE_SHARE = 0.1
_TINY = 1e-12


def pixel_summary(probabilities: npt.NDArray[np.floating], classes: Sequence[str]) -> PixelSummary:
    """Summary of (C, H, W) probabilities that sum to 1 at each pixel. Raises ValueError for other shapes."""
    if probabilities.ndim != 3 or len(probabilities) != len(classes) or not probabilities.size:
        raise ValueError(f"{len(classes)} maps of probabilities were expected, not {probabilities.shape}.")
    flat = np.asarray(probabilities, dtype=np.float64).reshape(len(classes), -1)
    entropy = -(flat * np.log2(np.maximum(flat, _TINY))).sum(axis=0)
    if len(classes) == 1:
        margin = 1.0 - flat[0]
    else:
        top = np.partition(flat, -2, axis=0)[-2:]
        margin = 1.0 - (top[1] - top[0])
    best = flat.argmax(axis=0)
    one_hot = np.arange(len(classes))[:, None] == best
    shares = np.bincount(best, minlength=len(classes)) / len(best)
    unsure = np.abs(flat - one_hot).mean(axis=1)
    return PixelSummary(
        _least_sure(entropy),
        _least_sure(margin),
        dict(zip(classes, shares.tolist(), strict=True)),
        dict(zip(classes, unsure.tolist(), strict=True)),
    )


def _least_sure(values: npt.NDArray[np.float64]) -> float:
    count = max(1, round(UNSURE_SHARE * len(values)))
    return float(np.partition(values, len(values) - count)[-count:].mean())
