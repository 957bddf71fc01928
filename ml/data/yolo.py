"""YOLO folders: `data.yaml`, pictures, and one text file a picture with normalised rows."""

from __future__ import annotations

import math
from pathlib import Path

import yaml

from ml.contracts import Annotation, Box, Dataset, ImageRef, LabelledImage, Polygon
from ml.data.loaded import IMAGE_SUFFIXES, Loaded, Notes, inside, picture_ref, pictures_under, split_of
from ml.errors import DatasetError

SPLIT_KEYS = ("train", "val", "valid", "test")
MAX_TEXT_BYTES = 8_000_000
# Values beyond this are pixels, not shares of the side: such a row cannot be mended by clipping.
MAX_SHARE = 1.5
MIN_SIDE_PX = 1.0


def yolo_description(folder: Path) -> Path | None:
    """The folder's `data.yaml`, or another yaml at its top that has `names`."""
    for name in ("data.yaml", "data.yml", "dataset.yaml", "dataset.yml"):
        if (folder / name).is_file():
            return folder / name
    for path in sorted(folder.glob("*.y*ml")):
        if "names" in _yaml_read(path):
            return path
    return None


def yolo_read(folder: Path) -> Loaded:
    """Read every split of a YOLO folder as one data set. Raises DatasetError."""
    description = yolo_description(folder)
    if description is None:
        raise DatasetError(f"{folder} has no data.yaml.")
    settings = _yaml_read(description)
    names = _names(settings, description)
    notes = Notes()
    images = []
    for path, split in _picture_paths(folder, settings, notes).items():
        ref = picture_ref(path, folder, notes)
        if ref is not None:
            annotations = _labels_read(_label_path(path), names, ref, notes)
            images.append(LabelledImage(ref, annotations, split=split))
    return Loaded(Dataset(names, tuple(images)), notes.lines())


def row_parse(row: str, names: tuple[str, ...], image: ImageRef) -> tuple[Annotation | None, str]:
    """One label row -> (annotation or None, note or ""). 5 columns are a box, 7 or more a polygon."""
    try:
        numbers = [float(part) for part in row.split()]
    except ValueError:
        return None, "label row that is not numbers left out"
    if len(numbers) not in (5, 6) and (len(numbers) < 7 or len(numbers) % 2 == 0):
        return None, "label row with a wrong number of columns left out"
    if not all(map(math.isfinite, numbers)):
        return None, "label row with nan or inf left out"
    index = int(numbers[0])
    if index != numbers[0] or not 0 <= index < len(names):
        return None, "label row with an unknown class left out"
    if max(map(abs, numbers[1:5] if len(numbers) < 7 else numbers[1:])) > MAX_SHARE:
        return None, "label row not in shares of the picture left out"
    if len(numbers) < 7:
        return _box_row(names[index], numbers[1:5], image)
    return _polygon_row(names[index], numbers[1:], image)


def _box_row(label: str, numbers: list[float], image: ImageRef) -> tuple[Annotation | None, str]:
    cx, cy, w, h = numbers
    corners = (cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2)
    if w <= 0 or h <= 0:
        return None, "empty box left out"
    # Rounded files leave 0..1 by a hair; only more than a thousandth is worth a note.
    note = "box clipped to the picture" if min(corners) < -1e-3 or max(corners) > 1 + 1e-3 else ""
    return _annotation(label, [(corners[0], corners[1]), (corners[2], corners[3])], False, image, note)


def _polygon_row(label: str, numbers: list[float], image: ImageRef) -> tuple[Annotation | None, str]:
    points = list(zip(numbers[0::2], numbers[1::2], strict=True))
    note = "polygon clipped to the picture" if min(numbers) < -1e-3 or max(numbers) > 1 + 1e-3 else ""
    return _annotation(label, points, True, image, note)


def _annotation(
    label: str, points: list[tuple[float, float]], polygon: bool, image: ImageRef, note: str
) -> tuple[Annotation | None, str]:
    clipped = tuple(
        (min(max(x, 0.0), 1.0) * image.width, min(max(y, 0.0), 1.0) * image.height) for x, y in points
    )
    xs, ys = [p[0] for p in clipped], [p[1] for p in clipped]
    box = Box(min(xs), min(ys), max(xs), max(ys))
    if box.width < MIN_SIDE_PX or box.height < MIN_SIDE_PX:
        return None, "object under one pixel left out"
    return Annotation(label, box, Polygon(clipped) if polygon else None), note


