"""Who changed what in a picture, and who has it open this moment."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import redis

from backend.annotation.services import presence
from backend.core import events
from backend.core.enums import Role
from tests.support.annotation import API, Editor, box_region, labelled, make_task
from tests.support.factories import client_for, label_id, make_project, make_project_member


@pytest.fixture
def project(db: Any) -> Any:
    return make_project()


@pytest.fixture
def ada(project: Any) -> Any:
    return client_for(make_project_member(project, Role.ANNOTATOR, "Ada"))


def test_history_says_what_each_save_changed(
    project: Any, ada: Any, django_assert_max_num_queries: Any
) -> None:
    task = make_task(project)
    kept, moved, gone = (box_region(project, (x, 10, x + 50, 90)) for x in (0, 100, 200))
    labelled(ada, project, kept, moved, gone)
    editor = Editor.open(ada, task.pk, **{"as": "correct"})
    editor.put({**moved, "geometry": {"box": [110, 10, 160, 90]}, "occluded": True})
    editor.put({**kept, "label_id": label_id(project, "hard_hat")}, box_region(project, (300, 10, 350, 90)))
    editor.patch(
        {"op_id": str(uuid.uuid4()), "op": "delete", "region_id": gone["region_id"]},
        {"op_id": str(uuid.uuid4()), "op": "tags", "tags": [label_id(project, "blurred")]},
    )
    assert editor.submit().status_code == 200
    with django_assert_max_num_queries(16):
        second, first = ada.get(f"{API}/tasks/{task.pk}/revisions").json()["results"]
    assert (first["number"], first["against_number"], first["changes"]["added"]) == (1, None, 3)
    assert (second["number"], second["against_number"], second["region_count"]) == (2, 1, 3)
    assert second["changes"] == {
        "added": 1,
        "removed": 1,
        "changed": 1,
        "relabelled": 1,
        "tags_added": 1,
        "tags_removed": 0,
    }
    labels = ada.get(f"{API}/revisions/{second['id']}").json()["labels"]["regions"]
    assert [row["occluded"] for row in labels if row["region_id"] == moved["region_id"]] == [True]


def here(client: Any, task: Any, tab: str) -> list[tuple[str, str]]:
    rows = client.put(f"{API}/tasks/{task.pk}/presence", {"tab": tab}).json()["present"]
    return [(row["name"].split()[0], row["mode"]) for row in rows]


def test_pages_that_have_a_picture_open_know_of_each_other(project: Any, ada: Any) -> None:
    task = make_task(project)
    bob = client_for(make_project_member(project, Role.REVIEWER, "Bob"))
    one, two = str(uuid.uuid4()), str(uuid.uuid4())
    Editor.open(ada, task.pk)
    assert here(ada, task, one) == [("Ada", "label")]
    assert here(bob, task, two) == [("Ada", "label"), ("Bob", "read")]
    assert bob.post(f"{API}/tasks/{task.pk}/presence", {"tab": two}).status_code == 204
    assert here(ada, task, one) == [("Ada", "label")]


def test_a_page_that_says_nothing_more_is_gone_by_redis_clock(
    project: Any, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = make_task(project)
    bob = client_for(make_project_member(project, Role.REVIEWER, "Bob"))
    monkeypatch.setattr(presence, "PRESENT_S", -1.0)
    assert here(ada, task, str(uuid.uuid4())) == [("Ada", "read")]
    monkeypatch.undo()
    assert here(bob, task, str(uuid.uuid4())) == [("Bob", "read")]


def test_without_redis_nobody_is_shown_and_nothing_breaks(
    project: Any, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = make_task(project)
    away = redis.Redis(unix_socket_path="/nowhere/redis.sock")
    monkeypatch.setattr(events, "client", lambda: away)
    assert here(ada, task, str(uuid.uuid4())) == []
    away.close()
