"""`manage.py up`: the whole of Siteloop from one command; what `make run` calls."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from argparse import ArgumentParser, BooleanOptionalAction
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from backend.core.embedded.errors import EmbeddedError
from backend.core.supervisor.site import Options, Site


class Command(BaseCommand):
    help = "Start Siteloop on this machine: database, Redis, web and workers. Ctrl-C stops everything."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--host", default="127.0.0.1", help="address to listen on (no demo beyond this machine)"
        )
        parser.add_argument(
            "--data-dir", type=Path, default=settings.DATA_DIR, help="where everything is kept"
        )
        parser.add_argument(
            "--demo", action=BooleanOptionalAction, default=None, help="fill a demo to try things in"
        )
        parser.add_argument(
            "--workers", type=int, default=2, help="processes for imports, exports and the like"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # SIGINT too: a shell that starts us in the background has set it to be ignored.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)
        began = time.monotonic()
        site: Site | None = None
        try:
            site = Site(
                Options(
                    host=options["host"],
                    port=options["port"],
                    data_dir=options["data_dir"],
                    demo=options["demo"],
                    light_processes=max(1, options["workers"]),
                    repo_dir=settings.BASE_DIR,
                ),
                self._say,
            )
            facts = site.start()
            self._greet(site, facts, time.monotonic() - began)
            site.watch()
        except KeyboardInterrupt:
            self._say("Stopping…")
        except EmbeddedError as error:
            self.stderr.write(f"{error.problem}: {error.remedy}.")
            self._stop(site)
            sys.exit(1)
        self._stop(site)

    def _stop(self, site: Site | None) -> None:
        # A second Ctrl-C would only cut short what ends within seconds anyway.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if site is not None:
            site.stop()

    def _say(self, line: str) -> None:
        # The terminal may have been closed; that is no reason to stop serving.
        with contextlib.suppress(OSError):
            self.stdout.write(line)
            self.stdout.flush()

    def _greet(self, site: Site, facts: dict[str, Any], seconds: float) -> None:
        self._say("")
        self._say(f"Siteloop is ready at {site.address} ({seconds:.1f} s)")
        if facts["setup_path"]:
            self._say(
                f"  Make the first administrator here (works once): {site.address}{facts['setup_path']}"
            )
        if facts["demo_accounts"]:
            self._say(
                f"  Demo accounts, password {facts['demo_password']}: {', '.join(facts['demo_accounts'])}"
            )
        if not (settings.FRONTEND_DIST / "index.html").is_file():
            self._say("  The front end is not built, only the API answers: run `make run`")
        self._say(f"  Data and logs: {site.data_dir}   Check-up: manage.py doctor   Stop: Ctrl-C")


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
