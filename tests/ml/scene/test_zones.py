"""Zones on the foot point: distance, inertia, hysteresis, dwell per track."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.contracts import Box
from ml.errors import GeometryError
from ml.geometry.polygon import signed_distance
from ml.scene.zones import (
    Zone,
    ZoneChange,
    ZoneEvent,
    ZoneWatcher,
    foot_cut_off,
    foot_point_px,
)

SQUARE = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))
INSIDE, EDGE, OUTSIDE = (5.0, 5.0), (10.5, 5.0), (20.0, 5.0)


def test_empty_input() -> None:
    assert signed_distance([], SQUARE).shape == (0,)
    assert ZoneWatcher([]).update(0.0, {1: INSIDE}) == []
    assert ZoneWatcher([Zone("z", SQUARE)]).update(0.0, {}) == []


def test_feet() -> None:
    assert foot_point_px(Box(10, 20, 30, 80)) == (20.0, 80)
    assert foot_cut_off(Box(0, 0, 5, 479), 480)
    assert not foot_cut_off(Box(0, 0, 5, 470), 480)


@pytest.mark.parametrize(
    ("point", "expected"),
    [(INSIDE, 5.0), ((1.0, 5.0), 1.0), ((-3.0, 5.0), -3.0), ((13.0, 14.0), -5.0), ((0.0, 5.0), 0.0)],
)
def test_signed_distance(point: tuple[float, float], expected: float) -> None:
    assert signed_distance([point], SQUARE)[0] == pytest.approx(expected)


@settings(max_examples=60, deadline=None)
@given(
    ring=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=3, max_size=7, unique=True),
    points=st.lists(st.tuples(st.integers(-5, 55), st.integers(-5, 55)), min_size=1, max_size=8),
)
def test_distance_agrees_with_opencv(ring: list[tuple[int, int]], points: list[tuple[int, int]]) -> None:
    ours = signed_distance(points, [(float(x), float(y)) for x, y in ring])
    contour = np.array(ring, dtype=np.float32)
    slow = [cv2.pointPolygonTest(contour, (float(x), float(y)), True) for x, y in points]
    # On an edge the sign is a matter of taste.
    assert np.abs(ours) == pytest.approx(np.abs(slow), abs=1e-4)
    assert all(o == pytest.approx(s, abs=1e-4) for o, s in zip(ours, slow, strict=True) if abs(s) > 1e-4)


def test_too_few_corners_are_refused() -> None:
    with pytest.raises(GeometryError):
        ZoneWatcher([Zone("z", ((0.0, 0.0), (1.0, 1.0)))])


def run(watcher: ZoneWatcher, path: list[tuple[float, tuple[float, float] | None]]) -> list[ZoneEvent]:
    return [e for t, foot in path for e in watcher.update(t, {7: foot} if foot else {})]


def test_enter_and_exit_are_dated_to_the_crossing() -> None:
    path = [(0.2 * i, INSIDE if 5 <= i < 30 else OUTSIDE) for i in range(60)]
    enter, leave = run(ZoneWatcher([Zone("dock", SQUARE)]), path)
    assert (enter.zone_id, enter.track_id, enter.change) == ("dock", 7, ZoneChange.ENTER)
    assert enter.time_s == pytest.approx(1.0)
    assert (leave.change, leave.time_s) == (ZoneChange.EXIT, pytest.approx(6.0))
    assert leave.dwell_s == pytest.approx(5.0)


def test_jitter_on_the_line_makes_one_stay() -> None:
    watcher = ZoneWatcher([Zone("dock", SQUARE, margin=1.0)])
    path = [(0.2 * i, INSIDE if i % 3 or i < 4 else EDGE) for i in range(50)]
    assert [e.change for e in run(watcher, path)] == [ZoneChange.ENTER]


def test_a_step_over_and_back_does_not_count() -> None:
    path = [(0.2 * i, INSIDE if i % 4 == 0 else OUTSIDE) for i in range(40)]
    assert run(ZoneWatcher([Zone("dock", SQUARE)]), path) == []


def test_a_lost_track_leaves_when_last_seen() -> None:
    path = [(0.2 * i, INSIDE if i < 10 else None) for i in range(40)]
    enter, leave = run(ZoneWatcher([Zone("dock", SQUARE)], lost_s=2.0), path)
    assert (enter.time_s, leave.time_s, leave.dwell_s) == pytest.approx((0.0, 1.8, 1.8))


def test_two_people_taking_turns_do_not_add_up() -> None:
    watcher = ZoneWatcher([Zone("dock", SQUARE)])
    for i in range(100):
        t = 0.2 * i
        first_in = (i // 15) % 2 == 0
        watcher.update(t, {1: INSIDE if first_in else OUTSIDE, 2: OUTSIDE if first_in else INSIDE})
        assert all(seconds <= 15 * 0.2 + 0.8 for seconds in watcher.dwell_s(t).values())


def test_dropped_frames_do_not_change_dwell() -> None:
    for kept in (1, 3):
        watcher = ZoneWatcher([Zone("dock", SQUARE)])
        run(watcher, [(0.1 * i, INSIDE) for i in range(0, 31, kept)])
        assert watcher.dwell_s(3.0)[("dock", 7)] == pytest.approx(3.0)
