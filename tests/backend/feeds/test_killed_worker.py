"""A worker that is killed: its feeds go on in another one, with two real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from backend.feeds.models import Feed, FeedEvent
from tests.support.feeds import clip_file, make_feed
from tests.support.running import REPO

MOVED_WITHIN_S = 10.0
START_WITHIN_S = 60.0
LOOK_S = 0.05


@contextmanager
def feed_worker(tmp_path, name: str, max_feeds: int) -> Iterator[subprocess.Popen]:
    """`manage.py feed_worker` on the test's own database and folders."""
    url = urlsplit(os.environ["DATABASE_URL"])
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "backend.config.settings.test",
        "DATABASE_URL": url._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
        "REDIS_URL": settings.REDIS_URL,
        "SITELOOP_DATA_DIR": str(settings.DATA_DIR),
    }
    command = [sys.executable, "manage.py", "feed_worker", "--max-feeds", str(max_feeds)]
    with (tmp_path / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=REPO, env=environ, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def until(ready: Callable[[], bool], within_s: float, what: str) -> float:
    """Seconds until `ready`."""
    started = time.monotonic()
    while not ready():
        assert time.monotonic() - started < within_s, what
        time.sleep(LOOK_S)
    return time.monotonic() - started


def owners(feeds: list[Feed]) -> set[str]:
    rows = Feed.objects.filter(pk__in=[feed.pk for feed in feeds])
    return {owner.split(":")[0] for owner in rows.values_list("lease_owner", flat=True)}


def seen_since(feeds: list[Feed], moment) -> bool:
    """Whether each was online and gave a frame after `moment`."""
    rows = Feed.objects.filter(pk__in=[feed.pk for feed in feeds], state="online", last_frame_at__gt=moment)
    return rows.count() == len(feeds)


def database_now():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def test_a_killed_worker_s_feeds_go_on_in_another_within_ten_seconds(project, manager, tmp_path):
    for n in range(4):
        clip_file(f"yard-{n}.mp4", list(range(0, 4_000, 200)))
    given = {"loop": True, "realtime": True, "capture_random_per_hour": 0}
    first = [make_feed(project, manager, f"yard-{n}.mp4", **given) for n in range(3)]
    with feed_worker(tmp_path, "one", max_feeds=3) as one:
        until(
            lambda: seen_since(first, project.created_at), START_WITHIN_S, (tmp_path / "one.log").read_text()
        )
        [killed] = owners(first)
        # The other one is at work, too, and has room.
        own = make_feed(project, manager, "yard-3.mp4", **given)
        with feed_worker(tmp_path, "other", max_feeds=4):
            until(
                lambda: seen_since([own], project.created_at), START_WITHIN_S, "the other one does not start"
            )
            [other] = owners([own])
            assert owners(first) == {killed} != {other}
            moment = database_now()
            one.send_signal(signal.SIGKILL)
            one.wait()
            told = FeedEvent.objects.filter(
                feed__in=first, kind="state", payload__state="online", at__gt=moment
            )
            until(lambda: told.count() == len(first), MOVED_WITHIN_S, "not yet moved")
            assert owners(first) == {other}
            assert seen_since(first, moment)
            # How long nothing was seen is told; the one at work went on meanwhile.
            assert all(1.0 < event.payload["gap_s"] <= MOVED_WITHIN_S + 2.0 for event in told)
            assert seen_since([own], moment)
