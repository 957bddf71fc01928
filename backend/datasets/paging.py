"""Keyset pages over any of the grid's orders: no OFFSET, no COUNT, right with equal and missing values."""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import DateTimeField, F, FloatField, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from backend.annotation.selectors import grid
from backend.datasets.errors import FilterRefused

NEVER = datetime(1, 1, 2, tzinfo=UTC)
NO_SCORE = -1.0


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in the order asked for, and the cursors of the pages beside it."""

    rows: list[Any]
    next: str | None
    previous: str | None


def page(rows: QuerySet[Any], *, order: str, cursor: str, size: int) -> Page:
    """One page of project links. Raises FilterRefused for a cursor that was not made here."""
    keyed = _keyed(rows, order)
    descending = order not in ("oldest", "name")
    backward, position = _read(cursor, order)
    if position is not None:
        keyed = keyed.filter(_beyond(position, smaller=descending != backward))
    falling = descending != backward
    found = list(keyed.order_by(*(("-order_key", "-id") if falling else ("order_key", "id")))[: size + 1])
    more, found = len(found) > size, found[:size]
    if backward:
        found.reverse()
    has_next = backward or more
    has_previous = more if backward else position is not None
    if not found:
        return Page([], None, None)
    return Page(
        found,
        _write("next", found[-1], order) if has_next else None,
        _write("previous", found[0], order) if has_previous else None,
    )


def _keyed(rows: QuerySet[Any], order: str) -> QuerySet[Any]:
    if order == "name":
        return rows.annotate(order_key=F("asset__name"))
    if order == "captured":
        return rows.annotate(
            order_key=Coalesce("asset__captured_at", Value(NEVER), output_field=DateTimeField())
        )
    if order in ("score", "uncertainty"):
        value = grid.score_of() if order == "score" else grid.uncertainty_of()
        return rows.annotate(order_key=Coalesce(value, Value(NO_SCORE), output_field=FloatField()))
    return rows.annotate(order_key=F("id"))


def _beyond(position: tuple[Any, uuid.UUID], *, smaller: bool) -> Q:
    key, row_id = position
    if smaller:
        return Q(order_key__lt=key) | Q(order_key=key, id__lt=row_id)
    return Q(order_key__gt=key) | Q(order_key=key, id__gt=row_id)


def _write(direction: str, row: Any, order: str) -> str:
    key = row.order_key
    plain = key.isoformat() if isinstance(key, datetime) else key if isinstance(key, float) else str(key)
    text = json.dumps([direction, order, plain, str(row.pk)], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, order: str) -> tuple[bool, tuple[Any, uuid.UUID] | None]:
    if not cursor:
        return False, None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        direction, made_for, key, row_id = json.loads(text)
        if made_for != order or direction not in ("next", "previous"):
            raise ValueError("made for another order")
        if order == "captured":
            key = datetime.fromisoformat(key)
        elif order in ("score", "uncertainty"):
            key = float(key)
        elif order == "name":
            key = str(key)
        else:
            key = uuid.UUID(key)
        return direction == "previous", (key, uuid.UUID(row_id))
    except (ValueError, TypeError, AttributeError, binascii.Error, UnicodeDecodeError) as error:
        raise FilterRefused(
            "The page's cursor does not fit. Start again from the first page.",
            fields={"cursor": "Not a cursor."},
        ) from error
