"""A track frame by frame, for formats that know no keyframes, and the keyframes back from what such a format says."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from backend.core.between import between
from backend.core.tracks import keyframe_geometry, track_shape
from backend.exchange.formats.neutral import Drawn, Followed, Said
from ml.data.loaded import Notes

# Half of a stored coordinate's last digit: what deviates by less is stored as the same number.
SAME_PX = 0.0005
STORED_DECIMALS = 3
# Cutting this much off a box is worth a word.
CUT_TOLD_PX = 1.0
# Shapes that stay as they are until the next keyframe.
HELD = frozenset({"mask", "tag"})
# How far a straight line is looked for past the last frame it ended on exactly.
LOOK_AHEAD_FRAMES = 1_000


@dataclass(frozen=True, slots=True)
class Shown:
    """An object on one frame as a picture's region, the number of its track (from 0), and whether it was stated there."""

    frame: int
    track: int
    region: dict[str, Any]
    is_keyframe: bool


def shown_in_order(tracks: Sequence[Mapping[str, Any]], frame_count: int) -> Iterator[Shown]:
    """Every object of every frame, frame after frame, streamed; while an object is outside it is not among them."""
    each = [_shown(track, number, frame_count) for number, track in enumerate(tracks)]
    return heapq.merge(*each, key=lambda shown: (shown.frame, shown.track))


def _shown(track: Mapping[str, Any], number: int, frame_count: int) -> Iterator[Shown]:
    geometry = track["geometry"]
    keyframes, shape = geometry["keyframes"], track_shape(geometry)
    said: dict[str, Any] = dict(track.get("attributes") or {})
    for before, after in zip(keyframes, [*keyframes[1:], None], strict=True):
        said |= before.get("attributes") or {}
        if before.get("outside"):
            continue
        attributes = {name: value for name, value in said.items() if value is not None}
        one = keyframe_geometry(before)
        moves = after is not None and not after.get("outside")
        other = keyframe_geometry(after) if moves else one
        start, stop = before["frame"], after["frame"] if after is not None else frame_count
        for frame in range(start, stop):
            at = frame > start and moves
            yield Shown(
                frame,
                number,
                {
                    **track,
                    "shape": shape,
                    "geometry": between(shape, one, other, (frame - start) / (stop - start)) if at else one,
                    "occluded": bool(before.get("occluded")),
                    "attributes": attributes,
                },
                frame == start,
            )


@dataclass(frozen=True, slots=True)
class Screen:
    """The video an object is followed on: its size in pixels, its frames, and the smallest side of a box that is stored."""

    width: int
    height: int
    frame_count: int
    min_side_px: float = 1.0


def drawn_of(followed: Followed, screen: Screen, notes: Notes) -> Drawn | None:
    """The object as a track of that video; None (noted) where no frame of it shows it.

    Boxes are cut to the picture first, so that what lies between two keyframes is what the file says. Only frames that a
    straight line between their neighbours gives to the thousandth of a pixel are no keyframes.
    """
    rows = [row for row in followed.said if 0 <= row.frame < screen.frame_count]
    if len(rows) < len(followed.said):
        notes.add("frames that the video does not have left out", followed.label)
    if followed.of == "box":
        rows = [cut for row in rows if (cut := _cut(row, screen, followed.label, notes)) is not None]
    keyframes = keyframes_of(rows, followed.of)
    if keyframes and keyframes[-1]["frame"] >= screen.frame_count:
        keyframes.pop()
    if not keyframes:
        notes.add("objects that no frame shows left out", followed.label)
        return None
    first = min(rows, key=lambda row: row.frame)
    return Drawn(
        followed.label,
        "track",
        {"of": followed.of, "keyframes": keyframes},
        {**followed.attributes, **first.attributes},
        followed.z_index,
        group=followed.group,
    )


def _cut(row: Said, screen: Screen, label: str, notes: Notes) -> Said | None:
    """The part of a box on the picture; None (noted) where that is smaller than what is stored."""
    if row.geometry.get("rotation"):
        return row
    given, sides = row.geometry["box"], (screen.width, screen.height) * 2
    box = [min(max(value, 0.0), float(side)) for value, side in zip(given, sides, strict=True)]
    stored = [round(value, STORED_DECIMALS) for value in box]
    if min(stored[2] - stored[0], stored[3] - stored[1]) < screen.min_side_px:
        what = f"boxes of which less than {screen.min_side_px:g} pixels are on the picture left out"
        notes.add(what, f"{label}, frame {row.frame + 1}")
        return None
    if max(abs(a - b) for a, b in zip(box, given, strict=True)) > CUT_TOLD_PX:
        notes.add("boxes cut to the picture", f"{label}, frame {row.frame + 1}")
    return Said(row.frame, {"box": box}, row.occluded, row.attributes, row.is_keyframe)


