"""What every reader gives back, and the picture facts they share (size, group, paths kept inside)."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from ml.contracts import Dataset, ImageRef

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})
# The largest that the product takes; only the header is read here.
MAX_PIXELS = 256_000_000
EXIF_ORIENTATION_TAG = 0x0112
# Roboflow appends ".rf.<hash>" to each augmented copy of one source photo.
_COPY_SUFFIX = re.compile(r"\.rf\.[0-9a-f]{6,}$", re.IGNORECASE)
_FORMAT_SUFFIX = re.compile(r"_(jpe?g|png|bmp|webp|tiff?)$", re.IGNORECASE)


# A folder or file name that says which part of a data set it holds: `train`, `valid`, `instances_val2017`.
_SPLIT_WORD = re.compile(r"(?:^|[_\-.])(train|val|valid|validation|test)(?=[_\-.\d]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SkeletonTemplate:
    """Names of a label's keypoints, and which of them are joined (pairs of indices from 0)."""

    keypoints: tuple[str, ...]
    edges: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """A data set and what the reader left out or mended on the way, as sentences. `skeletons` by class name."""

    dataset: Dataset
    notes: tuple[str, ...] = ()
    skeletons: Mapping[str, SkeletonTemplate] = field(default_factory=dict)


@dataclass(slots=True)
class Notes:
    """Counts of what was mended, with one example each, so that a bad file cannot flood the report."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, what: str, where: str) -> None:
        self.counts[what] += 1
        self.examples.setdefault(what, where)

    def lines(self) -> tuple[str, ...]:
        return tuple(f"{what}: {n} (first: {self.examples[what]})" for what, n in self.counts.items())


def group_of(file_name: str) -> str:
    """The source photo a file came from, so that its copies stay on one side of a split."""
    stem = Path(file_name).stem
    return _FORMAT_SUFFIX.sub("", _COPY_SUFFIX.sub("", stem)).lower()


def split_of(*names: str) -> str:
    """`train`, `val`, `test`, or empty, by the first of the names that says so."""
    for name in names:
        found = _SPLIT_WORD.search(name)
        if found:
            word = found.group(1).lower()
            return "val" if word.startswith("val") else word
    return ""


def picture_ref(path: Path, root: Path, notes: Notes) -> ImageRef | None:
    """Facts of one picture with its upright size, or None (noted) where it cannot be read."""
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    Image.MAX_IMAGE_PIXELS = None  # our own check below says so, and nothing is decoded
    try:
        with Image.open(path) as picture:
            width, height = picture.size
            # The base class's: a PNG's own decodes the picture to look for EXIF behind it.
            turned = Image.Image.getexif(picture).get(EXIF_ORIENTATION_TAG, 1) in (5, 6, 7, 8)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        notes.add("unreadable picture left out", name)
        return None
    if width < 1 or height < 1 or width * height > MAX_PIXELS:
        notes.add("picture over the size limit left out", name)
        return None
    if turned:
        width, height = height, width
    return ImageRef(id=name, path=path, width=width, height=height, group=group_of(path.name))


def inside(root: Path, relative: str) -> Path | None:
    """`root / relative` if it stays under `root` by its text (a link inside may lead out), else None."""
    base = os.path.normpath(root)
    joined = os.path.normpath(os.path.join(base, relative))  # noqa: PTH118 - textual, no file access
    if joined != base and not joined.startswith(base.rstrip(os.sep) + os.sep):
        return None
    return Path(joined)


def pictures_under(folder: Path) -> Iterator[Path]:
    """Picture files under `folder`, sorted by path, hidden ones left out."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".") and path.is_file():
            yield path
