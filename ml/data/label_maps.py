"""Which class each pixel of a picture is of, from outlines, run lengths or painted masks. Torch-free."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from ml.contracts import Annotation, Dataset, LabelledImage, Polygon
from ml.data.loaded import Loaded, Notes, split_of
from ml.data.painted import painted_pixels, painted_read
from ml.data.readers import classes_keep, detection_read, is_detection_set
from ml.errors import DatasetError
from ml.geometry.arrays import Bools, Bytes
from ml.geometry.masks import mask_box, mask_to_rle, polygon_to_mask, rle_to_mask

BACKGROUND = 0
# Nobody knows what is there: neither learnt from nor counted.
UNKNOWN = 255
MAX_CLASSES = UNKNOWN - 1
PAINTED_CLASS = "object"
CLASSES_FILE = "classes.txt"


def segmentation_read(folder: Path, classes: Sequence[str] = ()) -> Loaded:
    """Read a folder of outlines or painted masks; pictures without an object stay. Raises DatasetError.

    Forms: `data.yaml` with polygon rows, a COCO json with polygons or run lengths, or painted masks (`painted_read`): 0 and 1 (or over 128)
    for one class, called `object` or by the one line of `classes.txt`; with more lines there, value k is line k and 255 unknown.
    """
    if not folder.is_dir():
        raise DatasetError(f"{folder} is not a folder.")
    if is_detection_set(folder):
        loaded = detection_read(folder, classes)
    else:
        loaded = classes_keep(_painted(folder), classes)
    if not any(is_outlined(a) for item in loaded.dataset.images for a in item.annotations):
        raise DatasetError(f"{folder} has no object with an outline: polygons, or painted masks, are needed.")
    if len(loaded.dataset.classes) > MAX_CLASSES:
        raise DatasetError(f"{folder} has more than {MAX_CLASSES} classes.")
    return loaded


def is_outlined(annotation: Annotation) -> bool:
    """Whether its pixels are known, not only its box."""
    return annotation.mask is not None or annotation.polygon is not None


def label_map(item: LabelledImage, classes: Sequence[str], width: int, height: int) -> Bytes:
    """uint8 (height, width), the picture scaled to that: 0 background, k the class at k - 1, 255 unknown.

    Smaller objects lie on top of larger ones. Inside a box without an outline, and in what is to be ignored, nothing is known.
    """
    values = {name: i + 1 for i, name in enumerate(classes)}
    scale = (width / item.image.width, height / item.image.height)
    drawn = np.full((height, width), BACKGROUND, dtype=np.uint8)
    layers = []
    for annotation in item.annotations:
        if annotation.label in values:
            pixels = annotation_pixels(annotation, width, height, scale)
            known = is_outlined(annotation) and not annotation.ignore
            layers.append((int(pixels.sum()), values[annotation.label] if known else UNKNOWN, pixels))
    for _, value, pixels in sorted(layers, key=lambda layer: -layer[0]):
        drawn[pixels] = value
    return drawn


def annotation_pixels(annotation: Annotation, width: int, height: int, scale: tuple[float, float]) -> Bools:
    """bool (height, width) of an object in a picture scaled by (x, y); of its box where it has no outline."""
    if annotation.mask is not None:
        full = rle_to_mask(annotation.mask).astype(np.uint8)
        return np.asarray(cv2.resize(full, (width, height), interpolation=cv2.INTER_NEAREST) > 0)
    pixels = np.zeros((height, width), dtype=np.bool_)
    if annotation.polygon is None:
        x1, y1 = round(annotation.box.x1 * scale[0]), round(annotation.box.y1 * scale[1])
        x2, y2 = round(annotation.box.x2 * scale[0]), round(annotation.box.y2 * scale[1])
        pixels[y1:y2, x1:x2] = True
        return pixels
    for part in annotation.parts or (annotation.polygon,):
        pixels |= polygon_to_mask(_scaled(part, scale), height, width)
    return pixels


def _scaled(polygon: Polygon, scale: tuple[float, float]) -> Polygon:
    def ring(points: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
        return tuple((x * scale[0], y * scale[1]) for x, y in points)

    return Polygon(ring(polygon.points), tuple(ring(hole) for hole in polygon.holes))


def _painted(folder: Path) -> Loaded:
    notes = Notes()
    names = _names(folder)
    images = []
    for image, mask in painted_read(folder, notes):
        split = split_of(*Path(image.id).parent.parts)
        images.append(LabelledImage(image, tuple(_regions(mask, names)), split=split))
        if len(names) > 1 and int(np.where(mask == UNKNOWN, 0, mask).max()) > len(names):
            notes.add(f"mask with values past the classes of {CLASSES_FILE}: unknown there", image.id)
    return Loaded(Dataset(names, tuple(images)), notes.lines())


def _regions(mask: Bytes, names: Sequence[str]) -> Iterator[Annotation]:
    """One object for every class of the mask; values that no class has are to be ignored."""
    if len(names) == 1:
        wanted = [(names[0], painted_pixels(mask), False)]
    else:
        wanted = [(name, mask == k, False) for k, name in enumerate(names, start=1)]
        wanted.append((names[0], mask > len(names), True))
    for name, pixels, ignore in wanted:
        box = mask_box(np.asarray(pixels))
        if box is not None:
            yield Annotation(name, box, ignore=ignore, mask=mask_to_rle(np.asarray(pixels)))


def _names(folder: Path) -> tuple[str, ...]:
    path = folder / CLASSES_FILE
    if not path.is_file():
        return (PAINTED_CLASS,)
    try:
        names = tuple(n.strip() for n in path.read_text(encoding="utf-8").splitlines() if n.strip())
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path} cannot be read as a list of classes.") from error
    if not names or len(set(names)) < len(names):
        raise DatasetError(f"{path} names no class, or one twice.")
    return names
