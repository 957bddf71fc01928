"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """`mend` is empty for `ok` and says what to do for the others."""

    name: str
    level: Level
    message: str
    mend: str = ""


def ok(name: str, message: str) -> Finding:
    return Finding(name, Level.OK, message)


def warn(name: str, message: str, mend: str) -> Finding:
    return Finding(name, Level.WARN, message, mend)


def fail(name: str, message: str, mend: str) -> Finding:
    return Finding(name, Level.FAIL, message, mend)
