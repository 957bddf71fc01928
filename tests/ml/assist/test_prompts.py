"""Simulated people: where they click, what box they drag, how they correct; and how a prompt is drawn."""

from __future__ import annotations

import numpy as np
import pytest

from ml.contracts import Box
from ml.data.instances import instance_of
from ml.data.pasted import SIDE_PX, pasted
from ml.data.prompts import Kind, click_in, correction, draw_look, drawn_box
from ml.inference.assist_input import (
    PAD_VALUE,
    Window,
    crop,
    draw_box,
    draw_click,
    input_of,
    window_of_box,
)


def square(side: int = 40, low: int = 10, high: int = 30) -> np.ndarray:
    mask = np.zeros((side, side), dtype=bool)
    mask[low:high, low:high] = True
    return mask


def test_a_first_click_is_the_innermost_point_or_well_inside() -> None:
    rng = np.random.default_rng(0)
    x, y = click_in(rng, square(), deepest_share=1.0)
    assert (abs(x - 20), abs(y - 20)) <= (1.0, 1.0)
    for _ in range(50):
        x, y = click_in(rng, square(), deepest_share=0.0)
        assert 12 < x < 28
        assert 12 < y < 28
    assert click_in(rng, np.zeros((4, 4), bool)) is None


@pytest.mark.parametrize(("found", "inside"), [(square(low=24), True), (square(high=40), False)])
def test_a_correction_goes_into_the_deeper_error(found: np.ndarray, inside: bool) -> None:
    (x, y), says = correction(np.random.default_rng(1), square(), found)
    assert says is inside
    assert (square() & ~found if inside else found & ~square())[int(y), int(x)]


def test_nothing_is_corrected_where_all_is_well() -> None:
    assert correction(np.random.default_rng(1), square(), square()) is None


def test_drawn_boxes_are_tight_or_a_little_off() -> None:
    rng = np.random.default_rng(2)
    boxes = [drawn_box(rng, square().astype(np.uint8)) for _ in range(200)]
    off = np.array([[b.x1 - 10, b.y1 - 10, b.x2 - 30, b.y2 - 30] for b in boxes])
    assert np.abs(off.mean(axis=0)).max() < 0.2
    assert np.abs(off).max() < 3.0
    assert (np.abs(off).max(axis=1) <= 0.5).mean() > 0.4


def test_every_look_shows_the_object() -> None:
    mask = np.zeros((200, 300), np.uint8)
    mask[50:90, 120:150] = 1
    mask[50:60, 120:130] = 0
    target = instance_of(mask)
    assert target is not None
    rng = np.random.default_rng(3)
    kinds = set()
    for _ in range(300):
        look = draw_look(rng, target)
        kinds.add(look.kind)
        shown = crop(mask, look.window, 64, fill=0)
        assert shown.any()
        if look.kind is not Kind.CLICK:
            assert look.window.side >= 1.2 * 40
    assert kinds == set(Kind)


def test_made_up_objects_differ_from_what_is_around_them() -> None:
    rng = np.random.default_rng(4)
    wall = np.full((SIDE_PX, SIDE_PX, 3), 120, np.uint8)
    seen = 0
    for _ in range(20):
        made = pasted(rng, wall, rng.integers(0, 255, wall.shape).astype(np.uint8))
        assert made is not None
        picture, target = made
        inside = target.full(SIDE_PX, SIDE_PX)
        seen += int(np.abs(picture[inside].astype(int) - 120).mean() > 5)
    assert seen >= 18


def test_a_window_beyond_the_picture_is_grey() -> None:
    picture = np.full((20, 30, 3), 200, np.uint8)
    shown = crop(picture, Window(-10, -10, 40), 40)
    assert (shown[:10] == PAD_VALUE).all()
    assert (shown[:, :10] == PAD_VALUE).all()
    assert (shown[10:30, 10:] == 200).all()
    assert (crop(picture, Window(500, 500, 40), 8) == PAD_VALUE).all()
    assert input_of(picture, Window(0, 0, 20), 32)[:3].max() == pytest.approx(200 / 255)


def test_clicks_and_boxes_are_drawn_where_they_are() -> None:
    window = window_of_box(Box(100, 60, 140, 100))
    assert window == Window(92, 52, 56)
    channel = np.zeros((160, 160), np.float32)
    draw_click(channel, *window.point(120, 80, 160))
    ys, xs = np.nonzero(channel)
    assert (xs.mean(), ys.mean()) == pytest.approx((79.5, 79.5), abs=0.6)
    assert 40 <= len(xs) <= 60
    draw_click(channel, 0.0, 160.0)
    assert channel[159, 0] == 1.0
    draw_box(channel, window.corners(Box(100, 60, 140, 100), 160))
    ys, xs = np.nonzero(channel)
    assert (xs.min(), xs.max(), ys.min(), ys.max()) == (23, 136, 23, 136)
    assert channel[80, 80] > 0.98
    assert 0.5 < channel[80, 23] < 0.52
