"""COCO json: instances (boxes and polygons) and image tags (`images[].tags: ["name", …]`)."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ml.contracts import Annotation, Box, Dataset, ImageRef, LabelledImage, Polygon, RleMask
from ml.data.loaded import Loaded, Notes, SkeletonTemplate, inside, picture_ref, split_of
from ml.errors import DatasetError, GeometryError
from ml.geometry.rle import counts_decode

MAX_JSON_BYTES = 1_000_000_000
MIN_SIDE_PX = 1.0

Table = Mapping[str, object]


def coco_tables(folder: Path) -> list[tuple[Path, Table]]:
    """Every json under `folder` that has `images` and `annotations` (or tagged images)."""
    found = []
    for path in sorted(folder.rglob("*.json")):
        if path.name.startswith(".") or not path.is_file() or path.stat().st_size > MAX_JSON_BYTES:
            continue
        table = _json_read(path)
        if table is not None and isinstance(table.get("images"), list) and _has_labels(table):
            found.append((path, table))
    return found


def coco_read(folder: Path, tables: Sequence[tuple[Path, Table]]) -> Loaded:
    """Read instances of all tables as one data set; classes are merged by name."""
    notes = Notes()
    images: list[LabelledImage] = []
    classes: dict[str, None] = {}
    skeletons: dict[str, SkeletonTemplate] = {}
    for path, table in tables:
        skeletons |= coco_skeletons(table)
        names = _category_names(table)
        classes |= dict.fromkeys(names.values())
        by_image = _annotations_by_image(table)
        for entry in _dicts(table, "images"):
            ref = _image_ref(folder, path.parent, entry, notes)
            if ref is None:
                continue
            scale = _scale(entry, ref, notes)
            rows = by_image.get(_key(entry.get("id")), [])
            parsed = [_annotation(row, names, ref, scale, notes) for row in rows]
            annotations = tuple(a for a in parsed if a is not None)
            split = split_of(path.stem, *path.relative_to(folder).parent.parts)
            images.append(LabelledImage(ref, annotations, _tags(entry), split))
    if not classes:
        raise DatasetError(f"{tables[0][0]} names no categories.")
    return Loaded(Dataset(tuple(classes), tuple(images)), notes.lines(), skeletons)


def coco_frames_read(table: Table, notes: Notes) -> list[tuple[Table, LabelledImage]]:
    """Frames of videos (`images` with a `video_id`) with their objects; a frame needs its size in the json, not its file."""
    names = _category_names(table)
    by_image = _annotations_by_image(table)
    found: list[tuple[Table, LabelledImage]] = []
    for entry in _dicts(table, "images"):
        if entry.get("video_id") is None:
            continue
        name, width, height = str(entry.get("file_name")), entry.get("width"), entry.get("height")
        if not isinstance(width, int) or not isinstance(height, int) or min(width, height) < 1:
            notes.add("frame without a size left out", name[:80])
            continue
        ref = ImageRef(id=name, path=Path(name), width=width, height=height)
        rows = by_image.get(_key(entry.get("id")), [])
        parsed = [_annotation(_with_track(row), names, ref, (1.0, 1.0), notes) for row in rows]
        found.append((entry, LabelledImage(ref, tuple(a for a in parsed if a is not None), _tags(entry))))
    return found


def coco_without_frames(table: Table, is_left: Callable[[str], bool]) -> Table:
    """The table without the pictures of those videos (by id) that `is_left` names; empty `images` where nothing else is."""
    kept = [
        e for e in _dicts(table, "images") if e.get("video_id") is None or not is_left(_key(e["video_id"]))
    ]
    return {**table, "images": kept}


def coco_videos(table: Table) -> dict[str, Mapping[str, object]]:
    """Entries of `videos` by id, as text."""
    return {_key(entry["id"]): entry for entry in _dicts(table, "videos") if "id" in entry}


def _with_track(row: Mapping[str, object]) -> Mapping[str, object]:
    """TAO says an object's number beside its attributes, CVAT among them."""
    given = row.get("attributes")
    said = given if isinstance(given, dict) else {}
    number = row.get("track_id", row.get("instance_id"))
    return (
        row if "track_id" in said or number is None else {**row, "attributes": {**said, "track_id": number}}
    )


