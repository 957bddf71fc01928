"""The one front process: live streams on the event loop, everything else on a pool of WSGI threads.

See docs/decisions/0001-one-front-process.md.
"""

from __future__ import annotations

import gc
import importlib
import threading
import time
from typing import Any

from django.conf import settings
from django.db import connection

from backend.config import env
from backend.config.wsgi import application as wsgi_application  # sets Django up: must come first
from backend.core import copies
from backend.core.wsgi_bridge import Receive, Scope, Send, WsgiBridge
from backend.media.reading import decoder_warm

EVENTS_PATH = "/api/v1/events"
LIVE_PREFIX = "/api/v1/live/"
PRUNE_EVERY_S = 600.0
THREADS = env.number("SITELOOP_WEB_THREADS", 16)

_django = WsgiBridge(wsgi_application, threads=THREADS)
_streams: dict[str, Any] = {}


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        return await _lifespan(receive, send)
    if scope["type"] == "websocket":
        return await send({"type": "websocket.close", "code": 1000})
    path = scope["path"]
    if path.rstrip("/") == EVENTS_PATH:
        await _events()(scope, receive, send)
    elif path.startswith(LIVE_PREFIX):
        await _live()(scope, receive, send)
    else:
        await _django(scope, receive, send)
    return None


def _events() -> Any:
    if "events" not in _streams:
        from backend.config.audience import audience_of
        from backend.core.events_asgi import EventStream

        _streams["events"] = EventStream(audience_of)
    return _streams["events"]


def _live() -> Any:
    if "live" not in _streams:
        _streams["live"] = importlib.import_module("backend.feeds.live_asgi").application
    return _streams["live"]


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            _settle()
            threading.Thread(target=_warm, daemon=True).start()
            threading.Thread(target=_copies_prune, daemon=True).start()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _warm() -> None:
    try:
        decoder_warm()
    finally:
        connection.close()


def _copies_prune() -> None:
    """Copies of deleted files go also where nobody asks for another."""
    while True:
        copies.prune()
        time.sleep(PRUNE_EVERY_S)


def _settle() -> None:
    """Load what every request needs and keep it out of garbage collection from then on.

    A large save makes enough objects to set off full collections. Each walked all of Django and of the views,
    100 ms in which no thread answered anybody.
    """
    importlib.import_module(settings.ROOT_URLCONF)  # every view and serializer
    gc.collect()
    gc.freeze()
