"""Names of pictures inside an export: the name people know, made unique and safe."""

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
        stem = _UNSAFE.sub("_", PurePosixPath(name.replace("\\", "/")).name.rsplit(".", 1)[0]).strip(" .")
        stem = stem[:STEM_MAX_CHARS] or "picture"
        candidate, number = f"{stem}{suffix}", 1
        while candidate.lower() in self._taken:
            number += 1
            candidate = f"{stem}-{number}{suffix}"
        self._taken.add(candidate.lower())
        return candidate