def _labels_read(path: Path, names: tuple[str, ...], image: ImageRef, notes: Notes) -> tuple[Annotation, ...]:
    if not path.is_file():
        return ()
    if path.stat().st_size > MAX_TEXT_BYTES:
        notes.add("label file over the size limit left out", path.name)
        return ()
    found: dict[Annotation, None] = {}
    for row in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if not row.strip():
            continue
        annotation, note = row_parse(row, names, image)
        if note:
            notes.add(note, path.name)
        if annotation is not None:
            found[annotation] = None
    return tuple(found)


def _label_path(picture: Path) -> Path:
    """`…/images/…/a.jpg` -> `…/labels/…/a.txt` by the last `images` part; else beside the picture."""
    parts = list(picture.with_suffix(".txt").parts)
    for i in range(len(parts) - 2, -1, -1):
        if parts[i].lower() == "images":
            parts[i] = "labels"
            return Path(*parts)
    return picture.with_suffix(".txt")


def _picture_paths(folder: Path, settings: dict[str, object], notes: Notes) -> dict[Path, str]:
    """Pictures and the split that names them first: a `val` that is `train` again adds nothing."""
    base = _base(folder, settings)
    found: dict[Path, str] = {}
    for key in SPLIT_KEYS:
        value = settings.get(key)
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, str) and entry.strip():
                for path in _entry_paths(folder, base, entry.strip(), notes):
                    found.setdefault(path, split_of(key))
    if not found:
        found = dict.fromkeys(pictures_under(folder), "")
    return found


def _base(folder: Path, settings: dict[str, object]) -> Path:
    path = settings.get("path")
    base = inside(folder, path) if isinstance(path, str) and path else None
    return base if base is not None and base.is_dir() else folder


def _entry_paths(folder: Path, base: Path, entry: str, notes: Notes) -> list[Path]:
    # Roboflow writes "../train/images" for a folder beside data.yaml: the dots are dropped then.
    candidates = [(base, entry), (folder, entry), (folder, _without_dots(entry))]
    for root, relative in candidates:
        path = inside(root, relative)
        if path is None or not path.exists() or not path.is_relative_to(folder):
            continue
        if path.is_dir():
            return list(pictures_under(path))
        if path.suffix.lower() == ".txt":
            return _list_paths(folder, base, path, notes)
        if path.suffix.lower() in IMAGE_SUFFIXES:
            return [path]
    notes.add("split folder that is not there", entry)
    return []


def _list_paths(folder: Path, base: Path, listing: Path, notes: Notes) -> list[Path]:
    found: list[Path] = []
    if listing.stat().st_size > MAX_TEXT_BYTES:
        notes.add("list over the size limit left out", listing.name)
        return found
    for line in listing.read_text(encoding="utf-8", errors="replace").splitlines():
        name = line.strip()
        if not name:
            continue
        paths = [inside(root, name) for root in (listing.parent, base, folder)]
        path = next((p for p in paths if p and p.is_relative_to(folder) and p.is_file()), None)
        if path is None:
            notes.add("listed picture that is not there", name[:80])
        else:
            found.append(path)
    return found


def _without_dots(entry: str) -> str:
    while entry.startswith(("../", "./")):
        entry = entry.split("/", 1)[1]
    return entry


def _names(settings: dict[str, object], path: Path) -> tuple[str, ...]:
    raw = settings.get("names")
    if isinstance(raw, dict):
        keys = [k for k in raw if isinstance(k, int) or (isinstance(k, str) and k.isdigit())]
        by_index = {int(k): str(raw[k]) for k in keys}
        if by_index and max(by_index) < 10_000:
            return tuple(by_index.get(i, f"class_{i}") for i in range(max(by_index) + 1))
    if isinstance(raw, list) and raw:
        return tuple(str(name) for name in raw)
    count = settings.get("nc")
    if raw is None and isinstance(count, int) and 0 < count < 10_000:
        return tuple(f"class_{i}" for i in range(count))
    raise DatasetError(f"{path} names no classes.")


def _yaml_read(path: Path) -> dict[str, object]:
    if path.stat().st_size > MAX_TEXT_BYTES:
        raise DatasetError(f"{path} is too large for a data set description.")
    try:
        value = yaml.safe_load(path.read_text(encoding="utf-8", errors="replace"))
    except (yaml.YAMLError, RecursionError) as error:
        raise DatasetError(f"{path} is not valid YAML.") from error
    return value if isinstance(value, dict) else {}
