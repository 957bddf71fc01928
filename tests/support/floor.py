"""A camera whose floor is known exactly, its picture, and drafts as a person would place them on it."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike

from backend.core import events
from backend.feeds.models import CalibrationStill, Feed
from backend.feeds.services import calibrations, stills
from backend.sites.models import Camera as SiteCamera
from backend.sites.models import Site
from ml.geometry.arrays import Bytes
from ml.geometry.camera import Camera

SIZE = (960, 540)
TRUE = Camera(*SIZE, 720.0, (0.3, -1.0, 4.2), yaw=0.1, pitch=0.42, roll=0.02, k1=-0.25)
PLACES_M = [
    [-3.0, 4.5],
    [3.0, 4.5],
    [-4.0, 8.0],
    [0.0, 7.0],
    [4.5, 9.0],
    [-5.0, 13.0],
    [1.0, 12.0],
    [6.0, 14.0],
]


def hall_picture(size: tuple[int, int] = SIZE) -> Bytes:
    """Boxes and edges on a floor, RGB: something to compare a later picture with."""
    picture = np.full((size[1], size[0], 3), 120, dtype=np.uint8)
    rng = np.random.default_rng(1)
    for _ in range(140):
        x, y = int(rng.integers(0, size[0] - 20)), int(rng.integers(0, size[1] - 20))
        shade = [int(v) for v in rng.integers(30, 230, 3)]
        corner = (x + int(rng.integers(8, 60)), y + int(rng.integers(8, 50)))
        cv2.rectangle(picture, (x, y), corner, shade, -1)
    return picture


def hall_jpeg(size: tuple[int, int] = SIZE) -> bytes:
    done, buffer = cv2.imencode(".jpg", cv2.cvtColor(hall_picture(size), cv2.COLOR_RGB2BGR))
    assert done
    return bytes(buffer.tobytes())


def make_camera(feed: Feed, name: str = "Dock 3") -> SiteCamera:
    """A camera of a new site, shown by the feed."""
    site = Site.objects.create(organisation=feed.project.organisation, name=f"Hall of {name}")
    feed.camera = SiteCamera.objects.create(site=site, name=name)
    feed.save(update_fields=["camera"])
    return feed.camera


def show_picture(feed: Feed, jpeg: bytes | None = None) -> None:
    """As the worker leaves the newest picture."""
    events.client().set(stills.full_still_key(feed.pk), jpeg or hall_jpeg(), ex=60)


def make_still(feed: Feed, jpeg: bytes | None = None) -> CalibrationStill:
    assert feed.camera is not None
    return calibrations.still_store(camera=feed.camera, feed=feed, jpeg=jpeg or hall_jpeg())


def points_of(floor_m: ArrayLike = PLACES_M, camera: Camera = TRUE) -> list[dict[str, float]]:
    """Exact clicks on floor places, with their metres."""
    floor = np.asarray(floor_m, dtype=np.float64)
    return [
        {"x": x, "y": y, "x_m": x_m, "y_m": y_m}
        for (x, y), (x_m, y_m) in zip(camera.floor_to_image(floor).tolist(), floor.tolist(), strict=True)
    ]


def draft_of(still: CalibrationStill, points: Any = None, **more: Any) -> dict[str, Any]:
    """The body of a solve or a save."""
    return {
        "still_id": str(still.pk),
        "method": "points",
        "points": points_of() if points is None else points,
        **more,
    }