def keyframes_of(rows: Iterable[Said], of: str) -> list[dict[str, Any]]:
    """Keyframes that say the same on every frame, outside where the rows leave frames out.

    The first row's attributes are the track's own; what changes after is said by the keyframes.
    """
    ordered = sorted({row.frame: row for row in rows}.values(), key=lambda row: row.frame)
    keyframes: list[dict[str, Any]] = []
    last: Mapping[str, Any] = ordered[0].attributes if ordered else {}
    for run in _runs(ordered):
        for row in _kept(run, of):
            key = {"frame": row.frame, "outside": False, "occluded": row.occluded, **row.geometry}
            if changed := _changed(last, row.attributes):
                key["attributes"] = changed
            last = row.attributes
            keyframes.append(key)
        keyframes.append({"frame": run[-1].frame + 1, "outside": True, "occluded": False, **run[-1].geometry})
    return keyframes


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """What has to be said so that `now` holds after `before`; None takes a value back."""
    gone = {name: None for name in before if name not in now}
    return gone | {name: value for name, value in now.items() if name not in before or before[name] != value}


def _runs(rows: Sequence[Said]) -> Iterator[list[Said]]:
    """Rows of frames that follow one another."""
    run: list[Said] = []
    for row in rows:
        if run and row.frame != run[-1].frame + 1:
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _kept(run: list[Said], of: str) -> list[Said]:
    if any(row.is_keyframe for row in run) and all(row.is_keyframe is not None for row in run):
        return [row for index, row in enumerate(run) if row.is_keyframe or index == 0]
    if of == "box" and not any(row.geometry.get("rotation") for row in run):
        return _straightened(run)
    if of in HELD:
        return run[:1] + [now for before, now in pairwise(run) if not _is_same(before, now)]
    # Nothing is sure between two different outlines: only what stands still is said once.
    kept = [
        now
        for before, now, after in zip(run, run[1:], run[2:], strict=False)
        if not _is_same(before, now) or not _is_same(now, after)
    ]
    ends = run[:1] + kept + run[1:][-1:]
    return ends[:-1] if len(ends) > 1 and _is_same(ends[-2], ends[-1]) else ends


def _is_same(one: Said, other: Said) -> bool:
    return one.geometry == other.geometry and _state(one) == _state(other)


def _state(row: Said) -> tuple[bool, Mapping[str, Any]]:
    return row.occluded, row.attributes


def _straightened(run: list[Said]) -> list[Said]:
    """Rows that a straight line between those kept does not give. One pass with a cone of slopes for every coordinate."""
    exact = [row.geometry["box"] for row in run]
    stored = [[round(value, STORED_DECIMALS) for value in box] for box in exact]
    states = [_state(row) for row in run]
    kept, at = [0], 0
    while at < len(run) - 1:
        at = _line_end(at, exact, stored, states)
        kept.append(at)
    # A track holds still after its last keyframe, and towards one that is outside.
    if len(kept) > 1 and all(
        states[index] == states[kept[-2]] and _is_near(exact[index], stored[kept[-2]])
        for index in range(kept[-2] + 1, len(run))
    ):
        kept.pop()
    return [
        Said(run[k].frame, {"box": stored[k]}, run[k].occluded, run[k].attributes, is_keyframe=True)
        for k in kept
    ]


def _is_near(one: Sequence[float], other: Sequence[float]) -> bool:
    return all(abs(a - b) <= SAME_PX for a, b in zip(one, other, strict=True))


def _line_end(
    start: int, exact: list[list[float]], stored: list[list[float]], states: list[tuple[bool, Any]]
) -> int:
    """The last row that a straight line from `start` reaches with every row on the way where it is said to be."""
    low, high = [-math.inf] * 4, [math.inf] * 4
    end = start + 1
    for index in range(start + 1, len(exact)):
        if index - 1 > start and states[index - 1] != states[start]:
            break
        if index - end > LOOK_AHEAD_FRAMES:
            break
        steps = index - start
        slopes = [(b - a) / steps for a, b in zip(stored[start], stored[index], strict=True)]
        if all(lo <= slope <= hi for lo, slope, hi in zip(low, slopes, high, strict=True)):
            end = index
        for axis, value in enumerate(exact[index]):
            slope = (value - stored[start][axis]) / steps
            low[axis] = max(low[axis], slope - SAME_PX / steps)
            high[axis] = min(high[axis], slope + SAME_PX / steps)
        if any(lo > hi for lo, hi in zip(low, high, strict=True)):
            break
    return end


def states_over(keyframes: Sequence[Mapping[str, Any]], own: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The values that hold from each keyframe on, the track's own included; None where one was taken back."""
    found: list[dict[str, Any]] = []
    said = dict(own)
    for key in keyframes:
        said = said | (key.get("attributes") or {})
        found.append(said)
    return found


def split_attributes(states: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """`states_over` back: the first keyframe's values are the track's own, the others say what changes."""
    if not states:
        return {}, []
    return dict(states[0]), [{}, *(_changed(one, other) for one, other in pairwise(states))]
