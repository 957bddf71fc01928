"""Brings the database up to date and tells `manage.py up` what it finds there, as one line of JSON."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand

from backend.accounts.demo import DEMO_PASSWORD
from backend.accounts.selectors import demo_users
from backend.accounts.services import setup_link_create


class Command(BaseCommand):
    help = (
        "Apply migrations; print who can sign in. With --setup-link and nobody there, make a one-time link."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--setup-link", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        people = get_user_model().objects
        facts: dict[str, Any] = {
            "people": people.count(),
            "demo_accounts": list(demo_users().values_list("email", flat=True)),
            "demo_password": DEMO_PASSWORD,
            "commands": sorted(get_commands()),
            "setup_path": None,
        }
        if options["setup_link"] and not facts["people"]:
            facts["setup_path"] = setup_link_create()
        self.stdout.write(json.dumps(facts))
