"""Reading notices."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from backend.core.errors import NotFound
from backend.notify.models import AlertChannel, Delivery, Notice

if TYPE_CHECKING:
    from backend.accounts.models import User


def notices_of(*, user: User, unread_only: bool = False) -> QuerySet[Notice]:
    rows = Notice.objects.filter(user=user)
    return rows.filter(read_at=None) if unread_only else rows


def channels_of(project_id: uuid.UUID) -> QuerySet[AlertChannel]:
    return AlertChannel.objects.filter(project_id=project_id).order_by("name")


def channel_find(channel_id: uuid.UUID) -> AlertChannel:
    """A channel without asking who looks: the caller asks its project. Raises NotFound."""
    channel = AlertChannel.objects.filter(pk=channel_id).first()
    if channel is None:
        raise NotFound()
    return channel


def deliveries_of(channel: AlertChannel) -> QuerySet[Delivery]:
    return Delivery.objects.filter(channel=channel).order_by("-id")
