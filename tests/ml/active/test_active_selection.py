"""What a batch promises: a random slice blind to scores, caps that hold, typical first, unsure later."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.active.candidates import Candidate, Choice, Reason, SelectionConfig
from ml.active.random_slice import random_slice
from ml.active.selection import select_batch
from ml.contracts import ImagePrediction

PLENTY = {"hat": 50, "person": 80}


def sure(p: float) -> ImagePrediction:
    return ImagePrediction(tag_scores={"hat": p, "person": 1.0 - p})


def pool(count: int, seed: int = 0, cameras: int = 4) -> list[Candidate]:
    rng = np.random.default_rng(seed)
    return [
        Candidate(
            id=f"p{i:04d}",
            prediction=sure(float(rng.uniform(0.5, 1.0))),
            embedding=tuple(rng.normal(size=8).tolist()),
            group=f"cam{i % cameras}",
            clip=f"clip{i % (cameras * 5)}",
            time_s=float(i),
        )
        for i in range(count)
    ]


def of(choices: list[Choice], reason: Reason) -> list[Choice]:
    return [c for c in choices if c.reason == reason]


def test_empty_input() -> None:
    assert select_batch([], 10, {}, SelectionConfig(), 0) == []
    assert select_batch(pool(5), 0, {}, SelectionConfig(), 0) == []
    assert random_slice([], 5, 0).ids == ()


def test_a_batch_larger_than_the_pool_takes_all_once() -> None:
    candidates = pool(7)
    for labelled in ({}, PLENTY):
        ids = [c.id for c in select_batch(candidates, 50, labelled, SelectionConfig(), 0)]
        assert sorted(ids) == [c.id for c in candidates]


def test_ids_that_repeat_are_refused() -> None:
    with pytest.raises(ValueError, match="same id"):
        select_batch([Candidate("a"), Candidate("a")], 1, {}, SelectionConfig(), 0)


def test_the_first_batch_is_typical_and_later_ones_uncertain() -> None:
    first = select_batch(pool(200), 20, {"hat": 3, "person": 0}, SelectionConfig(), 1)
    later = select_batch(pool(200), 20, PLENTY, SelectionConfig(), 1)
    assert Counter(c.reason for c in first) == {Reason.RANDOM: 4, Reason.TYPICAL: 16}
    assert Counter(c.reason for c in later) == {Reason.RANDOM: 4, Reason.MARGIN: 16}
    assert {c.inclusion_probability for c in of(later, Reason.RANDOM)} == {4 / 200}
    assert {c.inclusion_probability for c in of(later, Reason.MARGIN)} == {1.0}


def test_one_rare_class_does_not_hold_a_project_at_its_first_batch() -> None:
    choices = select_batch(pool(100), 10, {**PLENTY, "forklift": 0}, SelectionConfig(), 0)
    assert of(choices, Reason.MARGIN)


@settings(max_examples=25, deadline=None)
@given(score_seed=st.integers(0, 10_000), seed=st.integers(0, 50), labels=st.sampled_from([{}, PLENTY]))
def test_the_random_slice_is_blind_to_scores(score_seed: int, seed: int, labels: dict[str, int]) -> None:
    rng = np.random.default_rng(score_seed)
    base = pool(60)
    other = [Candidate(c.id, sure(float(rng.uniform(0, 1))), rng.normal(size=4).tolist()) for c in base]
    rng.shuffle(other)
    drawn = [
        sorted(c.id for c in of(select_batch(some, 12, labels, SelectionConfig(), seed), Reason.RANDOM))
        for some in (base, other)
    ]
    assert drawn[0] == drawn[1]


def test_the_random_slice_is_uniform() -> None:
    ids = [f"i{i}" for i in range(20)]
    counts = Counter(i for seed in range(2000) for i in random_slice(ids, 4, seed).ids)
    # 400 expected, standard deviation 18.
    assert all(abs(counts[i] - 400) < 5 * 18 for i in ids)
    assert random_slice(ids, 4, 0).inclusion_probability == 0.2


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1000),
    cap_group=st.integers(0, 6),
    cap_clip=st.integers(0, 3),
    gap=st.sampled_from([0.0, 25.0]),
    labels=st.sampled_from([{}, PLENTY]),
)
def test_caps_hold(seed: int, cap_group: int, cap_clip: int, gap: float, labels: dict[str, int]) -> None:
    config = SelectionConfig(
        random_fraction=0.0, cap_per_group=cap_group, cap_per_clip=cap_clip, min_gap_s=gap
    )
    candidates = pool(80, seed)
    by_id = {c.id: c for c in candidates}
    chosen = [by_id[c.id] for c in select_batch(candidates, 20, labels, config, seed)]
    assert len({c.id for c in chosen}) == len(chosen) <= 20
    times: dict[str, list[float]] = defaultdict(list)
    for c in chosen:
        times[c.clip].append(c.time_s or 0.0)
    assert not cap_group or max(Counter(c.group for c in chosen).values()) <= cap_group
    assert not cap_clip or max(map(len, times.values())) <= cap_clip
    assert all(b - a >= gap for t in times.values() for a, b in zip(sorted(t), sorted(t)[1:], strict=False))


def test_a_cap_passes_the_turn_to_other_cameras() -> None:
    unsure_camera = [Candidate(f"u{i}", sure(0.5), (1.0, i / 100), group="gate") for i in range(100)]
    calm_camera = [Candidate(f"c{i}", sure(0.9), (i / 100, 1.0), group="hall") for i in range(100)]
    config = SelectionConfig(random_fraction=0.0, cap_per_group=5)
    chosen = select_batch(unsure_camera + calm_camera, 10, PLENTY, config, 0)
    assert Counter(c.id[0] for c in chosen) == {"u": 5, "c": 5}


def test_typical_ones_cover_every_cluster_and_skip_near_copies() -> None:
    rng = np.random.default_rng(5)
    candidates = []
    for cluster, size in enumerate((60, 30, 10)):
        centre = np.eye(3)[cluster]
        rows = centre + rng.normal(0, 0.15, (size, 3))
        candidates += [Candidate(f"{cluster}-{i}", None, row.tolist()) for i, row in enumerate(rows)]
        candidates += [Candidate(f"{cluster}-copy{i}", None, rows[0].tolist()) for i in range(20)]
    chosen = select_batch(candidates, 3, {}, SelectionConfig(random_fraction=0.0), 0)
    assert {c.id[0] for c in chosen} == {"0", "1", "2"}
    many = select_batch(candidates, 60, {}, SelectionConfig(random_fraction=0.0), 0)
    assert sum("copy" in c.id or c.id.endswith("-0") for c in many) <= 3


def test_typical_ones_keep_away_from_what_is_labelled() -> None:
    rng = np.random.default_rng(5)
    rows = {c: np.eye(4)[c] + rng.normal(0, 0.1, (30, 4)) for c in range(4)}
    candidates = [Candidate(f"{c}-{i}", None, row.tolist()) for c in rows for i, row in enumerate(rows[c])]
    labelled = [(1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0)]
    chosen = select_batch(candidates, 2, {}, SelectionConfig(random_fraction=0.0), 0, labelled)
    assert {c.id[0] for c in chosen} == {"2", "3"}


def test_without_embeddings_cameras_take_turns() -> None:
    candidates = [Candidate(f"p{i}", group=f"cam{i % 3}") for i in range(30)]
    chosen = select_batch(candidates, 9, {}, SelectionConfig(random_fraction=0.0), 0)
    by_id = {c.id: c.group for c in candidates}
    assert Counter(by_id[c.id] for c in chosen) == {"cam0": 3, "cam1": 3, "cam2": 3}


def test_identical_pictures_do_not_stop_a_batch() -> None:
    candidates = [Candidate(f"p{i}", sure(0.6), (1.0, 0.0)) for i in range(30)]
    assert len(select_batch(candidates, 10, PLENTY, SelectionConfig(), 0)) == 10


def test_same_seed_same_batch() -> None:
    for labels in ({}, PLENTY):
        first, again = (select_batch(pool(100), 15, labels, SelectionConfig(), 9) for _ in range(2))
        assert first == again


def test_a_pool_smaller_than_the_batch_keeps_the_random_share() -> None:
    pool = [Candidate(str(i), embedding=(float(i), 1.0)) for i in range(20)]
    chosen = select_batch(pool, 60, {}, SelectionConfig(random_fraction=0.3), seed=1)
    assert sum(choice.reason is Reason.RANDOM for choice in chosen) == 6
