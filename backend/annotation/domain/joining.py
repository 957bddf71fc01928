"""The labels of a video's parts put together to those of the video. Plain Python; the parts stay as they are.

An object that two neighbours both drew is one track: it goes as the first says up to a frame of those they share, and as
the second says from there on. What only one of them drew stays as it is, and ends where its part ends. Which tracks are one
object, and where they change over: `seams.py`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from backend.annotation.contracts import Labels, RegionData
from backend.annotation.domain.geometry import geometry_same
from backend.annotation.domain.parts import keyframe_of
from backend.annotation.domain.seams import PartLabels, pairs_at
from backend.core.tracks import keyframe_geometry, track_at

_TAGS = uuid.UUID("2b8f4d0e-9a57-4c55-8a5f-0d1f6f3f1c21")


@dataclass(slots=True)
class _Chain:
    """A track as joined so far, and what the last part it reaches says of it."""

    joined: RegionData
    last: RegionData
    part: int


def parts_joined(parts: Sequence[PartLabels]) -> Labels:
    """The labels of the whole video from those of its parts, in order; parts may be missing.

    A tag that every part of the video has is one of the video; else it holds over the frames of the parts that have it.
    """
    chains: list[_Chain] = []
    groups: dict[str, str] = {}
    for number, part in enumerate(parts):
        found = pairs_at(parts[number - 1], part) if number else []
        pairs = {pair.later.region_id: pair for pair in found}
        open_ones = {chain.last.region_id: chain for chain in chains if chain.part == number - 1}
        for region in part.labels.regions:
            pair = pairs.get(region.region_id)
            chain = open_ones[pair.earlier.region_id] if pair else None
            joined = track_joined(chain.joined, region, pair.changes_at) if pair and chain else None
            if chain is None or joined is None:
                chains.append(_Chain(region, region, number))
                continue
            if region.group_id and chain.joined.group_id:
                ours, theirs = (_root(each, groups) for each in (chain.joined.group_id, region.group_id))
                if ours != theirs:
                    groups[theirs] = ours
            chain.joined, chain.last, chain.part = joined, region, number
    regions = [_ended(chain, parts[chain.part]) for chain in chains]
    tags, tracks = _tags(parts)
    return Labels([_grouped(region, groups) for region in regions] + tracks, tags)


def is_within(track: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether `track` became a part of `other`: half and more of its keyframes are stated there too."""
    stated = {key["frame"]: key for key in other["keyframes"] if not key.get("outside")}
    shown = [key for key in track["keyframes"] if not key.get("outside")]
    kept = sum(
        key["frame"] in stated
        and geometry_same(keyframe_geometry(key), keyframe_geometry(stated[key["frame"]]))
        for key in shown
    )
    return 2 * kept >= len(shown) > 0


def track_joined(first: RegionData, second: RegionData, seam: int) -> RegionData | None:
    """One track that is as `first` before frame `seam` and as `second` from it on; None where that is nowhere there.

    Keyframes are added at the seam only where the two would else be drawn into each other.
    """
    head = [key for key in first.geometry["keyframes"] if key["frame"] < seam]
    tail = [key for key in second.geometry["keyframes"] if key["frame"] >= seam]
    before, after = _held(first, seam - 1), _held(second, seam)
    joined = _with_keyframes(first, second, head + tail)
    if not (head + tail and _same(_held(joined, seam - 1), before) and _same(_held(joined, seam), after)):
        keyframes = [*_head(head, before, seam), *_tail(first, second, before, seam)]
        joined = _with_keyframes(first, second, keyframes)
    return joined if any(not key["outside"] for key in joined.geometry["keyframes"]) else None


@dataclass(frozen=True, slots=True)
class _Held:
    """What a track says of one frame, attributes of the whole track included."""

    geometry: dict[str, Any]
    outside: bool
    occluded: bool
    attributes: dict[str, Any]


def _held(region: RegionData, frame: int) -> _Held | None:
    state = track_at(region.geometry, frame) if region.geometry["keyframes"] else None
    if state is None:
        return None
    said = {**region.attributes, **state.attributes}
    told = {name: value for name, value in said.items() if value is not None}
    return _Held(state.geometry, state.outside, state.occluded, told)


def _same(one: _Held | None, other: _Held | None) -> bool:
    if one is None or other is None:
        return one is other
    if one.outside != other.outside or one.attributes != other.attributes:
        return False
    return one.outside or (one.occluded == other.occluded and geometry_same(one.geometry, other.geometry))


