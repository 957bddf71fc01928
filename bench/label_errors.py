"""How many planted label errors come up first, by the product's look with two folds: `python bench/label_errors.py`.

5 % of the objects of `hardhat_seg` are spoiled, a third each: called another class (drawn as often as each occurs), left
out, or given a box one side of which is moved until it overlaps the true one by 0.35 to 0.6. The pictures are parted in
two halves by source photo; on each a detector goes on from the shipped one (which has seen other pictures alone) and a
judge of boxes from that, for 8 CPU minutes together, spoiled labels and all, and both are asked about the other half. An
error counts as found where it is among the first findings of its kind, twice as many as were planted of it. All of it
once for each seed of the planting; none of these was used to choose anything. The strongest findings of the first seed
that were not planted are listed, to be looked at.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import binomtest

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

from backend.annotation.contracts import LabelledObject, RegionData  # noqa: E402
from backend.learning.contracts import BoundClass  # noqa: E402
from backend.learning.domain.findings import Found, Xyxy, same_place  # noqa: E402
from backend.learning.domain.label_errors import LookedAt, findings_in, halves  # noqa: E402
from backend.learning.jobs.label_error_eyes import Eyes, minutes_shared  # noqa: E402
from backend.projects.contracts import Label  # noqa: E402
from bench.autoapprove_photos import DATA  # noqa: E402
from ml.contracts import Dataset, LabelledImage, Prediction  # noqa: E402
from ml.data.readers import detection_read  # noqa: E402
from ml.geometry.boxes import as_boxes, box_iou  # noqa: E402
from ml.inference.pictures import picture_load  # noqa: E402
from tests.support.bench import result_write  # noqa: E402

SHIPPED = REPO / "ml" / "weights" / "site-people"
MINUTES, SEEDS, PLANTED_SHARE = 8.0, (2026, 2027), 0.05
KINDS = ("swapped", "overlooked", "bad_box")
GOALS = {"swapped": 0.7, "overlooked": 0.4, "bad_box": 0.4}
BAD_IOU = (0.35, 0.6)
LISTED = 15


@dataclass
class Thing:
    """One object: as it is, and as it is labelled (`said` None: not at all). `spoiled` names what was done to it."""

    label: str
    box: Xyxy
    said: str | None
    said_box: Xyxy
    region_id: str
    spoiled: str = ""


def things_of(images: Sequence[LabelledImage], rng: np.random.Generator) -> list[list[Thing]]:
    """Every picture's objects, a share of them spoiled."""
    rows = [
        [
            Thing(a.label, box, a.label, box, str(uuid.UUID(int=i * 10_000 + j)))
            for j, a in enumerate(image.annotations)
            if (box := (a.box.x1, a.box.y1, a.box.x2, a.box.y2))
        ]
        for i, image in enumerate(images)
    ]
    flat = [thing for row in rows for thing in row]
    counts = Counter(thing.label for thing in flat)
    each = round(PLANTED_SHARE * len(flat) / len(KINDS))
    for place, index in enumerate(rng.permutation(len(flat))[: each * len(KINDS)].tolist()):
        thing = flat[index]
        thing.spoiled = KINDS[place % len(KINDS)]
        if thing.spoiled == "swapped":
            others = [name for name in counts if name != thing.label]
            weights = np.array([counts[name] for name in others], float)
            thing.said = others[int(rng.choice(len(others), p=weights / weights.sum()))]
        elif thing.spoiled == "overlooked":
            thing.said = None
        else:
            thing.said_box = _moved(thing.box, rng)
    return rows


def _moved(box: Xyxy, rng: np.random.Generator) -> Xyxy:
    """One side moved, inwards or outwards, until the overlap with the true box is what was drawn."""
    iou = float(rng.uniform(*BAD_IOU))
    side, factor = int(rng.integers(4)), iou if rng.random() < 0.5 else 1.0 / iou
    x1, y1, x2, y2 = box
    wide, tall = (x2 - x1) * factor, (y2 - y1) * factor
    return (
        (x2 - wide, y1, x2, y2),
        (x1, y2 - tall, x2, y2),
        (x1, y1, x1 + wide, y2),
        (x1, y1, x2, y1 + tall),
    )[side]


