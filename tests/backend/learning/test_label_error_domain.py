"""Which probable label errors are told: what a press can put right, once for each object and place."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from backend.annotation.contracts import LabelledObject, RegionData
from backend.learning.contracts import BoundClass
from backend.learning.domain.findings import Found
from backend.learning.domain.label_errors import FINDINGS_MAX, LookedAt, Word, findings_in, strongest
from backend.projects.contracts import Label
from ml.contracts import Box, Prediction

CRATE, BARREL, VEST = (str(uuid.UUID(int=n)) for n in (1, 2, 3))
LABELS = (
    Label(CRATE, "crate", "#000", ("box", "polygon")),
    Label(BARREL, "barrel", "#000", ("box",)),
    Label(VEST, "vest", "#000", ("box",)),
)
BINDING = {"crate": BoundClass(CRATE, 0.3), "Barrel": BoundClass(BARREL, 0.3)}
HERE, FAR = (100.0, 100.0, 200.0, 200.0), (300.0, 100.0, 400.0, 200.0)
NARROW = (100.0, 100.0, 145.0, 200.0)
RING = {"points": [[100, 100], [200, 100], [200, 200], [100, 200]]}


def thing(label: str = CRATE, box: tuple[float, ...] = HERE, **fields: Any) -> LabelledObject:
    region = {"region_id": str(uuid.uuid4()), "shape": "box", "geometry": {"box": list(box)}, **fields}
    return LabelledObject(RegionData(label_id=label, **region), box)  # type: ignore[arg-type]


def seen(name: str = "crate", box: tuple[float, ...] = HERE, score: float = 0.9) -> Prediction:
    return Prediction(name, score, Box(*box))


def found(objects: list[LabelledObject], said: list[Prediction], least_px: float = 3.0) -> list[Found]:
    """Beside pictures on which labels and model agree, which tell what is usual."""
    usual = [([thing()], [seen()]), ([thing(BARREL)], [seen("Barrel")])] * 3
    pictures = [
        LookedAt(uuid.UUID(int=n), uuid.UUID(int=n), 480, 320, things, Word(seen_there))
        for n, (things, seen_there) in enumerate([*usual, (objects, said)])
    ]
    return findings_in(pictures, BINDING, LABELS, least_px=least_px)


@pytest.mark.parametrize(
    ("objects", "said", "kinds"),
    [
        ([thing()], [seen()], []),
        ([thing(BARREL)], [seen()], ["swapped"]),
        ([thing(box=NARROW)], [seen()], ["bad_box"]),
        ([], [seen()], ["overlooked"]),
        # The model knows no vests: it cannot tell whether one is wrong, and what it sees there may be the vest.
        ([thing(VEST)], [seen()], []),
        # No label stands for this class.
        ([], [seen("forklift")], []),
        # Barrels are no polygons, and a polygon or a turned box gets no upright one.
        ([thing(shape="polygon", geometry=RING)], [seen("Barrel")], []),
        ([thing(box=NARROW, shape="polygon", geometry=RING)], [seen()], []),
        ([thing(box=NARROW, geometry={"box": list(NARROW), "rotation": 20.0})], [seen()], []),
        # Too small to be drawn, and outside the picture.
        ([], [seen(box=(10, 10, 12, 40))], []),
        ([], [seen(box=(-50, 10, -2, 40))], []),
        # Of one place the strongest.
        ([], [seen(score=0.9), seen("Barrel", score=0.6)], ["overlooked"]),
        ([], [seen(), seen("Barrel", FAR)], ["overlooked", "overlooked"]),
        # Of one object the strongest: a barrel drawn badly where the model is sure of a crate.
        ([thing(BARREL, (100, 100, 160, 200))], [seen(), seen("Barrel", score=0.3)], ["swapped"]),
    ],
)
def test_what_is_told(objects: list[LabelledObject], said: list[Prediction], kinds: list[str]) -> None:
    assert [row.kind for row in found(objects, said)] == kinds


def test_what_is_proposed_stays_on_the_picture() -> None:
    [row] = found([], [seen(box=(400.0, 250.0, 520.0, 340.0))])
    assert row.proposed_box == row.box == (400.0, 250.0, 480.0, 320.0)
    assert (row.region_id, row.label_id, row.sure) == (None, CRATE, 0.9)


def test_weak_suspicions_are_not_told_and_of_many_the_strongest_are_kept() -> None:
    assert found([], [seen(score=0.1)]) == []
    rows = found([], [seen()]) * (FINDINGS_MAX + 5) + found([thing(BARREL)], [seen()])
    kept = strongest(rows)
    assert [row.kind for row in kept].count("overlooked") == FINDINGS_MAX
    assert kept[-1].kind == "swapped"
