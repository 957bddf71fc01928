"""Tracks set against each other over their frames: against every frame looked at one by one."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from backend.annotation.contracts import Labels, RegionData, region_dict
from backend.annotation.domain.annotations import annotation_of
from backend.annotation.domain.comparing import TRACKS_MAX, TooMany, compare
from backend.annotation.domain.consensus import Quorum, merge_answers
from backend.annotation.domain.figures import agreed_in_all, alpha_of, votes_sum
from backend.annotation.domain.track_overlap import (
    BOX_FRAMES_MAX,
    OUTLINE_FRAMES_MAX,
    frames_looked_at,
    track_of,
    track_overlaps,
)
from backend.core.tracks import region_at, track_at, track_shape
from ml.quality.matching import region_iou
from tests.support.exchange_videos import track

WIDTH, HEIGHT = 640, 480
SIZE = {"width": WIDTH, "height": HEIGHT}


def overlap(one: RegionData, other: RegionData, frames: int) -> float:
    return float(track_overlaps([track_of(one, frames)], [track_of(other, frames)], **SIZE)[0, 0])


def slow_overlap(one: RegionData, other: RegionData, frames: int) -> float:
    """Every frame of the video, one after the other."""
    total, either = 0.0, 0
    for frame in range(frames):
        states = [track_at(each.geometry, frame) for each in (one, other)]
        there = [state is not None and not state.outside for state in states]
        either += any(there)
        if not all(there):
            continue
        if track_shape(one.geometry) == track_shape(other.geometry) == "tag":
            total += 1.0
            continue
        drawn = [region_at(region_dict(each), frame) for each in (one, other)]
        if None not in drawn:
            total += region_iou(*([annotation_of(RegionData(**each), WIDTH, HEIGHT)] for each in drawn))[0, 0]  # type: ignore[arg-type]
    return float(total / either) if either else 0.0


def walk(rng: random.Random, frames: int, keyframes: int, of: str = "box", shift: float = 0.0) -> RegionData:
    """Something that wanders through the picture, and is away now and then."""
    x, y = rng.uniform(50, 400), rng.uniform(50, 250)
    keys: list[dict[str, Any]] = []
    for frame in sorted(rng.sample(range(frames), keyframes)):
        x, y = min(max(x + rng.uniform(-60, 60), 0), 480), min(max(y + rng.uniform(-40, 40), 0), 320)
        keys.append(
            {"frame": frame, "outside": bool(keys) and rng.random() < 0.15, **shape(of, x + shift, y)}
        )
    return track("a", of, *keys)


def shape(of: str, x: float, y: float) -> dict[str, Any]:
    if of == "box":
        return {"box": [x, y, x + 120.0, y + 150.0]}
    if of == "ellipse":
        return {"center": [x + 60.0, y + 75.0], "radii": [60.0, 75.0], "rotation": 10.0}
    if of == "polygon":
        return {"points": [[x, y], [x + 120.0, y + 20.0], [x + 100.0, y + 150.0], [x + 10.0, y + 120.0]]}
    return {}


def shaken(rng: random.Random, given: RegionData, of: str) -> RegionData:
    """The same walk as another person may draw it: other keyframes, a little beside."""
    keys = []
    for key in given.geometry["keyframes"]:
        if rng.random() < 0.3 and keys:
            continue
        frame = max(key["frame"] + rng.randint(-2, 2), keys[-1]["frame"] + 1 if keys else 0)
        moved = {
            name: value for name, value in key.items() if name not in ("frame", "box", "center", "points")
        }
        x, y = rng.uniform(-15, 15), rng.uniform(-15, 15)
        keys.append({**moved, "frame": frame, **_moved(key, of, x, y)})
    return track("a", of, *keys)


def _moved(key: dict[str, Any], of: str, x: float, y: float) -> dict[str, Any]:
    if of == "box":
        return {"box": [value + (y if place % 2 else x) for place, value in enumerate(key["box"])]}
    if of == "ellipse":
        return {"center": [key["center"][0] + x, key["center"][1] + y]}
    if of == "polygon":
        return {"points": [[px + x, py + y] for px, py in key["points"]]}
    return {}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("of", "frames", "keyframes"), [("box", 200, 8), ("tag", 300, 6), ("polygon", 20, 4)]
)
def test_where_all_frames_are_looked_at_it_is_the_mean_of_them(
    of: str, frames: int, keyframes: int, seed: int
) -> None:
    rng = random.Random(seed)
    one = walk(rng, frames, keyframes, of)
    other = shaken(rng, one, of)
    assert overlap(one, other, frames + 3) == pytest.approx(slow_overlap(one, other, frames + 3), abs=1e-9)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    ("of", "frames", "keyframes", "near"),
    [
        ("box", 1_500, 12, 0.005),
        ("box", 900, 450, 0.02),
        ("ellipse", 90, 9, 0.03),
        ("polygon", 90, 9, 0.03),
    ],
)
def test_on_some_of_the_frames_it_comes_near(
    of: str, frames: int, keyframes: int, near: float, seed: int
) -> None:
    rng = random.Random(seed)
    one = walk(rng, frames, keyframes, of)
    other = shaken(rng, one, of)
    slow = slow_overlap(one, other, frames + 3)
    assert overlap(one, other, frames + 3) == pytest.approx(slow, abs=near) and slow > 0.1


def test_frames_on_which_one_is_missing_count_against_it() -> None:
    whole = track("a", "box", {"frame": 0, "box": [0, 0, 10, 10]})
    half = track(
        "a", "box", {"frame": 0, "box": [0, 0, 10, 10]}, {"frame": 50, "box": [0, 0, 10, 10], "outside": True}
    )
    late = track("a", "box", {"frame": 50, "box": [0, 0, 10, 10]})
    assert overlap(whole, half, 100) == pytest.approx(0.5)
    assert overlap(half, late, 100) == 0.0
    assert overlap(whole, whole, 100_000) == pytest.approx(1.0)
    # One box around all of each says nothing: they are never at the same place at the same time.
    right = track("a", "box", {"frame": 0, "box": [0, 0, 10, 10]}, {"frame": 99, "box": [90, 0, 100, 10]})
    left = track("a", "box", {"frame": 0, "box": [90, 0, 100, 10]}, {"frame": 99, "box": [0, 0, 10, 10]})
    assert right.geometry != left.geometry and overlap(right, left, 100) < 0.1


def test_a_tag_of_some_frames_overlaps_in_frames_and_no_object() -> None:
    tag = track("t", "tag", {"frame": 0}, {"frame": 60, "outside": True})
    later = track("t", "tag", {"frame": 30}, {"frame": 90, "outside": True})
    assert overlap(tag, later, 100) == pytest.approx(30 / 90)
    assert overlap(tag, track("t", "box", {"frame": 0, "box": [0, 0, 640, 480]}), 100) == 0.0


def test_a_long_track_costs_no_more_than_a_short_one() -> None:
    rng = np.random.default_rng(3)
    for most in (BOX_FRAMES_MAX, OUTLINE_FRAMES_MAX):
        for keys in (np.arange(100_000), np.sort(rng.choice(100_000, 40, replace=False)), np.array([7])):
            spans = np.array([[0, 30_000], [40_000, 100_000]])
            frames, weights = frames_looked_at(spans, keys, most)
            assert len(frames) <= most and weights.sum() == 90_000
            assert (np.diff(frames) > 0).all() and not ((frames >= 30_000) & (frames < 40_000)).any()


def test_two_peoples_videos_give_the_figures_of_pictures() -> None:
    rng = random.Random(9)
    there = [walk(rng, 300, 6), walk(rng, 300, 6, shift=30.0)]
    near = [shaken(rng, each, "box") for each in there]
    far = track("b", "box", {"frame": 0, "box": [600, 400, 640, 480]})
    found = compare(Labels(there, ["night"]), Labels([*near, far], ["night"]), **SIZE, frame_count=303)
    figures = agreed_in_all([found.labels])
    pairs = [overlap(one, other, 303) for one, other in zip(there, near, strict=True)]
    assert min(pairs) > 0.5
    assert figures.matched_iou == pytest.approx(np.mean(pairs))
    # Two tracks and the tag have a partner, of seven in all.
    assert (figures.f1_50, figures.missed, figures.extra) == (pytest.approx(6 / 7), 0, 1)
    strict = sum(pair >= 0.75 for pair in pairs) + 1
    assert figures.f1_75 == pytest.approx(2 * strict / 7)
    votes = votes_sum([found.votes])
    assert votes == {("a", "a"): 2, ("missing", "b"): 1, ("night", "night"): 1}
    assert alpha_of(votes) is not None
    with pytest.raises(TooMany):
        compare(Labels(there * TRACKS_MAX), Labels(), **SIZE, frame_count=303)


def test_answers_on_a_video_are_put_together_track_by_track() -> None:
    """The track that most drew stays as the one in the middle drew it; what one alone saw is left out."""
    keys = ({"frame": 0, "box": [0, 0, 100, 100]}, {"frame": 90, "box": [300, 0, 400, 100]})
    middle = track("a", "box", *keys)
    sides = [
        track("a", "box", *({**key, "box": [key["box"][0] + by, 0, key["box"][2] + by, 100]} for key in keys))
        for by in (-12, 14)
    ]
    alone = track("b", "box", {"frame": 0, "box": [500, 300, 600, 400]})
    answers = [Labels([sides[0]]), Labels([middle, alone]), Labels([sides[1]])]
    found = merge_answers(answers, ["1", "2", "3"], Quorum(), **SIZE, frame_count=120)
    [kept] = found.regions
    assert kept["geometry"] == middle.geometry and kept["shape"] == "track"
    assert [(row["kept"], row["votes"]) for row in found.objects] == [
        (True, {"a": 3}),
        (False, {"missing": 2, "b": 1}),
    ]
    assert found.objects[0]["agreement"] == pytest.approx(
        np.mean([overlap(middle, sides[0], 120), overlap(middle, sides[1], 120), overlap(*sides, 120)]),
        abs=1e-3,
    )
    assert [(tally.matched, tally.missed, tally.extra) for tally in found.tallies] == [
        (1, 0, 0),
        (1, 0, 1),
        (1, 0, 0),
    ]


def test_tags_that_hold_together_are_never_taken_for_one_another() -> None:
    """Two people say the same two tags of the same frames, in another order: they agree on both."""
    keys = ({"frame": 0}, {"frame": 60, "outside": True})
    night, rain = (lambda: track("night", "tag", *keys)), (lambda: track("rain", "tag", *keys))
    answers = [Labels([night(), rain()]), Labels([rain(), night()])]
    assert overlap(night(), rain(), 100) == 0.0
    found = merge_answers(answers, ["1", "2"], Quorum(), **SIZE, frame_count=100)
    assert sorted(region["label_id"] for region in found.regions) == ["night", "rain"]
    votes = votes_sum([compare(*answers, **SIZE, frame_count=100).votes])
    assert votes == {("night", "night"): 1, ("rain", "rain"): 1}
