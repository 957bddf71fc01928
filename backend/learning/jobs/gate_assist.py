"""The gate of an assist: outlines on the blind test pictures, against the project's own or the shipped one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from backend.core.jobs import JobContext
from backend.learning.domain.gate import GateInput
from backend.learning.errors import ModelRefused
from backend.learning.models import Checkpoint, ModelVersion
from backend.learning.services import checkpoints
from backend.learning.services.assist_backend import sam_open
from backend.learning.services.assist_models import assist_load, is_sam_decoder, shipped_assist_load
from ml.evaluation.assist_gate import AssistScore, assist_compare, assist_pictures
from ml.inference.sam_encoder import SamEncoder
from ml.inference.sam_facts import ENCODER_FILE
from ml.inference.sam_pair import SamEncoderOnce, SamPair
from ml.inference.segmenter import Segmenter

SHIPPED = "the shipped assist"
SAM = "Segment Anything as installed"


def compare(
    context: JobContext, candidate: ModelVersion, production: ModelVersion | None, folder: Path
) -> tuple[dict[str, Any], GateInput]:
    """(report, figures) of a candidate on the outlined objects of a folder's pictures.

    Raises ModelRefused where one of the two cannot be opened.
    """
    pictures = assist_pictures(folder)
    against = "production" if production is not None else SAM if is_sam_decoder(candidate) else SHIPPED
    if not pictures:
        return {"pictures": 0, "candidate": {"kind": "assist"}}, _nothing(against)
    context.progress(0.1, f"both on the outlines of {len(pictures)} pictures")
    found = assist_compare(*_opened(candidate, production), pictures)
    difference = found.difference
    report = {
        "pictures": found.pictures,
        "objects": found.objects,
        "candidate": _as_json(found.candidate),
        "production": _as_json(found.other),
        "production_number": production.number if production else None,
        "against": against,
        "difference": difference.difference,
        "low": difference.low,
        "high": difference.high,
    }
    return report, GateInput(
        pictures=found.pictures,
        groups=found.groups,
        objects=found.objects,
        candidate=found.candidate.iou,
        production=found.other.iou,
        difference=difference.difference,
        low=difference.low,
        high=difference.high,
        measure="IoU",
        against=against,
    )


def _opened(candidate: ModelVersion, production: ModelVersion | None) -> tuple[Segmenter, Segmenter]:
    """Both sides, the pictures encoded once where both are Segment Anything's."""
    encoder = _encoder() if any(m and is_sam_decoder(m) for m in (candidate, production)) else None

    def segmenter(model: ModelVersion) -> Segmenter:
        if not is_sam_decoder(model):
            return assist_load(model)
        row = _checkpoint()
        if model.manifest["config"]["checkpoint_sha256"] != row.sha256:
            raise ModelRefused(f"Model {model.number} was made for another checkpoint than {row.file}.")
        return SamPair(encoder or _encoder(), sam_open(row, model))

    if production is not None:
        return segmenter(candidate), segmenter(production)
    if is_sam_decoder(candidate):
        return segmenter(candidate), SamPair(encoder or _encoder(), sam_open(_checkpoint()))
    return segmenter(candidate), shipped_assist_load()


def _encoder() -> SamEncoderOnce:
    row = _checkpoint()
    folder = checkpoints.prepared_dir(row)
    if folder is None:
        raise ModelRefused(f"{row.file} is not prepared.")
    shape = tuple(row.facts["shape"])
    key, side = checkpoints.model_key(row), int(row.facts["side"])
    return SamEncoderOnce(SamEncoder(folder / ENCODER_FILE, key=key, side=side, shape=shape, threads=1))


def _checkpoint() -> Checkpoint:
    row = checkpoints.checkpoint_active()
    if row is None:
        raise ModelRefused("No Segment Anything checkpoint is installed, so its decoder cannot be compared.")
    return row


def _nothing(against: str) -> GateInput:
    return GateInput(0, 0, 0, 0.0, None, 0.0, 0.0, 0.0, measure="IoU", against=against)


def _as_json(score: AssistScore) -> dict[str, Any]:
    return {
        "kind": "assist",
        "iou": score.iou,
        "by_prompt": dict(score.by_prompt),
        "ms_per_image": score.ms,
    }
