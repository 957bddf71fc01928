"""The gate of an assist: outlines on the blind test pictures, against the project's own or the shipped one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from backend.core.jobs import JobContext
from backend.learning.domain.gate import GateInput
from backend.learning.models import ModelVersion
from backend.learning.services.assist_models import assist_load, shipped_assist_load
from ml.evaluation.assist_gate import AssistScore, assist_compare, assist_pictures

SHIPPED = "the shipped assist"


def compare(
    context: JobContext, candidate: ModelVersion, production: ModelVersion | None, folder: Path
) -> tuple[dict[str, Any], GateInput]:
    """(report, figures) of a candidate on the outlined objects of a folder's pictures.

    Raises ModelRefused where one of the two cannot be opened.
    """
    pictures = assist_pictures(folder)
    against = "production" if production is not None else SHIPPED
    if not pictures:
        return {"pictures": 0, "candidate": {"kind": "assist"}}, _nothing(against)
    context.progress(0.1, f"both on the outlines of {len(pictures)} pictures")
    other = assist_load(production) if production is not None else shipped_assist_load()
    found = assist_compare(assist_load(candidate), other, pictures)
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


def _nothing(against: str) -> GateInput:
    return GateInput(0, 0, 0, 0.0, None, 0.0, 0.0, 0.0, measure="IoU", against=against)


def _as_json(score: AssistScore) -> dict[str, Any]:
    return {
        "kind": "assist",
        "iou": score.iou,
        "by_prompt": dict(score.by_prompt),
        "ms_per_image": score.ms,
    }
