"""Reading feeds, their events and captures, and the state of the whole loop."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from backend.core import events
from backend.core.enums import Role
from backend.core.errors import BadInput, NotFound
from backend.feeds.enums import FeedState
from backend.feeds.models import (
    CalibrationStill,
    CalibrationVersion,
    Capture,
    Feed,
    FeedEvent,
    Incident,
    IncidentNote,
    Marking,
    Rule,
)
from backend.projects import selectors as projects
from backend.sites import selectors as sites

if TYPE_CHECKING:
    from backend.accounts.models import User

# Free workers look every second, and a killed one's feeds are free after six.
UNWATCHED_AFTER_S = 20


def feeds_of(project_id: uuid.UUID) -> QuerySet[Feed]:
    return Feed.objects.filter(project_id=project_id).select_related("camera", "asset").order_by("name")


def feed_get(*, actor: User, feed_id: uuid.UUID, at_least: Role = Role.VIEWER) -> Feed:
    feed = Feed.objects.select_related("camera", "asset", "project").filter(pk=feed_id).first()
    if feed is None:
        raise NotFound()
    projects.project_get(actor=actor, project_id=feed.project_id, at_least=at_least)
    return feed


def feed_find(feed_id: uuid.UUID | str) -> Feed:
    """A feed without asking who looks, for work on the server. Raises NotFound."""
    feed = Feed.objects.select_related("camera__site", "asset", "project").filter(pk=feed_id).first()
    if feed is None:
        raise NotFound()
    return feed


def markings_of(feed_id: uuid.UUID) -> QuerySet[Marking]:
    """Zones and lines of a feed, by name."""
    return Marking.objects.filter(feed_id=feed_id).order_by("name")


def marking_get(*, actor: User, marking_id: uuid.UUID, at_least: Role = Role.VIEWER) -> Marking:
    marking = Marking.objects.select_related("feed__project").filter(pk=marking_id).first()
    if marking is None:
        raise NotFound()
    projects.project_get(actor=actor, project_id=marking.feed.project_id, at_least=at_least)
    return marking


def events_of(feed: Feed, kinds: Collection[str] = ()) -> QuerySet[FeedEvent]:
    """Events newest first; of some kinds only where these are named."""
    rows = FeedEvent.objects.filter(feed=feed).order_by("-id")
    return rows.filter(kind__in=kinds) if kinds else rows


def floor_status(feed: Feed) -> dict[str, Any] | None:
    """The newest counts of a feed's floor; None while it does not run."""
    text = events.client().get(status_key(feed.pk))
    if text is None:
        return None
    found: dict[str, Any] = json.loads(text)
    return found


def status_key(feed_id: object) -> str:
    """Where the newest counts of a feed's floor wait, as JSON."""
    return f"live:floor:{feed_id}"


def rules_of(feed_id: uuid.UUID) -> QuerySet[Rule]:
    return Rule.objects.filter(feed_id=feed_id).order_by("name")


def rules_in(project_id: uuid.UUID) -> QuerySet[Rule]:
    """All rules of a project, by feed and name."""
    rows = Rule.objects.filter(feed__project_id=project_id).select_related("feed")
    return rows.order_by("feed__name", "name")


def rules_at_work(feed_id: uuid.UUID) -> list[Rule]:
    return list(Rule.objects.filter(feed_id=feed_id, enabled=True).order_by("id"))


def rule_get(*, actor: User, rule_id: uuid.UUID, at_least: Role = Role.VIEWER) -> Rule:
    rule = Rule.objects.select_related("feed__project", "feed__camera").filter(pk=rule_id).first()
    if rule is None:
        raise NotFound()
    projects.project_get(actor=actor, project_id=rule.feed.project_id, at_least=at_least)
    return rule


def incident_open_of(rule_id: uuid.UUID) -> Incident | None:
    return Incident.objects.filter(rule_id=rule_id, closed_at=None).first()


def incident_ended_at(rule_id: uuid.UUID) -> datetime | None:
    """When the rule's last incident closed."""
    rows = Incident.objects.filter(rule_id=rule_id).exclude(closed_at=None).order_by("-closed_at")
    return rows.values_list("closed_at", flat=True).first()


def incidents_in(project_id: uuid.UUID) -> QuerySet[Incident]:
    rows = Incident.objects.filter(feed__project_id=project_id)
    return rows.select_related("feed__camera__site", "acknowledged_by", "held_by").order_by("-id")


def incidents_filtered(project_id: uuid.UUID, given: Mapping[str, str]) -> QuerySet[Incident]:
    """By site, camera, feed, rule (ids), severity and state. Raises BadInput for what is none."""
    rows = incidents_in(project_id)
    for name, field in (
        ("site", "feed__camera__site_id"),
        ("camera", "feed__camera_id"),
        ("feed", "feed_id"),
        ("rule", "rule_id"),
    ):
        if given.get(name):
            try:
                rows = rows.filter(**{field: uuid.UUID(given[name])})
            except ValueError as error:
                raise BadInput(f"{name} is no id.", fields={name: "Not an id."}) from error
    if given.get("severity"):
        rows = rows.filter(severity=given["severity"])
    states = {
        "open": Q(closed_at=None),
        "unacknowledged": Q(acknowledged_at=None),
        "closed": Q(closed_at__isnull=False),
        "wrong": Q(wrong_at__isnull=False),
    }
    state = given.get("state")
    if state and state not in states:
        raise BadInput("There is no such state.", fields={"state": "One of " + ", ".join(states) + "."})
    return rows.filter(states[state]) if state else rows


