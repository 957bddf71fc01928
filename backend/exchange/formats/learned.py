"""Sets as `ml` reads them for training (YOLO, COCO, VOC), in our own shapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backend.exchange.formats.neutral import Drawn, Found, LabelFound, Pictured, labels_used
from ml.contracts import Annotation, LabelledImage, Polygon, RleMask
from ml.data.loaded import Loaded, SkeletonTemplate, group_of
from ml.geometry.raster import polygon_to_rle
from ml.geometry.rle import counts_encode

# A box as wide as its keypoints says nothing that they do not.
BOX_OF_POINTS_PX = 1.0


def found_of(loaded: Loaded) -> Found:
    """Everything the reader kept but what is marked as crowd or difficult without pixels of its own.

    Crowds given in pixels are taken: CVAT writes every mask so.
    """
    images = loaded.dataset.images
    pictures = [_pictured(item) for item in images]
    known = skeletons_of(loaded.skeletons, images)
    marked = [a for item in images for a in item.annotations if a.ignore]
    taken = sum(a.mask is not None for a in marked)
    notes = list(loaded.notes)
    if taken:
        notes.append(f"crowds given in pixels taken as ordinary masks: {taken}")
    if len(marked) > taken:
        notes.append(f"objects marked as crowd or difficult left out: {len(marked) - taken}")
    return Found(pictures, labels_used(pictures, known), tuple(notes))


def skeletons_of(
    templates: Mapping[str, SkeletonTemplate], images: Sequence[LabelledImage]
) -> dict[str, LabelFound]:
    """Labels with a skeleton, each keypoint where it lies on average in the objects."""
    return {name: LabelFound(skeleton=_template(name, each, images)) for name, each in templates.items()}


def _pictured(item: LabelledImage) -> Pictured:
    objects = tuple(
        drawn
        for index, found in enumerate(item.annotations)
        if not found.ignore or found.mask is not None
        for drawn in drawn_of(found, item, index)
    )
    source = item.image.group or group_of(item.image.path.name)
    return Pictured(item.image.id, item.image.path, source, objects, item.tags)


def drawn_of(found: Annotation, item: LabelledImage, index: int) -> Iterator[Drawn]:
    """One object; a person with keypoints and an outline of its own becomes two that belong together."""
    points = [point for point in found.keypoints if point[2]]
    outline = _outline(found, item)
    said: dict[str, Any] = dict(found.attributes)
    more = {"occluded": said.pop("occluded", False) is True, "attributes": said}
    if not points:
        yield Drawn(found.label, *outline, **more)
        return
    xs, ys = [x for x, _, _ in points], [y for _, y, _ in points]
    around = (min(xs), min(ys), max(xs), max(ys))
    box = (found.box.x1, found.box.y1, found.box.x2, found.box.y2)
    is_only_points = outline[0] == "box" and all(
        abs(a - b) <= BOX_OF_POINTS_PX for a, b in zip(around, box, strict=True)
    )
    group = "" if is_only_points else f"{item.image.id}:{index}"
    keypoints = {"keypoints": [list(point) for point in found.keypoints]}
    yield Drawn(found.label, "skeleton", keypoints, group=group, **more)
    if not is_only_points:
        yield Drawn(found.label, *outline, group=group, **more)


def _outline(found: Annotation, item: LabelledImage) -> tuple[str, dict[str, Any]]:
    """Shape and geometry: pixels where the source has them or where the object lies in several parts."""
    mask = found.mask
    if mask is None and found.parts:
        mask = _together(found.parts, item.image.width, item.image.height)
    if mask is not None and (geometry := mask_geometry(mask)) is not None:
        return "mask", geometry
    if found.polygon is not None:
        geometry = {"points": [[x, y] for x, y in found.polygon.points]}
        if found.polygon.holes:
            geometry["holes"] = [[[x, y] for x, y in hole] for hole in found.polygon.holes]
        return "polygon", geometry
    return "box", {"box": [found.box.x1, found.box.y1, found.box.x2, found.box.y2]}


def _runs(counts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Start and end of every run of set pixels."""
    at = 0
    for index, count in enumerate(counts):
        if index % 2 and count:
            yield at, at + count
        at += count


def _together(parts: Sequence[Polygon], width: int, height: int) -> RleMask:
    """The pixels of any of the parts, counted over the whole picture."""
    runs = sorted(run for part in parts for run in _runs(polygon_to_rle(part, height, width).counts))
    counts: list[int] = []
    end = 0
    for start, stop in runs:
        if counts and start <= end:
            counts[-1] += max(0, stop - end)
        else:
            counts += [start - end, stop - start]
        end = max(end, stop)
    counts.append(width * height - end)
    return RleMask(height, width, tuple(counts))


def mask_geometry(mask: RleMask) -> dict[str, Any] | None:
    """A mask of the whole picture as the crop that is stored; None where no pixel is set."""
    columns = list(_by_column(mask))
    if not columns:
        return None
    left, right = columns[0][0], columns[-1][0] + 1
    top, bottom = min(c[1] for c in columns), max(c[2] for c in columns)
    height = bottom - top
    counts: list[int] = []
    end = 0
    for column, start, stop in columns:
        begin = (column - left) * height + start - top
        if counts and begin == end:
            counts[-1] += stop - start
        else:
            counts += [begin - end, stop - start]
        end = begin + stop - start
    if rest := (right - left) * height - end:
        counts.append(rest)
    crop = {"x": left, "y": top, "width": right - left, "height": height, "counts": counts_encode(counts)}
    return {"mask": crop}


def _by_column(mask: RleMask) -> Iterator[tuple[int, int, int]]:
    """(column, first row, row past the last) of every run, cut where it goes on in the next column."""
    for begin, stop in _runs(mask.counts):
        at = begin
        while at < stop:
            column, row = divmod(at, mask.height)
            length = min(stop - at, mask.height - row)
            yield column, row, row + length
            at += length


def _template(name: str, template: SkeletonTemplate, images: Sequence[LabelledImage]) -> dict[str, Any]:
    """The template with each keypoint where it lies on average in the objects' boxes."""
    sums = [[0.0, 0.0, 0] for _ in template.keypoints]
    for found in (a for item in images for a in item.annotations if a.label == name):
        for total, (x, y, seen) in zip(sums, found.keypoints, strict=False):
            if seen and found.box.width and found.box.height:
                total[0] += (x - found.box.x1) / found.box.width
                total[1] += (y - found.box.y1) / found.box.height
                total[2] += 1
    points = []
    for index, (keypoint, (across, down, count)) in enumerate(zip(template.keypoints, sums, strict=True)):
        # Never seen in these pictures: beside the others, one below the other.
        place = (across / count, down / count) if count else (0.0, index / max(1, len(sums) - 1))
        x, y = (round(min(max(share, 0.0), 1.0), 3) for share in place)
        points.append({"name": keypoint, "x": x, "y": y})
    return {"points": points, "edges": [list(edge) for edge in template.edges]}
