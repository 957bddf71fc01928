"""The simulated annotator's hand: what it draws can always be saved."""

from __future__ import annotations

import pytest

from backend.exchange.loop.people import ALLOWED_MIN_PX, Annotator, Rates
from backend.exchange.loop.truth import TrueBox


@pytest.mark.parametrize(
    "box", [(10, 10, 12.5, 26), (0, 0, 0.2, 0.2), (99.9, 79.9, 100, 80), (0, 0, 100, 80), (50, 40, 50, 40)]
)
def test_boxes_of_any_size_are_drawn_inside_the_picture_and_large_enough(box: tuple[float, ...]) -> None:
    annotator = Annotator(None, None, {"hat": "1"}, Rates(0.0, 0.0), seed=3)  # type: ignore[arg-type]
    true = TrueBox("hat", box)  # type: ignore[arg-type]
    for _ in range(50):
        x1, y1, x2, y2 = annotator._region(true, {"width": 100, "height": 80})["geometry"]["box"]
        assert min(x2 - x1, y2 - y1) >= ALLOWED_MIN_PX
        assert min(x1, y1) >= 0
        assert x2 <= 100
        assert y2 <= 80
