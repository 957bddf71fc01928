"""Notices for people, and alerts to places outside: channels, signing, the log of deliveries."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from backend.accounts import selectors as accounts
from backend.core import audit, events, jobs
from backend.core.errors import Stale
from backend.core.outgoing import url_pin
from backend.notify.enums import ChannelKind, NoticeKind
from backend.notify.errors import ChannelNameTaken, ChannelRefused
from backend.notify.models import AlertChannel, Delivery, Notice

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


def notices_create(
    *,
    users: Iterable[User],
    kind: NoticeKind,
    title: str,
    body: str = "",
    link: str = "",
    project_id: uuid.UUID | None = None,
) -> None:
    """The same notice to each, always in the same order."""
    for user in sorted(users, key=lambda each: each.pk):
        notice_create(user=user, kind=kind, title=title, body=body, link=link, project_id=project_id)


def notices_read(*, user: User, ids: Sequence[uuid.UUID] | None) -> int:
    """Mark notices read: those named, or all of the person's."""
    rows = Notice.objects.filter(user=user, read_at=None)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return rows.update(read_at=Now())


CHANNELS_MAX = 20
MAILS_MAX = 20


@transaction.atomic
def channel_create(
    *, actor: User, organisation_id: uuid.UUID, project_id: uuid.UUID, given: dict[str, Any]
) -> AlertChannel:
    """Add a place where alerts go. Raises ChannelRefused, ChannelNameTaken, BadInput for an address inside."""
    if AlertChannel.objects.filter(project_id=project_id).count() >= CHANNELS_MAX:
        raise ChannelRefused(f"A project holds {CHANNELS_MAX} channels at most.")
    channel = AlertChannel(organisation_id=organisation_id, project_id=project_id)
    _channel_write(channel, given)
    _channel_record(actor, channel, "channel.create")
    return channel


@transaction.atomic
def channel_update(
    *, actor: User, channel: AlertChannel, changes: dict[str, Any], base_version: int
) -> AlertChannel:
    """Change what is sent; its kind stays. Raises Stale and what `channel_create` raises."""
    channel = AlertChannel.objects.select_for_update().get(pk=channel.pk)
    if channel.version != base_version:
        raise Stale(
            "Somebody else changed this in between. Look at it again, then save.",
            extra={"current": {"version": channel.version}},
        )
    channel.version += 1
    _channel_write(channel, {name: value for name, value in changes.items() if name != "kind"})
    _channel_record(actor, channel, "channel.update")
    return channel


@transaction.atomic
def channel_delete(*, actor: User, channel: AlertChannel) -> None:
    _channel_record(actor, channel, "channel.delete")
    channel.delete()


def channel_secret(channel: AlertChannel) -> str:
    """What a webhook's receiver checks signatures with (Standard Webhooks' `whsec_` form); nothing is stored."""
    digest = salted_hmac(
        "siteloop.alert-channel", f"{channel.pk}:{channel.secret_number}", algorithm="sha256"
    ).digest()
    return "whsec_" + base64.b64encode(digest).decode()


def channel_test(*, actor: User, channel: AlertChannel) -> Delivery:
    """Send a test alert."""
    with transaction.atomic():
        _channel_record(actor, channel, "channel.test")
        return _deliver(channel, "test", "Test alert from Siteloop", {"event": "test"}, "")


def alert_deliver(
    *,
    organisation_id: uuid.UUID,
    project_id: uuid.UUID,
    rank: int,
    escalation: bool,
    event: str,
    title: str,
    body: dict[str, Any],
    link: str,
) -> int:
    """Queue an alert to every channel of the project that wants it. How many. Inside the caller's transaction."""
    channels = AlertChannel.objects.filter(
        organisation_id=organisation_id, project_id=project_id, enabled=True, least_rank__lte=rank
    )
    if not escalation:
        channels = channels.filter(escalations_only=False)
    return len([_deliver(channel, event, title, body, link) for channel in channels])


def _deliver(channel: AlertChannel, event: str, title: str, body: dict[str, Any], link: str) -> Delivery:
    delivery = Delivery.objects.create(
        channel=channel, event=event, title=title[:200], body=body, link=link[:300]
    )
    jobs.enqueue(
        "notify.deliver",
        payload={"delivery_id": str(delivery.pk)},
        title=f"Alert to {channel.name}",
        organisation_id=channel.organisation_id,
        project_id=channel.project_id,
        dedupe_key=f"deliver:{delivery.pk}",
    )
    return delivery


def _channel_write(channel: AlertChannel, given: dict[str, Any]) -> None:
    for name in ("kind", "name", "target", "enabled", "least_rank", "escalations_only"):
        if name in given:
            setattr(channel, name, given[name])
    channel.name, channel.target = channel.name.strip(), channel.target.strip()
    if channel.kind == ChannelKind.WEBHOOK:
        url_pin(channel.target, allowed_hosts=settings.OUTGOING_ALLOWED_HOSTS)
    else:
        _mails_check(channel.target)
    try:
        with transaction.atomic():
            channel.save()
    except IntegrityError as error:
        raise ChannelNameTaken(
            "This project has a channel of that name.", fields={"name": "Taken."}
        ) from error


def _mails_check(target: str) -> None:
    if not settings.EMAIL_HOST:
        raise ChannelRefused(
            "This server sends no e-mail yet. An operator sets SITELOOP_EMAIL_HOST.",
            fields={"kind": "Not set up."},
        )
    mails = [part.strip() for part in target.split(",")]
    try:
        for mail in mails:
            validate_email(mail)
    except ValidationError as error:
        raise ChannelRefused(
            "One of these is no e-mail address.", fields={"target": "Not an address."}
        ) from error
    if len(mails) > MAILS_MAX:
        raise ChannelRefused(f"At most {MAILS_MAX} addresses.", fields={"target": "Too many."})


def _channel_record(actor: User, channel: AlertChannel, action: str) -> None:
    audit.record(
        actor=actor,
        organisation_id=channel.organisation_id,
        action=action,
        object_type="channel",
        object_id=channel.pk,
        after={"name": channel.name, "kind": channel.kind, "target": channel.target},
    )
