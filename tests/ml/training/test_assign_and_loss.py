"""The vectorised assignment and loss against slow, obvious versions."""

import math

import pytest
import torch
from torch import Tensor

from ml.models.detector import HeadOutput, anchor_points, decode
from ml.models.detector_assign import CENTRE_RADIUS_STRIDES, TOP_POINTS, Truth, assign, pairwise_iou
from ml.models.detector_loss import complete_iou, detection_loss

SIZE = 64


def one_iou(a: list[float], b: list[float]) -> float:
    w = min(a[2], b[2]) - max(a[0], b[0])
    h = min(a[3], b[3]) - max(a[1], b[1])
    overlap = max(w, 0.0) * max(h, 0.0)
    return overlap / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - overlap)


def case(seed: int, batch: int = 2, objects: int = 4, classes: int = 3) -> tuple[Tensor, Tensor, Truth]:
    g = torch.Generator().manual_seed(seed)
    centres, strides = anchor_points(SIZE, SIZE)
    raw = torch.randn(batch, len(centres), 4, generator=g) * 0.4 + torch.tensor([0.0, 0.0, 1.0, 1.0])
    scores = torch.rand(batch, len(centres), classes, generator=g)
    corner = torch.rand(batch, objects, 2, generator=g) * 40
    boxes = torch.cat([corner, corner + 4 + torch.rand(batch, objects, 2, generator=g) * 20], dim=-1)
    labels = torch.randint(0, classes, (batch, objects), generator=g)
    real = torch.ones(batch, objects, dtype=torch.bool)
    real[1, 2:] = False
    return scores, decode(raw, centres, strides), Truth(boxes, labels, real, torch.zeros_like(real))


def slow_assign(scores: Tensor, boxes: Tensor, truth: Truth, b: int) -> dict[int, tuple[int, float]]:
    """Point -> (object, quality) of picture `b`, by loops."""
    centres, strides = anchor_points(SIZE, SIZE)
    metric: dict[tuple[int, int], float] = {}
    chosen: dict[int, list[int]] = {}
    for o in range(truth.boxes.shape[1]):
        if not truth.real[b, o]:
            continue
        x1, y1, x2, y2 = truth.boxes[b, o].tolist()
        near = []
        for p, (x, y) in enumerate(centres.tolist()):
            radius = CENTRE_RADIUS_STRIDES * float(strides[p])
            if max(abs((x1 + x2) / 2 - x), abs((y1 + y2) / 2 - y)) < radius:
                iou = one_iou(truth.boxes[b, o].tolist(), boxes[b, p].tolist())
                metric[o, p] = float(scores[b, p, truth.labels[b, o]]) ** 0.5 * iou**6
                near.append(p)
        for p in sorted(near, key=lambda p: -metric[o, p])[:TOP_POINTS]:
            chosen.setdefault(p, []).append(o)
    owner = {
        p: max(objects, key=lambda o: one_iou(truth.boxes[b, o].tolist(), boxes[b, p].tolist()))
        for p, objects in chosen.items()
    }
    result = {}
    for o in set(owner.values()):
        points = [p for p, q in owner.items() if q == o]
        best_iou = max(one_iou(truth.boxes[b, o].tolist(), boxes[b, p].tolist()) for p in points)
        best = max(metric[o, p] for p in points)
        for p in points:
            result[p] = (o, metric[o, p] / best * best_iou if best > 0 else 0.0)
    return result


@pytest.mark.parametrize("seed", range(5))
def test_assignment_equals_the_slow_version(seed: int) -> None:
    scores, boxes, truth = case(seed)
    centres, strides = anchor_points(SIZE, SIZE)
    found = assign(scores, boxes, truth, centres, strides)
    for b in range(2):
        expected = slow_assign(scores, boxes, truth, b)
        assert set(torch.where(found.positive[b])[0].tolist()) == set(expected)
        for point, (owner, quality) in expected.items():
            assert found.object_index[b, point] == owner
            label = int(truth.labels[b, owner])
            assert float(found.quality[b, point, label]) == pytest.approx(quality, abs=1e-5)
            assert float(found.quality[b, point].sum()) == pytest.approx(quality, abs=1e-5)


def test_every_object_gets_a_point_even_when_tiny() -> None:
    scores, boxes, truth = case(0)
    tiny = torch.tensor([[[31.0, 31.0, 33.0, 33.0]]]).expand(2, 1, 4)
    one = torch.ones(2, 1, dtype=torch.bool)
    found = assign(
        scores,
        boxes,
        Truth(tiny, torch.zeros(2, 1, dtype=torch.int64), one, ~one),
        *anchor_points(SIZE, SIZE),
    )
    assert found.positive.any(dim=1).all()


def test_ignored_regions_are_neither_object_nor_background() -> None:
    scores, boxes, truth = case(0, objects=1)
    truth = Truth(
        truth.boxes, truth.labels, torch.ones(2, 1, dtype=torch.bool), torch.ones(2, 1, dtype=torch.bool)
    )
    centres, strides = anchor_points(SIZE, SIZE)
    found = assign(scores, boxes, truth, centres, strides)
    assert not found.positive.any()
    x1, y1, x2, y2 = truth.boxes[0, 0]
    inside = (centres[:, 0] >= x1) & (centres[:, 0] < x2) & (centres[:, 1] >= y1) & (centres[:, 1] < y2)
    assert torch.equal(found.counted[0], ~inside)


def test_pairwise_iou_equals_the_slow_version() -> None:
    _, boxes, truth = case(3)
    table = pairwise_iou(truth.boxes, boxes)
    for o, p in ((0, 0), (1, 20), (3, 60)):
        expected = one_iou(truth.boxes[0, o].tolist(), boxes[0, p].tolist())
        assert float(table[0, o, p]) == pytest.approx(expected, abs=1e-6)


def test_complete_iou_by_hand() -> None:
    same = torch.tensor([[0.0, 0.0, 10.0, 20.0]])
    assert float(complete_iou(same, same)) == pytest.approx(1.0)
    # Half overlapping squares: IoU 1/3; centres 5 apart, enclosing diagonal² 15² + 10².
    a, b = torch.tensor([[0.0, 0.0, 10.0, 10.0]]), torch.tensor([[5.0, 0.0, 15.0, 10.0]])
    assert float(complete_iou(a, b)) == pytest.approx(1 / 3 - 25 / 325)
    # Same centre, other aspect: IoU 50/150; only the aspect term is left.
    a, b = torch.tensor([[0.0, 0.0, 10.0, 10.0]]), torch.tensor([[-2.5, 2.5, 12.5, 7.5]])
    v = 4 / math.pi**2 * (math.atan(3.0) - math.atan(1.0)) ** 2
    iou = 50 / 125
    assert float(complete_iou(a, b)) == pytest.approx(iou - v * v / (1 - iou + v), abs=1e-6)


def test_loss_without_objects_is_finite_and_has_gradients() -> None:
    scores, boxes, truth = case(0)
    logits = torch.logit(scores.clamp(0.01, 0.99)).requires_grad_()
    boxes = boxes.clone().requires_grad_()
    none = Truth(truth.boxes, truth.labels, torch.zeros_like(truth.real), truth.ignored)
    parts = detection_loss(HeadOutput(logits, boxes), none, SIZE)
    total = torch.stack(list(parts.values())).sum()
    total.backward()
    assert torch.isfinite(total)
    assert float(parts["box"].detach()) == 0.0
    assert logits.grad is not None
    assert float(logits.grad.abs().sum()) > 0
