"""The life of an incident: what a worker writes of it, and what people do about it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from backend.core import audit, events, storage
from backend.feeds.enums import CaptureReason, NoteKind
from backend.feeds.errors import NoPicture
from backend.feeds.models import Feed, Incident, IncidentNote, Rule
from backend.feeds.services import alerts, counts
from backend.feeds.services.captures import capture_store

if TYPE_CHECKING:
    from backend.accounts.models import User

# Nobody is at work on the feed of an incident that was not seen for so long: its end is when it was last seen.
LEFT_ALONE_S = 120


@transaction.atomic
def incident_open(
    *,
    rule: Rule,
    owner: str,
    asked: dict[str, Any],
    opened_at: datetime,
    seen_at: datetime,
    involved: list[dict[str, Any]],
    peak: dict[str, Any],
    model_version_id: uuid.UUID | None,
    calibration_id: uuid.UUID | None,
    source_time_s: float,
) -> Incident | None:
    """Open an incident, or give the rule's open one. None when the rule is gone or the feed is another worker's."""
    feed = _held(rule.feed_id, owner)
    fresh = Rule.objects.filter(pk=rule.pk).first()
    if feed is None or fresh is None:
        return None
    found = Incident.objects.filter(rule=rule, closed_at=None).first()
    if found is not None:
        return found
    now = timezone.now()
    muted = fresh.muted_until is not None and fresh.muted_until > now
    incident = Incident.objects.create(
        feed=feed,
        rule=rule,
        name=rule.name,
        severity=rule.severity,
        asked=asked,
        opened_at=opened_at,
        seen_at=max(opened_at, seen_at),
        involved=involved,
        peak=peak,
        model_version_id=model_version_id,
        calibration_id=calibration_id,
        source_time_s=source_time_s,
        muted=muted,
    )
    _note(incident, NoteKind.OPENED)
    near_miss = asked.get("condition", {}).get("near_m") is not None
    counts.incident_add(feed=feed, rule_id=rule.pk, at=opened_at, near_miss=near_miss)
    if not muted:
        alerts.alert_send(incident=incident, event="opened")
    _announce(incident, "opened")
    return incident


@transaction.atomic
def incident_follow(
    *,
    incident_id: uuid.UUID,
    owner: str,
    seen_at: datetime,
    involved: list[dict[str, Any]],
    peak: dict[str, Any],
    closed: bool,
) -> bool:
    """Write what was seen since; with `closed`, its end. False when it is closed already or another worker's."""
    incident = Incident.objects.select_for_update(of=("self",)).filter(pk=incident_id, closed_at=None).first()
    if incident is None or _held(incident.feed_id, owner) is None:
        return False
    incident.seen_at = max(incident.seen_at, seen_at)
    known = {row["track_id"] for row in incident.involved}
    incident.involved = [*incident.involved, *(row for row in involved if row["track_id"] not in known)]
    incident.peak = peak
    if closed:
        _end(incident)
    incident.save(update_fields=["seen_at", "involved", "peak", "closed_at", "updated_at"])
    _announce(incident, "closed" if closed else "updated")
    return True


def evidence_store(*, incident_id: uuid.UUID, snapshot: bytes = b"", clip: bytes = b"") -> None:
    """Keep an incident's picture or clip."""
    incident = Incident.objects.select_related("feed__project").filter(pk=incident_id).first()
    if incident is None or incident.evidence_erased_at is not None:
        return
    fields = {}
    for name, content, ending in (("snapshot_key", snapshot, "jpg"), ("clip_key", clip, "webm")):
        if content:
            fields[name] = storage.write_bytes(
                f"incidents/{incident.pk}/{uuid.uuid4().hex}.{ending}", content
            )
    Incident.objects.filter(pk=incident_id).update(**fields)
    _announce(incident, "evidence")


@transaction.atomic
def incident_acknowledge(*, actor: User, incident: Incident) -> Incident:
    """Say that somebody looks after it; the second one changes nothing."""
    incident = _locked(incident)
    if incident.acknowledged_at is None:
        incident.acknowledged_at, incident.acknowledged_by = timezone.now(), actor
        incident.save(update_fields=["acknowledged_at", "acknowledged_by", "updated_at"])
        _note(incident, NoteKind.ACKNOWLEDGED, actor)
        _record(actor, incident, "incident.acknowledge")
    return incident


@transaction.atomic
def incident_escalate(*, actor: User | None, incident: Incident, text: str = "") -> Incident:
    """Tell those who are told of escalations; once."""
    incident = _locked(incident)
    if incident.escalated_at is None:
        incident.escalated_at = timezone.now()
        incident.save(update_fields=["escalated_at", "updated_at"])
        _note(incident, NoteKind.ESCALATED, actor, text)
        alerts.alert_send(incident=incident, event="escalated")
        _record(actor, incident, "incident.escalate")
    return incident


@transaction.atomic
def incident_comment(*, actor: User, incident: Incident, text: str) -> IncidentNote:
    note = _note(incident, NoteKind.COMMENT, actor, text)
    _record(actor, incident, "incident.comment", after={"text": text[:500]})
    return note


