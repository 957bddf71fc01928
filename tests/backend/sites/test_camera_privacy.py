"""Who may draw what a camera hides, and which outlines are taken."""

from __future__ import annotations

import pytest

from backend.core.enums import Role
from backend.core.models import AuditEvent
from backend.sites import selectors
from backend.sites.models import Camera, Site
from tests.support import factories

SQUARE = [[0.1, 0.1], [0.5, 0.1], [0.5, 0.5], [0.1, 0.5]]


@pytest.fixture
def camera(db) -> Camera:
    site = Site.objects.create(organisation=factories.make_org(), name="Dock")
    return Camera.objects.create(site=site, name="Dock 3")


def _client(camera: Camera, role: Role):
    return factories.client_for(factories.make_member(camera.site.organisation, role))


def _url(camera: Camera) -> str:
    return f"/api/v1/cameras/{camera.pk}/privacy"


def _patch(client, camera: Camera, version: int = 1, **body):
    return client.patch(_url(camera), body, format="json", HTTP_IF_MATCH=f'"{version}"')


def test_a_manager_draws_and_everybody_of_the_site_sees_it(camera):
    done = _patch(_client(camera, Role.MANAGER), camera, polygons=[SQUARE], retention_days=30)
    assert done.status_code == 200, done.content
    assert done["ETag"] == '"2"'
    seen = _client(camera, Role.VIEWER).get(_url(camera)).json()
    assert seen == {"polygons": [SQUARE], "head_mosaic": False, "retention_days": 30, "version": 2}
    assert selectors.camera_privacy(camera.pk).polygons == (tuple(map(tuple, SQUARE)),)
    row = AuditEvent.objects.get(action="camera.privacy")
    assert (row.before["polygons"], row.after["polygons"]) == ([], [SQUARE])
    camera.refresh_from_db()
    assert str(camera.retention_set_by_id) == str(row.actor_id)


def test_only_what_is_sent_is_changed(camera):
    client = _client(camera, Role.MANAGER)
    _patch(client, camera, polygons=[SQUARE])
    changed = _patch(client, camera, 2, head_mosaic=True).json()
    assert (changed["polygons"], changed["head_mosaic"], changed["version"]) == ([SQUARE], True, 3)


def test_a_change_needs_the_version_last_seen_and_a_manager(camera):
    manager = _client(camera, Role.MANAGER)
    assert manager.patch(_url(camera), {"polygons": []}, format="json").status_code == 428
    assert _patch(manager, camera, 7, polygons=[SQUARE]).status_code == 412
    assert _patch(_client(camera, Role.REVIEWER), camera, polygons=[]).status_code == 403


@pytest.mark.parametrize(
    "polygon",
    [
        SQUARE[:2],
        [[0.1, 0.1], [0.5, 0.1], [1.5, 0.5]],
        [[0.1, 0.1], [0.5, 0.5], [0.5, 0.1], [0.1, 0.5]],
        [[0.1, 0.1], [0.9, 0.9], [0.5, 0.5]],
        [[0.1, 0.1, 0.2], [0.5, 0.1], [0.5, 0.5]],
        [[0.5, 0.5]] * 65,
        "all of it",
    ],
    ids=["two corners", "outside", "crosses itself", "a line", "three numbers", "too many", "no list"],
)
def test_an_outline_that_hides_nothing_or_is_none_is_refused(camera, polygon):
    assert _patch(_client(camera, Role.MANAGER), camera, polygons=[polygon]).status_code == 400
    camera.refresh_from_db()
    assert (camera.privacy_polygons, camera.version) == ([], 1)
