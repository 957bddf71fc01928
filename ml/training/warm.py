"""Where a run starts from: another run's weights, or an operator's file of published ones."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from ml.contracts import BACKGROUND_NAME, ModelKind, TrainConfig
from ml.errors import ManifestError, TrainingError
from ml.inference.manifest import MANIFEST_FILE, manifest_read
from ml.training.architectures import ARCHITECTURES, DEFAULTS
from ml.training.weights import WEIGHTS_FILE, warm_start, weights_load


def architecture_key(config: TrainConfig) -> str:
    """The key asked for; else that of the run it goes on from, where that is of this kind; else the kind's own."""
    if config.architecture:
        return config.architecture
    source = config.init_from
    if source is not None and (source / MANIFEST_FILE).is_file():
        manifest = manifest_read(source)
        if manifest.kind is config.kind and manifest.architecture in ARCHITECTURES:
            return manifest.architecture
    return DEFAULTS[config.kind]


def init_load(config: TrainConfig, model: nn.Module, classes: tuple[str, ...]) -> tuple[str, ...]:
    """Give `model` what fits of the weights it is to start from, class rows by name; what there is to say of it.

    Raises ManifestError for a run or file that cannot be read, TrainingError where nothing fits, or weights are needed.
    """
    source = config.init_from
    if source is None:
        if ARCHITECTURES[config.architecture].from_weights:
            raise TrainingError(
                f"{config.architecture} goes on from weights: name a file of published ones, or a run, with --init."
            )
        return ()
    if source.is_file():
        return _published_start(config, source, model, classes)
    run = manifest_read(source)
    rows = class_rows(run.kind, run.classes), class_rows(config.kind, classes)
    skipped = warm_start(model, weights_load(source / WEIGHTS_FILE), *rows)
    if len(skipped) == len(model.state_dict()):
        raise TrainingError(f"Nothing of {run.name} ({run.architecture}) fits {config.architecture}.")
    return (f"warm start from {run.name}; skipped: {', '.join(skipped) or 'nothing'}",)


def class_rows(kind: ModelKind, classes: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the rows of a network's class layer."""
    return (BACKGROUND_NAME, *classes) if kind is ModelKind.SEGMENT else classes


def _published_start(
    config: TrainConfig, source: Path, model: nn.Module, classes: tuple[str, ...]
) -> tuple[str, ...]:
    if not config.architecture.startswith("d-fine-"):
        raise TrainingError(f"{source.name} is a file; {config.architecture} goes on from a RUN folder.")
    from ml.training.published import kept_rows, published_read

    published = published_read(source, config.allowed_sha256)
    if published.architecture != config.architecture:
        raise ManifestError(f"{source.name} holds a {published.architecture}, not a {config.architecture}.")
    warm_start(model, published.weights, published.classes, classes)
    kept = kept_rows(published, classes)
    new = [name for name in classes if name not in kept]
    return (
        f"weights of {source.name} (SHA-256 {published.sha256[:12]}); classes known to it: {', '.join(kept) or 'none'}; "
        f"new: {', '.join(new) or 'none'}",
    )
