"""Notices for people."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models.functions import Now

from backend.accounts import selectors as accounts
from backend.core import events
from backend.notify.enums import NoticeKind
from backend.notify.models import Notice

if TYPE_CHECKING:
    from backend.accounts.models import User


def notice_create(
    *,
    user: User,
    kind: NoticeKind,
    title: str,
    body: str = "",
    link: str = "",
    project_id: uuid.UUID | None = None,
) -> Notice:
    """Write a notice and tell the person's open pages. `link` is a path of the front end."""
    notice = Notice.objects.create(
        user=user, kind=kind, title=title[:200], body=body, link=link[:300], project_id=project_id
    )
    for membership in accounts.organisations_of(user):
        events.publish(
            organisation_id=membership.organisation_id,
            project_id=project_id,
            kind="notice",
            data={"user_id": str(user.pk)},
        )
    return notice


def notices_read(*, user: User, ids: Sequence[uuid.UUID] | None) -> int:
    """Mark notices read: those named, or all of the person's."""
    rows = Notice.objects.filter(user=user, read_at=None)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return rows.update(read_at=Now())
