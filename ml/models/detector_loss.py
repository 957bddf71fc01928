"""The detector's loss: class scores against IoU quality, boxes by complete IoU."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from ml.models.detector import HeadOutput, anchor_points
from ml.models.detector_assign import Assignment, Truth, assign

BOX_GAIN = 6.0


def complete_iou(a: Tensor, b: Tensor) -> Tensor:
    """CIoU (n,) of xyxy boxes (n, 4): IoU less centre distance and aspect terms (Zheng 2020)."""
    size_a, size_b = a[:, 2:] - a[:, :2], b[:, 2:] - b[:, :2]
    overlap = (torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])).clamp(min=0).prod(dim=1)
    iou = overlap / (size_a.prod(dim=1) + size_b.prod(dim=1) - overlap).clamp(min=1e-9)
    around = torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])
    apart = (a[:, :2] + a[:, 2:] - b[:, :2] - b[:, 2:]) / 2
    distance = apart.square().sum(dim=1) / around.square().sum(dim=1).clamp(min=1e-9)
    angle = torch.atan2(size_b[:, 0], size_b[:, 1]) - torch.atan2(size_a[:, 0], size_a[:, 1])
    aspect = (4 / math.pi**2) * angle.square()
    with torch.no_grad():
        weight = aspect / (1 - iou + aspect).clamp(min=1e-9)
    return iou - distance - weight * aspect


def detection_loss(out: HeadOutput, truth: Truth, input_size: int) -> dict[str, Tensor]:
    """Parts `class` and `box`, to be summed; both are per unit of assigned quality."""
    return assigned_loss(out, truth, assigned(out, truth, input_size))


def assigned(out: HeadOutput, truth: Truth, input_size: int) -> Assignment:
    """Which points answer for which object, by what the network says so far."""
    centres, strides = (points.to(out.boxes) for points in anchor_points(input_size, input_size))
    return assign(out.logits.detach().sigmoid(), out.boxes.detach(), truth, centres, strides)


def assigned_loss(out: HeadOutput, truth: Truth, found: Assignment) -> dict[str, Tensor]:
    """As `detection_loss`, for points already assigned."""
    total = found.quality.sum().clamp(min=1.0)
    per_point = binary_cross_entropy_with_logits(out.logits, found.quality, reduction="none")
    class_loss = (per_point * found.counted[:, :, None]).sum() / total
    predicted = out.boxes[found.positive]
    index = found.object_index[:, :, None].expand(-1, -1, 4)
    wanted = truth.boxes.gather(1, index)[found.positive]
    weight = found.quality.sum(dim=2)[found.positive]
    box_loss = ((1 - complete_iou(predicted, wanted)) * weight).sum() / total
    return {"class": class_loss, "box": BOX_GAIN * box_loss}
