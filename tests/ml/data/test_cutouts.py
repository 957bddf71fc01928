"""What is pasted into a picture lies where its labels say, goes whole, and hides what it covers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ml.contracts import Annotation, Box, Dataset, ImageRef, LabelledImage, Polygon
from ml.data.cache import Sample, SampleCache
from ml.data.cutouts import PASTED_SHARE, Cutout, cutouts_of, pasted

SIDE = 120
PERSON, HAT, TRUCK = 0, 1, 2


def outlined(label: str, x1: float, y1: float, x2: float, y2: float) -> Annotation:
    ring = ((x1, y1), (x2, y1), (x2, y2), (x1, y2))
    return Annotation(label, Box(x1, y1, x2, y2), Polygon(ring))


def cache_of(folder: Path, *objects: Annotation) -> SampleCache:
    """One black picture whose objects are white."""
    pixels = np.zeros((SIDE, SIDE, 3), dtype=np.uint8)
    for each in objects:
        box = each.box
        pixels[int(box.y1) : int(box.y2), int(box.x1) : int(box.x2)] = 255
    path = folder / "picture.png"
    Image.fromarray(pixels).save(path)
    item = LabelledImage(ImageRef(path.name, path, SIDE, SIDE), objects)
    return SampleCache(Dataset(("person", "hat", "truck"), (item,)), SIDE, outlines=True)


@pytest.fixture
def worker(tmp_path: Path) -> Cutout:
    """A person 20 px wide and 40 high."""
    (cutout,) = cutouts_of(cache_of(tmp_path, outlined("person", 30, 40, 50, 80)))
    return cutout


def grey(*boxes: tuple[float, float, float, float]) -> Sample:
    return Sample(
        np.full((SIDE, SIDE, 3), 60, dtype=np.uint8),
        np.array(boxes, dtype=np.float32).reshape(-1, 4),
        np.full(len(boxes), HAT),
        np.zeros(len(boxes), dtype=bool),
    )


def scenes(cutout: Cutout, sample: Sample, count: int = 60) -> list[Sample]:
    """The pictures, of `count` tries, into which something was put."""
    tries = [pasted(np.random.default_rng(seed), sample, [cutout]) for seed in range(count)]
    return [each for each in tries if each.pixels is not sample.pixels]


def test_a_hat_goes_with_its_wearer_and_not_alone(tmp_path: Path) -> None:
    wearer, hat, lying = (
        outlined("person", 10, 20, 50, 100),
        outlined("hat", 20, 16, 40, 36),
        outlined("hat", 80, 90, 100, 104),
    )
    found = cutouts_of(cache_of(tmp_path, wearer, hat, lying))
    assert [cutout.labels.tolist() for cutout in found] == [[PERSON, HAT], [HAT]]
    whole = found[0]
    # The hat sticks out four pixels above: the piece is cut round both.
    assert whole.mask.shape == (84, 40)
    assert whole.boxes.tolist() == [[0, 4, 40, 84], [10, 0, 30, 20]]
    assert (whole.mask[5:83, 1:39] == 255).all()
    assert not whole.mask[:3, :8].any()


def test_a_hat_of_two_in_a_row_goes_with_the_nearer_one(tmp_path: Path) -> None:
    crowd = (
        outlined("person", 5, 5, 115, 115),
        outlined("person", 40, 40, 70, 110),
        outlined("hat", 45, 42, 65, 55),
    )
    assert [c.labels.tolist() for c in cutouts_of(cache_of(tmp_path, *crowd))] == [[PERSON], [PERSON, HAT]]


def test_a_part_known_by_its_box_alone_comes_without_the_corners(tmp_path: Path) -> None:
    hat = Annotation("hat", Box(20, 0, 60, 40))
    (cutout,) = cutouts_of(cache_of(tmp_path, outlined("person", 10, 15, 70, 110), hat))
    assert cutout.labels.tolist() == [PERSON, HAT]
    assert cutout.mask[2, 30] == 255  # the hat's top
    assert cutout.mask[2, 12] == 0  # and its corner


def test_boxes_alone_give_nothing_and_leave_pictures_as_they_are(tmp_path: Path) -> None:
    boxed = Annotation("person", Box(30, 40, 50, 80))
    assert cutouts_of(cache_of(tmp_path, boxed)) == ()
    sample = grey((1, 1, 5, 5))
    alone = pasted(np.random.default_rng(0), sample, ())
    assert alone.pixels is sample.pixels
    assert alone.boxes is sample.boxes


def test_a_picture_without_an_object_gives_nothing(tmp_path: Path) -> None:
    assert cutouts_of(cache_of(tmp_path)) == ()
    other = Annotation("no class of the set", Box(1, 1, 9, 9), Polygon(((1, 1), (9, 1), (9, 9))))
    assert cutouts_of(cache_of(tmp_path, other)) == ()


def test_the_hat_of_somebody_who_is_a_part_goes_with_the_whole(tmp_path: Path) -> None:
    nested = (
        outlined("truck", 5, 5, 115, 115),
        outlined("person", 40, 40, 70, 100),
        outlined("hat", 45, 42, 65, 55),
    )
    (cutout,) = cutouts_of(cache_of(tmp_path, *nested))
    assert cutout.labels.tolist() == [TRUCK, PERSON, HAT]


def test_outlines_do_not_come_along_whether_something_is_pasted_or_not(
    tmp_path: Path, worker: Cutout
) -> None:
    sample = cache_of(tmp_path, outlined("person", 30, 40, 50, 80)).sample(0)
    assert sample.outlines
    for seed in range(6):
        assert pasted(np.random.default_rng(seed), sample, [worker]).outlines == ()


def test_as_many_pictures_get_some_as_are_meant_to(worker: Cutout) -> None:
    assert len(scenes(worker, grey(), 400)) / 400 == pytest.approx(PASTED_SHARE, abs=0.08)


def test_what_is_pasted_lies_in_its_box_and_is_bright(worker: Cutout) -> None:
    sample = grey()
    looked = 0
    for scene in scenes(worker, sample):
        assert (scene.boxes >= 0).all()
        assert (scene.boxes <= SIDE).all()
        assert set(scene.labels.tolist()) <= {PERSON}
        if len(scene.boxes) != 1:
            continue
        looked += 1
        bright = scene.pixels.max(axis=2) > 125
        rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
        seen = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
        assert seen == pytest.approx(tuple(scene.boxes[0]), abs=1.6)
    assert looked > 5
    assert (sample.pixels == 60).all()  # the cache's own picture is not painted on


def test_what_is_covered_is_no_label_any_more_and_what_shows_is(worker: Cutout) -> None:
    sample = grey((58, 58, 62, 62), (0, 0, SIDE, SIDE))
    gone = 0
    for scene in scenes(worker, sample):
        small_left, large_left = (bool((scene.boxes == box).all(axis=1).any()) for box in sample.boxes)
        assert large_left
        # A place that shows its own grey was not covered.
        shows = (scene.pixels[58:62, 58:62] == 60).all(axis=2).mean()
        assert small_left == (shows > 0.4) or 0.2 < shows < 0.6
        gone += not small_left
    assert gone > 2


def test_what_would_fill_the_picture_is_left_out(tmp_path: Path) -> None:
    (large,) = cutouts_of(cache_of(tmp_path, outlined("person", 0, 0, SIDE, SIDE)))
    small = replace(grey(), pixels=np.full((30, 30, 3), 60, dtype=np.uint8))
    for scene in scenes(large, small):
        assert len(scene.boxes) == 0
        assert (scene.pixels == 60).all()


def test_the_same_numbers_give_the_same_picture(worker: Cutout) -> None:
    one, other = (pasted(np.random.default_rng([3, 1]), grey(), [worker]) for _ in range(2))
    assert np.array_equal(one.pixels, other.pixels)
    assert np.array_equal(one.boxes, other.boxes)


def test_of_very_many_objects_a_part_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = [outlined("person", 20 * i, 10, 20 * i + 10, 60) for i in range(5)]
    cache = cache_of(tmp_path, *row)
    assert len(cutouts_of(cache)) == 5
    monkeypatch.setattr("ml.data.cutouts.MOST", 2)
    assert len(cutouts_of(cache)) == 2
    monkeypatch.setattr("ml.data.cutouts.MOST", 5)
    # Each takes 10 × 50 pixels of four bytes.
    monkeypatch.setattr("ml.data.cutouts.MOST_BYTES", 6_000)
    assert len(cutouts_of(cache)) == 3
