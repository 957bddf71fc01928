"""A whole fine-tuning of Segment Anything's mask decoder: read the sets, train, export, leave a RUN folder."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from ml.contracts import Manifest, ModelKind
from ml.data.instances import InstancePicture, holdout_instances, instances_read
from ml.errors import ManifestError, TrainingError
from ml.evaluation.assist_seen import trained_write
from ml.inference.manifest import MODEL_FILE, file_sha256, manifest_write
from ml.inference.sam_encoder import SamEncoder
from ml.inference.sam_facts import ENCODER_FILE, facts_read
from ml.models.sam import SamSegmenter, checkpoint_read
from ml.models.sam_build import sam_of
from ml.models.sam_export import decoder_difference, decoder_export
from ml.training.budget import Budget
from ml.training.checkpoint import CHECKPOINT_FILE
from ml.training.loop import Outcome, Trainer
from ml.training.recipe import Recipe
from ml.training.run import (
    CONFIG_FILE,
    HOLDOUT_FILE,
    NOTES_FILE,
    budget_check,
    run_open,
    threads_set,
)
from ml.training.sam_decoder import LEARNING_RATE, Encode, SamDecoder, SamDecoderTask
from ml.training.weights import WEIGHTS_FILE, weights_load, weights_save

EMBEDDINGS_FOLDER = "embeddings"
# How the architecture of a RUN is told from the click network's.
ARCHITECTURE_PREFIX = "sam-decoder-"
CLASSES = ("object",)


@dataclass(frozen=True, slots=True)
class SamConfig:
    """What a fine-tuning is asked to do; `minutes` counts CPU minutes, the encoding of the pictures among them.

    `checkpoint` is opened only if its SHA-256 is in `allowed_sha256`; `holdout` keeps out that share of source photos.
    `prepared` is what `ml sam` made of the same checkpoint: its encoder runs several times as fast as torch's.
    """

    data: tuple[Path, ...]
    out: Path
    checkpoint: Path
    allowed_sha256: tuple[str, ...]
    minutes: float
    seed: int = 0
    max_steps: int = 0
    threads: int = 1
    holdout: float = 0.2
    prepared: Path | None = None


def train_sam(config: SamConfig, resume: bool = False, whole_process: bool = False) -> Manifest:
    """Fine-tune as asked and leave a RUN folder at `config.out`; gives its manifest.

    `model.onnx` is the decoder as `ml.inference.sam_decoder` reads it, `weights.safetensors` its weights. Raises
    ManifestError for a checkpoint that is not allowed, DatasetError, TrainingError, ParityError; `loop.Stopped` where
    a signal asked to stop.
    """
    origin_s = 0.0 if whole_process else time.process_time()
    budget_check(config.minutes, config.max_steps, config.holdout)
    finished = run_open(config.out, resume)
    if finished is not None:
        return finished
    threads_set(config.threads)
    torch.manual_seed(config.seed)
    state, sha256 = checkpoint_read(config.checkpoint, config.allowed_sha256)
    architecture, sam = sam_of(state)
    sets = [instances_read(folder) for folder in config.data]
    pictures = [picture for one in sets for picture in one.pictures]
    kept, held_out = holdout_instances(pictures, config.holdout)
    embeddings = config.out / EMBEDDINGS_FOLDER
    key = f"sam:{architecture}:{sha256[:12]}"
    encode = _encode(config, key, sha256)
    task = SamDecoderTask(sam, key, kept, held_out, embeddings, config.seed, encode)
    notes = [f"{one.name}: {line}" for one in sets for line in one.notes]
    _write_inputs(config, kept, held_out, notes)
    budget = Budget(config.minutes * 60, config.max_steps, origin_s=origin_s)
    identity = _identity(config, sha256, kept, held_out)
    outcome = Trainer(task, budget, config.out, identity, recipe=Recipe(learning_rate=LEARNING_RATE)).run(
        resume
    )
    metrics = {k: round(v, 4) for k, v in task.evaluate(outcome.network).items()}
    metrics["cpu_s"] = round(budget.used_s(), 1)
    manifest = _finish(config, task, f"{ARCHITECTURE_PREFIX}{architecture}", sha256, outcome, metrics)
    (config.out / CHECKPOINT_FILE).unlink(missing_ok=True)
    shutil.rmtree(embeddings, ignore_errors=True)
    return manifest


def _encode(config: SamConfig, key: str, sha256: str) -> Encode | None:
    if config.prepared is None:
        return None
    facts = facts_read(config.prepared)
    if facts["sha256"] != sha256:
        raise TrainingError(f"{config.prepared.name} was made of another checkpoint.")
    encoder = SamEncoder(
        config.prepared / ENCODER_FILE,
        key=key,
        side=facts["side"],
        shape=facts["shape"],
        threads=config.threads,
    )
    return encoder.encode


def sam_with(sam: Any, key: str, run_dir: Path) -> SamSegmenter:
    """A checkpoint's `Sam` with the fine-tuned decoder of a RUN. Raises ManifestError where they do not fit."""
    network = SamDecoder(sam)
    try:
        network.load_state_dict(weights_load(run_dir / WEIGHTS_FILE))
    except RuntimeError as error:
        raise ManifestError(f"The decoder of {run_dir.name} does not fit this checkpoint.") from error
    return SamSegmenter(sam.requires_grad_(False), key)


