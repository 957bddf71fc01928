"""The split is sticky and never cuts a group."""

from dataclasses import replace
from pathlib import Path

import pytest

from ml.contracts import Dataset, ImageRef, LabelledImage
from ml.data.loaded import group_of, split_of
from ml.data.split import group_share, holdout_split, source_split


def dataset(groups: list[str]) -> Dataset:
    images = [
        LabelledImage(ImageRef(f"{n}.jpg", Path(f"{n}.jpg"), 8, 8, group)) for n, group in enumerate(groups)
    ]
    return Dataset(("a",), tuple(images))


@pytest.mark.parametrize(
    "name",
    ["IMG_12.jpg", "img_12_jpg.rf.0fc1c8b5aa5c6d52.jpg", "IMG_12_jpg.jpg", "x/img_12_jpeg.rf.ABCDEF01.png"],
)
def test_copies_of_a_photo_share_a_group(name: str) -> None:
    assert group_of(name) == "img_12"


def test_empty_set_splits_into_empty_sets() -> None:
    kept, held = holdout_split(dataset([]), 0.25)
    assert kept.images == held.images == ()


def test_share_is_near_the_fraction_and_groups_stay_whole() -> None:
    kept, held = holdout_split(dataset([f"g{n // 3}" for n in range(1500)]), 0.25)
    assert 0.2 < len(held.images) / 1500 < 0.3
    assert not {i.image.group for i in kept.images} & {i.image.group for i in held.images}


def test_a_picture_keeps_its_side_as_the_set_grows() -> None:
    small, large = dataset(["a", "b", "c", "d"]), dataset(["d", "x", "c", "y", "b", "z", "a"])
    held_small = {i.image.group for i in holdout_split(small, 0.5)[1].images}
    held_large = {i.image.group for i in holdout_split(large, 0.5)[1].images}
    assert held_small == held_large & {"a", "b", "c", "d"}


def test_share_without_a_group_is_by_id_and_changes_with_the_salt() -> None:
    image = ImageRef("1.jpg", Path("1.jpg"), 8, 8)
    assert group_share(image) == group_share(image) != group_share(image, "other")


def test_source_s_own_val_and_test_are_not_learnt_from() -> None:
    splits = ["train", "val", "", "test"]
    images = tuple(replace(i, split=s) for i, s in zip(dataset(list("abcd")).images, splits, strict=True))
    learn, check = source_split(Dataset(("a",), images))
    assert [i.image.group for i in learn.images] == ["a", "c"]
    assert [i.image.group for i in check.images] == ["b"]
    unnamed, nothing = source_split(Dataset(("a",), images[1:]))
    assert (len(unnamed.images), len(nothing.images)) == (3, 0)


@pytest.mark.parametrize(
    ("names", "split"),
    [
        (["train"], "train"), (["valid"], "val"), (["instances_val2017"], "val"), (["labels", "test"], "test"),
        (["_annotations.coco", "train"], "train"), (["training_day"], ""), (["value"], ""), ([], ""),
    ],
)  # fmt: skip
def test_split_is_read_from_names(names: list[str], split: str) -> None:
    assert split_of(*names) == split
