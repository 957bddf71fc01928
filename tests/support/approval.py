"""Blind reviews and waiting pictures by the hundred, as rows without files: one box each, right or wrong as asked."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.utils import timezone

from backend.annotation import services as annotation
from backend.annotation.contracts import SuggestionItem
from backend.annotation.models import RegionVersion, Revision, Task
from backend.core.models import new_id
from backend.learning.models import ModelVersion
from backend.learning.services import scoring
from backend.media.models import Asset, ProjectAsset
from backend.projects.models import Project
from ml.contracts import Box, ImagePrediction, Prediction
from tests.support.factories import label_id

THERE, ELSEWHERE = (10.0, 10.0, 60.0, 60.0), (200.0, 200.0, 260.0, 260.0)
LABEL = "crate"
SURE, UNSURE = (0.8, 0.99), (0.3, 0.6)


def assets_make(project: Project, count: int, prefix: str, **fields: Any) -> list[Asset]:
    """Pictures of 640 × 480, each a source of its own, in the project."""
    rows = [
        Asset(
            organisation=project.organisation,
            kind="image",
            state="ready",
            name=f"{prefix}-{n}.jpg",
            width=640,
            height=480,
            **{"group_key": f"{prefix}-{n}", **fields},
        )
        for n in range(count)
    ]
    assets = Asset.objects.bulk_create(rows)
    ProjectAsset.objects.bulk_create(ProjectAsset(project=project, asset=each) for each in assets)
    return assets


def predict(model: ModelVersion, assets: Sequence[Asset], scores: Sequence[float]) -> None:
    """The model has looked at them: one crate each; none where the score is 0."""
    said = [
        ImagePrediction(detections=(Prediction(LABEL, float(s), Box(*THERE)),) if s else ()) for s in scores
    ]
    scoring.scores_store(model=model, rows=[(a.pk, s, 0.5) for a, s in zip(assets, said, strict=True)])


def blind_drawn(project: Project, assets: Sequence[Asset]) -> list[Task]:
    """They are of the random slice, and wait.

    Their ids decide in which order they count as proof. By chance one run in 400 would have an order that proves too
    little, so ids are the same in every run.
    """
    before = Task.objects.count()
    ids = [uuid.uuid5(uuid.NAMESPACE_OID, f"{before + n} {each.name}") for n, each in enumerate(assets)]
    rows = [
        Task(pk=pk, project=project, asset=each, state="ready", blind=True)
        for pk, each in zip(ids, assets, strict=True)
    ]
    return Task.objects.bulk_create(rows)


def approved_with(project: Project, tasks: Sequence[Task], boxes: Sequence[Sequence[Any]]) -> None:
    """A person has labelled them with those crates, and a reviewer has approved it."""
    ontology = project.ontology_versions.order_by("-number")[0]
    author = project.organisation.memberships.first().user
    revisions = Revision.objects.bulk_create(
        Revision(task=task, number=1, author=author, ontology_version=ontology) for task in tasks
    )
    label, through = label_id(project, LABEL), Revision.regions.through
    drawn = [(revision, box) for revision, found in zip(revisions, boxes, strict=True) for box in found]
    versions = RegionVersion.objects.bulk_create(
        RegionVersion(
            region_id=new_id(),
            content_hash=uuid.uuid4().hex,
            label_id=label,
            shape="box",
            geometry={"box": list(box)},
        )
        for _, box in drawn
    )
    through.objects.bulk_create(
        through(revision_id=revision.pk, regionversion_id=version.pk)
        for (revision, _), version in zip(drawn, versions, strict=True)
    )
    for task, revision in zip(tasks, revisions, strict=True):
        task.state, task.resolved_revision, task.approved_at = "approved", revision, timezone.now()
    Task.objects.bulk_update(tasks, ["state", "resolved_revision", "approved_at"])


def blind_reviews(
    project: Project, model: ModelVersion, count: int, *, seed: int = 0, wrong: float = 0.01, **fields: Any
) -> list[Task]:
    """Finished blind pictures. A sure suggestion is wrong with chance `wrong`, every third one is unsure and half wrong."""
    rng = np.random.default_rng(seed)
    assets = assets_make(project, count, f"blind-{seed}", **fields)
    is_sure = np.arange(count) % 3 > 0
    scores = np.where(is_sure, rng.uniform(*SURE, count), rng.uniform(*UNSURE, count))
    is_wrong = rng.random(count) < np.where(is_sure, wrong, 0.5)
    predict(model, assets, scores.round(3).tolist())
    tasks = blind_drawn(project, assets)
    approved_with(project, tasks, [[ELSEWHERE if w else THERE] for w in is_wrong])
    return tasks


def waiting(project: Project, model: ModelVersion, scores: Sequence[float], **fields: Any) -> list[Task]:
    """Pictures in the queue with the model's suggestion of that score; none where it is 0."""
    assets = assets_make(project, len(scores), f"waiting-{uuid.uuid4().hex[:6]}", **fields)
    tasks = annotation.tasks_create(project=project, asset_ids=[a.pk for a in assets], reason="typical")
    by_asset = {task.asset_id: task for task in tasks}
    predict(model, assets, scores)
    for asset, score in zip(assets, scores, strict=True):
        box = SuggestionItem(label_id(project, LABEL), "box", {"box": list(THERE)}, score)
        annotation.suggestions_create(
            task_id=by_asset[asset.pk].pk,
            model_version_id=model.pk,
            model_name="crates",
            items=[box] if score else [],
        )
    return [by_asset[asset.pk] for asset in assets]
