"""Which click network serves a project: its own in production, else the one that comes with the product."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from backend.learning.errors import ModelRefused
from backend.learning.models import ModelVersion
from backend.learning.services.runtime import artifact_check, artifact_folder

if TYPE_CHECKING:
    from ml.inference.assist_segmenter import AssistSegmenter

SHIPPED_ASSIST = "assist"
# How `ml tune` names what it made of a Segment Anything checkpoint.
SAM_DECODER = "sam-decoder-"


def is_sam_decoder(model: ModelVersion) -> bool:
    """Whether a project's assist is a fine-tuned decoder of Segment Anything, not a click network."""
    return model.architecture.startswith(SAM_DECODER)


def shipped_assist_dir() -> Path | None:
    """The RUN folder of the assist that comes with the product; None where its files are missing."""
    folder = settings.SHIPPED_WEIGHTS_DIR / SHIPPED_ASSIST
    return folder if (folder / "manifest.json").is_file() else None


def shipped_assist_load(threads: int = 1) -> AssistSegmenter:
    """Open the shipped assist. Raises ModelRefused where it is missing or not what was shipped."""
    folder = shipped_assist_dir()
    if folder is None:
        raise ModelRefused("The assist that comes with the product is missing.")
    return _load(folder, "The shipped assist", threads)


def assist_load(model: ModelVersion, threads: int = 1) -> AssistSegmenter:
    """Open a project's own assist. Raises ModelRefused where its files are not what was registered."""
    artifact_check(model)
    with artifact_folder(model) as folder:
        return _load(folder, f"Model {model.number}", threads)


def _load(folder: Path, name: str, threads: int) -> AssistSegmenter:
    from ml.errors import MlError
    from ml.inference.assist_segmenter import AssistSegmenter

    try:
        return AssistSegmenter.load(folder, threads)
    except (MlError, OSError) as error:
        raise ModelRefused(f"{name} cannot be opened: {error}") from error
