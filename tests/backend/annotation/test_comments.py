"""Remarks on a picture and replies to them: who is told, and what settling closes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from rest_framework.test import APIClient

from backend.annotation.models import Comment, Task
from backend.core.enums import Role
from backend.notify.models import Notice
from tests.support.annotation import API, Editor, box_region, labelled, make_task
from tests.support.consensus import Crowd
from tests.support.factories import client_for, make_project, make_project_member

pytestmark = pytest.mark.django_db


class Talk:
    """Ada has labelled a picture; Rita reviews and has pinned a remark; Bob annotates beside."""

    def __init__(self) -> None:
        self.project = make_project()
        roles = {"Ada": Role.ANNOTATOR, "Bob": Role.ANNOTATOR, "Rita": Role.REVIEWER, "Vic": Role.VIEWER}
        self.people = {name: make_project_member(self.project, role, name) for name, role in roles.items()}
        self.ada, self.bob, self.rita, self.vic = (client_for(user) for user in self.people.values())
        self.task = make_task(self.project)
        labelled(self.ada, self.project, box_region(self.project))
        self.thread = str(self.remark(self.rita, "Is this a hat?", x=5, y=6).json()["id"])

    def remark(self, client: APIClient, text: str, task: Task | None = None, **place: float) -> Any:
        return client.post(f"{API}/tasks/{(task or self.task).pk}/comments", {"text": text, **place})

    def reply(self, client: APIClient, text: str, thread: str = "", key: str = "") -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return client.post(f"{API}/comments/{thread or self.thread}/replies", {"text": text}, headers=headers)

    def settle(self, client: APIClient, resolved: bool) -> Any:
        return client.patch(f"{API}/comments/{self.thread}", {"resolved": resolved})

    def shown(self, client: APIClient) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = client.get(f"{API}/tasks/{self.task.pk}").json()["comments"]
        return rows

    def told(self, name: str) -> list[str]:
        rows = Notice.objects.filter(user=self.people[name]).order_by("id")
        return [f"{row.title}: {row.body}" for row in rows]


@pytest.fixture
def talk() -> Talk:
    return Talk()


def test_replies_make_a_thread_under_the_pin(talk: Talk) -> None:
    answer = talk.reply(talk.ada, "A helmet.")
    assert answer.status_code == 201
    talk.reply(talk.rita, "Then label it.")
    (thread,) = talk.shown(talk.ada)
    assert (thread["x"], thread["y"]) == (5.0, 6.0)
    assert [row["text"] for row in thread["replies"]] == ["A helmet.", "Then label it."]
    assert [row["author"]["name"] for row in thread["replies"]] == [
        talk.people["Ada"].name,
        talk.people["Rita"].name,
    ]
    assert [row["text"] for row in answer.json()["replies"]] == ["A helmet."]


def test_the_other_is_told_and_nobody_of_their_own_words(talk: Talk) -> None:
    talk.reply(talk.ada, "A helmet.")
    assert talk.told("Ada") == []
    assert talk.told("Rita") == [f"{talk.people['Ada'].name} replied on {talk.task.asset.name}: A helmet."]
    talk.reply(talk.rita, "Then label it.")
    assert talk.told("Ada") == [
        f"{talk.people['Rita'].name} replied on {talk.task.asset.name}: Then label it."
    ]
    assert talk.told("Bob") == []
    link = Notice.objects.filter(user=talk.people["Ada"]).values_list("link", flat=True).get()
    assert link == f"/p/{talk.project.pk}/annotate/{talk.task.pk}"


def test_whose_labels_these_are_is_told_though_they_have_not_written(talk: Talk) -> None:
    talk.reply(talk.rita, "It hides the face.")
    assert len(talk.told("Ada")) == 1


def test_whoever_left_the_project_is_not_told(talk: Talk) -> None:
    talk.reply(talk.bob, "Looks like one.")
    talk.people["Bob"].project_memberships.all().delete()
    talk.reply(talk.ada, "A helmet.")
    assert talk.told("Bob") == [] and len(talk.told("Rita")) == 2


def test_a_settled_thread_is_closed_until_it_is_opened_again(talk: Talk) -> None:
    assert talk.settle(talk.rita, True).json()["resolved_at"] is not None
    refused = talk.reply(talk.ada, "But…")
    assert refused.status_code == 409 and refused.json()["code"] == "thread_settled"
    assert talk.settle(talk.ada, False).json()["resolved_at"] is None
    assert talk.reply(talk.ada, "But…").status_code == 201


def test_the_same_reply_sent_twice_is_one(talk: Talk) -> None:
    first, again = (talk.reply(talk.ada, "A helmet.", key="r1") for _ in range(2))
    assert first.json() == again.json()
    assert Comment.objects.filter(thread_id=talk.thread).count() == 1
    assert len(talk.told("Rita")) == 1


def test_replies_are_refused_to_those_who_only_look_and_to_strangers(talk: Talk) -> None:
    assert talk.reply(talk.vic, "Hm.").status_code == 403
    stranger = client_for(make_project_member(make_project(), Role.ADMIN, "Sam"))
    assert talk.reply(stranger, "Hm.").status_code == 404
    assert talk.reply(talk.ada, "   ").status_code == 400


def test_a_reply_has_no_thread_of_its_own(talk: Talk) -> None:
    reply = talk.reply(talk.ada, "A helmet.").json()["replies"][0]["id"]
    assert talk.reply(talk.rita, "Hm.", thread=reply).status_code == 404
    assert talk.rita.patch(f"{API}/comments/{reply}", {"resolved": True}).status_code == 404
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.filter(pk=reply).update(x=1.0, y=1.0)


def test_who_draws_on_their_own_reaches_no_others_remark() -> None:
    crowd = Crowd(people=2)
    url = f"{API}/tasks/{crowd.task.pk}/comments"
    theirs = crowd.ada.post(url, {"text": "What is this?"}).json()["id"]
    Editor.open(crowd.bob, crowd.task.pk)
    assert crowd.bob.post(f"{API}/comments/{theirs}/replies", {"text": "A hat."}).status_code == 404
    assert crowd.bob.patch(f"{API}/comments/{theirs}", {"resolved": True}).status_code == 404
    # A manager's answer reaches whoever asked, and nobody else.
    assert crowd.mia.post(f"{API}/comments/{theirs}/replies", {"text": "A hat."}).status_code == 201
    shown = crowd.ada.get(f"{API}/tasks/{crowd.task.pk}").json()["comments"]
    assert [row["text"] for row in shown[0]["replies"]] == ["A hat."]
    assert crowd.bob.get(f"{API}/tasks/{crowd.task.pk}").json()["comments"] == []
    assert Notice.objects.filter(user=crowd.people["Bob"]).count() == 0
