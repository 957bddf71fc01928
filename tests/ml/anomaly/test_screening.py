"""Screening a project's pictures: known defects tell how far it can be trusted, hot places lie where the defect is."""

from __future__ import annotations

import numpy as np
import pytest

from ml.anomaly.encoders import FilterEncoder
from ml.anomaly.screening import (
    HEAT_AT_THRESHOLD,
    Look,
    groups_aside,
    heat_bytes,
    maps_of,
    patches_drawn,
    screen_fit,
    telling,
)
from tests.ml.anomaly.test_anomaly import BLOT, overlap, part


def test_a_defect_is_boxed_in_the_pictures_own_pixels_however_large_it_is() -> None:
    encoder, by = FilterEncoder(), 12
    large = [np.kron(part(seed), np.ones((by, by, 1), dtype=np.uint8)) for seed in range(12)]
    maps = [maps_of(encoder, picture) for picture in large]
    screen, scores = screen_fit(encoder, [patches_drawn(m, 9, 0) for m in maps[:9]], maps[9:])
    assert sum(score > screen.threshold for score in scores) <= 1
    bad = np.kron(part(30, BLOT), np.ones((by, by, 1), dtype=np.uint8))
    look = screen.look(bad)
    assert look.score > screen.threshold
    hottest = screen.boxes(look, bad.shape[1], bad.shape[0])[0].box
    true = type(BLOT)(*(by * side for side in (BLOT.x1, BLOT.y1, BLOT.x2, BLOT.y2)))
    assert overlap(hottest, true) > 0.5 * true.area
    assert hottest.x2 <= bad.shape[1] + by and hottest.y2 <= bad.shape[0] + by


def test_groups_stay_together_and_a_quarter_is_set_aside() -> None:
    groups = [f"clip-{i // 5}" for i in range(100)]
    aside = groups_aside(groups, seed=1)
    assert len(aside) == 5
    assert groups_aside(groups, seed=1) == aside != groups_aside(groups, seed=2)
    assert groups_aside(["one"] * 4, seed=0) == set()


@pytest.mark.parametrize(
    ("shift", "low_over", "high_under"), [(4.0, 0.9, 1.01), (0.0, 0.0, 0.75)], ids=["told", "chance"]
)
def test_telling_gives_an_interval_over_groups(shift: float, low_over: float, high_under: float) -> None:
    rng = np.random.default_rng(3)
    good = [(f"g{i}", float(v)) for i, v in enumerate(rng.normal(0, 1, 60))]
    bad = [(f"b{i}", float(v)) for i, v in enumerate(rng.normal(shift, 1, 60))]
    found = telling(good, bad)
    assert found is not None
    assert low_over < found.low <= found.auroc <= found.high < high_under
    # Ten looks at one part are not ten parts.
    wide = telling([(f"g{i // 10}", v) for i, (_, v) in enumerate(good)], bad[:1] * 10)
    assert wide is not None and wide.high - wide.low > 0
    assert telling(good, []) is None


def test_heat_keeps_its_peak_when_it_shrinks() -> None:
    heat = np.full((90, 130), 0.5, dtype=np.float32)
    heat[40, 77] = 3.0
    data, columns, rows = heat_bytes(Look(heat, 8.0), threshold=1.0)
    told = np.frombuffer(data, np.uint8).reshape(rows, columns)
    assert max(rows, columns) <= 48
    assert told.max() == 255 and (told == HEAT_AT_THRESHOLD // 2).sum() == told.size - 1


def test_patches_are_drawn_evenly() -> None:
    maps = np.zeros((100, 120, 3), dtype=np.float32)
    assert patches_drawn(maps, 50, 0).shape == (1, 400, 3)
    assert patches_drawn(maps[:2, :2], 50, 0).shape == (1, 4, 3)
