"""Consensus of several people: votes, quorums, corners, and a crowd weighed with a model."""

from __future__ import annotations

import numpy as np
import pytest

from ml.contracts import Annotation, Box, Polygon
from ml.errors import QualityError
from ml.quality.agreement import MISSING
from ml.quality.consensus import merge_regions, relabel_by_crowd
from ml.quality.crowdlab import NO_VOTE, crowd_labels


def box(label: str, x1: float, y1: float, x2: float, y2: float) -> Annotation:
    return Annotation(label, Box(x1, y1, x2, y2))


PALLET, BIN = box("pallet", 0, 0, 10, 10), box("bin", 0, 0, 10, 10)


@pytest.mark.parametrize(
    ("people", "quorum", "kept", "tied", "label"),
    [
        ([[PALLET], [PALLET], [BIN]], {}, True, False, "pallet"),
        ([[PALLET], [PALLET], []], {}, True, False, "pallet"),
        ([[PALLET], [], []], {}, False, False, "pallet"),
        ([[PALLET], []], {}, False, True, "pallet"),
        ([[PALLET], [BIN]], {}, False, True, "pallet"),
        ([[PALLET], [PALLET], []], {"pallet": 1.0}, False, False, "pallet"),
        ([[PALLET], [], []], {"pallet": 1 / 3}, True, False, "pallet"),
    ],
)
def test_an_object_is_kept_when_its_label_has_its_quorum(
    people: list[list[Annotation]], quorum: dict[str, float], kept: bool, tied: bool, label: str
) -> None:
    (merged,) = merge_regions(people, quorum=quorum)
    assert (merged.kept, merged.tied, merged.region.label) == (kept, tied, label)
    assert sum(merged.votes.values()) == len(people)


def test_corners_are_the_weighted_mean_and_sources_say_where_they_came_from() -> None:
    people = [[box("pallet", 0, 0, 10, 10)], [box("bin", 50, 50, 60, 60), box("pallet", 1, 1, 11, 11)]]
    kept, alone = merge_regions(people, weights=[3.0, 1.0])
    assert kept.region.box == Box(0.25, 0.25, 10.25, 10.25)
    assert kept.sources == {0: 0, 1: 1}
    assert kept.agreement == pytest.approx(81 / 119)
    assert alone.votes == {MISSING: 3.0, "bin": 1.0}
    assert not alone.kept
    assert merge_regions([[], []]) == []
    with pytest.raises(QualityError):
        merge_regions(people, weights=[0.0, 0.0])


def test_an_outline_is_taken_over_whole_from_the_person_in_the_middle() -> None:
    def slab(x: float) -> Annotation:
        return Annotation(
            "leak", Box(x, 0, x + 20, 20), Polygon(((x, 0), (x + 20, 0), (x + 20, 20), (x, 20)))
        )

    (merged,) = merge_regions([[slab(0)], [slab(2)], [slab(5)]])
    assert merged.region.polygon == slab(2).polygon


def slow_crowd(votes: list[list[int]], probabilities: list[list[float]]) -> list[list[float]]:
    """The paper's formulas one by one; every item is voted on by all, and no vote is tied."""
    n, people, classes = len(votes), len(votes[0]), len(probabilities[0])
    majority = [max(range(classes), key=row.count) for row in votes]
    overall = sum(row.count(m) / people for row, m in zip(votes, majority, strict=True)) / n
    baseline = max(majority.count(c) for c in range(classes)) / n
    right = (
        sum(max(range(classes), key=p.__getitem__) == m for p, m in zip(probabilities, majority, strict=True))
        / n
    )
    model = (1 - (1 - right) / (1 - baseline)) * people**0.5
    person = []
    for j in range(people):
        met = [row[j] == row[o] for row in votes for o in range(people) if o != j]
        person.append(1 - (1 - sum(met) / len(met)) / (1 - baseline))
    beliefs = []
    for row, p in zip(votes, probabilities, strict=True):
        total = [model * p[c] for c in range(classes)]
        for j, vote in enumerate(row):
            for c in range(classes):
                total[c] += person[j] * (overall if c == vote else (1 - overall) / (classes - 1))
        beliefs.append([t / (model + sum(person)) for t in total])
    return beliefs


def test_crowd_and_model_are_weighed_by_the_papers_formulas() -> None:
    votes = [[0, 0, 0], [1, 1, 1], [1, 1, 0], [0, 0, 0], [2, 2, 2], [2, 2, 2], [1, 1, 1], [0, 2, 0]]
    rng = np.random.default_rng(0)
    truth = np.array([0, 1, 1, 0, 2, 2, 1, 0])
    probabilities = rng.dirichlet(np.ones(3), 8) * 0.5 + np.eye(3)[truth] * 0.5
    reference = np.array(slow_crowd(votes, probabilities.tolist()))
    found = crowd_labels(votes, probabilities)
    assert found.label.tolist() == reference.argmax(axis=1).tolist()
    assert found.quality.tolist() == pytest.approx(reference.max(axis=1).tolist())


def test_with_one_or_two_votes_crowd_and_model_beat_the_majority() -> None:
    rng = np.random.default_rng(1)
    n, classes, skill = 1200, 4, np.array([0.95, 0.8, 0.6, 0.5, 0.7])
    truth = rng.integers(0, classes, n)
    said = np.where(
        rng.random((n, 5)) < skill,
        truth[:, None],
        (truth[:, None] + rng.integers(1, classes, (n, 5))) % classes,
    )
    votes = np.full((n, 5), NO_VOTE)
    for row in range(n):
        who = rng.permutation(5)[: rng.integers(1, 3)]
        votes[row, who] = said[row, who]
    seen = np.where(rng.random(n) < 0.8, truth, rng.integers(0, classes, n))
    probabilities = np.full((n, classes), 0.1)
    probabilities[np.arange(n), seen] = 0.7
    found = crowd_labels(votes, probabilities)
    assert (found.label == truth).mean() >= (found.majority == truth).mean() + 0.05
    assert np.argsort(found.person_weight).tolist()[-1] == 0
    # The quality says where the label is wrong.
    wrong = found.label != truth
    assert found.quality[wrong].mean() < found.quality[~wrong].mean() - 0.1


def test_an_item_nobody_voted_on_is_refused() -> None:
    with pytest.raises(QualityError):
        crowd_labels([[NO_VOTE, NO_VOTE]], [[0.5, 0.5]])


def test_the_crowd_decides_ties_of_merged_regions_with_the_models_word() -> None:
    clear = [[[PALLET], [PALLET]], [[BIN], [BIN]]] * 6
    pictures = [*clear, [[PALLET], [BIN]], [[PALLET], []]]
    people = [regions for picture in pictures for regions in picture]
    merged, picture = [], []
    for number, regions in enumerate(pictures):
        for item in merge_regions(regions):
            merged.append(item)
            picture.append(number)
    word = np.array([*([[0.9, 0.05, 0.05], [0.05, 0.9, 0.05]] * 6), [0.05, 0.9, 0.05], [0.04, 0.01, 0.95]])
    found = relabel_by_crowd(merged, people, ["pallet", "bin"], word, picture)
    assert merged[-1].tied and merged[-2].tied
    assert (found[-2].region.label, found[-2].kept) == ("bin", True)
    assert not found[-1].kept
    assert [f.region.label for f in found[:2]] == ["pallet", "bin"]
