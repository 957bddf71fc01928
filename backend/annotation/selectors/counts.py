"""Counts of approved objects by label, from the flat projection."""

from __future__ import annotations

import uuid

from django.db.models import Count

from backend.annotation.models import RegionProjection


def approved_objects_by_label(project_id: uuid.UUID) -> dict[str, int]:
    """{label id: objects} over the resolved revisions of a project."""
    rows = (
        RegionProjection.objects.filter(project_id=project_id)
        .values("label_id")
        .annotate(n=Count("id"))
        .order_by()
    )
    return {str(row["label_id"]): row["n"] for row in rows}
