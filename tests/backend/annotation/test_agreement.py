"""How far people agree: against a slow reference, in words, and who sees what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from backend.annotation.contracts import Labels, RegionData
from backend.annotation.domain.comparing import TooMany, compare
from backend.annotation.domain.figures import agreed_by_label, agreed_in_all, alpha_of, kappa_of, votes_sum
from backend.annotation.models import Comparison
from backend.core.models import new_id
from ml.contracts import Annotation, Box
from ml.quality.agreement import pair_agreement
from ml.quality.coefficients import krippendorff_alpha
from tests.support.annotation import API
from tests.support.quality import TRUE_BOX, TruthCrew

HALF_OFF = (100.0, 100.0, 200.0, 230.0)
ELSEWHERE = (400.0, 10.0, 450.0, 60.0)
Drawn = list[tuple[str, tuple[float, float, float, float]]]

# Pictures of two people: moved, mixed up, missed and drawn twice.
PICTURES: list[tuple[Drawn, Drawn]] = [
    ([("a", (0, 0, 10, 10)), ("b", (20, 0, 30, 10))], [("a", (0, 0, 10, 9)), ("b", (20, 0, 30, 6))]),
    ([("a", (0, 0, 10, 10))], [("b", (0, 0, 10, 10)), ("a", (50, 50, 60, 60))]),
    ([("a", (0, 0, 10, 10)), ("a", (1, 0, 11, 10))], [("a", (0, 0, 10, 10))]),
    ([], []),
    ([("b", (5, 5, 25, 25))], []),
]  # fmt: skip


def labels(drawn: Drawn, tags: tuple[str, ...] = ()) -> Labels:
    return Labels(
        [RegionData(str(new_id()), label, "box", {"box": list(map(float, box))}) for label, box in drawn],
        list(tags),
    )


def test_counts_give_the_figures_of_the_whole_lists() -> None:
    found = [compare(labels(one), labels(other), width=100, height=100) for one, other in PICTURES]
    expected = pair_agreement(
        [
            (
                [Annotation(label, Box(*map(float, box))) for label, box in one],
                [Annotation(label, Box(*map(float, box))) for label, box in other],
            )
            for one, other in PICTURES
        ]
    )
    overall = agreed_in_all(each.labels for each in found)
    assert (overall.f1_50, overall.f1_75, overall.objects) == (
        pytest.approx(expected.overall.f1_50),
        pytest.approx(expected.overall.f1_75),
        expected.overall.regions,
    )
    assert overall.matched_iou == pytest.approx(expected.overall.matched_iou)
    for label, figures in agreed_by_label(each.labels for each in found).items():
        assert figures.f1_50 == pytest.approx(expected.per_label[label].f1_50)
        assert figures.matched_iou == pytest.approx(expected.per_label[label].matched_iou)
    votes = votes_sum(each.votes for each in found)
    assert kappa_of(votes) == pytest.approx(expected.kappa)
    units = [pair for pair, count in votes.items() for _ in range(count)]
    assert alpha_of(votes) == pytest.approx(krippendorff_alpha(units))
    assert alpha_of(votes, "b") != alpha_of(votes)


def test_nothing_at_all_has_no_figures() -> None:
    overall = agreed_in_all([])
    assert (overall.f1_50, overall.f1_75, overall.matched_iou, overall.objects) == (None, None, None, 0)
    assert kappa_of({}) is None and alpha_of({}) is None


def test_tags_count_without_an_overlap_and_outlines_as_outlines() -> None:
    found = compare(labels([], ("t", "u")), labels([], ("t",)), width=100, height=100)
    assert found.labels == {"t": [1, 1, 0.0, 0, 1, 1], "u": [0, 0, 0.0, 0, 1, 0]}
    assert sorted(found.votes) == [("t", "t", 1), ("u", "missing", 1)]
    cut_off = {"points": [[0.0, 0.0], [40.0, 0.0], [40.0, 20.0], [20.0, 40.0], [0.0, 40.0]]}
    outline = Labels([RegionData(str(new_id()), "a", "polygon", cut_off)])
    [row] = compare(outline, labels([("a", (0, 0, 40, 40))]), width=100, height=100).labels.values()
    # Of the square's 1,600 pixels the corner's 200 are missing.
    assert row[2] == pytest.approx(1_400 / 1_600, abs=0.02)


def test_more_than_can_be_compared_is_refused() -> None:
    many = labels([("a", (0, 0, 5, 5))] * 1_501)
    with pytest.raises(TooMany):
        compare(many, labels([]), width=100, height=100)


@pytest.fixture
def crew(db: None) -> TruthCrew:
    """Ada and Bob both labelled Rita's two pictures."""
    made = TruthCrew(truths=2)
    for client in (made.ada, made.bob):
        made.answer(client, TRUE_BOX)
        made.answer(client, HALF_OFF, ELSEWHERE)
    return made


def address(crew: TruthCrew) -> str:
    return f"{API}/projects/{crew.project.pk}/agreement"


def test_by_label_pair_and_week_with_words(crew: TruthCrew) -> None:
    found = crew.mia.get(address(crew)).json()
    assert (found["told"], found["people"], found["pictures"], found["comparisons"]) == (True, 3, 2, 6)
    names = [(pair["first"]["name"].split()[0], pair["second"]["name"].split()[0]) for pair in found["pairs"]]
    assert names == [("Ada", "Bob"), ("Rita", "Ada"), ("Rita", "Bob")]
    rita_ada = found["pairs"][1]
    assert rita_ada["pictures"] == 2 and rita_ada["agreed"]["f1_50"] == pytest.approx(4 / 5)
    assert rita_ada["words"][0].startswith("Of the 5 objects they drew, 80\N{NO-BREAK SPACE}% have a partner")
    assert [row["name"] for row in found["labels"]] == ["person"]
    assert len(found["labels"][0]["words"]) == 2 and len(found["words"]) == 3
    assert [week["pictures"] for week in found["weeks"]] == [2]
    Comparison.objects.update(created_at=F("created_at") - timedelta(days=100))
    assert crew.mia.get(address(crew)).json()["comparisons"] == 0
    assert crew.mia.get(address(crew), {"days": "365"}).json()["comparisons"] == 6
    assert crew.mia.get(address(crew), {"days": "31"}).status_code == 400


def test_pairs_are_for_managers_and_figures_of_two_people_too(crew: TruthCrew) -> None:
    reviewers = crew.rita.get(address(crew)).json()
    assert reviewers["told"] and reviewers["pairs"] is None
    assert crew.ada.get(address(crew)).status_code == 403
    # With Bob's answers gone, what is left is how Ada did.
    Comparison.objects.filter(second_user=crew.people["Bob"]).delete()
    left = crew.rita.get(address(crew)).json()
    assert (left["told"], left["people"], left["labels"], left["weeks"], left["words"]) == (
        False,
        2,
        [],
        [],
        [],
    )
    assert left["agreed"]["f1_50"] is None
    assert crew.mia.get(address(crew)).json()["told"]
