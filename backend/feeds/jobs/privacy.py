"""Hides on each frame what its camera may not show, before anything else sees it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from backend.feeds.models import Feed
from backend.feeds.sources.frames import Frame
from backend.sites import selectors as sites
from backend.sites.contracts import CameraPrivacy
from ml.contracts import Prediction
from ml.scene.privacy import burn, head_box, mosaic

# What models and projects call a person.
PERSON_LABELS = frozenset({"person", "people", "pedestrian", "worker", "human", "man", "woman", "driver"})


class Privacy:
    """One feed's. `follow` is called where the database is, and once before the first frame; `burned` for each frame."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self._given: CameraPrivacy | None = None

    def follow(self) -> bool:
        """Read what the camera may show now; True where it is another than before. Raises DatabaseError."""
        before, self._given = self._given, sites.camera_privacy(self.feed.camera_id)
        return before is not None and before != self._given

    @property
    def hides_heads(self) -> bool:
        return self._given is not None and self._given.head_mosaic

    def day(self) -> date:
        """Today at the site; ids of tracks do not outlive it."""
        zone = self._given.time_zone if self._given is not None else "UTC"
        return datetime.now(ZoneInfo(zone)).date()

    def burned(self, frame: Frame) -> Frame:
        """The frame without what may not be seen; its pixels are overwritten. Nothing passes before `follow`."""
        if self._given is None:
            raise RuntimeError("What this camera may show was not read yet.")
        if not self._given.polygons:
            return frame
        if not frame.image.flags.writeable:
            frame = replace(frame, image=frame.image.copy())
        burn(frame.image, self._given.polygons)
        return frame

    def shown(self, frame: Frame, found: Iterable[Prediction], model_labels: Collection[str]) -> Frame | None:
        """The frame as it may be kept and shown: with heads of people as a mosaic where the camera asks for it.

        The detector saw the heads; whoever it did not find keeps theirs. Without a model that knows people
        nothing may be shown at all: None.
        """
        if self._given is None or not self._given.head_mosaic:
            return frame
        if not any(_is_person(label) for label in model_labels):
            return None
        heads = [head_box(p.box) for p in found if _is_person(p.label)]
        if not heads:
            return frame
        frame = replace(frame, image=frame.image.copy())
        mosaic(frame.image, heads)
        return frame


def _is_person(label: str) -> bool:
    return label.lower() in PERSON_LABELS
