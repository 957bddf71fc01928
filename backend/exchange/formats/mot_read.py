"""Reads MOT folders: those of MOTChallenge, CVAT, Datumaro and our own."""

from __future__ import annotations

import configparser
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from backend.exchange.errors import ImportRefused
from backend.exchange.formats.mot import ORIGIN_PX
from backend.exchange.formats.neutral import Filmed, Followed, Found, Said, labels_used
from backend.exchange.formats.videos import video_find
from ml.data.loaded import Notes

MAX_FILE_BYTES = 500_000_000
# Rows of one import: they are held in memory until the objects are put together.
ROWS_MAX = 1_000_000
LINE_MAX_CHARS = 1_000
# MOT16 and later say how much of an object is seen; less than this counts as covered.
COVERED_BELOW = 0.5
# Columns: frame, id, left, top, width, height, flag, and then class and visibility, or MOT15's three of a place in metres.
COLUMNS_MIN, COLUMNS_WITH_CLASS = 6, (8, 9)
# What MOTChallenge's numbers stand for where no labels.txt says otherwise (MOT16, table 5; 13 is of MOT20).
OFFICIAL = (
    "pedestrian",
    "person on vehicle",
    "car",
    "bicycle",
    "motorbike",
    "non motorized vehicle",
    "static person",
    "distractor",
    "occluder",
    "occluder on the ground",
    "occluder full",
    "reflection",
    "crowd",
)


def mot_read(folder: Path) -> Found:
    """Read every `gt.txt` below `folder`. Raises ImportRefused; odd rows are left out and noted with their line."""
    paths = [path for path in sorted(folder.rglob("gt.txt")) if path.is_file()]
    if not paths:
        raise ImportRefused(f"{folder.name} has no gt.txt: it is no MOT folder.")
    notes = Notes()
    reader = _Reader(folder, notes, ROWS_MAX)
    videos = [reader.video(path) for path in paths]
    return Found((), labels_used((), None, videos), notes.lines(), videos)


@dataclass(slots=True)
class _Reader:
    root: Path
    notes: Notes
    room: int
    _loose: int = field(default=0, init=False)

    def video(self, path: Path) -> Filmed:
        folder = path.parent.parent if path.parent.name == "gt" else path.parent
        info = _seqinfo(folder / "seqinfo.ini")
        names = tuple(dict.fromkeys(filter(None, (info.get("name", ""), folder.name))))
        labels = _labels(path.with_name("labels.txt"))
        # CVAT and Datumaro write no seqinfo.ini and count pixels from 0.
        origin = ORIGIN_PX if info or labels is None else 0.0
        objects: dict[tuple[int, str], dict[int, Said]] = {}
        for line, key, said in self._rows(path, labels or OFFICIAL, origin):
            rows = objects.setdefault(key, {})
            if said.frame in rows:
                self.notes.add("rows of an object that its frame already has left out", line)
            else:
                rows[said.frame] = said
        followed = tuple(
            Followed(label, "box", tuple(rows.values())) for (_, label), rows in sorted(objects.items())
        )
        found = video_find(self.root, names, beside=folder)
        return Filmed(folder.name, names, found, source=folder.name, followed=followed)

    def _rows(
        self, path: Path, labels: tuple[str, ...], origin: float
    ) -> Iterator[tuple[str, tuple[int, str], Said]]:
        """(where it stands, (number, label) of its object, the row) of every row that can be read."""
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ImportRefused(f"{path.name} is larger than {MAX_FILE_BYTES // 1_000_000} MB.")
        with path.open(encoding="utf-8", errors="replace") as handle:
            number = 0
            while line := handle.readline(LINE_MAX_CHARS):
                number += 1
                if not line.strip():
                    continue
                where = f"{path.parent.parent.name}/{path.parent.name}/{path.name}, line {number}"
                self.room -= 1
                if self.room < 0:
                    raise ImportRefused(
                        f"{where}: more than {ROWS_MAX} rows. Send the videos in several zips."
                    )
                row = self._row(line, labels, origin, where)
                if row is not None:
                    yield where, *row

    def _row(
        self, line: str, labels: tuple[str, ...], origin: float, where: str
    ) -> tuple[tuple[int, str], Said] | None:
        try:
            values = [float(part) for part in line.split(",")]
        except ValueError:
            values = []
        if len(values) < COLUMNS_MIN or not all(map(math.isfinite, values)):
            self.notes.add("rows that are not frame, id, left, top, width, height left out", where)
            return None
        frame, identity, left, top, width, height = values[:6]
        if frame < 1 or frame != int(frame) or identity != int(identity):
            self.notes.add("rows whose frame or id is no whole number from 1 left out", where)
            return None
        if len(values) > 6 and values[6] == 0:
            self.notes.add("rows marked as not to be judged left out", where)
            return None
        with_class = len(values) in COLUMNS_WITH_CLASS
        number = int(values[7]) if with_class and values[7] > 0 else 1
        if number > len(labels) or not labels[number - 1]:
            self.notes.add(
                "rows of a class that labels.txt does not name left out", f"{where}: class {number:.6g}"
            )
            return None
        if identity < 1:
            # No track: a box of this frame alone.
            self._loose -= 1
            identity = self._loose
        x, y = left - origin, top - origin
        covered = len(values) == COLUMNS_WITH_CLASS[1] and 0 <= values[8] < COVERED_BELOW
        said = Said(int(frame) - 1, {"box": [x, y, x + width, y + height]}, covered)
        return (int(identity), labels[number - 1]), said


def _seqinfo(path: Path) -> dict[str, str]:
    """The section `[Sequence]`; empty without the file, or where it cannot be read."""
    if not path.is_file() or path.stat().st_size > LINE_MAX_CHARS**2:
        return {}
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(path.read_text(encoding="utf-8", errors="replace"))
        return dict(parser["Sequence"])
    except (configparser.Error, KeyError):
        return {}


def _labels(path: Path) -> tuple[str, ...] | None:
    """Names by their number from 1; None without a file, which says that the numbers are MOTChallenge's."""
    if not path.is_file() or path.stat().st_size > LINE_MAX_CHARS**2:
        return None
    lines = path.read_text(encoding="utf-8", errors="replace").removesuffix("\n").split("\n")
    return tuple(line.strip() for line in lines)
