"""Calibrating a camera through the API: what a draft answers, what is refused and why, versions and their doors."""

from __future__ import annotations

import uuid
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from backend.core import storage
from backend.core.enums import Role
from backend.core.models import AuditEvent
from backend.feeds.models import CalibrationStill, CalibrationVersion, Feed
from backend.sites import services as sites
from ml.geometry.lens import Lens
from tests.support import factories, floor
from tests.support.feeds import clip_file, make_feed

API = "/api/v1"


@pytest.fixture
def feed(project, manager) -> Feed:
    clip_file("door.mp4", [0, 40])
    made = make_feed(project, manager, "door.mp4")
    floor.make_camera(made)
    return made


@pytest.fixture
def person(project) -> Any:
    return factories.make_member(project.organisation, Role.MANAGER, "Floor keeper")


@pytest.fixture
def client(person) -> APIClient:
    return factories.client_for(person)


def _solve(client: APIClient, feed: Feed, body: dict[str, Any]) -> Any:
    return client.post(f"{API}/cameras/{feed.camera_id}/calibrations/solve", body, format="json")


def _save(client: APIClient, feed: Feed, body: dict[str, Any], seen: int) -> Any:
    url = f"{API}/cameras/{feed.camera_id}/calibrations"
    return client.post(url, body, format="json", HTTP_IF_MATCH=f'"{seen}"')


def _on_floor(floor_map: dict[str, Any], pixels: Any) -> Any:
    """Pixels to metres by the map as the API tells it."""
    lens = Lens(floor_map["k1"], tuple(floor_map["centre_px"]), floor_map["unit_px"])
    rows = np.column_stack([lens.undistort(pixels), np.ones(len(pixels))])
    mapped = rows @ np.array(floor_map["matrix"]).reshape(3, 3).T
    return mapped[:, :2] / mapped[:, 2:]