def _with_keyframes(first: RegionData, second: RegionData, keyframes: list[dict[str, Any]]) -> RegionData:
    source = first.source if first.source == second.source else "person"
    geometry = {**first.geometry, "keyframes": keyframes}
    return replace(first, geometry=geometry, source=source, group_id=first.group_id or second.group_id)


def _head(head: list[dict[str, Any]], before: _Held | None, seam: int) -> list[dict[str, Any]]:
    """Up to the seam, held on the frame before it."""
    if before is None or before.outside or head[-1]["frame"] == seam - 1:
        return head
    return [*head, keyframe_of(seam - 1, before.geometry, occluded=before.occluded)]


def _tail(first: RegionData, second: RegionData, before: _Held | None, seam: int) -> list[dict[str, Any]]:
    """From the seam on as the second says, with what changes there."""
    keyframes = [key for key in second.geometry["keyframes"] if key["frame"] >= seam]
    is_there = _held(second, seam) is not None
    at = seam if is_there else keyframes[0]["frame"]
    state = _held(second, at)
    assert state is not None
    if keyframes and keyframes[0]["frame"] == at:
        start = {name: value for name, value in keyframes.pop(0).items() if name != "attributes"}
    else:
        start = keyframe_of(at, state.geometry, occluded=state.occluded, outside=state.outside)
    if changed := _changed(before.attributes if before else first.attributes, state.attributes):
        start["attributes"] = changed
    if before is not None and not before.outside and not is_there:
        return [keyframe_of(seam, before.geometry, outside=True), start, *keyframes]
    return [start, *keyframes]


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """What has to be said so that `now` holds after `before`; None takes a value back."""
    gone = {name: None for name in before if name not in now}
    return gone | {name: value for name, value in now.items() if name not in before or before[name] != value}


def _ended(chain: _Chain, part: PartLabels) -> RegionData:
    """Gone after the last frame of the last part that has it: nothing is said of what lies behind."""
    region, end = chain.joined, part.span.end
    state = track_at(region.geometry, end - 1)
    if part.is_last or state is None or state.outside:
        return region
    keyframes = [*region.geometry["keyframes"], keyframe_of(end, state.geometry, outside=True)]
    return replace(region, geometry={**region.geometry, "keyframes": keyframes})


def _grouped(region: RegionData, groups: Mapping[str, str]) -> RegionData:
    """In the group of the part before, where one object of its own group was joined to one of that."""
    return replace(region, group_id=_root(region.group_id, groups) if region.group_id else None)


def _root(group: str, groups: Mapping[str, str]) -> str:
    while group in groups:
        group = groups[group]
    return group


def _tags(parts: Sequence[PartLabels]) -> tuple[list[str], list[RegionData]]:
    """Tags of all parts, and those of some as tracks of a tag over the frames of the parts that have them.

    Where a part is missing, nothing is said of its frames: then no tag is of all.
    """
    named = dict.fromkeys(tag for part in parts for tag in part.labels.tags)
    common = [tag for tag in named if _is_whole(parts) and all(tag in part.labels.tags for part in parts)]
    tracks = []
    for tag in named:
        if tag in common:
            continue
        keyframes: list[dict[str, Any]] = []
        for number, part in enumerate(parts):
            is_held = tag in part.labels.tags
            if is_held != bool(keyframes and not keyframes[-1]["outside"]):
                keyframes.append(keyframe_of(_own_start(parts, number), {}, outside=not is_held))
            goes_on = number + 1 < len(parts) and parts[number + 1].span.start <= part.span.end
            if is_held and not goes_on and not part.is_last:
                keyframes.append(keyframe_of(part.span.end, {}, outside=True))
        region_id = str(uuid.uuid5(_TAGS, f"{tag}:{keyframes}"))
        tracks.append(RegionData(region_id, tag, "track", {"of": "tag", "keyframes": keyframes}))
    return common, tracks


def _is_whole(parts: Sequence[PartLabels]) -> bool:
    """Whether the parts have every frame of the video."""
    goes_on = all(after.span.start <= before.span.end for before, after in pairwise(parts))
    return bool(parts) and parts[0].span.start == 0 and parts[-1].is_last and goes_on


def _own_start(parts: Sequence[PartLabels], number: int) -> int:
    """Where a part begins to be the one that counts: in the middle of what it shares with the part before."""
    start = parts[number].span.start
    if number and start < parts[number - 1].span.end:
        return (start + parts[number - 1].span.end) // 2
    return start
