"""`manage.py demo_seed`: fills an empty Siteloop with a made-up site."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.accounts import selectors as accounts
from backend.feeds.demo.seed import demo_fill


class Command(BaseCommand):
    help = "Make demo people, a site and a project with pictures in every step of the loop. Only on an empty Siteloop."

    def handle(self, *args: Any, **options: Any) -> None:
        if accounts.anybody_exists():
            raise CommandError("There are people here already; the demo is only for an empty Siteloop.")
        start = time.monotonic()
        project = demo_fill(self.stdout.write)
        self.stdout.write(f"Demo project {project.pk} made in {time.monotonic() - start:.0f} s")
