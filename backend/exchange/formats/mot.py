"""MOT 1.1, the MOTChallenge's text form: a folder per video with `gt/gt.txt`, `gt/labels.txt` and `seqinfo.ini`.

Frames, objects and pixels count from 1 (motchallenge.net/instructions: "All frame numbers, target IDs and bounding boxes
are 1-based"): the picture's corner, our 0, is 1 there; widths and heights are the same.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, Any

from backend.core.outlines import outline_of
from backend.core.tracks import track_shape
from backend.datasets.contracts import ManifestRow
from backend.exchange.formats.every_frame import shown_in_order
from backend.exchange.formats.rows import Clip, LeftOut, Member, drawn_labels, names_of

# The first pixel's corner in MOT's count.
ORIGIN_PX = 1.0
SPOOL_BYTES = 8 * 1024 * 1024
VISIBLE, COVERED = "1", "0"
# A place between two keyframes goes out so exactly that the stored thousandths come back.
DIGITS = 6
WHY = "MOT knows boxes of objects on videos."


class MotWriter:
    """Every object of every frame as a row; where an object is outside there is none."""

    def __init__(self, labels: list[dict[str, Any]]) -> None:
        self._names = names_of(labels)
        self._classes = [label["name"] for label in drawn_labels(labels)]
        self.left_out = LeftOut()

    def add(self, row: ManifestRow, file_name: str) -> list[Member]:
        self.left_out.not_held["pictures: MOT holds tracks on videos"] += 1
        return []

    def picture_path(self, row: ManifestRow, file_name: str) -> str:
        return ""

    def video_path(self, row: ManifestRow, clip: Clip) -> str:
        return f"{clip.stem}/{clip.stem}{clip.suffix}"

    def add_video(self, row: ManifestRow, clip: Clip) -> Iterator[Member]:
        # Handed on as it is and closed by the one who sends it.
        rows: IO[bytes] = tempfile.SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115
        for line in self._lines(row, clip):
            rows.write(line.encode())
        rows.seek(0)
        yield f"{clip.stem}/gt/gt.txt", rows
        yield f"{clip.stem}/gt/labels.txt", "".join(f"{name}\n" for name in self._classes).encode()
        yield f"{clip.stem}/seqinfo.ini", _seqinfo(row, clip).encode()

    def _lines(self, row: ManifestRow, clip: Clip) -> Iterator[str]:
        tracks = [region for region in row.regions if self._is_held(region)]
        if row.tags:
            self.left_out.objects["tag"] += len(row.tags)
        for shown in shown_in_order(tracks, clip.frame_count):
            outline = outline_of(shown.region, row.width, row.height)
            if outline is None:
                continue
            x1, y1, x2, y2 = outline.box
            place = [x1 + ORIGIN_PX, y1 + ORIGIN_PX, x2 - x1, y2 - y1]
            number = self._classes.index(self._names[shown.region["label_id"]]) + 1
            seen = COVERED if shown.region["occluded"] else VISIBLE
            values = [shown.frame + 1, shown.track + 1, *map(_n, place), 1, number, seen]
            yield ",".join(map(str, values)) + "\n"

    def _is_held(self, region: dict[str, Any]) -> bool:
        """Whether MOT has a row for it; what it has not, or has as another shape, is counted."""
        if region["shape"] != "track" or self._names.get(region["label_id"]) not in self._classes:
            return False
        shape, keyframes = track_shape(region["geometry"]), region["geometry"]["keyframes"]
        if shape in ("points", "polyline", "tag"):
            self.left_out.objects[f"track of {shape}"] += 1
            return False
        if shape != "box":
            self.left_out.written_as[f"track of {shape} as box"] += 1
        elif any(key.get("rotation") for key in keyframes):
            self.left_out.written_as["track of turned box as upright box"] += 1
        if region.get("attributes") or any(key.get("attributes") for key in keyframes):
            self.left_out.written_as["track with attributes as one without"] += 1
        return True

    def files(self) -> list[Member]:
        return [*self.left_out.files(WHY)]


def _n(value: float) -> str:
    return f"{value:.{DIGITS}f}".rstrip("0").rstrip(".")


def _seqinfo(row: ManifestRow, clip: Clip) -> str:
    """`imDir` names the pictures that trackers expect; the video itself lies beside."""
    said = {
        "name": clip.stem,
        "imDir": "img1",
        "frameRate": f"{clip.frames_per_s:.6g}",
        "seqLength": clip.frame_count,
        "imWidth": row.width,
        "imHeight": row.height,
        "imExt": ".jpg",
    }
    return "[Sequence]\n" + "".join(f"{key}={value}\n" for key, value in said.items())
