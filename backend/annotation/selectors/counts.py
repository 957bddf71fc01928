"""What is approved: objects by label from the flat projection, and pictures."""

from __future__ import annotations

import uuid

from django.db.models import Count

from backend.annotation.models import RegionProjection, Task
from backend.annotation.selectors.labels import APPROVED_STATES


def approved_objects_by_label(project_id: uuid.UUID) -> dict[str, int]:
    """{label id: objects} over the resolved revisions of a project."""
    rows = (
        RegionProjection.objects.filter(project_id=project_id)
        .values("label_id")
        .annotate(n=Count("id"))
        .order_by()
    )
    return {str(row["label_id"]): row["n"] for row in rows}


def approved_asset_ids(project_id: uuid.UUID, *, limit: int) -> list[uuid.UUID]:
    """Pictures approved last, newest first."""
    rows = Task.objects.filter(project_id=project_id, state__in=APPROVED_STATES).order_by("-id")
    return list(rows.values_list("asset_id", flat=True)[:limit])
