"""Fast orders against the slow obvious ones: k-centres, factored BADGE, near-copies."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from ml.active.candidates import Candidate, Reason, SelectionConfig, Strategy
from ml.active.selection import select_batch
from ml.active.spread import (
    farthest_first,
    gradients_apart,
    projected,
    unit_rows,
    without_near_duplicates,
)
from ml.contracts import Box, ImagePrediction, Prediction


def rows(count: int, width: int = 6, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)


def slow_k_centres(points: np.ndarray, known: np.ndarray, wanted: int) -> list[int]:
    taken: list[int] = []
    for _ in range(wanted):
        centres = [*known, *points[taken]]
        if not centres:
            taken.append(int(np.linalg.norm(points - points.mean(axis=0), axis=1).argmin()))
            continue
        away = [min(float(np.linalg.norm(p - c)) for c in centres) for p in points]
        taken.append(int(np.argmax(away)))
    return taken


@pytest.mark.parametrize("labelled", [0, 1, 7])
def test_k_centres_agree_with_the_slow_version(labelled: int) -> None:
    points, known = rows(60), rows(labelled, seed=1)
    assert list(islice(farthest_first(points, known), 12)) == slow_k_centres(points, known, 12)


def test_k_centres_end_when_all_is_covered() -> None:
    points = np.repeat(rows(4), 5, axis=0)
    assert len(list(farthest_first(points, np.zeros((0, 6), dtype=np.float32)))) == 4
    assert list(farthest_first(points[:0], points)) == []


def test_badge_draws_what_explicit_gradients_would() -> None:
    doubt, points = rows(50, 3), rows(50, 4, seed=2)
    made = np.einsum("nc,nd->ncd", doubt, points).reshape(50, -1).astype(np.float64)
    rng = np.random.default_rng(3)
    expected = [int((made**2).sum(axis=1).argmax())]
    for _ in range(11):
        nearest = ((made[:, None] - made[expected]) ** 2).sum(axis=2).min(axis=1)
        nearest[expected] = 0.0
        reach = np.cumsum(nearest)
        expected.append(int(np.searchsorted(reach, rng.random() * reach[-1], side="right")))
    assert list(islice(gradients_apart(doubt, points, np.random.default_rng(3)), 12)) == expected


def test_near_copies_are_dropped_as_the_slow_version_drops_them() -> None:
    base = unit_rows(rows(200, 8))
    unit = unit_rows(np.concatenate([base, base[:120] + 0.02 * rows(120, 8, seed=4)]))
    known = base[5:9]
    kept: list[int] = []
    for i, row in enumerate(unit):
        if all(float(row @ other) <= 0.97 for other in (*known, *unit[kept])):
            kept.append(i)
    assert without_near_duplicates(unit, 0.97, known).tolist() == kept
    assert without_near_duplicates(unit, 0.97, known, wanted=10).tolist() == kept[:10]
    assert without_near_duplicates(unit[:0], 0.97).tolist() == []


def test_a_projection_keeps_distances() -> None:
    wide = rows(300, 384)
    narrow = projected(wide, 64, 0)
    ratio = np.linalg.norm(narrow[:150] - narrow[150:], axis=1) / np.linalg.norm(
        wide[:150] - wide[150:], axis=1
    )
    assert abs(float(ratio.mean()) - 1.0) < 0.05
    assert float(ratio.std()) < 0.15


@pytest.mark.parametrize("strategy", list(Strategy))
@pytest.mark.parametrize("kind", ["tags", "boxes", "nothing"])
def test_every_strategy_fills_a_batch_of_distinct_pictures_and_says_why(
    strategy: Strategy, kind: str
) -> None:
    rng = np.random.default_rng(0)
    points = rows(80) + 5.0
    said = {
        "tags": [ImagePrediction(tag_scores={"a": p, "b": 1.0 - p}) for p in rng.uniform(0, 1, 80).tolist()],
        "boxes": [
            ImagePrediction((Prediction("a", p, Box(0, 0, 9, 9)), Prediction("b", 0.9, Box(5, 5, 9, 9))))
            for p in rng.uniform(0, 1, 80).tolist()
        ],
        "nothing": [None] * 80,
    }[kind]
    pool = [Candidate(f"p{i}", p, row.tolist()) for i, (p, row) in enumerate(zip(said, points, strict=True))]
    # Two shots of one scene: one is enough.
    copies = [Candidate(f"{c.id}-again", c.prediction, c.embedding) for c in pool[:40]]
    config = SelectionConfig(strategy=strategy, random_fraction=0.0)
    chosen = select_batch(pool + copies, 20, {"a": 50, "b": 50}, config, 0)
    assert len({c.id for c in chosen}) == 20
    assert all(c.why.endswith((".", ")")) for c in chosen)
    if strategy is not Strategy.RANDOM:
        assert len({c.id.removesuffix("-again") for c in chosen}) == 20
    always = {
        Strategy.RANDOM: Reason.RANDOM,
        Strategy.TYPICAL: Reason.TYPICAL,
        Strategy.CORESET: Reason.CORESET,
    }
    answered = {Strategy.HYBRID: Reason.MARGIN} | {
        s: Reason(s.value) for s in Strategy if s is not Strategy.HYBRID
    }
    reasons = answered if kind != "nothing" else dict.fromkeys(Strategy, Reason.TYPICAL)
    expected = {{**reasons, **always}[strategy]}
    assert {c.reason for c in chosen} == expected


def test_features_with_a_large_common_part_are_not_taken_for_copies() -> None:
    points = unit_rows(rows(60) * 0.05 + 1.0)
    assert (points @ points.T).min() > 0.985
    pool = [Candidate(f"p{i}", None, row.tolist()) for i, row in enumerate(points)]
    assert len(select_batch(pool, 40, {}, SelectionConfig(random_fraction=0.0), 0)) == 40
