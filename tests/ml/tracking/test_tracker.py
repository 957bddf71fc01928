"""The tracker counts in seconds, and what it has not confirmed triggers nothing."""

from __future__ import annotations

import numpy as np
import pytest

from ml.contracts import Box, Prediction, TrackPoint
from ml.tracking.tracker import Tracker, TrackerConfig


def person(x: float, y: float = 100.0, score: float = 0.8, label: str = "person") -> Prediction:
    return Prediction(label, score, Box(x, y, x + 40.0, y + 100.0))


def walk(tracker: Tracker, times_s: list[float], speed_px_s: float = 60.0) -> list[list[TrackPoint]]:
    return [tracker.update(t, [person(50.0 + speed_px_s * t)]) for t in times_s]


def test_empty_input_first_and_again() -> None:
    tracker = Tracker()
    assert tracker.update(0.0, []) == []
    assert tracker.update(0.2, []) == []
    assert len(tracker.update(0.4, [person(10.0)])) == 1
    assert tracker.update(0.6, []) == []


def test_a_first_look_is_not_confirmed() -> None:
    points = walk(Tracker(), [0.0, 0.2, 0.4, 0.6])
    assert [frame[0].confirmed for frame in points] == [False, False, True, True]
    assert {frame[0].track_id for frame in points} == {1}


def test_many_looks_within_an_instant_do_not_confirm() -> None:
    points = walk(Tracker(), [0.0, 0.01, 0.02, 0.03, 0.04])
    assert not any(frame[0].confirmed for frame in points)


def test_noise_that_blinks_is_never_confirmed() -> None:
    tracker = Tracker()
    for step in range(20):
        detections = [person(300.0)] if step % 3 == 0 else []
        assert not any(p.confirmed for p in tracker.update(step * 0.2, detections))


@pytest.mark.parametrize("speed_px_s", [-80.0, 0.0, 45.0])
def test_dropped_frames_do_not_change_the_speed(speed_px_s: float) -> None:
    every = [i / 25 for i in range(75)]
    rng = np.random.default_rng(4)
    kept = [t for i, t in enumerate(every) if i < 2 or i == 74 or rng.random() > 0.6]
    assert len(kept) < 40
    for times_s in (every, kept):
        tracker = Tracker()
        last = walk(tracker, times_s, speed_px_s)[-1][0]
        velocity = tracker.velocity_px_s(last.track_id)
        assert velocity is not None
        assert velocity[0] == pytest.approx(speed_px_s, abs=3.0)
        assert velocity[1] == pytest.approx(0.0, abs=1.0)


def test_id_survives_a_short_occlusion_and_not_a_long_one() -> None:
    before = [i * 0.2 for i in range(10)]
    for gap_s, same in ((1.2, True), (4.0, False)):
        tracker = Tracker()
        first = walk(tracker, before)[-1][0].track_id
        later = before[-1] + gap_s
        for hidden in np.arange(before[-1] + 0.2, later - 0.1, 0.2):
            assert tracker.update(float(hidden), []) == []
        [point] = walk(tracker, [later])[0]
        assert (point.track_id == first) is same


def test_the_lost_buffer_is_the_same_at_any_frame_rate() -> None:
    for rate in (5, 25):
        tracker = Tracker(TrackerConfig(lost_s=1.0))
        first = walk(tracker, [i / rate for i in range(2 * rate)], 0.0)[-1][0].track_id
        for i in range(2 * rate, 2 * rate + rate - 1):
            tracker.update(i / rate, [])
        [point] = tracker.update(3.0 - 1.0 / rate, [person(50.0)])
        assert point.track_id == first


def test_a_low_score_keeps_a_track_but_never_starts_one() -> None:
    tracker = Tracker()
    assert tracker.update(0.0, [person(50.0, score=0.2)]) == []
    first = walk(tracker, [0.2, 0.4, 0.6, 0.8], 0.0)[-1][0].track_id
    [point] = tracker.update(1.0, [person(50.0, score=0.15)])
    assert (point.track_id, point.score) == (first, 0.15)
    assert tracker.update(1.2, [person(50.0, score=0.05)]) == []


def test_two_people_who_cross_keep_their_ids() -> None:
    tracker = Tracker()
    for i in range(60):
        t = i * 0.1
        points = tracker.update(t, [person(50.0 + 60 * t, 100.0), person(400.0 - 60 * t, 130.0)])
        ids = [p.track_id for p in points]
        assert ids == [1, 2]
    assert points[0].box.x1 > points[1].box.x1


def test_somebody_small_who_walks_out_of_their_box_between_two_looks_keeps_their_id() -> None:
    tracker = Tracker()
    frames = [tracker.update(n / 5, [person(50.0 + 28.0 * n)]) for n in range(6)]
    assert {frame[0].track_id for frame in frames} == {1}
    # Twice as far is somebody else.
    tracker = Tracker()
    frames = [tracker.update(n / 5, [person(50.0 + 56.0 * n)]) for n in range(3)]
    assert [frame[-1].track_id for frame in frames] == [1, 2, 3]


def test_labels_do_not_mix() -> None:
    tracker = Tracker()
    walk(tracker, [0.0, 0.2, 0.4], 0.0)
    points = tracker.update(0.6, [person(50.0, label="forklift")])
    assert [(p.track_id, p.label, p.confirmed) for p in points] == [(2, "forklift", False)]


def test_ids_are_never_used_again_after_a_reset() -> None:
    tracker = Tracker()
    walk(tracker, [0.0, 0.2])
    tracker.reset()
    [point] = tracker.update(0.0, [person(50.0)])
    assert point.track_id == 2


def test_time_may_stand_still_but_not_run_backwards() -> None:
    tracker = Tracker()
    walk(tracker, [1.0, 1.0])
    with pytest.raises(ValueError, match="backwards"):
        tracker.update(0.9, [])


def test_boxes_without_area_do_no_harm() -> None:
    tracker = Tracker()
    flat = Prediction("person", 0.9, Box(10.0, 10.0, 10.0, 10.0))
    for step in range(5):
        for point in tracker.update(step * 0.2, [flat, person(50.0)]):
            assert np.isfinite([point.box.x1, point.box.y1, point.box.x2, point.box.y2]).all()


def test_unknown_track_has_no_velocity() -> None:
    assert Tracker().velocity_px_s(1) is None
