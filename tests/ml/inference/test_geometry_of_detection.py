"""Letterbox round trips, suppression against a slow version, decoding of raw output."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.inference.letterbox import PAD_VALUE, Fit, boxes_back, letterbox
from ml.inference.nms import nms
from ml.inference.postprocess import MAX_CANDIDATES, detections_decode
from ml.inference.preprocess import to_batch


@pytest.mark.parametrize(
    ("width", "height"), [(640, 480), (480, 640), (64, 64), (1920, 1080), (31, 500), (1, 1), (3, 1000)]
)
@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("stride", [0, 32])
def test_letterbox_round_trip(width: int, height: int, centred: bool, stride: int) -> None:
    canvas, fit = letterbox(np.zeros((height, width, 3), np.uint8), 96, centred, stride)
    if not stride:
        assert canvas.shape == (96, 96, 3)
    assert {side % 32 for side in canvas.shape[:2]} == {0}
    boxes = np.array([[0, 0, width, height], [width / 4, height / 3, width / 2, height]], np.float32)
    scale = np.array([fit.scale_x, fit.scale_y] * 2, np.float32)
    offset = np.array([fit.left, fit.top] * 2, np.float32)
    assert boxes_back(boxes * scale + offset, fit) == pytest.approx(boxes, abs=1e-3)


def test_letterbox_puts_the_picture_where_the_fit_says() -> None:
    image = np.full((50, 100, 3), 255, np.uint8)
    canvas, fit = letterbox(image, 64)
    assert (fit.left, fit.top) == (0, 16)
    assert (canvas[16:48] == 255).all()
    assert (canvas[:16] == PAD_VALUE).all()
    assert (canvas[48:] == PAD_VALUE).all()


def test_letterbox_by_strides_has_no_more_border_than_it_needs() -> None:
    image = np.full((720, 1280, 3), 255, np.uint8)
    canvas, fit = letterbox(image, 320, stride=32)
    assert canvas.shape == (192, 320, 3)
    assert (fit.left, fit.top) == (0, 6)
    assert (canvas[6:186] == 255).all()
    assert (canvas[:6] == PAD_VALUE).all()
    assert (canvas[186:] == PAD_VALUE).all()


def slow_nms(boxes: NDArray[np.float32], scores: NDArray[np.float32], labels: NDArray[np.int64]) -> list[int]:
    kept: list[int] = []
    for i in sorted(range(len(boxes)), key=lambda i: (-scores[i], i)):
        clear = True
        for j in kept:
            if labels[i] != labels[j]:
                continue
            a, b = boxes[i].astype(float), boxes[j].astype(float)
            w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
            inter = max(w, 0) * max(h, 0)
            union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - inter
            clear = clear and inter / union <= 0.5
        if clear:
            kept.append(i)
    return kept


@pytest.mark.parametrize("seed", range(8))
def test_suppression_equals_the_slow_version(seed: int) -> None:
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0, 60, (80, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(5, 40, (80, 2))], axis=1).astype(np.float32)
    scores = rng.uniform(0, 1, 80).round(1).astype(np.float32)
    labels = rng.integers(0, 3, 80)
    assert nms(boxes, scores, labels, 0.5).tolist() == slow_nms(boxes, scores, labels)


def test_nothing_in_nothing_out() -> None:
    none = np.zeros((0, 4), np.float32)
    assert nms(none, np.zeros(0, np.float32), np.zeros(0, np.int64), 0.5).size == 0
    fit = Fit(1.0, 1.0, 0, 0, 64, 64)
    assert detections_decode(none, np.zeros((0, 2), np.float32), ("a", "b"), fit, 0.05) == ()


def test_decoding_sorts_clips_and_drops_what_is_no_box() -> None:
    fit = Fit(0.5, 0.5, 0, 16, 128, 64)
    boxes = np.array(
        [[0, 16, 32, 32], [40, 20, 90, 60], [5, 5, 5, 40], [np.nan, 0, 9, 9], [0, 17, 31, 32]], np.float32
    )
    scores = np.array([[0.6, 0.1], [0.0, 0.9], [0.8, 0.0], [0.8, 0.0], [0.5, 0.0]], np.float32)
    found = detections_decode(boxes, scores, ("a", "b"), fit, 0.05)
    assert [(d.label, round(d.score, 2)) for d in found] == [("b", 0.9), ("a", 0.6), ("b", 0.1)]
    assert (found[0].box.x1, found[0].box.y1, found[0].box.x2, found[0].box.y2) == (80, 8, 128, 64)


def test_a_frame_full_of_noise_is_bounded() -> None:
    rng = np.random.default_rng(0)
    corner = rng.uniform(0, 400, (MAX_CANDIDATES * 3, 2)).astype(np.float32)
    boxes = np.concatenate([corner, corner + 4], axis=1)
    scores = rng.uniform(0.1, 1, (len(boxes), 2)).astype(np.float32)
    fit = Fit(1.0, 1.0, 0, 0, 500, 500)
    found = detections_decode(boxes, scores, ("a", "b"), fit, 0.05)
    assert 0 < len(found) <= 300
    assert found[0].score == pytest.approx(float(scores.max()))


def test_batch_is_normalised_by_channel() -> None:
    square = np.arange(2 * 2 * 3, dtype=np.uint8).reshape(2, 2, 3)
    batch = to_batch([square, square], (0.1, 0.2, 0.3), (0.5, 0.25, 1.0))
    expected = (square.transpose(2, 0, 1) / 255 - np.reshape([0.1, 0.2, 0.3], (3, 1, 1))) / np.reshape(
        [0.5, 0.25, 1.0], (3, 1, 1)
    )
    assert batch.shape == (2, 3, 2, 2)
    assert batch[1] == pytest.approx(expected, abs=1e-6)
