"""Mean IoU of an assist by kind of prompt, on real objects it has not learnt from, beside what needs no training.

A simulated person clicks the innermost point first and then the deepest error, drags the tight box, and looks at a
square part of the picture 1.5 to 3.5 times the object.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.contracts import Box
from ml.data.instances import InstanceMask, InstancePicture, instances_read
from ml.data.prompts import click_in, correction
from ml.errors import DatasetError
from ml.evaluation.assist_baselines import BoxItself, GrabCut, Watershed
from ml.evaluation.assist_seen import unseen
from ml.evaluation.bootstrap import HIGH_PERCENTILE, LOW_PERCENTILE, Comparison
from ml.geometry.arrays import Bools, Bytes
from ml.inference.assist_segmenter import AssistSegmenter
from ml.inference.classical_segmenter import ClassicalSegmenter
from ml.inference.pictures import picture_load
from ml.inference.segmenter import PromptPoint, Prompts, Segmenter

PROMPTS = ("c1", "c3", "c1_view", "c3_view", "box", "box1")
OBJECTS_PER_PICTURE = 3
VIEW_SIDES = (1.5, 3.5)
CLICKS = 3
# The network is compared with these object by object.
RIVALS = ("watershed", "vote")
DRAWS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    """One object to be found: its picture, true mask (H, W), tight box, and the part of the picture in view."""

    picture: str
    pixels: Bytes
    truth: Bools
    box: Box
    view: Box


@dataclass(slots=True)
class Scores:
    """IoU and CPU milliseconds by prompt, and the picture each came from; all of the same length."""

    pictures: list[str]
    iou: dict[str, list[float]]
    cpu_ms: dict[str, list[float]]

    @classmethod
    def empty(cls) -> Scores:
        return cls([], {name: [] for name in PROMPTS}, {name: [] for name in PROMPTS})

    def means(self) -> dict[str, float]:
        return {name: round(float(np.mean(values)), 4) for name, values in self.iou.items()}


def assist_report(
    run_dir: Path, folders: Sequence[Path], objects: int, seed: int, seeds: int, threads: int = 1
) -> dict[str, object]:
    """Score the RUN on pictures of each folder that it has not learnt from; up to `objects` a set, `seeds` times.

    `mean` and `sets` hold mean IoU by prompt, `baselines` the same for the box itself, GrabCut, one watershed and the
    program's own vote of classical methods, `cpu_ms` medians a prompt, `paired` the network less watershed and less
    the vote with 95 % bounds over pictures. Raises DatasetError, ManifestError.
    """
    segmenters: dict[str, Segmenter] = {
        "network": AssistSegmenter.load(run_dir, threads),
        "box": BoxItself(),
        "grabcut": GrabCut(),
        "watershed": Watershed(),
        "vote": ClassicalSegmenter(),
    }
    found: dict[str, dict[str, Scores]] = {name: {} for name in segmenters}
    for folder in folders:
        read = instances_read(folder)
        pictures = unseen(run_dir, read.pictures)
        if not pictures:
            raise DatasetError(f"Every picture of {folder} was learnt from: nothing is left to evaluate on.")
        for segmenter in found.values():
            segmenter[read.name] = Scores.empty()
        for number in range(seed, seed + seeds):
            for thing in things_of(pictures, objects, number):
                for name, segmenter_ in segmenters.items():
                    ask(segmenter_, thing, found[name][read.name])
    network = found.pop("network")
    return {
        **_table(network),
        "baselines": {name: _table(sets) for name, sets in found.items()},
        "cpu_ms": _cpu_ms(network),
        "baselines_cpu_ms": {name: _cpu_ms(sets) for name, sets in found.items()},
        "paired": {name: {p: paired(network, found[name], p) for p in PROMPTS} for name in RIVALS},
        "objects": {name: len(scores.pictures) for name, scores in network.items()},
        "pictures": {name: len(set(scores.pictures)) for name, scores in network.items()},
        "seeds": list(range(seed, seed + seeds)),
    }


def things_of(pictures: Sequence[InstancePicture], count: int, seed: int) -> list[Thing]:
    """Up to `count` objects, at most three a picture, each with a part of the picture it lies in."""
    rng = np.random.default_rng(seed)
    found: list[Thing] = []
    for k in rng.permutation(len(pictures)).tolist():
        picture = pictures[k]
        pixels = picture_load(picture.image.path)
        for j in rng.permutation(len(picture.objects))[:OBJECTS_PER_PICTURE].tolist():
            found.append(_thing(rng, f"{picture.source}/{picture.image.id}", pixels, picture.objects[j]))
            if len(found) == count:
                return found
    return found


def ask(segmenter: Segmenter, thing: Thing, scores: Scores) -> None:
    """Put every prompt for one object and note how well it was answered."""
    features = segmenter.encode(thing.pixels)
    rng = np.random.default_rng(0)

    def answer(name: str, prompts: Prompts) -> tuple[Bools, NDArray[np.float32] | None]:
        start = time.process_time()
        found = segmenter.decode(features, prompts)
        spent_ms = (time.process_time() - start) * 1000
        if name in scores.iou:
            scores.cpu_ms[name].append(spent_ms)
            scores.iou[name].append(iou(found.masks[0], thing.truth))
        return found.masks[0], None if found.low_res is None else found.low_res[0]

    scores.pictures.append(thing.picture)
    mask, previous = answer("box", Prompts(box=thing.box))
    fix = _correction(rng, thing, mask, thing.box)
    answer("box1", Prompts(points=fix, box=thing.box, previous=previous))
    first = click_in(rng, thing.truth, deepest_share=1.0)
    whole = Box(0.0, 0.0, float(thing.truth.shape[1]), float(thing.truth.shape[0]))
    for suffix, view in (("", None), ("_view", thing.view)):
        points: tuple[PromptPoint, ...] = (PromptPoint(*first),) if first else ()
        previous = None
        for clicks in range(1, CLICKS + 1):
            mask, previous = answer(
                f"c{clicks}{suffix}", Prompts(points=points, viewport=view, previous=previous)
            )
            points += _correction(rng, thing, mask, view or whole)


def iou(mask: Bools, truth: Bools) -> float:
    """Intersection over union of two masks (H, W)."""
    return float((mask & truth).sum() / max(int((mask | truth).sum()), 1))


def paired(ours: Mapping[str, Scores], theirs: Mapping[str, Scores], prompt: str) -> dict[str, float]:
    """Mean over sets of the difference in IoU, and its 95 % bounds over resampled pictures of each set."""
    rng = np.random.default_rng(0)
    draws, means = np.zeros(DRAWS), []
    for name, scores in ours.items():
        difference = np.array(scores.iou[prompt]) - np.array(theirs[name].iou[prompt])
        draws += _resampled(rng, scores.pictures, difference) / len(ours)
        means.append(float(difference.mean()))
    low, high = np.percentile(draws, [LOW_PERCENTILE, HIGH_PERCENTILE])
    return {
        "difference": round(float(np.mean(means)), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
    }


def paired_mean(ours: Scores, theirs: Scores, prompts: Sequence[str]) -> Comparison:
    """Difference in IoU averaged over prompts, with 95 % bounds over resampled pictures."""
    rows = [np.array(ours.iou[p]) - np.array(theirs.iou[p]) for p in prompts]
    difference = np.mean(rows, axis=0)
    draws = _resampled(np.random.default_rng(0), ours.pictures, difference)
    low, high = np.percentile(draws, [LOW_PERCENTILE, HIGH_PERCENTILE])
    return Comparison(float(difference.mean()), float(low), float(high))


def _resampled(
    rng: np.random.Generator, pictures: Sequence[str], difference: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(DRAWS,) means of `difference`, one value an object, over pictures drawn with replacement."""
    _, picture = np.unique(pictures, return_inverse=True)
    sums, counts = np.bincount(picture, difference), np.bincount(picture)
    picks = rng.integers(0, len(sums), size=(DRAWS, len(sums)))
    return np.asarray(sums[picks].sum(axis=1) / counts[picks].sum(axis=1))


