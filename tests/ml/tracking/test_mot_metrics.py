"""MOTA and IDF1 on hand-counted cases, then the tracker on public detections of MOT15."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from ml.errors import DatasetError
from ml.evaluation.mot import IdBoxes, evaluate_tracks
from ml.evaluation.tracking_report import tracking_report

DATA = Path(os.environ.get("SITELOOP_DATA", "../shared/data")) / "tracks"


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


@pytest.mark.realdata
@pytest.mark.skipif(not (DATA / "mot15").is_dir(), reason="SITELOOP_DATA has no tracks/mot15")
def test_mot15_public_detections() -> None:
    report = tracking_report(DATA)
    assert {row["sequence"] for row in report["sequences"]} >= {"TUD-Campus", "TUD-Stadtmitte", "PETS09-S2L1"}
    assert report["reached"], report
    assert all(row["idf1"] >= 0.59 for row in report["sequences"])


def test_a_folder_of_one_made_up_sequence_is_read_and_scored(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "seqinfo.ini").write_text("[Sequence]\nframeRate=10\n")
    rows = [(f, 20.0 + 3.0 * f) for f in range(1, 31)]
    (folder / "gt.txt").write_text("".join(f"{f},1,{x},50,40,100,1,-1,-1,-1\n" for f, x in rows))
    (folder / "det.txt").write_text("".join(f"{f},-1,{x},50,40,100,0.9,-1,-1,-1\n" for f, x in rows))
    [row] = tracking_report(tmp_path)["sequences"]
    assert (row["frames_per_s"], row["truths"], row["switches"]) == (10.0, 30, 0)
    assert row["idf1"] > 0.9
    with pytest.raises(DatasetError):
        tracking_report(tmp_path / "nothing")
