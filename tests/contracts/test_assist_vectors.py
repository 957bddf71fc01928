"""The cases the browser's assist is tested with are what Python answers today."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from ml.geometry.rle import counts_decode
from tests.support.assist_vectors import FILE, vectors

STORED, FRESH = json.loads(FILE.read_text()), json.loads(json.dumps(vectors()))
ADVICE = (
    "Python answers otherwise now: run `python -m tests.support.assist_vectors`, then the browser's tests."
)


def test_what_the_network_is_shown_is_what_is_stored() -> None:
    assert STORED["drawn"] == FRESH["drawn"], ADVICE
    for stored, fresh in zip(STORED["crops"], FRESH["crops"], strict=True):
        assert stored["window"] == fresh["window"], ADVICE
        # Processors differ in the last bit of a sum.
        assert np.abs(np.subtract(stored["bytes"], fresh["bytes"])).max() <= 1, ADVICE


@pytest.mark.parametrize("kind", ["any side", "one side", "sam"])
def test_answers_are_what_is_stored(kind: str) -> None:
    def cases(vectors: dict[str, Any]) -> list[dict[str, Any]]:
        any_side, one_side = vectors["networks"]
        found = {"any side": any_side, "one side": one_side, "sam": vectors["sam"]}[kind]
        return list(found["cases"])

    for stored, fresh in zip(cases(STORED), cases(FRESH), strict=True):
        assert stored["name"] == fresh["name"], ADVICE
        assert stored["scores"] == pytest.approx(fresh["scores"], abs=1e-3), ADVICE
        for a, b in zip(stored["masks"], fresh["masks"], strict=True):
            assert _pixels(a) == pytest.approx(_pixels(b), rel=0.01, abs=4), (stored["name"], ADVICE)


def _pixels(text: str) -> int:
    return sum(counts_decode(text)[1::2])
