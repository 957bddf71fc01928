"""Planted label errors come up first, each under its own kind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ml.contracts import Annotation, Box, Judgement, Prediction
from ml.errors import QualityError
from ml.quality.judged import Judged
from ml.quality.label_errors import LabelError, rank_label_errors

CLASSES = ("person", "hard_hat", "vest")


def jittered(box: Box, share: float, rng: np.random.Generator) -> Box:
    dx, dy, dw, dh = rng.normal(0.0, share, 4)
    width, height = box.width * np.exp(dw), box.height * np.exp(dh)
    x, y = box.x1 + dx * box.width, box.y1 + dy * box.height
    return Box(float(x), float(y), float(x + width), float(y + height))


def site(pictures: int, rng: np.random.Generator) -> tuple[list[list[Annotation]], list[list[Prediction]]]:
    """Right labels, and a fair detector: finds 85 %, of these 4 % as another class, and some that are not there."""
    labels, predictions = [], []
    for _ in range(pictures):
        objects, guessed = [], []
        for column in range(int(rng.integers(2, 7))):
            x, y, side = column * 100.0, rng.uniform(0, 300), rng.uniform(25, 90)
            kind = int(rng.choice(3, p=[0.5, 0.3, 0.2]))
            objects.append(Annotation(CLASSES[kind], Box(x, y, x + side, y + side * 1.3)))
            if rng.random() < 0.85:
                confused = rng.random() < 0.04
                seen, sure = CLASSES[(kind + confused) % 3], rng.beta(2, 4) if confused else rng.beta(4, 3)
                guessed.append(Prediction(seen, float(sure), jittered(objects[-1].box, 0.07, rng)))
                if rng.random() < 0.15:
                    guessed.append(
                        Prediction(CLASSES[(kind + 1) % 3], float(rng.beta(1.5, 6)), objects[-1].box)
                    )
        for _ in range(int(rng.poisson(1.0))):
            x, y = rng.uniform(0, 600), rng.uniform(400, 500)
            guessed.append(Prediction("person", float(rng.beta(1.5, 6)), Box(x, y, x + 50, y + 60)))
        labels.append(objects)
        predictions.append(sorted(guessed, key=lambda p: -p.score))
    return labels, predictions


def test_most_planted_errors_are_among_twice_as_many_first_findings() -> None:
    rng = np.random.default_rng(0)
    labels, predictions = site(500, rng)
    places = [(i, j) for i, row in enumerate(labels) for j in range(len(row))]
    count = len(places) // 60
    chosen = [places[k] for k in rng.permutation(len(places))[: 3 * count]]
    swapped, bad, gone = set(chosen[:count]), set(chosen[count : 2 * count]), set(chosen[2 * count :])
    hidden: dict[int, list[Box]] = {}
    told: list[list[Annotation]] = []
    names: dict[tuple[int, int], tuple[int, int]] = {}
    for i, row in enumerate(labels):
        kept = []
        for j, label in enumerate(row):
            if (i, j) in gone:
                hidden.setdefault(i, []).append(label.box)
                continue
            if (i, j) in swapped:
                label = replace(label, label=CLASSES[(CLASSES.index(label.label) + 1) % 3])
            if (i, j) in bad:
                b = label.box
                label = replace(label, box=Box(b.x1, b.y1, b.x1 + 0.55 * b.width, b.y2))
            names[(i, len(kept))] = (i, j)
            kept.append(label)
        told.append(kept)
    found = rank_label_errors(told, predictions)

    def at(kind: LabelError, planted: set[tuple[int, int]]) -> float:
        first = found[kind][: 2 * count]
        return len({names[(f.picture, f.label)] for f in first if f.label is not None} & planted) / count

    def is_hidden(picture: int, box: Box) -> bool:
        return any(abs(box.x1 - b.x1) + abs(box.y1 - b.y1) < 0.6 * b.width for b in hidden.get(picture, []))

    overlooked = sum(
        is_hidden(f.picture, f.prediction.box) for f in found[LabelError.OVERLOOKED][: 2 * count]
    )
    assert at(LabelError.SWAPPED, swapped) >= 0.7
    assert at(LabelError.BAD_BOX, bad) >= 0.6
    assert overlooked / count >= 0.6
    for rows in found.values():
        assert all(0.0 <= f.score <= 1.0 for f in rows)
        assert [f.score for f in rows] == sorted((f.score for f in rows), reverse=True)


def test_right_labels_ignored_regions_and_empty_pictures_raise_no_suspicion() -> None:
    box = Box(0, 0, 50, 50)
    label, sure = Annotation("person", box), Prediction("person", 0.9, box)
    for labels, predictions in (
        ([[]], [[]]),
        ([[label]], [[sure]]),
        ([[label]], [[]]),
        ([[replace(label, ignore=True)]], [[replace(sure, box=Box(2, 2, 48, 50))]]),
    ):
        assert not any(rank_label_errors(labels, predictions).values())
    with pytest.raises(QualityError):
        rank_label_errors([[]], [])


def test_a_hat_labelled_on_a_labelled_head_is_no_swap() -> None:
    head, hat = Annotation("head", Box(0, 0, 40, 40)), Annotation("hat", Box(0, 0, 40, 30))
    guessed = [Prediction("hat", 0.9, hat.box)]
    assert rank_label_errors([[head]], [guessed])[LabelError.SWAPPED]
    assert not rank_label_errors([[head, hat]], [guessed])[LabelError.SWAPPED]


# --- with a judge of boxes beside the detector

PLACE = Box(10, 10, 50, 60)


def word(errors: float = 0.05, box: Box = PLACE, **shares: float) -> Judgement:
    return Judgement(shares, dict.fromkeys(shares, box), dict.fromkeys(shares, errors))


def test_a_judge_tells_what_is_swapped_where_the_detector_sees_nothing() -> None:
    labels = [[Annotation("person", PLACE)], [Annotation("person", PLACE)]]
    judged = [
        Judged([word(person=0.02, hard_hat=0.9, vest=0.05)], []),
        Judged([word(person=0.9, hard_hat=0.02, vest=0.05)], []),
    ]
    first, second = rank_label_errors(labels, [[], []], judged)[LabelError.SWAPPED]
    assert (first.picture, first.label, first.prediction.label) == (0, 0, "hard_hat")
    assert first.prediction.box == PLACE
    assert first.score > 0.95
    assert second.score < 0.1
    assert not rank_label_errors(labels, [[], []])[LabelError.SWAPPED]


def test_a_judge_s_other_class_that_is_labelled_there_as_well_swaps_nothing() -> None:
    both = [Annotation("person", PLACE), Annotation("hard_hat", PLACE)]
    words = [word(person=0.1, hard_hat=0.8), word(person=0.1, hard_hat=0.8)]
    assert not rank_label_errors([both], [[]], [Judged(words, [])])[LabelError.SWAPPED]


def test_of_two_boxes_the_detector_doubts_alike_the_one_the_judge_doubts_comes_first() -> None:
    label, seen = Annotation("person", PLACE), Prediction("person", 0.8, Box(10, 10, 50, 120))
    fine, odd = word(0.03, person=0.9), word(0.4, Box(10, 10, 50, 80), person=0.9)
    found = rank_label_errors(
        [[label], [label]], [[seen], [seen]], [Judged([w], [fine]) for w in (fine, odd)]
    )
    rows = found[LabelError.BAD_BOX]
    assert [row.picture for row in rows] == [1]
    # What is proposed is the detector's box.
    assert rows[0].prediction == seen


def test_what_the_judge_calls_nothing_is_overlooked_last() -> None:
    seen = [
        Prediction("person", 0.8, Box(100, 10, 140, 60)),
        Prediction("person", 0.8, Box(200, 10, 240, 60)),
    ]
    judged = [Judged([], [word(person=0.05, vest=0.01), word(person=0.9, vest=0.05)])]
    rows = rank_label_errors([[]], [seen], judged)[LabelError.OVERLOOKED]
    assert [row.prediction.box.x1 for row in rows] == [200, 100]
    assert rows[0].score > 10 * rows[1].score


def test_a_judge_that_does_not_know_a_label_says_nothing_of_its_box() -> None:
    label, seen = Annotation("cone", PLACE), Prediction("cone", 0.8, Box(10, 10, 50, 120))
    alone = rank_label_errors([[label]], [[seen]])[LabelError.BAD_BOX]
    judged = [Judged([word(person=0.9)], [None])]
    assert rank_label_errors([[label]], [[seen]], judged)[LabelError.BAD_BOX] == alone
