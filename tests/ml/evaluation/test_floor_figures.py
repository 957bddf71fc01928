"""The floor's figures: readers and rules on small made-up sets; the published sets where they are there."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from ml.cli.main import main
from ml.evaluation.clips_report import Event, Events
from ml.evaluation.geometry_report import GOALS, noise_row, velocities, wildtrack_report
from ml.evaluation.track_sets import ground_views, walk_sequences

DATA = Path(os.environ.get("SITELOOP_DATA", "../shared/data")) / "tracks"
needs_data = pytest.mark.skipif(not (DATA / "eth").is_dir(), reason="SITELOOP_DATA has no tracks/eth")


def square(tmp_path: Path, people: int = 3) -> Path:
    """People who walk east at 1 m/s, seen every 10 frames, with forward differences as velocities."""
    folder = tmp_path / "square"
    folder.mkdir()
    rows = ["frame,ped,x_m,y_m,vx_mps,vy_mps"]
    rows += [f"{10 * i},{p},{0.4 * i:.5f},{2.0 * p},1.0,0.0" for i in range(12) for p in range(people)]
    (folder / "obsmat.csv").write_text("\n".join(rows) + "\n")
    return tmp_path


def test_a_set_that_is_not_there_is_left_out(tmp_path: Path) -> None:
    assert list(walk_sequences(tmp_path)) == []
    assert list(ground_views(tmp_path)) == []
    assert wildtrack_report(tmp_path) is None


def test_velocities_and_noise_of_a_made_up_square(tmp_path: Path) -> None:
    [sequence] = walk_sequences(square(tmp_path))
    assert len(sequence.walks) == 3
    assert sequence.walks[0].times_s[1] == pytest.approx(0.4)
    assert velocities(sequence)["not_exact"] == 0
    row = noise_row(sequence, 0.1, np.random.default_rng(0))
    assert 0.0 < row["speed_mae_m_s"] < 0.2
    assert row["distances"] > 0


def test_the_command_writes_its_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "out" / "report.json"
    words = [
        "benchmark",
        "geometry",
        "--data",
        str(square(tmp_path)),
        "--clips",
        "0",
        "--report",
        str(report),
    ]
    assert main(words) == 0
    assert report.read_text().strip() == capsys.readouterr().out.strip()


def test_grazes_count_neither_way() -> None:
    events = Events()
    sure, graze = Event("a", 1.0, 2.0, 1.4), Event("b", 5.0, 5.0, 5.0)
    events.add(
        [sure],
        [sure, graze],
        [Event("a", 1.5, 1.5, 1.5), Event("b", 5.2, 5.2, 5.2), Event("c", 9.0, 9.0, 9.0)],
    )
    assert events.figures()["recall"] == 1.0
    assert events.figures()["time_off_s_median"] == pytest.approx(0.1)
    assert events.figures()["precision"] == pytest.approx(2 / 3, abs=1e-4)


@pytest.mark.realdata
@needs_data
def test_published_velocities_come_out() -> None:
    rows = [velocities(sequence) for sequence in walk_sequences(DATA)]
    assert len(rows) >= 5
    assert all(row["not_exact"] <= 0.001 * row["n"] for row in rows)


@pytest.mark.realdata
@needs_data
def test_wildtrack_distances_reach_their_goal() -> None:
    report = wildtrack_report(DATA)
    assert report is not None
    assert report["pooled"]["mae_m"] <= GOALS["wildtrack_mae_m"]
    assert report["pooled"]["recall_2m"] >= GOALS["wildtrack_recall_2m"]
