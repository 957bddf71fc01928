"""A calibrated hall with three people in it, as a script for the shell of a running instance."""

from __future__ import annotations

# Two people a metre and a half apart and one away from them, for a model that sees them whatever there is to see.
HALL = """
from pathlib import Path
import numpy as np
from django.conf import settings
from backend.accounts.models import Organisation
from backend.feeds.domain.calibrating import FloorDraft, FloorPoint
from backend.feeds.enums import SourceKind
from backend.feeds.services import calibrations, registry
from backend.learning.models import ModelVersion
from tests.support import factories, floor
from tests.support.learning import make_model
organisation = Organisation.objects.get(pk="{organisation}")
admin = organisation.memberships.filter(role="admin").first().user
project = factories.make_project(admin, organisation=organisation, name="{name}")
folder = Path(settings.FEED_FILE_ROOTS[0]) / "{name}"
folder.mkdir(parents=True, exist_ok=True)
for number in range(8):
    (folder / f"{{number}}.jpg").write_bytes(floor.hall_jpeg())
feed = registry.feed_create(actor=admin, project=project, name="Hall", source_kind=SourceKind.FOLDER, source="{name}",
                            given={{"loop": True, "realtime": True, "capture_random_per_hour": 0}})
floor.make_camera(feed, "{name} camera")
still = floor.make_still(feed)
points = tuple(FloorPoint(p["x"], p["y"], p["x_m"], p["y_m"]) for p in floor.points_of())
calibrations.calibration_save(actor=admin, still=still, draft=FloorDraft(floor.SIZE, "points", points), base_number=0)
boxes = []
for x, y in ((-1.0, 7.0), (0.5, 7.0), (3.0, 9.0)):
    (px, py), (_hx, hy) = floor.TRUE.project([(x, y, 0.0), (x, y, 1.75)])[0]
    half = (py - hy) / 7
    boxes.append(tuple(float(v) for v in np.array([px - half, hy, px + half, py]) / 15 + [0, 14, 0, 14]))
ModelVersion.objects.filter(project=project, state="production").update(state="retired")
make_model(project, Path("{folder}"), boxes=tuple(boxes), gain=3.0)
"""
