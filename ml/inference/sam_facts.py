"""`sam.json` of a prepared segment-anything checkpoint: what its decoder and encoder take, and that they are whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ml.errors import ManifestError
from ml.inference.manifest import file_sha256

DECODER_FILE, ENCODER_FILE, FACTS_FILE = "decoder.onnx", "encoder.xml", "sam.json"
FORMAT = 1


def facts_write(folder: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Write `sam.json`, last of all files; gives its content."""
    found = {
        "format": FORMAT,
        **facts,
        "decoder_sha256": file_sha256(folder / DECODER_FILE),
        "decoder_bytes": (folder / DECODER_FILE).stat().st_size,
    }
    (folder / FACTS_FILE).write_text(json.dumps(found, indent=2) + "\n")
    return found


def facts_read(folder: Path) -> dict[str, Any]:
    """What was prepared there. Raises ManifestError where it was not, or the decoder is not the one written then."""
    try:
        found: dict[str, Any] = json.loads((folder / FACTS_FILE).read_text())
        decoder_sha256 = file_sha256(folder / DECODER_FILE)
    except (OSError, ValueError) as error:
        raise ManifestError(f"{folder.name} was not prepared to the end.") from error
    if found.get("format") != FORMAT:
        raise ManifestError(f"{folder.name} was prepared by another version of the program.")
    if decoder_sha256 != found.get("decoder_sha256") or not (folder / ENCODER_FILE).is_file():
        raise ManifestError(f"{folder.name} is not as it was prepared.")
    return found
