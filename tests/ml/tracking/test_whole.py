"""Whole tracks of recorded videos: smoothed by what comes after as well as before, and noise left out."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from ml.contracts import Box, Prediction
from ml.tracking.whole import smoothed, whole_tracks


def walker(time_s: float, noise: float = 0.0, rng: np.random.Generator | None = None) -> Box:
    x = 100 + 40 * time_s
    off = rng.normal(0, noise, 4) if rng is not None else np.zeros(4)
    return Box(*(np.array([x, 50, x + 30, 130]) + off).tolist())


def looks(count: int, every_s: float = 0.2, missed: range = range(0), noise: float = 0.0):
    rng = np.random.default_rng(3)
    for number in range(count):
        said = [] if number in missed else [Prediction("person", 0.8, walker(number * every_s, noise, rng))]
        yield number * 5, number * every_s, said


def test_no_looks_give_no_tracks() -> None:
    assert whole_tracks([]) == []
    assert whole_tracks([(0, 0.0, [])]) == []


def test_one_walker_is_one_track_with_the_frames_it_was_seen_in() -> None:
    (track,) = whole_tracks(looks(20, missed=range(8, 11)))
    assert track.label == "person"
    assert track.frames == tuple(n * 5 for n in range(20) if n not in range(8, 11))
    assert track.boxes[0].x1 == pytest.approx(100, abs=1)


def test_what_blinks_is_left_out() -> None:
    assert whole_tracks(looks(3)) == []


def test_jitter_is_evened_out_and_the_ends_do_not_lag() -> None:
    (track,) = whole_tracks(looks(40, noise=3.0))
    off = [abs(box.x1 - walker(time_s).x1) for box, time_s in zip(track.boxes, track.times_s, strict=True)]
    # The mean of what was put on it is 2.4 px.
    assert np.mean(off) < 0.8 * 3.0 * np.sqrt(2 / np.pi)
    (still,) = whole_tracks(looks(40))
    ends = [abs(still.boxes[at].x1 - walker(still.times_s[at]).x1) for at in (0, -1)]
    assert max(ends) < 0.5


def test_smoothing_keeps_a_straight_line_as_it_is() -> None:
    times = np.array([0.0, 0.2, 0.4, 0.9, 1.0])
    rows = np.outer(times, [1.0, 2.0, 3.0, 4.0])
    np.testing.assert_allclose(smoothed(times, rows, 0.2), rows, atol=1e-9)


def test_something_that_stands_for_hours_is_smoothed_in_little_memory() -> None:
    times = np.arange(4_000) / 5
    rows = np.outer(times, [1.0, 2.0, 3.0, 4.0])
    tracemalloc.start()
    try:
        found = smoothed(times, rows, 0.2)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    np.testing.assert_allclose(found, rows, atol=1e-6)
    # A table of every row against every other would be 128 MB.
    assert peak_bytes < 20_000_000
