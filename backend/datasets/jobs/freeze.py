"""Freeze a version: approved labels of the assets that fit, with their split, into rows and a manifest."""

from __future__ import annotations

import json
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from backend.core import storage
from backend.core.jobs import JobContext
from backend.datasets import rows, selectors, services
from backend.datasets.contracts import ManifestRow
from backend.datasets.domain.filters import parse
from backend.datasets.domain.hashing import content_hash
from backend.datasets.enums import DatasetState, Split
from backend.datasets.errors import NothingApproved
from backend.datasets.models import DatasetItem, DatasetVersion

CHUNK = 1_000
MANIFEST_FORMAT = "siteloop-dataset/1"


def run(context: JobContext) -> dict[str, Any]:
    version = DatasetVersion.objects.select_related("project", "ontology_version").get(
        pk=context.payload["version_id"]
    )
    if version.state == DatasetState.FROZEN:
        return {"version_id": str(version.pk), "content_hash": version.content_hash}
    items: list[DatasetItem] = []
    counts = Counts()
    key = f"datasets/{version.project_id}/{version.pk}/manifest.jsonl"
    with tempfile.NamedTemporaryFile("w", prefix="siteloop-manifest-", encoding="utf-8") as handle:
        handle.write(json.dumps(_head(version)) + "\n")
        for row in _rows(context, version):
            _write(handle, row)
            items.append(_item(version, row))
            counts.add(row)
        handle.flush()
        if not items:
            reason = "Nothing approved fits these filters. Approve labels first, or widen the filters."
            services.version_fail(version_id=version.pk, error=reason)
            raise NothingApproved(reason)
        storage.write_file(key, Path(handle.name))
    services.version_items_replace(version_id=version.pk, items=items)
    digest = content_hash((item.asset_sha256, item.labels_hash, item.split) for item in items)
    services.version_complete(
        version_id=version.pk, content_hash=digest, counts=counts.as_dict(), manifest_key=key
    )
    return {"version_id": str(version.pk), "content_hash": digest, "items": len(items)}


def _head(version: DatasetVersion) -> dict[str, Any]:
    return {
        "format": MANIFEST_FORMAT,
        "project": version.project.name,
        "number": version.number,
        "labels": version.ontology_version.labels,
        "filters": version.filters,
    }


def _rows(context: JobContext, version: DatasetVersion) -> Iterator[ManifestRow]:
    earlier = selectors.earlier_splits(version.project_id, before=version.number)
    return rows.approved_rows(
        version.project_id,
        parse({**version.filters, "excluded": "no", "asset_state": "ready"}),
        earlier_splits=earlier,
        tell=context.progress,
    )


def _write(handle: IO[str], row: ManifestRow) -> None:
    handle.write(json.dumps(asdict(row), default=_plain, separators=(",", ":")) + "\n")


def _plain(value: object) -> str:
    if isinstance(value, uuid.UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} does not belong into a manifest")


def _item(version: DatasetVersion, row: ManifestRow) -> DatasetItem:
    return DatasetItem(
        version=version,
        asset_id=row.asset_id,
        revision_id=row.revision_id,
        asset_sha256=row.sha256,
        labels_hash=row.labels_hash,
        group_key=row.group_key,
        split=row.split,
        blind=row.blind,
    )


class Counts:
    """Numbers of a version: pictures, objects, groups; by split and by label."""

    def __init__(self) -> None:
        self._splits = {split: _empty() for split in Split.values}
        self._groups: dict[str, set[str]] = {split: set() for split in Split.values}

    def add(self, row: ManifestRow) -> None:
        side = self._splits[row.split]
        self._groups[row.split].add(row.group_key)
        side["items"] += 1
        side["regions"] += len(row.regions)
        side["blind"] += int(row.blind)
        side["empty"] += int(not row.regions and not row.tags)
        side["videos"] += int(row.kind == "video")
        for label_id in {*(region["label_id"] for region in row.regions), *row.tags}:
            label = side["labels"].setdefault(label_id, {"items": 0, "regions": 0})
            label["items"] += 1
            label["regions"] += sum(region["label_id"] == label_id for region in row.regions)

    def as_dict(self) -> dict[str, Any]:
        for split, groups in self._groups.items():
            self._splits[split]["groups"] = len(groups)
        total = {
            key: sum(side[key] for side in self._splits.values())
            for key in ("items", "regions", "blind", "empty", "videos", "groups")
        }
        return {**total, "splits": self._splits}


def _empty() -> dict[str, Any]:
    return {"items": 0, "regions": 0, "blind": 0, "empty": 0, "videos": 0, "groups": 0, "labels": {}}
