"""Telling the world outside of an incident: one delivery per channel that asks for it."""

from __future__ import annotations

from typing import Any

from backend.feeds.enums import Severity
from backend.feeds.models import Incident
from backend.notify import services as notify

RANKS = {Severity.LOW: 0, Severity.MEDIUM: 1, Severity.HIGH: 2}
VERBS = {"opened": "opened", "escalated": "was escalated"}


def alert_send(*, incident: Incident, event: str) -> int:
    """Queue a delivery to each channel of the project. How many. Runs inside the caller's transaction."""
    feed = incident.feed
    place = feed.camera.name if feed.camera is not None else feed.name
    return notify.alert_deliver(
        organisation_id=feed.project.organisation_id,
        project_id=feed.project_id,
        rank=RANKS[Severity(incident.severity)],
        escalation=event == "escalated",
        event=f"incident.{event}",
        title=f"{incident.severity.capitalize()}: {incident.name} at {place}",
        body=alert_body(incident, event),
        link=f"/p/{feed.project_id}/incidents/{incident.pk}",
    )


def alert_body(incident: Incident, event: str) -> dict[str, Any]:
    """What a receiver is told: no picture and no person, only what the incident's page says."""
    feed = incident.feed
    return {
        "event": f"incident.{event}",
        "incident": {
            "id": str(incident.pk),
            "name": incident.name,
            "severity": incident.severity,
            "feed": feed.name,
            "camera": feed.camera.name if feed.camera is not None else "",
            "site": feed.camera.site.name if feed.camera is not None else "",
            "opened_at": incident.opened_at.isoformat(),
            "objects": len(incident.involved),
            "peak": incident.peak,
        },
    }
