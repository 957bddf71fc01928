"""Tells other commands on this machine how to reach the Siteloop that `manage.py up` runs."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from backend.core.embedded.children import process_command

ADOPTED = ("DATABASE_URL", "REDIS_URL")


def instance_path(data_dir: Path) -> Path:
    return data_dir / "run" / "instance.json"


def instance_write(data_dir: Path, **facts: Any) -> None:
    """Replace the note in one step; readable by the owner only, for an address may hold a password."""
    path = instance_path(data_dir)
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        json.dump({"pid": os.getpid(), **facts}, handle)
    new.replace(path)


def instance_read(data_dir: Path) -> dict[str, Any] | None:
    """The note of a Siteloop that runs right now from this folder; None where none does."""
    try:
        facts: dict[str, Any] = json.loads(instance_path(data_dir).read_text())
    except (OSError, ValueError):
        return None
    return facts if process_command(int(facts.get("pid", 0))) else None


def environment_adopt(data_dir: Path, environ: dict[str, str] | os._Environ[str]) -> bool:
    """Let a command started by hand use the running instance's services, unless it names its own."""
    if any(environ.get(name) for name in ADOPTED):
        return False
    facts = instance_read(data_dir)
    if facts is None:
        return False
    services: Mapping[str, str] = facts.get("services", {})
    for name in ADOPTED:
        if name in services:
            environ[name] = services[name]
    return True
