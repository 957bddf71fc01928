"""Review: who may decide, what a return does, edits by the reviewer, and taking decisions back."""

from __future__ import annotations

from typing import Any

import pytest

from backend.annotation.models import Assignment, Revision, Task
from backend.annotation.signals import annotation_approved
from backend.core.enums import Role
from backend.notify.models import Notice
from tests.support.annotation import API, Editor, box_region, labelled, make_task, make_tasks
from tests.support.factories import client_for, make_project, make_project_member

pytestmark = pytest.mark.django_db


class Crew:
    def __init__(self, **settings: Any) -> None:
        self.project = make_project(settings=settings or None)
        self.ada_user = make_project_member(self.project, Role.ANNOTATOR, "Ada")
        self.rita_user = make_project_member(self.project, Role.REVIEWER, "Rita")
        self.ada, self.rita = client_for(self.ada_user), client_for(self.rita_user)
        self.rob = client_for(make_project_member(self.project, Role.REVIEWER, "Rob"))
        self.manager = client_for(make_project_member(self.project, Role.MANAGER, "Mia"))
        self.task = make_task(self.project)

    def submitted(self, client: Any = None) -> str:
        """A submitted revision with one box."""
        answer = labelled(client or self.ada, self.project, box_region(self.project))
        return str(answer["revision"]["id"])

    def decide(self, client: Any, revision: str, verdict: str = "approve", reason: str = "") -> Any:
        return client.post(f"{API}/revisions/{revision}/decide", {"verdict": verdict, "reason": reason})

    def locked_by(self, client: Any) -> Any:
        return client.get(f"{API}/tasks/{self.task.pk}").json()["locked_by"]

    def state(self) -> str:
        return Task.objects.values_list("state", flat=True).get(pk=self.task.pk)


@pytest.fixture
def crew() -> Crew:
    return Crew()


def test_approving_approves_the_work_and_announces_it(crew: Crew) -> None:
    heard = []

    def hear(**facts: Any) -> None:
        heard.append((facts["project_id"], facts["task_id"], str(facts["revision_id"])))

    annotation_approved.connect(hear)
    revision = crew.submitted()
    answer = crew.decide(crew.rita, revision).json()
    annotation_approved.disconnect(hear)
    assert answer["task_state"] == "approved" and answer["decision"]["verdict"] == "approve"
    assert heard == [(crew.project.pk, crew.task.pk, revision)]
    assert Assignment.objects.get(user=crew.ada_user).state == "approved"
    assert Task.objects.get(pk=crew.task.pk).approved_at is not None


def test_the_same_decision_twice_is_one(crew: Crew) -> None:
    revision = crew.submitted()
    first, again = crew.decide(crew.rita, revision), crew.decide(crew.rita, revision)
    assert again.status_code == 200
    assert first.json()["decision"]["id"] == again.json()["decision"]["id"]
    assert crew.decide(crew.rob, revision, "return", "no").status_code == 409


def test_nobody_reviews_their_own_work(crew: Crew) -> None:
    revision = crew.submitted(crew.rita)
    refused = crew.decide(crew.rita, revision)
    assert refused.status_code == 403 and refused.json()["code"] == "self_review"
    assert crew.rita.post(f"{API}/projects/{crew.project.pk}/review/next", {}).status_code == 204
    opened = crew.rita.post(f"{API}/tasks/{crew.task.pk}/open", {"as": "review"}).json()
    assert opened["mode"] == "read"
    assert crew.decide(crew.rob, revision).status_code == 200


def test_a_project_may_allow_self_review() -> None:
    crew = Crew(allow_self_review=True)
    assert crew.decide(crew.rita, crew.submitted(crew.rita)).status_code == 200


