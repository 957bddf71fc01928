"""Task-aligned assignment: which anchor points answer for which object, and with what quality."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

TOP_POINTS = 10
SCORE_POWER = 0.5
IOU_POWER = 6.0
CENTRE_RADIUS_STRIDES = 1.5


@dataclass(frozen=True, slots=True)
class Truth:
    """Padded objects of a batch: `boxes` (B, G, 4) input pixels, `labels` (B, G), `real` (B, G) bool;
    `ignored` (B, G) marks regions that are neither object nor background."""

    boxes: Tensor
    labels: Tensor
    real: Tensor
    ignored: Tensor


@dataclass(frozen=True, slots=True)
class Assignment:
    """`quality` (B, A, C) class targets 0..1; `positive` (B, A); `object_index` (B, A), valid where positive;
    `counted` (B, A) is False where the class loss must not look."""

    quality: Tensor
    positive: Tensor
    object_index: Tensor
    counted: Tensor


def pairwise_iou(a: Tensor, b: Tensor) -> Tensor:
    """IoU (B, G, A) of boxes a (B, G, 4) and b (B, A, 4), xyxy."""
    low = torch.maximum(a[:, :, None, :2], b[:, None, :, :2])
    high = torch.minimum(a[:, :, None, 2:], b[:, None, :, 2:])
    overlap = (high - low).clamp(min=0).prod(dim=-1)
    area_a = (a[..., 2:] - a[..., :2]).prod(dim=-1)[:, :, None]
    area_b = (b[..., 2:] - b[..., :2]).prod(dim=-1)[:, None, :]
    return overlap / (area_a + area_b - overlap).clamp(min=1e-9)


@torch.no_grad()
def assign(scores: Tensor, boxes: Tensor, truth: Truth, centres: Tensor, strides: Tensor) -> Assignment:
    """Assign points to objects by score^.5 · IoU^6 within 1.5 strides of an object's centre.

    scores (B, A, C) 0..1; boxes (B, A, 4); centres (A, 2) and strides (A, 1) in input pixels. A point wanted
    by several objects goes to the one it overlaps most. Quality is the metric scaled per object so
    that its best point gets the object's best IoU (TOOD, Feng 2021).
    """
    real = truth.real & ~truth.ignored
    iou = pairwise_iou(truth.boxes, boxes)
    near = _near_centre(truth.boxes, centres, strides) & real[:, :, None]
    wanted = scores.transpose(1, 2).gather(1, truth.labels[:, :, None].expand(-1, -1, scores.shape[1]))
    metric = (wanted.pow(SCORE_POWER) * iou.pow(IOU_POWER)) * near
    chosen = _top_points(metric, near)
    owner, positive = _one_owner(chosen, iou)
    mine = positive[:, None, :] & (
        owner[:, None, :] == torch.arange(iou.shape[1], device=iou.device)[None, :, None]
    )
    metric, iou = metric * mine, iou * mine
    scale = iou.amax(dim=2, keepdim=True) / metric.amax(dim=2, keepdim=True).clamp(min=1e-30)
    best = (metric * scale).amax(dim=1)
    label = truth.labels.gather(1, owner)
    quality = torch.zeros_like(scores).scatter_(2, label[:, :, None], (best * positive)[:, :, None])
    hidden = _inside(truth.boxes, centres) & (truth.real & truth.ignored)[:, :, None]
    return Assignment(quality, positive, owner, positive | ~hidden.any(dim=1))


def _near_centre(boxes: Tensor, centres: Tensor, strides: Tensor) -> Tensor:
    middle = (boxes[..., :2] + boxes[..., 2:]) / 2
    distance = (middle[:, :, None] - centres[None, None]).abs().amax(dim=-1)
    return distance < CENTRE_RADIUS_STRIDES * strides[:, 0]


def _inside(boxes: Tensor, centres: Tensor) -> Tensor:
    return (
        (centres[None, None] >= boxes[:, :, None, :2]) & (centres[None, None] < boxes[:, :, None, 2:])
    ).all(dim=-1)


def _top_points(metric: Tensor, near: Tensor) -> Tensor:
    count = min(TOP_POINTS, metric.shape[2])
    index = metric.topk(count, dim=2).indices
    chosen = torch.zeros_like(near).scatter_(2, index, True)
    return chosen & near


def _one_owner(chosen: Tensor, iou: Tensor) -> tuple[Tensor, Tensor]:
    """Owner index (B, A) and whether there is one; among several, the greatest IoU."""
    owner = torch.where(chosen, iou, -1.0).argmax(dim=1)
    return owner, chosen.any(dim=1)
