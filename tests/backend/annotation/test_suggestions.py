"""Suggestions: made only for untouched tasks, recorded when decided, decided at a glance in the grid."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from backend.annotation import selectors, services
from backend.annotation.contracts import SuggestionItem
from backend.annotation.models import RegionVersion, Revision, Suggestion, Task
from backend.core.enums import Role
from tests.support.annotation import API, Editor, box_region, labelled, make_task, make_tasks, suggest
from tests.support.factories import client_for, label_id, make_project, make_project_member

pytestmark = pytest.mark.django_db

BOXES = ([10.0, 10.0, 60.0, 90.0], [100.0, 100.0, 160.0, 190.0], [300.0, 100.0, 360.0, 190.0])


@pytest.fixture
def project() -> Any:
    return make_project()


@pytest.fixture
def ada(project: Any) -> Any:
    return client_for(make_project_member(project, Role.ANNOTATOR, "Ada"))


@pytest.fixture
def rita(project: Any) -> Any:
    return client_for(make_project_member(project, Role.REVIEWER, "Rita"))


def from_suggestion(suggestion: Suggestion, box: list[float] | None = None) -> dict[str, Any]:
    """The region an editor makes when a person accepts (or, with `box`, fixes) a suggestion."""
    return {
        "region_id": str(uuid.uuid4()),
        "label_id": str(suggestion.label_id),
        "shape": suggestion.shape,
        "geometry": {"box": box or suggestion.geometry["box"]},
        "suggestion_id": str(suggestion.pk),
        "source": "person",
        "score": 0.123,
    }


def states(task: Task) -> list[str]:
    return list(Suggestion.objects.filter(task=task).order_by("id").values_list("state", flat=True))


def decide(client: Any, project: Any, *items: tuple[Suggestion, str], **body: Any) -> Any:
    rows = [{"suggestion_id": str(row.pk), "decision": decision} for row, decision in items]
    return client.post(f"{API}/suggestions/decide", {"project_id": str(project.pk), "items": rows, **body})


def test_suggestions_are_shown_with_the_task(project: Any, ada: Any) -> None:
    task = make_task(project)
    suggest(task, BOXES[0], score=0.8)
    shown = Editor.next(ada, project).body["suggestions"]
    assert [(s["geometry"], s["score"], s["state"]) for s in shown] == [({"box": BOXES[0]}, 0.8, "open")]


def test_accepting_fixing_and_rejecting_are_each_recorded(project: Any, ada: Any) -> None:
    task = make_task(project)
    kept, moved, refused = suggest(task, *BOXES)
    editor = Editor.next(ada, project)
    editor.put(from_suggestion(kept), from_suggestion(moved, [100, 100, 170, 195]))
    # The editor calls the moved one accepted; what the labels show outweighs it.
    decisions = [
        {"suggestion_id": str(moved.pk), "state": "accepted"},
        {"suggestion_id": str(refused.pk), "state": "rejected"},
    ]
    assert editor.submit(decisions=decisions).status_code == 200
    assert states(task) == ["accepted", "fixed", "rejected"]
    versions = {v.suggestion_id: v for v in RegionVersion.objects.all()}
    assert (versions[kept.pk].source, versions[kept.pk].score) == ("model", 0.9)
    assert versions[kept.pk].model_version_id == kept.model_version_id
    assert (versions[moved.pk].source, versions[moved.pk].score) == ("person", 0.9)


def test_suggestions_nobody_decided_are_superseded_by_the_labels(project: Any, ada: Any) -> None:
    task = make_task(project)
    suggest(task, BOXES[0])
    labelled(ada, project)
    assert states(task) == ["superseded"]
    assert Task.objects.get().open_suggestion_count == 0


def test_a_suggested_tag_is_accepted_with_the_pictures_tags(project: Any, ada: Any) -> None:
    task = make_task(project)
    (tag,) = suggest(task, tag="blurred")
    editor = Editor.next(ada, project)
    editor.patch({"op_id": "1", "op": "tags", "tags": [label_id(project, "blurred")]})
    editor.submit(decisions=[{"suggestion_id": str(tag.pk), "state": "accepted"}])
    assert states(task) == ["accepted"]


def test_suggestions_of_another_picture_are_refused(project: Any, ada: Any) -> None:
    first, second = make_tasks(project, 2)
    (foreign,) = suggest(second, BOXES[0])
    editor = Editor.open(ada, first.pk)
    editor.put(from_suggestion(foreign))
    assert editor.submit().status_code == 422
    editor.patch({"op_id": "x", "op": "delete", "region_id": str(uuid.uuid4())})
    editor = Editor.open(ada, first.pk)
    for region in editor.body["labels"]["regions"]:
        editor.patch({"op_id": "y", "op": "delete", "region_id": region["region_id"]})
    decisions = [{"suggestion_id": str(foreign.pk), "state": "rejected"}]
    assert editor.submit(decisions=decisions).status_code == 422


def test_a_newer_model_supersedes_open_suggestions_on_untouched_tasks_only(project: Any, ada: Any) -> None:
    untouched, touched = make_tasks(project, 2)
    suggest(untouched, BOXES[0])
    suggest(touched, BOXES[0])
    editor = Editor.open(ada, touched.pk)
    suggest(untouched, BOXES[1], BOXES[2])
    suggest(touched, BOXES[1])
    assert states(untouched) == ["superseded", "open", "open"]
    assert states(touched) == ["open"]
    untouched.refresh_from_db()
    assert untouched.open_suggestion_count == 2 and untouched.max_suggestion_score == 0.9
    assert len(Editor.open(ada, editor.body["id"]).body["suggestions"]) == 1


def test_making_the_same_suggestions_twice_changes_nothing(project: Any) -> None:
    task, version = make_task(project), uuid.uuid4()
    items = [SuggestionItem(label_id(project, "person"), "box", {"box": BOXES[0]}, 0.5)]
    for _ in range(2):
        made = services.suggestions_create(
            task_id=task.pk, model_version_id=version, model_name="m", items=items
        )
        assert made == 1
    assert Suggestion.objects.count() == 1


def test_a_detector_and_a_classifier_suggest_side_by_side(project: Any) -> None:
    task = make_task(project)
    suggest(task, BOXES[0], score=0.6)
    suggest(task, tag="blurred", score=0.8)
    assert states(task) == ["open", "open"]
    task.refresh_from_db()
    assert (task.open_suggestion_count, task.max_suggestion_score) == (2, 0.8)
    suggest(task, BOXES[1], score=0.5)
    assert states(task) == ["superseded", "open", "open"]


def test_what_fits_no_label_shape_or_picture_is_left_out(project: Any) -> None:
    task = make_task(project)
    person = label_id(project, "person")
    items = [
        SuggestionItem(str(uuid.uuid4()), "box", {"box": BOXES[0]}, 0.5),
        SuggestionItem(label_id(project, "blurred"), "box", {"box": BOXES[0]}, 0.5),
        SuggestionItem(person, "box", {"box": [900, 900, 950, 950]}, 0.5),
        SuggestionItem(person, "box", {"box": [-900, 0, 50, 60]}, 0.5),
    ]
    made = services.suggestions_create(
        task_id=task.pk, model_version_id=uuid.uuid4(), model_name="m", items=items
    )
    assert made == 1 and Suggestion.objects.get().geometry == {"box": [0, 0, 50, 60]}


def test_withdrawing_a_models_suggestions_keeps_decided_ones(project: Any, rita: Any) -> None:
    task = make_task(project)
    first, second = suggest(task, *BOXES[:2])
    decide(rita, project, (first, "accepted"))
    withdrawn = services.suggestions_supersede(project_id=project.pk, model_version_id=first.model_version_id)
    # In review by the first decision: what a reviewer has before them is not taken away.
    assert withdrawn == 0 and states(task) == ["accepted", "open"]
    fresh = make_task(project)
    (only,) = suggest(fresh, BOXES[0])
    gone = {"project_id": project.pk, "model_version_id": only.model_version_id}
    assert services.suggestions_supersede(**gone) == 1
    fresh.refresh_from_db()
    assert (fresh.open_suggestion_count, fresh.prelabelled_by_id) == (0, None)


def test_the_grid_lists_best_first_and_filters(project: Any, rita: Any) -> None:
    low, high = make_tasks(project, 2)
    suggest(low, BOXES[0], score=0.3)
    suggest(high, BOXES[0], score=0.7, tag="blurred")
    url = f"{API}/projects/{project.pk}/suggestions"
    rows = rita.get(url).json()["results"]
    assert [row["score"] for row in rows] == [0.7, 0.7, 0.3]
    assert rows[0]["asset"]["width"] == 640
    assert len(rita.get(url, {"min_score": 0.5, "shape": "box"}).json()["results"]) == 1
    assert len(rita.get(url, {"label_id": label_id(project, "blurred")}).json()["results"]) == 1
    assert rita.get(url, {"min_score": "much"}).status_code == 400


def test_grid_decisions_make_a_revision_that_waits_and_complete_approves_it(project: Any, rita: Any) -> None:
    task = make_task(project)
    first, second, third = suggest(task, *BOXES)
    answer = decide(rita, project, (first, "accepted"), (second, "rejected")).json()
    assert set(answer["decided"]) == {str(first.pk), str(second.pk)} and answer["skipped"] == []
    assert answer["tasks"][0]["state"] == "in_review" and answer["tasks"][0]["region_count"] == 1
    revision = Revision.objects.get()
    assert (revision.source, revision.pending) == ("model", True)
    done = decide(rita, project, (third, "accepted"), complete_task_ids=[str(task.pk)]).json()
    assert done["tasks"][0]["state"] == "approved" and done["tasks"][0]["region_count"] == 2
    assert states(task) == ["accepted", "rejected", "accepted"]
    assert Revision.objects.filter(pending=True).count() == 0


def test_a_picture_of_rejected_suggestions_can_be_complete_and_empty(project: Any, rita: Any) -> None:
    task = make_task(project)
    (only,) = suggest(task, BOXES[0])
    answer = decide(rita, project, (only, "rejected"), complete_task_ids=[str(task.pk)]).json()
    assert answer["tasks"][0] == {
        "id": str(task.pk),
        "state": "approved",
        "open_suggestion_count": 0,
        "region_count": 0,
    }


def test_deciding_the_same_again_changes_nothing(project: Any, rita: Any) -> None:
    task = make_task(project)
    (only,) = suggest(task, BOXES[0])
    for _ in range(2):
        assert decide(rita, project, (only, "accepted")).json()["decided"] == [str(only.pk)]
    assert Revision.objects.count() == 1


def test_suggested_tags_are_decided_in_the_grid_too(project: Any, rita: Any) -> None:
    task = make_task(project)
    (tag,) = suggest(task, tag="blurred")
    decide(rita, project, (tag, "accepted"))
    assert Revision.objects.get().tags == [label_id(project, "blurred")]
    rita.post(f"{API}/suggestions/undo", {"suggestion_ids": [str(tag.pk)]})
    assert Task.objects.get().state == "ready"


def test_undo_opens_suggestions_and_takes_their_labels_out(project: Any, rita: Any, ada: Any) -> None:
    task = make_task(project)
    first, second = suggest(task, *BOXES[:2])
    decide(rita, project, (first, "accepted"), (second, "accepted"), complete_task_ids=[str(task.pk)])
    undo = rita.post(f"{API}/suggestions/undo", {"suggestion_ids": [str(first.pk)]}).json()
    assert undo["tasks"][0]["state"] == "in_review" and undo["tasks"][0]["region_count"] == 1
    undo = rita.post(f"{API}/suggestions/undo", {"suggestion_ids": [str(second.pk)]}).json()
    assert undo["tasks"][0] == {
        "id": str(task.pk),
        "state": "ready",
        "open_suggestion_count": 2,
        "region_count": 0,
    }
    assert Editor.next(ada, project).base is None


def test_the_grid_leaves_a_persons_work_alone(project: Any, rita: Any, ada: Any) -> None:
    open_task, done_task = make_tasks(project, 2)
    (one,), (two,) = suggest(open_task, BOXES[0]), suggest(done_task, BOXES[0])
    Editor.open(ada, open_task.pk)
    editor = Editor.open(ada, done_task.pk)
    editor.put(box_region(project))
    editor.submit()
    assert rita.get(f"{API}/projects/{project.pk}/suggestions").json()["results"] == []
    answer = decide(rita, project, (one, "accepted"), (two, "accepted")).json()
    assert answer["decided"] == [] and len(answer["skipped"]) == 2
    assert Task.objects.get(pk=done_task.pk).region_count == 1


def test_grid_work_may_be_returned_to_the_queue_by_another_reviewer(project: Any, rita: Any) -> None:
    task = make_task(project)
    (only,) = suggest(task, BOXES[0])
    decide(rita, project, (only, "accepted"))
    rob = client_for(make_project_member(project, Role.REVIEWER))
    url = f"{API}/revisions/{Revision.objects.get().pk}/decide"
    answer = rob.post(url, {"verdict": "return", "reason": "People are missing."})
    assert answer.json()["task_state"] == "ready"


def test_ids_of_another_project_are_refused_in_the_grid(project: Any, rita: Any, ada: Any) -> None:
    (own,) = suggest(make_task(project), BOXES[0])
    elsewhere = make_project()
    foreign_task = make_task(elsewhere)
    (foreign,) = suggest(foreign_task, BOXES[0])
    assert decide(rita, project, (own, "accepted"), (foreign, "accepted")).status_code == 422
    assert decide(rita, project, complete_task_ids=[str(foreign_task.pk)]).status_code == 422
    assert decide(rita, elsewhere, (foreign, "accepted")).status_code == 404
    for ids in ([foreign.pk], [own.pk, foreign.pk], [uuid.uuid4()]):
        body = {"suggestion_ids": [str(pk) for pk in ids]}
        assert rita.post(f"{API}/suggestions/undo", body).status_code == 404
    assert decide(ada, project, (own, "accepted")).status_code == 403
    assert set(Suggestion.objects.values_list("state", flat=True)) == {"open"}


def test_the_record_of_a_model_and_scores_for_selection(project: Any, rita: Any) -> None:
    first, second = make_tasks(project, 2)
    one, two = suggest(first, *BOXES[:2])
    suggest(second, BOXES[0], score=0.4)
    decide(rita, project, (one, "accepted"), (two, "rejected"))
    record = selectors.suggestion_record(project_id=project.pk, model_version_id=one.model_version_id)
    assert (record.accepted, record.rejected, record.open) == (1, 1, 0)
    scores = selectors.suggestion_scores(project_id=project.pk)
    assert {task_id: [s.score for s in rows] for task_id, rows in scores.items()} == {second.pk: [0.4]}
    assert [row.task_id for row in selectors.tasks_for_selection(project.pk)] == [second.pk]
