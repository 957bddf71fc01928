"""Names of pictures and videos inside an export: the name people know, made unique and safe."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_UNSAFE = re.compile(r"[^A-Za-z0-9._ -]+")
STEM_MAX_CHARS = 120


class Names:
    """Gives each picture a file name no other has."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, name: str, suffix: str) -> str:
        """`name`'s stem with `suffix`; a number is added where it is taken."""
        stem = name_safe(name) or "picture"
        candidate, number = f"{stem}{suffix}", 1
        while candidate.lower() in self._taken:
            number += 1
            candidate = f"{stem}-{number}{suffix}"
        self._taken.add(candidate.lower())
        return candidate


def name_safe(name: str) -> str:
    """`name` without folders and ending, with nothing that a file system or a shell could trip over."""
    stem = PurePosixPath(name.replace("\\", "/")).name.rsplit(".", 1)[0]
    return _UNSAFE.sub("_", stem).strip(" .")[:STEM_MAX_CHARS]
