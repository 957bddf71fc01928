"""What a policy may do to a picture: only one that nobody has begun, with its name on it, and back again."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from backend.annotation import services
from backend.annotation.models import RegionProjection, Revision, Suggestion, Task
from backend.annotation.selectors.auto_approval import (
    blind_pictures,
    finished_by_people,
    waiting_pictures,
)
from backend.annotation.signals import annotation_approved
from backend.core.enums import Role
from backend.core.models import AuditEvent
from backend.projects.models import Project
from tests.support.annotation import Editor, box_region, labelled, make_task, make_tasks, suggest
from tests.support.factories import client_for, make_project, make_project_member

POLICY = uuid.UUID(int=7)
BOX, OTHER = [10.0, 10.0, 60.0, 60.0], [100.0, 100.0, 160.0, 160.0]


@pytest.fixture
def project(db: None) -> Project:
    return make_project()


def approve(task: Task, rows: list[Suggestion], *, complete: bool = True) -> Revision | None:
    return services.policy_approve(
        task_id=task.pk, policy_id=POLICY, suggestion_ids={row.pk for row in rows}, complete=complete
    )


def test_a_whole_picture_is_approved_in_the_policys_name_and_nobodys(project: Project) -> None:
    task = make_task(project)
    rows = suggest(task, BOX, OTHER, tag="blurred")
    heard: list[Any] = []

    def hear(**kwargs: Any) -> None:
        heard.append(kwargs["revision_id"])

    annotation_approved.connect(hear)
    try:
        revision = approve(task, rows)
    finally:
        annotation_approved.disconnect(hear)
    assert revision is not None
    task.refresh_from_db()
    assert (task.state, task.region_count, task.open_suggestion_count) == ("auto_approved", 2, 0)
    assert task.approved_at is not None and heard == [revision.pk]
    assert (revision.author, revision.policy_id, revision.source, revision.pending) == (
        None,
        POLICY,
        "model",
        False,
    )
    assert len(revision.tags) == 1
    assert set(Suggestion.objects.values_list("state", "decided_by")) == {("accepted", None)}
    assert AuditEvent.objects.filter(action="policy.approve", object_id=str(task.pk)).count() == 1


def test_an_empty_picture_is_approved_as_empty_unless_the_project_wants_a_word_for_it(
    project: Project,
) -> None:
    task = make_task(project)
    assert approve(task, []) is not None
    strict = make_project(settings={"confirm_empty": True})
    other = make_task(strict)
    assert approve(other, []) is None
    other.refresh_from_db()
    assert (other.state, Revision.objects.filter(task=other).count()) == ("ready", 0)


def test_single_boxes_wait_for_a_reviewer_with_the_rest_still_open(project: Project) -> None:
    task = make_task(project)
    rows = suggest(task, BOX, OTHER)
    assert approve(task, rows[:1], complete=False) is not None
    task.refresh_from_db()
    assert (task.state, task.open_suggestion_count, task.approved_at) == ("in_review", 1, None)
    reviewer = client_for(make_project_member(project, Role.REVIEWER))
    listed = reviewer.get(f"/api/v1/projects/{project.pk}/review/queue").json()["results"]
    assert [(row["revision"]["policy_id"], row["author_name"]) for row in listed] == [
        (str(POLICY), "Auto-approval")
    ]


@pytest.mark.parametrize("begun", ["opened", "assigned", "blind", "part left open", "one decided"])
def test_what_somebody_has_begun_is_left_alone(project: Project, begun: str) -> None:
    task = make_task(project)
    rows = suggest(task, BOX, OTHER)
    worker = make_project_member(project, Role.ANNOTATOR)
    if begun == "opened":
        editor = Editor.open(client_for(worker), task.pk)
        client_for(worker).post(f"/api/v1/assignments/{editor.assignment}/release", {})
    elif begun == "assigned":
        Task.objects.update(assigned_to=worker)
    elif begun == "blind":
        Task.objects.update(blind=True)
    elif begun == "part left open":
        rows = rows[:1]
    else:
        Suggestion.objects.filter(pk=rows[0].pk).update(state="rejected")
    assert approve(task, rows) is None
    assert Revision.objects.count() == 0
    audited = services.policy_audit(task_id=task.pk, policy_id=POLICY)
    assert audited == (begun in ("part left open", "one decided"))


@pytest.mark.parametrize("complete", [True, False])
def test_taking_back_opens_the_suggestions_again_and_the_history_stays(
    project: Project, complete: bool
) -> None:
    task = make_task(project)
    rows = suggest(task, BOX, tag="blurred")
    revision = approve(task, rows, complete=complete)
    assert revision is not None
    assert services.policy_take_back(task_id=task.pk, policy_id=POLICY)
    task.refresh_from_db()
    assert (task.state, task.resolved_revision, task.open_suggestion_count) == ("ready", None, 2)
    assert not RegionProjection.objects.exists()
    revision.refresh_from_db()
    assert not revision.pending
    assert not services.policy_take_back(task_id=task.pk, policy_id=POLICY)
    assert approve(task, rows) is not None


def test_what_a_person_changed_or_has_open_is_not_taken_back(project: Project) -> None:
    first, second = make_tasks(project, 2)
    for task in (first, second):
        assert approve(task, suggest(task, BOX)) is not None
    reviewer = client_for(make_project_member(project, Role.REVIEWER))
    editor = Editor.open(reviewer, first.pk, **{"as": "review"})
    assert not services.policy_take_back(task_id=first.pk, policy_id=POLICY)
    editor.put(box_region(project))
    assert editor.submit(approve=True).status_code == 200
    assert not services.policy_take_back(task_id=first.pk, policy_id=POLICY)
    assert not services.policy_take_back(task_id=second.pk, policy_id=uuid.uuid4())
    assert services.policy_take_back(task_id=second.pk, policy_id=POLICY)


def test_a_checked_picture_shows_no_suggestion_and_comes_first(project: Project) -> None:
    early, task = make_tasks(project, 2, priority=3.0)
    suggest(early, BOX)
    suggest(task, BOX)
    assert services.policy_audit(task_id=task.pk, policy_id=POLICY)
    worker = client_for(make_project_member(project, Role.ANNOTATOR))
    editor = Editor.next(worker, project)
    assert editor.body["id"] == str(task.pk)
    assert editor.body["suggestions"] == []
    task.refresh_from_db()
    assert (task.selection_reason, task.blind) == ("audit", False)


def test_reading_what_waits_what_is_blind_and_what_people_finished(project: Project) -> None:
    model = uuid.uuid4()
    seen, unseen, blind = make_tasks(project, 3)
    Task.objects.filter(pk=blind.pk).update(blind=True)
    [row] = suggest(seen, BOX)
    model = row.model_version_id
    [picture] = waiting_pictures(project.pk, model)
    assert (picture.task_id, picture.prelabelled_by_id) == (seen.pk, model)
    assert [(s.id, s.box) for s in picture.suggestions] == [(row.pk, tuple(BOX))]
    assert {key: p.revision_id for key, p in blind_pictures(project.pk).items()} == {blind.pk: None}
    assert approve(seen, [row]) is not None
    person = make_project_member(project, Role.ANNOTATOR)
    answer = labelled(client_for(person), project, box_region(project))
    boss = client_for(make_project_member(project, Role.REVIEWER))
    boss.post(f"/api/v1/revisions/{answer['revision']['id']}/decide", {"verdict": "approve"})
    done = finished_by_people([seen.pk, unseen.pk, blind.pk])
    assert list(done) == [uuid.UUID(answer["revision"]["task_id"])]
