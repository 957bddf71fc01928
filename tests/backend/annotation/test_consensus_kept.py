"""Several people on one picture: nothing is lost, nobody waits for ever, nobody sees or decides what is not theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.annotation import services
from backend.annotation.models import (
    Assignment,
    Comparison,
    ConsensusMerge,
    PlanTurn,
    Revision,
    Task,
    WorkPlan,
)
from backend.annotation.selectors.answers import hands_of
from backend.projects import services as projects
from tests.support.annotation import API, Editor, box_region, suggest
from tests.support.consensus import Crowd, run_merges
from tests.support.factories import label_id

pytestmark = pytest.mark.django_db

ONE = (100.0, 100.0, 200.0, 300.0)
TWO = (400.0, 100.0, 500.0, 300.0)


def merged(people: int = 2) -> Crowd:
    """Ada and Bob (and Cem) have drawn the same; it waits for review."""
    crowd = Crowd(people=people)
    for client in (crowd.ada, crowd.bob, crowd.cem)[:people]:
        crowd.answer(client, ONE)
    assert crowd.state() == "in_review"
    return crowd


def base_of(crowd: Crowd, name: str) -> object:
    return Assignment.objects.get(task=crowd.task, user=crowd.people[name], kind="label").base_revision_id


def test_set_aside_and_brought_back_it_goes_on_where_it_was() -> None:
    crowd = Crowd(people=2)
    crowd.answer(crowd.ada, ONE)
    crowd.answer(crowd.bob, ONE, merge=False)
    services.task_quarantine(task_id=crowd.task.pk, reason="dark")
    run_merges()
    services.task_restore(task_id=crowd.task.pk, actor=crowd.people["Mia"])
    run_merges()
    assert crowd.state() == "in_review"
    services.task_quarantine(task_id=crowd.task.pk, reason="dark")
    services.task_restore(task_id=crowd.task.pk, actor=crowd.people["Mia"])
    run_merges()
    assert crowd.state() == "in_review" and crowd.boxes() == [list(ONE)]


def test_whoever_it_was_given_to_keeps_it_from_nobody() -> None:
    crowd = Crowd(people=1)
    give = {"actor": crowd.people["Mia"], "project": crowd.project, "task_ids": [crowd.task.pk]}
    services.tasks_assign(**give, user_id=crowd.people["Ada"].pk)
    assert crowd.next(crowd.ada).status_code == 200
    assert crowd.ask(3).json()["changed"] == 1
    crowd.answer(crowd.ada, ONE)
    assert services.tasks_assign(**give, user_id=crowd.people["Ada"].pk) == 0
    assert crowd.next(crowd.bob).json()["id"] == str(crowd.task.pk)


def keep_place(crowd: Crowd, *names: str) -> None:
    """An applied plan gives the picture to these people until tomorrow."""
    tomorrow = timezone.now() + timedelta(days=1)
    plan = WorkPlan.objects.create(
        project=crowd.project,
        state="applied",
        first_day=tomorrow.date(),
        last_day=tomorrow.date(),
        again=False,
        method="greedy",
        people=[],
        undone=[],
    )
    for name in names:
        person = crowd.people[name]
        PlanTurn.objects.create(
            plan=plan, task=crowd.task, user=person, kind="label", due_at=tomorrow, minutes=1, state="given"
        )


def test_places_that_a_plan_keeps_are_kept_for_who_has_not_begun_and_others_are_free() -> None:
    crowd = Crowd(people=2)
    keep_place(crowd, "Ada", "Bob")
    assert crowd.next(crowd.cem).status_code == 204
    crowd.answer(crowd.ada, ONE)
    assert crowd.next(crowd.cem).status_code == 204
    assert crowd.next(crowd.bob).json()["id"] == str(crowd.task.pk)
    work = Assignment.objects.get(task=crowd.task, user=crowd.people["Bob"])
    assert crowd.bob.post(f"{API}/assignments/{work.pk}/skip", {"reason": "blurred"}).status_code == 200
    assert crowd.next(crowd.cem).json()["id"] == str(crowd.task.pk)

    crowd = Crowd(people=3)
    keep_place(crowd, "Ada")
    assert crowd.next(crowd.bob).json()["id"] == str(crowd.task.pk)
    assert crowd.next(crowd.cem).json()["id"] == str(crowd.task.pk)
    # The third place is Ada's.
    assert crowd.next(crowd.mia).status_code == 204
    assert crowd.next(crowd.ada).json()["id"] == str(crowd.task.pk)


def test_who_comes_after_a_return_or_as_one_more_draws_on_their_own() -> None:
    crowd = merged()
    crowd.post(crowd.rita, "merge", {"quorum": 1.0})
    run_merges()
    assert crowd.post(crowd.rita, "ask").json()["state"] == "ready"
    assert Task.objects.get(pk=crowd.task.pk).resolved_revision_id is None
    assert crowd.next(crowd.cem).json()["labels"]["regions"] == []
    assert base_of(crowd, "Cem") is None
    assert crowd.ask(9).json()["changed"] == 1

    crowd = merged()
    merge = ConsensusMerge.objects.latest("id")
    assert crowd.decide(crowd.rita, "return").status_code == 200
    work = Assignment.objects.get(task=crowd.task, user=crowd.people["Bob"])
    assert crowd.bob.post(f"{API}/assignments/{work.pk}/skip", {"reason": "blurred"}).status_code == 200
    # Before Cem has opened it, and after: nothing of the others is shown.
    assert crowd.cem.get(f"{API}/tasks/{crowd.task.pk}").json()["labels"]["regions"] == []
    assert crowd.next(crowd.cem).json()["labels"]["regions"] == []
    assert base_of(crowd, "Cem") is None
    assert crowd.cem.get(f"{API}/tasks/{crowd.task.pk}/revisions").json()["results"] == []
    assert crowd.cem.get(f"{API}/revisions/{merge.revision_id}").status_code == 403
    assert crowd.ask(3).json()["changed"] == 1


def test_an_edit_that_a_reviewer_submitted_is_not_written_over() -> None:
    crowd = merged()
    again = crowd.post(crowd.rita, "merge", {"quorum": 0.3})
    assert again.status_code == 202
    edit = Editor.open(crowd.mia, crowd.task.pk, **{"as": "review"})
    edit.put(box_region(crowd.project, TWO))
    assert edit.submit().status_code == 200
    run_merges()
    assert crowd.boxes() == [list(ONE), list(TWO)]
    for what in ("merge", "ask"):
        refused = crowd.post(crowd.rita, what, {"quorum": 0.3})
        assert refused.status_code == 409 and "edited" in refused.json()["message"]
    assert Task.objects.get(pk=crowd.task.pk).people == 2


def test_a_reviewer_who_has_it_open_is_left_alone() -> None:
    crowd = merged()
    Editor.open(crowd.mia, crowd.task.pk, **{"as": "review"})
    refused = crowd.post(crowd.rita, "ask")
    assert refused.status_code == 409
    assert refused.json()["message"] == f"{crowd.people['Mia'].get_full_name()} has this picture open."


def test_an_answer_taken_back_and_left_counts_again_but_returned_work_does_not() -> None:
    crowd = Crowd(people=2)
    crowd.answer(crowd.ada, ONE)
    Editor.open(crowd.ada, crowd.task.pk, **{"as": "correct"})
    Assignment.objects.filter(user=crowd.people["Ada"]).update(lease_expires_at="2020-01-01T00:00:00Z")
    assert services.leases_expire() == 1
    crowd.answer(crowd.bob, ONE)
    assert crowd.state() == "in_review"
    assert crowd.decide(crowd.rita, "return").status_code == 200
    for client in (crowd.ada, crowd.bob):
        opened = Editor.open(client, crowd.task.pk)
        assert client.post(f"{API}/assignments/{opened.assignment}/release").status_code == 200
    run_merges()
    assert crowd.state() == "ready" and ConsensusMerge.objects.filter(task=crowd.task).count() == 1


def test_who_answered_decides_nothing_of_it() -> None:
    crowd = Crowd(people=2)
    answer = crowd.answer(crowd.bob, ONE)
    crowd.answer(crowd.rita, TWO)
    for what, body in (("take", {"revision_id": str(answer.pk)}), ("merge", {"quorum": 0.3}), ("ask", {})):
        assert crowd.post(crowd.rita, what, body).status_code == 403, what
    assert crowd.post(crowd.mia, "take", {"revision_id": str(answer.pk)}).status_code == 200
    taken = Revision.objects.get(task=crowd.task, pending=True)
    # Nor does a plan give it to one of them to review.
    assert hands_of([taken.pk]) == {taken.pk: {crowd.people["Bob"].pk, crowd.people["Rita"].pk}}
    assert crowd.decide(crowd.rita).status_code == 403
    assert crowd.decide(crowd.mia).status_code == 200


def test_a_return_that_somebody_acted_on_is_not_undone() -> None:
    crowd = merged()
    decided = crowd.decide(crowd.rita, "return").json()["revision_id"]
    crowd.answer(crowd.ada, TWO)
    assert crowd.rita.post(f"{API}/revisions/{decided}/undo").status_code == 409
    crowd.answer(crowd.bob, TWO)
    # The same two compared again would count what they know of each other.
    assert Comparison.objects.filter(task=crowd.task).count() == 1


def test_labels_that_leave_do_not_come_back_from_answers() -> None:
    crowd = Crowd(people=2)
    crowd.answer(crowd.ada, ONE, label="hard_hat")
    crowd.answer(crowd.rita, ONE, label="hard_hat")
    address, hat = f"{API}/projects/{crowd.project.pk}", label_id(crowd.project, "hard_hat")
    kept = [label for label in crowd.mia.get(address).json()["ontology"]["labels"] if label["id"] != hat]
    person = label_id(crowd.project, "person")
    body = {"labels": kept, "map": {hat: person}}
    changed = crowd.mia.put(f"{address}/ontology", body, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.content
    # Under new names it is what it was: of several people, and not for Rita to approve.
    assert crowd.decide(crowd.rita).status_code == 403
    crowd.post(crowd.mia, "merge", {"quorum": 1.0})
    run_merges()
    labels = crowd.mia.get(f"{API}/tasks/{crowd.task.pk}").json()["labels"]["regions"]
    assert [region["label_id"] for region in labels] == [person]


def test_a_label_that_only_answers_use_needs_a_place_to_go() -> None:
    crowd = Crowd(people=2)
    crowd.answer(crowd.ada, ONE, label="hard_hat")
    address, hat = f"{API}/projects/{crowd.project.pk}", label_id(crowd.project, "hard_hat")
    kept = [label for label in crowd.mia.get(address).json()["ontology"]["labels"] if label["id"] != hat]
    refused = crowd.mia.put(f"{address}/ontology", {"labels": kept}, headers={"If-Match": '"1"'})
    assert refused.status_code in (400, 409, 422), refused.content


def test_a_picture_that_people_have_begun_is_not_the_machines_nor_a_files() -> None:
    crowd = Crowd(people=3)
    (suggestion,) = suggest(crowd.task, list(ONE))
    crowd.answer(crowd.ada, ONE)
    body = {
        "project_id": str(crowd.project.pk),
        "items": [{"suggestion_id": str(suggestion.pk), "decision": "accepted"}],
    }
    crowd.rita.post(f"{API}/suggestions/decide", body)
    assert crowd.state() == "ready"
    assert (
        services.revision_import(
            task_id=crowd.task.pk, regions=[], actor=crowd.people["Mia"], import_key="k", approved=True
        )
        is None
    )
    suggest(crowd.task, list(TWO))
    assert list(crowd.task.suggestions.filter(state="open").values_list("id", flat=True)) == [suggestion.pk]


def test_remarks_are_ones_own_until_all_answers_are_in() -> None:
    crowd = Crowd(people=2)
    Editor.open(crowd.ada, crowd.task.pk)
    crowd.ada.post(f"{API}/tasks/{crowd.task.pk}/comments", {"text": "Two on the left.", "x": 1.0, "y": 2.0})
    assert Editor.open(crowd.bob, crowd.task.pk).body["comments"] == []
    crowd.answer(crowd.ada, ONE)
    crowd.answer(crowd.bob, ONE)
    assert len(crowd.rita.get(f"{API}/tasks/{crowd.task.pk}").json()["comments"]) == 1


def test_an_archived_project_is_left_as_it_is() -> None:
    crowd = merged()
    projects.project_update(actor=crowd.people["Mia"], project=crowd.project, changes={"archived": True})
    for what, body in (("merge", {"quorum": 0.3}), ("ask", {})):
        assert crowd.post(crowd.rita, what, body).status_code == 409
    assert crowd.ask(3).status_code == 409
    assert Revision.objects.filter(task=crowd.task, pending=True).count() == 1
