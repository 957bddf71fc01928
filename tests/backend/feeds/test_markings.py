"""Zones and lines: what can be one, drawn and changed through the API, watched on tracks."""

from __future__ import annotations

from typing import Any

import pytest

from backend.core.enums import Role
from backend.core.models import AuditEvent
from backend.feeds.domain.markings import points_problem
from backend.feeds.domain.scene import MarkingShape, SceneWatcher
from backend.feeds.jobs.scene import Scene
from backend.feeds.models import Feed, Marking
from ml.contracts import Box, TrackPoint
from tests.support import factories
from tests.support.feeds import clip_file, make_feed

API = "/api/v1"
SQUARE = [[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]]
SIZE_PX = (400, 200)


@pytest.fixture
def feed(project: Any, manager: Any) -> Feed:
    clip_file("door.mp4", [0, 40])
    return make_feed(project, manager, "door.mp4")


@pytest.mark.parametrize(
    ("kind", "space", "points", "word"),
    [
        ("zone", "picture", SQUARE, ""),
        ("zone", "ground", [[-5, 0], [5, 0], [0, 9]], ""),
        ("line", "picture", [[0, 0], [1, 1]], ""),
        ("zone", "picture", [[0, 0], [1, 1]], "corners"),
        ("zone", "picture", [[0, 0], [1, 1], [1, 0], [0, 1]], "cross"),
        ("zone", "picture", [[0, 0], [0.5, 0.5], [1, 1]], "area"),
        ("zone", "picture", [[0, 0], [1.2, 0], [0, 1]], "between"),
        ("zone", "ground", [[0, 0], [20_000, 0], [0, 1]], "between"),
        ("zone", "picture", [[0, 0], [float("nan"), 0], [0, 1]], "numbers"),
        ("line", "picture", SQUARE, "two ends"),
        ("line", "picture", [[0.5, 0.5], [0.501, 0.5]], "on one another"),
    ],
)
def test_what_can_be_a_zone_or_a_line(kind, space, points, word):
    problem = points_problem(kind, space, points)
    assert (word in problem) if word else problem == ""


def test_a_zone_is_drawn_moved_and_removed_and_each_is_in_the_audit(feed, manager):
    client = factories.client_for(manager)
    url = f"{API}/feeds/{feed.pk}/markings"
    made = client.post(url, {"kind": "zone", "name": "Bay", "points": SQUARE}, format="json")
    assert made.status_code == 201, made.content
    one = f"{API}/markings/{made.json()['id']}"
    assert client.patch(one, {"name": "Dock"}, format="json").status_code == 428
    moved = client.patch(one, {"points": SQUARE[:3]}, format="json", HTTP_IF_MATCH='"1"')
    assert (moved.status_code, moved.json()["version"]) == (200, 2)
    stale = client.patch(one, {"name": "Dock"}, format="json", HTTP_IF_MATCH='"1"')
    assert (stale.status_code, stale.json()["current"]) == (412, {"version": 2})
    assert [row["points"] for row in client.get(url).json()] == [SQUARE[:3]]
    assert client.delete(one).status_code == 204
    actions = AuditEvent.objects.filter(object_type="marking").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["marking.create", "marking.update", "marking.delete"]


def test_what_cannot_be_drawn_is_refused_with_the_field_and_nothing_is_kept(feed, project, manager):
    client = factories.client_for(manager)
    url = f"{API}/feeds/{feed.pk}/markings"
    body = {"kind": "zone", "name": "Bay", "points": SQUARE}
    assert client.post(url, body, format="json").status_code == 201
    for changes, status, field in (
        ({}, 409, "name"),
        ({"name": "B", "points": [[0, 0], [1, 1], [1, 0], [0, 1]]}, 400, "points"),
        ({"name": "B", "points": [[0, 0]] * 65}, 400, "points"),
        ({"name": "B", "kind": "circle"}, 400, "kind"),
        ({"name": " "}, 400, "name"),
    ):
        answer = client.post(url, {**body, **changes}, format="json")
        assert (answer.status_code, field in answer.json()["fields"]) == (status, True), answer.content
    annotator = factories.client_for(factories.make_project_member(project, Role.ANNOTATOR))
    assert annotator.get(url).status_code == 200
    assert annotator.post(url, {**body, "name": "C"}, format="json").status_code == 403
    assert Marking.objects.count() == 1


