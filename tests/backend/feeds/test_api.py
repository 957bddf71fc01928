"""Feeds through the API: settings, sources, roles; the live stream for those who may watch."""

from __future__ import annotations

import asyncio
import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.utils import timezone
from rest_framework.test import APIClient

from backend.core import events
from backend.core.enums import Role
from backend.core.models import AuditEvent
from backend.feeds import live_asgi
from backend.feeds.jobs.wall import live_channel
from backend.feeds.models import Feed, FeedEvent
from backend.feeds.services import registry
from backend.feeds.services.stills import snapshot_key
from tests.support import factories
from tests.support.feeds import clip_file, make_feed

API = "/api/v1"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def client(manager) -> APIClient:
    return factories.client_for(manager)


def _create(client: APIClient, project: Any, **fields: Any) -> Any:
    body = {"name": "Door", "source_kind": "file", "source": "door.mp4", **fields}
    return client.post(f"{API}/projects/{project.pk}/feeds", body, format="json")


def test_a_feed_is_made_changed_paused_and_removed(project, client):
    clip_file("door.mp4", [0, 40])
    made = _create(client, project, settings={"target_fps": 2.0})
    assert made.status_code == 201, made.content
    feed = made.json()
    assert (feed["state"], feed["settings"]["target_fps"], feed["settings"]["loop"]) == (
        "starting",
        2.0,
        True,
    )
    url = f"{API}/feeds/{feed['id']}"
    changed = client.patch(
        url, {"settings": {"loop": False}, "name": "Gate"}, format="json", HTTP_IF_MATCH='"1"'
    ).json()
    assert (changed["name"], changed["settings"]["loop"], changed["settings"]["target_fps"]) == (
        "Gate",
        False,
        2.0,
    )
    assert client.patch(url, {"enabled": False}, format="json").json()["state"] == "paused"
    assert client.post(f"{url}/restart").json()["state"] == "starting"
    assert [row["id"] for row in client.get(f"{API}/projects/{project.pk}/feeds").json()] == [feed["id"]]
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404
    actions = AuditEvent.objects.filter(object_id=feed["id"]).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["feed.create", "feed.update", "feed.update", "feed.restart", "feed.delete"]


@pytest.mark.parametrize(
    ("fields", "is_unwatched"),
    [
        ({"updated_at": -MINUTE}, True),
        ({"updated_at": -MINUTE, "lease_expires_at": -MINUTE, "state": "online"}, True),
        ({"updated_at": -MINUTE, "lease_expires_at": MINUTE}, False),
        # Made, changed or resumed a moment ago: workers look every second.
        ({}, False),
        ({"updated_at": -MINUTE, "state": "ended"}, False),
        ({"updated_at": -MINUTE, "enabled": False, "state": "paused"}, False),
    ],
)
def test_a_feed_that_no_worker_took_says_so(project, client, fields, is_unwatched):
    clip_file("door.mp4", [0, 40])
    feed = _create(client, project).json()
    now = timezone.now()
    row = {name: now + value if isinstance(value, timedelta) else value for name, value in fields.items()}
    Feed.objects.filter(pk=feed["id"]).update(**{"updated_at": now, **row})
    assert client.get(f"{API}/feeds/{feed['id']}").json()["is_unwatched"] is is_unwatched


@pytest.mark.parametrize(
    ("fields", "status", "names"),
    [
        ({"settings": {"nonsense": 1}}, 400, "nonsense"),
        ({"settings": {"target_fps": 0}}, 400, "target_fps"),
        ({"settings": {"capture_low": 0.9}}, 400, "capture_low"),
        ({"settings": {"capture_per_hour": "many"}}, 400, "capture_per_hour"),
        ({"source": "../../etc/passwd"}, 400, "source"),
        ({"source": ""}, 400, "source"),
        ({"source_kind": "folder"}, 400, "source"),
        ({"source_kind": "asset"}, 400, "asset_id"),
        ({"source_kind": "screen"}, 400, "source_kind"),
        ({"source_kind": "rtsp", "source": "http://8.8.8.8/x"}, 400, "source"),
        ({"source_kind": "mjpeg", "source": "http://127.0.0.1/cam"}, 400, "source"),
        ({"camera_id": str(uuid.uuid4())}, 404, ""),
        ({"name": " "}, 400, "name"),
    ],
)
def test_a_feed_that_cannot_be_is_refused_with_the_field(project, client, fields, status, names):
    clip_file("door.mp4", [0, 40])
    answer = _create(client, project, **fields)
    assert answer.status_code == status, answer.content
    assert names in str(answer.json().get("fields", ""))
    assert not Feed.objects.exists()


