"""A whole training run: read, split, train, export, evaluate, and leave a RUN folder."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cv2
import torch

from ml.contracts import Dataset, EvalReport, Manifest, ModelKind, TrainConfig
from ml.data.kinds import reader_of
from ml.data.loaded import Loaded
from ml.data.split import holdout_split, source_split
from ml.errors import TrainingError
from ml.evaluation.score import evaluate
from ml.inference.manifest import MANIFEST_FILE, MODEL_FILE, file_sha256, manifest_read, manifest_write
from ml.inference.predictor import Predictor
from ml.inference.preprocess import MEAN, STD
from ml.inference.runtime import Graph
from ml.training.ahead import threads_ahead
from ml.training.architectures import architecture_of, network_of
from ml.training.budget import Budget
from ml.training.checkpoint import CHECKPOINT_FILE
from ml.training.crew import Crew, crew_open
from ml.training.export import embedding_dim, onnx_export
from ml.training.loop import Outcome, Trainer
from ml.training.shortages import shortages_named
from ml.training.warm import architecture_key, init_load
from ml.training.weights import WEIGHTS_FILE, weights_load, weights_save

INPUT_STEP_PX = 32
# With fewer examples a class is learnt by chance.
FEW_EXAMPLES = 5
CONFIG_FILE = "config.json"
HOLDOUT_FILE = "holdout.txt"
NOTES_FILE = "notes.txt"
NO_STEP = (
    "the budget was spent before the first step: these are the weights it began with; give it more minutes"
)


@dataclass(frozen=True, slots=True)
class Sets:
    """Pictures to learn from, pictures to evaluate on (none where not asked for), the readers' notes."""

    train: Dataset
    held_out: Dataset | None
    notes: tuple[str, ...]


def train(config: TrainConfig, resume: bool = False, whole_process: bool = False) -> Manifest:
    """Train as asked and leave a RUN folder at `config.out`; gives its manifest.

    With `resume`, goes on from the folder's checkpoint, or gives a finished run's manifest. The budget
    counts CPU time from this call, or the `whole_process`, of all processes where `torchrun` started several. Raises DatasetError, TrainingError,
    ParityError; `loop.Stopped` where a signal asked to stop.
    """
    config = _completed(config)
    with crew_open(config.device, whole_process) as crew:
        finished = run_open(config.out, resume)
        # Nobody begins to write before all have looked.
        crew.wait()
        if finished is not None:
            return finished
        threads_set(config.threads)
        with shortages_named(config.out):
            manifest = _train(config, resume, crew)
        crew.wait()
        return manifest_read(config.out) if manifest is None else manifest


def _train(config: TrainConfig, resume: bool, crew: Crew) -> Manifest | None:
    """The run of one process; the manifest from the first of several alone."""
    out = config.out
    sets = sets_read(config)
    torch.manual_seed(config.seed)
    sizes = {"batch": config.batch} if config.batch else {}
    architecture = architecture_of(config.kind, config.architecture)
    task = architecture.task()(sets.train, sets.held_out, config.input_size, config.seed, crew, **sizes)
    task.model.to(crew.device)
    notes = (
        sets.notes
        + thin_classes(sets)
        + tuple(task.cache.skipped)
        + init_load(config, task.model, sets.train.classes)
    )
    if crew.is_first:
        _write_inputs(config, sets, notes)
    budget = Budget(config.minutes * 60, config.max_steps, clock=crew.clock, reserve_s=architecture.reserve_s)
    identity = _identity(config, sets, crew.size)
    trainer = Trainer(
        task,
        budget,
        out,
        identity,
        recipe=architecture.recipe,
        crew=crew,
        patience=config.patience,
        threads_ahead=threads_ahead(crew),
    )
    outcome = trainer.run(resume)
    if not crew.is_first:
        return None
    if not outcome.steps:
        with (out / NOTES_FILE).open("a", encoding="utf-8") as notes_file:
            notes_file.write(f"{NO_STEP}\n")
    outcome.network.cpu()
    manifest = _finish(config, sets, outcome, budget)
    (out / CHECKPOINT_FILE).unlink(missing_ok=True)
    return manifest


