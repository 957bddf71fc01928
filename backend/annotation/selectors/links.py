"""What people said of tracks on either side of a seam."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection

from backend.annotation.domain.seams import Link
from backend.annotation.enums import LinkKind
from backend.annotation.models import TrackLink


def links_back(task_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Link]]:
    """By a part's task the links of its tracks to those of the part before, in the order they were made."""
    found: dict[uuid.UUID, list[Link]] = defaultdict(list)
    for row in TrackLink.objects.filter(later_task_id__in=task_ids).order_by("id"):
        found[row.later_task_id].append(
            Link(str(row.earlier_region), str(row.later_region), LinkKind(row.kind))
        )
    return found
