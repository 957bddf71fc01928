"""`manage.py export_dataset --project P --format coco|yolo|cvat|mot|siteloop OUT`: approved labels out of a project."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.core.errors import AppError
from backend.datasets import selectors as datasets
from backend.exchange.enums import ExportFormat
from backend.exchange.formats.archive import zip_stream
from backend.exchange.services.exports import export_members
from backend.projects import selectors as projects


class Command(BaseCommand):
    help = "Write approved labels as a zip; OUT may also be a folder that does not exist yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("out", type=Path)
        parser.add_argument("--project", required=True, help="id or name of the project")
        parser.add_argument("--format", required=True, choices=ExportFormat.values)
        parser.add_argument(
            "--dataset-version", type=int, dest="number", help="number of a frozen version; else all approved"
        )
        parser.add_argument("--no-images", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["out"]
        if out.exists():
            raise CommandError(f"{out} exists already; nothing was overwritten.")
        try:
            project = projects.project_named(options["project"])
            version = datasets.version_numbered(project.pk, options["number"]) if options["number"] else None
            members = export_members(
                project=project,
                fmt=ExportFormat(options["format"]),
                version=version,
                with_images=not options["no_images"],
            )
            written = self._zip(members, out) if out.suffix == ".zip" else self._folder(members, out)
        except AppError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{written} written to {out}")

    def _zip(self, members: Any, out: Path) -> str:
        part = out.with_suffix(".zip.part")
        size = 0
        with part.open("wb") as handle:
            for chunk in zip_stream(members):
                size += handle.write(chunk)
        part.rename(out)
        return f"{size / 1e6:.1f} MB"

    def _folder(self, members: Any, out: Path) -> str:
        count = 0
        for name, content in members:
            target = out / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                target.write_bytes(content)
            else:
                with content:
                    target.write_bytes(content.read())
            count += 1
        return f"{count} files"
