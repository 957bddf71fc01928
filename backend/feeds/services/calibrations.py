"""Stills and versions of a camera's calibration: made, ended, restored, doubted, looked at."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import transaction
from django.db.models import RestrictedError
from django.utils import timezone
from PIL import Image

from backend.core import audit, events, storage
from backend.core.enums import Role
from backend.core.errors import Conflict, Stale
from backend.core.models import new_id
from backend.core.permissions import at_least
from backend.feeds import selectors
from backend.feeds.domain.calibrating import FloorDraft, draft_solve, same_shape
from backend.feeds.enums import FeedEventKind
from backend.feeds.errors import NoStill
from backend.feeds.models import CalibrationStill, CalibrationVersion, Feed
from backend.feeds.services.leases import event_record
from backend.feeds.services.stills import full_still_get
from backend.notify import services as notify
from backend.notify.enums import NoticeKind
from backend.projects import selectors as projects
from backend.sites import selectors as sites

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.sites.models import Camera

# A still nobody made a version on is forgotten after this.
STILL_KEPT = timedelta(days=1)
STILL_JPEG_QUALITY = 92


def still_take(*, actor: User, feed: Feed) -> CalibrationStill:
    """Keep the newest picture of a feed to calibrate on. Raises NoStill with what to do."""
    if feed.camera is None:
        raise NoStill("This feed has no camera. Say which camera it shows first.")
    if feed.settings.get("process_only"):
        raise NoStill("This feed only counts and keeps no picture. Switch that off while you calibrate.")
    jpeg = full_still_get(feed.pk)
    if jpeg is None:
        raise NoStill(
            "This feed has shown no picture within the last hour. Start it, wait a few seconds, try again."
        )
    still = still_store(camera=feed.camera, feed=feed, jpeg=jpeg)
    stills_forget(feed.camera)
    return still


def still_store(*, camera: Camera, feed: Feed | None, jpeg: bytes) -> CalibrationStill:
    """Keep a JPEG as a still of a camera. Raises NoStill where it is none."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
            width, height = picture.size
    except OSError as error:
        raise NoStill("The newest picture cannot be read. Wait a few seconds and try again.") from error
    pk = new_id()
    key = storage.write_bytes(f"calibration/{camera.pk}/{pk}.jpg", jpeg)
    return CalibrationStill.objects.create(
        pk=pk, camera=camera, feed=feed, storage_key=key, width=width, height=height
    )


def stills_forget(camera: Camera) -> None:
    """Remove old stills of a camera that no version was made on."""
    for still in CalibrationStill.objects.filter(
        camera=camera, created_at__lt=timezone.now() - STILL_KEPT, versions=None
    ):
        try:
            still.delete()
        except RestrictedError:
            continue  # what its camera is compared with


def stills_burn(camera_id: uuid.UUID) -> None:
    """Hide on all kept stills of a camera what it may not show any more."""
    # Seldom needed, and OpenCV is not a thing for every web process to carry.
    import cv2

    from ml.scene.privacy import burn

    polygons = sites.camera_privacy(camera_id).polygons
    if not polygons:
        return
    for still in CalibrationStill.objects.filter(camera_id=camera_id).exclude(storage_key=""):
        content = np.frombuffer(storage.read_bytes(still.storage_key), np.uint8)
        picture = cv2.imdecode(content, cv2.IMREAD_COLOR)
        if picture is None:
            continue
        burn(picture.astype(np.uint8, copy=False), polygons)
        done, buffer = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, STILL_JPEG_QUALITY])
        if done:
            storage.write_bytes(still.storage_key, buffer.tobytes())


@transaction.atomic
def calibration_save(
    *, actor: User, still: CalibrationStill, draft: FloorDraft, base_number: int
) -> CalibrationVersion:
    """Solve a draft and let it hold from now on, in place of the version before.

    `base_number`: the newest version the person had seen, 0 for none. Raises Stale and CalibrationRefused.
    """
    camera = _locked(still.camera, base_number)
    found = draft_solve(draft)
    return _add(
        actor,
        camera,
        still=still,
        reference=still,
        given=draft.as_dict(),
        solved=found.to_json(),
        k1=found.lens.k1,
        reprojection_cm=found.reprojection_cm,
    )


@transaction.atomic
def calibration_restore(*, actor: User, version: CalibrationVersion, base_number: int) -> CalibrationVersion:
    """Let an old version hold again, as a new one. Raises Stale."""
    camera = _locked(version.camera, base_number)
    return _add(
        actor,
        camera,
        still=version.still,
        reference=version.reference,
        given=version.given,
        solved=version.solved,
        k1=version.k1,
        reprojection_cm=version.reprojection_cm,
    )


