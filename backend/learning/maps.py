"""A project's map with what its pictures can be coloured by."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.annotation.selectors import grid
from backend.annotation.selectors.labels import APPROVED_STATES
from backend.datasets import selectors as datasets
from backend.learning import selectors
from backend.learning.models import ProjectMap
from backend.media import selectors as media
from backend.projects import selectors as projects


@dataclass(frozen=True, slots=True)
class MapColumns:
    """A map's pictures in columns of one length. `labels` are indices into `label_names` by picture, `split` is what
    a dataset frozen now would say of a labelled one, `uncertainty` the model's own doubt (null for blind ones).
    """

    row: ProjectMap
    assets: list[str]
    x: list[float]
    y: list[float]
    state: list[str]
    labels: list[list[int]]
    label_names: list[dict[str, str]]
    split: list[str]
    uncertainty: list[float | None]
    camera: list[str]


def map_newest(project_id: uuid.UUID) -> ProjectMap | None:
    rows = ProjectMap.objects.filter(project_id=project_id).select_related("model_version", "job")
    return rows.order_by("-id").first()


def map_columns(row: ProjectMap, viewer_id: uuid.UUID) -> MapColumns:
    """The map as it is coloured now for this person; pictures that have left the project since are left out."""
    project_id = row.project_id
    usable = set(media.project_asset_ids(project_id))
    ids = [uuid.UUID(each) for each in row.layout["assets"]]
    here = [i for i, asset_id in enumerate(ids) if asset_id in usable]
    kept = [ids[i] for i in here]
    tasks = grid.task_facts(project_id, kept, viewer_id)
    labels = projects.labels_of(project_id)
    place = {label.id: i for i, label in enumerate(labels)}
    doubt = selectors.uncertainty_by_asset(model_id=row.model_version_id, asset_ids=kept)
    facts = [tasks.get(asset_id) for asset_id in kept]
    return MapColumns(
        row=row,
        assets=[str(asset_id) for asset_id in kept],
        x=[row.layout["x"][i] for i in here],
        y=[row.layout["y"][i] for i in here],
        state=[fact.state if fact else "" for fact in facts],
        labels=[[place[each] for each in fact.label_ids if each in place] if fact else [] for fact in facts],
        label_names=[{"id": label.id, "name": label.name, "color": label.color} for label in labels],
        split=_splits(project_id, kept, facts),
        uncertainty=[
            None if fact is None or fact.blind else doubt.get(asset_id)
            for asset_id, fact in zip(kept, facts, strict=True)
        ],
        camera=_cameras(kept),
    )


def _splits(project_id: uuid.UUID, ids: Sequence[uuid.UUID], facts: Sequence[Any]) -> list[str]:
    infos = media.assets_info(ids)
    groups = [infos[asset_id].group_key or str(asset_id) for asset_id in ids]
    splits = datasets.splits_now(project_id, groups)
    approved = [fact is not None and fact.state in APPROVED_STATES for fact in facts]
    return [splits[group] if known else "" for group, known in zip(groups, approved, strict=True)]


def _cameras(ids: Sequence[uuid.UUID]) -> list[str]:
    names = media.camera_names(ids)
    return [names.get(asset_id, "") for asset_id in ids]
