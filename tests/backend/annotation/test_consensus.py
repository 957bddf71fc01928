"""Several people on one picture: handed out, put together, reviewed, done again, taken back."""

from __future__ import annotations

import pytest

from backend.annotation.models import Assignment, Comparison, ConsensusMerge, Revision, Task
from backend.core.models import JobRun
from backend.media.models import Asset
from tests.support.annotation import API, Editor, box_region, make_task, make_tasks, suggest
from tests.support.consensus import Crowd, run_merges
from tests.support.factories import label_id

pytestmark = pytest.mark.django_db

ONE = (100.0, 100.0, 200.0, 300.0)
ABOUT_ONE = (104.0, 100.0, 204.0, 300.0)
NEAR_ONE = (96.0, 100.0, 196.0, 300.0)
TWO = (400.0, 100.0, 500.0, 300.0)


@pytest.fixture
def crowd() -> Crowd:
    return Crowd()


def test_a_picture_is_handed_to_as_many_people_as_asked_once_each_and_to_no_more() -> None:
    crowd = Crowd(people=2)
    assert crowd.next(crowd.ada).json()["people"] == 2
    assert crowd.state() == "ready"
    # Work in hand comes back to its person.
    assert crowd.next(crowd.ada).json()["id"] == str(crowd.task.pk)
    assert crowd.next(crowd.bob).json()["id"] == str(crowd.task.pk)
    assert crowd.state() == "in_work"
    assert crowd.next(crowd.cem).status_code == 204
    opened = crowd.cem.post(f"{API}/tasks/{crowd.task.pk}/open", {}).json()
    assert opened["mode"] == "read" and opened["labels"]["regions"] == []
    crowd.answer(crowd.ada, ONE)
    assert crowd.next(crowd.ada).status_code == 204
    again = crowd.ada.post(f"{API}/tasks/{crowd.task.pk}/open", {}).json()
    assert again["mode"] == "read" and again["correctable"]


def test_a_place_given_back_is_somebody_elses(crowd: Crowd) -> None:
    for client in (crowd.ada, crowd.bob, crowd.cem):
        assert crowd.next(client).status_code == 200
    assert crowd.state() == "in_work"
    work = Assignment.objects.get(task=crowd.task, user=crowd.people["Bob"])
    assert crowd.bob.post(f"{API}/assignments/{work.pk}/skip", {"reason": "blurred"}).status_code == 200
    assert crowd.state() == "ready"
    assert crowd.next(crowd.bob).status_code == 204
    assert crowd.next(crowd.rita).json()["id"] == str(crowd.task.pk)


def test_nobody_sees_anothers_answer_before_all_are_in(crowd: Crowd) -> None:
    first = crowd.answer(crowd.ada, ONE)
    opened = Editor.open(crowd.bob, crowd.task.pk)
    assert opened.body["labels"]["regions"] == [] and opened.body["base_revision"] is None
    assert crowd.bob.get(f"{API}/revisions/{first.pk}").status_code == 403
    assert crowd.rita.get(f"{API}/revisions/{first.pk}").status_code == 403
    assert crowd.bob.get(f"{API}/tasks/{crowd.task.pk}/revisions").json()["results"] == []
    told = crowd.consensus().json()
    assert (told["state"], told["answers"], told["merge"]) == ("collecting", [], None)
    assert crowd.consensus(crowd.bob).status_code == 403
    # One's own is there to look at and, until it is put together, to correct.
    own = crowd.ada.get(f"{API}/tasks/{crowd.task.pk}").json()
    assert own["mode"] == "read" and own["correctable"]
    assert [region["geometry"]["box"] for region in own["labels"]["regions"]] == [list(ONE)]