def test_annotators_do_not_review(crew: Crew) -> None:
    revision = crew.submitted()
    assert crew.decide(crew.ada, revision).status_code == 403
    for path in (f"projects/{crew.project.pk}/review/next", f"revisions/{revision}/undo"):
        assert crew.ada.post(f"{API}/{path}", {}).status_code == 403
    assert crew.ada.get(f"{API}/projects/{crew.project.pk}/review/queue").status_code == 403
    assert crew.ada.post(f"{API}/tasks/{crew.task.pk}/open", {"as": "review"}).status_code == 403


def test_a_return_needs_a_reason_and_tells_the_author(crew: Crew) -> None:
    revision = crew.submitted()
    assert crew.decide(crew.rita, revision, "return").status_code == 400
    assert crew.decide(crew.rita, revision, "return", "The hat is missing.").json()["task_state"] == "in_work"
    notice = Notice.objects.get(user=crew.ada_user)
    assert notice.kind == "returned" and "The hat is missing." in notice.body
    others = client_for(make_project_member(crew.project, Role.ANNOTATOR))
    assert others.post(f"{API}/projects/{crew.project.pk}/tasks/next", {}).status_code == 204


def test_returned_work_comes_first_and_goes_on_from_what_was_saved(crew: Crew) -> None:
    revision = crew.submitted()
    make_tasks(crew.project, 1, priority=99)
    crew.decide(crew.rita, revision, "return", "Again.")
    editor = Editor.next(crew.ada, crew.project)
    assert editor.body["id"] == str(crew.task.pk)
    assert editor.body["assignment"]["return_reason"] == "Again."
    assert len(editor.body["labels"]["regions"]) == 1 and editor.base == revision
    assert editor.submit().json()["task_state"] == "in_review"
    assert Revision.objects.filter(task=crew.task, pending=True).count() == 1


def test_review_next_opens_the_oldest_and_shares_out_the_queue(crew: Crew) -> None:
    make_task(crew.project)
    first, second = crew.submitted(), crew.submitted()
    url = f"{API}/projects/{crew.project.pk}/review/next"
    one, two = crew.rita.post(url, {}).json(), crew.rob.post(url, {}).json()
    assert one["mode"] == "review" and one["review"]["revision_id"] == first
    assert two["review"]["revision_id"] == second
    assert crew.manager.post(url, {}).status_code == 204
    queue = crew.rita.get(f"{API}/projects/{crew.project.pk}/review/queue").json()["results"]
    assert [row["revision"]["id"] for row in queue] == [first, second]
    assert queue[0]["author_name"].startswith("Ada") and queue[0]["own"] is False


def test_a_reviewers_edit_can_be_approved_at_once(crew: Crew) -> None:
    crew.submitted()
    editor = Editor.open(crew.rita, crew.task.pk, **{"as": "review"})
    assert editor.body["mode"] == "review"
    editor.put(box_region(crew.project, (200, 200, 260, 260)))
    answer = editor.submit(approve=True)
    assert answer.json()["task_state"] == "approved" and answer.json()["revision"]["number"] == 2
    assert Assignment.objects.get(user=crew.ada_user).state == "approved"
    assert not Revision.objects.filter(pending=True).exists()


def test_a_reviewers_edit_without_approval_waits_for_another_reviewer(crew: Crew) -> None:
    first = crew.submitted()
    editor = Editor.open(crew.rita, crew.task.pk, **{"as": "review"})
    edit = editor.submit().json()["revision"]["id"]
    assert crew.decide(crew.rob, first).status_code == 409
    assert crew.decide(crew.rita, edit).status_code == 403
    # Returned, it goes to the annotator, not to the reviewer who edited.
    assert crew.decide(crew.rob, edit, "return", "Start over.").json()["task_state"] == "in_work"
    assert Assignment.objects.get(user=crew.ada_user).state == "returned"


def test_annotators_cannot_approve_by_submitting(crew: Crew) -> None:
    editor = Editor.next(crew.ada, crew.project)
    assert editor.submit(approve=True).status_code == 400


