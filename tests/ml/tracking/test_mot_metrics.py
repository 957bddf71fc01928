"""MOTA and IDF1 on hand-counted cases, then the tracker on public detections of MOT15."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from defusedxml import ElementTree

from ml.contracts import Box, Prediction
from ml.evaluation.mot import IdBoxes, MotReport, evaluate_tracks, pooled
from ml.tracking.tracker import Tracker, TrackerConfig

DATA = Path(os.environ.get("SITELOOP_DATA", "../shared/data")) / "tracks"
# The public detections' scores start at 0.5, so the split between sure and unsure lies higher than our own.
PUBLIC_DETECTIONS = TrackerConfig(high_score=0.6, new_track_score=0.7)
FRAMES_PER_S = {"TUD-Campus": 25.0, "TUD-Stadtmitte": 25.0, "PETS09-S2L1": 7.0}


def boxes(*objects: tuple[int, float]) -> IdBoxes:
    """Objects as (id, x) of one 10 x 10 box each."""
    return IdBoxes(
        np.array([i for i, _ in objects], dtype=np.int64),
        np.array([[x, 0.0, x + 10.0, 10.0] for _, x in objects]).reshape(-1, 4),
    )


def test_nothing_against_nothing() -> None:
    report = evaluate_tracks({}, {})
    assert (report.mota, report.idf1, report.truths) == (0.0, 0.0, 0)


@pytest.mark.parametrize(
    ("name", "tracks", "mota", "idf1", "switches"),
    [
        ("perfect", [boxes((7, 0.0)), boxes((7, 0.0)), boxes((7, 0.0)), boxes((7, 0.0))], 1.0, 1.0, 0),
        (
            "new id half way",
            [boxes((7, 0.0)), boxes((7, 0.0)), boxes((8, 0.0)), boxes((8, 0.0))],
            0.75,
            0.5,
            1,
        ),
        ("one frame missed", [boxes((7, 0.0)), boxes(), boxes((7, 0.0)), boxes((7, 0.0))], 0.75, 6 / 7, 0),
        ("all elsewhere", [boxes((7, 50.0))] * 4, -1.0, 0.0, 0),
        ("no tracks", [boxes()] * 4, 0.0, 0.0, 0),
        # A closer stranger does not steal a pair that still overlaps.
        ("held pair", [boxes((7, 0.0))] + [boxes((7, 2.0), (8, 0.0))] * 3, 0.25, 8 / 11, 0),
    ],
)
def test_hand_counted(name: str, tracks: list[IdBoxes], mota: float, idf1: float, switches: int) -> None:
    truth = {frame: boxes((1, 0.0)) for frame in range(4)}
    report = evaluate_tracks(truth, dict(enumerate(tracks)))
    assert (report.mota, report.idf1, report.switches) == pytest.approx((mota, idf1, switches)), name


def truth_of(sequence: str) -> dict[int, IdBoxes]:
    rows: dict[int, list[tuple[int, float, float, float, float]]] = defaultdict(list)
    if sequence == "PETS09-S2L1":
        for frame in ElementTree.parse(DATA / "pets" / "PETS2009-S2L1.xml").getroot():
            for thing in frame.iter("object"):
                x, y, w, h = (float(thing.find("box").get(key)) for key in ("xc", "yc", "w", "h"))
                box = (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
                rows[int(frame.get("number")) + 1].append((int(thing.get("id")), *box))
    else:
        for r in np.loadtxt(DATA / "mot15" / sequence / "gt.txt", delimiter=","):
            rows[int(r[0])].append((int(r[1]), r[2], r[3], r[2] + r[4], r[3] + r[5]))
    return {
        frame: IdBoxes(np.array([r[0] for r in there]), np.array([r[1:] for r in there], dtype=np.float64))
        for frame, there in rows.items()
    }


def tracked(sequence: str) -> dict[int, IdBoxes]:
    detections: dict[int, list[Prediction]] = defaultdict(list)
    for r in np.loadtxt(DATA / "mot15" / sequence / "det.txt", delimiter=","):
        box = Box(float(r[2]), float(r[3]), float(r[2] + r[4]), float(r[3] + r[5]))
        detections[int(r[0])].append(Prediction("person", float(r[6]), box))
    tracker = Tracker(PUBLIC_DETECTIONS)
    found = {}
    for frame in range(1, max(detections) + 1):
        seen = tracker.update(frame / FRAMES_PER_S[sequence], detections[frame])
        sure = [p for p in seen if p.confirmed]
        xyxy = [(p.box.x1, p.box.y1, p.box.x2, p.box.y2) for p in sure]
        ids = np.array([p.track_id for p in sure], dtype=np.int64)
        found[frame] = IdBoxes(ids, np.array(xyxy).reshape(-1, 4))
    return found


@pytest.mark.realdata
@pytest.mark.skipif(not (DATA / "mot15").is_dir(), reason="SITELOOP_DATA has no tracks/mot15")
def test_mot15_public_detections() -> None:
    reports: dict[str, MotReport] = {s: evaluate_tracks(truth_of(s), tracked(s)) for s in FRAMES_PER_S}
    together = pooled(list(reports.values()))
    assert together.idf1 >= 0.59
    assert together.mota >= 0.65
    assert all(report.idf1 >= 0.59 for report in reports.values())