def test_three_answers_become_one_that_waits_for_review(crowd: Crowd) -> None:
    answers = [crowd.answer(crowd.ada, ONE), crowd.answer(crowd.bob, ABOUT_ONE, TWO)]
    assert crowd.state() == "ready" and not ConsensusMerge.objects.exists()
    answers.append(crowd.answer(crowd.cem, NEAR_ONE))
    assert crowd.state() == "in_review"
    assert crowd.boxes() == [list(ONE)]
    told = crowd.consensus().json()
    assert told["state"] == "waiting" and not told["is_chosen"]
    assert [row["person"]["name"].split()[0] for row in told["answers"]] == ["Ada", "Bob", "Cem"]
    assert [(row["matched"], row["missed"], row["extra"]) for row in told["answers"]] == [
        (1, 0, 0),
        (1, 0, 1),
        (1, 0, 0),
    ]
    kept, left_out = told["merge"]["objects"]
    person = label_id(crowd.project, "person")
    assert kept["kept"] and kept["votes"] == {person: 3} and 0.85 < kept["agreement"] < 0.95
    assert not left_out["kept"] and left_out["votes"] == {person: 1, "missing": 2}
    assert left_out["region"]["geometry"]["box"] == list(TWO)
    # Each pair is compared for the project's agreement, nobody against a truth.
    assert Comparison.objects.filter(against_truth=False).count() == 3
    assert not Comparison.objects.filter(against_truth=True).exists()
    history = crowd.rita.get(f"{API}/tasks/{crowd.task.pk}/revisions").json()["results"]
    assert [(row["merged_of"], row["pending"]) for row in history] == [(3, True)]
    queue = crowd.rita.get(f"{API}/projects/{crowd.project.pk}/review/queue").json()["results"]
    assert [(row["author_name"], row["own"]) for row in queue] == [("3 people", False)]
    # Who reviews may look at each answer now.
    assert crowd.rita.get(f"{API}/revisions/{answers[1].pk}").status_code == 200
    assert crowd.bob.get(f"{API}/revisions/{answers[0].pk}").status_code == 403


def test_a_job_run_twice_merges_once(crowd: Crowd) -> None:
    for client in (crowd.ada, crowd.bob, crowd.cem):
        crowd.answer(client, ONE)
    crowd.post(crowd.rita, "merge", {"quorum": 1.0})
    run_merges()
    JobRun.objects.filter(kind="annotation.merge").update(state="queued", finished_at=None)
    before = ConsensusMerge.objects.count(), Comparison.objects.count()
    run_merges()
    assert (ConsensusMerge.objects.count(), Comparison.objects.count()) == before == (2, 3)


def test_who_labelled_it_does_not_review_it(crowd: Crowd) -> None:
    crowd.answer(crowd.ada, ONE)
    crowd.answer(crowd.bob, ONE)
    crowd.answer(crowd.rita, ONE)
    assert crowd.decide(crowd.rita).status_code == 403
    assert crowd.rita.post(f"{API}/projects/{crowd.project.pk}/review/next", {}).status_code == 204
    queue = crowd.rita.get(f"{API}/projects/{crowd.project.pk}/review/queue").json()["results"]
    assert [row["own"] for row in queue] == [True]
    assert crowd.mia.post(f"{API}/projects/{crowd.project.pk}/review/next", {}).status_code == 200
    assert crowd.decide(crowd.mia).status_code == 200
    states = Assignment.objects.filter(task=crowd.task, kind="label").values_list("state", flat=True)
    assert crowd.state() == "approved" and set(states) == {"approved"}


def test_returned_it_goes_back_to_everybody_and_is_put_together_anew(crowd: Crowd) -> None:
    for client in (crowd.ada, crowd.bob, crowd.cem):
        crowd.answer(client, ONE)
    assert crowd.decide(crowd.rita, "return").status_code == 200
    assert crowd.state() == "in_work"
    back = Editor.open(crowd.ada, crowd.task.pk)
    assert [region["geometry"]["box"] for region in back.body["labels"]["regions"]] == [list(ONE)]
    back.put(box_region(crowd.project, TWO))
    assert back.submit().status_code == 200
    for client in (crowd.bob, crowd.cem):
        crowd.answer(client, TWO)
    assert crowd.state() == "in_review" and crowd.boxes() == [list(ONE), list(TWO)]
    assert ConsensusMerge.objects.filter(task=crowd.task).count() == 2
    assert Revision.objects.filter(task=crowd.task, pending=True).count() == 1


def test_the_reviewers_word_is_taken_back_unless_somebody_went_on(crowd: Crowd) -> None:
    for client in (crowd.ada, crowd.bob, crowd.cem):
        crowd.answer(client, ONE)
    decided = crowd.decide(crowd.rita, "return").json()["revision_id"]
    assert crowd.rita.post(f"{API}/revisions/{decided}/undo").status_code == 200
    assert crowd.state() == "in_review"
    assert crowd.decide(crowd.rita, "return").status_code == 200
    Editor.open(crowd.ada, crowd.task.pk)
    refused = crowd.rita.post(f"{API}/revisions/{decided}/undo")
    assert refused.status_code == 409 and "opened" in refused.json()["message"]


