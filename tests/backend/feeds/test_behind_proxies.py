"""Streams behind proxies that hold answers back, as nginx (until its buffers are full) and compressing ones do."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from backend.core import events
from backend.core.wsgi_bridge import Receive, Scope, Send
from backend.feeds import live_asgi
from backend.feeds.jobs.wall import live_channel
from tests.support import factories
from tests.support.feeds import clip_file, make_feed

# nginx: eight buffers of 4 KB. A message of the wall may be smaller, one of the event stream always is.
BUFFER_BYTES = 32 * 1024


class HoldsBack:
    """An ASGI proxy that gives a body on when its buffer is full, unless the answer says no in the ways that proxies heed.

    `obeys`: the header it heeds, with the word in it.
    """

    def __init__(self, app: Any, obeys: tuple[bytes, bytes] | None) -> None:
        self.app, self.obeys = app, obeys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        held, passes = bytearray(), False

        async def held_back(message: Any) -> None:
            nonlocal passes
            if message["type"] == "http.response.start":
                given = dict(message["headers"])
                if self.obeys is not None:
                    name, word = self.obeys
                    passes = word in [part.strip() for part in given.get(name, b"").split(b",")]
                return await send(message)
            held.extend(message.get("body", b""))
            over = not message.get("more_body", False)
            if passes or over or len(held) >= BUFFER_BYTES:
                body = bytes(held)
                held.clear()
                await send({**message, "body": body})
            return None

        await self.app(scope, receive, held_back)


async def _heard(app: Any, scope: dict[str, Any], feed_id: str, within_s: float) -> bool:
    """Whether a frame that is published arrives."""
    communicator = ApplicationCommunicator(app, scope)
    assert (await communicator.receive_output(10))["status"] == 200
    over = asyncio.get_running_loop().time() + within_s
    try:
        while asyncio.get_running_loop().time() < over:
            events.client().publish(live_channel(feed_id), json.dumps({"feed_id": feed_id}))
            if await communicator.receive_nothing(0.2):
                continue
            if b"data: " in (await communicator.receive_output(1))["body"]:
                return True
        return False
    finally:
        await communicator.send_input({"type": "http.disconnect"})
        await communicator.wait(10)


@pytest.mark.parametrize(
    ("obeys", "arrives"),
    [((b"x-accel-buffering", b"no"), True), ((b"cache-control", b"no-transform"), True), (None, False)],
    ids=["nginx", "compressing", "neither"],
)
def test_a_frame_passes_a_proxy_that_holds_answers_back(project, manager, obeys, arrives):
    clip_file("proxy.mp4", [0, 40])
    feed = make_feed(project, manager, "proxy.mp4")
    client = factories.client_for(manager)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/v1/live/stream",
        "query_string": f"feeds={feed.pk}".encode(),
        "headers": [(b"cookie", cookie.encode())],
    }
    proxied = HoldsBack(live_asgi.application, obeys)
    assert asyncio.run(_heard(proxied, scope, str(feed.pk), 10.0 if arrives else 2.0)) is arrives