def test_a_draft_answers_with_the_true_floor_its_lens_and_how_sure_and_stores_nothing(client, feed):
    still = floor.make_still(feed)
    a, b = floor.TRUE.floor_to_image([[-1.0, 6.0], [2.0, 10.0]]).tolist()
    checks = [{"x1": a[0], "y1": a[1], "x2": b[0], "y2": b[1], "metres": m} for m in (5.0, 6.0)]
    answer = _solve(client, feed, floor.draft_of(still, checks=checks))
    assert answer.status_code == 200, answer.content
    said = answer.json()
    probe = np.array([[-2.0, 6.0], [3.0, 10.0], [0.0, 5.0]])
    assert np.abs(_on_floor(said["map"], floor.TRUE.floor_to_image(probe)) - probe).max() < 0.03
    assert said["k1"] == pytest.approx(-0.25, abs=0.03)
    assert said["reprojection_cm"] < 1.0
    assert max(point["error_cm"] for point in said["points"]) < 2.0
    assert [check["agrees"] for check in said["checks"]] == [True, False]
    assert said["checks"][0]["low_m"] <= 5.0 <= said["checks"][0]["high_m"]
    # Grid lines lie where the true camera sees whole metres.
    line = next(line for line in said["grid"]["lines"] if (line["axis"], line["metres"]) == ("y", 8.0))
    assert np.abs(_on_floor(said["map"], np.array(line["path"]))[:, 1] - 8.0).max() < 0.1
    sure = said["sure"]
    assert len(sure["metres"]) == sure["columns"] * sure["rows"]
    assert sure["metres"][0] is None or sure["metres"][0] > sure["metres"][-sure["columns"] // 2]
    assert said["warnings"] == []
    assert not CalibrationVersion.objects.exists()


def test_distances_alone_tell_the_floor_as_well(client, feed):
    still, places = floor.make_still(feed), np.array(floor.PLACES_M)
    pairs = [(0, 1), (0, 2), (1, 4), (2, 3), (3, 4), (5, 6), (6, 7), (2, 5), (4, 7)]
    lengths = [
        {"first": i, "second": j, "metres": float(np.hypot(*(places[i] - places[j])))} for i, j in pairs
    ]
    bare = [{"x": p["x"], "y": p["y"]} for p in floor.points_of()]
    said = _solve(client, feed, floor.draft_of(still, bare, method="distances", distances=lengths)).json()
    told = [each["metres"] for each in said["lengths"]]
    assert told == pytest.approx([each["metres"] for each in lengths], abs=0.05)
    assert said["points"][0]["error_cm"] is None


def _collinear() -> list[dict[str, float]]:
    return floor.points_of([[0.0, 5.0], [0.0, 7.0], [0.0, 9.0], [0.0, 12.0]])


def _swapped(first: int, second: int) -> list[dict[str, float]]:
    points = floor.points_of()
    a, b = dict(points[first]), dict(points[second])
    points[first].update(x_m=b["x_m"], y_m=b["y_m"])
    points[second].update(x_m=a["x_m"], y_m=a["y_m"])
    return points


def _mistyped() -> list[dict[str, float]]:
    points = floor.points_of()
    points[3].update(x_m=7.0, y_m=0.0)
    return points


@pytest.mark.parametrize(
    ("points", "says"),
    [
        ([], "at least 4 floor points"),
        (floor.points_of()[:3], "There are 3"),
        (_collinear(), "lie on one line"),
        ([*floor.points_of()[:4], {"x": 500.0, "y": 300.0}], "Point 5 has no metres yet"),
        ([*floor.points_of()[:4], floor.points_of()[0]], "Points 1 and 5 lie on the same spot"),
        ([*floor.points_of()[:4], {**floor.points_of()[0], "x": 500.0}], "Points 1 and 5 have the same"),
        ([*floor.points_of()[:4], {"x": 999.0, "y": 1.0, "x_m": 0.0, "y_m": 1.0}], "outside the picture"),
        (_swapped(2, 4), "Points 3 and 5 look swapped"),
        (_mistyped(), "Point 4 does not fit the others"),
    ],
    ids=[
        "none",
        "three",
        "one line",
        "no metres",
        "doubled",
        "same metres",
        "outside",
        "swapped",
        "mistyped",
    ],
)
def test_points_that_tell_no_floor_are_refused_with_what_to_do(client, feed, points, says):
    answer = _solve(client, feed, floor.draft_of(floor.make_still(feed), points))
    assert answer.status_code == 422, answer.content
    assert says in answer.json()["message"]


def test_a_plan_with_mirrored_axes_is_the_same_floor(client, feed):
    """Plans count y downwards as often as upwards; a distance is a distance."""
    still = floor.make_still(feed)
    a, b = floor.TRUE.floor_to_image([[-1.0, 6.0], [2.0, 10.0]]).tolist()
    check = {"x1": a[0], "y1": a[1], "x2": b[0], "y2": b[1], "metres": 5.0}
    mirrored = [{**point, "y_m": 20.0 - point["y_m"]} for point in floor.points_of()]
    said = _solve(client, feed, floor.draft_of(still, mirrored, checks=[check])).json()
    assert said["checks"][0]["metres"] == pytest.approx(5.0, abs=0.03)
    assert said["knows_height"]


@pytest.mark.parametrize(
    "more",
    [
        {"points": floor.points_of() * 20},
        {"points": [{"x": "NaN", "y": 1.0}]},
        {"points": [{"x": 1.0, "y": -1.0}]},
        {"k1": 9.0},
        {"method": "guess"},
        {"distances": [{"first": 0, "second": 1, "metres": 0.0}]},
        {"lines": [[{"x": 1.0, "y": 1.0}] * 500]},
    ],
)
def test_what_no_page_would_send_is_a_plain_400(client, feed, more):
    answer = _solve(client, feed, {**floor.draft_of(floor.make_still(feed)), **more})
    assert answer.status_code == 400, answer.content


def test_versions_follow_each_other_can_end_and_come_back_and_are_audited(client, feed, person):
    still = floor.make_still(feed)
    url = f"{API}/cameras/{feed.camera_id}/calibrations"
    assert client.get(url).headers["ETag"] == '"0"'
    first = _save(client, feed, floor.draft_of(still), 0)
    assert first.status_code == 201, first.content
    assert (first.json()["number"], first.json()["valid_to"]) == (1, None)
    assert first.json()["created_by"] == person.name
    second = _save(client, feed, floor.draft_of(still, floor.points_of()[:6]), 1).json()
    rows = client.get(url).json()
    assert [row["number"] for row in rows] == [2, 1]
    assert rows[1]["valid_to"] == second["valid_from"]
    assert len(rows[0]["given"]["points"]) == 6
    ended = client.post(f"{API}/calibrations/{second['id']}/end").json()
    again = client.post(f"{API}/calibrations/{second['id']}/end").json()
    assert ended["valid_to"] == again["valid_to"] is not None
    back = f"{API}/calibrations/{rows[1]['id']}/restore"
    assert client.post(back, HTTP_IF_MATCH='"1"').status_code == 412
    restored = client.post(back, HTTP_IF_MATCH='"2"').json()
    assert (restored["number"], restored["valid_to"]) == (3, None)
    assert restored["given"] == rows[1]["given"]
    actions = AuditEvent.objects.filter(object_type="calibration").order_by("id")
    assert list(actions.values_list("action", flat=True)) == [
        "calibration.save",
        "calibration.save",
        "calibration.end",
        "calibration.save",
    ]


def test_a_save_over_somebody_elses_version_is_refused_and_keeps_theirs(client, feed):
    still = floor.make_still(feed)
    assert _save(client, feed, floor.draft_of(still), 0).status_code == 201
    late = _save(client, feed, floor.draft_of(still, floor.points_of()[:5]), 0)
    assert (late.status_code, late.json()["current"]) == (412, {"number": 1})
    url = f"{API}/cameras/{feed.camera_id}/calibrations"
    assert client.post(url, floor.draft_of(still), format="json").status_code == 428
    assert CalibrationVersion.objects.get().number == 1


def test_a_still_is_taken_from_the_newest_picture_and_says_what_to_do_without_one(project, manager, feed):
    client = factories.client_for(manager)
    url = f"{API}/feeds/{feed.pk}/stills"
    none = client.post(url)
    assert (none.status_code, none.json()["code"]) == (409, "no_still")
    assert "Start it" in none.json()["message"]
    floor.show_picture(feed)
    taken = client.post(url).json()
    assert (taken["width"], taken["height"]) == floor.SIZE
    sites.member_set(actor=_admin(project), site=feed.camera.site, user_id=manager.pk, role=Role.VIEWER)
    picture = client.get(f"{API}/stills/{taken['id']}/picture.jpg")
    assert picture.content == floor.hall_jpeg()
    clip_file("bare.mp4", [0, 40])
    bare = make_feed(project, manager, "bare.mp4")
    assert "has no camera" in client.post(f"{API}/feeds/{bare.pk}/stills").json()["message"]
    Feed.objects.filter(pk=feed.pk).update(settings={**feed.settings, "process_only": True})
    assert "only counts" in client.post(url).json()["message"]


def _admin(project: Any) -> Any:
    return factories.make_member(project.organisation, Role.ADMIN, "Admin")


def test_unused_stills_go_and_files_go_with_their_camera(feed, manager):
    floor.show_picture(feed)
    old, used = floor.make_still(feed), floor.make_still(feed)
    client = factories.client_for(_admin(feed.project))
    assert _save(client, feed, floor.draft_of(used), 0).status_code == 201
    CalibrationStill.objects.update(created_at="2020-01-01T00:00Z")
    assert factories.client_for(manager).post(f"{API}/feeds/{feed.pk}/stills").status_code == 201
    assert not CalibrationStill.objects.filter(pk=old.pk).exists()
    with pytest.raises(OSError):
        storage.read_bytes(old.storage_key)
    assert storage.read_bytes(used.storage_key)
    feed.camera.delete()
    with pytest.raises(OSError):
        storage.read_bytes(used.storage_key)


def test_who_only_sees_the_site_may_look_and_try_but_not_save_and_a_strangers_still_is_not_there(
    project, feed
):
    viewer = factories.client_for(factories.make_member(project.organisation, Role.VIEWER))
    still = floor.make_still(feed)
    assert viewer.get(f"{API}/cameras/{feed.camera_id}/calibrations").json() == []
    assert _solve(viewer, feed, floor.draft_of(still)).status_code == 200
    assert _save(viewer, feed, floor.draft_of(still), 0).status_code == 403
    other = Feed.objects.get(pk=feed.pk)
    floor.make_camera(other, "Elsewhere")
    foreign = floor.make_still(other)
    answer = _solve(viewer, feed, floor.draft_of(foreign))
    assert (answer.status_code, "Take a new one" in answer.json()["message"]) == (404, True)


def test_a_feed_is_told_which_camera_it_shows(project, manager, feed):
    client = factories.client_for(_admin(project))
    url = f"{API}/feeds/{feed.pk}"
    camera = str(feed.camera_id)
    version = client.get(url).headers["ETag"]
    assert client.patch(url, {"camera_id": None}, format="json").status_code == 428
    gone = client.patch(url, {"camera_id": None}, format="json", HTTP_IF_MATCH=version)
    assert gone.json()["camera_id"] is None
    back = client.patch(url, {"camera_id": camera}, format="json", HTTP_IF_MATCH=gone.headers["ETag"])
    assert back.json()["camera_id"] == camera
    assert [row["id"] for row in client.get(f"{API}/cameras/{camera}/feeds").json()] == [str(feed.pk)]
    foreign = {"camera_id": str(uuid.uuid4())}
    assert client.patch(url, foreign, format="json", HTTP_IF_MATCH=back.headers["ETag"]).status_code == 404