def run_open(out: Path, resume: bool) -> Manifest | None:
    """Make the RUN folder; gives the manifest of a run that is finished. Raises TrainingError where one is there
    that was not to be resumed."""
    out.mkdir(parents=True, exist_ok=True)
    if (out / MANIFEST_FILE).exists() and resume:
        return manifest_read(out)
    if not resume and ((out / MANIFEST_FILE).exists() or (out / CHECKPOINT_FILE).exists()):
        raise TrainingError(f"{out} holds a run already: use --resume, or another folder.")
    return None


def threads_set(threads: int) -> None:
    """The same number of threads for torch and OpenCV."""
    torch.set_num_threads(threads)
    cv2.setNumThreads(threads)


def sets_read(config: TrainConfig) -> Sets:
    """Read and split the data a run is asked to use. Raises DatasetError, TrainingError.

    Evaluated on: `val_data`, else the `holdout` share of what is learnt from, else the source's own `val`.
    """
    read = reader_of(config.kind)
    loaded = read(config.data, config.classes)
    kept, own_val = source_split(loaded.dataset)
    held_out, notes = (own_val if own_val.images else None), loaded.notes
    if config.val_data is not None:
        other: Loaded = read(config.val_data, ())
        held_out, notes = Dataset(kept.classes, other.dataset.images), notes + other.notes
    elif config.holdout > 0:
        kept, held_out = holdout_split(kept, config.holdout)
        if not held_out.images or not kept.images:
            raise TrainingError("Too few source photos to keep a share out: turn --holdout off, or add some.")
    learns = [i for i in kept.images if i.annotations or i.tags]
    if not learns:
        raise TrainingError("No picture of the training set has a label to learn from.")
    return Sets(kept, held_out, notes)


def export_run(run_dir: Path) -> Manifest:
    """Write `model.onnx` anew from `weights.safetensors`; gives the updated manifest."""
    manifest = manifest_read(run_dir)
    network = network_of(manifest.kind, len(manifest.classes), manifest.architecture)
    weights = weights_load(run_dir / WEIGHTS_FILE)
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise TrainingError(f"{run_dir / WEIGHTS_FILE} does not fit {manifest.architecture}.") from error
    difference = onnx_export(
        network, manifest.kind, manifest.input_size, run_dir / MODEL_FILE, ordered=manifest.doubles
    )
    manifest = replace(manifest, sha256=file_sha256(run_dir / MODEL_FILE), parity=difference)
    manifest_write(run_dir, manifest)
    return manifest


def _completed(config: TrainConfig) -> TrainConfig:
    key = architecture_key(config)
    architecture = architecture_of(config.kind, key)
    size = config.input_size or architecture.input_size
    request_check(size, config.minutes, config.max_steps, config.holdout)
    if size < architecture.least_size:
        raise TrainingError(f"{key} needs an input of at least {architecture.least_size} pixels, not {size}.")
    return replace(config, input_size=size, architecture=key)


def request_check(input_size: int, minutes: float, max_steps: int, holdout: float) -> None:
    """Raise TrainingError for a size, budget or held-out share that cannot be."""
    if input_size % INPUT_STEP_PX or not 64 <= input_size <= 1280:
        raise TrainingError(
            f"The input size must be a multiple of {INPUT_STEP_PX} from 64 to 1280, not {input_size}."
        )
    budget_check(minutes, max_steps, holdout)


def budget_check(minutes: float, max_steps: int, holdout: float) -> None:
    """Raise TrainingError for a budget or held-out share that cannot be."""
    if minutes <= 0 and max_steps <= 0:
        raise TrainingError("A budget of minutes (or of steps) is needed.")
    if not 0 <= holdout < 1:
        raise TrainingError("The share kept out must be at least 0 and under 1.")


def thin_classes(sets: Sets) -> tuple[str, ...]:
    """What to say of classes with hardly an example to learn from, or none to be measured on."""
    learnt, held = (_examples(part) for part in (sets.train, sets.held_out or Dataset((), ())))
    notes = [
        f"class {name}: {learnt[name]} to learn from, too few to be relied on"
        for name in sets.train.classes
        if learnt[name] < FEW_EXAMPLES
    ]
    if sets.held_out is not None:
        gone = [name for name in sets.train.classes if not held[name]]
        notes += [f"class {name}: none among the held-out pictures, not in the figures" for name in gone]
    return tuple(notes)


