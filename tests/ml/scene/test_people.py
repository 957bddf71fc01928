"""People over a floor: who may be sitting is not judged until they walk."""

from __future__ import annotations

from ml.contracts import Box, TrackPoint
from ml.geometry.camera import Camera
from ml.scene.people import FloorScene
from tests.support.bodies import SIZE, body_box, calibrated

CAMERA = Camera(*SIZE, 700.0, (0.0, 0.0, 4.0), yaw=0.0, pitch=0.4)


def looks(height_m: float, places: list[float]) -> list[bool]:
    """Whether one track is judged, look by look, two in a second, on a way along the camera's view."""
    scene = FloorScene(calibrated(CAMERA), SIZE)
    found = []
    for step, y in enumerate(places):
        box = Box(*body_box(CAMERA, 0.0, y, height_m))
        point = TrackPoint(1, 0.5 * step, box, "person", 0.9, measured=box)
        found.append(bool(scene.update(0.5 * step, [point]).clear[0]))
    return found


def test_somebody_as_tall_as_who_sits_is_judged_once_they_have_walked() -> None:
    assert not any(looks(1.5, [9.0] * 6))
    way = looks(1.5, [9.0, 9.5, 10.0, 10.5, 11.0])
    assert way[0] is False
    assert way[-1] is True
    assert all(looks(1.75, [9.0] * 6))
