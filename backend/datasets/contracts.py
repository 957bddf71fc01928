"""What other apps see of datasets."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """One picture or clip of a frozen version with its labels; regions as in annotation's `RegionData`.

    Of a video in parts the tracks are joined; `frames_waiting` of its frames were in no approved part, so that a frame
    without objects may be one that nobody has labelled.
    """

    asset_id: uuid.UUID
    sha256: str
    name: str
    kind: str
    width: int
    height: int
    group_key: str
    split: str
    blind: bool
    task_id: uuid.UUID
    revision_id: uuid.UUID
    labels_hash: str
    display_key: str
    regions: list[dict[str, Any]]
    tags: list[str]
    camera_id: str | None = None
    site_id: str | None = None
    captured_at: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    frames_waiting: int = 0


@dataclass(frozen=True, slots=True)
class Materialised:
    """A folder written from a version: pictures per split, and how many were gone by then."""

    folder: str
    images: dict[str, int]
    annotations: dict[str, int]
    gone: int


@dataclass(frozen=True, slots=True)
class VersionDiff:
    """Items by asset id: only in the second, only in the first, and with other labels or another split."""

    added: list[dict[str, Any]]
    removed: list[dict[str, Any]]
    changed: list[dict[str, Any]]
    counts: dict[str, int]
