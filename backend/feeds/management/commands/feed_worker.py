"""`manage.py feed_worker`: leases feeds and scores them, one thread each; run as many as there are machines."""

from __future__ import annotations

import logging
import os
import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from backend.feeds.jobs.score import FeedRunner, owner_name
from backend.feeds.services import leases

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
# More than two cores score five times a second: a machine that falls behind shows each camera less often
# and says so, but a camera that nobody takes is not seen at all.
FEEDS_MAX = 64
STOP_WAIT_S = 4.0


class Command(BaseCommand):
    help = "Score live feeds until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--max-feeds", type=int, default=FEEDS_MAX)

    def handle(self, *args: Any, **options: Any) -> None:
        # One thread a library: many feeds share few cores.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        import cv2

        cv2.setNumThreads(1)
        stop = threading.Event()

        def end(_number: int, _frame: FrameType | None) -> None:
            stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        run_until(stop, owner=owner_name(), max_feeds=options["max_feeds"])


def run_until(stop: threading.Event, *, owner: str, max_feeds: int = FEEDS_MAX) -> None:
    """Lease and run feeds until `stop` is set; then wait a moment for the threads."""
    running: dict[str, threading.Thread] = {}
    while not stop.is_set():
        close_old_connections()
        running = {lease: thread for lease, thread in running.items() if thread.is_alive()}
        try:
            leases.leases_renew(owners=running)
            for feed in leases.feeds_lease(owner=owner, room=max_feeds - len(running)):
                thread = threading.Thread(
                    target=FeedRunner(feed, stop).run, name=f"feed-{feed.pk}", daemon=True
                )
                running[feed.lease_owner] = thread
                thread.start()
        except DatabaseError:
            log.warning("no feed leased: the database did not answer")
        stop.wait(LOOK_EVERY_S)
    for thread in running.values():
        thread.join(STOP_WAIT_S)
