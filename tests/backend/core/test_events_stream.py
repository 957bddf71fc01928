"""Server-sent events over a real socket: who hears what, and what ends a stream."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis
import uvicorn
from django.conf import settings
from django.test import Client

from backend.accounts.models import User
from backend.config.audience import audience_of
from backend.core import events
from backend.core.enums import Role
from backend.core.events_asgi import EventStream
from tests.support.factories import PASSWORD, make_member, make_org, make_project

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def serving(stream: EventStream) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(stream, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@contextmanager
def listening(port: int, cookie: str) -> Iterator[http.client.HTTPResponse]:
    """An open stream, past its first line."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/api/v1/events", headers={"Cookie": cookie})
    answer = connection.getresponse()
    try:
        assert answer.status in (200, 401)
        if answer.status == 200:
            assert answer.readline().startswith(b"retry:")
        yield answer
    finally:
        answer.close()
        connection.close()


def cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def next_event(answer: http.client.HTTPResponse) -> dict[str, object]:
    while True:
        line = answer.readline()
        assert line, "the stream ended"
        if line.startswith(b"data: "):
            found: dict[str, object] = json.loads(line[6:])
            return found


def publish(organisation_id: object, kind: str, project_id: object = None) -> None:
    body = json.dumps({"kind": kind, "project_id": str(project_id) if project_id else None, "data": {}})
    events.client().publish(f"events:org:{organisation_id}", body)


def wait_for_nobody(organisation_id: object) -> None:
    """Until no stream listens to the organisation any more."""
    name = f"events:org:{organisation_id}"
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        deadline = time.monotonic() + 10
        while dict(client.pubsub_numsub(name))[name.encode()]:
            assert time.monotonic() < deadline, "still subscribed"
            threading.Event().wait(0.02)


def test_a_member_hears_their_organisation_and_no_other() -> None:
    ours, theirs = make_org(), make_org()
    member = make_member(ours, Role.VIEWER)
    with serving(EventStream(audience_of)) as port, listening(port, cookie_of(member)) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        publish(theirs.pk, "not for us")
        publish(ours.pk, "for us")
        assert next_event(answer)["kind"] == "for us"


def test_a_plain_member_hears_only_of_projects_they_may_see() -> None:
    organisation = make_org()
    member = make_member(organisation)
    project, hidden = make_project(organisation=organisation), make_project(organisation=organisation)
    project.memberships.create(user=member, role=Role.ANNOTATOR)
    with serving(EventStream(audience_of)) as port, listening(port, cookie_of(member)) as answer:
        publish(organisation.pk, "whole organisation")
        publish(organisation.pk, "hidden project", hidden.pk)
        publish(organisation.pk, "own project", project.pk)
        assert next_event(answer)["kind"] == "own project"


def test_strangers_and_wrong_verbs_are_refused() -> None:
    with serving(EventStream(audience_of)) as port:
        with listening(port, "sessionid=forged") as answer:
            assert answer.status == 401
            assert json.loads(answer.read())["code"] == "not_authenticated"
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("POST", "/api/v1/events")
        assert connection.getresponse().status == 405
        connection.close()


def test_a_stream_ends_and_frees_its_place_when_the_page_closes() -> None:
    organisation = make_org()
    member = make_member(organisation, Role.VIEWER)
    stream = EventStream(audience_of)
    with serving(stream) as port:
        with listening(port, cookie_of(member)):
            assert stream.open_streams[member.pk] == 1
        wait_for_nobody(organisation.pk)
        assert stream.open_streams[member.pk] == 0


def test_a_stream_ends_once_the_person_is_signed_out_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.core.events_asgi.AUDIENCE_TTL_S", 0.0)
    organisation = make_org()
    member = make_member(organisation, Role.VIEWER)
    with serving(EventStream(audience_of)) as port, listening(port, cookie_of(member)) as answer:
        member.set_password(PASSWORD + "!")
        member.save()
        publish(organisation.pk, "secret")
        assert b"secret" not in answer.read()
