"""What the comparison page shows beyond the verdict: both models' errors, and their figures slice by slice."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from backend.learning import selectors
from backend.learning.domain.choosing import class_names
from backend.learning.models import ModelVersion
from backend.media import selectors as media
from backend.projects import selectors as projects
from backend.sites import selectors as sites
from ml.contracts import Box, Dataset, ImagePrediction, LabelledImage, ModelKind
from ml.evaluation.cases import Case
from ml.evaluation.diagnosis import Diagnosis, diagnose, slice_figure
from ml.evaluation.score import Scored

# Fewer pictures tell nothing about a slice; more slices nobody reads.
SLICE_PICTURES_MIN = 5
SLICES_MAX = 24
UUID_LENGTH = 36
CROWDS = (("up to 2 objects", 0, 2), ("3 to 9 objects", 3, 9), ("10 objects and more", 10, 10**9))
DARK_BELOW, BRIGHT_FROM = 80, 160


@dataclass(frozen=True, slots=True)
class Judged:
    """A model with what it said of the test pictures."""

    model: ModelVersion
    scored: Scored


def details(kind: ModelKind, truth: Dataset, ours: Judged, theirs: Judged | None) -> dict[str, Any]:
    """For `GateReport.details`. `truth` holds the readable pictures, in the order of both predictions."""
    other = theirs.scored.predictions if theirs else None
    return {
        "kind": str(kind),
        "pictures": len(truth.images),
        "classes": list(truth.classes),
        "candidate": _side(kind, truth, ours),
        "production": _side(kind, truth, theirs) if theirs else None,
        "slices": _slices(kind, truth, ours.scored.predictions, other),
    }


def _side(kind: ModelKind, truth: Dataset, judged: Judged) -> dict[str, Any]:
    thresholds = _thresholds(judged.model)
    found = diagnose(kind, truth, judged.scored.predictions, thresholds)
    return {
        "thresholds": thresholds,
        "ms_median": round(judged.scored.ms_per_image, 2),
        "ms_p95": round(judged.scored.ms_p95, 2),
        **_diagnosis_dump(found),
    }


def _thresholds(model: ModelVersion) -> dict[str, float]:
    """By the project's label names, the lowest where several classes mean one label."""
    binding = selectors.model_info(model).binding
    found: dict[str, float] = {}
    for own, name in class_names(binding, projects.labels_of(model.project_id)).items():
        found[name] = min(found.get(name, 1.0), binding[own].threshold)
    return found


def _diagnosis_dump(found: Diagnosis) -> dict[str, Any]:
    return {
        "confusion": [
            {"actual": actual, "predicted": predicted, "count": count}
            for (actual, predicted), count in sorted(found.confusion.items())
        ],
        "cases": [_case_dump(case) for case in found.cases],
        "curves": {
            name: {"precision": list(curve.precision), "score": list(curve.score)}
            for name, curve in found.curves.items()
        },
        "calibration": [
            {"score": round(b.score, 4), "right": round(b.right, 4), "count": b.count}
            for b in found.calibration
        ],
        "calibration_error": round(found.calibration_error, 4),
        "sizes": [{"name": name, "found": hit, "of": of} for name, (hit, of) in found.sizes.items()],
    }


def _case_dump(case: Case) -> dict[str, Any]:
    return {
        "asset_id": str(asset_id_of(case.image)),
        "frame": frame_of(case.image),
        "actual": case.actual,
        "predicted": case.predicted,
        "truth": _corners(case.truth),
        "found": _corners(case.found),
        "score": None if case.score is None else round(case.score, 4),
    }


def _corners(box: Box | None) -> list[float] | None:
    return None if box is None else [round(value, 1) for value in (box.x1, box.y1, box.x2, box.y2)]


def asset_id_of(name: str) -> uuid.UUID:
    """Of a picture as `version_materialise` names it: `images/<asset>.jpg`, of a clip `images/<asset>-<frame>.jpg`."""
    return uuid.UUID(PurePosixPath(name).name[:UUID_LENGTH])


def frame_of(name: str) -> int | None:
    """The frame of a clip; None for a picture."""
    rest = PurePosixPath(name).stem[UUID_LENGTH:]
    return int(rest[1:]) if rest else None


def _slices(
    kind: ModelKind,
    truth: Dataset,
    ours: Sequence[ImagePrediction],
    theirs: Sequence[ImagePrediction] | None,
) -> list[dict[str, Any]]:
    picked = {
        key: rows for key, rows in _members(kind, truth.images).items() if len(rows) >= SLICE_PICTURES_MIN
    }
    # The largest, in the order they were found: by site, camera, light, crowd.
    largest = set(sorted(picked, key=lambda key: -len(picked[key]))[:SLICES_MAX])
    rows = []
    for (by, name), members in picked.items():
        if (by, name) not in largest:
            continue
        figure = slice_figure(kind, truth, ours, theirs, members)
        comparison = figure.comparison
        rows.append(
            {
                "by": by,
                "name": name,
                "pictures": figure.pictures,
                "objects": figure.objects,
                "candidate": round(figure.candidate, 4),
                "production": None if figure.production is None else round(figure.production, 4),
                "difference": comparison and round(comparison.difference, 4),
                "low": comparison and round(comparison.low, 4),
                "high": comparison and round(comparison.high, 4),
            }
        )
    return rows


def _members(kind: ModelKind, images: Sequence[LabelledImage]) -> Mapping[tuple[str, str], list[int]]:
    """(what it is sliced by, name) → indexes of its pictures."""
    ids = [asset_id_of(item.image.id) for item in images]
    infos = media.assets_info(ids)
    places = sites.place_names(
        cameras={info.camera_id for info in infos.values() if info.camera_id},
        sites={info.site_id for info in infos.values() if info.site_id},
    )
    found: dict[str, dict[str, list[int]]] = {
        by: defaultdict(list) for by in ("site", "camera", "light", "crowd")
    }
    for index, (asset_id, item) in enumerate(zip(ids, images, strict=True)):
        info = infos.get(asset_id)
        if info and info.site_id in places:
            found["site"][places[info.site_id]].append(index)
        if info and info.camera_id in places:
            found["camera"][places[info.camera_id]].append(index)
        brightness = info.quality.get("brightness") if info else None
        if brightness is not None:
            light = (
                "dark" if brightness < DARK_BELOW else "bright" if brightness >= BRIGHT_FROM else "middling"
            )
            found["light"][light].append(index)
        if kind in (ModelKind.DETECT, ModelKind.INSTANCE):
            objects = sum(not a.ignore for a in item.annotations)
            crowd = next(name for name, low, high in CROWDS if low <= objects <= high)
            found["crowd"][crowd].append(index)
    return {(by, name): rows for by, groups in found.items() for name, rows in sorted(groups.items())}