@transaction.atomic
def incident_wrong(*, actor: User, incident: Incident) -> Incident:
    """Make a task of the snapshot, so that the model learns what it got wrong. Once. Raises NoPicture."""
    incident = _locked(incident)
    if incident.wrong_at is not None:
        return incident
    if not incident.snapshot_key:
        raise NoPicture("This incident has no picture to label: none was kept, or its time is over.")
    capture = capture_store(
        feed=incident.feed,
        jpeg=storage.read_bytes(incident.snapshot_key),
        reason=CaptureReason.WRONG_ALERT,
        score=None,
        source_time_s=incident.source_time_s or 0.0,
        model_version_id=incident.model_version_id,
    )
    incident.wrong_at, incident.task_id = timezone.now(), capture.task_id
    if incident.acknowledged_at is None:
        incident.acknowledged_at, incident.acknowledged_by = incident.wrong_at, actor
    incident.save(update_fields=["wrong_at", "task_id", "acknowledged_at", "acknowledged_by", "updated_at"])
    _note(incident, NoteKind.WRONG, actor)
    _record(actor, incident, "incident.wrong")
    return incident


@transaction.atomic
def incident_hold(*, actor: User, incident: Incident, held: bool, reason: str) -> Incident:
    """Keep its picture and clip whatever the camera's retention says, or let go of them again. Twice is the same.

    Raises NoPicture where there is nothing left to keep.
    """
    incident = _locked(incident)
    if held is (incident.held_at is not None):
        return incident
    if held and not (incident.snapshot_key or incident.clip_key):
        raise NoPicture("There is no picture or clip of this incident to keep.")
    incident.held_at, incident.held_by = (timezone.now(), actor) if held else (None, None)
    incident.save(update_fields=["held_at", "held_by", "updated_at"])
    _note(incident, NoteKind.HELD if held else NoteKind.RELEASED, actor, reason)
    _record(actor, incident, "incident.hold" if held else "incident.release", after={"reason": reason[:500]})
    return incident


def incidents_due() -> int:
    """Escalate what nobody acknowledged in time, and end what no worker follows any more. How many."""
    late = Incident.objects.filter(
        acknowledged_at=None, escalated_at=None, muted=False, rule__escalate_after_s__gt=0
    ).filter(opened_at__lte=Now() - F("rule__escalate_after_s") * timedelta(seconds=1))
    changed = 0
    for incident in late.select_related("feed__project")[:100]:
        incident_escalate(actor=None, incident=incident, text="Nobody acknowledged it in time.")
        changed += 1
    alone = Incident.objects.filter(
        closed_at=None, updated_at__lt=Now() - timedelta(seconds=LEFT_ALONE_S)
    ).filter(
        Q(feed__lease_expires_at=None)
        | Q(feed__lease_expires_at__lt=Now())
        | Q(rule=None)
        | Q(rule__enabled=False)
    )
    for incident in alone.select_related("feed__project")[:100]:
        with transaction.atomic():
            locked = _locked(incident)
            if locked.closed_at is None:
                _end(locked)
                locked.save(update_fields=["closed_at", "updated_at"])
                _announce(locked, "closed")
                changed += 1
    return changed


def _held(feed_id: uuid.UUID, owner: str) -> Feed | None:
    feeds = Feed.objects.select_related("project__site", "camera__site")
    return feeds.filter(pk=feed_id, lease_owner=owner).first()


def _locked(incident: Incident) -> Incident:
    rows = Incident.objects.select_related(
        "feed__project", "feed__camera", "rule", "acknowledged_by", "held_by"
    )
    return rows.select_for_update(of=("self",)).get(pk=incident.pk)


def _end(incident: Incident) -> None:
    incident.closed_at = incident.seen_at
    _note(incident, NoteKind.CLOSED)


def _note(incident: Incident, kind: NoteKind, actor: User | None = None, text: str = "") -> IncidentNote:
    return IncidentNote.objects.create(incident=incident, kind=kind, author=actor, text=text)


def _record(actor: User | None, incident: Incident, action: str, **changes: Any) -> None:
    audit.record(
        actor=actor,
        organisation_id=incident.feed.project.organisation_id,
        action=action,
        object_type="incident",
        object_id=incident.pk,
        **changes,
    )
    _announce(incident, action.removeprefix("incident."))


def _announce(incident: Incident, event: str) -> None:
    project = incident.feed.project
    events.publish(
        organisation_id=project.organisation_id,
        project_id=project.pk,
        kind="incident",
        data={
            "id": str(incident.pk),
            "event": event,
            "feed_id": str(incident.feed_id),
            "name": incident.name,
            "severity": incident.severity,
            "muted": incident.muted,
        },
    )


def involved_rows(
    labels: dict[int, str], boxes: dict[int, Sequence[float]] | None = None
) -> list[dict[str, Any]]:
    """Rows of `Incident.involved`; `boxes` in 0..1 of the picture."""
    places = boxes or {}
    return [
        {"track_id": i, "label": label, "box": [round(v, 4) for v in places[i]] if i in places else None}
        for i, label in labels.items()
    ]