def _examples(dataset: Dataset) -> Counter[str]:
    counts: Counter[str] = Counter()
    for item in dataset.images:
        counts.update(a.label for a in item.annotations if not a.ignore)
        counts.update(item.tags[:1])
    return counts


def _write_inputs(config: TrainConfig, sets: Sets, notes: Sequence[str]) -> None:
    (config.out / NOTES_FILE).write_text("".join(f"{line}\n" for line in notes), encoding="utf-8")
    (config.out / CONFIG_FILE).write_text(json.dumps(config_as_json(config), indent=2) + "\n", "utf-8")
    if sets.held_out is not None:
        names = sorted(item.image.id for item in sets.held_out.images)
        (config.out / HOLDOUT_FILE).write_text("".join(f"{name}\n" for name in names), "utf-8")


def config_as_json(config: TrainConfig) -> dict[str, object]:
    """The configuration with paths as text."""
    return {k: str(v) if isinstance(v, Path) else v for k, v in asdict(config).items()}


def _published(config: TrainConfig) -> dict[str, object]:
    """The configuration without this machine's folders: a RUN may be given away."""
    values = {k: v for k, v in config_as_json(config).items() if k not in ("out", "init_from", "val_data")}
    return {**values, "data": config.data.resolve().name}


def _identity(config: TrainConfig, sets: Sets, processes: int) -> str:
    """What must not change between a run and its resume; the budget may."""
    held_out = [i.image.id for i in sets.held_out.images] if sets.held_out else []
    parts = [
        config.kind, config.architecture, config.seed, config.input_size, config.max_steps,
        sets.train.classes, [i.image.id for i in sets.train.images], held_out,
    ]  # fmt: skip
    if config.batch or processes > 1:
        parts += [config.batch, processes]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _finish(config: TrainConfig, sets: Sets, outcome: Outcome, budget: Budget) -> Manifest:
    """Weights, graph, manifest; then the held-out figures through the exported graph."""
    out = config.out
    weights_save(out / WEIGHTS_FILE, outcome.network)
    doubles = architecture_of(config.kind, config.architecture).doubles
    difference = onnx_export(
        outcome.network, config.kind, config.input_size, out / MODEL_FILE, ordered=doubles
    )
    manifest = Manifest(
        name=out.name,
        kind=config.kind,
        architecture=config.architecture,
        classes=sets.train.classes,
        input_size=config.input_size,
        mean=(MEAN, MEAN, MEAN),
        std=(STD, STD, STD),
        sha256=file_sha256(out / MODEL_FILE),
        parity=difference,
        doubles=doubles,
        embedding_dim=embedding_dim(Graph(out / MODEL_FILE), config.input_size),
        seed=config.seed,
        config={**_published(config), "steps": outcome.steps, "train_images": len(sets.train.images)},
    )
    metrics: dict[str, float] = {}
    if sets.held_out is not None:
        predictor = Predictor(manifest, Graph(out / MODEL_FILE, config.threads))
        metrics = metrics_of(evaluate(predictor, config.kind, sets.held_out))
    metrics["cpu_s"] = round(budget.used_s(), 1)
    manifest = replace(manifest, metrics=metrics)
    manifest_write(out, manifest)
    return manifest


def metrics_of(report: EvalReport) -> dict[str, float]:
    """A report as the flat figures a manifest keeps."""
    figures = {"ms_per_image": round(report.ms_per_image, 2)}
    if report.kind is ModelKind.CLASSIFY:
        return {"accuracy": report.accuracy, "macro_f1": report.macro_f1, **figures}
    if report.kind is ModelKind.SEGMENT:
        return {"miou": report.miou, **{f"iou_{name}": v for name, v in report.iou.items()}, **figures}
    for name, metrics in report.per_class.items():
        figures |= {f"ap50_{name}": metrics.ap50, f"ap_{name}": metrics.ap}
        if report.kind is ModelKind.INSTANCE:
            figures |= {f"mask_ap50_{name}": metrics.mask_ap50, f"mask_ap_{name}": metrics.mask_ap}
    if report.kind is ModelKind.INSTANCE:
        figures |= {"mask_ap50": report.mask_ap50, "mask_ap": report.mask_ap}
    return {"ap50": report.ap50, "ap": report.ap, **figures}
