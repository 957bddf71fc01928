"""Tiny generated pictures for training tests: filled shapes on noise, as data sets on disk."""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from ml.contracts import Annotation, Box, Dataset, ImageRef, LabelledImage

COLORS = {"red": (220, 40, 40), "blue": (40, 60, 220)}
SHAPES = {"red": ((0, -1), (1, 1), (-1, 1)), "blue": ((0, -1), (1, 0), (0, 1), (-1, 0))}


def detection_set(folder: Path, count: int = 8, side: int = 96, seed: int = 0) -> Dataset:
    """`count` PNG pictures with two or three rectangles each; also a YOLO folder at `folder`."""
    rng = np.random.default_rng(seed)
    (folder / "images").mkdir(parents=True)
    (folder / "labels").mkdir()
    (folder / "data.yaml").write_text("train: images\nnames: [red, blue]\n")
    items = []
    for number in range(count):
        pixels = rng.integers(90, 130, size=(side, side, 3), dtype=np.uint8)
        objects, rows = [], []
        for slot in range(2 + number % 2):
            label = "red" if (slot + number) % 2 else "blue"
            w, h = rng.integers(side // 5, side // 3, size=2)
            x = int(rng.integers(0, side // 2 - w)) + (side // 2) * (slot % 2)
            y = int(rng.integers(0, side // 2 - h)) + (side // 2) * (slot // 2)
            pixels[y : y + h, x : x + w] = COLORS[label]
            objects.append(Annotation(label, Box(x, y, x + float(w), y + float(h))))
            centre = f"{(x + w / 2) / side} {(y + h / 2) / side} {w / side} {h / side}"
            rows.append(f"{list(COLORS).index(label)} {centre}")
        path = folder / "images" / f"scene{number}.png"
        Image.fromarray(pixels).save(path)
        (folder / "labels" / f"scene{number}.txt").write_text("\n".join(rows))
        items.append(LabelledImage(ImageRef(path.name, path, side, side), tuple(objects)))
    return Dataset(tuple(COLORS), tuple(items))


def tag_set(folder: Path, count: int = 12, side: int = 64) -> Path:
    """A folder per class of plain coloured pictures."""
    rng = np.random.default_rng(1)
    for number in range(count):
        name = list(COLORS)[number % 2]
        (folder / name).mkdir(parents=True, exist_ok=True)
        noise = rng.integers(-30, 30, size=(side, side, 3))
        pixels = np.clip(np.array(COLORS[name]) + noise, 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return folder


def outline_set(folder: Path, count: int = 10, side: int = 96, seed: int = 2) -> Path:
    """A YOLO folder of a red triangle and a blue diamond a picture, as polygons, on noise; every third holds only one."""
    rng = np.random.default_rng(seed)
    (folder / "images").mkdir(parents=True)
    (folder / "labels").mkdir()
    (folder / "data.yaml").write_text("train: images\nnames: [red, blue]\n")
    for number in range(count):
        pixels = rng.integers(90, 130, size=(side, side, 3), dtype=np.uint8)
        rows = []
        for k, (name, shape) in enumerate(SHAPES.items()):
            if k == 1 and number % 3 == 0:
                continue
            radius = rng.uniform(0.14, 0.2) * side
            middle = rng.uniform(0.25, 0.75, 2) * side * (0.5, 1) + (side / 2 * k, 0)
            ring = np.clip(np.array(shape) * radius + middle, 0, side)
            cv2.fillPoly(pixels, [np.round(ring - 0.5).astype(np.int32)], COLORS[name])
            rows.append(f"{k} " + " ".join(f"{v:.5f}" for v in (ring / side).ravel()))
        Image.fromarray(pixels).save(folder / "images" / f"scene{number}.png")
        (folder / "labels" / f"scene{number}.txt").write_text("\n".join(rows))
    return folder