def test_another_quorum_and_one_persons_answer_and_one_person_more(crowd: Crowd) -> None:
    crowd.answer(crowd.ada, ONE)
    second = crowd.answer(crowd.bob, ONE, TWO)
    crowd.answer(crowd.cem, ONE)
    assert crowd.boxes() == [list(ONE)]
    ids = {row["region_id"] for row in crowd.consensus().json()["merge"]["objects"]}
    again = crowd.post(crowd.rita, "merge", {"quorum": 0.3})
    assert again.status_code == 202 and crowd.post(crowd.ada, "merge", {"quorum": 0.3}).status_code == 403
    run_merges()
    assert crowd.boxes() == [list(ONE), list(TWO)]
    # The same objects keep their ids, so that what changed can be seen.
    assert {row["region_id"] for row in crowd.consensus().json()["merge"]["objects"]} == ids
    crowd.post(crowd.rita, "merge", {"quorum": 1.0})
    run_merges()
    assert crowd.boxes() == [list(ONE)]
    taken = crowd.post(crowd.rita, "take", {"revision_id": str(second.pk)})
    assert taken.status_code == 200 and taken.json()["is_chosen"]
    assert crowd.boxes() == [list(ONE), list(TWO)]
    assert crowd.post(crowd.rita, "take", {"revision_id": str(crowd.task.pk)}).status_code == 422
    assert crowd.post(crowd.rita, "ask").json()["state"] == "ready"
    assert crowd.next(crowd.ada).status_code == 204
    crowd.answer(crowd.mia, ONE, TWO)
    # Two of four drew the second: not more than half.
    assert crowd.state() == "in_review" and crowd.boxes() == [list(ONE)]
    assert crowd.consensus().json()["people"] == 4
    assert crowd.decide(crowd.rita).status_code == 200
    for what in ("merge", "ask"):
        refused = crowd.post(crowd.rita, what, {"quorum": 0.3})
        assert refused.status_code == 409 and "take the decision back" in refused.json()["message"]
    assert crowd.post(crowd.rita, "merge", {"quorum": 0}).status_code == 400


def test_a_label_has_its_own_quorum_and_the_project_its_own() -> None:
    crowd = Crowd(consensus_quorum=1.0)
    person = label_id(crowd.project, "person")
    crowd.answer(crowd.ada, ONE)
    crowd.answer(crowd.bob, ONE)
    crowd.answer(crowd.cem)
    assert crowd.boxes() == []
    assert crowd.consensus().json()["quorum"] == 1.0
    crowd.post(crowd.rita, "merge", {"quorum": 1.0, "label_quorums": {person: 0.6}})
    run_merges()
    assert crowd.boxes() == [list(ONE)]


def test_an_answer_is_corrected_until_it_is_put_together(crowd: Crowd) -> None:
    crowd.answer(crowd.ada, ONE)
    opened = Editor.open(crowd.ada, crowd.task.pk, **{"as": "correct"})
    assert [region["geometry"]["box"] for region in opened.body["labels"]["regions"]] == [list(ONE)]
    # Let go of unchanged: the answer counts again.
    assert crowd.ada.post(f"{API}/assignments/{opened.assignment}/release").status_code == 200
    crowd.answer(crowd.bob, ONE)
    opened = Editor.open(crowd.ada, crowd.task.pk, **{"as": "correct"})
    crowd.answer(crowd.cem, ONE)
    assert crowd.state() == "in_work"
    opened.put(box_region(crowd.project, TWO))
    assert opened.submit().status_code == 200
    run_merges()
    told = crowd.consensus().json()
    assert [row["objects"] for row in told["answers"]] == [1, 1, 2]
    assert crowd.boxes() == [list(ONE)]


def test_work_whose_lease_ended_is_an_answer_all_the_same() -> None:
    crowd = Crowd(people=2)
    late = Editor.open(crowd.ada, crowd.task.pk)
    late.put(box_region(crowd.project, ONE))
    Assignment.objects.filter(pk=late.assignment).update(state="expired")
    Task.objects.filter(pk=crowd.task.pk).update(state="ready")
    crowd.answer(crowd.bob, ONE)
    crowd.answer(crowd.cem, ONE)
    assert crowd.state() == "in_review"
    assert late.submit().status_code == 200
    run_merges()
    told = crowd.consensus().json()
    assert len(told["answers"]) == 3 and told["answers"][2]["matched"] is None
    crowd.post(crowd.rita, "merge", {"quorum": 0.5})
    run_merges()
    assert crowd.consensus().json()["answers"][2]["matched"] == 1