def test_a_name_is_taken_once(project, client):
    clip_file("door.mp4", [0, 40])
    assert _create(client, project).status_code == 201
    again = _create(client, project)
    assert (again.status_code, again.json()["code"]) == (409, "feed_name_taken")
    other = _create(client, project, name="Other").json()["id"]
    taken = client.patch(f"{API}/feeds/{other}", {"name": "Door"}, format="json", HTTP_IF_MATCH='"1"')
    assert taken.status_code == 409


def test_a_change_of_a_feed_from_an_old_page_is_refused_and_the_first_one_stays(project, client, manager):
    clip_file("door.mp4", [0, 40])
    url = f"{API}/feeds/{_create(client, project).json()['id']}"
    seen = client.get(url).headers["ETag"]
    assert client.patch(url, {"name": "Gate"}, format="json").status_code == 428
    first = client.patch(url, {"settings": {"target_fps": 2.0}}, format="json", HTTP_IF_MATCH=seen)
    assert first.headers["ETag"] != seen
    stale = client.patch(url, {"settings": {"target_fps": 9.0}}, format="json", HTTP_IF_MATCH=seen)
    assert (stale.status_code, stale.json()["current"]) == (412, {"version": 2})
    assert client.get(url).json()["settings"]["target_fps"] == 2.0


def test_a_change_of_a_feed_leaves_alone_what_a_worker_or_another_manager_wrote_meanwhile(project, manager):
    clip_file("door.mp4", [0, 40])
    feed = make_feed(project, manager, "door.mp4")
    old = Feed.objects.get(pk=feed.pk)
    registry.feed_update(actor=manager, feed=feed, changes={"settings": {"target_fps": 2.0}})
    Feed.objects.filter(pk=feed.pk).update(stats={"frames": 7})
    registry.feed_update(actor=manager, feed=old, changes={"name": "Gate", "settings": {"loop": False}})
    feed.refresh_from_db()
    assert (feed.name, feed.stats) == ("Gate", {"frames": 7})
    assert (feed.settings["target_fps"], feed.settings["loop"]) == (2.0, False)


def test_a_video_of_another_project_is_no_source(project, client):
    other = factories.make_project()
    picture = factories.make_image_asset(project)
    foreign = factories.make_image_asset(other)
    for asset, status in ((picture, 400), (foreign, 404)):
        answer = _create(client, project, source_kind="asset", source="", asset_id=str(asset.pk))
        assert answer.status_code == status, answer.content


@pytest.mark.parametrize(
    ("role", "change", "read"), [(Role.VIEWER, 403, 200), (Role.SCIENTIST, 403, 200), (None, 404, 404)]
)
def test_managers_change_feeds_members_watch_and_strangers_see_nothing(project, manager, role, change, read):
    clip_file("door.mp4", [0, 40])
    feed = make_feed(project, manager, "door.mp4")
    FeedEvent.objects.create(feed=feed, kind="state", at=feed.created_at)
    events.client().set(snapshot_key(feed.pk), b"\xff\xd8", ex=10)
    person = factories.make_project_member(project, role) if role else factories.make_user()
    client, url = factories.client_for(person), f"{API}/feeds/{feed.pk}"
    assert _create(client, project, name="x").status_code == change
    assert client.patch(url, {"enabled": False}, format="json").status_code == change
    assert client.post(f"{url}/restart").status_code == change
    assert client.delete(url).status_code == change
    for path in (
        url,
        f"{url}/events",
        f"{url}/captures",
        f"{url}/snapshot.jpg",
        f"{API}/projects/{project.pk}/feeds",
    ):
        assert client.get(path).status_code == read, path
    assert client.get(f"{API}/projects/{project.pk}/overview").status_code == read


