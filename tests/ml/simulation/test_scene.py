"""Generated scenes: the same seed gives the same picture, and the truth is what the picture shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ml.geometry.homography import homography_apply
from ml.geometry.masks import mask_box, mask_to_rle, rle_to_mask
from ml.simulation.labels import crop_rle
from ml.simulation.scene import render_clip, render_image
from ml.simulation.truth import (
    FORKLIFT,
    HARD_HAT,
    K1_MAX,
    K1_MIN,
    PERSON,
    RenderedFrame,
    SceneConfig,
    SceneError,
    View,
)

SMALL = SceneConfig(seed=7, width=320, height=240, people=6, forklifts=1, view=View.WALL)


@pytest.fixture(scope="module")
def frame() -> RenderedFrame:
    return render_image(SMALL)


@pytest.fixture(scope="module")
def clip() -> list[RenderedFrame]:
    config = SceneConfig(seed=5, width=320, height=240, people=5, forklifts=1, view=View.WALL, noise=False)
    return list(render_clip(config, seconds=3.0, fps=10))


def test_the_same_seed_gives_the_same_picture_and_truth(frame: RenderedFrame) -> None:
    again = render_image(SMALL)
    assert np.array_equal(again.image_rgb, frame.image_rgb)
    assert again.objects == frame.objects


def test_another_seed_gives_another_picture(frame: RenderedFrame) -> None:
    other = render_image(replace(SMALL, seed=8))
    assert not np.array_equal(other.image_rgb, frame.image_rgb)


def test_pictures_have_the_size_and_form_asked_for(frame: RenderedFrame) -> None:
    assert frame.image_rgb.shape == (240, 320, 3)
    assert frame.image_rgb.dtype == np.uint8
    assert frame.image_rgb.std() > 15


def test_people_and_trucks_are_there(frame: RenderedFrame) -> None:
    labels = [item.label for item in frame.objects]
    assert labels.count(PERSON) >= 3
    assert labels.count(FORKLIFT) == 1


def test_an_empty_hall_has_no_people_and_no_trucks() -> None:
    empty = render_image(replace(SMALL, people=0, forklifts=0, pallets=0, view=View.HIGH))
    assert not [item for item in empty.objects if item.label in (PERSON, FORKLIFT, HARD_HAT)]


def test_boxes_are_tight_round_the_masks(frame: RenderedFrame) -> None:
    for item in frame.objects:
        assert mask_box(rle_to_mask(item.mask)) == item.box_px


def test_masks_are_the_id_picture_with_worn_things_counted_to_the_wearer(frame: RenderedFrame) -> None:
    for item in frame.objects:
        worn = [o.track_id for o in frame.objects if o.parent_id == item.track_id]
        expected = np.isin(frame.ids, [item.track_id, *worn])
        assert np.array_equal(rle_to_mask(item.mask), expected)


def test_masks_of_different_people_do_not_overlap(frame: RenderedFrame) -> None:
    total = np.zeros((240, 320), dtype=int)
    for item in frame.objects:
        if item.parent_id is None:
            total += rle_to_mask(item.mask)
    assert total.max() <= 1


def test_a_helmet_lies_in_its_wearer(frame: RenderedFrame) -> None:
    by_id = {item.track_id: item for item in frame.objects}
    helmets = [item for item in frame.objects if item.label == HARD_HAT]
    assert helmets
    for helmet in helmets:
        assert helmet.parent_id is not None
        wearer = by_id[helmet.parent_id]
        assert wearer.label == PERSON
        assert not (rle_to_mask(helmet.mask) & ~rle_to_mask(wearer.mask)).any()


def test_foot_pixel_is_the_floor_point_through_lens_and_homography(frame: RenderedFrame) -> None:
    camera = frame.camera
    for item in frame.objects:
        ideal = homography_apply(camera.floor_to_ideal, [item.foot_m])
        assert np.allclose(camera.lens.distort(ideal)[0], item.foot_px, atol=1e-6)


def test_an_upright_person_stands_on_the_foot_point(clip: list[RenderedFrame]) -> None:
    upright = ("stand", "walk", "point", "phone", "clipboard", "arms_crossed")
    seen = [
        o for f in clip for o in f.objects if o.label == PERSON and o.visible > 0.98 and o.pose in upright
    ]
    assert len(seen) > 20
    for item in seen:
        assert abs(item.foot_px[1] - item.full_box_px.y2) < 0.15 * item.full_box_px.height + 2
        assert item.full_box_px.x1 - 2 <= item.foot_px[0] <= item.full_box_px.x2 + 2


def test_hidden_objects_are_marked() -> None:
    crowd = render_image(
        SceneConfig(seed=21, width=320, height=240, people=40, forklifts=2, view=View.EYE, noise=False)
    )
    assert all(item.ignore for item in crowd.objects if item.visible < 0.25)
    assert any(item.ignore for item in crowd.objects)
    assert any(0.25 <= item.visible < 0.9 and not item.ignore for item in crowd.objects)


def test_visible_counts_what_the_picture_edge_cuts_off(frame: RenderedFrame) -> None:
    for item in frame.objects:
        inside = item.full_box_px.x1 >= 0 and item.full_box_px.x2 <= 320
        if not inside and item.label == PERSON:
            assert item.visible < 1.0
        assert 0.0 < item.visible <= 1.0


def test_ids_and_labels_stay_with_their_object_through_a_clip(clip: list[RenderedFrame]) -> None:
    labels: dict[int, str] = {}
    for frame in clip:
        ids = [item.track_id for item in frame.objects]
        assert len(ids) == len(set(ids))
        for item in frame.objects:
            assert labels.setdefault(item.track_id, item.label) == item.label


def test_speed_is_displacement_over_time(clip: list[RenderedFrame]) -> None:
    moving = 0
    for before, now, after in zip(clip, clip[1:], clip[2:], strict=False):
        places = [{o.track_id: o for o in f.objects if o.label == PERSON} for f in (before, now, after)]
        for track in places[0].keys() & places[1].keys() & places[2].keys():
            a, b, c = (np.array(place[track].foot_m) for place in places)
            steps = np.linalg.norm(b - a), np.linalg.norm(c - b)
            measured = (steps[0] + steps[1]) / (after.time_s - before.time_s)
            assert measured == pytest.approx(places[1][track].speed_m_s, abs=0.09)
            moving += measured > 0.5
    assert moving > 10


def test_times_are_those_of_the_rate_asked_for(clip: list[RenderedFrame]) -> None:
    assert len(clip) == 30
    assert [frame.time_s for frame in clip[:3]] == pytest.approx([0.0, 0.1, 0.2])


def test_the_hall_stays_still_while_people_move(clip: list[RenderedFrame]) -> None:
    first, last = clip[0], clip[-1]
    untouched = np.ones((240, 320), dtype=bool)
    for frame in (first, last):
        for item in frame.objects:
            box = item.full_box_px
            x1, y1 = max(0, int(box.x1 - 60)), max(0, int(box.y1 - 60))
            if item.label in (PERSON, FORKLIFT):
                untouched[y1 : int(box.y2 + 60), x1 : int(box.x2 + 60)] = False
    assert np.array_equal(first.image_rgb[untouched], last.image_rgb[untouched])


@pytest.mark.parametrize("seed", range(40, 46))
def test_lens_is_in_the_stated_range_and_fills_the_picture(seed: int) -> None:
    camera = render_image(SceneConfig(seed=seed, width=128, height=96, people=0, forklifts=0)).camera
    assert K1_MIN <= camera.k1 <= K1_MAX
    corner = np.hypot(camera.width / 2, camera.height / 2)
    assert corner < camera.lens.max_distorted_px


def test_k1_is_taken_when_asked_for() -> None:
    config = SceneConfig(seed=3, width=128, height=96, people=0, forklifts=0, k1=-0.31)
    assert render_image(config).camera.k1 == -0.31


@pytest.mark.parametrize(
    "wrong", [{"k1": -0.5}, {"k1": 0.1}, {"width": 20}, {"people": -1}, {"forklifts": 99}]
)
def test_what_cannot_be_made_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SceneError):
        SceneConfig(seed=1, **wrong)  # type: ignore[arg-type]


def test_a_clip_without_frames_is_refused() -> None:
    with pytest.raises(SceneError):
        next(render_clip(SMALL, seconds=0.0, fps=10))


@pytest.mark.parametrize(
    ("top", "left", "shape"),
    [
        pytest.param(0, 0, (6, 5), id="the whole picture"),
        pytest.param(2, 1, (3, 3), id="inside"),
        pytest.param(4, 3, (2, 2), id="bottom right corner"),
        pytest.param(0, 0, (6, 2), id="full columns that join"),
    ],
)
def test_run_lengths_of_a_crop_equal_those_of_the_picture(
    top: int, left: int, shape: tuple[int, int]
) -> None:
    for seed in range(20):
        crop = np.random.default_rng(seed).random(shape) < 0.6
        whole = np.zeros((6, 5), dtype=bool)
        whole[top : top + shape[0], left : left + shape[1]] = crop
        assert crop_rle(crop, top, left, 6, 5) == mask_to_rle(whole)