def test_what_cannot_be_asked_of_several_says_why() -> None:
    crowd = Crowd(people=2)
    (done,) = make_tasks(crowd.project, 1)
    Task.objects.filter(pk=done.pk).update(state="approved")
    crowd.answer(crowd.ada, ONE)
    answer = crowd.ask(1, crowd.task, done).json()
    assert {row["task_id"]: row["reason"] for row in answer["refused"]} == {
        str(crowd.task.pk): "Somebody's answer is in already: it is put together with at least one more.",
        str(done.pk): "It has labels already.",
    }
    crowd.answer(crowd.bob, ONE, merge=False)
    crowd.ask(3)
    run_merges()
    # Asked of a third before the two were put together: they wait.
    assert crowd.state() == "ready"
    assert crowd.ask(2).json()["changed"] == 1
    run_merges()
    assert crowd.state() == "in_review"
    assert crowd.ask(3, client=crowd.rita).status_code == 403
    assert crowd.ask(3, make_task(Crowd().project)).status_code == 422
    assert crowd.ask(10).status_code == 400


def test_a_part_of_the_pictures_that_come_is_asked_of_several() -> None:
    crowd = Crowd(consensus_share=0.5, consensus_people=3)
    tasks = make_tasks(crowd.project, 60)
    several = [task.people for task in tasks if task.people > 1]
    assert 15 < len(several) < 45 and set(several) == {3}


def test_a_suggestion_all_took_is_the_models_and_a_changed_one_theirs() -> None:
    crowd = Crowd(people=2)
    suggestions = suggest(crowd.task, list(ONE), list(TWO))
    for client, second in ((crowd.ada, TWO), (crowd.bob, (402.0, 100.0, 502.0, 300.0))):
        editor = Editor.open(client, crowd.task.pk)
        for suggestion, box in zip(suggestions, (ONE, second), strict=True):
            editor.put(box_region(crowd.project, box, suggestion_id=str(suggestion.pk)))
        assert editor.submit().status_code == 200
    run_merges()
    labels = crowd.rita.get(f"{API}/tasks/{crowd.task.pk}").json()["labels"]["regions"]
    assert {region["geometry"]["box"][0]: region["source"] for region in labels} == {
        100.0: "model",
        401.0: "person",
    }
    states = [row["state"] for row in crowd.rita.get(f"{API}/tasks/{crowd.task.pk}").json()["suggestions"]]
    assert "open" not in states


def test_where_nobody_reviews_what_was_put_together_stands() -> None:
    crowd = Crowd(people=2, review="none")
    crowd.answer(crowd.ada, ONE)
    crowd.answer(crowd.bob, ONE)
    assert crowd.state() == "approved" and crowd.boxes() == [list(ONE)]


def test_a_label_that_leaves_the_project_is_moved_in_answers_too() -> None:
    crowd = Crowd(people=2)
    crowd.answer(crowd.ada, ONE, label="hard_hat")
    address = f"{API}/projects/{crowd.project.pk}"
    labels = crowd.mia.get(address).json()["ontology"]["labels"]
    body = {
        "labels": [label for label in labels if label["name"] != "hard_hat"],
        "map": {label_id(crowd.project, "hard_hat"): label_id(crowd.project, "person")},
    }
    changed = crowd.mia.put(f"{address}/ontology", body, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.content
    crowd.answer(crowd.bob, ONE)
    found = crowd.consensus().json()["merge"]["objects"]
    assert [(row["label_id"], row["votes"]) for row in found] == [
        (label_id(crowd.project, "person"), {label_id(crowd.project, "person"): 2})
    ]


def test_several_people_track_the_same_video() -> None:
    crowd = Crowd(people=3)
    Asset.objects.filter(pk=crowd.task.asset_id).update(kind="video", frame_count=100)
    for client, by in ((crowd.ada, -8.0), (crowd.bob, 0.0), (crowd.cem, 9.0)):
        editor = Editor.open(client, crowd.task.pk)
        boxes = ([10.0 + by, 10.0, 110.0 + by, 210.0], [300.0 + by, 10.0, 400.0 + by, 210.0])
        keys = [{"frame": frame, "box": box} for frame, box in zip((0, 60), boxes, strict=True)]
        region = box_region(crowd.project)
        editor.put({**region, "shape": "track", "geometry": {"of": "box", "keyframes": keys}})
        assert editor.submit().status_code == 200
    run_merges()
    told = crowd.consensus().json()
    assert told["state"] == "waiting"
    assert [(row["matched"], row["missed"], row["extra"]) for row in told["answers"]] == [(1, 0, 0)] * 3
    [found] = told["merge"]["objects"]
    assert found["kept"] and 0.75 < found["agreement"] < 0.85
    [region] = crowd.mia.get(f"{API}/tasks/{crowd.task.pk}").json()["labels"]["regions"]
    # As Bob drew it: he is in the middle.
    assert [key["box"][0] for key in region["geometry"]["keyframes"]] == [10.0, 300.0]
    compared = Comparison.objects.filter(against_truth=False)
    assert compared.count() == 3 and all(next(iter(row.labels.values()))[0] == 1 for row in compared)
