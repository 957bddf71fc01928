"""Writes rendered frames as YOLO or COCO folders."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image

from ml.geometry.boxes import boxes_to_cxcywh
from ml.geometry.masks import mask_to_polygons, rle_to_mask
from ml.simulation.truth import CLASSES, ObjectTruth, RenderedFrame

_JPEG_QUALITY = 93


def _save_picture(folder: Path, name: str, frame: RenderedFrame) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    file_name = f"{name}.jpg"
    Image.fromarray(frame.image_rgb).save(folder / file_name, quality=_JPEG_QUALITY)
    return file_name


def yolo_rows(frame: RenderedFrame, classes: Sequence[str]) -> list[str]:
    """`class cx cy w h` rows in 0..1 of the objects that are not ignored."""
    kept = [item for item in frame.objects if item.label in classes and not item.ignore]
    boxes = boxes_to_cxcywh([[o.box_px.x1, o.box_px.y1, o.box_px.x2, o.box_px.y2] for o in kept])
    height, width = frame.image_rgb.shape[:2]
    boxes /= [width, height, width, height]
    return [
        f"{classes.index(item.label)} " + " ".join(f"{value:.6f}" for value in row)
        for item, row in zip(kept, boxes, strict=True)
    ]


def write_yolo(
    frames: Iterable[tuple[str, RenderedFrame]], out: Path, classes: Sequence[str] = CLASSES
) -> int:
    """Named frames to `out/images`, `out/labels` and `out/data.yaml`; returns how many.

    YOLO has no way to say "do not judge": objects marked ignore get no row.
    """
    (out / "labels").mkdir(parents=True, exist_ok=True)
    count = 0
    for name, frame in frames:
        _save_picture(out / "images", name, frame)
        rows = yolo_rows(frame, classes)
        (out / "labels" / f"{name}.txt").write_text("".join(row + "\n" for row in rows), encoding="utf-8")
        count += 1
    names = json.dumps(list(classes))
    text = f"train: images\nval: images\n\nnc: {len(classes)}\nnames: {names}\n"
    (out / "data.yaml").write_text(text, encoding="utf-8")
    return count


def _coco_segmentation(item: ObjectTruth) -> object:
    if not item.ignore:
        rings = [polygon.points for polygon in mask_to_polygons(rle_to_mask(item.mask), tolerance_px=0.5)]
        flat = [[value for point in ring for value in point] for ring in rings if len(ring) >= 3]
        if flat:
            return flat
    return {"counts": list(item.mask.counts), "size": [item.mask.height, item.mask.width]}


def write_coco(
    frames: Iterable[tuple[str, RenderedFrame]], out: Path, classes: Sequence[str] = CLASSES
) -> int:
    """Named frames to `out/images` and `out/annotations.json`; returns how many.

    Objects marked ignore are kept as `iscrowd` 1, COCO's way not to judge them, with their exact run lengths.
    """
    images: list[dict[str, object]] = []
    annotations: list[dict[str, object]] = []
    for index, (name, frame) in enumerate(frames, start=1):
        height, width = frame.image_rgb.shape[:2]
        file_name = _save_picture(out / "images", name, frame)
        images.append({"id": index, "file_name": file_name, "width": width, "height": height})
        for item in frame.objects:
            if item.label not in classes:
                continue
            box = item.box_px
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": index,
                    "category_id": classes.index(item.label) + 1,
                    "bbox": [box.x1, box.y1, box.width, box.height],
                    "area": sum(item.mask.counts[1::2]),
                    "iscrowd": int(item.ignore),
                    "segmentation": _coco_segmentation(item),
                    "attributes": {"visible": round(item.visible, 4), "track_id": item.track_id},
                }
            )
    document = {
        "images": images,
        "annotations": annotations,
        "categories": [{"id": i, "name": name} for i, name in enumerate(classes, start=1)],
    }
    (out / "annotations.json").write_text(json.dumps(document), encoding="utf-8")
    return len(images)