@transaction.atomic
def calibration_end(*, actor: User, version: CalibrationVersion) -> CalibrationVersion:
    """From now on the camera shows no metres. Ending twice is the same."""
    version = CalibrationVersion.objects.select_for_update().get(pk=version.pk)
    if version.valid_to is None:
        version.valid_to = timezone.now()
        version.save(update_fields=["valid_to", "updated_at"])
        _record(actor, version, "calibration.end")
    return version


@transaction.atomic
def calibration_looked(
    *, actor: User, version: CalibrationVersion, still: CalibrationStill
) -> CalibrationVersion:
    """A person saw that the floor still lies right on `still`: metres are shown again, and it is the new reference."""
    version = CalibrationVersion.objects.select_for_update().get(pk=version.pk)
    if version.valid_to is not None:
        raise Conflict("This version no longer holds. Look at the one that does.")
    if not same_shape((still.width, still.height), (version.still.width, version.still.height)):
        raise Conflict(
            "The picture has another shape than the one that was calibrated. Place the points anew and save them."
        )
    version.doubted_at, version.doubt_shift_px, version.reference = None, None, still
    version.save(update_fields=["doubted_at", "doubt_shift_px", "reference", "updated_at"])
    _record(actor, version, "calibration.looked", after={"still_id": str(still.pk)})
    return version


@transaction.atomic
def reference_renew(*, version: CalibrationVersion, still: CalibrationStill) -> None:
    """Compare the camera with `still` from now on, for the reference's time is over and both show the same."""
    version.reference = still
    version.save(update_fields=["reference", "updated_at"])
    _record(None, version, "calibration.reference_renew", after={"still_id": str(still.pk)})


@transaction.atomic
def calibration_doubt(*, version_id: uuid.UUID, feed: Feed, shift_px: float) -> bool:
    """The camera seems to look elsewhere: metres stop until a person looked. False when that is known already."""
    version = CalibrationVersion.objects.select_for_update().filter(pk=version_id, doubted_at=None).first()
    if version is None or version.valid_to is not None:
        return False
    version.doubted_at = timezone.now()
    version.doubt_shift_px = shift_px if np.isfinite(shift_px) else None
    version.save(update_fields=["doubted_at", "doubt_shift_px", "updated_at"])
    payload = {"view": "moved", "shift_px": version.doubt_shift_px and round(version.doubt_shift_px, 1)}
    event_record(feed=feed, kind=FeedEventKind.CAMERA, payload=payload)
    people = {m.user for m in projects.members_of(feed.project) if at_least(m.role, Role.MANAGER)}
    if version.created_by is not None and sites.site_role(actor=version.created_by, site=version.camera.site):
        people.add(version.created_by)
    notify.notices_create(
        users=people,
        kind=NoticeKind.INFO,
        title=f"{version.camera.name} seems to have moved",
        body="Its metres are hidden until somebody has looked whether the floor still lies right.",
        link=f"/feeds/{feed.pk}/calibrate",
        project_id=feed.project_id,
    )
    return True


def _locked(camera: Camera, base_number: int) -> Camera:
    """The camera, locked against a second save. Raises Stale when `base_number` is not its newest version."""
    held = type(camera).objects.select_for_update().get(pk=camera.pk)
    newest = selectors.calibrations_of(camera.pk).first()
    number = newest.number if newest else 0
    if base_number != number:
        raise Stale(
            "Somebody else calibrated this camera in between. Look at it again; your points are kept here.",
            extra={"current": {"number": number}},
        )
    return held


def _add(actor: User | None, camera: Camera, **fields: Any) -> CalibrationVersion:
    newest = selectors.calibrations_of(camera.pk).first()
    now = timezone.now()
    CalibrationVersion.objects.filter(camera=camera, valid_to=None).update(valid_to=now, updated_at=now)
    version = CalibrationVersion.objects.create(
        camera=camera, number=newest.number + 1 if newest else 1, valid_from=now, created_by=actor, **fields
    )
    _record(actor, version, "calibration.save", after={"reprojection_cm": round(version.reprojection_cm, 2)})
    return version


def _record(actor: User | None, version: CalibrationVersion, action: str, **changes: Any) -> None:
    organisation_id = version.camera.site.organisation_id
    changes["after"] = {
        "camera_id": str(version.camera_id),
        "number": version.number,
        **changes.get("after", {}),
    }
    audit.record(
        actor=actor,
        organisation_id=organisation_id,
        action=action,
        object_type="calibration",
        object_id=version.pk,
        **changes,
    )
    events.publish(
        organisation_id=organisation_id,
        project_id=None,
        kind="calibration",
        data={"camera_id": str(version.camera_id)},
    )
