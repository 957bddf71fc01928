"""Which reader a kind of model learns from and is scored with. Torch-free."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from ml.contracts import ModelKind
from ml.data.label_maps import segmentation_read
from ml.data.loaded import Loaded
from ml.data.outlined import objects_read
from ml.data.readers import detection_read, tags_read


class Reader(Protocol):
    """Reads a folder; `classes` keeps only those. Raises DatasetError."""

    def __call__(self, folder: Path, classes: Sequence[str] = ()) -> Loaded: ...


_READERS: dict[ModelKind, Reader] = {
    ModelKind.DETECT: detection_read,
    ModelKind.CLASSIFY: tags_read,
    ModelKind.SEGMENT: segmentation_read,
    ModelKind.INSTANCE: objects_read,
}


def reader_of(kind: ModelKind) -> Reader:
    """The reader of a kind that learns from one folder (not of an assist)."""
    return _READERS[kind]
