"""Pictures of one bright disc each, outlined: blind ones are what models of outlines are measured on."""

from __future__ import annotations

import numpy as np
from PIL import Image

from backend.annotation.contracts import RegionData
from backend.media import services as media
from backend.media.models import Asset
from backend.projects.models import Project
from tests.support import datasets
from tests.support.media import encoded

SIDE_PX = 96


def _disc(number: int) -> list[list[float]]:
    angles = np.linspace(0.0, 2 * np.pi, 24, endpoint=False)
    radius = _radius(number)
    return [[48 + radius * float(np.cos(a)), 46 + radius * float(np.sin(a))] for a in angles]


def _radius(number: int) -> int:
    return 14 + number % 10


def blind_discs(project: Project, count: int = 8) -> None:
    """Bright discs on dark noise, drawn blind and outlined."""
    for number in range(count):
        datasets.label_asset(project, disc_picture(project, number), _regions(project, number), blind=True)


def approved_discs(project: Project, count: int, first: int = 100) -> None:
    """Others, chosen by a person: what is learnt from."""
    for number in range(first, first + count):
        datasets.label_asset(project, disc_picture(project, number), _regions(project, number))


def disc_picture(project: Project, number: int) -> Asset:
    """One of them without a label. Radii repeat after ten, noise and source do not."""
    y, x = np.mgrid[0:SIDE_PX, 0:SIDE_PX]
    noise = np.random.default_rng(number).integers(0, 30, (SIDE_PX, SIDE_PX, 3))
    inside = (x - 48) ** 2 + (y - 46) ** 2 <= _radius(number) ** 2
    pixels = (noise + 190 * inside[..., None]).astype(np.uint8)
    return media.asset_register(
        project=project,
        content=encoded(Image.fromarray(pixels), "PNG"),
        name=f"disc-{number}.png",
        actor=None,
        group_key=f"source-{number}",
    )


def _regions(project: Project, number: int) -> list[RegionData]:
    return [datasets.polygon(project, _disc(number))]
