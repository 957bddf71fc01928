"""A whole training run of a judge: what a detector learned from, with its own boxes as places to doubt, in; a folder out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ml.contracts import Dataset, LabelledImage
from ml.data.readers import detection_read
from ml.errors import ImageError, ParityError, TrainingError
from ml.geometry.boxes import as_boxes
from ml.inference.crops import SIDE_PX
from ml.inference.judge import (
    FACTS_FILE,
    INPUTS,
    JUDGE_FILE,
    OUTPUTS,
    JudgeFacts,
    judge_facts_read,
    judge_facts_write,
)
from ml.inference.manifest import file_sha256
from ml.inference.pictures import picture_load
from ml.inference.predictor import MIN_SCORE, Predictor
from ml.inference.runtime import NamedGraph
from ml.models.judge import SHAPE_NUMBERS, BoxJudge
from ml.training.budget import Budget
from ml.training.checkpoint import CHECKPOINT_FILE
from ml.training.export import MAX_BATCH, MAX_DIFFERENCE, folded, graph_write
from ml.training.judge import PICTURE_SIDE_PX, Floats, JudgeTask
from ml.training.loop import Trainer
from ml.training.run import budget_check, threads_set
from ml.training.weights import WEIGHTS_FILE, warm_start, weights_load

# Of the budget, for looking through the pictures with the detector: of thousands a part teaches all there is time for.
LOOKING_SHARE_MAX = 0.2
# How many they were, for a run that is resumed.
LOOKED_FILE = "looked.txt"


@dataclass(frozen=True, slots=True)
class JudgeConfig:
    """`data`: a labelled folder; `detector`: the RUN that learned from it, whose trunk the judge goes on from; `minutes`
    of CPU for all that this does, or `max_steps`."""

    data: Path
    detector: Path
    out: Path
    minutes: float
    seed: int = 0
    max_steps: int = 0
    threads: int = 1


def judge_train(config: JudgeConfig, resume: bool = False, whole_process: bool = False) -> JudgeFacts:
    """Train and leave `judge.onnx` with its facts at `config.out`; a finished one is taken as it is with `resume`.

    Raises DatasetError, TrainingError, ManifestError, ParityError; `loop.Stopped` where a signal asked to stop.
    """
    budget_check(config.minutes, config.max_steps, 0.0)
    config.out.mkdir(parents=True, exist_ok=True)
    if resume and (config.out / FACTS_FILE).exists():
        return judge_facts_read(config.out)
    budget = Budget(config.minutes * 60, config.max_steps)
    if not whole_process:
        budget.origin_s = budget.clock()
    threads_set(config.threads)
    whole = detection_read(config.data).dataset
    torch.manual_seed(config.seed)
    dataset, places = _looked_through(config, whole, budget, resume)
    task = JudgeTask(dataset, config.seed, places)
    skipped = warm_start(task.model, weights_load(config.detector / WEIGHTS_FILE), (), ())
    if any(name.startswith("backbone.") for name in skipped):
        raise TrainingError(f"The trunk of {config.detector.name} does not fit a judge's.")
    parts = [config.seed, config.max_steps, whole.classes, [i.image.id for i in whole.images]]
    identity = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    outcome = Trainer(task, budget, config.out, identity).run(resume)
    if not outcome.steps:
        raise TrainingError("The budget was spent before the judge's first step: give it more minutes.")
    network = outcome.network
    assert isinstance(network, BoxJudge)
    judge_export(network, config.out / JUDGE_FILE)
    facts = JudgeFacts(
        dataset.classes,
        file_sha256(config.out / JUDGE_FILE),
        {"steps": outcome.steps, "objects": task.objects, "cpu_s": round(budget.used_s(), 1)},
    )
    judge_facts_write(config.out, facts)
    (config.out / CHECKPOINT_FILE).unlink(missing_ok=True)
    return facts


def _looked_through(
    config: JudgeConfig, dataset: Dataset, budget: Budget, resume: bool
) -> tuple[Dataset, list[Floats]]:
    """Pictures with objects, in any order, and by picture what the detector takes for something, in pixels of the
    pictures as they are kept. As many as a part of the budget is enough for, and all where steps are asked for; a run
    that goes on has the same as before, however long that takes."""
    noted = config.out / LOOKED_FILE
    said = noted.read_text() if resume and noted.exists() else ""
    # An empty note is one whose writing was cut short.
    before = int(said) if said else None
    model = Predictor.load(config.detector, config.threads)
    items: list[LabelledImage] = []
    places: list[Floats] = []
    order = np.random.default_rng(config.seed).permutation(len(dataset.images))
    for item in (dataset.images[i] for i in order.tolist()):
        is_late = not config.max_steps and budget.used_s() > LOOKING_SHARE_MAX * budget.total_s
        if len(items) == before or (before is None and is_late):
            break
        if not any(not each.ignore for each in item.annotations):
            continue
        try:
            found = model.predict(picture_load(item.image.path), MIN_SCORE).detections
        except ImageError:
            continue
        scale = min(1.0, PICTURE_SIDE_PX / max(item.image.width, item.image.height))
        items.append(item)
        places.append(as_boxes([each.box.xyxy for each in found]) * scale)
    noted.write_text(str(len(items)))
    return Dataset(dataset.classes, tuple(items)), places


class _Exported(nn.Module):
    def __init__(self, network: BoxJudge) -> None:
        super().__init__()
        self.network = network

    def forward(self, crops: Tensor, shapes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        out = self.network(crops, shapes)
        return out.logits.log_softmax(dim=1), out.offsets, out.log_spread


@torch.no_grad()
def judge_export(network: BoxJudge, path: Path) -> None:
    """Write the graph, checked against the network. Raises ParityError."""
    wrapped = _Exported(folded(network)).eval()
    generator = torch.Generator().manual_seed(0)
    example = (
        torch.rand(3, 3, SIDE_PX, SIDE_PX, generator=generator) * 4 - 2,
        torch.rand(3, SHAPE_NUMBERS, generator=generator) * 2 - 1,
    )
    batch = torch.export.Dim("batch", min=1, max=MAX_BATCH)
    partial = path.with_suffix(".part.onnx")
    graph_write(wrapped, example, partial, INPUTS, OUTPUTS, ({0: batch}, {0: batch}))
    wanted = wrapped(*example)
    given = NamedGraph(partial, INPUTS, OUTPUTS).run(crops=example[0].numpy(), shapes=example[1].numpy())
    worst = max(float(np.abs(a - b.numpy()).max()) for a, b in zip(given, wanted, strict=True))
    if not worst <= MAX_DIFFERENCE:
        raise ParityError(f"The exported judge differs from torch by {worst:.2g}.")
    partial.replace(path)
