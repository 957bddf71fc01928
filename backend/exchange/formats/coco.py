"""COCO instances and keypoints: one JSON per split, tags as `images[].tags`, attributes as CVAT writes them.

A video goes out frame by frame as TAO lays it out (`videos`, `images[].video_id` and `frame_index`, `annotations[].track_id`),
with CVAT's words on a track beside the other attributes (`track_id`, `keyframe`, `occluded`).
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import IO, Any

from backend.core.outlines import WITHOUT_AREA, Outline, outline_of, turned_corners
from backend.core.tracks import track_shape
from backend.datasets.contracts import ManifestRow
from backend.datasets.materialise import segmentation_of
from backend.exchange.formats.every_frame import Shown, shown_in_order
from backend.exchange.formats.rows import (
    Clip,
    LeftOut,
    Member,
    attributes_named,
    drawn_labels,
    drawn_objects,
    names_of,
)

# Rows stay in memory up to here, then on disk: a long video has millions.
SPOOL_BYTES = 8 * 1024 * 1024


class _Rows:
    """A JSON list that is written while it grows."""

    def __init__(self) -> None:
        self._spool: IO[bytes] = tempfile.SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115 - closed once copied
        self._is_empty = True

    def add(self, row: Mapping[str, Any]) -> None:
        self._spool.write(b"" if self._is_empty else b", ")
        self._spool.write(json.dumps(row).encode())
        self._is_empty = False

    def copy_to(self, out: IO[bytes]) -> None:
        self._spool.seek(0)
        out.write(b"[")
        with self._spool:
            shutil.copyfileobj(self._spool, out)
        out.write(b"]")


class _Split:
    def __init__(self) -> None:
        self.images, self.annotations = _Rows(), _Rows()
        self.videos: list[dict[str, Any]] = []


class CocoWriter:
    """Collects rows; `files` gives the label files at the end."""

    def __init__(self, labels: list[dict[str, Any]]) -> None:
        self._names = names_of(labels)
        drawn = drawn_labels(labels)
        self._skeletons = {label["name"]: label.get("skeleton") for label in drawn}
        self._attributes = attributes_named(labels)
        self.left_out = LeftOut()
        self._category = {label["name"]: n for n, label in enumerate(drawn, start=1)}
        self._splits: dict[str, _Split] = defaultdict(_Split)
        self._image_id = self._annotation_id = self._video_id = self._track_id = 0

    def picture_path(self, row: ManifestRow, file_name: str) -> str:
        return f"images/{file_name}"

    def video_path(self, row: ManifestRow, clip: Clip) -> str:
        """The frames are in it one by one, the video is not."""
        return ""

    def add(self, row: ManifestRow, file_name: str) -> list[Member]:
        """Take one picture; COCO has no file of its own for it."""
        content = self._splits[row.split]
        tags = [self._names[tag] for tag in row.tags if tag in self._names]
        content.images.add(self._image(row, f"images/{file_name}", tags))
        for label, outline, region in drawn_objects(row, self._names, self.left_out):
            if label in self._category:
                content.annotations.add(self._annotation(label, outline, region))
        return []

    def add_video(self, row: ManifestRow, clip: Clip) -> Iterator[Member]:
        """Every frame that shows an object or carries a tag; frames without are not listed."""
        content = self._splits[row.split]
        self._video_id += 1
        content.videos.append(
            {
                "id": self._video_id,
                "name": row.name,
                "width": row.width,
                "height": row.height,
                "frames": clip.frame_count,
                "frames_per_s": clip.frames_per_s,
                "tags": [self._names[tag] for tag in row.tags if tag in self._names],
            }
        )
        tracks = [region for region in row.regions if self._is_held(region)]
        turned = {number for number, track in enumerate(tracks) if _is_turned(track)}
        first_track, self._track_id = self._track_id + 1, self._track_id + len(tracks)
        for frame, shown in groupby(shown_in_order(tracks, clip.frame_count), key=lambda each: each.frame):
            path = f"images/{clip.stem}/frame_{frame:06d}.jpg"
            here = list(shown)
            tags = [self._names[each.region["label_id"]] for each in here if each.region["shape"] == "tag"]
            image = self._image(row, path, list(dict.fromkeys(tags)))
            content.images.add(image | {"video_id": self._video_id, "frame_index": frame})
            for each in here:
                outline = outline_of(each.region, row.width, row.height)
                if outline is not None and each.track in turned and not outline.ring:
                    # One shape through all its frames, also where it happens to stand upright.
                    outline = replace(outline, ring=tuple(turned_corners([*outline.box], 0.0)))
                if outline is not None:
                    self._add_shown(content, each, outline, first_track + each.track)
            if clip.picture is not None and (jpeg := clip.picture(frame)) is not None:
                yield path, jpeg

    def _add_shown(self, content: _Split, shown: Shown, outline: Outline, track_id: int) -> None:
        region = shown.region
        said = self._annotation(self._names[region["label_id"]], outline, region, is_counted=False)
        tracked = {"track_id": track_id, "keyframe": shown.is_keyframe}
        said["attributes"] = {**said.get("attributes", {}), **tracked}
        content.annotations.add(said | {"video_id": self._video_id, "track_id": track_id})

    def _is_held(self, region: Mapping[str, Any]) -> bool:
        """Whether COCO can say the track, which is counted where not, or where it is said as another shape."""
        label = self._names.get(region["label_id"])
        if region["shape"] != "track" or label is None:
            return False
        shape, keyframes = track_shape(region["geometry"]), region["geometry"]["keyframes"]
        if shape == "tag":
            return True
        if shape in WITHOUT_AREA or label not in self._category:
            self.left_out.objects[f"track of {shape}"] += 1
            return False
        is_turned = _is_turned(region)
        has_holes = any(key.get("holes") for key in keyframes)
        if shape in ("ellipse", "cuboid") or is_turned or has_holes:
            as_what = "mask" if has_holes else "polygon"
            self.left_out.written_as[f"track of {'turned ' * is_turned}{shape} as {as_what}"] += 1
        return True

    def _image(self, row: ManifestRow, path: str, tags: list[str]) -> dict[str, Any]:
        self._image_id += 1
        return {
            "id": self._image_id,
            "file_name": path,
            "width": row.width,
            "height": row.height,
            "tags": tags,
            "group": row.group_key,
        }

    def _annotation(
        self, label: str, outline: Outline, region: Mapping[str, Any], *, is_counted: bool = True
    ) -> dict[str, Any]:
        self._annotation_id += 1
        x1, y1, x2, y2 = outline.box
        points: dict[str, Any] = {}
        said = self._attributes(region) | ({"occluded": True} if region.get("occluded") else {})
        if is_counted and (as_what := _written_as(region, outline)):
            self.left_out.written_as[f"{region['shape']} as {as_what}"] += 1
        if outline.keypoints:
            points = {
                "keypoints": [value for point in outline.keypoints for value in point],
                "num_keypoints": sum(v > 0 for _, _, v in outline.keypoints),
            }
        return {
            "id": self._annotation_id,
            "image_id": self._image_id,
            "category_id": self._category[label],
            "bbox": [x1, y1, x2 - x1, y2 - y1],
            "area": outline.area,
            "segmentation": segmentation_of(outline),
            "iscrowd": 0,
            **points,
            **({"attributes": said} if said else {}),
        }

    def _one_category(self, name: str, number: int) -> dict[str, Any]:
        template = self._skeletons.get(name)
        if not template:
            return {"id": number, "name": name}
        return {
            "id": number,
            "name": name,
            "keypoints": [point["name"] for point in template["points"]],
            # COCO counts keypoints from 1.
            "skeleton": [[a + 1, b + 1] for a, b in template["edges"]],
        }

    def files(self) -> list[Member]:
        categories = [self._one_category(name, number) for name, number in self._category.items()]
        documents = [
            (f"{split}.json", self._document(content, categories)) for split, content in self._splits.items()
        ]
        return [*self.left_out.files(), *documents]

    def _document(self, content: _Split, categories: list[dict[str, Any]]) -> IO[bytes]:
        # Handed on as it is and closed by the one who sends it.
        out: IO[bytes] = tempfile.SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115
        out.write(b'{"info": {}, "licenses": [], "images": ')
        content.images.copy_to(out)
        out.write(b', "annotations": ')
        content.annotations.copy_to(out)
        if content.videos:
            out.write(f', "videos": {json.dumps(content.videos)}'.encode())
        out.write(f', "categories": {json.dumps(categories)}}}'.encode())
        out.seek(0)
        return out


def _is_turned(track: Mapping[str, Any]) -> bool:
    geometry = track["geometry"]
    return track_shape(geometry) == "box" and any(key.get("rotation") for key in geometry["keyframes"])


def _written_as(region: Mapping[str, Any], outline: Outline) -> str:
    """What COCO makes of a shape that it does not know; "" for those it does."""
    shape, geometry = region["shape"], region["geometry"]
    if shape == "polygon" and geometry.get("holes"):
        return "mask"
    is_polygon = shape in ("ellipse", "cuboid") or (shape == "box" and bool(outline.ring))
    return "polygon" if is_polygon else ""
