"""Published D-FINE weights from an operator's file: a safetensors file with the names of Hugging Face's library.

Nothing is unpickled, and nothing is read before the file's hash is found on the list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from ml.data.coco_names import COCO_NAMES
from ml.errors import ManifestError
from ml.inference.manifest import file_sha256
from ml.models.dfine import SIZES, DFine

MAX_BYTES = 1 << 30
MAX_NAMES_BYTES = 1 << 20
PREFIX = "d-fine-"
# Names in published files -> names of the library's modules today; its own converter does the same.
RENAMED = (
    (re.compile(r"\bout_proj\b"), "o_proj"),
    (re.compile(r"(layers\.\d+)\.fc1\b"), r"\1.mlp.layers.0"),
    (re.compile(r"(layers\.\d+)\.fc2\b"), r"\1.mlp.layers.1"),
    (re.compile(r"encoder\.encoder\.(\d+)\.layers"), r"encoder.aifi.\1.layers"),
    # The outer names of the decoder's heads.
    (re.compile(r"^(class_embed|bbox_embed)\."), r"model.decoder.\1."),
)
PICKLED = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")


@dataclass(frozen=True, slots=True)
class PublishedWeights:
    """Weights by the names of `DFine`, and the classes their rows stand for (empty names where nobody said)."""

    architecture: str
    classes: tuple[str, ...]
    weights: dict[str, Tensor]
    sha256: str


def published_read(path: Path, allowed_sha256: Collection[str]) -> PublishedWeights:
    """Read and check a file of weights.

    Names of its classes come from a `config.json` beside it, saved as the file is with `.json` for `.safetensors`; 80
    classes without names are COCO's. Raises ManifestError where the file's hash is not allowed, or it is a pickle,
    damaged, of another architecture or size, or not finite.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ManifestError(f"{path.name} is too large to be weights of a D-FINE.")
        sha256 = file_sha256(path)
        if sha256 not in {each.lower() for each in allowed_sha256}:
            raise ManifestError(
                f"{path.name} has SHA-256 {sha256}, which is not on the list of allowed weights."
            )
        data = path.read_bytes()
    except OSError as error:
        raise ManifestError(f"{path.name} cannot be read: {error.strerror}.") from error
    if data.startswith(PICKLED):
        raise ManifestError(f"{path.name} is a pickle, which may run code: only safetensors are read.")
    try:
        stored = load(data)
    except (SafetensorError, ValueError, KeyError, RuntimeError) as error:
        raise ManifestError(f"{path.name} is damaged, or no safetensors file.") from error
    weights = {_renamed(name): value for name, value in stored.items()}
    size = _size_of(path.name, weights)
    weights = _fitting(path.name, size, weights)
    return PublishedWeights(PREFIX + size, _classes(path, _rows(weights)), weights, sha256)


def _renamed(name: str) -> str:
    for pattern, new in RENAMED:
        name = pattern.sub(new, name)
    return name


def _size_of(name: str, weights: Mapping[str, Tensor]) -> str:
    """The size whose trunk, width and depth these are."""
    try:
        stem = int(weights["model.backbone.model.embedder.stem1.convolution.weight"].shape[0])
        width = int(weights["model.encoder_input_proj.0.0.weight"].shape[0])
    except KeyError as error:
        raise ManifestError(f"{name} holds weights of another architecture than D-FINE.") from error
    depth = sum(
        key.startswith("model.decoder.lqe_layers.") and key.endswith("layers.0.weight") for key in weights
    )
    for key, size in SIZES.items():
        if (stem, width, depth) == (size.trunk.stem[0], size.width, size.decoder_layers):
            return key
    raise ManifestError(f"{name} is a D-FINE of a size not known here; {', '.join(SIZES)} are.")


def _fitting(name: str, size: str, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights that the network takes, as float32; every one of them must be there, fit and be finite."""
    with torch.device("meta"):
        wanted = DFine(size, _rows(weights)).state_dict()
    found = {}
    for key, like in wanted.items():
        value = weights.get(key)
        if value is None and key.endswith("num_batches_tracked"):
            continue
        if value is None or value.shape != like.shape:
            raise ManifestError(
                f"{name} does not fit {PREFIX}{size}: {key} is {'missing' if value is None else 'another'}."
            )
        found[key] = value.to(like.dtype)
        if value.is_floating_point() and not bool(torch.isfinite(value).all()):
            raise ManifestError(f"{name} is damaged: {key} is not finite.")
    return found


def _rows(weights: Mapping[str, Tensor]) -> int:
    bias = weights.get("model.enc_score_head.bias")
    if bias is None or bias.ndim != 1 or not len(bias):
        raise ManifestError("These weights have no head for classes.")
    return len(bias)


def _classes(path: Path, rows: int) -> tuple[str, ...]:
    names = path.with_suffix(".json")
    if names.is_file():
        return _named(names, rows)
    return COCO_NAMES if rows == len(COCO_NAMES) else ("",) * rows


def _named(path: Path, rows: int) -> tuple[str, ...]:
    try:
        if path.stat().st_size > MAX_NAMES_BYTES:
            raise ValueError("too large")
        value: Any = json.loads(path.read_text(encoding="utf-8"))
        labels = {int(k): str(v) for k, v in value["id2label"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ManifestError(f"{path.name} beside the weights is not their config.json.") from error
    if sorted(labels) != list(range(rows)):
        raise ManifestError(f"{path.name} names {len(labels)} classes; the weights have {rows}.")
    return tuple(labels[i] for i in range(rows))


def kept_rows(published: PublishedWeights, classes: Collection[str]) -> list[str]:
    """Classes whose rows a network for `classes` takes over."""
    return [name for name in classes if name and name in published.classes]
