"""A frozen version as a folder for training: COCO files per split beside the pictures."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from backend.core import storage
from backend.core.outlines import Outline, outline_of
from backend.core.tracks import region_at, tags_at
from backend.datasets import selectors
from backend.datasets.contracts import ManifestRow, Materialised
from backend.datasets.domain.tracks import frames_chosen
from backend.datasets.models import DatasetVersion
from backend.media import reading
from backend.media import selectors as media

CHUNK = 500
FRAMES_PER_CLIP_MAX = 300


def version_materialise(
    version: DatasetVersion,
    folder: Path,
    *,
    splits: Iterable[str] = ("train", "val", "test"),
    link: bool = True,
) -> Materialised:
    """Write `<split>.json` (COCO instances, pictures' tags as `images[].tags`) and `images/` below `folder`.

    Category ids count from 1 in the ontology's order; labels for whole pictures only are tags, no categories.
    A clip gives frames on which its tracks have keyframes (`frames_chosen`), with what they show there. With `link`, pictures are hard links to stored
    files where the file system can. Pictures deleted since are left out and counted in `gone`.
    Raises NotFrozen.
    """
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    labels = [dict(label) for label in selectors.manifest_head(version)["labels"]]
    writer = _Coco(labels, images, link=link)
    counted: dict[str, int] = {}
    objects: dict[str, int] = {}
    for split in splits:
        content = writer.split(selectors.manifest_rows(version, splits=[split]))
        counted[split], objects[split] = len(content["images"]), len(content["annotations"])
        (folder / f"{split}.json").write_text(json.dumps(content), encoding="utf-8")
    return Materialised(folder=str(folder), images=counted, annotations=objects, gone=writer.gone)


def part_materialise(
    version: DatasetVersion, folder: Path, *, name: str, keep: Callable[[ManifestRow], bool]
) -> int:
    """As `version_materialise`, of the rows that `keep` wants, of whatever split, in `<name>.json`; how many pictures."""
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    writer = _Coco([dict(label) for label in selectors.manifest_head(version)["labels"]], images, link=True)
    content = writer.split(row for row in selectors.manifest_rows(version) if keep(row))
    (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return len(content["images"])


class _Coco:
    """Builds one COCO document after the other; ids go on counting over them."""

    def __init__(self, labels: list[dict[str, Any]], images: Path, *, link: bool) -> None:
        drawn = [label for label in labels if set(label.get("shapes") or ["box"]) - {"tag"}]
        self._category = {label["id"]: index for index, label in enumerate(drawn, start=1)}
        self._name = {label["id"]: label["name"] for label in labels}
        self._categories = [
            {"id": index, "name": self._name[label_id], "label_id": label_id}
            for label_id, index in self._category.items()
        ]
        self._images, self._link = images, link
        self._image_id = self._annotation_id = 0
        self.gone = 0

    def split(self, rows: Iterator[ManifestRow]) -> dict[str, Any]:
        content: dict[str, Any] = {"images": [], "annotations": [], "categories": self._categories}
        for part in _chunks(rows):
            infos = media.assets_info(row.asset_id for row in part)
            for row in part:
                info = infos.get(row.asset_id)
                if info is None or info.deleted:
                    self.gone += 1
                elif row.kind == "video":
                    self._clip(content, row)
                else:
                    self._picture(content, row)
        return content

    def _picture(self, content: dict[str, Any], row: ManifestRow) -> None:
        name = f"{row.asset_id}{Path(row.display_key).suffix}"
        _place(row.display_key, self._images / name, link=self._link)
        image_id = self._image(content, row, name, row.tags)
        for region in row.regions:
            if outline := outline_of(region, row.width, row.height):
                self._annotation(content, image_id, region["label_id"], outline)

    def _clip(self, content: dict[str, Any], row: ManifestRow) -> None:
        tracks = [region for region in row.regions if region["shape"] == "track"]
        frames = frames_chosen([track["geometry"] for track in tracks], FRAMES_PER_CLIP_MAX)
        info = media.assets_info([row.asset_id])[row.asset_id]
        for frame in frames:
            name = f"{row.asset_id}-{frame:06d}.jpg"
            if not (self._images / name).exists():
                (self._images / name).write_bytes(reading.asset_frame_jpeg(info, frame))
            tags = list(dict.fromkeys([*row.tags, *tags_at(tracks, frame)]))
            image_id = self._image(content, row, name, tags, frame=frame)
            for track in tracks:
                region = region_at(track, frame)
                if region is not None and (outline := outline_of(region, row.width, row.height)):
                    self._annotation(content, image_id, region["label_id"], outline)

    def _image(
        self, content: dict[str, Any], row: ManifestRow, name: str, tags: list[str], **more: Any
    ) -> int:
        self._image_id += 1
        content["images"].append(
            {
                "id": self._image_id,
                "file_name": f"images/{name}",
                "width": row.width,
                "height": row.height,
                "tags": [self._name[tag] for tag in tags if tag in self._name],
                "asset_id": str(row.asset_id),
                "group": row.group_key,
                "blind": row.blind,
                **more,
            }
        )
        return self._image_id

    def _annotation(self, content: dict[str, Any], image_id: int, label_id: str, outline: Outline) -> None:
        if label_id not in self._category:
            return
        x1, y1, x2, y2 = outline.box
        self._annotation_id += 1
        content["annotations"].append(
            {
                "id": self._annotation_id,
                "image_id": image_id,
                "category_id": self._category[label_id],
                "bbox": [x1, y1, x2 - x1, y2 - y1],
                "area": outline.area,
                "segmentation": segmentation_of(outline),
                "iscrowd": 0,
            }
        )


def segmentation_of(outline: Outline) -> list[list[float]] | dict[str, Any]:
    """COCO's `segmentation`: run lengths where there are pixels, else the ring, else nothing."""
    if outline.rle is not None:
        return outline.rle
    return [[value for point in outline.ring for value in point]] if outline.ring else []


def _place(key: str, target: Path, *, link: bool) -> None:
    if target.exists():
        return
    with storage.local_path(key) as source:
        if link:
            try:
                os.link(source, target)
                return
            except OSError:
                pass  # another file system: copy
        shutil.copyfile(source, target)


def _chunks(rows: Iterator[ManifestRow]) -> Iterator[list[ManifestRow]]:
    part: list[ManifestRow] = []
    for row in rows:
        part.append(row)
        if len(part) == CHUNK:
            yield part
            part = []
    if part:
        yield part
