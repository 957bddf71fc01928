"""`manage.py simulate_loop`: the whole loop without hands, through the public HTTP API only."""

from __future__ import annotations

import json
import os
import time
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backend.exchange.loop.client import Client
from backend.exchange.loop.driver import Driver, Plan
from backend.exchange.loop.errors import LoopFailed
from backend.exchange.loop.instance import private_instance


class Command(BaseCommand):
    help = (
        "Label, review, train, promote and go live as people who know the truth in --data would. "
        "Starts a private instance, or uses --url with a token of an admin in SITELOOP_TOKEN."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--data", type=Path, required=True, help="YOLO (data.yaml) or COCO folder with the truth"
        )
        parser.add_argument("--clip", type=Path, help="a video that goes live at the end")
        parser.add_argument("--rounds", type=int, default=3)
        parser.add_argument("--batch", type=int, default=60, help="pictures labelled a round")
        parser.add_argument("--train-minutes", type=float, default=6.0, help="CPU minutes of each training")
        parser.add_argument(
            "--error-rate", type=float, default=0.03, help="share of objects an annotator forgets"
        )
        parser.add_argument(
            "--fix-rate", type=float, default=0.7, help="share of wrong pictures the reviewer returns"
        )
        parser.add_argument(
            "--random-fraction", type=float, default=0.3, help="blind random share of a batch"
        )
        parser.add_argument(
            "--first-threshold",
            type=float,
            default=0.1,
            help="score from which the shipped model's guesses are shown",
        )
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--url", default="", help="use this instance instead of a private one")
        parser.add_argument("--report", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        plan = Plan(
            data=options["data"],
            clip=options["clip"],
            rounds=options["rounds"],
            batch=options["batch"],
            train_minutes=options["train_minutes"],
            error_rate=options["error_rate"],
            fix_rate=options["fix_rate"],
            seed=options["seed"],
            random_fraction=options["random_fraction"],
            first_threshold=options["first_threshold"],
        )
        start = time.monotonic()
        try:
            with ExitStack() as stack:
                admin, organisation_id = self._admin(stack, options["url"])
                report = Driver(admin, organisation_id, plan, self._say).run()
        except LoopFailed as error:
            raise CommandError(str(error)) from error
        report["seconds"] = round(time.monotonic() - start, 1)
        options["report"].write_text(json.dumps(report, indent=2) + "\n")
        self._say(f"done in {report['seconds']:.0f} s, report in {options['report']}")

    def _admin(self, stack: ExitStack, url: str) -> tuple[Client, str]:
        if url:
            token = os.environ.get("SITELOOP_TOKEN", "")
            if not token:
                raise CommandError("Put an admin's API token (read and write) into SITELOOP_TOKEN.")
            admin = Client(url, token)
            stack.callback(admin.close)
            organisations = [
                o for o in admin.get("/session")["organisations"] if o["role"] in {"manager", "admin"}
            ]
            if not organisations:
                raise CommandError("This token's owner is no manager or admin of any organisation.")
            return admin, organisations[0]["id"]
        address, link = stack.enter_context(private_instance(settings.BASE_DIR))
        self._say(f"private instance at {address}")
        admin = Client(address)
        stack.callback(admin.close)
        session = admin.accept_link(
            link, name="Loop admin", email="admin@example.org", password="loop-" + os.urandom(12).hex()
        )
        return admin, session["organisations"][0]["id"]

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
