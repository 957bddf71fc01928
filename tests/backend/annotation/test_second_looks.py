"""Second looks: drawn at random from what one reviewer approved, taken by another, kept with what they said."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from backend.annotation import selectors, services
from backend.annotation.errors import TaskTaken
from backend.annotation.models import Assignment, PlanTurn, ReviewDecision, Revision, SecondLook, Task
from backend.annotation.services.claims import held_refuse
from backend.core.enums import Role
from backend.media.models import Asset
from backend.notify.models import Notice
from tests.support.annotation import API, Editor, box_region, labelled, make_task, make_tasks, suggest
from tests.support.factories import client_for, make_project, make_project_member
from tests.support.planning import PlanCrew

pytestmark = pytest.mark.django_db


class Crew:
    """Ada annotates; Rita, Rob and Ron review; Mia manages. All that is approved is drawn unless said otherwise."""

    def __init__(self, share: float = 1.0, **settings: Any) -> None:
        self.project = make_project(settings={"second_share": share, **settings})
        roles = {"Ada": Role.ANNOTATOR, "Rita": Role.REVIEWER, "Rob": Role.REVIEWER, "Ron": Role.REVIEWER}
        self.people = {
            name: make_project_member(self.project, role, name)
            for name, role in {**roles, "Mia": Role.MANAGER}.items()
        }
        self.ada, self.rita, self.rob, self.ron, self.mia = (client_for(u) for u in self.people.values())
        self.task = make_task(self.project)

    def submitted(self, client: APIClient | None = None) -> str:
        answer = labelled(client or self.ada, self.project, box_region(self.project))
        return str(answer["revision"]["id"])

    def approved(self, by: APIClient | None = None) -> str:
        revision = self.submitted()
        assert self.decide(by or self.rita, revision).status_code == 200
        return revision

    def decide(self, client: APIClient, revision: str, verdict: str = "approve", reason: str = "") -> Any:
        return client.post(f"{API}/revisions/{revision}/decide", {"verdict": verdict, "reason": reason})

    def undo(self, client: APIClient, revision: str) -> Any:
        return client.post(f"{API}/revisions/{revision}/undo")

    def next(self, client: APIClient) -> Any:
        return client.post(f"{API}/projects/{self.project.pk}/review/next", {})

    def queue(self, client: APIClient) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = client.get(f"{API}/projects/{self.project.pk}/review/queue").json()[
            "results"
        ]
        return rows

    def figures(self, client: APIClient) -> Any:
        return client.get(f"{API}/projects/{self.project.pk}/second-looks")

    def edit(self, client: APIClient, *boxes: tuple[float, float, float, float]) -> Any:
        """Open for review, add boxes, approve."""
        editor = Editor.open(client, self.task.pk, **{"as": "review"})
        editor.put(*(box_region(self.project, box) for box in boxes))
        answer = editor.submit(approve=True)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def state(self) -> str:
        return str(Task.objects.values_list("state", flat=True).get(pk=self.task.pk))

    def look(self) -> SecondLook:
        return SecondLook.objects.get(task=self.task)

    def to_review(self, name: str) -> int:
        return selectors.work_counts(self.people[name]).to_review


@pytest.fixture
def crew() -> Crew:
    return Crew()


def test_by_default_nothing_is_drawn() -> None:
    crew = Crew(0.0)
    crew.approved()
    assert not SecondLook.objects.exists() and crew.queue(crew.rob) == []


def test_a_share_is_between_none_and_all() -> None:
    crew = Crew()
    url = f"{API}/projects/{crew.project.pk}"
    etag = crew.mia.get(url).headers["ETag"]
    refused = crew.mia.patch(url, {"settings": {"second_share": 1.2}}, headers={"If-Match": etag})
    assert refused.status_code == 400 and "second_share" in refused.json()["fields"]


def test_what_waits_for_a_second_look_is_approved_and_counts(crew: Crew) -> None:
    revision = crew.approved()
    assert crew.state() == "approved"
    assert [str(row.revision_id) for row in selectors.approved_revisions(project_id=crew.project.pk)] == [
        revision
    ]
    assert crew.look().first == crew.people["Rita"]


def test_it_is_handed_to_a_reviewer_who_neither_approved_nor_labelled_it(crew: Crew) -> None:
    revision = crew.approved()
    assert crew.next(crew.rita).status_code == 204
    opened = crew.next(crew.rob).json()
    assert opened["mode"] == "review"
    assert opened["review"]["revision_id"] == revision and opened["review"]["second_look"] is True
    (row,) = crew.queue(crew.ron)
    assert (row["second_look"], row["own"]) == (True, False)
    # Who approved it is not told that it was drawn.
    assert crew.queue(crew.rita) == []
    assert (crew.to_review("Rita"), crew.to_review("Ron")) == (0, 1)
    # A plain review is told apart from it.
    make_task(crew.project)
    crew.submitted()
    assert [row["second_look"] for row in crew.queue(crew.ron)] == [True, False]


def test_whoever_approved_or_labelled_it_is_refused_even_where_people_review_their_own_work() -> None:
    crew = Crew(allow_self_review=True)
    revision = crew.submitted(crew.ron)
    assert crew.decide(crew.rita, revision).status_code == 200
    assert crew.next(crew.rita).status_code == 204
    assert crew.next(crew.ron).status_code == 204
    for client in (crew.rita, crew.ron):
        refused = crew.decide(client, revision, "return", "Hm.")
        assert refused.status_code == 403 and refused.json()["code"] == "self_review"
        assert client.get(f"{API}/tasks/{crew.task.pk}").json()["review"] is None
    # Said twice, the first reviewer's own word is still one word.
    assert crew.decide(crew.rita, revision).status_code == 200
    assert crew.look().state == "waiting"
    assert crew.decide(crew.rob, revision).status_code == 200
    assert crew.look().state == "agreed"


def test_whoever_ever_handed_in_labels_of_it_has_had_a_hand_in_it(crew: Crew) -> None:
    crew.submitted(crew.rob)
    crew.edit(crew.rita, (300, 200, 360, 260))
    crew.edit(crew.rob, (10, 200, 60, 260))
    # Rita's labels are not the newest, nor is hers the last approval.
    assert crew.look().first == crew.people["Rob"]
    assert crew.next(crew.rita).status_code == 204
    assert (crew.to_review("Rita"), crew.to_review("Ron")) == (0, 1)


def test_a_picture_that_is_erased_waits_for_nobody(crew: Crew) -> None:
    crew.approved()
    Asset.objects.filter(pk=crew.task.asset_id).update(deleted_at=timezone.now())
    assert crew.next(crew.rob).status_code == 204
    assert crew.queue(crew.rob) == [] and crew.to_review("Rob") == 0
    assert crew.figures(crew.mia).json()["waiting"] == 0


def test_people_who_do_not_review_are_told_nothing_of_it(crew: Crew) -> None:
    crew.approved()
    for user in (crew.people["Ada"], make_project_member(crew.project, Role.ANNOTATOR, "Bob")):
        opened = client_for(user).get(f"{API}/tasks/{crew.task.pk}").json()
        assert opened["review"] is None
        assert crew.figures(client_for(user)).status_code == 403
    assert crew.figures(client_for(make_project_member(make_project(), Role.MANAGER))).status_code == 404


def test_agreeing_leaves_the_picture_as_it_was(crew: Crew) -> None:
    revision = crew.approved()
    before = Task.objects.get(pk=crew.task.pk)
    answer = crew.decide(crew.rob, revision)
    assert answer.json()["task_state"] == "approved"
    after = Task.objects.get(pk=crew.task.pk)
    assert (after.resolved_revision_id, after.approved_at) == (
        before.resolved_revision_id,
        before.approved_at,
    )
    look = crew.look()
    assert look.state == "agreed" and look.decision is not None
    assert look.decision.reviewer == crew.people["Rob"]
    assert crew.queue(crew.ron) == []
    assert crew.decide(crew.ron, revision).status_code == 409


def test_returning_sends_the_picture_back_to_its_author_with_the_reason(crew: Crew) -> None:
    revision = crew.approved()
    assert crew.decide(crew.rob, revision, "return").status_code == 400
    assert crew.decide(crew.rob, revision, "return", "The hat is missing.").json()["task_state"] == "in_work"
    task = Task.objects.get(pk=crew.task.pk)
    assert task.approved_at is None
    assert list(selectors.approved_revisions(project_id=crew.project.pk)) == []
    assert crew.look().state == "returned"
    assert "The hat is missing." in Notice.objects.get(user=crew.people["Ada"]).body
    editor = Editor.next(crew.ada, crew.project)
    assert editor.body["assignment"]["return_reason"] == "The hat is missing."
    # Mended and approved, it is a new approval with a draw of its own.
    mended = editor.submit().json()["revision"]["id"]
    assert crew.decide(crew.rita, mended).status_code == 200
    assert SecondLook.objects.filter(task=crew.task, state="waiting").count() == 1


def test_a_second_reviewers_edit_is_a_correction_unless_it_changes_nothing(crew: Crew) -> None:
    crew.approved()
    crew.edit(crew.rob, (200, 200, 260, 260))
    assert crew.look().state == "corrected" and crew.state() == "approved"
    # What a second person has looked at is not drawn again.
    assert crew.queue(crew.ron) == []
    other = Crew()
    other.approved()
    other.edit(other.rob)
    assert other.look().state == "agreed"


def test_the_first_reviewer_cannot_edit_the_second_look_away(crew: Crew) -> None:
    crew.approved()
    edited = crew.edit(crew.rita, (200, 200, 260, 260))["revision"]["id"]
    look = crew.look()
    assert look.state == "waiting"
    assert [row["revision"]["id"] for row in crew.queue(crew.rob)] == [edited]
    assert crew.next(crew.rita).status_code == 204


def test_who_takes_a_second_look_is_named_to_others_and_not_to_the_first(crew: Crew) -> None:
    crew.approved()
    Editor.open(crew.rob, crew.task.pk, **{"as": "review"})
    task = Task.objects.get(pk=crew.task.pk)
    rob = crew.people["Rob"].get_full_name()
    for name, client, who in (
        ("Ada", crew.ada, "Another reviewer"),
        ("Rita", crew.rita, "Another reviewer"),
        ("Ron", crew.ron, rob),
        ("Mia", crew.mia, rob),
    ):
        # What refuses a write and what the page says are one rule.
        with pytest.raises(TaskTaken, match=f"^{who} has this picture open"):
            held_refuse(task, crew.people[name])
        assert client.get(f"{API}/tasks/{task.pk}").json()["locked_by"] == who
    opened = crew.rita.post(f"{API}/tasks/{task.pk}/open", {"as": "review"}).json()
    assert (opened["mode"], opened["locked_by"]) == ("read", "Another reviewer")
    assert crew.rob.get(f"{API}/tasks/{task.pk}").json()["locked_by"] is None
    held_refuse(task, crew.people["Rob"])


def test_an_approval_taken_back_waits_for_nobodys_second_look_until_it_is_given_again(crew: Crew) -> None:
    revision = crew.approved()
    assert crew.undo(crew.rita, revision).json()["task_state"] == "in_review"
    assert [row["second_look"] for row in crew.queue(crew.rob)] == [False]
    # Another reviewer's first approval is not the second look at the one taken back.
    crew.decide(crew.rob, revision)
    look = crew.look()
    assert (look.state, look.first) == ("waiting", crew.people["Rob"])
    assert crew.decide(crew.rita, revision).status_code == 200
    assert crew.look().state == "agreed"


@pytest.mark.parametrize("verdict", ["approve", "return"])
def test_a_second_word_can_be_taken_back_and_the_look_waits_again(crew: Crew, verdict: str) -> None:
    revision = crew.approved()
    crew.decide(crew.rob, revision, verdict, "Hm.")
    assert crew.undo(crew.rita, revision).status_code == 403
    assert crew.undo(crew.rob, revision).json()["task_state"] == "approved"
    assert crew.look().state == "waiting" and crew.look().decision is None
    assert Assignment.objects.get(user=crew.people["Ada"]).state == "approved"
    assert Task.objects.get(pk=crew.task.pk).approved_at is not None
    assert ReviewDecision.objects.filter(undone_at=None).count() == 1
    assert crew.decide(crew.ron, revision).status_code == 200
    assert crew.look().state == "agreed"


def test_a_second_return_stands_once_its_author_has_opened_the_picture(crew: Crew) -> None:
    revision = crew.approved()
    crew.decide(crew.rob, revision, "return", "Hm.")
    Editor.next(crew.ada, crew.project)
    assert crew.undo(crew.rob, revision).status_code == 409
    assert crew.look().state == "returned"


def test_a_correction_taken_back_waits_for_review_and_is_looked_at_again(crew: Crew) -> None:
    crew.approved()
    edited = crew.edit(crew.rob, (200, 200, 260, 260))["revision"]["id"]
    assert crew.undo(crew.rob, edited).json()["task_state"] == "in_review"
    assert crew.look().state == "waiting"
    assert crew.decide(crew.ron, edited).status_code == 200
    assert crew.look().first == crew.people["Ron"]
    assert crew.next(crew.rob).status_code == 204
    assert crew.next(crew.rita).json()["review"]["second_look"] is True


def test_pictures_completed_in_the_grid_are_drawn_too(crew: Crew) -> None:
    found = suggest(crew.task, [10, 10, 60, 60])
    answer = crew.rita.post(
        f"{API}/suggestions/decide",
        {
            "project_id": str(crew.project.pk),
            "items": [{"suggestion_id": str(found[0].pk), "decision": "accepted"}],
            "complete_task_ids": [str(crew.task.pk)],
        },
    )
    assert answer.status_code == 200 and crew.state() == "approved"
    revision = str(Revision.objects.get(task=crew.task).pk)
    assert crew.decide(crew.rita, revision, "return", "No.").status_code == 403
    # Nobody labelled it by hand: it goes back to the queue.
    assert crew.decide(crew.rob, revision, "return", "Not a person.").json()["task_state"] == "ready"


def test_what_nobody_reviews_is_not_looked_at_twice() -> None:
    crew = Crew(review="none")
    crew.submitted()
    assert crew.state() == "approved" and not SecondLook.objects.exists()


def test_about_the_share_is_drawn_and_the_same_again_after_an_undo() -> None:
    crew = Crew(0.5)
    make_tasks(crew.project, 39)
    revisions = [crew.approved() for _ in range(40)]

    def drawn() -> set[uuid.UUID]:
        return set(SecondLook.objects.values_list("task__resolved_revision_id", flat=True))

    first = drawn()
    # Binomial: outside of 8 to 32 once in 10,000 such tests.
    assert 8 <= len(first) <= 32
    for revision in revisions:
        crew.undo(crew.rita, revision)
        crew.decide(crew.rita, revision)
    assert drawn() == first


def test_a_plan_gives_second_looks_to_those_who_may_take_them_and_keeps_them() -> None:
    crew = PlanCrew(second_share=1.0)
    crew.people["Rob"] = make_project_member(crew.project, Role.REVIEWER, "Rob")
    rob = client_for(crew.people["Rob"])
    make_tasks(crew.project, 4)
    crew.waits_for_review(crew.ada, 4)
    crew.set_times(Ada=0, Bob=0, Rita=240, Rob=0, Mia=0)
    first = crew.planned()
    assert crew.mia.post(f"{API}/plans/{first['id']}/apply").status_code == 200
    for revision in Revision.objects.filter(pending=True):
        body = {"verdict": "approve"}
        assert crew.rita.post(f"{API}/revisions/{revision.pk}/decide", body).status_code == 200
    # What was kept for Rita to approve is not kept from others to look at.
    assert not PlanTurn.objects.filter(kind="review", state="given").exists()
    assert selectors.work_counts(crew.people["Rob"]).to_review == 4
    crew.set_times(Rita=240, Rob=240)
    plan = crew.planned()
    turns = PlanTurn.objects.filter(plan_id=plan["id"], kind="review")
    assert {turn.user for turn in turns} <= {crew.people["Rob"], crew.people["Mia"]} and turns.count() == 4
    assert crew.mia.post(f"{API}/plans/{plan['id']}/apply").status_code == 200
    assert PlanTurn.objects.filter(kind="review", state="given", user=crew.people["Rob"]).count() == 4
    # Kept for Rob: nobody else is told that they wait for them.
    assert selectors.work_counts(crew.people["Rob"]).to_review == 4
    assert selectors.work_counts(crew.people["Mia"]).to_review == 0
    assert rob.post(f"{API}/projects/{crew.project.pk}/review/next", {}).status_code == 200
    again = crew.planned()
    assert again["undone"] == []


def test_a_plan_is_refused_a_second_look_that_has_become_its_persons_own() -> None:
    crew = PlanCrew(second_share=1.0)
    crew.people["Rob"] = make_project_member(crew.project, Role.REVIEWER, "Rob")
    rob = client_for(crew.people["Rob"])
    make_tasks(crew.project, 1)
    crew.waits_for_review(crew.ada, 1)
    revision = Revision.objects.get(pending=True)
    crew.rita.post(f"{API}/revisions/{revision.pk}/decide", {"verdict": "approve"})
    crew.set_times(Ada=0, Bob=0, Rita=0, Rob=240, Mia=0)
    plan = crew.planned()
    assert PlanTurn.objects.get(plan_id=plan["id"]).user == crew.people["Rob"]
    # Rita takes her approval back, and Rob approves first.
    assert crew.rita.post(f"{API}/revisions/{revision.pk}/undo").status_code == 200
    assert rob.post(f"{API}/revisions/{revision.pk}/decide", {"verdict": "approve"}).status_code == 200
    assert crew.mia.post(f"{API}/plans/{plan['id']}/apply").status_code == 200
    assert PlanTurn.objects.get(plan_id=plan["id"]).refusal == "It waits for a second look, by somebody else."


def test_figures_tell_how_often_the_second_agreed_with_an_interval(crew: Crew) -> None:
    make_tasks(crew.project, 9)
    tasks = [crew.approved(crew.rita) for _ in range(10)]
    for revision in tasks[:9]:
        crew.decide(crew.rob, revision)
    told = crew.figures(crew.mia).json()
    assert (told["looks"], told["waiting"]) == (9, 1)
    crew.decide(crew.rob, tasks[9], "return", "Two hats.")
    told = crew.figures(crew.mia).json()
    overall = told["overall"]
    assert (overall["agreed"], overall["returned"], overall["share"]) == (9, 1, 0.9)
    # Clopper and Pearson's interval of 9 of 10.
    assert (overall["low"], overall["high"]) == (
        pytest.approx(0.555, abs=5e-4),
        pytest.approx(0.9975, abs=5e-4),
    )
    assert [(row["user"]["name"], row["found"]["looks"]) for row in told["people"]] == [
        (crew.people["Rita"].name, 10)
    ]
    assert [(row["outcome"], row["reason"]) for row in told["differing"]] == [("returned", "Two hats.")]


def test_reviewers_see_their_own_figures_and_all_only_of_three_people(crew: Crew) -> None:
    make_tasks(crew.project, 2)
    for by, second in ((crew.rita, crew.rob), (crew.rob, crew.rita)):
        crew.decide(second, crew.approved(by))
    told = crew.figures(crew.rita).json()
    assert told["overall"] is None
    assert [row["user"]["name"] for row in told["people"]] == [crew.people["Rita"].name]
    assert crew.figures(crew.ron).json()["people"] == []
    crew.decide(crew.rita, crew.approved(crew.ron))
    assert crew.figures(crew.rita).json()["overall"]["agreed"] == 3


def test_what_an_import_brings_waits_for_no_second_look_of_what_somebody_approved(crew: Crew) -> None:
    brought: dict[str, Any] = {"actor": crew.people["Mia"], "task_id": crew.task.pk}
    first = services.revision_import(**brought, regions=[], import_key="one", approved=False)
    assert first is not None and crew.decide(crew.rita, str(first.pk)).status_code == 200
    assert crew.look().first == crew.people["Rita"]
    # Not approved, they wait for a reviewer, who is then the first.
    second = services.revision_import(**brought, regions=[], import_key="two", approved=False)
    assert second is not None and crew.decide(crew.rob, str(second.pk)).status_code == 200
    assert crew.look().first == crew.people["Rob"]
    assert services.revision_import(**brought, regions=[], import_key="three", approved=True) is not None
    assert not SecondLook.objects.exists() and crew.queue(crew.ron) == []


def test_what_a_return_was_for_is_there_again_once_it_is_taken_back(crew: Crew) -> None:
    revision = crew.approved()
    assert crew.decide(crew.rob, revision, "return", "The left one is a shadow.").status_code == 200
    assert crew.undo(crew.rob, revision).status_code == 200
    assert crew.next(crew.rob).json()["undone_reason"] == "The left one is a shadow."
    # It is the reviewer's own word alone.
    assert crew.next(crew.ron).status_code == 204
    assert crew.ada.get(f"{API}/tasks/{crew.task.pk}").json()["undone_reason"] == ""
    assert crew.mia.get(f"{API}/tasks/{crew.task.pk}").json()["undone_reason"] == ""
