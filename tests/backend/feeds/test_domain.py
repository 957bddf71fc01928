"""Rules of feeds that need no database: which frames come back, settings, figures."""

from __future__ import annotations

import random
from typing import Any

import pytest

from backend.core.errors import BadInput
from backend.feeds.contracts import FeedSettings
from backend.feeds.domain.capture import (
    HOUR_S,
    CaptureClock,
    CapturePolicy,
    Evidence,
    disagreement,
    rare_labels,
)
from backend.feeds.domain.statistics import FeedStatistics
from backend.feeds.enums import CaptureReason
from ml.contracts import Box, Prediction


class Always(random.Random):
    """Every draw succeeds."""

    def random(self) -> float:
        return 0.0


class Never(random.Random):
    def random(self) -> float:
        return 1.0


def _policy(chance: random.Random | None = None, **fields: Any) -> CapturePolicy:
    given = {"capture_random_per_hour": 0, "capture_gap_s": 0.0} | fields
    return CapturePolicy(FeedSettings(**given), chance or Never())


def test_a_score_inside_the_band_brings_the_frame_back_with_the_one_nearest_its_middle() -> None:
    policy = _policy(capture_low=0.2, capture_high=0.4)
    assert policy.decide(0.0, Evidence([0.9, 0.21, 0.31, 0.39])) == (CaptureReason.NEAR_THRESHOLD, 0.31)


@pytest.mark.parametrize("scores", [[], [0.1], [0.19999], [0.4], [0.9, 0.95]])
def test_scores_outside_the_band_bring_nothing_back(scores: list[float]) -> None:
    assert _policy(capture_low=0.2, capture_high=0.4).decide(0.0, Evidence(scores)) is None


def test_frames_are_a_gap_apart() -> None:
    policy = _policy(capture_gap_s=2.0)
    taken = [t / 10 for t in range(100) if policy.decide(t / 10, Evidence([0.3]))]
    assert taken == [0.0, 2.0, 4.0, 6.0, 8.0]


def test_the_hour_s_quota_is_kept_and_opens_again_as_frames_age() -> None:
    policy = _policy(capture_per_hour=3)
    assert [bool(policy.decide(float(t), Evidence([0.3]))) for t in range(5)] == [True] * 3 + [False] * 2
    assert policy.decide(HOUR_S - 0.5, Evidence([0.3])) is None
    assert policy.decide(HOUR_S, Evidence([0.3])) is not None
    assert policy.decide(HOUR_S + 0.5, Evidence([0.3])) is None


def test_frames_captured_before_the_worker_came_count() -> None:
    policy = _policy(capture_per_hour=2)
    policy.seed_history([100.0 - 30.0, 100.0 - 3_599.0])
    assert policy.decide(100.0, Evidence([0.3])) is None
    assert policy.decide(101.0, Evidence([0.3])) is not None


def test_process_only_and_a_quota_of_nothing_send_nothing_back() -> None:
    assert _policy(process_only=True).decide(0.0, Evidence([0.3])) is None
    assert _policy(capture_per_hour=0).decide(0.0, Evidence([0.3])) is None


def test_random_frames_are_drawn_without_a_look_at_the_scores() -> None:
    """Two feeds with the same seed and other scores draw the same frames at random."""
    given = {"capture_random_per_hour": 30, "capture_per_hour": 30, "capture_gap_s": 1.0}

    def drawn(scores: list[float]) -> list[int]:
        policy = _policy(random.Random(7), **given)
        decided = [(t, policy.decide(float(t), Evidence(scores))) for t in range(3_600)]
        return [t for t, found in decided if found and found[0] == CaptureReason.RANDOM]

    assert drawn([]) == drawn([0.3]) == drawn([0.99])
    assert 15 <= len(drawn([])) <= 30


def test_unsure_frames_never_use_up_the_room_of_random_ones() -> None:
    policy = _policy(capture_per_hour=5, capture_random_per_hour=2)
    assert sum(bool(policy.decide(float(t), Evidence([0.3]))) for t in range(20)) == 3
    policy.chance = Always()
    found = [policy.decide(20.0 + t, Evidence([0.3])) for t in range(5)]
    assert [f[0] for f in found if f] == [CaptureReason.RANDOM] * 2


def _drawn(policy: CapturePolicy, now_s: float, evidence: Evidence) -> bool:
    drawn = policy.draw(now_s)
    policy.decide(now_s, evidence)
    return drawn


def test_a_capture_for_another_reason_keeps_no_random_frame_out() -> None:
    """With a gap that the unsure frames fill, the draw is the same as without any."""
    given = {"capture_random_per_hour": 30, "capture_per_hour": 200, "capture_gap_s": 60.0}

    def drawn(evidence: Evidence) -> list[int]:
        policy = _policy(random.Random(7), **given)
        return [t for t in range(3_600) if _drawn(policy, float(t), evidence)]

    assert drawn(Evidence()) == drawn(Evidence([0.3], rare=0.9, disagrees=0.8, moved=0.1))


EVERYTHING = Evidence([0.3], rare=0.9, disagrees=0.8, moved=0.1)


