"""`manage.py doctor`: looks at everything Siteloop stands on and says how to mend what is wrong."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from backend.core.doctor import machine, services
from backend.core.doctor.findings import Finding, Level

CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    machine.check_python,
    machine.check_packages,
    machine.check_memory,
    machine.check_disk,
    machine.check_data_folder,
    machine.check_node,
    machine.check_front_end,
    machine.check_models,
    services.check_database,
    services.check_redis,
    services.check_workers,
    services.check_jobs,
    services.check_storage,
)
SIGNS = {Level.OK: "ok  ", Level.WARN: "warn", Level.FAIL: "FAIL"}


class Command(BaseCommand):
    help = "Check versions, services, queues, storage, disk and models. Exit code 1 when something fails."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = [finding for check in CHECKS for finding in check()]
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=1))
        else:
            for finding in findings:
                self._line(finding)
        if any(finding.level == Level.FAIL for finding in findings):
            sys.exit(1)

    def _line(self, finding: Finding) -> None:
        self.stdout.write(f"{SIGNS[finding.level]}  {finding.name:<16} {finding.message}")
        if finding.mend:
            self.stdout.write(f"      {'':<16} → {finding.mend}")
