"""Carry out every camera's rule on how long its pictures are kept."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from backend.core.jobs import JobContext
from backend.media import retention, services
from backend.sites import selectors as sites


def run(context: JobContext) -> dict[str, Any]:
    services.files_of_erased_remove()
    rules, gone = sites.retention_rules(), 0
    for index, rule in enumerate(rules):
        context.progress(index / max(1, len(rules)), rule.camera_name)
        gone += retention.rule_carry_out(rule, timezone.now())
    return {"cameras": len(rules), "pictures": gone}