def coco_tags_read(folder: Path, tables: Sequence[tuple[Path, Table]]) -> Loaded:
    """Read `images[].tags` of all tables; pictures without a tag are left out."""
    notes = Notes()
    images: list[LabelledImage] = []
    for path, table in tables:
        for entry in _dicts(table, "images"):
            tags = _tags(entry)
            ref = _image_ref(folder, path.parent, entry, notes) if tags else None
            if ref is not None:
                split = split_of(path.stem, *path.relative_to(folder).parent.parts)
                images.append(LabelledImage(ref, tags=tags, split=split))
    classes = tuple(sorted({tag for item in images for tag in item.tags}))
    return Loaded(Dataset(classes, tuple(images)), notes.lines())


def _json_read(path: Path) -> Table | None:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError, OSError):
        return None
    return value if isinstance(value, dict) else None


def _has_labels(table: Table) -> bool:
    return isinstance(table.get("annotations"), list) or any(_tags(i) for i in _dicts(table, "images"))


def _dicts(table: Table, key: str) -> list[dict[str, object]]:
    rows = table.get(key)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _key(value: object) -> str:
    # Some writers give ids as text in one table and as numbers in the other.
    return str(value)


def _category_names(table: Table) -> dict[str, str]:
    """Category id -> name by rising id; an unused id 0 (Roboflow's heading) is left out."""
    used = {_key(row.get("category_id")) for row in _dicts(table, "annotations")}
    rows = [c for c in _dicts(table, "categories") if isinstance(c.get("name"), str) and "id" in c]
    rows.sort(key=lambda c: (not isinstance(c["id"], int), c["id"] if isinstance(c["id"], int) else 0))
    return {
        _key(c["id"]): str(c["name"])
        for c in rows
        if not (c["id"] == 0 and _key(0) not in used and len(rows) > 1)
    }


def _annotations_by_image(table: Table) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = {}
    for row in _dicts(table, "annotations"):
        found.setdefault(_key(row.get("image_id")), []).append(row)
    return found


def _tags(entry: Mapping[str, object]) -> tuple[str, ...]:
    tags = entry.get("tags")
    return tuple(t for t in tags if isinstance(t, str) and t) if isinstance(tags, list) else ()


def _image_ref(root: Path, beside: Path, entry: Mapping[str, object], notes: Notes) -> ImageRef | None:
    name = entry.get("file_name")
    if not isinstance(name, str) or not name or "\x00" in name:
        notes.add("image entry without a file name left out", str(entry.get("id")))
        return None
    for base in (beside, beside / "images", root, root / "images", beside.parent / "images"):
        path = inside(base, name)
        if path is not None and path.is_relative_to(root) and path.is_file():
            return picture_ref(path, root, notes)
    notes.add("picture that is not there left out", name[:80])
    return None


def _scale(entry: Mapping[str, object], ref: ImageRef, notes: Notes) -> tuple[float, float]:
    """Factors from the json's pixels to the file's, where the picture was resized after labelling."""
    width, height = entry.get("width"), entry.get("height")
    if not isinstance(width, (int, float)) or not isinstance(height, (int, float)) or width < 1 or height < 1:
        return 1.0, 1.0
    if (width, height) in ((ref.width, ref.height), (ref.height, ref.width)):
        return 1.0, 1.0
    notes.add("picture of another size than its json says: labels scaled", ref.id)
    return ref.width / width, ref.height / height


def _annotation(
    row: Mapping[str, object],
    names: Mapping[str, str],
    image: ImageRef,
    scale: tuple[float, float],
    notes: Notes,
) -> Annotation | None:
    label = names.get(_key(row.get("category_id")))
    if label is None:
        notes.add("object of an unknown category left out", image.id)
        return None
    parts = _polygons(row.get("segmentation"), image, scale)
    polygon = max(parts, key=lambda part: len(part.points), default=None)
    corners = _bbox(row.get("bbox"), scale)
    if corners is None and parts:
        xs, ys = zip(*(point for part in parts for point in part.points), strict=True)
        corners = (min(xs), min(ys), max(xs), max(ys))
    if corners is None:
        notes.add("object without a box left out", image.id)
        return None
    x1, y1, x2, y2 = corners
    box = Box(max(x1, 0.0), max(y1, 0.0), min(x2, image.width), min(y2, image.height))
    if (box.x1, box.y1) != (x1, y1) or box.x2 < x2 - 1 or box.y2 < y2 - 1:
        notes.add("box clipped to the picture", image.id)
    if box.width < MIN_SIDE_PX or box.height < MIN_SIDE_PX:
        notes.add("object under one pixel left out", image.id)
        return None
    mask = _mask(row.get("segmentation"), image, notes)
    return Annotation(
        label,
        box,
        polygon,
        ignore=bool(row.get("iscrowd")),
        mask=mask,
        parts=parts if len(parts) > 1 else (),
        keypoints=_keypoints(row.get("keypoints"), image, scale, notes),
        attributes=_attributes(row.get("attributes")),
    )


