"""Which of the project's videos a file speaks of."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from backend.exchange.errors import ImportRefused
from backend.exchange.formats.naming import name_safe
from backend.exchange.formats.videos import VIDEO_SUFFIXES
from backend.media import selectors as media

if TYPE_CHECKING:
    from backend.media.models import Asset
    from backend.projects.models import Project


class ProjectVideos:
    """The project's videos by name: whole, without its ending, and as our exports write it. Case does not count."""

    def __init__(self, project: Project) -> None:
        self._project_id = project.pk
        self._by_name: dict[str, dict[str, list[uuid.UUID]]] | None = None
        self._taken: set[uuid.UUID] = set()

    def is_known(self, names: Sequence[str]) -> bool:
        return bool(self._found(names))

    def find(self, names: Sequence[str]) -> uuid.UUID:
        """Raises ImportRefused where no video has one of the names, or more than one has."""
        found = self._found(names)
        called = f"“{names[0]}”" if names else "that name"
        if not found:
            raise ImportRefused(
                f"No video called {called} is in the project or beside its labels. "
                "Add the video first, or put it into the zip."
            )
        if len(found) > 1:
            raise ImportRefused(
                f"{len(found)} videos in the project are called {called}: rename one, or put the video into the zip."
            )
        return found[0]

    def take(self, asset: Asset) -> None:
        """Note that labels of this video come in. Raises ImportRefused where some did: the later would replace the earlier."""
        if asset.pk in self._taken:
            raise ImportRefused(
                f"Another file here has tracks of {asset.name} too, and one would replace the other. "
                "Put all tracks of a video into one file."
            )
        self._taken.add(asset.pk)

    def _found(self, names: Sequence[str]) -> list[uuid.UUID]:
        """By the first name that fits, the closest way first."""
        if self._by_name is None:
            self._by_name = {"whole": {}, "stem": {}, "safe": {}}
            for asset_id, name in media.project_videos(self._project_id):
                for way, key in _keys(name).items():
                    self._by_name[way].setdefault(key, []).append(asset_id)
        for name in names:
            for way, key in _keys(name).items():
                if found := self._by_name[way].get(key):
                    return found
        return []


def _keys(name: str) -> dict[str, str]:
    whole = PurePosixPath(name.replace("\\", "/")).name
    stem = (
        whole[: -len(ending)] if (ending := PurePosixPath(whole).suffix).lower() in VIDEO_SUFFIXES else whole
    )
    # An ending of its own, so that one in the middle of a name stays.
    return {"whole": whole.casefold(), "stem": stem.casefold(), "safe": name_safe(f"{stem}.video").casefold()}
