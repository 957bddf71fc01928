"""Reads of datasets: the grid, facets, slices, versions, their items and manifests."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Count, QuerySet

from backend.annotation.selectors import grid
from backend.core import storage
from backend.core.enums import Role
from backend.core.errors import NotFound
from backend.datasets.contracts import ManifestRow, VersionDiff
from backend.datasets.domain.filters import GridFilters
from backend.datasets.domain.splits import split_of
from backend.datasets.enums import DatasetState
from backend.datasets.errors import NotFrozen
from backend.datasets.models import DatasetItem, DatasetVersion, Slice
from backend.media import selectors as media
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.media.models import ProjectAsset

FACET_VALUES_MAX = 50
METADATA_KEYS_MAX = 30
FACET_SAMPLE = 5_000
DIFF_LISTED_MAX = 500


def grid_rows(
    project_id: uuid.UUID, filters: GridFilters, viewer_id: uuid.UUID | None = None
) -> QuerySet[ProjectAsset]:
    """The project's links that fit, unordered. Refused files show only when asked for by `asset_state`.

    A `viewer_id` finds their hidden tasks by what is shown of them only.
    """
    rows = media.project_assets(project_id)
    rows = rows.filter(asset__state__in=filters.asset_state or ("ready", "pending"))
    if filters.excluded != "all":
        rows = rows.filter(excluded_at__isnull=filters.excluded == "no")
    if filters.near_copy is not None:
        rows = rows.filter(near_copy_of__isnull=not filters.near_copy)
    for name, column in (("camera", "camera_id__in"), ("site", "site_id__in"), ("kind", "kind")):
        if value := getattr(filters, name):
            rows = rows.filter(**{f"asset__{column}": value})
    for key, value in filters.meta:
        rows = rows.filter(_metadata_is(key, value))
    for issue in filters.issue:
        rows = rows.filter(asset__quality__contains={issue: True})
    if filters.search:
        rows = rows.filter(asset__name__icontains=filters.search)
    if filters.group:
        rows = rows.filter(asset__group_key=filters.group)
    if filters.captured_from:
        rows = rows.filter(asset__captured_at__gte=filters.captured_from)
    if filters.captured_to:
        rows = rows.filter(asset__captured_at__lt=filters.captured_to)
    wanted = _task_filter(filters)
    if not wanted.empty:
        rows = rows.filter(asset_id__in=grid.assets_where(project_id, wanted, viewer_id))
    if filters.dataset_version or filters.split:
        rows = rows.filter(asset_id__in=_version_assets(project_id, filters))
    return rows


def region_rows(
    project_id: uuid.UUID, filters: GridFilters, viewer_id: uuid.UUID | None = None
) -> QuerySet[Any]:
    """Objects instead of pictures: those of the pictures that fit, themselves of the label, shape and author."""
    assets = grid_rows(project_id, filters, viewer_id).order_by().values("asset_id")
    return grid.regions_where(project_id, _task_filter(filters), assets, viewer_id)


def _metadata_is(key: str, value: str) -> Any:
    """The text, or the number or boolean it spells: CSV knows text only, JSON knows all three."""
    from django.db.models import Q

    found = Q(asset__metadata__contains={key: value})
    try:
        parsed = json.loads(value)
    except ValueError:
        return found
    return (
        found | Q(asset__metadata__contains={key: parsed})
        if isinstance(parsed, bool | int | float)
        else found
    )


def _task_filter(filters: GridFilters) -> grid.TaskFilter:
    return grid.TaskFilter(
        states=filters.state,
        label_ids=filters.label,
        suggested_label_ids=filters.suggested_label,
        shape=filters.shape,
        min_score=filters.min_score,
        max_score=filters.max_score,
        reasons=filters.selection_reason,
        author_id=uuid.UUID(filters.author) if filters.author else None,
        blind=filters.blind,
    )


def _version_assets(project_id: uuid.UUID, filters: GridFilters) -> QuerySet[Any]:
    items = DatasetItem.objects.filter(version__project_id=project_id)
    if filters.dataset_version:
        items = items.filter(version_id=filters.dataset_version)
    else:
        newest = DatasetVersion.objects.filter(project_id=project_id, state=DatasetState.FROZEN)
        items = items.filter(version_id__in=newest.order_by("-number").values("id")[:1])
    if filters.split:
        items = items.filter(split=filters.split)
    return items.values("asset_id")


def facets(project_id: uuid.UUID) -> dict[str, Any]:
    """What the grid can be narrowed to, with counts over the newest few thousand rows (`capped` says so)."""
    rows = media.project_assets(project_id).filter(asset__state="ready").order_by("-id")
    sample = rows.values("id")[:FACET_SAMPLE]
    links = media.project_assets(project_id).filter(id__in=sample).select_related(None).defer(None)
    found: dict[str, Any] = {**grid.task_facets(project_id)}
    for name, value, label in (
        ("cameras", "asset__camera_id", "asset__camera__name"),
        ("sites", "asset__site_id", "asset__site__name"),
    ):
        counted = links.exclude(**{value: None}).values(value, label).annotate(n=Count("id")).order_by("-n")
        found[name] = [
            {"value": str(row[value]), "name": row[label], "count": row["n"]}
            for row in counted[:FACET_VALUES_MAX]
        ]
    kinds = links.values("asset__kind").annotate(n=Count("id")).order_by("-n")
    found["kinds"] = {row["asset__kind"]: row["n"] for row in kinds}
    found["excluded"] = links.filter(excluded_at__isnull=False).count()
    found["near_copies"] = links.filter(near_copy_of__isnull=False).count()
    found["metadata"] = _metadata_facets(links.values_list("asset__metadata", flat=True))
    found["capped"] = len(list(sample)) == FACET_SAMPLE
    return found


def _metadata_facets(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        for key, value in row.items():
            values = counts.setdefault(key, {})
            text = json.dumps(value) if isinstance(value, bool | int | float) else str(value)
            if text in values or len(values) < 10 * FACET_VALUES_MAX:
                values[text] = values.get(text, 0) + 1
    shown = sorted(counts.items(), key=lambda item: -sum(item[1].values()))[:METADATA_KEYS_MAX]
    return [
        {
            "key": key,
            "values": [
                {"value": text, "name": text, "count": n}
                for text, n in sorted(values.items(), key=lambda item: -item[1])[:FACET_VALUES_MAX]
            ],
        }
        for key, values in shown
    ]


def slice_get(*, actor: User, slice_id: uuid.UUID, at_least: Role = Role.VIEWER) -> Slice:
    found = Slice.objects.select_related("project").filter(pk=slice_id).first()
    if found is None:
        raise NotFound()
    projects.project_get(actor=actor, project_id=found.project_id, at_least=at_least)
    return found


def slices_of(project_id: uuid.UUID) -> QuerySet[Slice]:
    return Slice.objects.filter(project_id=project_id).select_related("created_by").order_by("name")


def version_get(*, actor: User, version_id: uuid.UUID, at_least: Role = Role.VIEWER) -> DatasetVersion:
    version = (
        DatasetVersion.objects.select_related("project", "ontology_version", "created_by")
        .filter(pk=version_id)
        .first()
    )
    if version is None:
        raise NotFound()
    projects.project_get(actor=actor, project_id=version.project_id, at_least=at_least)
    return version


def version_frozen(*, actor: User, version_id: uuid.UUID, at_least: Role = Role.VIEWER) -> DatasetVersion:
    """As `version_get`, and complete. Raises NotFrozen."""
    version = version_get(actor=actor, version_id=version_id, at_least=at_least)
    if version.state != DatasetState.FROZEN:
        raise NotFrozen("This dataset version is not frozen yet, or its freezing failed.")
    return version


def versions_of(project_id: uuid.UUID) -> QuerySet[DatasetVersion]:
    rows = DatasetVersion.objects.filter(project_id=project_id)
    return rows.select_related("ontology_version", "created_by").order_by("-number")


def version_newest(project_id: uuid.UUID) -> DatasetVersion | None:
    """The newest frozen version of the project."""
    return versions_of(project_id).filter(state=DatasetState.FROZEN).first()


def version_items(
    version_id: uuid.UUID, *, split: str = "", blind: bool | None = None
) -> QuerySet[DatasetItem]:
    """Items in order of their id. An item whose `asset` is null or deleted is a tombstone."""
    rows = DatasetItem.objects.filter(version_id=version_id).select_related("asset__blob")
    if split:
        rows = rows.filter(split=split)
    return rows if blind is None else rows.filter(blind=blind)


def version_asset_shas(
    version_id: uuid.UUID, *, splits: Iterable[str] = ("train", "val", "test")
) -> set[str]:
    """Content hashes of the pictures in those splits: what a model has seen, or is judged on."""
    items = DatasetItem.objects.filter(version_id=version_id, split__in=list(splits))
    return set(items.values_list("asset_sha256", flat=True))


def manifest_rows(
    version: DatasetVersion, *, splits: Iterable[str] = ("train", "val", "test")
) -> Iterator[ManifestRow]:
    """Rows of a frozen version as they were frozen, streamed. Raises NotFrozen."""
    if version.state != DatasetState.FROZEN:
        raise NotFrozen("This dataset version is not frozen yet, or its freezing failed.")
    wanted = set(splits)
    with storage.local_path(version.manifest_key) as path, path.open(encoding="utf-8") as lines:
        next(lines)  # the head
        for line in lines:
            row = json.loads(line)
            if row["split"] in wanted:
                for key in ("asset_id", "task_id", "revision_id"):
                    row[key] = uuid.UUID(row[key])
                yield ManifestRow(**row)


def manifest_head(version: DatasetVersion) -> dict[str, Any]:
    """`{format, project, number, labels, filters}` of the manifest."""
    with storage.local_path(version.manifest_key) as path, path.open(encoding="utf-8") as lines:
        head: dict[str, Any] = json.loads(next(lines))
        return head


def version_diff(first: DatasetVersion, second: DatasetVersion) -> VersionDiff:
    """What changed from the first to the second; lists are cut at 500, counts are exact."""
    before, after = _diff_side(first), _diff_side(second)
    added = [row for asset_id, row in after.items() if asset_id not in before]
    removed = [row for asset_id, row in before.items() if asset_id not in after]
    changed = [
        {**row, "labels_changed": row["labels_hash"] != old["labels_hash"], "split_before": old["split"]}
        for asset_id, row in after.items()
        if (old := before.get(asset_id)) is not None
        and (old["labels_hash"], old["split"]) != (row["labels_hash"], row["split"])
    ]
    counts = {
        "added": len(added),
        "removed": len(removed),
        "changed": len(changed),
        "unchanged": len(after) - len(added) - len(changed),
    }
    lists = [side[:DIFF_LISTED_MAX] for side in (added, removed, changed)]
    return VersionDiff(*lists, counts=counts)


def _diff_side(version: DatasetVersion) -> dict[str, dict[str, Any]]:
    """By content, so that a picture taken in again is the same picture."""
    rows = DatasetItem.objects.filter(version=version).order_by("id")
    columns = ("asset_id", "asset_sha256", "labels_hash", "split", "asset__name", "revision_id")
    return {
        row["asset_sha256"]: {
            "asset_id": row["asset_id"],
            "name": row["asset__name"] or "",
            "labels_hash": row["labels_hash"],
            "split": row["split"],
            "revision_id": row["revision_id"],
        }
        for row in rows.values(*columns).iterator(5_000)
    }


def earlier_splits(project_id: uuid.UUID, *, before: int) -> dict[str, str]:
    """The split each group already has, from the oldest frozen version that knew it."""
    rows = (
        DatasetItem.objects.filter(
            version__project_id=project_id, version__state=DatasetState.FROZEN, version__number__lt=before
        )
        .order_by("group_key", "version__number")
        .distinct("group_key")
    )
    return dict(rows.values_list("group_key", "split"))


def splits_now(project_id: uuid.UUID, group_keys: Iterable[str]) -> dict[str, str]:
    """The split that each group's labelled pictures have, or would have in a version frozen now."""
    newest = version_newest(project_id)
    earlier = earlier_splits(project_id, before=newest.number + 1) if newest else {}
    blind = grid.blind_group_keys(project_id)
    return {key: split_of(key, blind_groups=blind, earlier=earlier) for key in set(group_keys)}


def version_numbered(project_id: uuid.UUID, number: int) -> DatasetVersion:
    """A frozen version by its number. Raises NotFound."""
    version = versions_of(project_id).filter(number=number, state=DatasetState.FROZEN).first()
    if version is None:
        raise NotFound(f"There is no frozen version {number}.")
    return version
