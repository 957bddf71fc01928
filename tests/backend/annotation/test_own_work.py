"""A person's own work after the submit: corrected while it waits, found again, brought along a series, checked first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.annotation.models import Task
from backend.core.enums import Role
from tests.support.annotation import API, Editor, box_region, labelled, make_task, make_tasks
from tests.support.factories import client_for, label_id, make_image_asset, make_project, make_project_member

START = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


@pytest.fixture
def project(db: Any) -> Any:
    return make_project()


@pytest.fixture
def ada(project: Any) -> Any:
    return client_for(make_project_member(project, Role.ANNOTATOR, "Ada"))


def opened(client: Any, task: Task, **body: str) -> Any:
    return client.post(f"{API}/tasks/{task.pk}/open", body).json()


def test_a_submit_that_waits_is_taken_back_corrected_and_submitted_again(project: Any, ada: Any) -> None:
    task = make_task(project)
    labelled(ada, project, box_region(project))
    assert opened(ada, task)["correctable"] is True
    editor = Editor.open(ada, task.pk, **{"as": "correct"})
    assert len(editor.body["labels"]["regions"]) == 1
    task.refresh_from_db()
    assert task.state == "in_work"
    editor.put(box_region(project, (200, 20, 260, 90)))
    again = editor.submit().json()
    assert (again["revision"]["number"], again["task_state"]) == (2, "in_review")
    assert again["progress"]["done_today"] == 1


def test_taken_back_and_let_go_again_it_goes_on_waiting(project: Any, ada: Any) -> None:
    task = make_task(project)
    labelled(ada, project, box_region(project))
    editor = Editor.open(ada, task.pk, **{"as": "correct"})
    assert ada.post(f"{API}/assignments/{editor.assignment}/release").status_code == 200
    task.refresh_from_db()
    assert task.state == "in_review"
    assert ada.get(f"{API}/tasks/{task.pk}").json()["correctable"] is True


def test_nobody_takes_back_what_is_reviewed_or_another_s(project: Any, ada: Any) -> None:
    task = make_task(project)
    labelled(ada, project, box_region(project))
    bob = client_for(make_project_member(project, Role.ANNOTATOR, "Bob"))
    assert opened(bob, task, **{"as": "correct"})["mode"] == "read"
    rita = client_for(make_project_member(project, Role.REVIEWER, "Rita"))
    revision = rita.post(f"{API}/projects/{project.pk}/review/next", {}).json()["review"]["revision_id"]
    assert opened(ada, task, **{"as": "correct"})["mode"] == "read"
    assert rita.post(f"{API}/revisions/{revision}/decide", {"verdict": "approve"}).status_code == 200
    assert opened(ada, task, **{"as": "correct"})["mode"] == "read"
    assert ada.get(f"{API}/projects/{project.pk}/tasks/recent").json()[0]["correctable"] is False


def test_the_recent_list_is_one_s_own_newest_first(project: Any, ada: Any) -> None:
    first, second = make_tasks(project, 2)
    labelled(ada, project, box_region(project))
    labelled(ada, project, box_region(project))
    rows = ada.get(f"{API}/projects/{project.pk}/tasks/recent").json()
    assert [row["id"] for row in rows] == [str(second.pk), str(first.pk)]
    assert {row["work_state"] for row in rows} == {"submitted"}
    bob = client_for(make_project_member(project, Role.ANNOTATOR, "Bob"))
    assert bob.get(f"{API}/projects/{project.pk}/tasks/recent").json() == []


def test_a_series_goes_on_by_time_and_passes_over_blind_and_foreign_work(project: Any, ada: Any) -> None:
    from backend.annotation import services

    assets = [
        make_image_asset(project, group_key="burst", captured_at=START + timedelta(seconds=seconds))
        for seconds in (3, 0, 2, 1)
    ]
    make_image_asset(project, group_key="other", captured_at=START)
    tasks = services.tasks_create(project=project, asset_ids=[a.pk for a in assets], reason="manual")
    by_asset = {task.asset_id: task for task in tasks}
    at = [by_asset[assets[index].pk] for index in (1, 3, 2, 0)]
    Task.objects.filter(pk=at[1].pk).update(blind=True)
    Editor.open(ada, at[0].pk)
    bob = client_for(make_project_member(project, Role.ANNOTATOR, "Bob"))
    Editor.open(bob, at[2].pk)
    answer = ada.post(f"{API}/tasks/{at[0].pk}/next-of-series")
    assert answer.json()["id"] == str(at[3].pk)
    assert ada.post(f"{API}/tasks/{at[3].pk}/next-of-series").status_code == 204


def test_checks_of_the_project_refuse_a_submit_by_field_and_keep_the_draft(ada: Any, project: Any) -> None:
    person, hat = label_id(project, "person"), label_id(project, "hard_hat")
    project.settings = {
        **project.settings,
        "max_overlap_iou": 0.7,
        "needed_labels": [hat],
        "confirm_empty": True,
    }
    project.save()
    make_tasks(project, 2)
    editor = Editor.next(ada, project)
    empty = editor.submit()
    assert (empty.status_code, empty.json()["code"]) == (400, "checks_failed")
    assert list(empty.json()["fields"]) == ["nothing_here"]
    once, twice = box_region(project), box_region(project, (12, 20, 110, 220))
    editor.put(once, twice)
    refused = editor.submit().json()
    assert set(refused["fields"]) == {f"labels.{hat}", f"regions.{twice['region_id']}"}
    assert len(Editor.open(ada, editor.body["id"]).body["labels"]["regions"]) == 2
    editor.patch({"op_id": twice["region_id"], "op": "delete", "region_id": twice["region_id"]})
    editor.put(box_region(project, (40, 20, 60, 40), label="hard_hat"))
    assert editor.submit().status_code == 200
    assert person != hat
    nothing = Editor.next(ada, project)
    assert nothing.submit(nothing_here=True).status_code == 200
