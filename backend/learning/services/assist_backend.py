"""What answers a person's clicks in a project: SAM, the project's own click network, the shipped one, or none at all.

Models are opened once a process and shared by its threads; ONNX Runtime lets any number of threads run a session.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage

from backend.learning import selectors
from backend.learning.enums import TaskKind
from backend.learning.errors import ModelRefused
from backend.learning.models import Checkpoint, ModelVersion
from backend.learning.services import checkpoints
from backend.learning.services.assist_models import (
    assist_load,
    is_sam_decoder,
    shipped_assist_dir,
    shipped_assist_load,
)
from backend.learning.services.runtime import artifact_check, artifact_folder

if TYPE_CHECKING:
    from ml.inference.assist_segmenter import AssistSegmenter
    from ml.inference.sam_decoder import SamDecoder

MODELS_KEPT = 4


@dataclass(frozen=True, slots=True)
class Decoder:
    """A graph a browser may run itself. `kind` says how its input is made: `assist` or `sam`."""

    key: str
    kind: str
    sha256: str
    size_bytes: int
    input_size: int


@dataclass(frozen=True, slots=True)
class Backend:
    """`name` is network, sam or basic; `own` is the project's model where that serves."""

    name: str
    decoder: Decoder | None = None
    message: str = ""
    checkpoint: Checkpoint | None = None
    own: ModelVersion | None = None


def backend_of(project_id: uuid.UUID) -> Backend:
    """SAM where a checkpoint is ready, else the click network, else the classical method."""
    row = checkpoints.checkpoint_active()
    if row is not None:
        facts, own = row.facts, _tuned(project_id, row)
        key, side = checkpoints.model_key(row), facts["side"]
        if own is None:
            decoder = Decoder(key, "sam", facts["decoder_sha256"], facts["decoder_bytes"], side)
            return Backend("sam", decoder, checkpoint=row)
        size = default_storage.size(f"{own.artifact_prefix}/model.onnx")
        said = f"Segment Anything as this project taught it, model {own.number}."
        return Backend("sam", Decoder(key, "sam", own.artifact_sha256, size, side), said, row, own)
    return network_of(project_id, checkpoints.checkpoint_trouble())


def _tuned(project_id: uuid.UUID, row: Checkpoint) -> ModelVersion | None:
    """The project's decoder in production, if it was made for this checkpoint's embeddings."""
    own = selectors.production_model(project_id, TaskKind.ASSIST)
    if own is None or own.manifest.get("config", {}).get("checkpoint_sha256") != row.sha256:
        return None
    return own if default_storage.exists(f"{own.artifact_prefix}/model.onnx") else None


def network_of(project_id: uuid.UUID, message: str = "") -> Backend:
    """The click network that serves a project, whatever else is installed."""
    own = selectors.production_model(project_id, TaskKind.ASSIST)
    if (
        own is not None
        and not is_sam_decoder(own)
        and default_storage.exists(f"{own.artifact_prefix}/model.onnx")
    ):
        said = message or f"This project's own assist, model {own.number}."
        size = default_storage.size(f"{own.artifact_prefix}/model.onnx")
        return Backend("network", _decoder(own.manifest, own.artifact_sha256, size), said, own=own)
    folder = shipped_assist_dir()
    if folder is None or not (folder / "model.onnx").is_file():
        missing = "Basic assist: the network that comes with Siteloop is missing."
        return Backend("basic", message=message or missing)
    manifest = _shipped_manifest(folder, (folder / "manifest.json").stat().st_mtime_ns)
    size = (folder / "model.onnx").stat().st_size
    return Backend("network", _decoder(manifest, manifest["sha256"], size), message)


def _decoder(manifest: dict[str, Any], sha256: str, size_bytes: int) -> Decoder:
    return Decoder(f"assist:{sha256[:12]}", "assist", sha256, size_bytes, int(manifest["input_size"]))


@lru_cache(maxsize=2)
def _shipped_manifest(folder: Path, _changed_ns: int) -> dict[str, Any]:
    from ml.inference.manifest import manifest_read

    found = manifest_read(folder)
    return {"sha256": found.sha256, "input_size": found.input_size}


def network_open(backend: Backend) -> AssistSegmenter | None:
    """The click network of a `network` backend, opened; None for a basic one. Raises ModelRefused."""
    if backend.decoder is None or backend.decoder.kind != "assist":
        return None
    return _network(backend.decoder.sha256, backend.own.pk if backend.own else None)


@lru_cache(maxsize=MODELS_KEPT)
def _network(sha256: str, model_id: uuid.UUID | None) -> AssistSegmenter:
    if model_id is None:
        return shipped_assist_load()
    return assist_load(selectors.model_find(model_id))


def sam_open(row: Checkpoint, own: ModelVersion | None = None) -> SamDecoder:
    """The mask decoder of a checkpoint, or the `own` one of a project, opened. Raises ModelRefused."""
    from ml.errors import MlError

    key, side, shape = checkpoints.model_key(row), int(row.facts["side"]), tuple(row.facts["shape"])
    try:
        if own is None:
            return _sam(checkpoints.decoder_path(row), key, side, shape)
        return _sam_own(own.pk, key, side, shape)
    except MlError as error:
        raise ModelRefused(f"The decoder of {row.file} cannot be opened: {error}") from error


@lru_cache(maxsize=MODELS_KEPT)
def _sam(path: Path, key: str, side: int, shape: tuple[int, ...]) -> SamDecoder:
    from ml.inference.sam_decoder import SamDecoder

    return SamDecoder(path, key=key, side=side, shape=shape)


@lru_cache(maxsize=MODELS_KEPT)
def _sam_own(model_id: uuid.UUID, key: str, side: int, shape: tuple[int, ...]) -> SamDecoder:
    from ml.inference.sam_decoder import SamDecoder

    model = selectors.model_find(model_id)
    artifact_check(model)
    with artifact_folder(model) as folder:
        return SamDecoder(folder / "model.onnx", key=key, side=side, shape=shape)


def network_sha256(folder: Path) -> str:
    """What the manifest of a RUN folder says of its graph; empty where it has none."""
    try:
        return str(_shipped_manifest(folder, (folder / "manifest.json").stat().st_mtime_ns)["sha256"])
    except OSError:
        return ""