def _thing(rng: np.random.Generator, name: str, pixels: Bytes, target: InstanceMask) -> Thing:
    height, width = pixels.shape[:2]
    box = target.box
    side = max(box.width, box.height) * rng.uniform(*VIEW_SIDES)
    left = max(0.0, min(rng.uniform(box.x2 - side, box.x1), width - side))
    top = max(0.0, min(rng.uniform(box.y2 - side, box.y1), height - side))
    view = Box(left, top, min(left + side, width), min(top + side, height))
    return Thing(name, pixels, target.full(height, width), box, view)


def _correction(rng: np.random.Generator, thing: Thing, mask: Bools, within: Box) -> tuple[PromptPoint, ...]:
    """A click into the deepest error within a part of the picture; none where all is well."""
    left, top = int(within.x1), int(within.y1)
    part = (slice(top, int(np.ceil(within.y2))), slice(left, int(np.ceil(within.x2))))
    fix = correction(rng, thing.truth[part], mask[part], deepest_share=1.0)
    if fix is None:
        return ()
    (x, y), inside = fix
    return (PromptPoint(x + left, y + top, inside),)


def _table(sets: Mapping[str, Scores]) -> dict[str, object]:
    rows = {name: scores.means() for name, scores in sets.items()}
    mean = {p: round(float(np.mean([row[p] for row in rows.values()])), 4) for p in PROMPTS}
    return {"mean": mean, "sets": rows}


def _cpu_ms(sets: Mapping[str, Scores]) -> dict[str, float]:
    pooled: Callable[[str], list[float]] = lambda p: [v for s in sets.values() for v in s.cpu_ms[p]]  # noqa: E731
    return {p: round(float(np.median(pooled(p))), 1) for p in PROMPTS}
