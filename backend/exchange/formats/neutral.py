"""What every reader of foreign formats gives: pictures and videos with objects in our own shapes, labels by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend.core.tracks import track_shape


@dataclass(frozen=True, slots=True)
class Drawn:
    """One object. `geometry` as in `RegionVersion`; `attributes` by name; objects with one `group` belong together.

    A track's keyframes name their attributes too.
    """

    label: str
    shape: str
    geometry: dict[str, Any]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    z_index: int = 0
    occluded: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Pictured:
    """One picture on disk and everything said about it; `source` keeps near-copies together in splits."""

    id: str
    path: Path
    source: str
    objects: tuple[Drawn, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """An object on one frame, for formats that know no keyframes; `is_keyframe` None where the format does not say."""

    frame: int
    geometry: dict[str, Any]
    occluded: bool = False
    attributes: Mapping[str, Any] = field(default_factory=dict)
    is_keyframe: bool | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """An object through a video, said frame by frame in any order; where it is not said it is not in the picture."""

    label: str
    of: str
    said: tuple[Said, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    z_index: int = 0
    group: str = ""


@dataclass(frozen=True, slots=True)
class Filmed:
    """A video: `path` where it is in the folder, else one of the project's, of that content or called one of `names`."""

    id: str
    names: tuple[str, ...]
    path: Path | None = None
    sha256: str = ""
    source: str = ""
    objects: tuple[Drawn, ...] = ()
    followed: tuple[Followed, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(slots=True)
class LabelFound:
    """What a label that the project does not have yet must allow. `skeleton` and `attributes` as an ontology has them."""

    shapes: set[str] = field(default_factory=set)
    attributes: list[dict[str, Any]] = field(default_factory=list)
    skeleton: dict[str, Any] | None = None
    color: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A folder as read; `notes` say what was mended or left out, each as a sentence."""

    pictures: Sequence[Pictured]
    labels: Mapping[str, LabelFound]
    notes: tuple[str, ...] = ()
    videos: Sequence[Filmed] = ()

    @property
    def all(self) -> list[Pictured | Filmed]:
        """Pictures first, then videos."""
        return [*self.pictures, *self.videos]


def labels_used(
    pictures: Sequence[Pictured],
    known: Mapping[str, LabelFound] | None = None,
    videos: Sequence[Filmed] = (),
) -> dict[str, LabelFound]:
    """The labels of all objects and tags with the shapes they are used with, on top of those `known`."""
    found = dict(known or {})

    def used(label: str, *shapes: str) -> None:
        found.setdefault(label, LabelFound()).shapes.update(shapes)

    for item in (*pictures, *videos):
        for drawn in item.objects:
            used(drawn.label, *shapes_of(drawn))
        for tag in item.tags:
            used(tag, "tag")
    for followed in (each for video in videos for each in video.followed):
        used(followed.label, *track_needs(followed.of))
    return found


def shapes_of(drawn: Drawn) -> tuple[str, ...]:
    """The shapes that a label must allow for this object."""
    return track_needs(track_shape(drawn.geometry)) if drawn.shape == "track" else (drawn.shape,)


def track_needs(of: str) -> tuple[str, ...]:
    """As `shapes_of`, for a track of that shape."""
    return ("tag",) if of == "tag" else ("track", of)