def test_home_and_overview_tell_where_the_loop_stands(project, client, model):
    factories.make_image_asset(project)
    overview = client.get(f"{API}/projects/{project.pk}/overview").json()
    assert (overview["assets"], overview["feeds"], overview["production_model"]["number"]) == (1, 0, 1)
    home = client.get(f"{API}/home").json()
    assert [row["id"] for row in home["projects"]] == [str(project.pk)]
    assert client.get(f"{API}/feeds/{uuid.uuid4()}/snapshot.jpg").status_code == 404


# --- the live stream


def _scope(
    client: APIClient | None, feeds: list[Any], method: str = "GET", path: str = "/api/v1/live/stream"
) -> dict[str, Any]:
    cookie = "; ".join(f"{k}={m.value}" for k, m in client.cookies.items()) if client is not None else ""
    query = "feeds=" + ",".join(str(feed) for feed in feeds)
    headers = [(b"cookie", cookie.encode())] if cookie else []
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": headers,
    }


def _first(scope: dict[str, Any]) -> dict[str, Any]:
    async def ask() -> dict[str, Any]:
        communicator = ApplicationCommunicator(live_asgi.application, scope)
        start = await communicator.receive_output(5)
        communicator.stop(exceptions=False)
        return dict(start)

    return asyncio.run(ask())


def test_the_stream_is_closed_to_strangers_and_to_nobody(project, manager):
    clip_file("door.mp4", [0, 40])
    feed = make_feed(project, manager, "door.mp4")
    stranger = factories.client_for(factories.make_user())
    assert _first(_scope(None, [feed.pk]))["status"] == 401
    assert _first(_scope(stranger, [feed.pk]))["status"] == 404
    member = factories.client_for(manager)
    for feeds in ([], ["nonsense"], [uuid.uuid4()]):
        assert _first(_scope(member, feeds))["status"] == 404
    assert _first(_scope(member, [feed.pk], method="POST"))["status"] == 404
    assert _first(_scope(member, [feed.pk], path="/api/v1/live/other"))["status"] == 404
    forged = _scope(None, [feed.pk])
    forged["headers"] = [(b"cookie", b"sessionid=guess")]
    assert _first(forged)["status"] == 401


def test_the_stream_carries_what_is_published_of_one_s_own_feeds_even_without_a_pause(project, manager):
    clip_file("door.mp4", [0, 40])
    feed = make_feed(project, manager, "door.mp4")
    other = factories.make_project()
    foreign = make_feed(other, manager, "door.mp4")
    scope = _scope(factories.client_for(manager), [feed.pk, foreign.pk])
    received = asyncio.run(_watch(scope, str(feed.pk), str(foreign.pk)))
    assert {message["feed_id"] for message in received} == {str(feed.pk)}
    numbers = [message["n"] for message in received]
    assert numbers == sorted(numbers)  # a slow page gets the newest, never an older one after it


async def _watch(scope: dict[str, Any], own: str, foreign: str) -> list[dict[str, Any]]:
    """Publish faster than the stream sends, until three messages arrived."""
    communicator = ApplicationCommunicator(live_asgi.application, scope)
    start = await communicator.receive_output(5)
    assert start["status"] == 200
    assert (b"content-type", b"text/event-stream; charset=utf-8") in start["headers"]
    received: list[dict[str, Any]] = []
    done = asyncio.Event()

    async def publish() -> None:
        n = 0
        while not done.is_set():
            for feed_id in (foreign, own):
                events.client().publish(live_channel(feed_id), json.dumps({"feed_id": feed_id, "n": n}))
            n += 1
            await asyncio.sleep(0.002)

    publisher = asyncio.ensure_future(publish())
    try:
        while len(received) < 3:
            body = (await communicator.receive_output(5))["body"].decode()
            if body.startswith("data: "):
                received.append(json.loads(body[6:]))
    finally:
        done.set()
        await publisher
    await communicator.send_input({"type": "http.disconnect"})
    await communicator.wait(5)
    return received