def _mask(value: object, image: ImageRef, notes: Notes) -> RleMask | None:
    """Run lengths as text or as numbers, of a picture that has kept its size."""
    if not isinstance(value, dict):
        return None
    counts = value.get("counts")
    try:
        runs = counts_decode(counts) if isinstance(counts, str) else [int(n) for n in _numbers(counts) or ()]
    except GeometryError:
        runs = []
    whole = value.get("size") == [image.height, image.width] and sum(runs) == image.height * image.width
    if not whole or min(runs) < 0:
        notes.add("run lengths that do not fit the picture left out", image.id)
        return None
    return RleMask(image.height, image.width, tuple(runs))


def _numbers(value: object) -> list[float] | None:
    if not isinstance(value, list) or not all(isinstance(v, (int, float)) for v in value):
        return None
    return [float(v) for v in value] if all(math.isfinite(v) for v in value) else None


def _bbox(value: object, scale: tuple[float, float]) -> tuple[float, float, float, float] | None:
    numbers = _numbers(value)
    if numbers is None or len(numbers) != 4:
        return None
    x, y, w, h = numbers
    return x * scale[0], y * scale[1], (x + w) * scale[0], (y + h) * scale[1]


def _polygons(value: object, image: ImageRef, scale: tuple[float, float]) -> tuple[Polygon, ...]:
    """Every ring of three points or more: an object cut in two by a post has two."""
    rings = [_numbers(ring) for ring in value] if isinstance(value, list) else []
    return tuple(
        Polygon(
            tuple(
                (min(max(x * scale[0], 0.0), image.width), min(max(y * scale[1], 0.0), image.height))
                for x, y in zip(ring[0::2], ring[1::2], strict=True)
            )
        )
        for ring in rings
        if ring is not None and len(ring) >= 6 and len(ring) % 2 == 0
    )


def _keypoints(
    value: object, image: ImageRef, scale: tuple[float, float], notes: Notes
) -> tuple[tuple[float, float, int], ...]:
    """COCO's x, y, v by threes; nothing where no keypoint is there."""
    numbers = _numbers(value)
    if not numbers:
        return ()
    points = list(zip(numbers[0::3], numbers[1::3], numbers[2::3], strict=False))
    if len(numbers) % 3 or any(v not in (0, 1, 2) for _, _, v in points):
        notes.add("keypoints that are not x, y and 0 to 2 left out", image.id)
        return ()
    if not any(v for _, _, v in points):
        return ()
    return tuple(
        (
            min(max(x * scale[0], 0.0), float(image.width)),
            min(max(y * scale[1], 0.0), float(image.height)),
            int(v),
        )
        if v
        else (0.0, 0.0, 0)
        for x, y, v in points
    )


def _attributes(value: object) -> tuple[tuple[str, str | float | bool], ...]:
    """CVAT's addition to COCO: plain values by name."""
    given = value if isinstance(value, dict) else {}
    return tuple((str(key), each) for key, each in given.items() if isinstance(each, (str, int, float, bool)))


def coco_skeletons(table: Table) -> dict[str, SkeletonTemplate]:
    """Templates by category name. COCO joins keypoints by numbers from 1; joints that lead nowhere are left out."""
    found = {}
    for category in _dicts(table, "categories"):
        names = category.get("keypoints")
        if not isinstance(names, list) or not names:
            continue
        rows = category.get("skeleton")
        pairs = [pair for pair in rows if _numbers(pair)] if isinstance(rows, list) else []
        edges = tuple(
            (int(pair[0]) - 1, int(pair[1]) - 1)
            for pair in pairs
            if len(pair) == 2 and all(1 <= end <= len(names) for end in pair)
        )
        found[str(category.get("name"))] = SkeletonTemplate(tuple(str(name) for name in names), edges)
    return found
