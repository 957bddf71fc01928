"""`GET /api/v1/live/stream?feeds=a,b`: one multiplexed stream of pictures with their objects for an open page."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from typing import Any
from urllib.parse import parse_qs

import redis.asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.db import connection
from django.http import HttpRequest, parse_cookie
from django.utils.module_loading import import_string

from backend.core import stream_asgi as stream
from backend.core.wsgi_bridge import Receive, Scope, Send
from backend.feeds import selectors

FEEDS_MAX = 16
HEARTBEAT_S = 10.0
CHECK_AGAIN_S = 30.0
# Frames wait here while a slow browser reads; older ones of the same feed are replaced.
SEND_EVERY_S = 0.04


def _allowed(scope: Scope) -> list[str] | None:
    """Ids of the asked feeds that the session's person may watch; None when nobody is signed in."""
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
    cookies = parse_cookie(headers.get("cookie", ""))
    request = HttpRequest()
    engine = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    request.session = engine(cookies.get(settings.SESSION_COOKIE_NAME))
    try:
        user: Any = get_user(request)
        if not user.is_authenticated:
            return None
        asked = parse_qs(scope.get("query_string", b"").decode()).get("feeds", [""])[0].split(",")[:FEEDS_MAX]
        ids = []
        for text in asked:
            with contextlib.suppress(ValueError):
                ids.append(uuid.UUID(text))
        return [str(feed.pk) for feed in selectors.feeds_visible(actor=user, feed_ids=ids)]
    finally:
        if not connection.in_atomic_block:
            connection.close()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI entry point. 401 when nobody is signed in, 404 when none of the feeds may be watched."""
    if scope["method"] != "GET" or not scope["path"].rstrip("/").endswith("/live/stream"):
        return await stream.refuse(send, 404, "not_found", "There is no such stream.")
    look = sync_to_async(_allowed, thread_sensitive=False)
    feeds = await look(scope)
    if feeds is None:
        return await stream.refuse(send, 401, "not_signed_in", "Sign in to watch.")
    if not feeds:
        return await stream.refuse(
            send, 404, "not_found", "There is no such feed here, or it is not shared with you."
        )
    client = redis.asyncio.Redis.from_url(settings.REDIS_URL)
    gone = asyncio.ensure_future(stream.until_gone(receive))
    try:
        async with client.pubsub() as channel:  # type: ignore[no-untyped-call]
            await channel.subscribe(*[f"live:feed:{feed_id}" for feed_id in feeds])
            await send(stream.HEAD)
            await stream.write(send, ": watching\n\n")
            await _relay(scope, send, channel, feeds, gone, look)
    except redis.RedisError:
        pass  # the stream ends; the page opens a new one
    finally:
        gone.cancel()
        await client.aclose()
    with contextlib.suppress(RuntimeError):
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    return None


async def _relay(
    scope: Scope, send: Send, channel: Any, feeds: list[str], gone: asyncio.Future[None], look: Any
) -> None:
    loop = asyncio.get_running_loop()
    check_at, quiet_at = loop.time() + CHECK_AGAIN_S, loop.time() + HEARTBEAT_S
    waiting: dict[bytes, bytes] = {}
    send_at = loop.time() + SEND_EVERY_S
    while not gone.done():
        message = await channel.get_message(ignore_subscribe_messages=True, timeout=SEND_EVERY_S)
        if message is not None:
            # A newer frame of the same feed replaces the one not sent yet.
            waiting[message["channel"]] = message["data"]
            if loop.time() < send_at:
                continue
        send_at = loop.time() + SEND_EVERY_S
        for body in waiting.values():
            await stream.write(send, f"data: {body.decode()}\n\n")
            quiet_at = loop.time() + HEARTBEAT_S
        waiting.clear()
        if loop.time() > quiet_at:
            await stream.write(send, ": still here\n\n")
            quiet_at = loop.time() + HEARTBEAT_S
        if loop.time() > check_at:
            if await look(scope) != feeds:
                return
            check_at = loop.time() + CHECK_AGAIN_S