def learnt(
    folder: Path, images: Sequence[LabelledImage], things: Sequence[Sequence[Thing]], minutes: float
) -> tuple[Eyes, dict[str, float]]:
    """Detector and judge that learned from these pictures as they are labelled, and the CPU seconds of their processes.

    What is there below `folder` is taken.
    """
    if not (folder / "train.json").exists():
        _write(folder, images, things)
    run, judge = folder / "run", folder / "judge"
    for_detector, for_judge = minutes_shared(minutes)
    if not (run / "manifest.json").exists():
        _train("train", "detect", folder, run, for_detector, "--init", str(SHIPPED))
    if for_judge and not (judge / "judge.json").exists():
        _train("judge", "", folder, judge, for_judge, "--detector", str(run))
    eyes = Eyes.open(run, judge)
    spent = {"detector": float(eyes.detector.manifest.metrics["cpu_s"])}
    if eyes.judge is not None:
        spent["judge"] = eyes.judge.facts.figures["cpu_s"]
    return eyes, spent


def _write(folder: Path, images: Sequence[LabelledImage], things: Sequence[Sequence[Thing]]) -> None:
    (folder / "images").mkdir(parents=True)
    classes = sorted({thing.label for row in things for thing in row})
    content: dict[str, Any] = {
        "images": [],
        "annotations": [],
        "categories": [{"id": n, "name": name} for n, name in enumerate(classes, 1)],
    }
    for n, (image, row) in enumerate(zip(images, things, strict=True), 1):
        name = f"images/{n}{image.image.path.suffix}"
        (folder / name).symlink_to(image.image.path.resolve())
        size = {"width": image.image.width, "height": image.image.height}
        content["images"].append({"id": n, "file_name": name, **size})
        for thing in row:
            if thing.said is not None:
                x1, y1, x2, y2 = thing.said_box
                one = {"id": len(content["annotations"]) + 1, "image_id": n, "iscrowd": 0}
                box = {"bbox": [x1, y1, x2 - x1, y2 - y1], "area": (x2 - x1) * (y2 - y1)}
                content["annotations"].append({**one, **box, "category_id": classes.index(thing.said) + 1})
    (folder / "train.json").write_text(json.dumps(content), encoding="utf-8")


def _train(command: str, kind: str, data: Path, out: Path, minutes: float, *more: str) -> None:
    words = [
        sys.executable,
        "-m",
        "ml",
        command,
        *([kind] if kind else []),
        "--data",
        str(data),
        "--out",
        str(out),
    ]
    words += ["--minutes", str(minutes), "--seed", "0", "--threads", "1", *more]
    subprocess.run(words, cwd=REPO, check=True, stdout=subprocess.DEVNULL)


def looked_at(number: int, image: LabelledImage, row: Sequence[Thing], eyes: Eyes) -> LookedAt:
    objects = [
        LabelledObject(RegionData(t.region_id, t.said, "box", {"box": list(t.said_box)}), t.said_box)
        for t in row
        if t.said is not None
    ]
    task = uuid.UUID(int=number)
    word = eyes.word(picture_load(image.image.path), objects)
    return LookedAt(task, task, image.image.width, image.image.height, objects, word)


def told(kind: str, plantings: Sequence[Planting]) -> dict[str, Any]:
    """How many of the planted errors of a kind are among the first findings of it, over all plantings."""
    counts = [_found(kind, each.found, each.things) for each in plantings]
    planted, first, hit = (sum(column) for column in zip(*counts, strict=True))
    interval = binomtest(hit, planted).proportion_ci(method="wilson")
    return {
        "planted": planted,
        "first": first,
        "found": hit,
        "share": round(hit / planted, 3),
        "interval_95": [round(float(interval.low), 3), round(float(interval.high), 3)],
        "goal": GOALS[kind],
    }


def _found(kind: str, found: Sequence[Found], things: Sequence[Sequence[Thing]]) -> tuple[int, int, int]:
    """(planted, first findings looked at, planted ones among them)."""
    planted = {(i, t.region_id): t for i, row in enumerate(things) for t in row if t.spoiled == kind}
    first = [row for row in found if row.kind == kind][: 2 * len(planted)]
    hit = {
        key
        for row in first
        for key, thing in planted.items()
        if key[0] == row.task_id.int
        and (same_place(row.box, thing.box) if row.region_id is None else row.region_id == key[1])
    }
    return len(planted), len(first), len(hit)


