"""Approved labels of the pictures that fit a filter, as manifest rows: what freezing and exporting read."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict

from backend.annotation import selectors as annotation
from backend.annotation.contracts import ApprovedLabels
from backend.annotation.selectors import grid
from backend.datasets import selectors
from backend.datasets.contracts import ManifestRow
from backend.datasets.domain.filters import GridFilters
from backend.datasets.domain.hashing import labels_hash
from backend.datasets.domain.splits import split_of
from backend.media import selectors as media
from backend.media.contracts import AssetInfo

CHUNK = 1_000


def _silent(_fraction: float, _message: str) -> None:
    """Where nobody follows the progress."""


def approved_rows(
    project_id: uuid.UUID,
    filters: GridFilters,
    *,
    earlier_splits: Mapping[str, str] | None = None,
    tell: Callable[[float, str], None] = _silent,
) -> Iterator[ManifestRow]:
    """Rows in order of the pictures' arrival, streamed. Pictures without approved labels are passed over."""
    ids = list(selectors.grid_rows(project_id, filters).order_by("id").values_list("asset_id", flat=True))
    blind_groups = grid.blind_group_keys(project_id)
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        tell(start / len(ids), f"{start} of {len(ids)} pictures")
        infos = media.assets_info(part)
        approved = annotation.approved_by_asset(project_id=project_id, asset_ids=part)
        for asset_id in part:
            if (labels := approved.get(asset_id)) is not None:
                info = infos[asset_id]
                group = info.group_key or str(info.id)
                split = split_of(group, blind_groups=blind_groups, earlier=earlier_splits or {})
                yield _row(info, labels, group, split)


def _row(info: AssetInfo, labels: ApprovedLabels, group: str, split: str) -> ManifestRow:
    regions = [asdict(region) for region in labels.regions]
    tags = sorted(str(tag) for tag in labels.tags)
    return ManifestRow(
        asset_id=info.id,
        sha256=info.sha256,
        name=info.name,
        kind=info.kind,
        width=info.width,
        height=info.height,
        group_key=group,
        split=split,
        blind=labels.blind,
        task_id=labels.task_id,
        revision_id=labels.revision_id,
        labels_hash=labels_hash(regions, tags),
        display_key=info.display_key,
        regions=regions,
        tags=tags,
        camera_id=str(info.camera_id) if info.camera_id else None,
        site_id=str(info.site_id) if info.site_id else None,
        captured_at=info.captured_at.isoformat() if info.captured_at else None,
        metadata=info.metadata,
        frames_waiting=labels.frames_waiting,
    )
