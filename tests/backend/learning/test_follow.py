"""Objects followed through an open video: who may ask, what is told while it runs, where it ends, and that it can be stopped."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from backend.annotation.models import Assignment, Task
from backend.core import jobs
from backend.core.enums import JobState, Role
from backend.core.jobs import JobContext
from backend.core.models import JobRun
from backend.learning.domain.outlines import mask_row
from backend.learning.follow_models import Follow
from backend.learning.jobs import follow as follow_job
from backend.learning.services import follows
from backend.media import services as media
from backend.projects.models import Project
from ml.following.thinning import Thinner
from ml.geometry.boxes import row_iou
from tests.support import clips, factories
from tests.support.annotation import Editor
from tests.support.learning import run_job
from tests.support.moving import Thing, scene, straight

API = "/api/v1"
FRAMES = 50
THING = Thing(straight((60, 120), (3.0, 0.0)))


@pytest.fixture
def project(transactional_db: None) -> Project:
    return factories.make_project(labels=[{"name": "box", "shapes": ["track", "mask", "polygon"]}])


@pytest.fixture
def task(project: Project) -> Task:
    content = clips.clip([at * 40 for at in range(FRAMES)], draw=scene([THING]))
    asset = media.asset_register(project=project, content=content, name="moving.mp4", actor=None)
    return Task.objects.get(project=project, asset=asset)


@pytest.fixture
def client(project: Project) -> APIClient:
    return factories.client_for(factories.make_project_member(project, Role.ANNOTATOR))


def keyframe(frame: int, **fields: Any) -> dict[str, Any]:
    box = THING.box(frame)
    return {
        "frame": frame,
        "box": [box.x1, box.y1, box.x2, box.y2],
        "outside": False,
        "occluded": False,
        **fields,
    }


def asked(project: Project, **fields: Any) -> dict[str, Any]:
    return {
        "region_id": str(uuid.uuid4()),
        "label_id": factories.label_id(project, "box"),
        "start": keyframe(5),
        "to_frame": 40,
        **fields,
    }


def start(client: APIClient, task: Task, body: dict[str, Any], status: int = 202) -> dict[str, Any]:
    response = client.post(f"{API}/tasks/{task.pk}/follows", body, format="json")
    assert response.status_code == status, response.content
    answer: dict[str, Any] = response.json()
    return answer


def look(client: APIClient, follow_id: str, **has: int) -> dict[str, Any]:
    response = client.get(f"{API}/follows/{follow_id}", has)
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    return answer


def iou(told: dict[str, Any]) -> float:
    box = THING.box(told["frame"])
    return float(row_iou([told["box"]], [[box.x1, box.y1, box.x2, box.y2]])[0])


@pytest.mark.parametrize(("first", "last"), [(5, 40), (40, 5)], ids=["forwards", "backwards"])
def test_an_object_is_followed_to_where_was_asked(
    client: APIClient, project: Project, task: Task, first: int, last: int
) -> None:
    Editor.open(client, task.pk)
    told = start(client, task, asked(project, start=keyframe(first), to_frame=last))
    assert (told["state"], told["keyframes"], told["stop"]) == ("queued", [], "")
    assert run_job(follows.FOLLOW_KIND).state == JobState.SUCCEEDED
    told = look(client, told["id"])
    assert (told["state"], told["stop"], told["reached"], told["tail"]) == ("succeeded", "end", last, None)
    # It goes in a straight line: few keyframes say it all.
    assert 1 <= len(told["keyframes"]) <= 4
    assert told["keyframes"][-1]["frame"] == last
    for each in told["keyframes"]:
        assert each["by"] == "tracker"
        assert 0.3 < each["confidence"] <= 1.0
        assert iou(each) > 0.8


def test_it_bends_to_a_persons_keyframe_and_never_states_it(
    client: APIClient, project: Project, task: Task
) -> None:
    Editor.open(client, task.pk)
    goal = keyframe(30)
    # The person draws it 6 px higher there.
    goal["box"] = [goal["box"][0], goal["box"][1] - 6, goal["box"][2], goal["box"][3] - 6]
    told = start(client, task, asked(project, goal=goal, to_frame=40))
    run_job(follows.FOLLOW_KIND)
    told = look(client, told["id"])
    assert (told["stop"], told["reached"]) == ("keyframe", 29)
    assert 1 <= len(told["keyframes"]) <= 4
    for each in told["keyframes"]:
        assert 5 < each["frame"] < 30
        share = (each["frame"] - 5) / 25
        assert each["box"][1] == pytest.approx(THING.box(each["frame"]).y1 - 6 * share, abs=2)


SWING = Thing(lambda frame: (160 + 70 * np.sin(frame / 7), 120 + 20 * np.cos(frame / 5)))


@pytest.mark.parametrize(("first", "last"), [(2, 46), (46, 2)], ids=["forwards", "backwards"])
def test_between_two_keyframes_what_both_ends_see_fills_every_frame(
    client: APIClient, project: Project, first: int, last: int
) -> None:
    task = film(project, SWING)
    Editor.open(client, task.pk)
    told = start(
        client, task, asked(project, start=place(SWING, first), goal=place(SWING, last), to_frame=last)
    )
    assert run_job(follows.FOLLOW_KIND).state == JobState.SUCCEEDED
    told = look(client, told["id"])
    assert told["stop"] == "keyframe"
    rows = sorted([place(SWING, first), *told["keyframes"], place(SWING, last)], key=lambda row: row["frame"])
    at = [row["frame"] for row in rows]
    assert at == sorted({*at}) and at[0] == min(first, last) and at[-1] == max(first, last)
    frames = np.arange(at[0], at[-1] + 1)
    sides = np.array([row["box"] for row in rows])
    shown = np.stack([np.interp(frames, at, sides[:, side]) for side in range(4)], axis=1)
    overlap = row_iou(shown, [SWING.box(frame).xyxy for frame in frames.tolist()])
    assert overlap.min() > 0.75
    assert overlap.mean() > 0.9


def damage(monkeypatch: pytest.MonkeyPatch, *frames: int) -> None:
    """Frames that cannot be decoded."""
    plain = follow_job.reading.asset_frame_array

    def read(info: Any, frame: int) -> Any:
        if frame in frames:
            raise OSError("damaged")
        return plain(info, frame)

    monkeypatch.setattr(follow_job.reading, "asset_frame_array", read)


def test_a_damaged_frame_between_two_keyframes_is_passed_and_doubts_nothing(
    client: APIClient, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = film(project, SWING)
    Editor.open(client, task.pk)
    damage(monkeypatch, 20)
    told = start(client, task, asked(project, start=place(SWING, 5), goal=place(SWING, 40), to_frame=40))
    assert run_job(follows.FOLLOW_KIND).state == JobState.SUCCEEDED
    told = look(client, told["id"])
    assert told["stop"] == "keyframe"
    assert 20 not in [each["frame"] for each in told["keyframes"]]
    assert min(each["confidence"] for each in told["keyframes"]) > 0.2


def test_with_nothing_but_damaged_frames_between_two_keyframes_there_is_nothing_to_state(
    client: APIClient, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = film(project, SWING)
    Editor.open(client, task.pk)
    damage(monkeypatch, 11, 12)
    told = start(client, task, asked(project, start=place(SWING, 10), goal=place(SWING, 13), to_frame=13))
    assert run_job(follows.FOLLOW_KIND).state == JobState.SUCCEEDED
    assert look(client, told["id"])["keyframes"] == []


def test_where_nothing_comes_back_from_a_keyframe_the_way_there_is_bent_to_it(
    client: APIClient, project: Project, task: Task
) -> None:
    Editor.open(client, task.pk)
    goal = keyframe(30)
    # A sliver of it, 9 px lower than its middle: too small to be followed from.
    middle = (goal["box"][0] + goal["box"][2]) / 2, (goal["box"][1] + goal["box"][3]) / 2 + 9
    goal["box"] = [middle[0] - 2, middle[1] - 2, middle[0] + 2, middle[1] + 2]
    told = start(client, task, asked(project, goal=goal, to_frame=40))
    assert run_job(follows.FOLLOW_KIND).state == JobState.SUCCEEDED
    told = look(client, told["id"])
    assert (told["stop"], told["reached"]) == ("elsewhere", 29)
    for each in told["keyframes"]:
        shown, true = each["box"], THING.box(each["frame"])
        moved = (shown[1] + shown[3]) / 2 - (true.y1 + true.y2) / 2
        assert moved == pytest.approx(9 * (each["frame"] - 5) / 25, abs=2)
        assert shown[3] - shown[1] == pytest.approx(56 - 52 * (each["frame"] - 5) / 25, abs=2)
    assert told["keyframes"]


def test_lost_from_one_end_it_comes_from_the_other_and_says_where_to_look(
    client: APIClient, project: Project
) -> None:
    """It goes behind a wall and comes out again: what neither end sees is a straight line, and the least sure."""
    thing = Thing(straight((60, 120), (5.0, 0.0)))
    wall = Thing(straight((170, 120), (0.0, 0.0)), size=(90, 230), seed=3)
    task = film(project, thing, wall)
    Editor.open(client, task.pk)
    told = start(client, task, asked(project, start=place(thing, 0), goal=place(thing, 45), to_frame=45))
    assert run_job(follows.FOLLOW_KIND).state == JobState.SUCCEEDED
    told = look(client, told["id"])
    assert (told["stop"], told["reached"]) == ("apart", 44)
    worst = min(told["keyframes"], key=lambda each: each["confidence"])
    # Behind the wall from edge to edge.
    assert 15 <= worst["frame"] <= 33
    assert worst["confidence"] < 0.3
    for each in told["keyframes"]:
        truth = thing.box(each["frame"])
        assert row_iou([each["box"]], [truth.xyxy])[0] > 0.6


def test_stopped_on_the_way_back_what_came_forwards_stays(
    client: APIClient, project: Project, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow_job, "TELL_EVERY_S", 0.0)
    Editor.open(client, task.pk)
    told = start(client, task, asked(project, goal=keyframe(40), to_frame=40))
    real, looked = follow_job.give_way, []

    def give_way(context: JobContext) -> None:
        looked.append(context)
        # 35 frames there, then back.
        if len(looked) == 7:
            assert client.post(f"{API}/jobs/{told['job_id']}/cancel").status_code == 200
        real(context)

    monkeypatch.setattr(follow_job, "give_way", give_way)
    assert run_job(follows.FOLLOW_KIND).state == JobState.CANCELLED
    told = look(client, told["id"])
    assert (told["state"], told["reached"]) == ("cancelled", 39)
    assert 0.5 <= told["progress"] < 1.0


def test_it_says_that_it_came_out_elsewhere_than_a_keyframe(
    client: APIClient, project: Project, task: Task
) -> None:
    Editor.open(client, task.pk)
    goal = keyframe(20, box=[250.0, 10.0, 300.0, 60.0])
    told = start(client, task, asked(project, goal=goal))
    run_job(follows.FOLLOW_KIND)
    assert look(client, told["id"])["stop"] == "apart"


def test_a_keyframe_that_says_outside_ends_it_before(client: APIClient, project: Project, task: Task) -> None:
    Editor.open(client, task.pk)
    told = start(client, task, asked(project, goal=keyframe(20, outside=True)))
    run_job(follows.FOLLOW_KIND)
    told = look(client, told["id"])
    assert (told["stop"], told["reached"]) == ("keyframe", 19)
    assert told["keyframes"][-1]["outside"] is False


def test_a_mask_is_drawn_anew_in_every_frame(client: APIClient, project: Project, task: Task) -> None:
    Editor.open(client, task.pk)
    mask = mask_row(THING.mask(5, 240, 320), 1.0)
    first = {"frame": 5, "mask": mask, "outside": False, "occluded": False}
    told = start(client, task, asked(project, of="mask", by="segmenter", start=first, to_frame=15))
    assert run_job(follows.FOLLOW_KIND).state == JobState.SUCCEEDED
    told = look(client, told["id"])
    assert (told["stop"], told["reached"]) == ("end", 15)
    # What moves by 3 px a frame is another mask every few frames: a mask holds still between keyframes.
    assert len(told["keyframes"]) >= 3
    last = told["keyframes"][-1]
    truth = THING.box(15)
    assert last["by"] == "segmenter"
    assert last["mask"]["x"] == pytest.approx(truth.x1, abs=4)
    assert last["mask"]["width"] == pytest.approx(truth.width, abs=6)


def test_a_polygon_goes_along_with_its_points(client: APIClient, project: Project, task: Task) -> None:
    Editor.open(client, task.pk)
    box = THING.box(5)
    points = [[box.x1, box.y1], [box.x2, box.y1 + 10], [box.x2 - 5, box.y2], [box.x1, box.y2 - 10]]
    first = {"frame": 5, "points": points, "outside": False, "occluded": False}
    told = start(client, task, asked(project, of="polygon", start=first, to_frame=25))
    run_job(follows.FOLLOW_KIND)
    (last,) = look(client, told["id"])["keyframes"][-1:]
    assert len(last["points"]) == 4
    for (x, y), (x0, y0) in zip(last["points"], points, strict=True):
        assert (x - x0, y - y0) == (pytest.approx(60, abs=5), pytest.approx(0, abs=5))


def test_what_was_found_so_far_is_told_while_it_runs(
    client: APIClient, project: Project, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow_job, "TELL_EVERY_S", 0.0)
    Editor.open(client, task.pk)
    follow_id = start(client, task, asked(project))["id"]
    seen: list[dict[str, Any]] = []
    real = follows.follow_tell

    def told(follow: Follow, **fields: Any) -> None:
        real(follow, **fields)
        seen.append(look(client, follow_id, after=0))

    monkeypatch.setattr(follows, "follow_tell", told)
    run_job(follows.FOLLOW_KIND)
    assert len(seen) == 36
    assert [each["reached"] for each in seen[:-1]] == list(range(6, 41))
    assert seen[3]["tail"]["frame"] == 9
    assert seen[3]["state"] == "running"
    assert look(client, follow_id, after=1)["first"] == 1
    assert look(client, follow_id, after=1, edition=7)["first"] == 0


def test_a_person_stops_it_and_what_was_found_stays(
    client: APIClient, project: Project, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow_job, "TELL_EVERY_S", 0.0)
    Editor.open(client, task.pk)
    told = start(client, task, asked(project))
    real, calls = follows.follow_tell, []

    def tell(follow: Follow, **fields: Any) -> None:
        real(follow, **fields)
        calls.append(fields)
        if len(calls) == 10:
            assert client.post(f"{API}/jobs/{told['job_id']}/cancel").status_code == 200

    monkeypatch.setattr(follows, "follow_tell", tell)
    assert run_job(follows.FOLLOW_KIND).state == JobState.CANCELLED
    told = look(client, told["id"])
    assert told["state"] == "cancelled"
    assert told["reached"] == 15
    assert told["tail"]["frame"] == 15
    # The next one may begin at once.
    start(client, task, asked(project))


def test_nothing_of_it_is_written_into_anybodys_work(client: APIClient, project: Project, task: Task) -> None:
    editor = Editor.open(client, task.pk)
    before = Assignment.objects.values("draft", "draft_version", "updated_at").get(pk=editor.assignment)
    start(client, task, asked(project))
    run_job(follows.FOLLOW_KIND)
    assert (
        Assignment.objects.values("draft", "draft_version", "updated_at").get(pk=editor.assignment) == before
    )


def test_only_whoever_has_the_video_open_may_ask(client: APIClient, project: Project, task: Task) -> None:
    answer = start(client, task, asked(project), status=409)
    assert answer["code"] == "not_open"
    Editor.open(client, task.pk)
    other = factories.client_for(factories.make_project_member(project, Role.ANNOTATOR))
    assert start(other, task, asked(project), status=409)["code"] == "not_open"
    viewer = factories.client_for(factories.make_project_member(project, Role.VIEWER))
    start(viewer, task, asked(project), status=403)
    assert not Follow.objects.exists()


def test_anothers_asking_is_not_there(client: APIClient, project: Project, task: Task) -> None:
    Editor.open(client, task.pk)
    told = start(client, task, asked(project))
    other = factories.client_for(factories.make_project_member(project, Role.MANAGER))
    assert other.get(f"{API}/follows/{told['id']}").status_code == 404


def test_one_at_a_time_and_the_same_asking_twice_is_one(
    client: APIClient, project: Project, task: Task
) -> None:
    Editor.open(client, task.pk)
    body = asked(project)
    url = f"{API}/tasks/{task.pk}/follows"
    first, again = (
        client.post(url, body, format="json", headers={"Idempotency-Key": "k"}).json() for _ in range(2)
    )
    assert first == again
    assert start(client, task, asked(project), status=409)["code"] == "already_following"
    assert JobRun.objects.filter(kind=follows.FOLLOW_KIND).count() == 1


def test_asked_for_twice_in_the_same_moment_the_second_is_refused(
    client: APIClient, project: Project, task: Task
) -> None:
    editor = Editor.open(client, task.pk)
    person_id = Assignment.objects.get(pk=editor.assignment).user_id
    # The other request's job stands, its asking cannot be seen yet.
    jobs.enqueue(
        follows.FOLLOW_KIND, payload={"follow_id": str(uuid.uuid4())}, dedupe_key=f"follow:{person_id}"
    )
    assert start(client, task, asked(project), status=409)["code"] == "already_following"
    assert not Follow.objects.exists()


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"start": keyframe(500)}, "start"),
        ({"start": {"frame": 5, "outside": False, "occluded": False}}, "start"),
        ({"start": keyframe(5, outside=True)}, "start"),
        ({"to_frame": 5}, "to_frame"),
        ({"to_frame": 50}, "to_frame"),
        ({"to_frame": -1}, "to_frame"),
        ({"goal": keyframe(45)}, "goal"),
        ({"goal": keyframe(5)}, "goal"),
        ({"by": "segmenter"}, "by"),
        ({"label_id": str(uuid.uuid4())}, "label_id"),
        ({"start": "here"}, "start"),
    ],
)
def test_what_cannot_be_followed_is_refused_with_the_reason(
    client: APIClient, project: Project, task: Task, fields: dict[str, Any], named: str
) -> None:
    Editor.open(client, task.pk)
    answer = start(client, task, asked(project, **fields), status=400)
    assert named in answer["fields"]


def test_a_speck_ends_its_job_with_the_reason(client: APIClient, project: Project, task: Task) -> None:
    Editor.open(client, task.pk)
    told = start(client, task, asked(project, start=keyframe(5, box=[10, 10, 13, 40])))
    run_job(follows.FOLLOW_KIND)
    told = look(client, told["id"])
    assert told["state"] == "failed"
    assert "cannot be followed" in told["error"]


def test_a_worker_that_dies_begins_anew(client: APIClient, project: Project, task: Task) -> None:
    Editor.open(client, task.pk)
    told = start(client, task, asked(project))
    Follow.objects.update(keyframes=[keyframe(6, by="tracker", confidence=0.1)], reached=6)
    jobs.run(told["job_id"])
    told = look(client, told["id"])
    assert told["stop"] == "end"
    assert all(each["confidence"] > 0.3 for each in told["keyframes"])
    # The page has keyframes of the first time: all are told again.
    assert told["edition"] == 1


def film(project: Project, *things: Thing) -> Task:
    content = clips.clip([at * 40 for at in range(FRAMES)], draw=scene(things))
    asset = media.asset_register(project=project, content=content, name="other.mp4", actor=None)
    return Task.objects.get(project=project, asset=asset)


def place(thing: Thing, frame: int) -> dict[str, Any]:
    return keyframe(frame) | {"box": [*thing.box(frame).xyxy]}


def test_it_finds_nothing_smaller_than_the_project_lets_be_saved(client: APIClient, project: Project) -> None:
    project.settings = {**project.settings, "min_box_px": 30.0}
    project.save()
    thing = Thing(straight((240, 120), (3.0, 0.0)))
    task = film(project, thing)
    Editor.open(client, task.pk)
    told = start(client, task, asked(project, start=place(thing, 0), to_frame=FRAMES - 1))
    run_job(follows.FOLLOW_KIND)
    told = look(client, told["id"])
    assert told["stop"] == "left"
    boxes = [each["box"] for each in told["keyframes"]]
    assert min(x2 - x1 for x1, _, x2, _ in boxes) >= 30.0


def test_bent_to_somewhere_else_it_stays_on_the_picture(client: APIClient, project: Project) -> None:
    """There and back: with its share of what it was off by in the end, the farthest place would lie beyond the edge."""
    thing = Thing(lambda frame: (260 - 6 * abs(frame - 20), 120))
    task = film(project, thing)
    Editor.open(client, task.pk)
    goal = keyframe(40, box=[270.0, 92.0, 314.0, 148.0])
    told = start(client, task, asked(project, start=place(thing, 2), goal=goal, to_frame=45))
    run_job(follows.FOLLOW_KIND)
    told = look(client, told["id"])
    assert told["stop"] == "apart"
    boxes = [each["box"] for each in told["keyframes"]]
    assert max(x2 for _, _, x2, _ in boxes) <= 320.0


@pytest.mark.parametrize("apart", [3, 4])
def test_what_was_doubted_at_the_end_is_taken_back_from_the_page_too(
    client: APIClient, project: Project, monkeypatch: pytest.MonkeyPatch, apart: int
) -> None:
    """It goes behind another: keyframes told of the frames in which it was sought must not stay."""
    monkeypatch.setattr(follow_job, "TELL_EVERY_S", 0.0)
    # A keyframe every few frames, so that one is told of what is doubted.
    monkeypatch.setattr("backend.learning.jobs.follow_ways.Thinner", partial(Thinner, apart_max=apart))
    wall = Thing(straight((150, 120), (0.0, 0.0)), size=(60, 90), seed=3)
    task = film(project, THING, wall)
    Editor.open(client, task.pk)
    follow_id = start(client, task, asked(project, to_frame=45))["id"]
    page: list[dict[str, Any]] = []
    edition = 0
    real = follows.follow_tell

    def tell(follow: Follow, **fields: Any) -> None:
        nonlocal page, edition
        real(follow, **fields)
        told = look(client, follow_id, after=len(page), edition=edition)
        page, edition = [*page[: told["first"]], *told["keyframes"]], told["edition"]

    monkeypatch.setattr(follows, "follow_tell", tell)
    run_job(follows.FOLLOW_KIND)
    told = look(client, follow_id)
    assert told["stop"] == "lost"
    assert [each["frame"] for each in page] == [each["frame"] for each in told["keyframes"]]
    assert max(each["frame"] for each in page) == told["reached"]
