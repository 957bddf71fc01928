"""Learning curves of a selection strategy for boxes: a detector trained anew after each batch of pictures, from the
same weights, and scored on pictures kept aside.
"""

from __future__ import annotations

import copy
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ml.active.candidates import Candidate, SelectionConfig
from ml.active.disagreement import mirrored_back
from ml.active.selection import select_batch
from ml.contracts import Dataset
from ml.errors import DatasetError
from ml.evaluation.detection import detection_report
from ml.inference.pictures import picture_load
from ml.inference.predictor import Predictor
from ml.training.ahead import threads_ahead
from ml.training.budget import Budget
from ml.training.crew import Crew
from ml.training.detect import DetectTask
from ml.training.held_out import HeldOut
from ml.training.loop import Trainer
from ml.training.weights import WEIGHTS_FILE, warm_start, weights_load


@dataclass(frozen=True, slots=True)
class BoxPool:
    """Pictures to choose from and pictures kept aside, of the same classes; `start` is the RUN every training goes on
    from, whose embeddings also tell pictures apart. `size` is the network's input side in pixels."""

    pool: Dataset
    held: Dataset
    start: Path
    size: int
    steps: int
    crew: Crew


class BoxRounds:
    """One pool with what is worked out once: embeddings, and pictures as the network sees them."""

    def __init__(self, part: BoxPool, scratch: Path) -> None:
        self.part, self._scratch = part, scratch
        self._by_id = {item.image.id: item for item in part.pool.images}
        if len(self._by_id) < 2 or not part.held.images:
            raise DatasetError("Boxes are chosen among two pictures or more, and scored on one or more.")
        self._seen, self._held = HeldOut(part.pool, part.size), HeldOut(part.held, part.size)
        self._mirrored = _mirrored(self._seen, part.size)
        start = Predictor.load(part.start)
        self._start, self._weights = start.manifest, weights_load(part.start / WEIGHTS_FILE)
        pictures = [picture_load(item.image.path) for item in self._seen.dataset.images]
        found = [start.predict(pixels).embedding for pixels in pictures]
        ids = [item.image.id for item in self._seen.dataset.images]
        self._embeddings = {name: np.asarray(row).tolist() for name, row in zip(ids, found, strict=True)}

    def curve(self, budgets: Sequence[int], config: SelectionConfig, seed: int) -> list[dict[str, float]]:
        """AP50 by class, its mean, and the boxes labelled, after each of the growing `budgets` of pictures."""
        labelled: list[str] = []
        said: dict[str, Candidate] = {
            name: Candidate(name, embedding=row) for name, row in self._embeddings.items()
        }
        rows = []
        for number, budget in enumerate(budgets):
            rest = [c for name, c in said.items() if name not in set(labelled)]
            known = [self._embeddings[name] for name in labelled]
            chosen = select_batch(
                rest, budget - len(labelled), self._counts(labelled), config, 1000 * seed + number, known
            )
            labelled += [c.id for c in chosen]
            figures, said = self._trained(labelled, 1000 * seed + number)
            rows.append({"pictures": len(labelled), "boxes": sum(self._counts(labelled).values()), **figures})
        return rows

    def _counts(self, labelled: Sequence[str]) -> dict[str, int]:
        counts = Counter(a.label for name in labelled for a in self._by_id[name].annotations if not a.ignore)
        return {name: counts[name] for name in self.part.pool.classes}

    def _trained(self, labelled: Sequence[str], seed: int) -> tuple[dict[str, float], dict[str, Candidate]]:
        """Figures of a detector of these labels, and the pool as it sees it."""
        part = self.part
        torch.manual_seed(seed)
        learnt = Dataset(part.pool.classes, tuple(self._by_id[name] for name in labelled))
        task = DetectTask(learnt, None, part.size, seed, part.crew)
        warm_start(task.model, self._weights, self._start.classes, learnt.classes)
        task.model.to(part.crew.device)
        network = _fitted(task, part, self._scratch)
        report = detection_report(self._held.dataset, task.predict(network, self._held))
        figures = {"ap50": report.ap50, **{f"ap50_{name}": m.ap50 for name, m in report.per_class.items()}}
        upright = task.predict(network, self._seen)
        mirrored = task.predict(network, self._mirrored)
        said = {}
        for item, one, other in zip(self._seen.dataset.images, upright, mirrored, strict=True):
            name = item.image.id
            views = (mirrored_back(other, item.image.width),)
            said[name] = Candidate(name, one, self._embeddings[name], views=views)
        return figures, said


def _fitted(task: DetectTask, part: BoxPool, scratch: Path) -> nn.Module:
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    budget = Budget(float("inf"), part.steps, clock=part.crew.clock)
    trainer = Trainer(
        task, budget, scratch, "", float("inf"), crew=part.crew, threads_ahead=threads_ahead(part.crew)
    )
    return trainer.run(resume=False).network


def _mirrored(seen: HeldOut, size: int) -> HeldOut:
    """The same pictures left to right, on the same canvas of `size` px."""
    found = copy.copy(seen)
    found.inputs = [
        (
            np.ascontiguousarray(pixels[:, ::-1]),
            replace(fit, left=size - fit.left - round(fit.scale_x * fit.width)),
        )
        for pixels, fit in seen.inputs
    ]
    return found
