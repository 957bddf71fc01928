"""Labelling through the API: next, draft, submit, and what keeps two people's work apart."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from backend.annotation import services
from backend.annotation.models import Assignment, RegionProjection, RegionVersion, Revision, Task
from backend.core.enums import Role
from backend.core.models import AuditEvent
from tests.support.annotation import API, Editor, box_region, labelled, make_task, make_tasks, put_op
from tests.support.factories import client_for, label_id, make_project, make_project_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Any:
    return make_project()


@pytest.fixture
def ada(project: Any) -> Any:
    return client_for(make_project_member(project, Role.ANNOTATOR, "Ada"))


@pytest.fixture
def bob(project: Any) -> Any:
    return client_for(make_project_member(project, Role.ANNOTATOR, "Bob"))


def test_next_hands_out_by_priority_and_says_when_nothing_is_left(project: Any, ada: Any) -> None:
    low, high = make_tasks(project, 2)
    Task.objects.filter(pk=high.pk).update(priority=5)
    answer = ada.post(f"{API}/projects/{project.pk}/tasks/next", {}).json()
    assert answer["id"] == str(high.pk)
    assert answer["mode"] == "label" and answer["labels"] == {"regions": [], "tags": []}
    assert answer["asset"]["image_url"] == f"/api/v1/assets/{high.asset_id}/image"
    assert answer["progress"] == {"left": 1, "done_today": 0, "seconds_today": 0}
    body = {"exclude_task_ids": [str(high.pk)]}
    assert ada.post(f"{API}/projects/{project.pk}/tasks/next", body).json()["id"] == str(low.pk)
    body["exclude_task_ids"].append(str(low.pk))
    assert ada.post(f"{API}/projects/{project.pk}/tasks/next", body).status_code == 204


def test_work_in_hand_comes_before_the_queue(project: Any, ada: Any) -> None:
    make_tasks(project, 2)
    first = Editor.next(ada, project)
    assert Editor.next(ada, project).assignment == first.assignment


def test_objects_of_a_group_are_kept_together_from_draft_to_revision(project: Any, ada: Any) -> None:
    make_tasks(project, 1)
    editor, group = Editor.next(ada, project), str(uuid.uuid4())
    regions = [box_region(project, (10, 20, right, 220), group_id=group) for right in (90, 110)]
    assert editor.put(*regions).status_code == 200
    assert editor.submit().status_code == 200
    assert [str(row.group_id) for row in RegionVersion.objects.all()] == [group, group]


def test_two_people_get_different_tasks(project: Any, ada: Any, bob: Any) -> None:
    make_tasks(project, 2)
    assert Editor.next(ada, project).body["id"] != Editor.next(bob, project).body["id"]


def test_what_is_assigned_comes_first_and_never_to_others(project: Any, ada: Any, bob: Any) -> None:
    first, second = make_tasks(project, 2)
    Task.objects.filter(pk=second.pk).update(assigned_to_id=ada.session["_auth_user_id"])
    assert Editor.next(ada, project).body["id"] == str(second.pk)
    assert Editor.next(bob, project).body["id"] == str(first.pk)
    opened = bob.post(f"{API}/tasks/{second.pk}/open", {}).json()
    assert opened["mode"] == "read" and opened["locked_by"].startswith("Ada")


def test_excluded_assets_are_not_handed_out(project: Any, ada: Any) -> None:
    task = make_task(project)
    project.project_assets.filter(asset_id=task.asset_id).update(excluded_at=Now())
    assert ada.post(f"{API}/projects/{project.pk}/tasks/next", {}).status_code == 204


def test_a_paused_queue_hands_out_nothing_but_takes_submits(project: Any, ada: Any) -> None:
    make_tasks(project, 2)
    editor = Editor.next(ada, project)
    project.queue_paused_at = Now()
    project.save()
    refused = ada.post(f"{API}/projects/{project.pk}/tasks/next", {})
    assert refused.status_code == 409 and refused.json()["code"] == "queue_paused"
    assert editor.submit().status_code == 200


def test_a_draft_is_saved_and_comes_back_on_opening(project: Any, ada: Any) -> None:
    make_task(project)
    editor = Editor.next(ada, project)
    region = box_region(project)
    saved = editor.put(region)
    assert saved.status_code == 200 and saved.headers["ETag"] == '"1"'
    tags = [label_id(project, "blurred")]
    editor.patch({"op_id": "t", "op": "tags", "tags": tags}, active_seconds=12.5)
    again = Editor.open(ada, editor.body["id"]).body
    assert [r["region_id"] for r in again["labels"]["regions"]] == [region["region_id"]]
    assert again["labels"]["tags"] == tags
    assert again["assignment"]["active_seconds"] == 12.5
    editor.patch({"op_id": "d", "op": "delete", "region_id": region["region_id"]})
    assert Editor.open(ada, editor.body["id"]).body["labels"]["regions"] == []


def test_a_draft_needs_if_match_and_refuses_a_stale_one_with_the_current_draft(
    project: Any, ada: Any
) -> None:
    make_task(project)
    editor = Editor.next(ada, project)
    url = f"{API}/assignments/{editor.assignment}/draft"
    assert ada.patch(url, {"ops": []}).status_code == 428
    region = box_region(project)
    editor.put(region)
    stale = editor.patch(put_op(box_region(project)), version=0)
    assert stale.status_code == 412
    current = stale.json()["current"]
    assert current["draft_version"] == 1
    assert [r["region_id"] for r in current["labels"]["regions"]] == [region["region_id"]]


def test_replaying_operations_after_a_lost_answer_is_harmless(project: Any, ada: Any) -> None:
    make_task(project)
    editor = Editor.next(ada, project)
    op = put_op(box_region(project), "op-1")
    assert editor.patch(op).json()["draft_version"] == 1
    replay = editor.patch(op, version=0)
    assert replay.status_code == 200 and replay.json()["draft_version"] == 1


def test_a_replay_after_others_saved_is_told_of_what_they_saved(project: Any, ada: Any) -> None:
    make_task(project)
    editor = Editor.next(ada, project)
    mine, other = put_op(box_region(project), "op-1"), put_op(box_region(project), "op-2")
    editor.patch(mine)
    editor.patch(other)
    stale = editor.patch(mine, version=0)
    assert stale.status_code == 412
    assert len(stale.json()["current"]["labels"]["regions"]) == 2


def test_a_batch_larger_than_the_replay_window_may_be_replayed_whole(project: Any, ada: Any) -> None:
    make_task(project)
    editor = Editor.next(ada, project)
    region = box_region(project)
    ops = [put_op(region, f"op-{index}") for index in range(500)]
    assert editor.patch(*ops).json()["draft_version"] == 1
    replay = editor.patch(*ops, version=0)
    assert replay.status_code == 200 and replay.json()["draft_version"] == 1


def test_an_empty_picture_can_be_submitted(project: Any, ada: Any) -> None:
    make_task(project)
    answer = labelled(ada, project)
    assert answer["task_state"] == "in_review" and answer["revision"]["number"] == 1


def test_submit_makes_an_immutable_revision_and_projects_it(project: Any, ada: Any) -> None:
    task = make_task(project)
    region = box_region(project, (10, 20, 110, 220))
    answer = labelled(ada, project, region)
    task.refresh_from_db()
    assert str(task.resolved_revision_id) == answer["revision"]["id"] and task.region_count == 1
    row = RegionProjection.objects.get(task=task)
    assert (row.x1, row.y1, row.x2, row.y2, row.source) == (10, 20, 110, 220, "person")
    shown = ada.get(f"{API}/revisions/{answer['revision']['id']}").json()
    assert shown["labels"]["regions"][0]["geometry"] == {"box": [10, 20, 110, 220]}
    assert AuditEvent.objects.filter(action="revision.submit", object_id=str(task.pk)).exists()


def test_submit_needs_if_match(project: Any, ada: Any) -> None:
    make_task(project)
    editor = Editor.next(ada, project)
    response = ada.post(f"{API}/assignments/{editor.assignment}/submit", {"base_revision_id": None})
    assert response.status_code == 428


@pytest.mark.parametrize("key", ["", "press-1"])
def test_the_same_submit_twice_makes_one_revision(project: Any, ada: Any, key: str) -> None:
    make_task(project)
    editor = Editor.next(ada, project)
    editor.put(box_region(project))
    first, second = editor.submit(key=key), editor.submit(key=key)
    assert first.status_code == second.status_code == 200
    assert first.json()["revision"]["id"] == second.json()["revision"]["id"]
    assert Revision.objects.count() == 1


def test_a_save_costs_only_what_changed(project: Any, ada: Any) -> None:
    make_task(project)
    project.settings = {**project.settings, "allow_self_review": True}
    project.save()
    kept, changed = box_region(project), box_region(project, (200, 200, 300, 300))
    answer = labelled(ada, project, kept, changed)
    services.review_decide(
        actor=Revision.objects.get().author,
        revision_id=answer["revision"]["id"],
        verdict="return",
        reason="Tighter, please.",
    )
    editor = Editor.next(ada, project)
    assert editor.body["assignment"]["return_reason"] == "Tighter, please."
    editor.put({**changed, "geometry": {"box": [205, 200, 300, 300]}})
    assert editor.submit().status_code == 200
    assert RegionVersion.objects.count() == 3
    assert Revision.objects.get(number=2).regions.count() == 2


def test_submit_refuses_a_stale_base_revision_with_the_others_revision(project: Any, ada: Any) -> None:
    task = make_task(project)
    labelled(ada, project, box_region(project))
    mine = client_for(make_project_member(project, Role.REVIEWER, "Rita"))
    other = client_for(make_project_member(project, Role.REVIEWER, "Rob"))
    one = Editor.open(mine, task.pk, **{"as": "review"})
    # The first reviewer's lease runs out, the second one edits and submits.
    Assignment.objects.filter(pk=one.assignment).update(lease_expires_at=Now() - timedelta(minutes=1))
    two = Editor.open(other, task.pk, **{"as": "review"})
    theirs = box_region(project, (300, 300, 400, 400))
    two.put(theirs)
    assert two.submit().status_code == 200
    one.put(box_region(project, (5, 5, 50, 50)))
    stale = one.submit()
    assert stale.status_code == 412 and stale.json()["code"] == "revision_stale"
    revision = stale.json()["current"]["revision"]
    assert revision["author_name"].startswith("Rob")
    assert theirs["region_id"] in [r["region_id"] for r in revision["labels"]["regions"]]
    merged = one.submit(base_revision_id=revision["id"])
    assert merged.status_code == 200 and merged.json()["revision"]["number"] == 3


def test_regions_that_cannot_be_saved_are_named(project: Any, ada: Any) -> None:
    make_task(project)
    editor = Editor.next(ada, project)
    small, foreign = box_region(project, (10, 10, 11, 11)), box_region(project)
    foreign["label_id"] = str(uuid.uuid4())
    assert editor.put(small, foreign).status_code == 200
    refused = editor.submit()
    assert refused.status_code == 400 and refused.json()["code"] == "labels_refused"
    assert set(refused.json()["fields"]) == {f"regions.{r['region_id']}" for r in (small, foreign)}


def test_another_persons_work_cannot_be_touched(project: Any, ada: Any, bob: Any) -> None:
    make_task(project)
    editor = Editor.next(ada, project)
    editor.client = bob
    assert editor.put(box_region(project)).status_code == 403
    assert editor.submit().status_code == 403
    stranger = client_for(make_project_member(make_project(), Role.ADMIN))
    editor.client = stranger
    assert editor.put(box_region(project)).status_code == 404
    assert stranger.post(f"{API}/projects/{project.pk}/tasks/next", {}).status_code == 404
    assert stranger.get(f"{API}/tasks/{editor.body['id']}").status_code == 404


def test_viewers_look_but_do_not_claim(project: Any) -> None:
    task = make_task(project)
    viewer = client_for(make_project_member(project, Role.VIEWER))
    assert viewer.get(f"{API}/tasks/{task.pk}").json()["mode"] == "read"
    assert viewer.post(f"{API}/tasks/{task.pk}/open", {}).status_code == 403
    assert viewer.post(f"{API}/projects/{project.pk}/tasks/next", {}).status_code == 403


def test_a_region_id_of_another_picture_is_refused(project: Any, ada: Any) -> None:
    make_tasks(project, 1)
    taken = box_region(project)
    labelled(ada, project, taken)
    elsewhere = make_project()
    make_task(elsewhere)
    client = client_for(make_project_member(elsewhere, Role.ANNOTATOR))
    editor = Editor.next(client, elsewhere)
    editor.put(box_region(elsewhere, region_id=taken["region_id"]))
    refused = editor.submit()
    assert refused.status_code == 422 and refused.json()["code"] == "foreign_id"


def test_skip_needs_a_reason_and_is_not_offered_again(project: Any, ada: Any, bob: Any) -> None:
    task = make_task(project)
    editor = Editor.next(ada, project)
    url = f"{API}/assignments/{editor.assignment}/skip"
    assert ada.post(url, {}).status_code == 400
    assert ada.post(url, {"reason": "Too dark"}).json()["state"] == "skipped"
    assert ada.post(f"{API}/projects/{project.pk}/tasks/next", {}).status_code == 204
    assert Editor.next(bob, project).body["id"] == str(task.pk)


def test_release_gives_the_task_back_and_keeps_the_draft(project: Any, ada: Any, bob: Any) -> None:
    task = make_task(project)
    editor = Editor.next(ada, project)
    editor.put(box_region(project))
    assert ada.post(f"{API}/assignments/{editor.assignment}/release").json()["state"] == "offered"
    assert editor.put(box_region(project)).status_code == 409
    other = Editor.next(bob, project)
    assert other.body["labels"]["regions"] == []
    bob.post(f"{API}/assignments/{other.assignment}/release")
    assert len(Editor.open(ada, task.pk).body["labels"]["regions"]) == 1


def test_without_review_a_submit_approves(ada: Any) -> None:
    project = make_project(settings={"review": "none"})
    client = client_for(make_project_member(project, Role.ANNOTATOR))
    task = make_task(project)
    assert labelled(client, project, box_region(project))["task_state"] == "approved"
    assert Assignment.objects.get(task=task).state == "approved"
