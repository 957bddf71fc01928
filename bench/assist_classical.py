"""Mean IoU of the assist that needs no download, by kind of prompt: `python -m bench.assist_classical`.

Reads `hardhat_seg` and `bolts_washers_seg` (YOLO polygons), `weld_seepage_seg` and `magnetic_tile` (PNG masks) under
SITELOOP_DATA.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np

from ml.contracts import Box
from ml.inference.classical_segmenter import ClassicalSegmenter
from ml.inference.segmenter import PromptPoint, Prompts, Segmenter

SETS = ("hardhat_seg", "bolts_washers_seg", "weld_seepage_seg", "magnetic_tile")
# Smaller than this no two people draw the same outline; fuller than this the polygon is a box in disguise.
MIN_AREA_PX = 100
MAX_FILL = 0.97
OBJECTS_PER_PICTURE = 3
# "In view": the visible part is this many times the object.
VIEW_FACTORS = (1.5, 3.5)
CLICKS = 3
RESULT = Path(__file__).parent / "results" / "assist_classical.json"


@dataclass(frozen=True, eq=False)
class Thing:
    image: np.ndarray
    truth: np.ndarray
    box: Box
    view: Box


def pictures(folder: Path) -> list[Path]:
    """Pictures with labels beside them: `images/` with `labels/` or `masks/`, or a mask of the same name."""
    if (folder / "images").is_dir():
        return sorted((folder / "images").iterdir())
    return sorted(p for p in folder.rglob("*.jpg") if p.with_suffix(".png").is_file())


def outlines(picture: Path, height: int, width: int) -> list[np.ndarray]:
    """uint8 masks of the picture's objects: its polygons, or the blobs of its mask."""
    rows = picture.parent.parent / "labels" / f"{picture.stem}.txt"
    found = []
    if rows.is_file():
        for row in rows.read_text().splitlines():
            numbers = np.array(row.split()[1:], dtype=float)
            if len(numbers) < 8:
                continue
            mask = np.zeros((height, width), dtype=np.uint8)
            points = np.round(numbers.reshape(-1, 2) * [width, height] - 0.5)
            cv2.fillPoly(mask, [points.astype(np.int32)], 1)
            found.append(mask)
        return found
    beside = (picture.with_suffix(".png"), picture.parent.parent / "masks" / f"{picture.stem}.png")
    painted = cv2.imread(str(next(p for p in beside if p.is_file())), cv2.IMREAD_GRAYSCALE)
    # Masks are 0 and 1, or JPEG-like greys up to 255.
    count, blobs = cv2.connectedComponents((painted > (128 if painted.max() > 1 else 0)).astype(np.uint8))
    return [(blobs == k).astype(np.uint8) for k in range(1, count)]


def things(folder: Path, count: int, seed: int) -> list[Thing]:
    """Up to `count` objects of a folder, a few a picture, each with a viewport it lies in."""
    rng = np.random.default_rng(seed)
    files = pictures(folder)
    found: list[Thing] = []
    for k in rng.permutation(len(files)).tolist():
        image = cv2.cvtColor(cv2.imread(str(files[k])), cv2.COLOR_BGR2RGB)
        masks = outlines(files[k], *image.shape[:2])
        for j in rng.permutation(len(masks))[:OBJECTS_PER_PICTURE].tolist():
            thing = thing_of(image, masks[j], rng)
            if thing is not None:
                found.append(thing)
            if len(found) == count:
                return found
    return found


def thing_of(image: np.ndarray, truth: np.ndarray, rng: np.random.Generator) -> Thing | None:
    height, width = image.shape[:2]
    ys, xs = np.nonzero(truth)
    if len(xs) < MIN_AREA_PX:
        return None
    box = Box(float(xs.min()), float(ys.min()), float(xs.max() + 1), float(ys.max() + 1))
    if len(xs) / box.area > MAX_FILL:
        return None
    side = max(box.width, box.height) * rng.uniform(*VIEW_FACTORS)
    left = max(0.0, min(rng.uniform(box.x2 - side, box.x1), width - side))
    top = max(0.0, min(rng.uniform(box.y2 - side, box.y1), height - side))
    view = Box(left, top, min(left + side, width), min(top + side, height))
    return Thing(image, truth.astype(bool), box, view)