def incident_get(*, actor: User, incident_id: uuid.UUID, at_least: Role = Role.VIEWER) -> Incident:
    incident = (
        Incident.objects.select_related("feed__project", "feed__camera__site", "acknowledged_by", "held_by")
        .filter(pk=incident_id)
        .first()
    )
    if incident is None:
        raise NotFound()
    projects.project_get(actor=actor, project_id=incident.feed.project_id, at_least=at_least)
    return incident


def notes_of(incident: Incident) -> QuerySet[IncidentNote]:
    return IncidentNote.objects.filter(incident=incident).select_related("author").order_by("id")


def captures_of(feed: Feed) -> QuerySet[Capture]:
    return Capture.objects.filter(feed=feed).order_by("-id")


def within(rows: QuerySet[Any], field: str, start: datetime | None, end: datetime | None) -> QuerySet[Any]:
    """Rows of a time from `start` on and before `end`, each where given."""
    given = {f"{field}__gte": start, f"{field}__lt": end}
    return rows.filter(**{key: value for key, value in given.items() if value is not None})


def feeds_visible(*, actor: User, feed_ids: list[uuid.UUID]) -> list[Feed]:
    """Those of the feeds that the person may watch; an id of somebody else's is not there."""
    visible = projects.projects_of(actor).values("id")
    return list(Feed.objects.filter(pk__in=feed_ids, project_id__in=visible))


def feed_counts(project_id: uuid.UUID) -> dict[str, int]:
    """Feeds, those online, and frames sent back in the last 24 hours."""
    feeds = Feed.objects.filter(project_id=project_id)
    return {
        "feeds": feeds.count(),
        "feeds_online": feeds.filter(state=FeedState.ONLINE, lease_expires_at__gt=Now()).count(),
        "captures_24h": Capture.objects.filter(
            feed__project_id=project_id, created_at__gt=Now() - timedelta(hours=24)
        ).count(),
    }


def leasable() -> QuerySet[Feed]:
    """Enabled feeds nobody holds, of living projects."""
    return Feed.objects.filter(enabled=True, project__archived_at=None).filter(
        Q(lease_expires_at=None) | Q(lease_expires_at__lt=Now())
    )


def is_unwatched(feed: Feed) -> bool:
    """Whether a feed that should run has had no worker for a while: all are full, or none is up."""
    since = timezone.now() - timedelta(seconds=UNWATCHED_AFTER_S)
    if not feed.enabled or feed.state == FeedState.ENDED or feed.updated_at > since:
        return False
    return feed.lease_expires_at is None or feed.lease_expires_at < since


def feeds_of_camera(*, actor: User, camera_id: uuid.UUID) -> QuerySet[Feed]:
    """Feeds that show a camera, of projects the person may see."""
    visible = projects.projects_of(actor).values("id")
    rows = Feed.objects.filter(camera_id=camera_id, project_id__in=visible, project__archived_at=None)
    return rows.select_related("camera").order_by("name")


def calibrations_of(camera_id: uuid.UUID) -> QuerySet[CalibrationVersion]:
    """All versions of a camera, newest first."""
    rows = CalibrationVersion.objects.filter(camera_id=camera_id)
    return rows.select_related("camera__site", "still", "reference", "created_by").order_by("-number")


def calibration_current(camera_id: uuid.UUID | None) -> CalibrationVersion | None:
    """The version that holds now; None for a camera nobody calibrated, or whose calibration was ended."""
    if camera_id is None:
        return None
    rows = calibrations_of(camera_id).filter(valid_from__lte=Now())
    return rows.filter(Q(valid_to=None) | Q(valid_to__gt=Now())).first()


def calibration_get(
    *, actor: User, calibration_id: uuid.UUID, at_least: Role = Role.VIEWER
) -> CalibrationVersion:
    version = (
        CalibrationVersion.objects.select_related("camera__site", "still", "reference", "created_by")
        .filter(pk=calibration_id)
        .first()
    )
    if version is None:
        raise NotFound()
    sites.camera_get(actor=actor, camera_id=version.camera_id, at_least=at_least)
    return version


def still_get(*, actor: User, still_id: uuid.UUID, camera_id: uuid.UUID | None = None) -> CalibrationStill:
    """A still the person may see: of a camera of theirs, and of `camera_id` where that is given."""
    still = CalibrationStill.objects.filter(pk=still_id).first()
    if still is None or (camera_id is not None and still.camera_id != camera_id):
        raise NotFound("That still is no longer kept. Take a new one; your points stay.")
    sites.camera_get(actor=actor, camera_id=still.camera_id)
    return still
