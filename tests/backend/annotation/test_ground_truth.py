"""Hidden tasks: marked, handed out, measured, and never the picture's labels."""

from __future__ import annotations

from typing import Any

import pytest

from backend.annotation.domain.hidden import is_drawn
from backend.annotation.models import Assignment, Comparison, GroundTruth, RegionProjection, Revision, Task
from backend.core.models import AuditEvent, JobRun
from backend.media.models import Asset
from backend.notify.models import Notice
from tests.support.annotation import API, Editor, box_region, make_task, make_tasks
from tests.support.quality import TRUE_BOX, TruthCrew, run_compare

pytestmark = pytest.mark.django_db

HALF_OFF = (100.0, 100.0, 200.0, 230.0)  # IoU 0.65 with the truth
ELSEWHERE = (400.0, 10.0, 450.0, 60.0)


@pytest.fixture
def crew() -> TruthCrew:
    return TruthCrew()


def test_only_what_a_person_approved_can_be_marked_and_only_by_those_who_review(crew: TruthCrew) -> None:
    ready, auto = (make_task(crew.project) for _ in range(2))
    Task.objects.filter(pk=auto.pk).update(state="auto_approved")
    answer = crew.mark(crew.rita, ready, auto, crew.truths[0]).json()
    assert answer["marked"] == 0
    assert {row["task_id"]: row["reason"] for row in answer["refused"]} == {
        str(ready.pk): "Not approved by a person yet.",
        str(auto.pk): "Not approved by a person yet.",
    }
    assert crew.mark(crew.ada, crew.truths[0]).status_code == 403
    assert crew.mark(crew.rita, TruthCrew().truths[0]).status_code == 422
    assert AuditEvent.objects.filter(action="truth.mark", object_id=str(crew.project.pk)).count() == 1


def test_the_list_is_for_those_who_review_and_unmarking_ends_it(crew: TruthCrew) -> None:
    address = f"{API}/projects/{crew.project.pk}/truth"
    rows = crew.rita.get(address).json()["results"]
    assert [row["task_id"] for row in rows] == [str(task.pk) for task in reversed(crew.truths)]
    assert rows[0]["marked_by"]["name"].startswith("Rita") and rows[0]["region_count"] == 1
    assert crew.ada.get(address).status_code == 403
    one = f"{API}/tasks/{crew.truths[0].pk}/truth"
    assert crew.rita.get(one).json() == {"is_truth": True, "usable": 2}
    assert crew.ada.get(one).status_code == 403
    body = {"task_ids": [str(task.pk) for task in crew.truths]}
    assert crew.ada.post(f"{address}/remove", body).status_code == 403
    assert crew.rita.post(f"{address}/remove", body).json() == {"unmarked": 2}
    assert not GroundTruth.objects.filter(project=crew.project).exists()
    assert not crew.is_hidden(crew.next(crew.ada).json()["id"])


def test_a_hidden_answer_is_measured_and_never_becomes_the_pictures_labels(crew: TruthCrew) -> None:
    before = {task.pk: Task.objects.get(pk=task.pk) for task in crew.truths}
    shown = list(RegionProjection.objects.order_by("id").values())
    answer = crew.answer(crew.ada, HALF_OFF, ELSEWHERE)
    assert answer["task_state"] == "in_review"
    revision = Revision.objects.get(pk=answer["revision"]["id"])
    task = Task.objects.get(pk=revision.task_id)
    assert revision.beside and not revision.pending
    for name in ("state", "resolved_revision_id", "approved_at", "region_count", "blind", "selection_reason"):
        assert getattr(task, name) == getattr(before[task.pk], name), name
    assert list(RegionProjection.objects.order_by("id").values()) == shown
    assert crew.rita.get(f"{API}/projects/{crew.project.pk}/review/queue").json()["results"] == []
    history = crew.rita.get(f"{API}/tasks/{task.pk}/revisions").json()["results"]
    assert [row["number"] for row in history] == [1]
    found = Comparison.objects.get()
    assert found.against_truth and found.second_id == revision.pk
    [counts] = found.labels.values()
    assert counts[:2] == [1, 0] and counts[2] == pytest.approx(0.65) and counts[3:] == [1, 1, 2]
    own = crew.checks(crew.ada).json()
    assert own["checked"] == 1 and own["overall"]["f1_50"] == pytest.approx(2 / 3)
    assert (own["overall"]["f1_75"], own["overall"]["missed"], own["overall"]["extra"]) == (0.0, 0, 1)
    assert [row["name"] for row in own["labels"]] == ["person"]


