"""Approved labels and frozen versions for tests."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

from backend.annotation import services as annotation
from backend.annotation.contracts import RegionData
from backend.annotation.models import Task
from backend.core import jobs
from backend.core.models import JobRun
from backend.datasets import services
from backend.datasets.models import DatasetVersion
from backend.media.models import Asset
from backend.projects.models import Project
from tests.support import factories

_counter = itertools.count(1)


def box(project: Project, label: str = "person", xyxy: tuple[float, ...] = (10, 10, 50, 60)) -> RegionData:
    return RegionData(
        region_id=str(uuid.uuid4()),
        label_id=factories.label_id(project, label),
        shape="box",
        geometry={"box": list(xyxy)},
    )


def polygon(project: Project, points: list[list[float]], label: str = "hard_hat") -> RegionData:
    return RegionData(
        region_id=str(uuid.uuid4()),
        label_id=factories.label_id(project, label),
        shape="polygon",
        geometry={"points": points},
    )


def label_asset(
    project: Project,
    asset: Asset,
    regions: list[RegionData] | None = None,
    tags: tuple[str, ...] = (),
    *,
    blind: bool = False,
    approved: bool = True,
) -> Task:
    """Give the asset a task with imported labels; approved unless told otherwise."""
    annotation.tasks_create(
        project=project,
        asset_ids=[asset.pk],
        reason="random" if blind else "manual",
        blind=blind,
        inclusion_probability=0.2 if blind else None,
    )
    task = Task.objects.get(project=project, asset=asset)
    annotation.revision_import(
        task_id=task.pk,
        regions=[box(project)] if regions is None else regions,
        tags=[factories.label_id(project, tag) for tag in tags],
        actor=None,
        import_key=f"test-{next(_counter)}",
        approved=approved,
    )
    task.refresh_from_db()
    return task


def freeze(project: Project, filters: dict[str, Any] | None = None, **fields: Any) -> DatasetVersion:
    """Freeze and run the job as a worker would."""
    version = services.version_freeze(actor=None, project=project, filters=filters or {}, **fields)
    jobs.run(str(JobRun.objects.get(kind="datasets.freeze", payload__version_id=str(version.pk)).pk))
    version.refresh_from_db()
    return version


def freeze_labelled(project: Project, assets: list[Asset]) -> DatasetVersion:
    """Label and approve the assets, then freeze."""
    for asset in assets:
        label_asset(project, asset)
    return freeze(project)
