"""Rules at work on one feed: judged on each frame, written where something changed."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError
from django.utils import timezone

from backend.core.errors import AppError
from backend.feeds import selectors
from backend.feeds.domain.measures import GearLook, Measures
from backend.feeds.domain.rule_engine import Change, IncidentChange, Peak, RuleWatcher
from backend.feeds.domain.rule_engine import Rule as Asked
from backend.feeds.domain.rules import Condition, schedule_parse
from backend.feeds.domain.scene import SceneFrame
from backend.feeds.domain.schedule import Window, is_at_work
from backend.feeds.jobs.evidence import Evidence
from backend.feeds.jobs.ring import Ring
from backend.feeds.models import Feed, Rule
from backend.feeds.services import incidents
from backend.feeds.services.conditions import condition_at_work
from backend.learning.contracts import ModelInfo

log = logging.getLogger(__name__)

# What waits while the database is away; more is dropped, oldest first.
WAITING_MAX = 200


class _AtWork:
    """One rule with its watcher."""

    def __init__(self, row: Rule, condition: Condition, time_zone: str) -> None:
        self.row, self.time_zone = row, time_zone
        self.windows: tuple[Window, ...] = schedule_parse(row.schedule)[0]
        self.watcher = RuleWatcher(Asked(str(row.pk), condition, row.clear_s, row.cooldown_s))
        self.incident_id: uuid.UUID | None = None

    def may_open(self, now: datetime) -> bool:
        return is_at_work(self.windows, now, self.time_zone)


class Rules:
    """One feed's rules. `follow` is called where the database is; `frame` for each frame."""

    def __init__(self, feed: Feed, owner: str) -> None:
        self.feed, self.owner = feed, owner
        self.evidence = Evidence()
        self._at_work: dict[str, _AtWork] = {}
        self._signatures: dict[str, tuple[object, ...]] = {}
        self._gear = GearLook([], ())
        self._known: frozenset[str] = frozenset()
        self._model_id: uuid.UUID | None = None
        self._waiting: list[tuple[IncidentChange, SceneFrame, datetime]] = []
        self._clock_s = 0.0
        self._calibration_id: uuid.UUID | None = None
        site = feed.camera.site if feed.camera_id and feed.camera is not None else None
        self._time_zone = site.time_zone if site is not None else "UTC"

    def follow(self, info: ModelInfo | None, names: Mapping[str, str], clock_s: float) -> None:
        """Take the rules as they are now, and write what could not be written. Raises DatabaseError."""
        self._write()
        self._model_id = info.id if info else None
        known = (
            frozenset(names.get(bound.label_id, "") for bound in info.binding.values())
            if info
            else frozenset()
        )
        rows = {str(row.pk): row for row in selectors.rules_at_work(self.feed.pk)}
        for gone in self._at_work.keys() - rows.keys():
            self._drop(gone)
        fresh = False
        for key, row in rows.items():
            signature = (row.version, tuple(sorted(names.items())), known)
            if self._signatures.get(key) != signature:
                self._take(key, row, names, clock_s)
                self._signatures[key] = signature
                fresh = True
        if fresh or known != self._known:
            self._known = known
            self._look_anew()

    def source_opened(self) -> None:
        """The source's time and track ids begin again."""
        for rule in self._at_work.values():
            rule.watcher.forget_tracks()
        self._look_anew()

    @property
    def is_watching(self) -> bool:
        """Whether an incident may open or its clip still waits."""
        return bool(self._at_work) or self.evidence.waits

    def at_work(self) -> list[uuid.UUID]:
        """Rules that look at this moment: enabled, and within their hours."""
        now = timezone.now()
        return [rule.row.pk for rule in self._at_work.values() if rule.may_open(now)]

    def frame(self, scene: SceneFrame, ring: Ring, calibration_id: uuid.UUID | None = None) -> None:
        """Judge a frame. A database that is away makes it wait."""
        self._clock_s, self._calibration_id = scene.clock_s, calibration_id
        measures = Measures(scene, self._gear.update(scene))
        now = timezone.now()
        for rule in self._at_work.values():
            for change in rule.watcher.update(scene, measures, rule.may_open(now)):
                self._waiting.append((change, scene, now))
        del self._waiting[:-WAITING_MAX]
        try:
            self._write(ring)
            self.evidence.look(scene.clock_s, ring)
        except DatabaseError:
            log.warning("feed %s: an incident waits, the database did not answer", self.feed.pk)
        except (AppError, OSError) as error:
            log.warning("feed %s: an incident's picture was not kept: %s", self.feed.pk, error)

    def flush(self, ring: Ring, *, over: bool) -> None:
        """Write what waits; with `over`, the source has ended and so have its incidents. Raises DatabaseError."""
        if over:
            scene = SceneFrame(0.0, self._clock_s, (1, 1), (), None)
            for rule in self._at_work.values():
                for change in rule.watcher.close(self._clock_s):
                    self._waiting.append((change, scene, timezone.now()))
        self._write(ring)
        self.evidence.flush(ring)

    def _take(self, key: str, row: Rule, names: Mapping[str, str], clock_s: float) -> None:
        condition = condition_at_work(row.condition, names)
        rule = _AtWork(row, condition, self._time_zone)
        now = timezone.now()
        open_row = selectors.incident_open_of(row.pk)
        if open_row is not None:
            rule.incident_id = open_row.pk
            since_s = clock_s - (now - open_row.opened_at).total_seconds()
            rule.watcher.resume(since_s, clock_s, _peak_read(open_row.peak))
        else:
            ended = selectors.incident_ended_at(row.pk)
            if ended is not None:
                rule.watcher.wait_until(clock_s - (now - ended).total_seconds() + row.cooldown_s)
        self._at_work[key] = rule

    def _drop(self, key: str) -> None:
        rule = self._at_work.pop(key)
        self._signatures.pop(key, None)
        scene = SceneFrame(0.0, self._clock_s, (1, 1), (), None)
        for change in rule.watcher.close(self._clock_s):
            self._store(rule, change, scene, timezone.now(), None)

    def _look_anew(self) -> None:
        wanted = [
            (item, rule.watcher.rule.condition.labels)
            for rule in self._at_work.values()
            for item in rule.watcher.rule.condition.gear
        ]
        self._gear = GearLook(wanted, self._known)

    def _write(self, ring: Ring | None = None) -> None:
        while self._waiting:
            change, scene, now = self._waiting[0]
            rule = self._at_work.get(change.rule_id)
            if rule is not None:
                self._store(rule, change, scene, now, ring)
            self._waiting.pop(0)

    def _store(
        self, rule: _AtWork, change: IncidentChange, scene: SceneFrame, now: datetime, ring: Ring | None
    ) -> None:
        seen_at = now - timedelta(seconds=scene.clock_s - change.seen_s)
        involved = incidents.involved_rows(dict(change.involved), _boxes(scene))
        peak = peak_record(change.peak)
        if change.change is Change.OPEN:
            opened_at = now - timedelta(seconds=scene.clock_s - change.since_s)
            incident = incidents.incident_open(
                rule=rule.row,
                owner=self.owner,
                asked={"version": rule.row.version, "condition": rule.row.condition},
                opened_at=opened_at,
                seen_at=seen_at,
                involved=involved,
                peak=peak,
                model_version_id=self._model_id,
                calibration_id=self._calibration_id,
                source_time_s=scene.time_s,
            )
            rule.incident_id = incident.pk if incident is not None else None
            if incident is not None and ring is not None:
                self.evidence.opened(incident.pk, opened_at, scene.clock_s, ring)
        elif rule.incident_id is not None:
            closed = change.change is Change.CLOSE
            incidents.incident_follow(
                incident_id=rule.incident_id,
                owner=self.owner,
                seen_at=seen_at,
                involved=involved,
                peak=peak,
                closed=closed,
            )
            if closed:
                rule.incident_id = None


def peak_record(peak: Peak) -> dict[str, Any]:
    """As JSON, without what was not measured."""
    found: dict[str, Any] = {"count": peak.count}
    if peak.near_m is not None:
        found["near_m"] = [round(v, 2) for v in peak.near_m]
    if peak.speed_m_s is not None:
        found["speed_m_s"] = [round(v, 2) for v in peak.speed_m_s]
    if peak.dwell_s is not None:
        found["dwell_s"] = round(peak.dwell_s, 1)
    return found


def _peak_read(stored: Mapping[str, Any]) -> Peak:
    near, speed = stored.get("near_m"), stored.get("speed_m_s")
    return Peak(
        tuple(near) if near else None,  # type: ignore[arg-type]
        tuple(speed) if speed else None,  # type: ignore[arg-type]
        stored.get("dwell_s"),
        int(stored.get("count", 0)),
    )


def _boxes(scene: SceneFrame) -> dict[int, Collection[float]]:
    width, height = scene.size_px
    return {
        p.track_id: (p.box.x1 / width, p.box.y1 / height, p.box.x2 / width, p.box.y2 / height)
        for p in scene.points
    }
