"""Candidate against production on the same frozen blind test pictures, with a paired bootstrap over pictures."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from backend.core.errors import Unprocessable
from backend.core.jobs import JobContext
from backend.datasets import materialise
from backend.datasets import selectors as datasets
from backend.learning import selectors
from backend.learning.contracts import Model
from backend.learning.domain.choosing import class_names
from backend.learning.domain.gate import GateInput, verdict
from backend.learning.enums import OUTLINING_KINDS, TaskKind
from backend.learning.jobs import gate_assist, gate_details
from backend.learning.jobs.gate_details import Judged
from backend.learning.models import ModelVersion
from backend.learning.services import training
from backend.learning.services.runtime import model_open
from backend.projects import selectors as projects
from ml.contracts import Dataset, ImagePrediction, ModelKind, RleMask
from ml.data.readers import detection_read, tags_read
from ml.errors import DatasetError
from ml.evaluation.bootstrap import Comparison
from ml.evaluation.judging import judge_of
from ml.evaluation.score import Scored, predictions_of, report_as_json
from ml.geometry.masks import rle_union

BOOTSTRAP_DRAWS = 400


def run(context: JobContext) -> dict[str, Any]:
    """Job `learning.gate`. Payload: model_id."""
    candidate = selectors.model_find(context.payload["model_id"])
    production = selectors.production_model(candidate.project_id, candidate.kind)
    if production is not None and production.pk == candidate.pk:
        production = None
    version = datasets.version_newest(candidate.project_id)
    if version is None:
        raise Unprocessable("There is no frozen dataset version to test on. Freeze one first.")
    folder = Path(tempfile.mkdtemp(prefix="siteloop-gate-"))
    try:
        materialise.version_materialise(version, folder, splits=("test",))
        names = {label.id: label.name for label in projects.labels_of(candidate.project_id)}
        _keep_blind(folder / "test.json", names)
        if candidate.kind == TaskKind.ASSIST:
            report, figures = gate_assist.compare(context, candidate, production, folder)
            details: dict[str, Any] = {}
        else:
            report, figures, details = _compare(context, candidate, production, _truth(folder, candidate))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    passed, reason = verdict(figures)
    training.gate_store(
        candidate=candidate,
        production=production,
        dataset_version_id=version.pk,
        passed=passed,
        reason=reason,
        report=report,
        details=details,
    )
    return {"passed": passed, "reason": reason}


def _keep_blind(path: Path, names: dict[str, str]) -> None:
    """Leave only pictures drawn blind: near-copies of them share their split, but were chosen or helped.

    Categories get the names their labels have now, by label id; those of labels that are gone are left out.
    """
    content = json.loads(path.read_text())
    content["categories"] = [
        {**row, "name": names[row["label_id"]]} for row in content["categories"] if row["label_id"] in names
    ]
    known = {row["id"] for row in content["categories"]}
    content["images"] = [image for image in content["images"] if image["blind"]]
    kept = {image["id"] for image in content["images"]}
    content["annotations"] = [
        row for row in content["annotations"] if row["image_id"] in kept and row["category_id"] in known
    ]
    path.write_text(json.dumps(content))


def _truth(folder: Path, candidate: ModelVersion) -> Dataset:
    """The test pictures with the project's label names as classes; empty where there are none."""
    labels = projects.labels_of(candidate.project_id)
    read = tags_read if candidate.kind == TaskKind.CLASSIFY else detection_read
    names = tuple(label.name for label in labels if _is_judged(label.shapes, candidate.kind))
    try:
        return Dataset(names, read(folder).dataset.images)
    except DatasetError:
        return Dataset(names, ())


def _is_judged(shapes: Iterable[str], kind: str) -> bool:
    """Whether models of the kind can be asked for a label drawn in those shapes."""
    if kind == TaskKind.CLASSIFY:
        return "tag" in shapes
    if kind in OUTLINING_KINDS:
        return bool(training.OUTLINES & set(shapes))
    return bool(set(shapes) - {"tag"})


def _compare(
    context: JobContext,
    candidate: ModelVersion,
    production: ModelVersion | None,
    truth: Dataset,
) -> tuple[dict[str, Any], GateInput, dict[str, Any]]:
    kind = ModelKind(candidate.kind)
    judge = judge_of(kind)
    context.progress(0.1, f"candidate on {len(truth.images)} pictures")
    ours = _score(candidate, truth)
    context.progress(0.5, "production on the same pictures")
    theirs = _score(production, truth) if production is not None else None
    readable = Dataset(truth.classes, ours.images)
    first = judge.report(readable, ours.predictions, ours.ms_per_image)
    report: dict[str, Any] = {"pictures": len(readable.images), "candidate": report_as_json(first)}
    comparison = Comparison(0.0, 0.0, 0.0)
    second = None
    if theirs is not None:
        second = judge.report(readable, theirs.predictions, theirs.ms_per_image)
        if readable.images:
            comparison = judge.compare(readable, ours.predictions, theirs.predictions, n=BOOTSTRAP_DRAWS)
        report["production"] = report_as_json(second)
        report["production_number"] = production.number if production else None
    report |= {"difference": comparison.difference, "low": comparison.low, "high": comparison.high}
    figures = GateInput(
        pictures=len(readable.images),
        groups=len({item.image.group or item.image.id for item in readable.images}),
        objects=sum(judge.objects(item) for item in readable.images),
        candidate=judge.headline(first),
        production=None if second is None else judge.headline(second),
        difference=comparison.difference,
        low=comparison.low,
        high=comparison.high,
        measure=judge.measure,
    )
    context.progress(0.9, "where each of them errs")
    other = Judged(production, theirs) if production is not None and theirs is not None else None
    return (
        report,
        figures,
        gate_details.details(kind, readable, Judged(candidate, ours), other),
    )


def _score(model: ModelVersion, truth: Dataset) -> Scored:
    """Predictions with the model's classes renamed to the project's labels; unmapped ones are dropped."""
    rename = class_names(selectors.model_info(model).binding, projects.labels_of(model.project_id))
    return predictions_of(_Renamed(model_open(model), rename), truth.images)


class _Renamed:
    """A model that speaks the project's label names."""

    def __init__(self, model: Model, rename: dict[str, str]) -> None:
        self.model = model
        self.rename = rename

    def predict(self, image: Any, min_score: float) -> ImagePrediction:
        raw = self.model.predict(image, min_score)
        found = tuple(
            replace(p, label=self.rename[p.label]) for p in raw.detections if p.label in self.rename
        )
        tags = {self.rename[name]: score for name, score in raw.tag_scores.items() if name in self.rename}
        return ImagePrediction(found, tags, raw.embedding, self._regions(raw.regions))

    def _regions(self, regions: Mapping[str, RleMask]) -> dict[str, RleMask]:
        """Where several classes mean one label, its pixels are those of all."""
        found: dict[str, RleMask] = {}
        for name, mask in regions.items():
            if (label := self.rename.get(name)) is not None:
                found[label] = rle_union(found[label], mask) if label in found else mask
        return found
