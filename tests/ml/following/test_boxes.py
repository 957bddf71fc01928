"""One box followed from frame to frame, with the truth known to the pixel."""

from __future__ import annotations

import numpy as np
import pytest

from ml.contracts import Box, Prediction
from ml.errors import GeometryError, ImageError
from ml.following.boxes import BoxFollower, Followed, Stop
from ml.following.thinning import thinned
from ml.geometry.boxes import row_iou
from tests.support.moving import Thing, scene, straight


def iou(one: Box, other: Box) -> float:
    return float(row_iou([one.xyxy], [other.xyxy])[0])


def follow(draw, start: Box, frames: range) -> list[Followed]:
    follower = BoxFollower(draw(frames[0]), start)
    found = []
    for frame in frames[1:]:
        found.append(follower.step(draw(frame)))
        if found[-1].stop is not None:
            break
    return found


@pytest.mark.parametrize("step", [(1.0, 0.4), (4.0, -1.0), (9.0, 2.0)], ids=["slow", "brisk", "fast"])
def test_a_moving_thing_is_followed(step: tuple[float, float]) -> None:
    thing = Thing(straight((60, 120), step))
    frames = range(min(60, int(200 / step[0])))
    found = follow(scene([thing]), thing.box(0), frames)
    assert [each.stop for each in found] == [None] * (len(frames) - 1)
    overlaps = [iou(each.box, thing.box(at)) for at, each in enumerate(found, start=1)]
    assert min(overlaps) > 0.8
    assert np.mean([each.confidence for each in found]) > 0.6


def test_backwards_is_followed_as_forwards() -> None:
    thing = Thing(straight((60, 120), (3.0, 0.0)))
    found = follow(scene([thing]), thing.box(50), range(50, -1, -1))
    assert len(found) == 50
    assert iou(found[-1].box, thing.box(0)) > 0.8


def test_a_thing_that_comes_nearer_grows() -> None:
    thing = Thing(straight((150, 120), (0.5, 0.0)), scale=lambda frame: 1.0 + 0.012 * frame)
    found = follow(scene([thing]), thing.box(0), range(50))
    assert iou(found[-1].box, thing.box(49)) > 0.8
    assert found[-1].box.width > 1.4 * thing.size[0]


def test_what_goes_behind_another_is_lost_and_the_other_not_taken_for_it() -> None:
    thing = Thing(straight((60, 120), (3.0, 0.0)))
    wall = Thing(straight((200, 120), (0.0, 0.0)), size=(120, 240), seed=3)
    found = follow(scene([thing, wall]), thing.box(0), range(80))
    assert found[-1].stop is Stop.LOST
    # Its edge reaches the other one in frame 19, its last pixel in frame 33.
    assert 19 <= len(found) <= 45


def test_what_leaves_the_picture_is_said_to_have_left() -> None:
    thing = Thing(straight((250, 120), (4.0, 0.0)))
    found = follow(scene([thing]), thing.box(0), range(60))
    assert found[-1].stop in (Stop.LEFT, Stop.LOST)
    gone = next(at for at in range(60) if thing.box(at).x1 >= 320)
    assert len(found) <= gone


def test_a_cut_to_another_scene_loses_it_within_the_patience() -> None:
    thing = Thing(straight((100, 120), (1.0, 0.0)))
    here, there = scene([thing]), scene([], seed=9)
    follower = BoxFollower(here(0), thing.box(0))
    for frame in range(1, 10):
        assert follower.step(here(frame)).stop is None
    stops = [follower.step(there(frame)).stop for frame in range(10, 17)]
    assert Stop.LOST in stops


def test_a_detector_that_draws_wider_boxes_corrects_the_place_and_not_the_habit() -> None:
    thing = Thing(straight((60, 120), (3.0, 0.5)))
    draw = scene([thing])

    def said(frame: int) -> list[Prediction]:
        box = thing.box(frame)
        return [Prediction("thing", 0.9, Box(box.x1 - 4, box.y1 - 6, box.x2 + 4, box.y2 + 6))]

    follower = BoxFollower(draw(0), thing.box(0), said(0))
    for frame in range(1, 50):
        found = follower.step(draw(frame), said(frame))
    assert iou(found.box, thing.box(49)) > 0.9


def test_another_things_detection_is_not_taken() -> None:
    thing = Thing(straight((60, 120), (1.0, 0.0)))
    draw = scene([thing])
    follower = BoxFollower(draw(0), thing.box(0))
    found = follower.step(draw(1), [Prediction("thing", 0.99, Box(200, 20, 260, 90))])
    assert iou(found.box, thing.box(1)) > 0.9


def test_what_cannot_be_followed_is_refused() -> None:
    picture = np.zeros((48, 64, 3), dtype=np.uint8)
    with pytest.raises(GeometryError, match="cannot be followed"):
        BoxFollower(picture, Box(4, 4, 8, 30))
    with pytest.raises(ImageError):
        BoxFollower(picture[..., 0], Box(4, 4, 30, 30))


def test_a_box_at_the_picture_edge_and_a_flat_picture_do_no_harm() -> None:
    picture = np.full((48, 64, 3), 128, dtype=np.uint8)
    follower = BoxFollower(picture, Box(-4, -4, 20, 20))
    assert follower.step(picture).box.width > 0


# ---- thinning


def test_no_boxes_give_no_keyframes_and_one_gives_itself() -> None:
    assert thinned([]) == []
    assert thinned([Box(0, 0, 9, 9)]) == [0]


def test_a_straight_way_needs_its_two_ends_only() -> None:
    thing = Thing(straight((60, 120), (2.5, -0.5)))
    assert thinned([thing.box(frame) for frame in range(60)]) == [0, 59]


@pytest.mark.parametrize("seed", range(5))
def test_straight_lines_between_keyframes_stay_close(seed: int) -> None:
    rng = np.random.default_rng(seed)
    middles = np.cumsum(np.cumsum(rng.normal(0, 0.3, (200, 2)), axis=0), axis=0) + 300
    boxes = [Box(x, y, x + 40, y + 80) for x, y in middles]
    kept = thinned(boxes)
    rows = np.array([box.xyxy for box in boxes])
    line = np.stack([np.interp(np.arange(200), kept, rows[kept, side]) for side in range(4)], axis=1)
    off = np.abs(line - rows).max(axis=1)
    assert ((row_iou(line, rows) >= 0.9) | (off <= 1.5)).all()
    assert len(kept) < 60
