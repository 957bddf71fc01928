"""What feeds keep outside of assets goes when its camera's rule says so, with a proof; a hold keeps it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import cv2
import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from backend.core import events, storage
from backend.core.enums import Role
from backend.core.models import AuditEvent, JobRun
from backend.feeds.models import CalibrationStill, CalibrationVersion, Feed, Incident
from backend.feeds.services import calibrations, incidents, stills
from backend.feeds.services.clips import frames_key
from backend.media import tasks
from backend.media.models import Erasure
from backend.media.retention import rule_carry_out
from backend.sites import selectors as sites
from backend.sites import services as site_services
from tests.support import factories
from tests.support.feeds import feed_root, grey_jpeg, make_feed

API = "/api/v1"
DAYS = 30


@pytest.fixture
def project(transactional_db: Any) -> Any:
    return factories.make_project()


@pytest.fixture
def manager(project: Any) -> Any:
    return factories.make_member(project.organisation, Role.MANAGER, "Mona")


@pytest.fixture
def feed(project: Any, manager: Any) -> Feed:
    site = site_services.site_create(actor=manager, organisation_id=project.organisation_id, name="Dock")
    camera = site_services.camera_create(actor=manager, site=site, name="Door")
    site_services.camera_privacy_set(
        actor=manager, camera=camera, changes={"retention_days": DAYS}, base_version=1
    )
    (feed_root() / "kept-grey").mkdir(exist_ok=True)
    feed = make_feed(project, manager, "kept-grey")
    Feed.objects.filter(pk=feed.pk).update(camera=camera)
    return Feed.objects.select_related("project", "camera").get(pk=feed.pk)


def incident_of(feed: Feed, *, days_ago: float) -> Incident:
    at = timezone.now() - timedelta(days=days_ago)
    incident = Incident.objects.create(
        feed=feed,
        name="No helmet",
        severity="high",
        asked={},
        opened_at=at,
        seen_at=at,
        closed_at=at,
        peak={"count": 1},
    )
    incidents.evidence_store(incident_id=incident.pk, snapshot=grey_jpeg(90), clip=b"clip %f" % days_ago)
    incident.refresh_from_db()
    return incident


def carry_out() -> int:
    return sum(rule_carry_out(rule, timezone.now()) for rule in sites.retention_rules())


def test_evidence_over_its_time_goes_with_a_proof_each_and_the_row_says_so(feed, manager):
    old, young = incident_of(feed, days_ago=DAYS + 1), incident_of(feed, days_ago=DAYS - 1)
    content = {key: storage.read_bytes(key) for key in (old.snapshot_key, old.clip_key)}
    packed = storage.write_bytes(frames_key(young.pk), b"waits for its clip")
    assert carry_out() == 1
    assert not any(default_storage.exists(key) for key in content)
    assert all(default_storage.exists(key) for key in (young.snapshot_key, young.clip_key, packed))
    proofs = Erasure.objects.filter(asset_id=old.pk).order_by("kind")
    assert [row.kind for row in proofs] == ["incident_clip", "incident_picture"]
    assert {row.content_sha256 for row in proofs} == {hashlib.sha256(c).hexdigest() for c in content.values()}
    assert all(row.files_gone_at and row.rule_days == DAYS for row in proofs)
    sealed = AuditEvent.objects.filter(object_id=str(old.pk)).order_by("id").values_list("action", flat=True)
    assert list(sealed) == ["incident_picture.erase", "incident_clip.erase"]
    client = factories.client_for(manager)
    shown = client.get(f"{API}/incidents/{old.pk}").json()
    assert (shown["has_snapshot"], shown["has_clip"], shown["evidence_erased_at"] is None) == (
        False,
        False,
        False,
    )
    assert client.get(f"{API}/incidents/{old.pk}/snapshot.jpg").status_code == 404
    assert client.get(f"{API}/incidents/{old.pk}/notes").json()[-1]["kind"] == "erased"
    assert client.post(f"{API}/incidents/{old.pk}/wrong").json()["code"] == "no_picture"
    assert carry_out() == 0


def test_pictures_that_wait_for_their_clip_go_too_and_a_late_clip_is_not_kept(feed):
    incident = incident_of(feed, days_ago=DAYS + 1)
    storage.delete(incident.clip_key)
    Incident.objects.filter(pk=incident.pk).update(clip_key="")
    packed = storage.write_bytes(frames_key(incident.pk), b"pictures")
    carry_out()
    assert not default_storage.exists(packed)
    incidents.evidence_store(incident_id=incident.pk, clip=b"late")
    incident.refresh_from_db()
    assert incident.clip_key == ""


def test_a_hold_by_a_manager_keeps_evidence_until_it_is_released(feed, manager):
    incident = incident_of(feed, days_ago=DAYS + 1)
    url = f"{API}/incidents/{incident.pk}/hold"
    reviewer = factories.client_for(factories.make_project_member(feed.project, Role.REVIEWER))
    assert reviewer.post(url, {"held": True}, format="json").status_code == 403
    client = factories.client_for(manager)
    for _ in range(2):
        held = client.post(url, {"held": True, "reason": "Claim 12"}, format="json").json()
        assert held["held_by_name"] == manager.name
    assert carry_out() == 0
    assert default_storage.exists(incident.snapshot_key)
    assert client.post(url, {"held": False}, format="json").json()["held_at"] is None
    assert carry_out() == 1
    gone = client.post(url, {"held": True}, format="json")
    assert (gone.status_code, gone.json()["code"]) == (409, "no_picture")
    told = AuditEvent.objects.filter(object_type="incident").order_by("id")
    assert [row.action for row in told] == ["incident.hold", "incident.release"]
    assert told[0].after == {"reason": "Claim 12"}
    kinds = [note["kind"] for note in client.get(f"{API}/incidents/{incident.pk}/notes").json()]
    assert kinds == ["held", "released", "erased"]


def test_the_clock_starts_the_job_for_evidence_alone(feed):
    incident_of(feed, days_ago=DAYS - 1)
    tasks.retention()
    assert not JobRun.objects.filter(kind=tasks.RETENTION).exists()
    incident_of(feed, days_ago=DAYS + 1)
    tasks.retention()
    assert JobRun.objects.filter(kind=tasks.RETENTION).count() == 1


def floor_jpeg(shift_px: int) -> bytes:
    """A textured hall, moved sideways."""
    picture = np.random.default_rng(1).integers(0, 255, (27, 48, 3), dtype=np.uint8)
    large = cv2.resize(picture, (960, 540), interpolation=cv2.INTER_NEAREST)
    return bytes(cv2.imencode(".jpg", np.roll(large, shift_px, axis=1))[1])


def calibrated(feed: Feed, *, days_ago: float) -> CalibrationVersion:
    still = calibrations.still_store(camera=feed.camera, feed=feed, jpeg=floor_jpeg(0))
    at = timezone.now() - timedelta(days=days_ago)
    CalibrationStill.objects.filter(pk=still.pk).update(created_at=at)
    return CalibrationVersion.objects.create(
        camera=feed.camera,
        number=1,
        still=still,
        reference=still,
        given={"method": "points", "points": [], "distances": [], "lines": [], "k1": None, "checks": []},
        solved={},
        k1=0.0,
        reprojection_cm=1.0,
        valid_from=at,
    )


@pytest.mark.parametrize(
    ("shift_px", "is_watched"), [(0, True), (40, False), (None, False)], ids=["same", "moved", "no picture"]
)
def test_a_calibration_still_goes_and_a_newer_one_watches_the_camera_only_if_it_shows_the_same(
    feed, manager, shift_px, is_watched
):
    version = calibrated(feed, days_ago=DAYS + 1)
    key = version.still.storage_key
    events.client().delete(stills.full_still_key(feed.pk))
    if shift_px is not None:
        stills.full_still_keep(feed.pk, floor_jpeg(shift_px))
    assert carry_out() == 1
    assert not default_storage.exists(key)
    assert Erasure.objects.get().kind == "calibration_still"
    client = factories.client_for(manager)
    [shown] = client.get(f"{API}/cameras/{feed.camera_id}/calibrations").json()
    assert (shown["still"]["has_picture"], shown["is_watched"]) == (False, is_watched)
    gone = client.get(f"{API}/stills/{version.still_id}/picture.jpg")
    assert (gone.status_code, "Take a new one" in gone.json()["message"]) == (404, True)
    calibrations.stills_burn(feed.camera_id)
    assert carry_out() == 0
