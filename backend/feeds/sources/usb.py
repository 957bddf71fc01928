"""A camera plugged into the server (Video4Linux)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av

from backend.feeds.errors import SourceFailed
from backend.feeds.sources.live import LiveSource, NewestFrame

FORMAT = "video4linux2"


class UsbSource(LiveSource):
    """Frames as the device gives them, with the kernel's times."""

    def __init__(self, device: Path, **given: Any) -> None:
        super().__init__(**given)
        self.device = device

    def _decoded(self, slot: NewestFrame) -> Iterator[tuple[Any, float | None]]:
        if not self.device.exists():
            raise SourceFailed("No camera is plugged in under this name.")
        with av.open(
            str(self.device), format=FORMAT, timeout=(self.read_timeout_s, self.read_timeout_s)
        ) as container:
            for frame in container.decode(video=0):
                yield frame, frame.time
