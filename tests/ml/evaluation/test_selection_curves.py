"""Savings are read off the curves as a person would read them, and the picture shows every curve."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import fromstring

import numpy as np
import pytest

from ml.cli.main import main
from ml.evaluation.curve_svg import curves_svg
from ml.evaluation.selection_curves import labels_needed, saving, worst_gap
from ml.evaluation.selection_sets import long_tail
from ml.evaluation.simple_features import simple_features

BUDGETS = (10, 20, 40, 80)
RANDOM = np.array([[0.2, 0.4, 0.6, 0.8], [0.2, 0.4, 0.6, 0.8]])


@pytest.mark.parametrize(
    ("figures", "goal", "needed"),
    [
        ([0.2, 0.4, 0.6, 0.8], 0.6, 40.0),
        ([0.2, 0.4, 0.6, 0.8], 0.7, 60.0),
        ([0.9, 0.4, 0.6, 0.8], 0.7, 10.0),
        ([0.2, 0.4, 0.6, 0.8], 0.9, float("inf")),
    ],
)
def test_labels_needed(figures: list[float], goal: float, needed: float) -> None:
    assert labels_needed(BUDGETS, np.array(figures), goal) == pytest.approx(needed)


@pytest.mark.parametrize(
    ("ours", "saved"),
    [([0.4, 0.8, 0.8, 0.8], 0.75), ([0.2, 0.4, 0.6, 0.8], 0.0), ([0.1, 0.2, 0.3, 0.4], 0.0)],
)
def test_savings_over_random(ours: list[float], saved: float) -> None:
    found = saving(BUDGETS, np.array([ours, ours]), RANDOM, 80)
    assert (found.saved, found.goal) == (pytest.approx(saved), pytest.approx(0.8))
    assert found.low == pytest.approx(found.saved) == found.high


def test_the_worst_gap_is_random_ahead() -> None:
    assert worst_gap(RANDOM + np.array([0.1, -0.02, 0.1, 0.1]), RANDOM) == pytest.approx(-0.02)


def test_the_long_tails_rarest_class_is_twenty_times_rarer() -> None:
    part = long_tail().draw(0)
    counts = np.sort(np.bincount(part.truth[part.pool]))
    assert (counts[0], counts[-1]) == (6, 110)
    assert not set(part.pool.tolist()) & set(part.held.tolist())


def test_simple_features_tell_colours_and_directions_apart() -> None:
    across = np.zeros((40, 60, 3), dtype=np.uint8)
    across[::8] = across[1::8] = across[2::8] = (200, 200, 200)
    along = np.ascontiguousarray(across[:, :40].transpose(1, 0, 2))
    red = across.copy()
    red[..., 1:] = 0
    grainy = across + np.random.default_rng(0).integers(0, 4, across.shape, dtype=np.uint8)
    told = [simple_features(p) for p in (across, grainy, along, red)]
    assert len({t.shape for t in told}) == 1
    near = float(np.linalg.norm(told[0] - told[1]))
    assert near < np.linalg.norm(told[0] - told[2]) and near < np.linalg.norm(told[0] - told[3])


def test_the_picture_has_a_line_and_a_name_for_each_curve() -> None:
    svg = fromstring(curves_svg("a < b", BUDGETS, {"hybrid": RANDOM, "random": RANDOM[0]}, "accuracy"))
    space = "{http://www.w3.org/2000/svg}"
    lines = svg.findall(f"{space}polyline")
    assert [len(str(line.get("points")).split()) for line in lines] == [4, 4]
    texts = [text.text for text in svg.iter(f"{space}text")]
    assert {"a < b", "hybrid", "random", "labels", "10", "80"} <= set(texts)


def test_the_command_refuses_what_it_cannot_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["benchmark", "selection", "--out", str(tmp_path), "--seeds", "0"]) == 2
    assert "seed" in capsys.readouterr().err
    assert main(["benchmark", "anomaly", "--out", str(tmp_path), "--data", str(tmp_path)]) == 2
    assert main(["benchmark", str(tmp_path)]) == 2
