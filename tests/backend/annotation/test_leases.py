"""Leases on the database's clock, late work, and many people at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from backend.annotation import services
from backend.annotation.models import Assignment, Revision, Task
from backend.annotation.tasks import expire_leases
from backend.core.enums import Role
from backend.core.models import JobRun
from tests.support.annotation import API, Editor, box_region, make_task, make_tasks
from tests.support.factories import client_for, make_project, make_project_member

PEOPLE = 20


@pytest.fixture
def project(db: Any) -> Any:
    return make_project()


@pytest.fixture
def ada(project: Any) -> Any:
    return client_for(make_project_member(project, Role.ANNOTATOR, "Ada"))


@pytest.fixture
def bob(project: Any) -> Any:
    return client_for(make_project_member(project, Role.ANNOTATOR, "Bob"))


def run_out(editor: Editor) -> None:
    """Let the lease end, as the database's clock sees it, and the sweeper pass."""
    Assignment.objects.filter(pk=editor.assignment).update(lease_expires_at=Now() - timedelta(seconds=1))
    assert expire_leases() == 1


def test_a_lease_is_renewed_and_a_live_one_is_not_swept(project: Any, ada: Any) -> None:
    make_task(project)
    editor = Editor.next(ada, project)
    before = editor.body["assignment"]["lease_expires_at"]
    after = ada.post(f"{API}/assignments/{editor.assignment}/renew").json()["lease_expires_at"]
    assert after >= before
    assert expire_leases() == 0


def test_an_ended_lease_frees_the_task_and_keeps_the_draft(project: Any, ada: Any, bob: Any) -> None:
    task = make_task(project)
    editor = Editor.next(ada, project)
    editor.put(box_region(project))
    run_out(editor)
    assert Task.objects.get().state == "ready"
    assert Assignment.objects.get().state == "expired"
    # Autosave goes on, and opening again finds everything.
    assert editor.put(box_region(project)).status_code == 200
    again = Editor.next(ada, project)
    assert again.body["id"] == str(task.pk) and len(again.body["labels"]["regions"]) == 2


def test_renewing_takes_an_ended_lease_back_unless_the_picture_went_on(
    project: Any, ada: Any, bob: Any
) -> None:
    make_task(project)
    editor = Editor.next(ada, project)
    run_out(editor)
    renew = f"{API}/assignments/{editor.assignment}/renew"
    assert ada.post(renew).json()["state"] == "leased"
    run_out(editor)
    Editor.next(bob, project)
    lost = ada.post(renew)
    assert lost.status_code == 409 and lost.json()["code"] == "lease_lost"


def test_a_late_submit_of_a_free_task_is_its_labels_marked_late(project: Any, ada: Any) -> None:
    task = make_task(project)
    editor = Editor.next(ada, project)
    editor.put(box_region(project))
    run_out(editor)
    answer = editor.submit()
    assert answer.json()["task_state"] == "in_review" and answer.json()["revision"]["late"] is True
    assert Task.objects.get(pk=task.pk).region_count == 1


def test_a_late_submit_waits_beside_the_work_of_who_took_over(project: Any, ada: Any, bob: Any) -> None:
    task = make_task(project)
    late = Editor.next(ada, project)
    late.put(box_region(project, (5, 5, 60, 60)))
    run_out(late)
    other = Editor.next(bob, project)
    answer = late.submit().json()
    assert answer["task_state"] == "in_work" and answer["revision"]["pending"] is True
    assert answer["revision"]["late"] is True
    # The other one notices nothing.
    other.put(box_region(project))
    assert other.submit().json()["task_state"] == "in_review"
    assert Revision.objects.filter(task=task, pending=True).count() == 2
    rita = client_for(make_project_member(project, Role.REVIEWER))
    queue = rita.get(f"{API}/projects/{project.pk}/review/queue").json()["results"]
    assert [row["revision"]["late"] for row in queue] == [True, False]
    # The reviewer prefers the late one; the other then answers for nothing on the task.
    decided = rita.post(f"{API}/revisions/{answer['revision']['id']}/decide", {"verdict": "approve"})
    assert decided.json()["task_state"] == "approved"
    assert str(Task.objects.get(pk=task.pk).resolved_revision_id) == answer["revision"]["id"]


