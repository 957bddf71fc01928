"""Following from keyframes: a thing that can be followed needs one, and one that is not followed more."""

from __future__ import annotations

import numpy as np

from ml.evaluation.keyframes import worst_first
from ml.evaluation.propagation import propagated
from tests.support.moving import Thing, scene


def _boxes(thing: Thing, frames: int) -> np.ndarray:
    return np.array([thing.box(frame).xyxy for frame in range(frames)])


def test_what_swings_to_and_fro_is_followed_from_fewer_keyframes_than_lines_need() -> None:
    frames = 60
    thing = Thing(lambda frame: (160 + 60 * np.sin(frame / 6), 120 + 20 * np.cos(frame / 5)))
    draw, boxes = scene([thing]), _boxes(thing, frames)
    by_following = propagated([draw(frame) for frame in range(frames)], boxes)
    assert by_following.mean_iou >= 0.9
    assert len(by_following.keyframes) <= 3 < len(worst_first(boxes).keyframes)


def test_where_following_finds_nothing_every_bend_is_a_persons() -> None:
    frames = 12
    thing = Thing(lambda frame: (40 + 20 * frame, 120))
    boxes = _boxes(thing, frames)
    # Flat pictures: there is nothing to follow, so that the box stands still or goes anywhere.
    flat = [np.full((240, 320, 3), 128, np.uint8)] * frames
    found = propagated(flat, boxes)
    assert found.mean_iou >= 0.9
    assert 2 <= len(found.keyframes) <= frames
    assert found.keyframes[0] == 0