def test_a_video_comes_in_the_place_of_a_video_and_is_measured_over_its_frames() -> None:
    crew = TruthCrew(truths=1, ordinary=1)
    (clip,) = make_tasks(crew.project, 1)
    Asset.objects.filter(pk=clip.asset_id).update(kind="video", frame_count=100)

    def draw(editor: Editor, leaves: int) -> Any:
        keys = [
            {"frame": 0, "box": list(TRUE_BOX)},
            {"frame": leaves, "box": list(TRUE_BOX), "outside": True},
        ]
        region = box_region(crew.project)
        editor.put({**region, "shape": "track", "geometry": {"of": "box", "keyframes": keys}})
        return editor.submit()

    revision = draw(Editor.open(crew.rita, clip.pk), 90).json()["revision"]["id"]
    assert crew.mia.post(f"{API}/revisions/{revision}/decide", {"verdict": "approve"}).status_code == 200
    assert crew.mark(crew.rita, clip).json() == {"marked": 1, "refused": []}
    # Before an ordinary picture the one picture comes, and then none: the clip waits for a video.
    assert crew.is_hidden(crew.answer(crew.ada, TRUE_BOX)["revision"]["task_id"])
    assert not crew.is_hidden(crew.answer(crew.ada, TRUE_BOX)["revision"]["task_id"])
    (other,) = make_tasks(crew.project, 1)
    Asset.objects.filter(pk=other.asset_id).update(kind="video", frame_count=80)
    editor = Editor.next(crew.ada, crew.project)
    assert editor.body["id"] == str(clip.pk)
    assert draw(editor, 60).status_code == 200
    run_compare()
    # On 60 of the 90 frames on which somebody is there, both say so.
    [counts] = Comparison.objects.get(task=clip, against_truth=True).labels.values()
    assert counts[:2] == [1, 0] and counts[2] == pytest.approx(60 / 90)


def test_nobody_gets_a_picture_twice_or_their_own(crew: TruthCrew) -> None:
    """Ada is handed both truths once and then ordinary ones; Bob, who made one of them, only the other."""
    made = Revision.objects.filter(task=crew.truths[0]).get()
    Revision.objects.filter(pk=made.pk).update(author=crew.people["Bob"])
    got = [crew.answer(crew.ada, TRUE_BOX, measure=False)["revision"]["task_id"] for _ in range(4)]
    assert set(got[:2]) == {str(task.pk) for task in crew.truths}
    assert set(got[2:]) <= {str(task.pk) for task in crew.ordinary}
    bobs = crew.next(crew.bob).json()["id"]
    assert bobs == str(crew.truths[1].pk)
    # Rita reviews: she can see what is ground truth, so it measures nothing of her.
    assert crew.next(crew.rita).status_code == 200
    assert not Assignment.objects.filter(user=crew.people["Rita"], kind="truth").exists()


def test_skipped_is_gone_and_let_go_of_comes_back(crew: TruthCrew) -> None:
    first = Editor.next(crew.ada, crew.project)
    first.put(box_region(crew.project, TRUE_BOX))
    assert crew.ada.post(f"{API}/assignments/{first.assignment}/release").json()["kind"] == "label"
    again = crew.next(crew.ada).json()
    assert again["id"] == first.body["id"] and len(again["labels"]["regions"]) == 1
    assert again["assignment"]["id"] == first.assignment
    crew.ada.post(f"{API}/assignments/{first.assignment}/skip", {"reason": "Too dark"})
    assert crew.next(crew.ada).json()["id"] != first.body["id"]


def test_a_lease_that_ended_loses_nothing(crew: TruthCrew) -> None:
    editor = Editor.next(crew.ada, crew.project)
    editor.put(box_region(crew.project, TRUE_BOX))
    Assignment.objects.filter(pk=editor.assignment).update(state="expired")
    assert crew.ada.post(f"{API}/assignments/{editor.assignment}/renew").json()["state"] == "leased"
    Assignment.objects.filter(pk=editor.assignment).update(state="expired")
    first = editor.submit()
    assert first.status_code == 200 and first.json()["revision"]["late"]
    # The same submit again is the same answer.
    assert editor.submit().json()["revision"] == first.json()["revision"]
    run_compare()
    assert Comparison.objects.count() == 1


