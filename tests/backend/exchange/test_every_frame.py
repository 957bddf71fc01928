"""Keyframes back from rows of every frame: nothing that is said of a frame may get lost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backend.core.tracks import track_at
from backend.exchange.formats.every_frame import SAME_PX, Screen, drawn_of, keyframes_of, shown_in_order
from backend.exchange.formats.neutral import Followed, Said
from ml.data.loaded import Notes


def said_at(keyframes: list[dict[str, Any]], frame: int) -> tuple[list[float], bool] | None:
    state = track_at({"of": "box", "keyframes": keyframes}, frame)
    return None if state is None or state.outside else (state.geometry["box"], state.occluded)


def assert_says(keyframes: list[dict[str, Any]], rows: list[Said]) -> None:
    """On every frame what the rows say, and nothing on the others."""
    by_frame = {row.frame: row for row in rows}
    for frame in range(max(by_frame) + 3):
        found = said_at(keyframes, frame)
        if frame not in by_frame:
            assert found is None, frame
            continue
        assert found is not None, frame
        box, occluded = found
        assert (
            max(abs(a - b) for a, b in zip(box, by_frame[frame].geometry["box"], strict=True)) <= 2 * SAME_PX
        )
        assert occluded == by_frame[frame].occluded


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("step_px", [0.001, 0.37, 25.0])
def test_rows_of_straight_lines_give_no_more_keyframes_than_were_set(seed, step_px):
    rng = np.random.default_rng(seed)
    frames = np.sort(rng.choice(200, 12, replace=False))
    boxes = np.round(rng.uniform(0, step_px * 40, (12, 2)), 3)
    keyframes = [
        {
            "frame": int(frame),
            "box": [*map(float, box), *map(float, np.round(box + 30, 3))],
            "outside": bool(index > 0 and rng.random() < 0.2),
            "occluded": bool(rng.random() < 0.3),
        }
        for index, (frame, box) in enumerate(zip(frames, boxes, strict=True))
    ]
    track = {"shape": "track", "geometry": {"of": "box", "keyframes": keyframes}}
    rows = [
        Said(shown.frame, shown.region["geometry"], shown.region["occluded"])
        for shown in shown_in_order([track], 210)
    ]
    found = keyframes_of(rows, "box")
    assert_says(found, rows)
    assert len(found) <= len(keyframes) + 1


@pytest.mark.parametrize("seed", range(8))
def test_rows_drawn_by_hand_are_all_kept(seed):
    rng = np.random.default_rng(seed)
    frames = [frame for frame in range(150) if rng.random() < 0.9]
    walk = np.cumsum(rng.integers(-2, 3, (150, 2)), axis=0) + 400
    rows = [
        Said(f, {"box": [*map(float, walk[f]), *map(float, walk[f] + 60)]}, bool(rng.random() < 0.1))
        for f in frames
    ]
    assert_says(keyframes_of(rows, "box"), rows)


def test_what_stands_still_is_said_once():
    rows = [Said(frame, {"box": [1.0, 2.0, 3.0, 4.0]}) for frame in range(5, 900)]
    found = keyframes_of(rows, "box")
    assert [(key["frame"], key["outside"]) for key in found] == [(5, False), (900, True)]
    ring = {"points": [[0.0, 0.0], [9.0, 0.0], [9.0, 9.0]]}
    other = {"points": [[0.0, 0.0], [9.0, 0.0], [9.0, 8.0]]}
    rows = [Said(frame, ring if frame < 4 else other) for frame in range(8)]
    assert [key["frame"] for key in keyframes_of(rows, "polygon")] == [0, 3, 4, 8]
    assert [key["frame"] for key in keyframes_of(rows, "mask")] == [0, 4, 8]


def test_attributes_that_change_are_said_by_the_keyframe_where_they_do():
    box = {"box": [1.0, 2.0, 30.0, 40.0]}
    said = [{"pose": "sits"}, {"pose": "sits"}, {"pose": "stands", "load": 2}, {"load": 2}]
    rows = [Said(frame, box, attributes=each) for frame, each in enumerate(said)]
    drawn = drawn_of(Followed("person", "box", tuple(rows)), Screen(100, 100, 4), Notes())
    assert drawn is not None
    assert drawn.attributes == {"pose": "sits"}
    keyframes = drawn.geometry["keyframes"]
    assert [(key["frame"], key.get("attributes")) for key in keyframes] == [
        (0, None),
        (2, {"pose": "stands", "load": 2}),
        (3, {"pose": None}),
    ]


def test_nothing_said_is_no_track():
    notes = Notes()
    assert drawn_of(Followed("person", "box", ()), Screen(100, 100, 4), notes) is None
    assert (
        drawn_of(Followed("person", "box", (Said(9, {"box": [1, 1, 9, 9]}),)), Screen(100, 100, 4), notes)
        is None
    )
    assert keyframes_of([], "box") == []
    assert list(shown_in_order([], 10)) == []


def test_what_leaves_the_picture_ends_where_too_little_of_it_is_left():
    rows = tuple(Said(frame, {"box": [90.0 + frame, 10.0, 110.0 + frame, 40.0]}) for frame in range(20))
    notes = Notes()
    drawn = drawn_of(Followed("person", "box", rows), Screen(100, 100, 50, min_side_px=3), notes)
    assert drawn is not None
    assert [(k["frame"], k["outside"], k["box"]) for k in drawn.geometry["keyframes"]] == [
        (0, False, [90, 10, 100, 40]),
        (7, False, [97, 10, 100, 40]),
        (8, True, [97, 10, 100, 40]),
    ]
    assert notes.counts["boxes of which less than 3 pixels are on the picture left out"] == 12
