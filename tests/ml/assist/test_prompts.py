"""Simulated people: where they click, what box they drag, how they correct; and how a prompt is drawn."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from ml.contracts import Box
from ml.data.instances import instances_read
from ml.data.made_up import shape, surface
from ml.data.prompts import click_in, correction
from ml.inference.assist_input import (
    PAD_VALUE,
    Window,
    crop,
    draw_box,
    draw_click,
    input_of,
    window_of_box,
)
from ml.training import assist_prompts as prompts
from ml.training.assist import GPU_MIX
from ml.training.assist_atlas import Atlas
from ml.training.assist_bank import Bank
from ml.training.assist_prompts import Dice
from ml.training.assist_samples import Sampler
from tests.ml.assist.shapes import painted_set

CPU = torch.device("cpu")


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


def masks(*areas: tuple[int, int, int, int]) -> torch.Tensor:
    """bool (B, 40, 40) with one rectangle (left, top, right, bottom) each."""
    found = torch.zeros(len(areas), 40, 40, dtype=torch.bool)
    for mask, (left, top, right, bottom) in zip(found, areas, strict=True):
        mask[top:bottom, left:right] = True
    return found


def test_a_batch_of_people_clicks_well_inside_and_corrects_the_deeper_error() -> None:
    dice = Dice.of(CPU, 1)
    truth = masks(*[(10, 8, 30, 36)] * 60)
    depth = prompts.depths(truth)
    assert depth[0].max() == 10
    assert depth[0, 8, 20] == 1
    assert not depth[~truth].any()
    x, y = prompts.click_in(dice, depth)
    assert ((x > 12) & (x < 28) & (y > 10) & (y < 34)).all()
    assert (torch.sub(x, 20).abs() <= 1).float().mean() > 0.5
    found = masks((10, 30, 30, 36), (10, 2, 30, 36), (10, 8, 30, 36))
    x, y, inside, wrong = prompts.correction(dice, truth[:3], found)
    assert inside[:2].tolist() == [True, False]
    assert wrong.tolist() == [True, True, False]
    assert 8 < float(y[0]) < 30
    assert 2 < float(y[1]) < 8


def test_a_batch_is_drawn_as_one_prompt_is() -> None:
    boxes = torch.tensor([[3.2, 4.0, 30.5, 21.0], [0.0, 0.0, 40.0, 40.0]])
    clicks = torch.tensor([[7.5, 30.2], [0.0, 39.9]])
    roofs, disks = prompts.roofs(boxes, 40), torch.zeros(2, 40, 40)
    prompts.draw_clicks(disks, clicks[:, 0], clicks[:, 1], torch.tensor([True, True]))
    for k in range(2):
        channel = np.zeros((40, 40), np.float32)
        draw_box(channel, boxes[k].tolist())
        np.testing.assert_allclose(roofs[k].numpy(), channel, atol=1e-6)
        channel[...] = 0
        draw_click(channel, *clicks[k].tolist())
        np.testing.assert_array_equal(disks[k].numpy(), channel)
    prompts.draw_clicks(disks.zero_(), clicks[:, 0], clicks[:, 1], torch.tensor([False, True]))
    assert disks.flatten(1).any(dim=1).tolist() == [False, True]


def test_drawn_boxes_are_tight_or_a_little_off() -> None:
    boxes = prompts.drawn_boxes(Dice.of(CPU, 2), masks(*[(10, 10, 30, 30)] * 300))
    off = (boxes - torch.tensor([10.0, 10.0, 30.0, 30.0])).abs()
    assert off.max() < 3.0
    assert 0.4 < (off.amax(dim=1) <= 0.5).float().mean() < 0.8


def test_an_atlas_shows_what_a_crop_shows() -> None:
    rng = np.random.default_rng(5)
    smooth = cv2.GaussianBlur(rng.integers(0, 255, (90, 120, 3)).astype(np.uint8), (0, 0), 4)
    atlas = Atlas([np.zeros((5, 7, 3), np.uint8), smooth], CPU)
    for window in (Window(20, 10, 64), Window(10, 5, 32), Window(-16, 30, 96)):
        step = window.side / 32
        places = (torch.arange(32) + 0.5) * step
        x = (places + window.left).expand(32, -1)[None]
        y = (places + window.top)[:, None].expand(-1, 32)[None]
        values, within = atlas.sample(torch.tensor([1]), x, y, torch.tensor([step]))
        wanted = crop(smooth, window, 32).transpose(2, 0, 1) / 255
        inside = within[0].numpy()
        assert inside.all() == (window.left >= 0 and window.top + window.side <= 90)
        assert np.abs(values[0].numpy() - wanted)[:, inside].max() < 0.06


def test_every_example_shows_its_object_and_where_it_was_asked_for(tmp_path: Path) -> None:
    pictures = instances_read(painted_set(tmp_path / "shapes", 3)).pictures
    bank = Bank(pictures, CPU, shapes=6, surfaces=2, seed=0)
    drawn = Sampler(bank, GPU_MIX).draw(Dice.of(CPU, 3), 60, 64)
    image, asked = drawn.images[:, :3], drawn.images[:, 3:6].flatten(2).any(dim=2)
    assert drawn.weights.mean() > 0.95
    assert float(image.min()) >= 0.0
    assert float(image.max()) <= 1.0
    # A box or a click in, never both; and the click lies on the object.
    assert (asked[:, 0] ^ asked[:, 2]).all()
    assert not asked[:, 1].any()
    clicked = drawn.images[:, 3] > 0
    rows = asked[:, 0] & (drawn.masks.sum(dim=(1, 2)) > 30)
    assert ((clicked & drawn.masks).flatten(1).sum(dim=1)[rows] > 0).all()
    # Windows smaller than the object are among them, and are known to cut it.
    assert 0.02 < (drawn.outside > 0.2 * drawn.masks.sum(dim=(1, 2))).float().mean() < 0.3
    inside = (image.mean(dim=1) * drawn.masks).sum(dim=(1, 2)) / drawn.masks.sum(dim=(1, 2)).clamp(min=1)
    around = (image.mean(dim=1) * ~drawn.masks).sum(dim=(1, 2)) / (~drawn.masks).sum(dim=(1, 2)).clamp(min=1)
    assert ((inside - around).abs() > 0.04).float().mean() > 0.7


def test_made_up_outlines_and_surfaces_differ_from_one_another() -> None:
    rng = np.random.default_rng(4)
    shapes = [shape(rng) for _ in range(40)]
    assert all(s.any(axis=0).all() or s.any(axis=1).all() for s in shapes)
    fills = [float((s > 0).mean()) for s in shapes]
    assert min(fills) < 0.3 < 0.6 < max(fills)
    levels = [surface(rng).astype(float) for _ in range(6)]
    assert np.std([level.mean() for level in levels]) > 10
    assert min(level.std() for level in levels) > 0.5


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
