"""A whole training run of the assist network: read the sets, hold photos out, train, export, leave a RUN folder."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict

import torch
from torch import nn

from ml.contracts import AssistConfig, Manifest, ModelKind
from ml.data.instances import InstancePicture, InstanceSet, holdout_instances, instances_read
from ml.errors import TrainingError
from ml.evaluation.assist_seen import TRAINED_FILE, trained_write
from ml.inference.manifest import MODEL_FILE, file_sha256, manifest_read, manifest_write
from ml.training.assist import AssistTask
from ml.training.budget import Budget
from ml.training.checkpoint import CHECKPOINT_FILE
from ml.training.crew import device_of
from ml.training.export import onnx_export
from ml.training.loop import Outcome, Trainer
from ml.training.recipe import Recipe
from ml.training.run import CONFIG_FILE, HOLDOUT_FILE, NOTES_FILE, request_check, run_open, threads_set
from ml.training.weights import WEIGHTS_FILE, warm_start, weights_load, weights_save

ARCHITECTURE = "assist-n"
# A manifest names classes; every object is of this one.
CLASSES = ("object",)
# A site's few masks must not undo what many pictures taught.
REFINING_RATE = 5e-4


def train_assist(config: AssistConfig, resume: bool = False, whole_process: bool = False) -> Manifest:
    """Train as asked and leave a RUN folder at `config.out`; gives its manifest.

    `trained.txt` lists the pictures learnt from, so that an evaluation never uses one of them. As `run.train`
    otherwise. Raises DatasetError, TrainingError, ParityError; `loop.Stopped` where a signal asked to stop.
    """
    device = device_of(config.device)
    clock = time.monotonic if device.type == "cuda" else time.process_time
    origin_s = 0.0 if whole_process and device.type == "cpu" else clock()
    request_check(config.input_size, config.minutes, config.max_steps, config.holdout)
    finished = run_open(config.out, resume)
    if finished is not None:
        return finished
    source = _source(config)
    threads_set(config.threads)
    sets = [instances_read(folder) for folder in config.data]
    kept, held_out = _split(sets, config.holdout)
    torch.manual_seed(config.seed)
    task = AssistTask(kept, held_out, config.input_size, config.seed, device)
    notes = [f"{s.name}: {line}" for s in sets for line in s.notes]
    notes += [*task.bank.skipped, *_warm_start(config, source, task.model)]
    _write_inputs(config, kept, held_out, notes)
    budget = Budget(config.minutes * 60, config.max_steps, origin_s=origin_s, clock=clock)
    rate = task.learning_rate if config.init_from is None else REFINING_RATE
    identity = _identity(config, kept, held_out)
    outcome = Trainer(task, budget, config.out, identity, recipe=Recipe(learning_rate=rate)).run(resume)
    metrics = {k: round(v, 4) for k, v in task.evaluate(outcome.network).items()}
    metrics["cpu_s" if device.type == "cpu" else "gpu_s"] = round(budget.used_s(), 1)
    outcome.network.cpu()
    manifest = _finish(config, sets, len(kept), outcome, metrics, task)
    (config.out / CHECKPOINT_FILE).unlink(missing_ok=True)
    return manifest


def _split(sets: Sequence[InstanceSet], share: float) -> tuple[list[InstancePicture], list[InstancePicture]]:
    kept: list[InstancePicture] = []
    held_out: list[InstancePicture] = []
    for one in sets:
        learnt, held = holdout_instances(one.pictures, share)
        kept, held_out = kept + learnt, held_out + held
    if not kept:
        raise TrainingError("Too few source photos to keep a share out: turn --holdout off, or add some.")
    return kept, held_out


def _source(config: AssistConfig) -> Manifest | None:
    """The network to go on from. Raises TrainingError, ManifestError."""
    if config.init_from is None:
        return None
    source = manifest_read(config.init_from)
    if source.kind is not ModelKind.ASSIST:
        raise TrainingError(f"{config.init_from} is not an assist network: it is of kind {source.kind}.")
    return source


def _warm_start(config: AssistConfig, source: Manifest | None, model: nn.Module) -> list[str]:
    if source is None or config.init_from is None:
        return []
    skipped = warm_start(model, weights_load(config.init_from / WEIGHTS_FILE), CLASSES, CLASSES)
    return [f"warm start from {source.name}; skipped: {', '.join(skipped) or 'nothing'}"]


def _write_inputs(
    config: AssistConfig,
    kept: Sequence[InstancePicture],
    held_out: Sequence[InstancePicture],
    notes: Sequence[str],
) -> None:
    values = {**asdict(config), "data": [str(p) for p in config.data], "out": str(config.out)}
    values["init_from"] = str(config.init_from) if config.init_from else None
    (config.out / CONFIG_FILE).write_text(json.dumps(values, indent=2) + "\n", "utf-8")
    names = sorted(f"{p.source}/{p.image.id}" for p in held_out)
    (config.out / HOLDOUT_FILE).write_text("".join(f"{name}\n" for name in names), "utf-8")
    (config.out / NOTES_FILE).write_text("".join(f"{line}\n" for line in notes), "utf-8")
    earlier = config.init_from / TRAINED_FILE if config.init_from else None
    trained_write(config.out, [p.image.path for p in kept], earlier)


def _identity(
    config: AssistConfig, kept: Sequence[InstancePicture], held_out: Sequence[InstancePicture]
) -> str:
    """What must not change between a run and its resume; the budget may."""
    ids = [[f"{p.source}/{p.image.id}" for p in part] for part in (kept, held_out)]
    parts = [ModelKind.ASSIST, ARCHITECTURE, config.seed, config.input_size, config.max_steps, *ids]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _finish(
    config: AssistConfig,
    sets: Sequence[InstanceSet],
    pictures: int,
    outcome: Outcome,
    metrics: dict[str, float],
    task: AssistTask,
) -> Manifest:
    out = config.out
    weights_save(out / WEIGHTS_FILE, outcome.network)
    difference = onnx_export(outcome.network, ModelKind.ASSIST, config.input_size, out / MODEL_FILE)
    manifest = Manifest(
        name=out.name,
        kind=ModelKind.ASSIST,
        architecture=ARCHITECTURE,
        classes=CLASSES,
        input_size=config.input_size,
        mean=(0.0, 0.0, 0.0),
        std=(1.0, 1.0, 1.0),
        sha256=file_sha256(out / MODEL_FILE),
        parity=difference,
        score_hint=0.5,
        seed=config.seed,
        metrics=metrics,
        config={
            "data": [s.name for s in sets],
            "minutes": config.minutes,
            "max_steps": config.max_steps,
            "threads": config.threads,
            "holdout": config.holdout,
            "steps": outcome.steps,
            "batch": task.batch_size,
            "device": torch.cuda.get_device_name() if task.device.type == "cuda" else "cpu",
            "train_images": pictures,
        },
    )
    manifest_write(out, manifest)
    return manifest
