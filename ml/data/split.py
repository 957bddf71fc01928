"""Sticky splits: a picture's side depends on its group alone, so it never moves as the set grows."""

from __future__ import annotations

import hashlib

from ml.contracts import Dataset, ImageRef, LabelledImage

_HASH_BITS = 64


def group_share(image: ImageRef, salt: str = "") -> float:
    """A fixed number in 0..1 for the picture's group (its own id where it has none)."""
    key = f"{salt}\x00{image.group or image.id}".encode()
    return float(int.from_bytes(hashlib.sha256(key).digest()[: _HASH_BITS // 8], "big") / 2**_HASH_BITS)


def source_split(dataset: Dataset) -> tuple[Dataset, Dataset]:
    """(to learn from, to evaluate on) by the source's own splits: its `val` is not learnt from, its `test`
    neither. Where it names no `train`, all is to learn from."""
    if not any(item.split == "train" for item in dataset.images):
        return dataset, Dataset(dataset.classes, ())
    learn = tuple(i for i in dataset.images if i.split in ("train", ""))
    check = tuple(i for i in dataset.images if i.split == "val")
    return Dataset(dataset.classes, learn), Dataset(dataset.classes, check)


def holdout_split(dataset: Dataset, fraction: float, salt: str = "") -> tuple[Dataset, Dataset]:
    """(kept for training, held out): groups whose share is under `fraction` are held out whole."""
    kept: list[LabelledImage] = []
    held: list[LabelledImage] = []
    for item in dataset.images:
        (held if group_share(item.image, salt) < fraction else kept).append(item)
    return Dataset(dataset.classes, tuple(kept)), Dataset(dataset.classes, tuple(held))
