"""Server-sent events: carries what `core.events` publishes to one open page, and holds no thread while it waits."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import redis.asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection

from backend.core import events
from backend.core import stream_asgi as stream
from backend.core.wsgi_bridge import Receive, Scope, Send

HEARTBEAT_S = 15.0
# How long a page may keep hearing after its session ended or a project was taken from it.
AUDIENCE_TTL_S = 30.0
# Browsers open one stream a tab; more than this from one person is a loop gone wrong.
STREAMS_PER_PERSON_MAX = 24
RETRY_MS = 3000


@dataclass(frozen=True)
class Audience:
    """Who listens. `organisation_ids` are the channels; of messages about a project only those in `project_ids`
    pass, of the others only those of `whole_organisation_ids` (where a role reaches everything)."""

    person_id: uuid.UUID
    organisation_ids: frozenset[str]
    whole_organisation_ids: frozenset[str]
    project_ids: frozenset[str]

    def may_hear(self, organisation_id: str, project_id: str | None) -> bool:
        if organisation_id in self.whole_organisation_ids:
            return True
        return project_id is not None and project_id in self.project_ids


class EventStream:
    """ASGI application for `GET /api/v1/events`. `identify` takes the scope, in a thread; None means refused."""

    def __init__(self, identify: Callable[[Scope], Audience | None]) -> None:
        self.identify = identify
        self.open_streams: Counter[uuid.UUID] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            return await stream.refuse(send, 405, "method_not_allowed", "Only GET is served here.")
        audience = await self._audience(scope)
        if audience is None:
            return await stream.refuse(send, 401, "not_authenticated", "Sign in to hear events.")
        if self.open_streams[audience.person_id] >= STREAMS_PER_PERSON_MAX:
            return await stream.refuse(
                send, 429, "too_many_streams", "Too many pages of yours are listening."
            )
        self.open_streams[audience.person_id] += 1
        try:
            await self._stream(scope, receive, send, audience)
        finally:
            self.open_streams[audience.person_id] -= 1

    async def _audience(self, scope: Scope) -> Audience | None:
        return await sync_to_async(self._identify_and_disconnect, thread_sensitive=False)(scope)

    def _identify_and_disconnect(self, scope: Scope) -> Audience | None:
        try:
            return self.identify(scope)
        finally:
            # These threads come and go with the loop's pool: a kept connection would be counted for nothing.
            if not connection.in_atomic_block:
                connection.close()

    async def _stream(self, scope: Scope, receive: Receive, send: Send, audience: Audience) -> None:
        gone = asyncio.ensure_future(stream.until_gone(receive))
        client = redis.asyncio.Redis.from_url(settings.REDIS_URL)
        try:
            async with client.pubsub() as channel:
                await channel.subscribe(*map(events.channel, audience.organisation_ids), _KEEP_OPEN)
                await send(stream.HEAD)
                await stream.write(send, f"retry: {RETRY_MS}\n: listening\n\n")
                await self._relay(scope, send, channel, audience, gone)
        except redis.RedisError:
            pass  # the stream ends, the browser comes back after RETRY_MS
        finally:
            gone.cancel()
            await client.aclose()
        with contextlib.suppress(RuntimeError):  # Redis failed before the head was sent
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _relay(
        self, scope: Scope, send: Send, channel: Any, audience: Audience, gone: asyncio.Future[None]
    ) -> None:
        loop = asyncio.get_running_loop()
        refresh_at = loop.time() + AUDIENCE_TTL_S
        while not gone.done():
            message = await _first(
                gone, channel.get_message(ignore_subscribe_messages=True, timeout=HEARTBEAT_S)
            )
            if loop.time() >= refresh_at:
                fresh = await self._audience(scope)
                if fresh is None or fresh.organisation_ids != audience.organisation_ids:
                    return
                audience, refresh_at = fresh, loop.time() + AUDIENCE_TTL_S
            if gone.done():
                return
            if message is None:
                await stream.write(send, ": still here\n\n")
                continue
            organisation_id = message["channel"].decode().rpartition(":")[2]
            body = message["data"].decode()
            if audience.may_hear(organisation_id, json.loads(body).get("project_id")):
                await stream.write(send, f"data: {body}\n\n")


# A person without any organisation still gets a quiet stream instead of an error from Redis.
_KEEP_OPEN = "events:nobody"


async def _first(gone: asyncio.Future[None], waiting: Any) -> Any:
    """The result of `waiting`, or None when the client goes first."""
    task = asyncio.ensure_future(waiting)
    await asyncio.wait({gone, task}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        return task.result()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return None
