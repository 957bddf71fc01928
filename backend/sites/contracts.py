"""What other apps see of sites."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import datetime

Polygon = tuple[tuple[float, float], ...]
Polygons = tuple[Polygon, ...]


@dataclass(frozen=True, slots=True)
class CameraPrivacy:
    """What a camera's pictures may hold. Corners of `polygons` in 0..1 of the upright picture."""

    polygons: Polygons = ()
    head_mosaic: bool = False
    time_zone: str = "UTC"

    @property
    def fingerprint(self) -> str:
        """Differs whenever the polygons do; empty without any."""
        return hashlib.sha256(json.dumps(self.polygons).encode()).hexdigest() if self.polygons else ""


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Pictures of a camera go when they are older than `days`; who said so, and when."""

    camera_id: uuid.UUID
    organisation_id: uuid.UUID
    camera_name: str
    days: int
    set_by: str
    set_at: datetime | None


NOTHING_HIDDEN = CameraPrivacy()
