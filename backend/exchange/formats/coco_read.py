"""Reads COCO, of pictures and of videos frame by frame."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from backend.exchange.formats.learned import drawn_of, found_of, skeletons_of
from backend.exchange.formats.neutral import Filmed, Followed, Found, LabelFound, Said, labels_used
from backend.exchange.formats.videos import video_find
from ml.contracts import LabelledImage
from ml.data.coco import (
    coco_frames_read,
    coco_read,
    coco_skeletons,
    coco_tables,
    coco_videos,
    coco_without_frames,
)
from ml.data.loaded import Notes
from ml.data.readers import detection_read

# Objects on frames, of one import: they are held in memory until the tracks are put together.
OBJECTS_MAX = 1_000_000
_NUMBERED = re.compile(r"(\d+)$")


def coco_found(folder: Path, is_known: Callable[[Sequence[str]], bool]) -> Found:
    """Pictures, and tracks of the videos that are in the folder or that `is_known` knows by one of their names.

    Frames of other videos stay pictures. Raises MlError for a folder without a usable table.
    """
    tables = coco_tables(folder)
    if not any(coco_videos(table) for _, table in tables):
        return found_of(detection_read(folder))
    notes = Notes()
    videos: list[Filmed] = []
    still = []
    skeletons: dict[str, LabelFound] = {}
    room = OBJECTS_MAX
    for path, table in tables:
        reader = _Reader(folder, notes, is_known, room)
        videos += reader.videos(table)
        room = reader.room
        skeletons |= reader.skeletons
        rest = coco_without_frames(table, reader.found.__contains__)
        if rest["images"]:
            still.append((path, rest))
    found = found_of(coco_read(folder, still)) if still else Found((), {})
    return Found(
        found.pictures,
        labels_used((), {**skeletons, **found.labels}, videos),
        (*found.notes, *notes.lines()),
        videos,
    )


@dataclass(slots=True)
class _Video:
    filmed: Filmed
    objects: dict[tuple[object, str, str], list[Said]] = field(default_factory=dict)
    tags: dict[str, list[Said]] = field(default_factory=dict)


@dataclass(slots=True)
class _Reader:
    root: Path
    notes: Notes
    is_known: Callable[[Sequence[str]], bool]
    room: int
    found: dict[str, _Video] = field(default_factory=dict)
    skeletons: dict[str, LabelFound] = field(default_factory=dict)

    def videos(self, table: Mapping[str, Any]) -> list[Filmed]:
        for key, entry in coco_videos(table).items():
            filmed = self._filmed(entry)
            if filmed.path is not None or self.is_known(filmed.names):
                self.found[key] = _Video(filmed)
            else:
                self.notes.add(
                    "videos that are neither in the zip nor in the project: their frames are taken as pictures",
                    filmed.id,
                )
        if self.found:
            frames = coco_frames_read(table, self.notes)
            self.skeletons = skeletons_of(coco_skeletons(table), [image for _, image in frames])
            for entry, image in frames:
                video = self.found.get(str(entry.get("video_id")))
                if video is not None:
                    self._frame(video, entry, image)
        return [
            replace(
                video.filmed,
                followed=(
                    *(Followed(label, of, tuple(said)) for (_, label, of), said in video.objects.items()),
                    *(Followed(label, "tag", tuple(said)) for label, said in video.tags.items()),
                ),
            )
            for video in self.found.values()
        ]

    def _filmed(self, entry: Mapping[str, Any]) -> Filmed:
        name = str(entry.get("name") or entry.get("file_name") or entry["id"])
        names = tuple(dict.fromkeys((name, PurePosixPath(name).name)))
        tags = entry.get("tags")
        said = tuple(str(tag) for tag in tags if tag) if isinstance(tags, list) else ()
        return Filmed(name, names, video_find(self.root, names), source=name, tags=said)

    def _frame(self, video: _Video, entry: Mapping[str, Any], image: LabelledImage) -> None:
        frame = _frame_index(entry)
        if frame is None:
            self.notes.add("frames without a number left out", image.image.id[:80])
            return
        for tag in image.tags:
            video.tags.setdefault(tag, []).append(Said(frame, {}))
        for index, found in enumerate(image.annotations):
            if found.ignore and found.mask is None:
                self.notes.add("objects marked as crowd left out", image.image.id[:80])
                continue
            for drawn in drawn_of(found, image, index):
                self.room -= 1
                if self.room < 0:
                    self.notes.add(f"objects past the first {OBJECTS_MAX} left out", image.image.id[:80])
                    return
                attributes = dict(drawn.attributes)
                # Without a number an object is on this frame alone.
                track = attributes.pop("track_id", (frame, index))
                stated = attributes.pop("keyframe", None)
                said = Said(
                    frame,
                    drawn.geometry,
                    drawn.occluded,
                    attributes,
                    stated if isinstance(stated, bool) else None,
                )
                video.objects.setdefault((track, drawn.label, drawn.shape), []).append(said)


def _frame_index(entry: Mapping[str, Any]) -> int | None:
    """TAO's and MMTracking's number from 0, else the number at the end of the file's name."""
    for key in ("frame_index", "frame_id"):
        value = entry.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
    numbered = _NUMBERED.search(PurePosixPath(str(entry.get("file_name"))).stem)
    return int(numbered[1]) if numbered and len(numbered[1]) < 10 else None
