"""Reads the tracks of CVAT for video 1.1."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from backend.core.tracks import keyframe_geometry
from backend.exchange.formats.cvat_geometry import Odd, geometry_read, points_read
from backend.exchange.formats.every_frame import split_attributes
from backend.exchange.formats.neutral import Drawn, Filmed, LabelFound
from backend.exchange.formats.videos import video_find
from ml.data.loaded import Notes

# As many as a track may have.
KEYFRAMES_MAX = 100_000
SHAPES = frozenset({"box", "polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton"})


def videos_read(
    folder: Path, path: Path, root: Element, labels: Mapping[str, LabelFound], notes: Notes
) -> list[Filmed]:
    """The videos that the document's tracks lie on: one, or one for each task of a project."""
    tasks: dict[str, list[Drawn]] = {}
    for number, node in enumerate(root.iterfind("track")):
        task = node.get("task_id") or ""
        where = f"{path.parent.name}/{path.name}, track {node.get('id') or number}"
        try:
            drawn = _drawn(node, labels, f"{path.parent.name}:{task}", notes, where)
        except Odd as odd:
            notes.add(str(odd), where)
        except (KeyError, ValueError, TypeError):
            notes.add("track that cannot be read left out", where)
        else:
            tasks.setdefault(task, []).append(drawn)
    named = _names(root)
    found = []
    for task, tracks in tasks.items():
        names = tuple(dict.fromkeys(filter(None, (*named.get(task, ()), path.parent.name))))
        video = video_find(folder, names, beside=path.parent, is_alone=len(tasks) == 1)
        found.append(Filmed(names[0], names, video, source=names[0], objects=tuple(tracks)))
    return found


def _names(root: Element) -> dict[str, tuple[str, ...]]:
    """What each task's video is called, by the task's id in a project's document, else by ""."""
    tasks = list(root.iterfind("./meta//task"))
    in_project = root.find("./meta/project") is not None
    found: dict[str, tuple[str, ...]] = {}
    for task in tasks:
        said = (task.findtext("source"), root.findtext("./meta/source"), task.findtext("name"))
        key = (task.findtext("id") or "").strip() if in_project else ""
        found[key] = tuple(each.strip() for each in said if each and each.strip())
    return found


def _drawn(node: Element, labels: Mapping[str, LabelFound], video: str, notes: Notes, where: str) -> Drawn:
    label = node.get("label")
    if not label:
        raise Odd("track without a label left out")
    elements = _Elements(node)
    rows = {_frame(each): each for each in node if each.tag in SHAPES and _is_keyframe(each, elements.stated)}
    if not rows:
        raise Odd("track without a keyframe left out")
    if len(rows) > KEYFRAMES_MAX:
        raise Odd(f"track of more than {KEYFRAMES_MAX} keyframes left out")
    ordered = [rows[frame] for frame in sorted(rows)]
    of = ordered[0].tag
    if any(each.tag != of for each in ordered):
        notes.add("keyframes of another shape than their track's first left out", where)
    kept = [each for each in ordered if each.tag == of]
    between = {
        _frame(each): each for each in node if each.tag == of and not _is_keyframe(each, elements.stated)
    }
    states, keyframes = [], list[dict[str, Any]]()
    for each in kept:
        key = _keyframe(each, labels.get(label), elements)
        last = between.get(key["frame"] - 1) if keyframes and key["outside"] else None
        if last is not None:
            seen = _keyframe(last, labels.get(label), elements)
            if not seen["outside"] and keyframe_geometry(seen) != keyframe_geometry(keyframes[-1]):
                # CVAT moves an object on to where it leaves, here it holds still: its last place is said.
                keyframes.append(seen)
                states.append(_values(last))
        keyframes.append(key)
        states.append(_values(each))
    own, changes = split_attributes(states)
    for key, changed in zip(keyframes, changes, strict=True):
        if changed:
            key["attributes"] = changed
    group = node.get("group_id") or "0"
    return Drawn(
        label,
        "track",
        {"of": of, "keyframes": keyframes},
        own,
        int(kept[0].get("z_order") or 0),
        group="" if group == "0" else f"{video}:{group}",
    )


def _values(node: Element) -> dict[str, str]:
    return {str(each.get("name")): each.text or "" for each in node.iterfind("attribute")}


def _frame(node: Element) -> int:
    return int(node.attrib["frame"])


def _is_keyframe(node: Element, stated: Set[int]) -> bool:
    """Of a skeleton, whether any of its keypoints was set there: inside it, or as older CVAT wrote it, beside it."""
    if node.get("keyframe") == "1":
        return True
    inside = any(each.get("keyframe") == "1" for each in node.iterfind("points"))
    return node.tag == "skeleton" and (inside or _frame(node) in stated)


def _keyframe(node: Element, label: LabelFound | None, elements: _Elements) -> dict[str, Any]:
    outside = node.get("outside") == "1"
    if node.tag != "skeleton":
        geometry = geometry_read(node, label)
    else:
        if label is None or label.skeleton is None:
            raise Odd("skeleton whose label has no template left out")
        said = elements.at(node)
        points = [said.get(point["name"]) for point in label.skeleton["points"]]
        # A skeleton that is outside has all its keypoints outside; where they were is kept.
        if gone := all(point is None or point.outside for point in points):
            outside = True
        keypoints = [
            [point.x, point.y, 1 if point.occluded else 2]
            if point is not None and (not point.outside or (gone and (point.x or point.y)))
            else [0.0, 0.0, 0]
            for point in points
        ]
        geometry = {"keypoints": keypoints}
    return {
        "frame": _frame(node),
        "outside": outside,
        "occluded": node.get("occluded") == "1",
        **geometry,
    }


@dataclass(frozen=True, slots=True)
class _Keypoint:
    x: float
    y: float
    outside: bool
    occluded: bool


class _Elements:
    """The keypoints of a skeleton's track: within each of its shapes, or as older CVAT wrote them, as tracks of their own.

    `stated`: frames where one of the latter was set.
    """

    def __init__(self, track: Element) -> None:
        self._beside: dict[str, list[tuple[int, Element]]] = {}
        self.stated: set[int] = set()
        for each in track.iterfind("track"):
            rows = [(_frame(node), node) for node in each.iterfind("points")]
            self._beside[each.get("label") or ""] = sorted(rows, key=lambda row: row[0])
            self.stated |= {frame for frame, node in rows if node.get("keyframe") == "1"}

    def at(self, node: Element) -> dict[str, _Keypoint]:
        """By the keypoint's name; those beside the shape as they were last said."""
        found = {each.get("label") or "": _keypoint(each) for each in node.iterfind("points")}
        for name, rows in self._beside.items():
            if index := bisect_right(rows, _frame(node), key=lambda row: row[0]):
                found[name] = _keypoint(rows[index - 1][1])
        return found


def _keypoint(node: Element) -> _Keypoint:
    [[x, y]] = points_read(node.attrib["points"])
    return _Keypoint(x, y, node.get("outside") == "1", node.get("occluded") == "1")
