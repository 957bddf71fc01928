"""Agreement against published worked examples and slow reference code."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from ml.contracts import Annotation, Box, Polygon
from ml.errors import QualityError
from ml.geometry.masks import mask_to_rle, polygon_to_mask
from ml.quality.agreement import MISSING, group_agreement, object_votes, pair_agreement
from ml.quality.coefficients import cohen_kappa, krippendorff_alpha
from ml.quality.matching import cluster_regions, match_regions, region_iou


def box(label: str, x1: float, y1: float, x2: float, y2: float) -> Annotation:
    return Annotation(label, Box(x1, y1, x2, y2))


def columns(*rows: str) -> list[list[str | None]]:
    return [[None if v == "." else v for v in unit] for unit in zip(*(r.split() for r in rows), strict=True)]


@pytest.mark.parametrize(
    ("rows", "alpha"),
    [
        # Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, sections A, B and C (nominal).
        (("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"), 0.095),
        (("a a b b d c c c e d d a", "b a b b b c c c e d d d"), 0.692),
        (
            (
                "1 2 3 3 2 1 4 1 2 . . .",
                "1 2 3 3 2 2 4 1 2 5 . 3",
                ". 3 3 3 2 3 4 2 2 5 1 .",
                "1 2 3 3 2 4 4 1 2 5 1 .",
            ),
            0.743,
        ),
    ],
)
def test_alpha_gives_the_published_values(rows: tuple[str, ...], alpha: float) -> None:
    assert krippendorff_alpha(columns(*rows)) == pytest.approx(alpha, abs=0.0006)


def test_alpha_is_undefined_without_pairs_or_variety() -> None:
    assert krippendorff_alpha([]) is None
    assert krippendorff_alpha([["a", None], ["b", None]]) is None
    assert krippendorff_alpha([["a", "a"], ["a", "a"]]) is None


def slow_alpha(units: list[list[str | None]]) -> float:
    """By the definition: observed over expected disagreement, every ordered pair of answers one by one."""
    kept = [[v for v in u if v is not None] for u in units]
    kept = [u for u in kept if len(u) > 1]
    values = [v for u in kept for v in u]
    observed = sum(sum(a != b for a, b in permutations(u, 2)) / (len(u) - 1) for u in kept) / len(values)
    expected = sum(a != b for a, b in permutations(values, 2)) / (len(values) * (len(values) - 1))
    return 1.0 - observed / expected


def test_alpha_agrees_with_the_definition_on_random_tables_with_gaps() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        table = rng.choice(["a", "b", MISSING, "."], (12, 4), p=[0.4, 0.2, 0.2, 0.2])
        units: list[list[str | None]] = [[None if v == "." else str(v) for v in row] for row in table]
        assert krippendorff_alpha(units) == pytest.approx(slow_alpha(units))


def test_kappa_gives_cohens_own_example_and_scikit_learns_values() -> None:
    # Cohen 1960, A coefficient of agreement for nominal scales, table 1 (proportions of 200): kappa -.09.
    table = {("1", "1"): 50, ("1", "2"): 26, ("1", "3"): 24, ("2", "1"): 24, ("2", "2"): 4, ("2", "3"): 32}
    table |= {("3", "1"): 6, ("3", "2"): 30, ("3", "3"): 4}
    pairs = [pair for pair, count in table.items() for _ in range(count)]
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    assert cohen_kappa(first, second) == pytest.approx(-0.092, abs=0.0005)
    assert cohen_kappa(first, second) == pytest.approx(cohen_kappa_score(first, second))
    assert cohen_kappa([], []) is None
    assert cohen_kappa(["a", "a"], ["a", "a"]) is None


def random_regions(rng: np.random.Generator, count: int) -> list[Annotation]:
    corner, size = rng.uniform(0, 60, (count, 2)), rng.uniform(10, 40, (count, 2))
    return [
        box("ab"[int(rng.integers(2))], x, y, x + w, y + h)
        for (x, y), (w, h) in zip(corner.tolist(), size.tolist(), strict=True)
    ]


def test_matching_makes_as_many_pairs_as_any_and_the_greatest_overlap_among_those() -> None:
    rng = np.random.default_rng(1)
    for _ in range(15):
        first, second = random_regions(rng, 4), random_regions(rng, 4)
        iou = region_iou(first, second)
        best = (0, 0.0)
        for size in range(5):
            for rows in combinations(range(4), size):
                for cols in permutations(range(4), size):
                    values = [iou[i, j] for i, j in zip(rows, cols, strict=True)]
                    if all(v >= 0.1 for v in values):
                        best = max(best, (size, float(sum(values))))
        pairs = match_regions(first, second, 0.1, same_label=False)
        assert (len(pairs), sum(p.iou for p in pairs)) == (best[0], pytest.approx(best[1]))


def test_pair_figures_by_hand() -> None:
    # Two objects found by both (IoU 1 and 0.6), one with another label, one drawn by the first alone.
    first = [
        box("a", 0, 0, 10, 10),
        box("a", 20, 0, 30, 10),
        box("b", 40, 0, 50, 10),
        box("b", 60, 0, 70, 10),
    ]
    second = [box("a", 0, 0, 10, 10), box("a", 20, 0, 30, 6), box("a", 40, 0, 50, 10)]
    found = pair_agreement([(first, second), ([], [])])
    assert found.overall.matched_iou == pytest.approx(0.8)
    assert found.overall.f1_50 == pytest.approx(4 / 7)
    assert found.overall.f1_75 == pytest.approx(2 / 7)
    assert found.per_label["a"].f1_50 == pytest.approx(4 / 5)
    assert found.per_label["b"].f1_50 == 0.0
    assert found.per_label["b"].matched_iou is None
    assert found.kappa == pytest.approx(cohen_kappa(["a", "a", "b", "b"], ["a", "a", "a", MISSING]))
    nothing = pair_agreement([([], [])])
    assert nothing.overall.f1_50 is None and nothing.kappa is None


def test_a_person_who_did_not_do_the_picture_is_no_vote_and_one_who_drew_nothing_is() -> None:
    drawn = [box("a", 0, 0, 10, 10)]
    assert object_votes([drawn, [], None]) == [["a", MISSING, None]]
    group = group_agreement([[drawn, drawn, None], [drawn, [], drawn], [[], [], []]])
    assert group.objects == 2
    assert group.alpha == pytest.approx(krippendorff_alpha([["a", "a", None], ["a", MISSING, "a"]]))
    assert group.f1_50 == pytest.approx(np.mean([2 / 3, 1.0, 0.0]))
    with pytest.raises(QualityError):
        group_agreement([[drawn], [drawn, drawn]])


def test_a_chain_of_neighbours_is_not_one_object() -> None:
    # Each overlaps the next by 0.6; the ends share 0.33 only, so the third stays by itself or leaves the first.
    people = [[box("a", x, 0, x + 10, 10)] for x in (0.0, 2.5, 5.0)]
    assert sorted(len(c) for c in cluster_regions(people, 0.5)) == [1, 2]
    assert cluster_regions([[], []]) == []


def test_outlines_are_compared_by_their_pixels_not_their_boxes() -> None:
    low = Annotation("a", Box(0, 0, 20, 20), Polygon(((0, 0), (20, 20), (0, 20))))
    high = Annotation("a", Box(0, 0, 20, 20), Polygon(((0, 0), (20, 0), (20, 20))))
    whole = box("a", 0, 0, 20, 20)
    mask = mask_to_rle(polygon_to_mask(Polygon(((0, 0), (20, 20), (0, 20))), 30, 25))
    as_mask = Annotation("a", Box(0, 0, 20, 20), mask=mask)
    iou = region_iou([low, high, whole], [low, as_mask])
    assert iou[0].tolist() == pytest.approx([1.0, 1.0], abs=0.12)
    assert iou[1].max() < 0.12
    assert iou[2].tolist() == pytest.approx([0.5, 0.5], abs=0.06)
