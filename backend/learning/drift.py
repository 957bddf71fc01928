"""Reading drift: which pictures and hours a source is compared by, and how every production model stands."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from backend.learning import selectors
from backend.learning.domain.drift import (
    DAY,
    NOW_HOURS,
    NOW_PICTURES,
    REFERENCE_HOURS,
    REFERENCE_PICTURES,
    Hour,
    Seen,
    thinned,
)
from backend.learning.domain.predictions import prediction_load
from backend.learning.models import ModelVersion, WatchedHour
from backend.media import selectors as media
from backend.media.contracts import Arrival

# A camera that sends more in a day is thinned from its first so many.
READ_MAX = 5_000
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Windows:
    """The pictures of both sides; no `now` while the reference still fills."""

    reference: list[Arrival]
    now: list[Arrival]
    is_full: bool


@dataclass(frozen=True, slots=True)
class DriftState:
    """A model in production and its newest look (None: not looked yet)."""

    model: ModelVersion
    since: datetime
    looked_at: datetime | None
    sources: list[dict[str, Any]]


def chosen_at(model: ModelVersion) -> datetime:
    """When the model came into production; a shipped one was there from the start."""
    return model.promoted_at or model.created_at


def drift_states(project_id: uuid.UUID) -> list[DriftState]:
    states = []
    for model in selectors.production_models(project_id):
        look = selectors.drift_look_newest(model.pk)
        states.append(
            DriftState(
                model=model,
                since=chosen_at(model),
                looked_at=look.created_at if look else None,
                sources=look.report["sources"] if look else [],
            )
        )
    return states


def windows(model: ModelVersion, camera_id: uuid.UUID | None) -> Windows:
    """Reference: the first pictures after the model was chosen, of a camera at least a day of them. Now: the newest."""
    start, project_id = chosen_at(model), model.project_id
    first = media.arrivals(project_id, camera_id, since=start, limit=REFERENCE_PICTURES)
    if not first:
        return Windows([], [], False)
    end = first[-1].at
    is_full = len(first) == REFERENCE_PICTURES
    if camera_id is not None:
        end = max(end, first[0].at + DAY)
        is_full = is_full and timezone.now() >= end
    reference = media.arrivals(project_id, camera_id, since=start, until=end, limit=READ_MAX)
    now = _newest(project_id, camera_id, end) if is_full else []
    return Windows(thinned(reference, REFERENCE_PICTURES), thinned(now, NOW_PICTURES), is_full)


def _newest(project_id: uuid.UUID, camera_id: uuid.UUID | None, since: datetime) -> list[Arrival]:
    """Newest first; of a camera all of its last day, where that is more."""
    newest = media.arrivals(project_id, camera_id, since=since, newest_first=True, limit=NOW_PICTURES)
    if camera_id is None or not newest:
        return newest
    day = max(since, newest[0].at - DAY)
    last_day = media.arrivals(project_id, camera_id, since=day, newest_first=True, limit=READ_MAX)
    return max(newest, last_day, key=len)


def seen(model: ModelVersion, pictures: Sequence[Arrival]) -> list[Seen]:
    ids = [picture.asset_id for picture in pictures]
    said = selectors.scores_by_asset(model_id=model.pk, asset_ids=ids)
    vectors = selectors.vectors_by_asset(model_id=model.pk, asset_ids=ids)
    return [
        Seen(
            picture,
            prediction_load(said[picture.asset_id]) if picture.asset_id in said else None,
            vectors.get(picture.asset_id, ()),
        )
        for picture in pictures
    ]


def watched_hours(model: ModelVersion, camera_id: uuid.UUID | None) -> tuple[list[Hour], list[Hour]] | None:
    """(reference, now) hours of a source's live feeds; None where none was watched."""
    rows = WatchedHour.objects.filter(
        model_version=model, camera_id=camera_id, hour__gte=chosen_at(model) - HOUR
    )
    first = rows.order_by("hour").values_list("hour", flat=True).first()
    if first is None:
        return None
    end = first + REFERENCE_HOURS
    last = rows.order_by("-hour").values_list("hour", flat=True)[0]
    now = rows.filter(hour__gte=max(end, last - NOW_HOURS))
    return _hours(rows.filter(hour__lt=end)), _hours(now)


def _hours(rows: Any) -> list[Hour]:
    by_hour = rows.order_by("hour").values("hour").annotate(s=Sum("seconds"), n=Sum("objects_seen"))
    return [Hour(row["hour"].hour, row["s"], row["n"]) for row in by_hour]


def has_news(project_id: uuid.UUID, model: ModelVersion, since: datetime) -> bool:
    """Whether pictures came, or hours were watched, after that."""
    watched = WatchedHour.objects.filter(model_version=model, hour__gt=since - HOUR).exists()
    return watched or media.has_arrivals(project_id, max(since, chosen_at(model)))
