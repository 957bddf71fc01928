"""`manage.py import_dataset --project P --format yolo|coco|voc|cvat|mot|siteloop PATH`: a labelled folder into a project."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.accounts import selectors as accounts
from backend.core.errors import AppError
from backend.exchange.enums import ImportFormat, ImportLabels
from backend.exchange.services.imports import dataset_import
from backend.projects import selectors as projects


class Command(BaseCommand):
    help = "Import pictures with their labels; prints a report of what was read, skipped and why."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--project", required=True, help="id or name of the project")
        parser.add_argument("--format", required=True, choices=ImportFormat.values)
        parser.add_argument("--labels", choices=ImportLabels.values, default=ImportLabels.APPROVED)
        parser.add_argument("--as", dest="email", default="", help="e-mail of the person it is done for")
        parser.add_argument("--dry-run", action="store_true", help="read and report, change nothing")
        parser.add_argument("--report", type=Path, help="write the report as JSON too")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = accounts.user_by_email(options["email"]) if options["email"] else None
        if options["email"] and actor is None:
            raise CommandError(f"Nobody has an account with the address {options['email']}.")
        try:
            project = projects.project_named(options["project"])
            report = dataset_import(
                actor=actor or projects.manager_of(project),
                project=project,
                folder=options["path"],
                fmt=ImportFormat(options["format"]),
                labels=ImportLabels(options["labels"]),
                dry_run=options["dry_run"],
                tell=lambda fraction, message: self.stderr.write(f"{fraction:4.0%} {message}"),
            )
        except AppError as error:
            raise CommandError(error.message) from error
        text = json.dumps(report.as_dict(), indent=2)
        if options["report"]:
            options["report"].write_text(text + "\n")
        self.stdout.write(text)
