"""Reading notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from backend.notify.models import Notice

if TYPE_CHECKING:
    from backend.accounts.models import User


def notices_of(*, user: User, unread_only: bool = False) -> QuerySet[Notice]:
    rows = Notice.objects.filter(user=user)
    return rows.filter(read_at=None) if unread_only else rows
