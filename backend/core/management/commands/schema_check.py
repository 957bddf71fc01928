"""Fails when the committed API schema is not the one the code makes: the front end's types come from it."""

from __future__ import annotations

import difflib
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

COMMITTED = "frontend/src/types/generated/openapi.json"
LINES_SHOWN = 30


class Command(BaseCommand):
    help = "Compare the committed OpenAPI schema with the code; `make schema` writes it anew."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        made = OpenApiJsonRenderer().render(schema, renderer_context={}).decode()
        path = settings.BASE_DIR / COMMITTED
        committed = path.read_text() if path.is_file() else ""
        if made.strip() == committed.strip():
            return
        difference = difflib.unified_diff(
            committed.splitlines(), made.splitlines(), "committed", "code", n=1, lineterm=""
        )
        for number, line in enumerate(difference):
            if number >= LINES_SHOWN:
                break
            self.stderr.write(line)
        self.stderr.write(f"{COMMITTED} is not what the code makes: run `make schema` and commit both files.")
        sys.exit(1)