def innermost(mask: np.ndarray) -> tuple[tuple[float, float], float]:
    """The point furthest from the mask's edge, and that distance: where a person would click."""
    depth = cv2.distanceTransform(np.pad(mask.astype(np.uint8), 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    y, x = np.unravel_index(depth.argmax(), depth.shape)
    return (float(x) + 0.5, float(y) + 0.5), float(depth.max())


def correction(thing: Thing, mask: np.ndarray, where: Box) -> PromptPoint:
    """A click into the deepest error within `where`."""
    seen = np.zeros_like(mask)
    seen[int(where.y1) : int(np.ceil(where.y2)), int(where.x1) : int(np.ceil(where.x2))] = True
    missed, missed_depth = innermost(thing.truth & ~mask & seen)
    extra, extra_depth = innermost(mask & ~thing.truth & seen)
    return PromptPoint(*missed, True) if missed_depth >= extra_depth else PromptPoint(*extra, False)


def iou(mask: np.ndarray, truth: np.ndarray) -> float:
    return float((mask & truth).sum() / max((mask | truth).sum(), 1))


def measure(segmenter: Segmenter, sample: list[Thing]) -> dict[str, dict[str, float]]:
    scores: dict[str, list[float]] = defaultdict(list)
    times_ms: dict[str, list[float]] = defaultdict(list)

    def ask(name: str, thing: Thing, prompts: Prompts) -> np.ndarray:
        features = segmenter.encode(thing.image)
        start = perf_counter()
        mask = segmenter.decode(features, prompts).masks[0]
        times_ms[name].append((perf_counter() - start) * 1000.0)
        scores[name].append(iou(mask, thing.truth))
        return mask

    for thing in sample:
        as_mask = np.zeros_like(thing.truth)
        as_mask[int(thing.box.y1) : int(thing.box.y2), int(thing.box.x1) : int(thing.box.x2)] = True
        scores["the box itself"].append(iou(as_mask, thing.truth))
        mask = ask("box", thing, Prompts(box=thing.box))
        fix = correction(thing, mask, thing.box)
        ask("box + 1 click", thing, Prompts(points=(fix,), box=thing.box))
        points: tuple[PromptPoint, ...] = (PromptPoint(*innermost(thing.truth)[0]),)
        for clicks in range(1, CLICKS + 1):
            name = f"{clicks} click{'s' * (clicks > 1)} in view"
            mask = ask(name, thing, Prompts(points=points, viewport=thing.view))
            points += (correction(thing, mask, thing.view),)
    return {name: figures(scores[name], times_ms[name]) for name in scores}


def figures(scores: list[float], times_ms: list[float]) -> dict[str, float]:
    result = {"mean_iou": round(float(np.mean(scores)), 3), "n": len(scores)}
    if times_ms:
        result["median_ms"] = round(float(np.median(times_ms)), 1)
        result["p95_ms"] = round(float(np.percentile(times_ms, 95)), 1)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=150, help="polygons of each set")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    data = Path(os.environ.get("SITELOOP_DATA", "../shared/data"))
    cv2.setNumThreads(1)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    sets = {
        name: measure(ClassicalSegmenter(), things(data / name, args.objects, args.seed)) for name in SETS
    }
    result = {
        "bench": "assist_classical",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "commit": commit.stdout.strip() or "unknown",
        "seed": args.seed,
        "sets": sets,
        "mean_of_sets": {
            prompt: round(float(np.mean([by_prompt[prompt]["mean_iou"] for by_prompt in sets.values()])), 3)
            for prompt in next(iter(sets.values()))
        },
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
