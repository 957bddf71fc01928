"""What is approved: objects by label from the flat projection, and pictures."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import datetime

from django.db.models import Count

from backend.annotation.models import RegionProjection, Task
from backend.annotation.selectors.labels import APPROVED_STATES


def approved_objects_by_label(project_id: uuid.UUID) -> dict[str, int]:
    """{label id: objects} over the approved revisions of a project."""
    rows = (
        RegionProjection.objects.filter(project_id=project_id, task__state__in=APPROVED_STATES)
        .values("label_id")
        .annotate(n=Count("id"))
        .order_by()
    )
    return {str(row["label_id"]): row["n"] for row in rows}


def approved_tags_by_label(project_id: uuid.UUID) -> dict[str, int]:
    """{label id: pictures} over the tags of the approved revisions of a project."""
    rows = Task.objects.filter(project_id=project_id, state__in=APPROVED_STATES)
    found = rows.exclude(resolved_revision__tags=[]).values_list("resolved_revision__tags", flat=True)
    return Counter(str(tag) for tags in found.iterator() for tag in tags or [])


def approved_asset_ids(project_id: uuid.UUID, *, limit: int) -> list[uuid.UUID]:
    """Pictures approved last, newest first."""
    rows = Task.objects.filter(project_id=project_id, state__in=APPROVED_STATES).order_by("-id")
    return list(rows.values_list("asset_id", flat=True)[:limit])


def approved_since(project_id: uuid.UUID, moment: datetime | None) -> int:
    """How many pictures were approved after that; all of them where it is None."""
    rows = Task.objects.filter(project_id=project_id, state__in=APPROVED_STATES)
    return (rows if moment is None else rows.filter(approved_at__gt=moment)).count()