def unplanted(
    found: Sequence[Found], images: Sequence[LabelledImage], things: Sequence[Sequence[Thing]]
) -> list[Any]:
    """The strongest findings about what was not spoiled: real errors of the data, or the models' own."""
    rows = []
    for row in found:
        place = row.task_id.int
        near = [t for t in things[place] if t.region_id == row.region_id or same_place(t.box, row.box)]
        if not any(t.spoiled for t in near) and sum(r["kind"] == row.kind for r in rows) < LISTED:
            name = images[place].image.path.name
            boxes = {"box": row.box, "proposed_box": row.proposed_box}
            labels = {"label": row.label_id, "proposed": row.proposed_label_id}
            rows.append(
                {"kind": str(row.kind), "picture": name, "score": round(row.score, 3), **labels, **boxes}
            )
    return rows


@dataclass(frozen=True, slots=True)
class Planting:
    """One seed's errors, what was found, and what it took."""

    seed: int
    things: list[list[Thing]]
    found: list[Found]
    seen: float
    cpu_s: list[dict[str, float]]

    def facts(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "objects_seen_at_iou_50": round(self.seen, 3),
            "cpu_s": self.cpu_s,
            "kinds": {kind: told(kind, [self]) for kind in KINDS},
            "findings": dict(Counter(str(row.kind) for row in self.found)),
        }


def planting(seed: int, dataset: Dataset, minutes: float, folder: Path) -> Planting:
    images = dataset.images
    things = things_of(images, np.random.default_rng(seed))
    sides = halves(Counter(image.image.group for image in images))
    pictures: list[LookedAt] = []
    spent = []
    for place, side in enumerate(sides):
        own = [i for i, image in enumerate(images) if image.image.group in side]
        eyes, cpu_s = learnt(folder / str(place), [images[i] for i in own], [things[i] for i in own], minutes)
        before = time.process_time()
        others = sorted(set(range(len(images))) - set(own))
        pictures += [looked_at(i, images[i], things[i], eyes) for i in others]
        spent.append({**cpu_s, "asking": round(time.process_time() - before, 1)})
    labels = [Label(name, name, "#000", ("box",)) for name in dataset.classes]
    found = findings_in(pictures, {name: BoundClass(name, 0.0) for name in dataset.classes}, labels)
    agree = [_agreement(things[each.task_id.int], each.word.said) for each in pictures]
    return Planting(seed, things, found, sum(a for a, _ in agree) / sum(n for _, n in agree), spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="CPU minutes for each half")
    parser.add_argument("--folder", type=Path, help="where the RUNs are made, or were made before")
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS, help="of the plantings")
    asked = parser.parse_args()
    dataset = detection_read(DATA / "hardhat_seg").dataset
    with tempfile.TemporaryDirectory() as name:
        folder = asked.folder or Path(name)
        plantings = [planting(seed, dataset, asked.minutes, folder / str(seed)) for seed in asked.seeds]
    first = plantings[0]
    result_write(
        "label_errors",
        {
            "data": "hardhat_seg",
            "pictures": len(dataset.images),
            "objects": sum(len(row) for row in first.things),
            "minutes_each": asked.minutes,
            "kinds": {kind: told(kind, plantings) for kind in KINDS},
            "plantings": [each.facts() for each in plantings],
            "not_planted": unplanted(first.found, dataset.images, first.things),
        },
    )


def _agreement(row: Sequence[Thing], said: Sequence[Prediction]) -> tuple[int, int]:
    """(objects that the model sees as what they are, at IoU 0.5 and any score, objects)."""
    seen = 0
    for thing in row:
        boxes = [(p.box.x1, p.box.y1, p.box.x2, p.box.y2) for p in said if p.label == thing.label]
        seen += bool(boxes) and float(box_iou(as_boxes(boxes), as_boxes([thing.box])).max()) >= 0.5
    return seen, len(row)


if __name__ == "__main__":
    main()
