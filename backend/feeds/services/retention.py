"""Pictures of a camera that feeds keep outside of assets, incidents' and calibrations', go when its rule says so."""

from __future__ import annotations

import hashlib
import logging
import uuid
from datetime import datetime

import numpy as np
import redis
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from backend.core import storage
from backend.feeds.enums import NoteKind
from backend.feeds.models import CalibrationStill, CalibrationVersion, Feed, Incident, IncidentNote
from backend.feeds.services import calibrations
from backend.feeds.services.clips import frames_key
from backend.feeds.services.stills import full_still_get
from backend.media import services as media
from backend.media.enums import ErasedKind
from backend.sites.contracts import RetentionRule
from ml.geometry.arrays import Bytes

log = logging.getLogger(__name__)

AT_ONCE = 100


def evidence_due(camera_id: uuid.UUID, before: datetime) -> QuerySet[Incident]:
    """Incidents whose picture or clip the camera's rule deletes now; not those on hold."""
    kept = ~Q(snapshot_key="") | ~Q(clip_key="")
    return Incident.objects.filter(kept, feed__camera_id=camera_id, opened_at__lt=before, held_at=None)


def stills_due(camera_id: uuid.UUID, before: datetime) -> QuerySet[CalibrationStill]:
    return CalibrationStill.objects.filter(camera_id=camera_id, created_at__lt=before).exclude(storage_key="")


def anything_due(camera_id: uuid.UUID, before: datetime) -> bool:
    return evidence_due(camera_id, before).exists() or stills_due(camera_id, before).exists()


def carry_out(rule: RetentionRule, before: datetime) -> int:
    """Delete what is due, with a proof each. Runs again without harm; returns how many incidents and stills."""
    references_renew(rule.camera_id, before)
    gone = 0
    for batch in (_evidence_batch, _still_batch):
        while count := batch(rule, before):
            gone += count
    return gone


def references_renew(camera_id: uuid.UUID, before: datetime) -> int:
    """Let a newer still take the place of one that goes and that its camera is compared with. How many.

    Only where the two show the same view: else nobody would learn that the camera moved.
    """
    held = CalibrationVersion.objects.filter(
        camera_id=camera_id, valid_to=None, doubted_at=None, reference__created_at__lt=before
    ).exclude(reference__storage_key="")
    renewed = 0
    for version in held.select_related("reference", "camera__site"):
        still = _same_view(version)
        if still is not None:
            calibrations.reference_renew(version=version, still=still)
            renewed += 1
    return renewed


def _same_view(version: CalibrationVersion) -> CalibrationStill | None:
    """A new still of the camera that shows what the version's reference does."""
    # OpenCV is for this job, not for every web process.
    from ml.scene.moved import CameraView, MovedConfig, MovedWatcher

    for feed in Feed.objects.filter(camera_id=version.camera_id):
        try:
            jpeg = full_still_get(feed.pk)
            reference = _pixels(storage.read_bytes(version.reference.storage_key))
        except (redis.RedisError, OSError):
            continue
        newest = _pixels(jpeg) if jpeg else None
        if jpeg is None or newest is None or reference is None:
            continue
        at_once = MovedConfig(lasting_s=0.0)
        if MovedWatcher(reference, at_once).update(0.0, newest).view is CameraView.SAME:
            return calibrations.still_store(camera=version.camera, feed=feed, jpeg=jpeg)
    return None


def _pixels(jpeg: bytes) -> Bytes | None:
    import cv2

    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    return None if picture is None else cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).astype(np.uint8)


@transaction.atomic
def _evidence_batch(rule: RetentionRule, before: datetime) -> int:
    rows = evidence_due(rule.camera_id, before).order_by("id")
    incidents = list(rows.select_for_update(skip_locked=True, of=("self",))[:AT_ONCE])
    for incident in incidents:
        name = f"{incident.name}, {incident.opened_at:%Y-%m-%d %H:%M} UTC"
        packed = frames_key(incident.pk)
        clip = incident.clip_key or (packed if storage.exists(packed) else "")
        for kind, key in (
            (ErasedKind.INCIDENT_PICTURE, incident.snapshot_key),
            (ErasedKind.INCIDENT_CLIP, clip),
        ):
            _prove(rule, kind, incident.pk, name, incident.opened_at, key)
        incident.snapshot_key, incident.clip_key, incident.evidence_erased_at = "", "", timezone.now()
        incident.save(update_fields=["snapshot_key", "clip_key", "evidence_erased_at", "updated_at"])
        IncidentNote.objects.create(
            incident=incident, kind=NoteKind.ERASED, text=f"By the camera's rule of {rule.days} days."
        )
    return len(incidents)


@transaction.atomic
def _still_batch(rule: RetentionRule, before: datetime) -> int:
    rows = stills_due(rule.camera_id, before).order_by("id")
    stills = list(rows.select_for_update(skip_locked=True, of=("self",))[:AT_ONCE])
    for still in stills:
        name = f"calibration still, {still.created_at:%Y-%m-%d %H:%M} UTC"
        _prove(rule, ErasedKind.CALIBRATION_STILL, still.pk, name, still.created_at, still.storage_key)
        still.storage_key = ""
        still.save(update_fields=["storage_key", "updated_at"])
    return len(stills)


def _prove(
    rule: RetentionRule, kind: ErasedKind, object_id: uuid.UUID, name: str, taken_at: datetime, key: str
) -> None:
    if not key:
        return
    try:
        content = storage.read_bytes(key)
    except OSError:
        # There is nothing left to prove the deletion of.
        log.warning("%s of %s was gone before its time: %s", kind, object_id, key)
        return
    media.erasure_record(
        rule,
        kind=kind,
        object_id=object_id,
        name=name,
        content_sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        taken_at=taken_at,
        files=[key],
    )
