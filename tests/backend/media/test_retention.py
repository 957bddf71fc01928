"""Pictures go when their camera's rule says so, for good, and what proves it stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from backend.core import audit
from backend.core.enums import Role
from backend.core.models import AuditEvent, JobRun
from backend.datasets.models import DatasetItem
from backend.media import retention, services, tasks
from backend.media.models import Asset, Blob, Erasure
from backend.sites import selectors as sites
from backend.sites import services as site_services
from tests.support import factories, media
from tests.support.datasets import freeze_labelled

DAYS = 30


@pytest.fixture
def project(transactional_db):
    return factories.make_project()


@pytest.fixture
def manager(project):
    return factories.make_member(project.organisation, Role.MANAGER, "Mona")


@pytest.fixture
def camera(project, manager):
    site = site_services.site_create(actor=manager, organisation_id=project.organisation_id, name="Dock")
    camera = site_services.camera_create(actor=manager, site=site, name="Door")
    return site_services.camera_privacy_set(
        actor=manager, camera=camera, changes={"retention_days": DAYS}, base_version=1
    )


def taken(project, camera, seed: int, *, days_ago: float) -> Asset:
    return services.asset_register(
        project=project,
        content=media.jpeg(seed),
        name=f"{seed}.jpg",
        actor=None,
        camera=camera,
        captured_at=timezone.now() - timedelta(days=days_ago),
    )


def keys_of(asset: Asset) -> list[str]:
    asset = Asset.objects.select_related("blob").get(pk=asset.pk)
    return [asset.blob.storage_key, asset.display_key, asset.thumbnail_key]


def carry_out() -> int:
    return sum(retention.rule_carry_out(rule, timezone.now()) for rule in sites.retention_rules())


def test_what_is_over_its_time_goes_with_its_files_and_the_rest_stays(project, camera):
    old, young = (taken(project, camera, n, days_ago=days) for n, days in ((1, DAYS + 1), (2, DAYS - 1)))
    other = taken(project, None, 3, days_ago=400)
    gone, kept = keys_of(old), [*keys_of(young), *keys_of(other)]
    assert carry_out() == 1
    assert not any(default_storage.exists(key) for key in gone)
    assert all(default_storage.exists(key) for key in kept)
    old.refresh_from_db()
    assert (old.blob_id, old.display_key, old.thumbnail_key, old.deleted_at is None) == (None, "", "", False)
    assert carry_out() == 0


def test_the_proof_says_what_went_when_and_by_whose_rule_and_is_sealed(project, camera, manager):
    asset = taken(project, camera, 1, days_ago=DAYS + 2)
    blob = Blob.objects.get(assets=asset)
    carry_out()
    proof = Erasure.objects.get()
    assert (proof.asset_id, proof.content_sha256, proof.size_bytes) == (
        asset.pk,
        blob.sha256,
        blob.size_bytes,
    )
    assert (proof.rule_days, proof.rule_set_by, proof.camera_name) == (
        DAYS,
        manager.get_full_name(),
        "Dock · Door",
    )
    assert proof.files_gone_at >= proof.created_at > proof.taken_at
    audit.seal()
    row = AuditEvent.objects.get(action="asset.erase")
    assert row.chain_hash
    assert row.after["content_sha256"] == blob.sha256
    manager.delete()
    camera.delete()
    assert Erasure.objects.get().rule_set_by == proof.rule_set_by


def test_content_that_is_another_picture_too_stays_for_that_one(project, camera):
    mine = taken(project, camera, 1, days_ago=DAYS + 2)
    elsewhere = factories.make_project(organisation=project.organisation)
    theirs = services.asset_register(project=elsewhere, content=media.jpeg(1), name="b.jpg", actor=None)
    keys = keys_of(theirs)
    assert carry_out() == 1
    assert all(default_storage.exists(key) for key in keys)
    assert Erasure.objects.get(asset_id=mine.pk).files == []


def test_files_left_by_a_job_killed_in_between_go_with_the_next(project, camera, monkeypatch):
    asset = taken(project, camera, 1, days_ago=DAYS + 2)
    keys = keys_of(asset)
    monkeypatch.setattr(services, "files_of_erased_remove", lambda: 0)
    carry_out()
    assert all(default_storage.exists(key) for key in keys)
    monkeypatch.undo()
    assert services.files_of_erased_remove() == 1
    assert not any(default_storage.exists(key) for key in keys)
    assert services.files_of_erased_remove() == 0


def test_a_frozen_version_keeps_a_tombstone_and_its_hash(project, camera, manager):
    asset = taken(project, camera, 1, days_ago=DAYS + 2)
    version = freeze_labelled(project, [asset])
    frozen = version.content_hash
    carry_out()
    item = DatasetItem.objects.select_related("asset").get(version=version)
    assert item.asset is None or item.asset.deleted_at is not None
    assert item.asset_sha256 == Erasure.objects.get().content_sha256
    version.refresh_from_db()
    assert version.content_hash == frozen
    items = factories.client_for(manager).get(f"/api/v1/datasets/{version.pk}/items").json()
    assert [row["gone"] for row in items["results"]] == [True]


def test_a_job_is_made_only_where_something_is_due(project, camera):
    tasks.retention()
    assert not JobRun.objects.filter(kind=tasks.RETENTION).exists()
    taken(project, camera, 1, days_ago=DAYS + 2)
    tasks.retention()
    tasks.retention()
    assert JobRun.objects.filter(kind=tasks.RETENTION).count() == 1


def test_proofs_are_for_managers_of_the_site(project, camera, manager):
    taken(project, camera, 1, days_ago=DAYS + 2)
    carry_out()
    url = f"/api/v1/cameras/{camera.pk}/erasures"
    [row] = factories.client_for(manager).get(url).json()["results"]
    assert (row["asset_name"], row["rule_days"]) == ("1.jpg", DAYS)
    viewer = factories.make_member(project.organisation, Role.VIEWER)
    assert factories.client_for(viewer).get(url).status_code == 403
