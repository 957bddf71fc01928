"""Puts a training set together: generated scenes, turned as ceiling cameras are, and photos beside them.

The set is COCO, since only COCO can say "do not judge here".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from ml.contracts import Annotation, Box, Dataset
from ml.geometry.arrays import Bytes
from ml.simulation.scene import build_scene, scene_frame
from ml.simulation.truth import HARD_HAT, PERSON, SceneConfig, View

SIZES = ((576, 432), (640, 360), (480, 480), (544, 408))
# Two moments of one hall: people have walked on, and the second costs a tenth of the first.
MOMENTS_S = (0.0, 9.0)
# Cameras under a ceiling hang any way round; those on a wall are sometimes mounted wrongly.
TURN_SHARE = {View.HIGH: 0.6, View.WALL: 0.12, View.EYE: 0.05}
# A person of fewer pixels is only blur when enlarged.
ZOOM_MIN_PX = 70.0
# Side of the window in heights of the person.
ZOOM_SIDES = (0.7, 2.2)
# Less of an object than this inside a window is not judged.
CUT_SHARE_MIN = 0.3
_JPEG_QUALITY = 94


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a set with its labels, boxes in its own pixels."""

    name: str
    image_rgb: Bytes
    labels: tuple[Annotation, ...]


def turned(picture: Picture, quarters: int) -> Picture:
    """Turned counter-clockwise by quarter turns, with its boxes."""
    image, labels = picture.image_rgb, list(picture.labels)
    for _ in range(quarters % 4):
        width = image.shape[1]
        image = np.rot90(image)
        labels = [
            Annotation(
                label=item.label,
                box=Box(item.box.y1, width - item.box.x2, item.box.y2, width - item.box.x1),
                ignore=item.ignore,
            )
            for item in labels
        ]
    return Picture(picture.name, np.ascontiguousarray(image), tuple(labels))


def generated(scenes: int, seed: int, classes: Sequence[str], turn: bool = True) -> Iterator[Picture]:
    """Two pictures of each scene. The same arguments give the same pictures."""
    for index in range(scenes):
        rng = np.random.default_rng([seed, index])
        width, height = SIZES[int(rng.integers(len(SIZES)))]
        view = (View.WALL, View.HIGH, View.EYE)[int(rng.choice(3, p=[0.4, 0.36, 0.24]))]
        config = SceneConfig(
            seed=seed * 1_000_000 + index,
            width=width,
            height=height,
            people=int(rng.integers(2, 12)),
            view=view,
        )
        scene = build_scene(config, MOMENTS_S[-1] + 1.0)
        for moment, time_s in enumerate(MOMENTS_S):
            frame = scene_frame(scene, time_s, moment)
            labels = tuple(item.annotation() for item in frame.objects if item.label in classes)
            picture = Picture(f"scene-{seed}-{index:05d}-{moment}", frame.image_rgb, labels)
            quarters = int(rng.integers(1, 4)) if turn and rng.random() < TURN_SHARE[view] else 0
            yield turned(picture, quarters)


def photos(dataset: Dataset, prefix: str, classes: Sequence[str]) -> Iterator[Picture]:
    """Photos of a data set, people marked "do not judge" for helmets where it has no labels for these.

    Without the mark, every helmet in them would be taught as background. It covers the whole person, since
    such sets hold turned copies and the head may be at any side; the person still counts as a person.
    """
    for index, item in enumerate(dataset.images):
        with Image.open(item.image.path) as opened:
            pixels = np.asarray(opened.convert("RGB"))
        labels = [a for a in item.annotations if a.label in classes]
        if HARD_HAT in classes and HARD_HAT not in dataset.classes:
            labels += [
                Annotation(HARD_HAT, a.box, ignore=True) for a in item.annotations if a.label == PERSON
            ]
        yield Picture(f"{prefix}-{index:05d}", pixels, tuple(labels))


def zoomed(dataset: Dataset, prefix: str, seed: int) -> Iterator[Picture]:
    """A window round one person of each picture that has one large enough, as a nearer camera would see it.

    Without these, helmets are a few pixels wide and a small detector learns nothing of them.
    """
    for index, item in enumerate(dataset.images):
        rng = np.random.default_rng([seed, index])
        people = [
            a.box
            for a in item.annotations
            if a.label == PERSON and not a.ignore and a.box.height >= ZOOM_MIN_PX
        ]
        if not people:
            continue
        chosen = people[int(rng.integers(len(people)))]
        with Image.open(item.image.path) as opened:
            pixels = np.asarray(opened.convert("RGB"))
        yield _window(
            f"{prefix}-{index:05d}", pixels, item.annotations, _frame_round(chosen, pixels.shape, rng)
        )


def _frame_round(person: Box, shape: tuple[int, ...], rng: np.random.Generator) -> tuple[int, int, int, int]:
    side = max(person.height * float(rng.uniform(*ZOOM_SIDES)), ZOOM_MIN_PX * 1.3)
    high, wide = min(int(side), shape[0]), min(int(side * float(rng.uniform(0.8, 1.3))), shape[1])
    middle_x = (person.x1 + person.x2) / 2 + float(rng.normal(0, 0.2)) * wide
    # Mostly the upper body, where the helmet is.
    middle_y = person.y1 + float(rng.uniform(0.2, 0.6)) * person.height
    left = int(np.clip(middle_x - wide / 2, 0, shape[1] - wide))
    top = int(np.clip(middle_y - high / 2, 0, shape[0] - high))
    return left, top, wide, high


def _window(
    name: str, pixels: Bytes, labels: Sequence[Annotation], frame: tuple[int, int, int, int]
) -> Picture:
    left, top, wide, high = frame
    kept: list[Annotation] = []
    for item in labels:
        box = Box(
            max(item.box.x1 - left, 0.0),
            max(item.box.y1 - top, 0.0),
            min(item.box.x2 - left, wide),
            min(item.box.y2 - top, high),
        )
        if box.width < 2 or box.height < 2:
            continue
        share = box.area / item.box.area
        kept.append(Annotation(item.label, box, ignore=item.ignore or share < CUT_SHARE_MIN))
    return Picture(name, np.ascontiguousarray(pixels[top : top + high, left : left + wide]), tuple(kept))


def write_set(pictures: Iterator[Picture], out: Path, classes: Sequence[str], repeats: int = 1) -> int:
    """Adds pictures to the COCO folder `out`, each listed `repeats` times; returns how many files."""
    (out / "images").mkdir(parents=True, exist_ok=True)
    path = out / "annotations.json"
    table = (
        json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"images": [], "annotations": []}
    )
    table["categories"] = [{"id": i, "name": name} for i, name in enumerate(classes, start=1)]
    count = 0
    for picture in pictures:
        count += 1
        file_name = f"{picture.name}.jpg"
        Image.fromarray(picture.image_rgb).save(out / "images" / file_name, quality=_JPEG_QUALITY)
        height, width = picture.image_rgb.shape[:2]
        for _ in range(repeats):
            image_id = len(table["images"]) + 1
            entry = {"id": image_id, "file_name": file_name, "width": width, "height": height}
            table["images"].append(entry)
            for item in picture.labels:
                box = [item.box.x1, item.box.y1, item.box.width, item.box.height]
                row = {
                    "id": len(table["annotations"]) + 1,
                    "image_id": image_id,
                    "category_id": list(classes).index(item.label) + 1,
                    "bbox": [round(value, 2) for value in box],
                    "area": round(item.box.area, 1),
                    "iscrowd": int(item.ignore),
                }
                table["annotations"].append(row)
    path.write_text(json.dumps(table), encoding="utf-8")
    return count
