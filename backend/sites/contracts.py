"""What other apps see of sites."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

Polygon = tuple[tuple[float, float], ...]
Polygons = tuple[Polygon, ...]


@dataclass(frozen=True, slots=True)
class CameraPrivacy:
    """What a camera's pictures may hold. Corners of `polygons` in 0..1 of the upright picture."""

    polygons: Polygons = ()
    head_mosaic: bool = False

    @property
    def fingerprint(self) -> str:
        """Differs whenever the polygons do; empty without any."""
        return hashlib.sha256(json.dumps(self.polygons).encode()).hexdigest() if self.polygons else ""


NOTHING_HIDDEN = CameraPrivacy()
