"""Clips, folders and cameras for tests of feeds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection
from PIL import Image

from backend.accounts.models import User
from backend.feeds.enums import SourceKind
from backend.feeds.jobs.score import FeedRunner
from backend.feeds.management.commands.feed_worker import run_until
from backend.feeds.models import Feed
from backend.feeds.services import leases, registry
from backend.feeds.sources.frames import Frame, FrameSource
from backend.projects.models import Project
from tests.support import clips, media

PATIENCE_S = 30.0
FAST = {"loop": False, "realtime": False, "capture_gap_s": 0.0}


def feed_root() -> Path:
    root = Path(settings.FEED_FILE_ROOTS[0])
    root.mkdir(parents=True, exist_ok=True)
    return root


def clip_file(name: str, times_ms: list[int]) -> Path:
    path = feed_root() / name
    path.write_bytes(clips.clip(times_ms, codec="libx264", b_frames=0))
    return path


def make_feed(project: Project, actor: User, name: str = "clip.mp4", **given: Any) -> Feed:
    """A feed on a file below the opened folder; `given` are its settings."""
    return registry.feed_create(
        actor=actor,
        project=project,
        name=f"feed {name}",
        source_kind=SourceKind.FOLDER if (feed_root() / name).is_dir() else SourceKind.FILE,
        source=name,
        given={**FAST, **given},
    )


def run_leased(stop: threading.Event | None = None) -> list[Feed]:
    """Lease what is free and run it to its end in this thread; the rows afterwards."""
    feeds = leases.feeds_lease(owner="test", room=10)
    for feed in feeds:
        FeedRunner(feed, stop or threading.Event()).run()
        feed.refresh_from_db()
    return feeds


def taken(source: FrameSource, count: int = 1_000) -> list[Frame]:
    """The first frames of a source."""
    stop, found = threading.Event(), []
    for frame in source.frames(stop):
        if frame is not None:  # silence
            found.append(frame)
        if len(found) == count:
            stop.set()
            break
    return found


def grey_jpeg(level: int, side: int = 64) -> bytes:
    return media.encoded(Image.fromarray(np.full((side, side, 3), level, np.uint8)))


@contextmanager
def worker() -> Iterator[None]:
    """`feed_worker`'s own loop in a thread."""
    stop = threading.Event()

    def work() -> None:
        try:
            run_until(stop, owner="w")
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def until(ready: Callable[[], bool], what: str) -> None:
    look = threading.Event()
    for _ in range(int(PATIENCE_S / 0.05)):
        if ready():
            return
        look.wait(0.05)
    raise AssertionError(what)
