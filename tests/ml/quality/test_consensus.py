"""Consensus of several people: votes, quorums, corners, and a crowd weighed with a model."""

from __future__ import annotations

import numpy as np
import pytest

from ml.contracts import Annotation, Box, Polygon
from ml.errors import QualityError
from ml.quality.agreement import MISSING
from ml.quality.consensus import merge_decided, merge_regions
from ml.quality.crowdlab import NO_VOTE, crowd_labels
from ml.quality.matching import cluster_regions


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


def test_a_worked_example_by_hand() -> None:
    """Five items, three people, two classes, every figure as the paper's formulas give it on paper.

    Ann and Bea agree on all they both did; Cid differs once from each of two. Majorities are 0 0 1 1 0, so saying 0
    throughout would be right on 3 of 5.
    """
    votes = [[0, 0, 0], [0, 0, 1], [1, 1, 1], [1, 1, NO_VOTE], [0, NO_VOTE, NO_VOTE]]
    model = [[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.3, 0.7], [0.6, 0.4]]
    found = crowd_labels(votes, model)
    # Of the first four items, which several did: majorities 0 0 1 1, so the baseline is 1/2.
    baseline = 1 / 2
    overall = (1 + 2 / 3 + 1 + 1) / 4
    agree = {"ann": (4 + 2) / 7, "bea": (4 + 2) / 7, "cid": 4 / 6}
    weight = [1 - (1 - share) / (1 - baseline) for share in agree.values()]
    assert found.person_agreement.tolist() == pytest.approx(list(agree.values()))
    assert found.person_weight.tolist() == pytest.approx(weight)
    assert found.person_weight.tolist() == pytest.approx([5 / 7, 5 / 7, 1 / 3])
    # The model has the majority on three of those four; 3 + 3 + 3 + 2 + 1 votes are 2.4 an item.
    speaks = (1 - (1 / 4) / (1 - baseline)) * 2.4**0.5
    assert found.model_weight == pytest.approx(speaks)
    second = (speaks * 0.4 + 2 * (5 / 7) * overall + (1 / 3) * (1 - overall)) / (speaks + 2 * (5 / 7) + 1 / 3)
    last = (speaks * 0.6 + (5 / 7) * overall) / (speaks + 5 / 7)
    assert found.label.tolist() == [0, 0, 1, 1, 0]
    assert found.quality[1] == pytest.approx(second) and found.quality[4] == pytest.approx(last)


def test_where_the_model_may_not_speak_the_people_decide_alone() -> None:
    votes = [[0, 0, 0], [1, 1, 1], [1, 1, 0], [0, 1, 1]]
    silent = np.full((4, 2), np.nan)
    found = crowd_labels(votes, silent)
    assert found.label.tolist() == [0, 1, 1, 1]
    # One word more or less changes only the item it is of, and what the model's word is worth.
    spoken = silent.copy()
    spoken[3] = [0.99, 0.01]
    other = crowd_labels(votes, spoken)
    assert other.quality[:3].tolist() == pytest.approx(found.quality[:3].tolist())
    assert other.quality[3] != pytest.approx(found.quality[3])


def test_what_is_decided_elsewhere_is_shaped_by_those_who_said_so() -> None:
    people = [[PALLET], [box("bin", 1, 0, 11, 10)], [box("pallet", 2, 0, 12, 10)], []]
    (cluster,) = cluster_regions(people)
    (bin_,) = merge_decided(people, [cluster], ["bin"], [1.0, 1.0, 1.0, 1.0])
    assert bin_.kept and bin_.region == box("bin", 1, 0, 11, 10)
    (pallet,) = merge_decided(people, [cluster], ["pallet"], [3.0, 1.0, 1.0, 1.0])
    assert pallet.kept and pallet.region.box == Box(0.5, 0, 10.5, 10)
    (gone,) = merge_decided(people, [cluster], [MISSING], [1.0, 1.0, 1.0, 1.0])
    assert not gone.kept and gone.region.label == "pallet"
    # A label that only a model would give has nobody's outline.
    (nobodys,) = merge_decided(people, [cluster], ["truck"], [1.0, 1.0, 1.0, 1.0])
    assert not nobodys.kept
