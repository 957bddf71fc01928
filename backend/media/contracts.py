"""What other apps see of media."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class AssetInfo:
    """One image or video. Width and height are of the upright picture in pixels; keys are storage keys.

    `tiles` is set for a large picture: `display_key` is then all of it, for files that leave the house, and
    screens and models get the smaller overview. `original_key` is the stored file itself, of a video the one that plays.
    """

    id: uuid.UUID
    organisation_id: uuid.UUID
    kind: str
    state: str
    name: str
    width: int
    height: int
    group_key: str
    sha256: str
    display_key: str
    thumbnail_key: str
    camera_id: uuid.UUID | None
    site_id: uuid.UUID | None
    captured_at: datetime | None
    frame_count: int | None
    duration_s: float | None
    deleted: bool
    metadata: dict[str, Any] = field(default_factory=dict)
    quality: dict[str, Any] = field(default_factory=dict)
    tiles: dict[str, Any] | None = None
    original_key: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A picture as it came into a project. `brightness` is the mean grey level (0..255), None where not measured."""

    asset_id: uuid.UUID
    at: datetime
    group_key: str
    height: int
    brightness: float | None


@dataclass(frozen=True, slots=True)
class ArrivalSource:
    """A camera of a project, or pictures of none (`camera_id` None, no name), and how many came."""

    camera_id: uuid.UUID | None
    name: str
    pictures: int


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """How files of one upload or folder are placed. `group_by`: name | folder | time."""

    camera_id: uuid.UUID | None = None
    site_id: uuid.UUID | None = None
    group_by: str = "name"
    captured_at: datetime | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FolderReport:
    """What became of a folder's files."""

    added: int
    duplicates: int
    refused: tuple[tuple[str, str], ...]
    skipped: int
