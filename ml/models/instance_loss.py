"""The instance segmenter's loss: the detector's, and cross-entropy of each answering point's mask inside its object's box."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from ml.models.detector_assign import Assignment, Truth
from ml.models.detector_loss import assigned, assigned_loss
from ml.models.instance import MASK_STRIDE_PX, InstanceOutput

MASK_GAIN = 3.0
# Points a batch whose masks are drawn: bounds the memory of a picture full of small things.
MAX_POINTS = 256


def instance_loss(
    out: InstanceOutput, truth: Truth, masks: Tensor, outlined: Tensor, input_size: int
) -> dict[str, Tensor]:
    """Parts `class`, `box` and `mask`, to be summed.

    `masks` (B, G, S / 4, S / 4) hold the share of each cell that is the object's, 0..1; `outlined` (B, G) where that is known.
    """
    found = assigned(out.found, truth, input_size)
    parts = assigned_loss(out.found, truth, found)
    return {**parts, "mask": MASK_GAIN * _mask_loss(out, truth, found, masks, outlined)}


def _mask_loss(
    out: InstanceOutput, truth: Truth, found: Assignment, masks: Tensor, outlined: Tensor
) -> Tensor:
    """Mean over answering points, each weighted by its quality, of the mean over the cells of its object's box."""
    known = found.positive & outlined.gather(1, found.object_index)
    picture, point = known.nonzero(as_tuple=True)
    quality = found.quality.sum(dim=2)[picture, point]
    if len(picture) > MAX_POINTS:
        best = quality.topk(MAX_POINTS).indices
        picture, point, quality = picture[best], point[best], quality[best]
    owner = found.object_index[picture, point]
    mixes, wanted = out.mixes[picture, point], masks[picture, owner]
    logits = torch.einsum("np,nphw->nhw", mixes, out.prototypes[picture])
    inside = cells_inside(truth.boxes[picture, owner] / MASK_STRIDE_PX, *logits.shape[1:])
    each = binary_cross_entropy_with_logits(logits, wanted, reduction="none") * inside
    mean = each.sum(dim=(1, 2)) / inside.sum(dim=(1, 2)).clamp(min=1.0)
    return (mean * quality).sum() / quality.sum().clamp(min=1.0)


def cells_inside(boxes: Tensor, height: int, width: int) -> Tensor:
    """1 for the cells (n, height, width) that boxes (n, 4) in cells touch, else 0."""
    x = torch.arange(width, device=boxes.device)
    y = torch.arange(height, device=boxes.device)
    across = (x + 1 > boxes[:, None, 0]) & (x < boxes[:, None, 2])
    down = (y + 1 > boxes[:, None, 1]) & (y < boxes[:, None, 3])
    return (down[:, :, None] & across[:, None, :]).float()
