"""Blind tasks: no endpoint ever sends a suggestion, a score or a count of one."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from backend.annotation import selectors, services
from backend.annotation.contracts import SuggestionItem, TaskChoice
from backend.annotation.enums import SelectionReason
from backend.annotation.models import Suggestion, Task
from backend.core.enums import Role
from tests.support.annotation import API, Editor, box_region, make_task, make_tasks, suggest
from tests.support.factories import client_for, label_id, make_project, make_project_member

pytestmark = pytest.mark.django_db

BOX = [10.0, 10.0, 60.0, 90.0]
SCORE = 0.87654


def plant(task: Task) -> Suggestion:
    """A suggestion row as if a bug had let it in: the endpoints must hold back all the same."""
    Task.objects.filter(pk=task.pk).update(open_suggestion_count=1, max_suggestion_score=SCORE)
    return Suggestion.objects.create(
        task=task,
        model_version_id=uuid.uuid4(),
        model_name="leaky",
        label_id=label_id(task.project, "person"),
        shape="box",
        geometry={"box": BOX},
        score=SCORE,
    )


def draw(task: Task, **more: Any) -> int:
    choice = TaskChoice(task.pk, 9.0, SelectionReason.RANDOM, inclusion_probability=0.2, blind=True, **more)
    return services.tasks_prioritise(project_id=task.project_id, choices=[choice])


def test_no_endpoint_sends_a_blind_tasks_suggestions() -> None:
    project = make_project()
    task = make_task(project, blind=True, inclusion_probability=0.2)
    suggestion = plant(task)
    ada = client_for(make_project_member(project, Role.ANNOTATOR))
    admin = client_for(make_project_member(project, Role.ADMIN))
    bodies = []
    base = f"{API}/projects/{project.pk}"
    editor = Editor.next(ada, project)
    bodies.append(editor.body)
    editor.put(box_region(project))
    bodies += [
        ada.post(f"{API}/tasks/{task.pk}/open", {}).json(),
        ada.get(f"{API}/tasks/{task.pk}").json(),
        ada.get(f"{base}/tasks").json(),
        editor.patch({"op_id": "a", "op": "tags", "tags": []}, version=0).json(),
        ada.get(f"{base}/work-summary").json(),
    ]
    submitted = editor.submit().json()
    revision = submitted["revision"]["id"]
    bodies += [submitted, ada.get(f"{API}/revisions/{revision}").json()]
    for state in ("open", "accepted", "rejected"):
        bodies.append(admin.get(f"{base}/suggestions", {"state": state}).json())
    bodies += [
        admin.get(f"{base}/review/queue").json(),
        admin.post(f"{base}/review/next", {}).json(),
        admin.post(f"{API}/tasks/{task.pk}/open", {"as": "review"}).json(),
        admin.get(f"{API}/tasks/{task.pk}/revisions").json(),
        admin.post(f"{API}/revisions/{revision}/decide", {"verdict": "approve"}).json(),
    ]
    for body in bodies:
        text = json.dumps(body)
        assert str(suggestion.pk) not in text and str(SCORE) not in text and "leaky" not in text
        assert body.get("suggestions", []) == []
    row = ada.get(f"{base}/tasks").json()["results"][0]
    assert (row["open_suggestion_count"], row["max_suggestion_score"]) == (0, None)
    assert selectors.suggestion_scores(project_id=project.pk) == {}
    assert selectors.task_counts(project.pk).suggested == 0


def test_a_blind_tasks_suggestion_cannot_be_used_or_decided() -> None:
    project = make_project()
    task = make_task(project, blind=True)
    suggestion = plant(task)
    ada = client_for(make_project_member(project, Role.ANNOTATOR))
    rita = client_for(make_project_member(project, Role.REVIEWER))
    item = {"suggestion_id": str(suggestion.pk), "decision": "accepted"}
    body = {"project_id": str(project.pk), "items": [item]}
    assert rita.post(f"{API}/suggestions/decide", body).status_code == 422
    body = {"project_id": str(project.pk), "items": [], "complete_task_ids": [str(task.pk)]}
    assert rita.post(f"{API}/suggestions/decide", body).status_code == 422
    body = {"suggestion_ids": [str(suggestion.pk)]}
    assert rita.post(f"{API}/suggestions/undo", body).status_code == 404
    editor = Editor.next(ada, project)
    editor.put(box_region(project, suggestion_id=str(suggestion.pk)))
    assert editor.submit().status_code == 422


def test_models_leave_no_suggestion_on_a_blind_task() -> None:
    project = make_project()
    task = make_task(project, blind=True)
    version = uuid.uuid4()
    items = [SuggestionItem(label_id(project, "person"), "box", {"box": BOX}, SCORE)]
    made = services.suggestions_create(task_id=task.pk, model_version_id=version, model_name="m", items=items)
    assert made == 0 and not Suggestion.objects.exists()
    # Marked all the same, so that a pre-label job does not come back to it for ever.
    assert Task.objects.get(pk=task.pk).prelabelled_by_id == version


def test_drawing_the_random_slice_withdraws_what_was_open() -> None:
    project = make_project()
    task = make_task(project)
    suggest(task, BOX)
    assert draw(task) == 1
    task.refresh_from_db()
    assert task.blind and task.inclusion_probability == 0.2 and task.selection_reason == "random"
    assert task.open_suggestion_count == 0 and task.max_suggestion_score is None
    assert Suggestion.objects.get().state == "superseded"


def test_a_task_somebody_opened_never_becomes_blind() -> None:
    project = make_project()
    opened, decided = make_tasks(project, 2)
    ada = client_for(make_project_member(project, Role.ANNOTATOR))
    editor = Editor.open(ada, opened.pk)
    ada.post(f"{API}/assignments/{editor.assignment}/release")
    suggest(decided, BOX)
    Suggestion.objects.update(state="rejected")
    for task in (opened, decided):
        draw(task)
        task.refresh_from_db()
        assert not task.blind and task.selection_reason == "manual" and task.inclusion_probability is None


def test_blind_tasks_stay_blind_with_the_probability_they_were_drawn_with() -> None:
    project = make_project()
    task = make_task(project, blind=True, reason="random", inclusion_probability=0.2)
    choice = TaskChoice(task.pk, 3.0, SelectionReason.UNCERTAIN, score=0.5)
    services.tasks_prioritise(project_id=project.pk, choices=[choice])
    task.refresh_from_db()
    assert task.blind and task.selection_reason == "random" and task.inclusion_probability == 0.2
    assert task.priority == 3.0


def test_choices_for_another_projects_tasks_are_passed_over() -> None:
    project, elsewhere = make_project(), make_project()
    task = make_task(elsewhere)
    choice = TaskChoice(task.pk, 9.0, SelectionReason.UNCERTAIN)
    assert services.tasks_prioritise(project_id=project.pk, choices=[choice]) == 0