def test_measuring_twice_keeps_one_and_several_peoples_answers_are_set_against_each_other() -> None:
    crew = TruthCrew(truths=1)
    crew.answer(crew.ada, TRUE_BOX)
    crew.answer(crew.bob, HALF_OFF)
    assert Comparison.objects.filter(against_truth=True).count() == 2
    between = Comparison.objects.get(against_truth=False)
    assert (between.first_user, between.second_user) == (crew.people["Ada"], crew.people["Bob"])
    JobRun.objects.filter(kind="annotation.compare").update(state="queued")
    run_compare()
    assert Comparison.objects.count() == 3


def test_tags_and_empty_pictures_are_measured_too() -> None:
    crew = TruthCrew(truths=1)
    answer = crew.answer(crew.ada)
    assert crew.is_hidden(answer["revision"]["task_id"])
    overall = crew.checks(crew.ada).json()["overall"]
    assert (overall["f1_50"], overall["matched_iou"], overall["missed"]) == (0.0, None, 1)


def test_only_oneself_and_managers_see_how_somebody_did(crew: TruthCrew) -> None:
    answer = crew.answer(crew.ada, TRUE_BOX)
    clients = (crew.ada, crew.mia, crew.rita, crew.bob)
    assert [crew.checks(client).status_code for client in clients] == [200, 200, 403, 403]
    address = f"{API}/revisions/{answer['revision']['id']}"
    assert [client.get(address).status_code for client in clients] == [200, 200, 403, 403]
    # Which pictures they were: to the manager, and to the person where the project gives feedback.
    assert (len(crew.checks(crew.ada).json()["pictures"]), len(crew.checks(crew.mia).json()["pictures"])) == (
        0,
        1,
    )
    crew.set(truth_feedback=True)
    assert len(crew.checks(crew.ada).json()["pictures"]) == 1


def test_feedback_comes_with_the_measure_where_the_project_gives_it() -> None:
    quiet, open_ = TruthCrew(), TruthCrew(truth_feedback=True)
    quiet.answer(quiet.ada, TRUE_BOX)
    assert not Notice.objects.filter(user=quiet.people["Ada"]).exists()
    open_.answer(open_.ada, TRUE_BOX)
    open_.answer(open_.ada, ELSEWHERE)
    said = Notice.objects.filter(user=open_.people["Ada"]).order_by("id").values_list("title", "body")
    assert [title.endswith("was a test picture") for title, _ in said] == [True, True]
    assert said[0][1].startswith("Everything you marked matches.")
    assert said[1][1].startswith("0\N{NO-BREAK SPACE}% matches: 1 missed or placed otherwise and 1 too many")


def test_who_is_told_finds_their_answer_beside_the_approved_labels_and_nobody_else_s() -> None:
    quiet, open_ = TruthCrew(truths=1), TruthCrew(truths=1, truth_feedback=True)

    def history(client: Any, task: Task) -> list[Any]:
        rows = client.get(f"{API}/tasks/{task.pk}/revisions").json()["results"]
        return [
            (row["number"], row["of_test"], row["against_number"], row["changes"]["added"]) for row in rows
        ]

    approved = (1, False, None, 1)
    for crew in (quiet, open_):
        crew.answer(crew.ada, TRUE_BOX, ELSEWHERE, measure=False)
        assert history(crew.ada, crew.truths[0]) == [approved]
        run_compare()
        crew.answer(crew.bob, ELSEWHERE)
    assert history(quiet.ada, quiet.truths[0]) == [approved]
    assert history(open_.ada, open_.truths[0]) == [(2, True, None, 2), approved]
    assert history(open_.bob, open_.truths[0]) == [(3, True, None, 1), approved]
    assert history(open_.mia, open_.truths[0]) == [approved]


def test_a_truth_that_is_under_review_again_is_handed_to_nobody(crew: TruthCrew) -> None:
    Task.objects.filter(pk__in=[task.pk for task in crew.truths]).update(state="in_review")
    assert not crew.is_hidden(crew.next(crew.ada).json()["id"])


def test_without_an_ordinary_picture_to_come_before_none_is_handed_out() -> None:
    crew = TruthCrew(ordinary=0)
    assert crew.next(crew.ada).status_code == 204


def test_the_draw_keeps_the_share() -> None:
    digests = [(number * 2**64 // 10_000).to_bytes(8, "big") for number in range(10_000)]
    for share in (0.0, 0.1, 0.5, 1.0):
        assert sum(is_drawn(digest, share) for digest in digests) == pytest.approx(share * 10_000, abs=1)