def track(track_id: int, x: float, foot_y: float) -> TrackPoint:
    return TrackPoint(track_id, 0.0, Box(x - 5, foot_y - 40, x + 5, foot_y), "person", 0.9, True)


def test_a_person_is_seen_to_enter_stay_and_leave_on_the_foot_point():
    watcher = SceneWatcher()
    watcher.set_shapes([MarkingShape("z", "zone", "picture", tuple((x, y) for x, y in SQUARE))])
    heard, dwell = [], []
    for n in range(40):
        # In the zone's column from 1.0 s to 2.9 s; its head is above the zone all the time.
        x = 200.0 if 10 <= n < 30 else 20.0
        seen = watcher.update(n / 10, n / 10, SIZE_PX, [track(1, x, 60.0)], None)
        heard += [(event.change.value, round(event.time_s, 1)) for event in seen.zone_events]
        dwell.append(round((seen.dwell_s or {}).get(("z", 1), 0.0), 1))
    assert heard == [("enter", 1.0), ("exit", 3.0)]
    assert (dwell[9], dwell[20], dwell[39]) == (0.0, 1.0, 0.0)


def test_forward_over_a_line_is_from_left_to_right_on_the_screen():
    watcher = SceneWatcher()
    # Drawn upwards: its right is the screen's right.
    watcher.set_shapes([MarkingShape("l", "line", "picture", ((0.5, 1.0), (0.5, 0.0)))])
    there = [*range(100, 300, 10)]
    heard = []
    for n, x in enumerate([*there, *reversed(there)]):
        heard += watcher.update(n / 10, n / 10, SIZE_PX, [track(1, x, 100.0)], None).line_events
    assert [event.direction.value for event in heard] == ["forward", "backward"]


def test_a_zone_on_the_ground_stays_silent_where_nothing_is_measured():
    watcher = SceneWatcher()
    watcher.set_shapes([MarkingShape("z", "zone", "ground", ((-50.0, -50.0), (50.0, -50.0), (0.0, 90.0)))])
    for n in range(20):
        seen = watcher.update(n / 10, n / 10, SIZE_PX, [track(1, 200.0, 100.0)], None)
        assert not seen.zone_events and not seen.dwell_s


def test_a_zone_that_is_moved_begins_anew_and_the_others_go_on():
    watcher = SceneWatcher()
    kept = MarkingShape("kept", "zone", "picture", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))
    watcher.set_shapes([kept, MarkingShape("moved", "zone", "picture", kept.points)])
    people = [track(1, 200.0, 100.0)]
    for n in range(20):
        watcher.update(n / 10, n / 10, SIZE_PX, people, None)
    watcher.set_shapes([kept, MarkingShape("moved", "zone", "picture", kept.points[:3])])
    seen = watcher.update(2.0, 2.0, SIZE_PX, people, None)
    assert dict(seen.dwell_s or {}) == {("kept", 1): pytest.approx(2.0)}


def test_the_worker_takes_up_what_is_drawn_while_it_runs(feed):
    scene = Scene(feed)
    scene.follow()
    Marking.objects.create(feed=feed, kind="zone", name="all", points=[[0, 0], [1, 0], [1, 1], [0, 1]])
    scene.follow()
    events = [
        event
        for n in range(10)
        for event in scene.frame(n / 10, n / 10, SIZE_PX, [track(1, 200.0, 100.0)], None, []).zone_events
    ]
    assert [event.change.value for event in events] == ["enter"]
