"""Sends one alert to one channel: a signed POST, or an e-mail; tried again while the receiver is away."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import smtplib
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from backend.core.errors import AppError
from backend.core.jobs import JobContext, RetryLater
from backend.core.outgoing import post_bytes
from backend.notify import services
from backend.notify.enums import ChannelKind, DeliveryState
from backend.notify.models import Delivery

TIMEOUT_S = 15.0
ANSWER_MAX_BYTES = 64 * 1024
ACCEPTED = (200, 201, 202, 204)
WAITS_S = (5, 20, 60, 180, 600)


def run(context: JobContext) -> dict[str, Any]:
    """Job `notify.deliver`. Payload: delivery_id. A receiver may hear of one twice; its id tells."""
    delivery = Delivery.objects.select_related("channel").filter(pk=context.payload["delivery_id"]).first()
    if delivery is None or delivery.state == DeliveryState.SENT:
        return {}
    delivery.attempts += 1
    try:
        if delivery.channel.kind == ChannelKind.WEBHOOK:
            _post(delivery)
        else:
            _mail(delivery)
    except (AppError, OSError, smtplib.SMTPException) as error:
        delivery.problem = str(error)[:300] or type(error).__name__
        last = delivery.attempts >= context.job.max_attempts
        delivery.state = DeliveryState.FAILED if last else DeliveryState.WAITING
        delivery.save(update_fields=["state", "attempts", "problem", "updated_at"])
        if last:
            return {"problem": delivery.problem}
        raise RetryLater(delivery.problem, WAITS_S[min(delivery.attempts, len(WAITS_S)) - 1]) from error
    delivery.state, delivery.problem, delivery.sent_at = DeliveryState.SENT, "", timezone.now()
    delivery.save(update_fields=["state", "attempts", "problem", "sent_at", "updated_at"])
    return {"attempts": delivery.attempts}


def _post(delivery: Delivery) -> None:
    """Signed as Standard Webhooks says: HMAC-SHA256 over `id.timestamp.body`."""
    body = json.dumps({**delivery.body, "title": delivery.title, "link": _link(delivery)}).encode()
    stamp = str(int(timezone.now().timestamp()))
    post_bytes(
        delivery.channel.target,
        body,
        media_type="application/json",
        allowed_hosts=settings.OUTGOING_ALLOWED_HOSTS,
        timeout_s=TIMEOUT_S,
        max_bytes=ANSWER_MAX_BYTES,
        headers={
            "webhook-id": str(delivery.pk),
            "webhook-timestamp": stamp,
            "webhook-signature": signature(delivery, stamp, body),
        },
        accepted=ACCEPTED,
    )


def signature(delivery: Delivery, stamp: str, body: bytes) -> str:
    """The `webhook-signature` header of a body sent at `stamp`."""
    key = base64.b64decode(services.channel_secret(delivery.channel).removeprefix("whsec_"))
    signed = f"{delivery.pk}.{stamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _mail(delivery: Delivery) -> None:
    lines = [delivery.title, "", *_lines(delivery.body), "", _link(delivery)]
    EmailMessage(
        subject=" ".join(delivery.title.split()),
        body="\n".join(lines),
        to=[part.strip() for part in delivery.channel.target.split(",")],
        headers={"X-Siteloop-Delivery": str(delivery.pk)},
    ).send()


def _lines(body: dict[str, Any]) -> list[str]:
    facts = body.get("incident", {})
    return [
        f"{name.replace('_', ' ').capitalize()}: {facts[name]}"
        for name in ("site", "camera", "feed", "opened_at")
        if facts.get(name)
    ]


def _link(delivery: Delivery) -> str:
    return f"{settings.PUBLIC_URL}{delivery.link}" if settings.PUBLIC_URL else delivery.link
