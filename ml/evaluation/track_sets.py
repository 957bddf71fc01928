"""Reads public sets of tracks as their makers lay them out: MOT15 and PETS boxes, ETH and UCY walks, WILDTRACK cameras.

Any folder that holds some of them will do; what is not there is left out.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from defusedxml import ElementTree

from ml.contracts import Box, Prediction
from ml.errors import DatasetError
from ml.evaluation.mot import IdBoxes
from ml.geometry.arrays import Floats, Ints
from ml.geometry.homography import homography_invert

# Frame rates of MOT15's training sequences (its seqinfo.ini); others say theirs in a seqinfo.ini of their own.
MOT15_FRAMES_PER_S = {
    "ADL-Rundle-6": 30.0,
    "ADL-Rundle-8": 30.0,
    "ETH-Bahnhof": 14.0,
    "ETH-Pedcross2": 14.0,
    "ETH-Sunnyday": 14.0,
    "KITTI-13": 10.0,
    "KITTI-17": 10.0,
    "PETS09-S2L1": 7.0,
    "TUD-Campus": 25.0,
    "TUD-Stadtmitte": 25.0,
    "Venice-2": 30.0,
}
FRAMES_PER_S = 25.0
# ETH and UCY were annotated every 0.4 s.
WALK_STEP_S = 0.4
WILDTRACK_CAMERAS = ("CVLab1", "CVLab2", "CVLab3", "CVLab4", "IDIAP1", "IDIAP2", "IDIAP3")
WILDTRACK_SIZE_PX = (1920, 1080)
# WILDTRACK's ground grid: 480 columns of 2.5 cm from here.
_GRID_ORIGIN_M, _GRID_STEP_M, _GRID_COLUMNS = (-3.0, -9.0), 0.025, 480


@dataclass(frozen=True, slots=True)
class MotSequence:
    """Public detections and true boxes by frame number."""

    name: str
    frames_per_s: float
    detections: dict[int, list[Prediction]]
    truth: dict[int, IdBoxes]


@dataclass(frozen=True, slots=True)
class Walk:
    """One person: `times_s` (N,), places `xy_m` and published velocities `velocity_m_s` (N, 2)."""

    times_s: Floats
    xy_m: Floats
    velocity_m_s: Floats


@dataclass(frozen=True, slots=True)
class WalkSequence:
    """Everybody of one square, and the map from pixels to metres if its file is there."""

    name: str
    walks: tuple[Walk, ...]
    pixels_to_m: Floats | None


@dataclass(frozen=True, slots=True)
class GroundView:
    """One WILDTRACK camera: floor metres to pixels with the way up, and boxes with true places by frame."""

    name: str
    floor_to_image: Floats
    vertical: Floats
    frames: Ints
    boxes_px: Floats
    floor_m: Floats


def mot_sequences(data: Path) -> Iterator[MotSequence]:
    """Folders with `det.txt` (and `gt.txt`, or PETS's XML for PETS09-S2L1) anywhere under `data`."""
    for det in sorted(data.rglob("det.txt")):
        folder = det.parent if det.parent.name != "det" else det.parent.parent
        truth = _mot_truth(data, folder)
        if truth:
            yield MotSequence(folder.name, _frames_per_s(folder), _mot_detections(det), truth)


def walk_sequences(data: Path) -> Iterator[WalkSequence]:
    """Folders with an `obsmat.csv` or `obsmat.txt` anywhere under `data`."""
    files = sorted([*data.rglob("obsmat.csv"), *data.rglob("obsmat.txt")])
    for file in files:
        rows = _obsmat(file)
        step = _common_step(rows)
        walks = []
        for person in np.unique(rows[:, 1]):
            own = rows[rows[:, 1] == person]
            own = own[np.argsort(own[:, 0])]
            walks.append(Walk(own[:, 0] * WALK_STEP_S / step, own[:, 2:4], own[:, 4:6]))
        matrix = file.parent / "H.txt"
        yield WalkSequence(
            file.parent.name, tuple(walks), np.loadtxt(matrix).reshape(3, 3) if matrix.is_file() else None
        )


def ground_views(data: Path) -> Iterator[GroundView]:
    """WILDTRACK's cameras under `data/wildtrack`. Pixels in its files are whole and counted in: boxes end one later."""
    root = data / "wildtrack"
    files = sorted(root.glob("boxes*.csv"))
    if not files:
        return
    rows = np.concatenate([np.loadtxt(file, delimiter=",", skiprows=1, dtype=np.int64) for file in files])
    for view, name in enumerate(WILDTRACK_CAMERAS):
        own = rows[rows[:, 3] == view]
        extrinsic = root / "extrinsic" / f"{name}.xml"
        if not len(own) or not extrinsic.is_file():
            continue
        turn, shift = (_numbers(extrinsic, tag) for tag in ("rvec", "tvec"))
        inner = _numbers(root / "intrinsic_zero" / f"{name}.xml", "camera_matrix/data").reshape(3, 3)
        axes = np.asarray(cv2.Rodrigues(turn)[0])
        floor = np.column_stack(
            [
                _GRID_ORIGIN_M[0] + _GRID_STEP_M * (own[:, 2] % _GRID_COLUMNS),
                _GRID_ORIGIN_M[1] + _GRID_STEP_M * (own[:, 2] // _GRID_COLUMNS),
            ]
        )
        yield GroundView(
            name,
            np.asarray(inner @ np.column_stack([axes[:, 0], axes[:, 1], shift / 100.0])),
            np.asarray(inner @ axes[:, 2]),
            own[:, 0],
            own[:, 4:8] + np.array([0.0, 0.0, 1.0, 1.0]),
            floor,
        )


def pixels_of(sequence: WalkSequence, xy_m: Floats) -> Floats | None:
    """Pixels of floor places by the sequence's own map; None without one. ETH's map counts rows first."""
    if sequence.pixels_to_m is None:
        return None
    rows = np.column_stack([xy_m, np.ones(len(xy_m))]) @ homography_invert(sequence.pixels_to_m).T
    return np.asarray(rows[:, :2] / rows[:, 2:])


def _numbers(file: Path, tag: str) -> Floats:
    node = ElementTree.parse(file).getroot().find(tag)
    if node is None or not node.text:
        raise DatasetError(f"{file} has no {tag}.")
    return np.array([float(value) for value in node.text.split()])


def _obsmat(file: Path) -> Floats:
    """(N, 6) frame, person, x, y, vx, vy; the original has z and its speed between."""
    if file.suffix == ".csv":
        rows = np.loadtxt(file, delimiter=",", skiprows=1)
    else:
        rows = np.loadtxt(file)[:, [0, 1, 2, 4, 5, 7]]
    if rows.ndim != 2 or rows.shape[1] != 6:
        raise DatasetError(f"{file} is no table of frame, person, x, y, vx, vy.")
    return np.asarray(rows, dtype=np.float64)


def _common_step(rows: Floats) -> float:
    """Frames between two looks at the same person, as most looks have it."""
    order = rows[np.lexsort((rows[:, 0], rows[:, 1]))]
    same = order[1:, 1] == order[:-1, 1]
    steps, counts = np.unique(np.diff(order[:, 0])[same], return_counts=True)
    if not len(steps):
        raise DatasetError("Nobody in this table was seen twice.")
    return float(steps[counts.argmax()])


def _frames_per_s(folder: Path) -> float:
    info = folder / "seqinfo.ini"
    if info.is_file():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.strip().lower().startswith("framerate"):
                return float(line.split("=", 1)[1])
    return MOT15_FRAMES_PER_S.get(folder.name, FRAMES_PER_S)


def _mot_detections(file: Path) -> dict[int, list[Prediction]]:
    found: dict[int, list[Prediction]] = defaultdict(list)
    for row in _csv_rows(file):
        box = Box(row[2], row[3], row[2] + row[4], row[3] + row[5])
        found[int(row[0])].append(Prediction("person", row[6], box))
    return dict(found)


def _mot_truth(data: Path, folder: Path) -> dict[int, IdBoxes]:
    rows: dict[int, list[tuple[int, float, float, float, float]]] = defaultdict(list)
    for name in ("gt.txt", "gt/gt.txt"):
        if (folder / name).is_file():
            for row in _csv_rows(folder / name):
                # A mark of nought is an object not to be judged, in the later benchmarks' files.
                if len(row) < 7 or row[6] != 0:
                    rows[int(row[0])].append((int(row[1]), row[2], row[3], row[2] + row[4], row[3] + row[5]))
            break
    else:
        for file in sorted(data.rglob("PETS2009-S2L1.xml")) if folder.name == "PETS09-S2L1" else []:
            _pets_truth(file, rows)
    return {
        frame: IdBoxes(
            np.array([row[0] for row in there], dtype=np.int64),
            np.array([row[1:] for row in there], dtype=np.float64),
        )
        for frame, there in rows.items()
    }


def _pets_truth(file: Path, rows: dict[int, list[tuple[int, float, float, float, float]]]) -> None:
    for frame in ElementTree.parse(file).getroot():
        for thing in frame.iter("object"):
            place = thing.find("box")
            if place is None:
                continue
            x, y, wide, high = (float(place.get(key, "nan")) for key in ("xc", "yc", "w", "h"))
            box = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
            # Its frames count from nought, the detections' from one.
            rows[int(frame.get("number", "0")) + 1].append((int(thing.get("id", "0")), *box))


def _csv_rows(file: Path) -> Iterator[list[float]]:
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream):
            if row:
                yield [float(value) for value in row if value.strip()]