def test_a_late_submit_on_an_approved_picture_is_kept_and_disturbs_nothing(
    project: Any, ada: Any, bob: Any
) -> None:
    task = make_task(project)
    late = Editor.next(ada, project)
    late.put(box_region(project, (5, 5, 60, 60)))
    run_out(late)
    revision = Editor.next(bob, project).submit().json()["revision"]["id"]
    rita = client_for(make_project_member(project, Role.REVIEWER))
    rita.post(f"{API}/revisions/{revision}/decide", {"verdict": "approve"})
    answer = late.submit()
    assert answer.status_code == 200 and answer.json()["task_state"] == "approved"
    assert str(Task.objects.get(pk=task.pk).resolved_revision_id) == revision


def test_quarantine_takes_a_picture_out_and_restore_brings_it_back(project: Any, ada: Any) -> None:
    task = make_task(project)
    rita = client_for(make_project_member(project, Role.REVIEWER))
    assert ada.post(f"{API}/tasks/{task.pk}/quarantine", {"reason": "x"}).status_code == 403
    body = rita.post(f"{API}/tasks/{task.pk}/quarantine", {"reason": "Broken file"}).json()
    assert body["state"] == "quarantined"
    assert ada.post(f"{API}/projects/{project.pk}/tasks/next", {}).status_code == 204
    assert rita.post(f"{API}/tasks/{task.pk}/restore").json()["state"] == "ready"
    assert Editor.next(ada, project).body["id"] == str(task.pk)


def test_work_on_a_picture_set_aside_meanwhile_is_kept(project: Any, ada: Any) -> None:
    task = make_task(project)
    editor = Editor.next(ada, project)
    editor.put(box_region(project))
    services.task_quarantine(task_id=task.pk, reason="Broken file")
    answer = editor.submit()
    assert answer.status_code == 200 and answer.json()["task_state"] == "quarantined"
    assert Revision.objects.get().regions.count() == 1


def _in_thread(function: Any) -> Any:
    try:
        return function()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_everybody_who_asks_at_once_gets_another_task() -> None:
    project = make_project()
    make_tasks(project, PEOPLE)
    people = [make_project_member(project, Role.ANNOTATOR) for _ in range(PEOPLE)]

    def ask(person: Any) -> Any:
        return _in_thread(lambda: services.task_next(actor=person, project=project))

    with ThreadPoolExecutor(PEOPLE) as pool:
        got = list(pool.map(ask, people))
    assert all(assignment is not None for assignment in got)
    assert len({assignment.task_id for assignment in got}) == PEOPLE
    assert not JobRun.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_save_at_once_lose_nothing() -> None:
    project = make_project()
    make_task(project)
    ada = make_project_member(project, Role.ANNOTATOR)
    editor = Editor.next(client_for(ada), project)
    regions = [box_region(project, (i * 10, 10, i * 10 + 50, 60)) for i in range(8)]

    def save(region: dict[str, Any]) -> list[int]:
        def go() -> list[int]:
            tab = Editor(client_for(ada), editor.body)
            seen = []
            # What an editor does on 412: take the current version and send its operation again.
            while not seen or seen[-1] == 412:
                answer = tab.put(region)
                seen.append(answer.status_code)
                if answer.status_code == 412:
                    tab.version = answer.json()["current"]["draft_version"]
            return seen

        return list(_in_thread(go))

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(save, regions))
    assert all(seen[-1] == 200 for seen in outcomes)
    draft = Assignment.objects.get(pk=editor.assignment).draft
    assert draft is not None and set(draft["regions"]) == {r["region_id"] for r in regions}


@pytest.mark.django_db(transaction=True)
def test_the_same_submit_at_once_makes_one_revision() -> None:
    project = make_project()
    make_task(project)
    ada = make_project_member(project, Role.ANNOTATOR)
    editor = Editor.next(client_for(ada), project)
    editor.put(box_region(project))

    def press(_: int) -> Any:
        def go() -> Any:
            tab = Editor(client_for(ada), editor.body)
            return tab.submit(key="one-press", version=editor.version)

        return _in_thread(go)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(press, range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.json()["revision"]["id"] for answer in answers}) == 1
    assert Revision.objects.count() == 1
