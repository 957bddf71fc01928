"""Audit rows: written unchained inside the caller's transaction, sealed into a hash chain afterwards."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any, Protocol

from django.db import connection, transaction

from backend.core import context
from backend.core.models import AuditEvent

SEAL_BATCH = 2_000
_SEAL_LOCK = 0x51E1_0001  # advisory lock: one sealer at a time, whoever runs it


class Actor(Protocol):
    """A signed-in person, as far as audit rows care."""

    id: Any

    def get_full_name(self) -> str: ...


def record(
    *,
    actor: Actor | None,
    organisation_id: uuid.UUID | None,
    action: str,
    object_type: str,
    object_id: object,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write one audit row. Call it inside the transaction of the change itself."""
    AuditEvent.objects.create(
        organisation_id=organisation_id,
        actor_id=getattr(actor, "id", None),
        actor_name=actor.get_full_name() if actor is not None else "",
        action=action,
        object_type=object_type,
        object_id=str(object_id),
        before=before,
        after=after,
        address=context.client_address.get(),
        request_id=context.request_id.get(),
    )


def _digest(previous: str, event: AuditEvent) -> str:
    content = [
        previous,
        event.pk,
        str(event.organisation_id),
        str(event.actor_id),
        event.actor_name,
        event.action,
        event.object_type,
        event.object_id,
        event.before,
        event.after,
        event.address,
        event.request_id,
        event.at.isoformat(),
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def seal() -> int:
    """Chain the rows not sealed yet, per organisation in id order. Returns how many were sealed."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEAL_LOCK])
            row = cursor.fetchone()
            if row is None or not row[0]:
                return 0
        events = list(AuditEvent.objects.filter(chain_hash="").order_by("id")[:SEAL_BATCH])
        tails: dict[uuid.UUID | None, tuple[int, str]] = {}
        for event in events:
            if event.organisation_id not in tails:
                tails[event.organisation_id] = _tail(event.organisation_id)
            index, previous = tails[event.organisation_id]
            event.chain_index, event.chain_hash = index + 1, _digest(previous, event)
            tails[event.organisation_id] = (event.chain_index, event.chain_hash)
        AuditEvent.objects.bulk_update(events, ["chain_index", "chain_hash"])
    return len(events)


def _tail(organisation_id: uuid.UUID | None) -> tuple[int, str]:
    last = (
        AuditEvent.objects.filter(organisation_id=organisation_id)
        .exclude(chain_hash="")
        .order_by("-chain_index")
        .values_list("chain_index", "chain_hash")
        .first()
    )
    return (last[0] or 0, last[1]) if last else (0, "")


def verify() -> tuple[int, int, list[int]]:
    """Recompute every chain. Returns (rows checked, rows not sealed yet, ids of rows that do not fit)."""
    checked, broken = 0, []
    organisations = (
        AuditEvent.objects.exclude(chain_hash="")
        .order_by()
        .values_list("organisation_id", flat=True)
        .distinct()
    )
    for organisation_id in organisations:
        previous, expected_index = "", 0
        rows = (
            AuditEvent.objects.filter(organisation_id=organisation_id)
            .exclude(chain_hash="")
            .order_by("chain_index")
        )
        for event in rows.iterator(2_000):
            expected_index += 1
            if event.chain_index != expected_index or event.chain_hash != _digest(previous, event):
                broken.append(event.pk)
                expected_index = event.chain_index or expected_index
            previous = event.chain_hash
            checked += 1
    return checked, AuditEvent.objects.filter(chain_hash="").count(), broken
