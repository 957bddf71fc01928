"""Answers put together by people weighed by how often they agree, along with a model that may speak."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from backend.annotation.domain.crowd import Said, Word, crowd_decides
from backend.annotation.models import ConsensusMerge, Task
from backend.core.enums import Role
from ml.quality.agreement import MISSING
from tests.support.annotation import API, Editor, box_region, suggest
from tests.support.consensus import Crowd, run_merges
from tests.support.factories import client_for, make_project, make_project_member

ONE = (100.0, 100.0, 200.0, 300.0)
TWO = (400.0, 100.0, 500.0, 300.0)
RIGHT, WRONG = {"ada": "a", "bob": "a", "cem": "b"}, {"ada": "b", "bob": "b", "cem": "a"}


def test_who_agrees_with_the_others_counts_more() -> None:
    # Cem says otherwise than Ada and Bob half of the time.
    before = [Said(str(n), RIGHT if n % 2 else dict.fromkeys(RIGHT, "b")) for n in range(20)]
    found = crowd_decides([Said("", {"ada": "a", "cem": "b"})], before)
    assert min(found.weights["ada"], found.weights["bob"]) > found.weights["cem"]
    assert found.labels == ["a"]


def test_a_models_word_weighs_what_it_was_worth_on_other_pictures() -> None:
    def said(n: int, word: Word, label: str) -> Said:
        return Said(str(n), dict.fromkeys(("ada", "bob"), label), word)

    good = [said(n, Word("ab"[n % 2], 0.9), "ab"[n % 2]) for n in range(30)]
    bad = [said(n, Word("ab"[n % 2], 0.9), "ba"[n % 2]) for n in range(30)]
    tie = {"ada": "a", "bob": "b"}
    assert crowd_decides([Said("", tie, Word("b", 0.9))], good).labels == ["b"]
    # A model that always says the other one is known for it.
    assert crowd_decides([Said("", tie, Word("b", 0.9))], bad).labels == ["a"]
    # What people say of the picture itself is no proof of the model's word on it.
    alone = crowd_decides([Said("", tie, Word("b", 0.9))] * 2, []).quality
    same = crowd_decides(
        [Said("", tie, Word("b", 0.9)), Said("", dict.fromkeys(tie, "a"), Word("b", 0.9))], []
    )
    assert same.quality[0] <= alone[0] + 0.2


def test_where_nothing_tells_people_apart_a_tie_keeps_nothing() -> None:
    """One label throughout: agreeing says no more than chance would, and everybody counts the same."""
    before = [Said(str(n), dict.fromkeys(("ada", "bob"), "a")) for n in range(9)]
    found = crowd_decides([Said("", {"ada": "a", "bob": MISSING})], before)
    assert found.weights["ada"] == found.weights["bob"]
    assert found.labels == [MISSING] and found.quality == pytest.approx([0.5])


def test_nothing_asked_is_nothing_decided() -> None:
    found = crowd_decides([], [Said("1", RIGHT)])
    assert (found.labels, found.quality, found.weights) == ([], [], {})


def test_an_object_that_most_missed_is_decided_by_the_crowd() -> None:
    before = [Said(str(n), {"ada": "a", "bob": "a", "cem": MISSING}) for n in range(10)]
    before += [Said(str(n), {"ada": MISSING, "bob": MISSING, "cem": "b"}) for n in range(10, 20)]
    assert crowd_decides([Said("", {"ada": "a", "bob": MISSING, "cem": MISSING})], before).labels == [MISSING]


@pytest.fixture
def crowd(db: None) -> Crowd:
    return Crowd(people=2, pictures=9)


def draw(crowd: Crowd, client: APIClient, task: Task, *, first: bool = True, second: bool = True) -> None:
    """A person at ONE, a hard hat at TWO."""
    editor = Editor.open(client, task.pk)
    drawn = [box_region(crowd.project, ONE)] if first else []
    drawn += [box_region(crowd.project, TWO, label="hard_hat")] if second else []
    editor.put(*drawn)
    assert editor.submit(nothing_here=True).status_code == 200


def test_a_merge_is_weighed_and_taken_back(crowd: Crowd) -> None:
    """Ada, Bob and Cem on eight more pictures: Cem misses an object on half of them."""
    others = crowd.tasks[1:]
    assert crowd.ask(3, *others).json()["refused"] == []
    for number, task in enumerate(others):
        draw(crowd, crowd.ada, task)
        draw(crowd, crowd.bob, task)
        draw(crowd, crowd.cem, task, first=number % 4 != 0, second=number % 4 != 1)
    run_merges()
    draw(crowd, crowd.ada, crowd.task)
    draw(crowd, crowd.cem, crowd.task, second=False)
    run_merges()
    # By vote one of two is not more than half.
    assert crowd.boxes() == [list(ONE)] and crowd.consensus().json()["method"] == "vote"
    ids = {row["region_id"] for row in crowd.consensus().json()["merge"]["objects"]}
    assert crowd.post(crowd.rita, "merge", {"quorum": 0.5, "method": "crowd"}).status_code == 202
    run_merges()
    told = crowd.consensus().json()
    assert told["method"] == "crowd" and crowd.boxes() == [list(ONE), list(TWO)]
    assert all(0.5 < row["quality"] <= 1.0 for row in told["merge"]["objects"])
    assert {row["region_id"] for row in told["merge"]["objects"]} == ids
    merge = ConsensusMerge.objects.filter(task=crowd.task).latest("id")
    weights = {row["user_id"]: row["weight"] for row in merge.answers}
    assert weights[str(crowd.people["Ada"].pk)] > weights[str(crowd.people["Cem"].pk)]
    # How much somebody counts says how they did: who manages is told, beside the one who counts most; colleagues are not.
    assert [row["weight"] for row in told["answers"]] == [None, None]
    ada, cem = crowd.consensus(crowd.mia).json()["answers"]
    assert ada["weight"] == 1.0
    assert cem["weight"] == pytest.approx(
        weights[str(crowd.people["Cem"].pk)] / weights[str(crowd.people["Ada"].pk)]
    )
    assert 0.0 < cem["weight"] < 1.0
    assert [crowd.consensus(one).status_code for one in (crowd.ada, crowd.cem)] == [403, 403]
    stranger = make_project_member(make_project(), Role.MANAGER, "Sam")
    assert crowd.consensus(client_for(stranger)).status_code == 404
    crowd.post(crowd.rita, "merge", {"quorum": 0.5})
    run_merges()
    assert crowd.boxes() == [list(ONE)] and crowd.consensus().json()["method"] == "vote"
    # By vote nobody counts for more.
    assert [row["weight"] for row in crowd.consensus(crowd.mia).json()["answers"]] == [None, None]
    assert crowd.post(crowd.rita, "merge", {"quorum": 0.5, "method": "loudest"}).status_code == 400


@pytest.mark.django_db
def test_a_project_may_weigh_from_the_start_and_no_model_speaks_of_a_blind_picture() -> None:
    crowd = Crowd(people=2, consensus_method="crowd")
    suggest(crowd.task, list(ONE))
    for blind in (False, True):
        Task.objects.filter(pk=crowd.task.pk).update(blind=blind)
        if not blind:
            crowd.answer(crowd.ada, ONE)
            crowd.answer(crowd.bob, ONE)
        else:
            assert crowd.post(crowd.rita, "merge", {"quorum": 0.4, "method": "crowd"}).status_code == 202
            run_merges()
        merge = ConsensusMerge.objects.filter(task=crowd.task).latest("id")
        [found] = merge.objects_found
        assert merge.method == "crowd" and found["kept"]
        assert found["said"] == {row["revision_id"]: found["label_id"] for row in merge.answers}
        assert ("model" in found) is not blind
    refused = crowd.mia.patch(
        f"{API}/projects/{crowd.project.pk}",
        {"settings": {"consensus_method": "loudest"}},
        headers={"If-Match": crowd.mia.get(f"{API}/projects/{crowd.project.pk}").headers["ETag"]},
    )
    assert refused.status_code == 400 and "settings.consensus_method" in refused.json()["fields"]
