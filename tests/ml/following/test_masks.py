"""One mask followed from frame to frame, by flow alone and with the shipped assist network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ml.errors import GeometryError
from ml.following.masks import MaskFollower
from ml.inference.assist_segmenter import AssistSegmenter
from tests.support.moving import Thing, scene, straight

SHIPPED = Path(__file__).resolve().parents[3] / "ml" / "weights" / "assist"
SIZE = (240, 320)


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / (one | other).sum())


@pytest.mark.parametrize("shipped", [False, True], ids=["flow", "assist"])
def test_a_moving_mask_is_followed(shipped: bool) -> None:
    thing = Thing(straight((70, 120), (3.0, 0.5)))
    draw = scene([thing])
    segmenter = AssistSegmenter.load(SHIPPED) if shipped else None
    follower = MaskFollower(draw(0), thing.mask(0, *SIZE), segmenter)
    found = [follower.step(draw(frame)) for frame in range(1, 40)]
    assert all(each.stop is None for each in found)
    overlaps = [overlap(each.mask, thing.mask(at, *SIZE)) for at, each in enumerate(found, start=1)]
    assert min(overlaps) > 0.75


def test_a_segmenter_that_sees_something_else_at_the_start_is_not_asked_on() -> None:
    thing = Thing(straight((70, 120), (2.0, 0.0)), size=(60, 70))
    draw = scene([thing])
    # The upper half of a thing is no object to a segmenter that was shown where it is.
    half = thing.mask(0, *SIZE)
    half[120:] = False
    follower = MaskFollower(draw(0), half, AssistSegmenter.load(SHIPPED))
    assert not follower.is_asking
    for frame in range(1, 20):
        found = follower.step(draw(frame))
    truth = thing.mask(19, *SIZE)
    truth[120:] = False
    assert overlap(found.mask, truth) > 0.75


def test_an_empty_mask_is_refused() -> None:
    with pytest.raises(GeometryError, match="cannot be followed"):
        MaskFollower(np.zeros((40, 40, 3), dtype=np.uint8), np.zeros((40, 40), dtype=np.bool_))
