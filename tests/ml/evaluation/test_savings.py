"""Labels saved against the random slice: told with an interval, nothing where nothing was saved, never from too little."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ml.evaluation.savings import LabelledPicture, Savings, Shortage, auroc, savings


def pictures(random: int, chosen: int, seed: int = 0, *, helped: bool = False) -> list[LabelledPicture]:
    """A label that one of sixteen numbers tells, rare at random; `helped` ones have it in half of the pictures."""
    rng = np.random.default_rng(seed)
    made = []
    for i in range(random + chosen):
        is_random = i < random
        has = rng.random() < (0.5 if helped and not is_random else 0.15)
        row = rng.normal(0, 1, 16)
        row[0] += 2.0 if has else 0.0
        labels = frozenset({"spill", "floor"} if has else {"floor"})
        made.append(LabelledPicture(labels, row.tolist(), f"g{i}", is_random, 2.0 if has else 1.0, 10.0))
    order = rng.permutation(len(made))
    return [made[i] for i in order.tolist()]


def test_pictures_that_hold_the_rare_label_save_labels_and_the_interval_says_so() -> None:
    found = savings(pictures(160, 240, helped=True))
    assert isinstance(found, Savings)
    assert found.labels == ("spill",)  # "floor" is everywhere: nothing to tell
    assert found.pictures.value > 0.15
    assert found.pictures.low <= found.pictures.value <= found.pictures.high
    assert found.needed == pytest.approx(found.at * (1 - found.pictures.value))
    assert found.boxes is not None and found.seconds is not None
    # A helped picture costs more boxes, so that fewer boxes than pictures are saved; seconds are all alike.
    assert found.boxes.value < found.pictures.value
    assert found.seconds.value == pytest.approx(found.pictures.value, abs=0.02)
    assert [p.pictures for p in found.curve][-1] == 80 >= found.at


def test_where_nothing_was_saved_the_interval_holds_nothing() -> None:
    covered = 0
    for seed in range(4):
        found = savings(pictures(120, 160, seed=seed + 20), seed=seed)
        assert isinstance(found, Savings)
        covered += found.pictures.low <= 0.0 <= found.pictures.high
    assert covered >= 3


def plain(seed: int) -> list[LabelledPicture]:
    """50 random and 60 chosen pictures whose only label every one of eight numbers tells."""
    made = []
    for count, rare, is_random in ((50, 0.3, True), (60, 0.5, False)):
        rng = np.random.default_rng(seed + 1 + (not is_random))
        for i in range(count):
            has = rng.random() < rare
            row = rng.normal(0, 1, 8) + 3.0 * has
            labels = frozenset({"spill"} if has else set())
            made.append(LabelledPicture(labels, row.tolist(), f"{is_random}{i}", is_random, 2.0, 12.0))
    return made


@pytest.mark.parametrize(
    "seed", [1000, 17000]
)  # here more than 97.5 of 100 resamples save less than the whole set
def test_the_interval_holds_the_figure_also_where_resamples_seldom_reach_it(seed: int) -> None:
    found = savings(plain(seed))
    assert isinstance(found, Savings) and found.seconds is not None
    curve = [share for point in found.curve for share in (point.random, point.chosen)]
    for share in (found.pictures, found.seconds, *curve):
        assert share.low <= share.value <= share.high


def test_labels_that_cannot_be_told_by_the_embedding_save_nothing_that_could_be_said() -> None:
    rng = np.random.default_rng(5)
    made = [replace(p, embedding=rng.normal(0, 1, 16).tolist()) for p in pictures(60, 60, seed=5)]
    found = savings(made)
    assert isinstance(found, Shortage)
    assert (found.random_more, "guessing" in found.why) == (60, True)


def test_the_same_labels_give_the_same_answer() -> None:
    made = pictures(60, 60)
    assert savings(made, seed=3) == savings(made, seed=3)


@pytest.mark.parametrize(
    ("made", "random_more", "chosen_more"),
    [
        ([], 40, 40),
        (pictures(12, 100), 28, 0),
        (pictures(50, 10), 0, 30),
        ([replace(p, group="one") for p in pictures(50, 50)], 9, 0),
        ([replace(p, labels=frozenset({"floor"})) for p in pictures(50, 50)], 50, 0),
    ],
)
def test_too_little_is_said_with_what_is_missing(
    made: list[LabelledPicture], random_more: int, chosen_more: int
) -> None:
    found = savings(made)
    assert isinstance(found, Shortage)
    assert (found.random_more, found.chosen_more) == (random_more, chosen_more)
    assert found.why


def test_no_time_taken_and_no_box_drawn_are_no_savings() -> None:
    made = [replace(p, boxes=0.0, seconds=0.0) for p in pictures(120, 60)]
    found = savings(made)
    assert isinstance(found, Savings)
    assert (found.boxes, found.seconds) == (None, None)


@pytest.mark.parametrize(
    ("score", "positive", "value"),
    [
        ([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1], 1.0),
        ([0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1], 0.0),
        ([0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1], 0.5),
        ([0.1, 0.5, 0.5, 0.9], [0, 0, 1, 1], 0.875),
        ([0.1, 0.9], [1, 1], None),
    ],
)
def test_auroc(score: list[float], positive: list[int], value: float | None) -> None:
    assert auroc(np.array(score), np.array(positive, dtype=bool)) == value
