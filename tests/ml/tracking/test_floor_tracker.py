"""Smoothing over the floor: less noise, honest bands, speeds in seconds whatever frames arrive."""

from __future__ import annotations

import numpy as np
import pytest

from ml.geometry.calibration import FloorPoints
from ml.tracking.floor import FloorState, FloorTracker
from ml.tracking.recent import RecentLooks


def looks(xy: np.ndarray, sigma: float) -> FloorPoints:
    count = len(xy)
    noise = np.broadcast_to(sigma**2 * np.eye(2), (count, 2, 2))
    return FloorPoints(xy, np.zeros((count, 2, 0)), noise, np.ones(count, dtype=bool))


def walk(
    tracker: FloorTracker, times: np.ndarray, sigma: float, stated: float, seed: int = 0
) -> list[FloorState]:
    """Thirty people in a row walk at 1.3 m/s."""
    rng = np.random.default_rng(seed)
    start = np.column_stack([np.arange(30.0) * 2, np.zeros(30)])
    return [
        tracker.update(
            t, list(range(30)), looks(start + [0.0, 1.3 * t] + rng.normal(0, sigma, (30, 2)), stated)
        )
        for t in times
    ]


def test_empty_frames_first_and_between() -> None:
    tracker = FloorTracker()
    assert len(tracker.update(0.0, [], looks(np.zeros((0, 2)), 0.1)).ids) == 0
    assert tracker.update(0.2, [4], looks(np.zeros((1, 2)), 0.1)).ids.tolist() == [4]
    assert len(tracker.update(0.4, [], looks(np.zeros((0, 2)), 0.1)).ids) == 0
    unseen = looks(np.full((1, 2), np.nan), 0.1)
    assert len(tracker.update(0.6, [4], unseen).ids) == 0


@pytest.mark.parametrize("kept", [1, 3])
def test_dropped_frames_change_no_speed(kept: int) -> None:
    last = walk(FloorTracker(), np.arange(0.0, 4.01, 0.1)[::kept], 0.1, 0.1)[-1]
    speeds = last.speeds()
    assert speeds.metres.mean() == pytest.approx(1.3, abs=0.06)
    assert ((speeds.low_m <= 1.3) & (speeds.high_m >= 1.3)).mean() >= 0.85


def test_smoothing_beats_the_looks_and_says_how_well() -> None:
    states = walk(FloorTracker(), np.arange(0.0, 6.0, 0.2), 0.2, 0.2)[10:]
    off = np.concatenate(
        [s.points.xy_m - ([0, 1.3 * s.time_s] + np.column_stack([s.ids * 2.0, 0 * s.ids])) for s in states]
    )
    sigma = np.concatenate([s.points.sigma_m for s in states])
    assert np.hypot(*off.T).mean() < 0.75 * 0.2 * np.sqrt(np.pi / 2)
    assert (np.abs(off[:, 0]) < 1.96 * sigma).mean() == pytest.approx(0.95, abs=0.04)


def test_the_scale_of_the_noise_is_learned() -> None:
    tracker = FloorTracker()
    walk(tracker, np.arange(0.0, 30.0, 0.2), 0.2, 0.1)
    assert tracker.noise_scale == pytest.approx(2.0, rel=0.25)


def test_a_look_that_jumps_is_pulled_in() -> None:
    tracker = FloorTracker()
    walk(tracker, np.arange(0.0, 3.0, 0.2), 0.02, 0.05)
    jump = np.column_stack([np.arange(30.0) * 2 + 3.0, np.full(30, 1.3 * 3.0)])
    state = tracker.update(3.0, list(range(30)), looks(jump, 0.05))
    assert np.abs(state.points.xy_m[:, 0] - state.ids * 2.0).max() < 0.5


def test_a_lost_track_starts_anew_and_time_never_runs_backwards() -> None:
    tracker = FloorTracker()
    tracker.update(0.0, [1], looks(np.zeros((1, 2)), 0.1))
    state = tracker.update(5.0, [1], looks(np.ones((1, 2)), 0.1))
    assert state.age_s[0] == 0.0
    with pytest.raises(ValueError, match="backwards"):
        tracker.update(4.0, [], looks(np.zeros((0, 2)), 0.1))


def test_a_lasting_error_is_not_averaged_away() -> None:
    tracker = FloorTracker(lasting_m=0.1)
    state = walk(tracker, np.arange(0.0, 6.0, 0.1), 0.01, 0.01)[-1]
    assert state.points.sigma_m.min() > 0.1


def test_too_short_a_window_tells_no_noise() -> None:
    recent = RecentLooks()
    for i in range(4):
        recent.add(i * 0.2, np.zeros(2), 0.1**2 * np.eye(2))
        assert recent.misfit() == (0.0, 0.0)


def test_a_speed_is_told_after_a_second() -> None:
    states = walk(FloorTracker(), np.arange(0.0, 1.5, 0.2), 0.1, 0.1)
    assert [bool(s.speed_known.all()) for s in states] == [s.time_s > 0.99 for s in states]


def test_feet_hidden_for_a_moment_carry_on_and_are_not_pulled_away() -> None:
    """A box that ends at a pallet seems to run away from the camera: neither place nor speed may follow it."""
    tracker = FloorTracker()
    for n in range(11):
        state = tracker.update(n / 5, [1], looks(np.array([[0.0, 1.0 * n / 5]]), 0.1))
    before = state.speeds().metres[0]
    for n in range(11, 16):
        hidden = looks(np.array([[0.0, 1.0 * n / 5 + 3.0]]), 0.1)
        state = tracker.update(n / 5, [1], hidden, np.array([False]))
        assert state.clear[0]
        assert state.points.xy_m[0, 1] == pytest.approx(n / 5, abs=0.2)
        assert state.speeds().metres[0] == pytest.approx(before, abs=0.1)
    state = tracker.update(16 / 5, [1], hidden, np.array([False]))
    assert not state.clear[0]
    # A sure look after that is a beginning: what lay between is not known.
    state = tracker.update(17 / 5, [1], looks(np.array([[0.0, 9.0]]), 0.1), np.array([True]))
    assert state.points.xy_m[0, 1] == 9.0
    assert (state.clear[0], state.speed_known[0]) == (True, False)
