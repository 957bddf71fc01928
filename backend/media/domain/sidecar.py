"""Metadata lying beside pictures in an archive: `metadata.csv` or `metadata.json` with a file name column."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

NAME_COLUMNS = ("file_name", "filename", "file", "name", "image", "path")
SIDECAR_MAX_BYTES = 32 * 1024 * 1024
KEYS_MAX = 40
KEY_MAX, VALUE_MAX = 60, 300

Sidecar = dict[str, dict[str, Any]]


class SidecarBroken(ValueError):
    """The sidecar cannot be read; the message says why."""


def parse(name: str, content: bytes) -> Sidecar:
    """Rows by file path as written and by bare file name. Raises SidecarBroken."""
    try:
        text = content.decode("utf-8-sig")
        rows = json.loads(text) if name.lower().endswith(".json") else list(csv.DictReader(io.StringIO(text)))
    except (UnicodeDecodeError, json.JSONDecodeError, csv.Error, RecursionError) as error:
        raise SidecarBroken(f"{name} cannot be read: {error}"[:250]) from error
    if isinstance(rows, dict):
        rows = [{"file_name": key, **value} for key, value in rows.items() if isinstance(value, dict)]
    if not isinstance(rows, list):
        raise SidecarBroken(f"{name} must be a list of rows or an object by file name.")
    found: Sidecar = {}
    for row in rows:
        if not isinstance(row, dict):
            continue
        column = next((column for column in NAME_COLUMNS if row.get(column)), None)
        if column is None:
            continue
        path = str(row[column]).replace("\\", "/").lstrip("./")
        values = cleaned({key: value for key, value in row.items() if key != column})
        found[path] = values
        found.setdefault(PurePosixPath(path).name, values)
    return found


def cleaned(row: dict[Any, Any]) -> dict[str, Any]:
    """Flat, short values only: numbers, booleans, text."""
    values: dict[str, Any] = {}
    for key, value in row.items():
        if len(values) >= KEYS_MAX or not isinstance(key, str) or value is None or value == "":
            continue
        kept = value if isinstance(value, bool | int | float) else str(value)[:VALUE_MAX]
        values[key.strip()[:KEY_MAX]] = kept
    return values


def lookup(sidecar: Sidecar, name: str) -> dict[str, Any]:
    path = name.replace("\\", "/").lstrip("./")
    return sidecar.get(path) or sidecar.get(PurePosixPath(path).name) or {}


def moment(value: object) -> datetime | None:
    """An ISO time as aware UTC; None where it is none. Times without a zone count as UTC."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
