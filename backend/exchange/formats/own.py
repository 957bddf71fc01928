"""Our own form, which loses nothing: `siteloop.json` with the labels, `pictures.jsonl` with a line per picture or video."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Any

from backend.datasets.contracts import ManifestRow
from backend.exchange.errors import ImportRefused
from backend.exchange.formats.neutral import Drawn, Filmed, Found, LabelFound, Pictured, labels_used
from backend.exchange.formats.pictures import picture_find
from backend.exchange.formats.rows import Clip, LeftOut, Member, attributes_named, names_of
from backend.exchange.formats.videos import video_find
from ml.data.loaded import Notes, group_of

HEAD_FILE, ROWS_FILE = "siteloop.json", "pictures.jsonl"
FORM = 1
# A line is one picture or video and is read whole: tracks of a long video with outlines on every frame take some 100 MB.
HEAD_MAX_BYTES, LINE_MAX_BYTES = 50_000_000, 500_000_000
# Lines stay in memory up to here, then on disk.
SPOOL_BYTES = 8 * 1024 * 1024
_LABEL_KEYS = ("name", "color", "shapes", "attributes", "skeleton")


class OwnWriter:
    """Writes every shape as it is stored, labels and attributes by name."""

    def __init__(self, labels: list[dict[str, Any]]) -> None:
        self._labels, self._names = labels, names_of(labels)
        self._attributes = attributes_named(labels)
        # Handed on as it is and closed by the one who sends it.
        self._rows: IO[bytes] = tempfile.SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115
        self.left_out = LeftOut()

    def picture_path(self, row: ManifestRow, file_name: str) -> str:
        return f"images/{file_name}"

    def video_path(self, row: ManifestRow, clip: Clip) -> str:
        return f"videos/{clip.stem}{clip.suffix}"

    def add(self, row: ManifestRow, file_name: str) -> list[Member]:
        self._write(row, {"file": self.picture_path(row, file_name)})
        return []

    def add_video(self, row: ManifestRow, clip: Clip) -> list[Member]:
        said = {"file": self.video_path(row, clip), "kind": "video", "name": row.name}
        self._write(row, said | {"frames": clip.frame_count})
        return []

    def _write(self, row: ManifestRow, said: dict[str, Any]) -> None:
        line = {
            **said,
            "sha256": row.sha256,
            "width": row.width,
            "height": row.height,
            "split": row.split,
            "group": row.group_key,
            "tags": [self._names[tag] for tag in row.tags if tag in self._names],
            "objects": [self._object(region) for region in row.regions if region["label_id"] in self._names],
        }
        self._rows.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")

    def _object(self, region: Mapping[str, Any]) -> dict[str, Any]:
        said = {
            "attributes": self._attributes(region),
            "z_index": region.get("z_index") or 0,
            "occluded": bool(region.get("occluded")),
            "group": region.get("group_id") or "",
        }
        return {
            "label": self._names[region["label_id"]],
            "shape": region["shape"],
            "geometry": self._geometry(region),
            **{key: value for key, value in said.items() if value},
        }

    def _geometry(self, region: Mapping[str, Any]) -> dict[str, Any]:
        """As it is stored, with the attributes that keyframes say by name."""
        geometry: dict[str, Any] = region["geometry"]
        if region["shape"] != "track":
            return geometry
        keyframes = [
            {**key, "attributes": self._attributes(region | {"attributes": key["attributes"]})}
            if key.get("attributes")
            else key
            for key in geometry["keyframes"]
        ]
        return {**geometry, "keyframes": keyframes}

    def files(self) -> list[Member]:
        labels = [{key: label[key] for key in _LABEL_KEYS if label.get(key)} for label in self._labels]
        head = {"form": FORM, "labels": labels}
        self._rows.seek(0)
        return [
            (HEAD_FILE, json.dumps(head, ensure_ascii=False, indent=1).encode()),
            (ROWS_FILE, self._rows),
            *self.left_out.files(),
        ]


def own_read(folder: Path) -> Found:
    """Read a folder of our own form. Raises ImportRefused for another one; odd lines are left out and noted."""
    head, rows = folder / HEAD_FILE, folder / ROWS_FILE
    if not head.is_file() or not rows.is_file():
        raise ImportRefused(f"{folder.name} has no {HEAD_FILE} and {ROWS_FILE}: it is no export of Siteloop.")
    labels = _labels_read(head)
    notes, pictures, videos = Notes(), list[Pictured](), list[Filmed]()
    with rows.open("rb") as handle:
        number = 0
        while line := handle.readline(LINE_MAX_BYTES + 1):
            number += 1
            if len(line) > LINE_MAX_BYTES:
                raise ImportRefused(
                    f"{ROWS_FILE}, line {number}: larger than {LINE_MAX_BYTES // 1_000_000} MB."
                )
            found = _line_read(folder, line, number, notes)
            if isinstance(found, Filmed):
                videos.append(found)
            elif found is not None:
                pictures.append(found)
    return Found(pictures, labels_used(pictures, labels, videos), notes.lines(), videos)


def _labels_read(path: Path) -> dict[str, LabelFound]:
    if path.stat().st_size > HEAD_MAX_BYTES:
        raise ImportRefused(f"{HEAD_FILE} is larger than {HEAD_MAX_BYTES // 1_000_000} MB.")
    try:
        head = json.loads(path.read_bytes())
        if head["form"] != FORM:
            raise ImportRefused(f"The export is of form {head['form']}; this Siteloop reads form {FORM}.")
        return {
            str(label["name"]): LabelFound(
                shapes=set(label.get("shapes") or ()),
                attributes=list(label.get("attributes") or ()),
                skeleton=label.get("skeleton"),
                color=str(label.get("color") or ""),
            )
            for label in head["labels"]
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ImportRefused(f"{HEAD_FILE} cannot be read.") from error


def _line_read(folder: Path, line: bytes, number: int, notes: Notes) -> Pictured | Filmed | None:
    try:
        row = json.loads(line)
        objects = tuple(_drawn(each) for each in row["objects"])
        name, tags = str(row["file"]), tuple(str(tag) for tag in row.get("tags") or ())
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        notes.add("line that cannot be read left out", f"line {number}")
        return None
    if row.get("kind") == "video":
        return _video_read(folder, row, name, objects, tags)
    ref = picture_find(folder, name, notes)
    if ref is None:
        return None
    return Pictured(ref.id, ref.path, str(row.get("group") or "") or group_of(ref.path.name), objects, tags)


def _video_read(
    folder: Path, row: Mapping[str, Any], name: str, objects: tuple[Drawn, ...], tags: tuple[str, ...]
) -> Filmed:
    """A video that is not in the folder may be one of the project's."""
    names = tuple(dict.fromkeys(filter(None, (str(row.get("name") or ""), PurePosixPath(name).name))))
    return Filmed(
        id=name,
        names=names,
        path=video_find(folder, [name]),
        sha256=str(row.get("sha256") or ""),
        source=str(row.get("group") or ""),
        objects=objects,
        tags=tags,
    )


def _drawn(row: Mapping[str, Any]) -> Drawn:
    return Drawn(
        label=str(row["label"]),
        shape=str(row["shape"]),
        geometry=dict(row["geometry"]),
        attributes=dict(row.get("attributes") or {}),
        z_index=int(row.get("z_index") or 0),
        occluded=bool(row.get("occluded")),
        group=str(row.get("group") or ""),
    )
