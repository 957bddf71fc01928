"""A camera that was knocked raises the alarm; people, lamps and one odd frame do not."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ml.scene.moved import CameraView, MovedWatcher

RNG = np.random.default_rng(3)


def still() -> np.ndarray:
    """A hall of boxes and edges on a floor."""
    picture = np.full((360, 640, 3), 120, dtype=np.uint8)
    rng = np.random.default_rng(1)
    for _ in range(140):
        x, y = int(rng.integers(0, 620)), int(rng.integers(0, 340))
        shade = [int(v) for v in rng.integers(30, 230, 3)]
        cv2.rectangle(
            picture, (x, y), (x + int(rng.integers(8, 60)), y + int(rng.integers(8, 50))), shade, -1
        )
    return picture


def shifted(picture: np.ndarray, dx: float, dy: float, turn: float = 0.0) -> np.ndarray:
    matrix = cv2.getRotationMatrix2D((320, 180), turn, 1.0)
    matrix[:, 2] += (dx, dy)
    return cv2.warpAffine(picture, matrix, (640, 360), borderMode=cv2.BORDER_REPLICATE)


def noisy(picture: np.ndarray) -> np.ndarray:
    return np.clip(picture + RNG.normal(0, 4, picture.shape), 0, 255).astype(np.uint8)


def people(picture: np.ndarray) -> np.ndarray:
    crowd = picture.copy()
    for x in range(80, 600, 130):
        cv2.ellipse(crowd, (x, 200), (25, 90), 0, 0, 360, (200, 90, 20), -1)
    return crowd


PICTURE = still()


@pytest.mark.parametrize(
    ("name", "seen", "view"),
    [
        ("nothing happened", PICTURE, CameraView.SAME),
        ("people stand about", people(PICTURE), CameraView.SAME),
        ("half the light", (PICTURE * 0.5).astype(np.uint8), CameraView.SAME),
        ("shaken by two pixels", shifted(PICTURE, 2, 1), CameraView.SAME),
        ("knocked aside by 12 px", shifted(PICTURE, 12, 4), CameraView.MOVED),
        ("turned by two degrees", shifted(PICTURE, 0, 0, 2.5), CameraView.MOVED),
        ("covered", np.full_like(PICTURE, 90), CameraView.LOST),
        ("another size", PICTURE[:, :600], CameraView.MOVED),
    ],
)
def test_what_lasts_is_told(name: str, seen: np.ndarray, view: CameraView) -> None:
    watcher = MovedWatcher(PICTURE)
    answers = [watcher.update(5.0 * i, noisy(seen)) for i in range(6)]
    assert answers[-1].view is view, (name, answers[-1])


def test_one_odd_frame_raises_no_alarm_and_a_camera_put_back_ends_it() -> None:
    watcher = MovedWatcher(PICTURE)
    away = shifted(PICTURE, 30, 0)
    assert watcher.update(0.0, away).view is CameraView.SAME
    assert watcher.update(5.0, PICTURE).view is CameraView.SAME
    for i in range(6):
        answer = watcher.update(10.0 + 5.0 * i, away)
    assert answer.view is CameraView.MOVED
    assert answer.shift_px == pytest.approx(30, abs=3)
    for i in range(6):
        answer = watcher.update(50.0 + 5.0 * i, PICTURE)
    assert answer.view is CameraView.SAME
    assert replace(answer, tiles=0).shift_px < 1.0