def test_an_approval_can_be_taken_back_by_its_reviewer_or_a_manager(crew: Crew) -> None:
    revision = crew.submitted()
    crew.decide(crew.rita, revision)
    url = f"{API}/revisions/{revision}/undo"
    assert crew.rob.post(url).status_code == 403
    assert crew.rita.post(url).json()["task_state"] == "in_review"
    assert crew.decide(crew.rob, revision).status_code == 200
    assert crew.manager.post(url).json()["task_state"] == "in_review"


def test_a_return_can_be_taken_back_until_the_author_opens_it(crew: Crew) -> None:
    revision = crew.submitted()
    url = f"{API}/revisions/{revision}/undo"
    crew.decide(crew.rita, revision, "return", "Oops.")
    assert crew.rita.post(url).json()["task_state"] == "in_review"
    assert Assignment.objects.get(user=crew.ada_user).state == "submitted"
    crew.decide(crew.rita, revision, "return", "Really.")
    Editor.next(crew.ada, crew.project)
    assert crew.rita.post(url).status_code == 409


def test_an_approved_picture_edited_again_waits_for_review(crew: Crew) -> None:
    revision = crew.submitted()
    crew.decide(crew.rita, revision)
    editor = Editor.open(crew.rob, crew.task.pk, **{"as": "review"})
    editor.put(box_region(crew.project, (5, 5, 60, 60)))
    assert editor.submit().json()["task_state"] == "in_review"
    assert Task.objects.get(pk=crew.task.pk).approved_at is None


def test_history_lists_revisions_with_their_decisions(crew: Crew) -> None:
    revision = crew.submitted()
    crew.decide(crew.rita, revision, "return", "No.")
    Editor.next(crew.ada, crew.project).submit()
    rows = crew.ada.get(f"{API}/tasks/{crew.task.pk}/revisions").json()["results"]
    assert [row["number"] for row in rows] == [2, 1]
    assert rows[1]["decisions"][0]["reason"] == "No." and rows[1]["region_count"] == 1
    assert rows[0]["base_revision_id"] == revision


def test_comments_are_pinned_and_settled(crew: Crew) -> None:
    url = f"{API}/tasks/{crew.task.pk}/comments"
    assert crew.ada.post(url, {"text": "Who is this?", "x": 5}).status_code == 400
    comment = crew.ada.post(url, {"text": "Who is this?", "x": 5, "y": 6}).json()
    assert crew.rita.patch(f"{API}/comments/{comment['id']}", {"resolved": True}).json()["resolved_at"]
    shown = crew.ada.get(f"{API}/tasks/{crew.task.pk}").json()["comments"]
    assert [(c["text"], c["x"], c["y"]) for c in shown] == [("Who is this?", 5.0, 6.0)]
    stranger = client_for(make_project_member(make_project(), Role.ADMIN))
    assert stranger.post(url, {"text": "hello"}).status_code == 404
    assert stranger.patch(f"{API}/comments/{comment['id']}", {"resolved": False}).status_code == 404


def test_who_has_a_review_open_is_told_in_the_same_words_everywhere(crew: Crew) -> None:
    revision = crew.submitted()
    assert crew.rita.post(f"{API}/tasks/{crew.task.pk}/open", {"as": "review"}).json()["mode"] == "review"
    name = crew.rita_user.get_full_name()
    for other in (crew.ada, crew.rob):
        assert crew.locked_by(other) == name
    assert crew.locked_by(crew.rita) is None
    opened = crew.rob.post(f"{API}/tasks/{crew.task.pk}/open", {"as": "review"}).json()
    assert (opened["mode"], opened["locked_by"]) == ("read", name)
    # Decided, or its time over, nobody has it.
    crew.decide(crew.rita, revision)
    assert crew.locked_by(crew.rob) is None
    assert crew.manager.post(f"{API}/tasks/{crew.task.pk}/open", {"as": "review"}).json()["mode"] == "review"
    assert crew.locked_by(crew.rob).startswith("Mia")
    Assignment.objects.filter(task=crew.task, kind="review").update(lease_expires_at="2020-01-01T00:00:00Z")
    assert crew.locked_by(crew.rob) is None