def test_each_reason_has_a_quota_of_its_own_inside_the_whole() -> None:
    own = {
        "capture_rare_per_hour": 2,
        "capture_disagreement_per_hour": 1,
        "capture_unsure_per_hour": 3,
        "capture_motion_per_hour": 4,
    }
    policy = _policy(capture_per_hour=9, **own)
    reasons = [found[0] for t in range(20) if (found := policy.decide(float(t), EVERYTHING))]
    assert reasons == ["rare"] * 2 + ["disagreement"] + ["near_threshold"] * 3 + ["motion"] * 3
    assert policy.decide(HOUR_S, EVERYTHING) == (CaptureReason.RARE, 0.9)
    assert not _policy(capture_motion_per_hour=0).wants(CaptureReason.MOTION)
    assert not _policy(process_only=True).wants(CaptureReason.RARE)


def test_the_quota_of_a_reason_outlives_the_worker() -> None:
    policy = _policy(capture_rare_per_hour=1, capture_unsure_per_hour=0)
    policy.seed_history([(10.0, CaptureReason.RARE)])
    assert policy.decide(20.0, Evidence([0.3], rare=0.9)) is None


def test_a_label_is_rare_among_the_approved_or_on_this_camera_once_there_is_enough_to_tell() -> None:
    assert rare_labels({"a": 98, "b": 1}, {}, "ab") == set()
    assert rare_labels({"a": 198, "b": 2}, {"a": 5}, "ab") == {"b"}
    assert rare_labels({"a": 100, "b": 100}, {"b": 500}, "ab") == {"a"}
    # A label the model does not know cannot be found.
    assert rare_labels({"a": 500}, {}, "a") == set()


def test_two_looks_disagree_where_one_is_sure_of_what_the_other_does_not_see() -> None:
    def found(score: float, x: float, label: str = "a") -> Prediction:
        return Prediction(label, score, Box(x, 0, x + 10, 10))

    def judged(first: list[Prediction], second: list[Prediction]) -> float | None:
        return disagreement(first, second, sure=0.5, seen=0.15)

    assert judged([], []) is None
    assert judged([found(0.9, 0)], [found(0.2, 1)]) is None
    assert judged([found(0.9, 0)], [found(0.1, 0)]) == 0.9
    assert judged([found(0.4, 0)], []) is None
    assert judged([found(0.6, 0)], [found(0.8, 0, "b")]) == 0.8
    assert judged([found(0.6, 0)], [found(0.6, 0), found(0.7, 40)]) == 0.7


def test_a_clip_scored_fast_spaces_its_captures_by_what_it_shows() -> None:
    """600 frames of a 60 s clip are scored in one second: with a gap of 10 s six come back, not one."""
    policy, clock = _policy(capture_gap_s=10.0), CaptureClock(1_000.0)
    clock.source_opened(live=False, monotonic_s=1_000.0)
    ticks = [(n / 10, clock.tick(n / 10, 1_000.0 + n / 600)) for n in range(600)]
    assert [time_s for time_s, now_s in ticks if policy.decide(now_s, Evidence([0.3]))] == [
        0,
        10,
        20,
        30,
        40,
        50,
    ]


def test_a_live_source_counts_in_the_machine_s_time() -> None:
    clock = CaptureClock(50.0)
    clock.source_opened(live=True, monotonic_s=60.0)
    assert [clock.tick(0.0, 61.0), clock.tick(99.0, 62.0)] == [61.0, 62.0]


def test_the_clock_goes_on_over_a_clip_that_starts_again() -> None:
    clock = CaptureClock(0.0)
    clock.source_opened(live=False, monotonic_s=0.0)
    assert clock.tick(500.0, 1.0) == 500.0
    clock.source_opened(live=False, monotonic_s=2.0)
    assert clock.tick(0.0, 2.0) == 500.0
    assert clock.tick(1.0, 2.1) == 501.0


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"nonsense": 1}, "nonsense"),
        ({"loop": 1}, "loop"),
        ({"target_fps": "5"}, "target_fps"),
        ({"target_fps": True}, "target_fps"),
        ({"target_fps": 0.0}, "target_fps"),
        ({"target_fps": float("nan")}, "target_fps"),
        ({"capture_per_hour": 2.5}, "capture_per_hour"),
        ({"capture_per_hour": 4_000}, "capture_per_hour"),
        ({"capture_random_per_hour": 31}, "capture_random_per_hour"),
        ({"capture_low": 0.5, "capture_high": 0.4}, "capture_low"),
        ({"capture_gap_s": -1.0}, "capture_gap_s"),
        ({"show_score": 0.0}, "show_score"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(given: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        FeedSettings.parse(given)
    assert set(caught.value.fields or {}) == {field}


def test_settings_have_defaults_and_come_back_as_they_are() -> None:
    assert FeedSettings.parse({}) == FeedSettings()
    changed = FeedSettings.parse({"target_fps": 2, "loop": False})
    assert FeedSettings.parse(changed.as_dict()) == changed


def test_figures_of_no_frame_are_zero() -> None:
    report = FeedStatistics(10.0).report(10.0)
    assert (report["frames"], report["fps"], report["tracks"]) == (0, 0.0, 0)
    assert report["latency_ms"] == {"p50": 0.0, "p95": 0.0}


def test_figures_count_frames_tracks_and_latency() -> None:
    statistics = FeedStatistics(10.0)
    for index in range(100):
        statistics.frame(float(index), [1, 2 + index // 50])
    report = statistics.report(30.0)
    assert (report["frames"], report["fps"], report["tracks"], report["seconds"]) == (100, 5.0, 3, 20.0)
    assert report["latency_ms"] == {"p50": 50.0, "p95": 95.0}
