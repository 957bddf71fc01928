"""`manifest.json` of a RUN folder: read, write, and check the graph beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path

from ml.contracts import Manifest, ModelKind
from ml.errors import ManifestError

MANIFEST_FILE = "manifest.json"
MODEL_FILE = "model.onnx"
FORMAT = 1
MAX_MANIFEST_BYTES = 4_000_000


def manifest_write(run_dir: Path, manifest: Manifest) -> None:
    """Write `manifest.json` atomically."""
    partial = run_dir / (MANIFEST_FILE + ".part")
    partial.write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")
    partial.replace(run_dir / MANIFEST_FILE)


def manifest_read(run_dir: Path) -> Manifest:
    """Read `manifest.json`. Raises ManifestError where it is missing, malformed or of a later format."""
    path = run_dir / MANIFEST_FILE
    try:
        if path.stat().st_size > MAX_MANIFEST_BYTES:
            raise ManifestError(f"{path} is too large for a manifest.")
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ManifestError(f"{run_dir} has no {MANIFEST_FILE}: it is not a finished run.") from error
    except (OSError, ValueError, RecursionError) as error:
        raise ManifestError(f"{path} is not JSON.") from error
    if not isinstance(value, dict):
        raise ManifestError(f"{path} is not a manifest.")
    return _manifest(value, path)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file as lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verified_model_path(run_dir: Path, manifest: Manifest) -> Path:
    """Path of `model.onnx` if its SHA-256 is the manifest's. Raises ManifestError."""
    path = run_dir / MODEL_FILE
    if not path.is_file():
        raise ManifestError(f"{run_dir} has no {MODEL_FILE}.")
    if file_sha256(path) != manifest.sha256:
        raise ManifestError(f"{path} is not the file its manifest describes: the checksum differs.")
    return path


def _manifest(value: Mapping[str, object], path: Path) -> Manifest:
    if value.get("format") != FORMAT:
        raise ManifestError(f"{path} has format {value.get('format')}; this program reads {FORMAT}.")
    known = {f.name for f in fields(Manifest)}
    values = {k: v for k, v in value.items() if k in known}
    try:
        values["kind"] = ModelKind(str(values["kind"]))
        values["classes"] = tuple(str(c) for c in _list(values["classes"]))
        for name in ("mean", "std"):
            numbers = tuple(float(str(v)) for v in _list(values[name]))
            if len(numbers) != 3 or (name == "std" and min(numbers) <= 0):
                raise ValueError(name)
            values[name] = numbers
        size = values["input_size"]
        if not isinstance(size, int) or not 32 <= size <= 4096 or not values["classes"]:
            raise ValueError("input_size or classes")
        return Manifest(**values)  # type: ignore[arg-type]
    except (KeyError, TypeError, ValueError) as error:
        raise ManifestError(f"{path} is not a valid manifest ({error}).") from error


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("a list was expected")
    return value
