"""Pictures of one bright disc each, outlined blind: what an assist is measured on."""

from __future__ import annotations

import numpy as np
from PIL import Image

from backend.media import services as media
from backend.projects.models import Project
from tests.support import datasets
from tests.support.media import encoded

SIDE_PX = 96


def _disc(number: int) -> list[list[float]]:
    angles = np.linspace(0.0, 2 * np.pi, 24, endpoint=False)
    radius = 14 + number
    return [[48 + radius * float(np.cos(a)), 46 + radius * float(np.sin(a))] for a in angles]


def blind_discs(project: Project, count: int = 8) -> None:
    """Bright discs on dark noise, drawn blind and outlined."""
    y, x = np.mgrid[0:SIDE_PX, 0:SIDE_PX]
    for number in range(count):
        noise = np.random.default_rng(number).integers(0, 30, (SIDE_PX, SIDE_PX, 3))
        inside = (x - 48) ** 2 + (y - 46) ** 2 <= (14 + number) ** 2
        pixels = (noise + 190 * inside[..., None]).astype(np.uint8)
        asset = media.asset_register(
            project=project,
            content=encoded(Image.fromarray(pixels), "PNG"),
            name=f"disc-{number}.png",
            actor=None,
            group_key=f"source-{number}",
        )
        regions = [datasets.polygon(project, _disc(number))]
        datasets.label_asset(project, asset, regions, blind=True)