def _write_inputs(
    config: SamConfig,
    kept: Sequence[InstancePicture],
    held_out: Sequence[InstancePicture],
    notes: Sequence[str],
) -> None:
    values = {k: str(v) if isinstance(v, Path) else v for k, v in asdict(config).items()}
    values["data"] = [str(path) for path in config.data]
    (config.out / CONFIG_FILE).write_text(json.dumps(values, indent=2) + "\n", "utf-8")
    names = sorted(f"{p.source}/{p.image.id}" for p in held_out)
    (config.out / HOLDOUT_FILE).write_text("".join(f"{name}\n" for name in names), "utf-8")
    (config.out / NOTES_FILE).write_text("".join(f"{line}\n" for line in notes), "utf-8")
    trained_write(config.out, [p.image.path for p in kept])


def _identity(
    config: SamConfig, sha256: str, kept: Sequence[InstancePicture], held_out: Sequence[InstancePicture]
) -> str:
    """What must not change between a run and its resume; the budget may."""
    ids = [[f"{p.source}/{p.image.id}" for p in part] for part in (kept, held_out)]
    return hashlib.sha256(json.dumps([sha256, config.seed, config.max_steps, *ids]).encode()).hexdigest()


def _finish(
    config: SamConfig,
    task: SamDecoderTask,
    architecture: str,
    checkpoint_sha256: str,
    outcome: Outcome,
    metrics: dict[str, float],
) -> Manifest:
    out = config.out
    # The file holds halves: what is exported must be what a later load gives.
    weights_save(out / WEIGHTS_FILE, outcome.network)
    task.sam.mask_decoder = outcome.network.mask_decoder
    task.sam.prompt_encoder = outcome.network.prompt_encoder
    tuned = SamSegmenter(task.sam, task.segmenter.key)
    decoder_export(task.sam, out / MODEL_FILE)
    difference = decoder_difference(out / MODEL_FILE, tuned)
    manifest = Manifest(
        name=out.name,
        kind=ModelKind.ASSIST,
        architecture=architecture,
        classes=CLASSES,
        input_size=tuned.input_side,
        mean=(0.0, 0.0, 0.0),
        std=(1.0, 1.0, 1.0),
        sha256=file_sha256(out / MODEL_FILE),
        parity=max(difference.values()),
        score_hint=0.5,
        seed=config.seed,
        metrics=metrics,
        config={
            "checkpoint_sha256": checkpoint_sha256,
            "shape": list(tuned.embedding_shape),
            "minutes": config.minutes,
            "max_steps": config.max_steps,
            "holdout": config.holdout,
            "steps": outcome.steps,
        },
    )
    manifest_write(out, manifest)
    return manifest
