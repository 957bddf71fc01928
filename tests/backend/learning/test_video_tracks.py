"""Tracks that the production detector proposes for videos: only where nobody has begun, in shapes the label allows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend.annotation.models import Suggestion, Task
from backend.core import jobs
from backend.core.enums import JobState, Role
from backend.core.models import JobRun
from backend.learning.domain.video_tracks import keyframes_of, looks_of
from backend.learning.services.video_tracks import TRACKS_KIND
from backend.media import reading
from backend.media import services as media
from backend.projects.models import Project
from ml.contracts import Box
from ml.tracking.whole import WholeTrack
from tests.support import clips, factories
from tests.support.annotation import Editor
from tests.support.learning import make_model, make_picture, prepare, run_job

FRAMES, DARK_FROM = 100, 50


def draw(index: int) -> np.ndarray:
    """Bright, then dark: the brightness model sees its object in the first half only."""
    return np.full((64, 64, 3), 220 if index < DARK_FROM else 10, np.uint8)


@pytest.fixture
def project(transactional_db: None) -> Project:
    return factories.make_project(
        labels=[{"name": "person", "shapes": ["box", "track"]}, {"name": "hard_hat", "shapes": ["box"]}]
    )


@pytest.fixture
def task(project: Project) -> Task:
    content = clips.clip([at * 40 for at in range(FRAMES)], draw=draw)
    asset = media.asset_register(project=project, content=content, name="day.mp4", actor=None)
    Task.objects.filter(project=project).update(selection_reason="manual", priority=1.0)
    return Task.objects.get(project=project, asset=asset)


def test_a_video_gets_tracks_where_pictures_get_boxes(project: Project, task: Task, tmp_path: Path) -> None:
    model = make_model(project, tmp_path)
    make_picture(project, 0.9)
    Task.objects.filter(project=project).update(selection_reason="manual", priority=1.0)
    assert prepare(project).result["videos"] == 1
    job = run_job(TRACKS_KIND)
    assert (job.state, job.result["tracks"], job.result["unreadable"]) == (JobState.SUCCEEDED, 1, 0)
    row = Suggestion.objects.get(task=task)
    assert (row.shape, row.state, row.model_version_id) == ("track", "open", model.pk)
    first, *_, last = row.geometry["keyframes"]
    assert (first["frame"], first["by"], first["outside"]) == (0, "tracker", False)
    assert last["outside"] is True
    assert DARK_FROM <= last["frame"] <= DARK_FROM + 5
    assert len(row.geometry["keyframes"]) == 3
    # Again, nothing is asked twice.
    assert prepare(project).result["videos"] == 0


def test_a_video_that_a_person_has_begun_keeps_what_it_has(
    project: Project, task: Task, tmp_path: Path
) -> None:
    make_model(project, tmp_path)
    assert prepare(project).result["videos"] == 1
    client = factories.client_for(factories.make_project_member(project, Role.ANNOTATOR))
    Editor.open(client, task.pk)
    assert run_job(TRACKS_KIND).result["tracks"] == 0
    assert not Suggestion.objects.filter(task=task).exists()


def test_a_label_that_may_be_no_track_gets_none(project: Project, task: Task, tmp_path: Path) -> None:
    make_model(project, tmp_path, classes=("hard_hat", "person"))
    prepare(project)
    assert run_job(TRACKS_KIND).result["tracks"] == 0


def test_no_video_is_looked_through_where_no_label_may_be_a_track(
    transactional_db: None, tmp_path: Path
) -> None:
    project = factories.make_project(labels=[{"name": "person", "shapes": ["box"]}])
    media.asset_register(
        project=project,
        content=clips.clip([at * 40 for at in range(5)], draw=draw),
        name="day.mp4",
        actor=None,
    )
    Task.objects.filter(project=project).update(selection_reason="manual", priority=1.0)
    make_model(project, tmp_path)
    assert prepare(project).result["videos"] == 0


def suggested(project: Project, task: Task, folder: Path) -> tuple[Editor, dict[str, Any]]:
    """An annotator's open task with the one track that a model suggests."""
    make_model(project, folder)
    prepare(project)
    run_job(TRACKS_KIND)
    client = factories.client_for(factories.make_project_member(project, Role.ANNOTATOR))
    editor = Editor.open(client, task.pk)
    (shown,) = editor.body["suggestions"]
    return editor, shown


def test_accepted_as_it_is_it_stays_the_models_and_the_verdict_is_kept(
    project: Project, task: Task, tmp_path: Path
) -> None:
    editor, shown = suggested(project, task, tmp_path)
    region: dict[str, Any] = {
        "region_id": "00000000-0000-4000-8000-000000000001",
        "label_id": shown["label_id"],
        "shape": "track",
        "geometry": shown["geometry"],
        "suggestion_id": shown["id"],
        "source": "model",
    }
    editor.put(region)
    response = editor.submit(decisions=[{"suggestion_id": shown["id"], "state": "accepted"}])
    assert response.status_code == 200, response.content
    row = Suggestion.objects.get(task=task)
    assert row.state == "accepted"


def test_joined_to_another_one_a_track_was_mended_not_rejected(
    project: Project, task: Task, tmp_path: Path
) -> None:
    editor, shown = suggested(project, task, tmp_path)
    keyframes = shown["geometry"]["keyframes"]
    later = {**keyframes[0], "frame": FRAMES - 1, "by": "tracker"}
    region: dict[str, Any] = {
        "region_id": "00000000-0000-4000-8000-000000000001",
        "label_id": shown["label_id"],
        "shape": "track",
        # A person's own track that the suggested one was joined to: its id is not named any more.
        "geometry": {"of": "box", "keyframes": [*keyframes, later]},
    }
    editor.put(region)
    decided = [{"suggestion_id": shown["id"], "state": "accepted"}]
    assert editor.submit(decisions=decided).status_code == 200
    assert Suggestion.objects.get(task=task).state == "fixed"


@pytest.mark.parametrize("said", ["accepted", "rejected"])
def test_a_track_that_is_gone_or_rejected_was_rejected(
    project: Project, task: Task, tmp_path: Path, said: str
) -> None:
    editor, shown = suggested(project, task, tmp_path)
    if said == "rejected":
        editor.put(
            {
                "region_id": "00000000-0000-4000-8000-000000000001",
                "label_id": shown["label_id"],
                "shape": "track",
                "geometry": shown["geometry"],
            }
        )
    assert editor.submit(decisions=[{"suggestion_id": shown["id"], "state": said}]).status_code == 200
    assert Suggestion.objects.get(task=task).state == "rejected"


def split(project: Project, task: Task, frames: int) -> None:
    manager = factories.client_for(factories.make_project_member(project, Role.MANAGER))
    body = {"frames": frames, "overlap": 10}
    response = manager.put(f"/api/v1/projects/{project.pk}/videos/{task.asset_id}/parts", body)
    assert response.status_code == 200, response.content


def test_a_video_that_is_split_is_looked_through_again_and_parts_that_are_gone_are_passed_over(
    project: Project, task: Task, tmp_path: Path
) -> None:
    make_model(project, tmp_path)
    prepare(project)
    run_job(TRACKS_KIND)
    assert Suggestion.objects.filter(state="open").count() == 1
    split(project, task, 60)
    assert not Suggestion.objects.filter(state="open").exists()
    # The new parts are asked about without anybody asking.
    assert run_job("learning.prepare").result["videos"] == 2
    split(project, task, 0)
    jobs_left = JobRun.objects.filter(kind=TRACKS_KIND, state=JobState.QUEUED).order_by("id")
    results = []
    for pk in list(jobs_left.values_list("pk", flat=True)):
        jobs.run(str(pk))
        job = JobRun.objects.get(pk=pk)
        assert job.state == JobState.SUCCEEDED, job.error
        results.append(job.result)
    assert [result.get("skipped") for result in results] == [None, "the video has other parts now"]


def test_what_was_seen_of_other_frames_is_not_stored(
    project: Project, task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Split while a job looks at the whole video: it begins again with the part."""
    make_model(project, tmp_path)
    prepare(project)
    read = reading.asset_frame_array

    def split_first(*args: Any) -> Any:
        monkeypatch.setattr(reading, "asset_frame_array", read)
        split(project, task, 60)
        return read(*args)

    monkeypatch.setattr(reading, "asset_frame_array", split_first)
    job = run_job(TRACKS_KIND)
    assert (job.state, job.error) == (JobState.QUEUED, "The video was split into other parts meanwhile.")
    assert not Suggestion.objects.exists()
    JobRun.objects.filter(pk=job.pk).update(not_before=None)
    assert run_job(TRACKS_KIND).result["tracks"] == 1
    [row] = Suggestion.objects.all()
    task.refresh_from_db()
    assert row.task_id == task.pk and row.geometry["keyframes"][-1]["frame"] < task.frame_end == 55


# ---- which frames, and which keyframes


def test_looks_are_five_a_second_by_the_frames_own_times_and_the_last_is_one() -> None:
    assert looks_of([]) == []
    assert looks_of([0.0]) == [0]
    assert looks_of([at / 25 for at in range(26)]) == [0, 5, 10, 15, 20, 25]
    # A camera of two frames a second: each of them.
    assert looks_of([0.0, 0.5, 1.0, 1.5]) == [0, 1, 2, 3]


def track(frames: list[int], times_s: list[float]) -> WholeTrack:
    boxes = tuple(Box(10.0 + at, 10, 40.0 + at, 60) for at in range(len(frames)))
    return WholeTrack("person", tuple(frames), tuple(times_s), boxes, (0.8,) * len(frames))


def test_a_straight_track_is_two_keyframes_and_its_end() -> None:
    looks = list(range(0, 100, 5))
    found = keyframes_of(track(looks[:10], [at / 5 for at in range(10)]), looks)
    assert [(each["frame"], each["outside"]) for each in found] == [(0, False), (45, False), (50, True)]


def test_one_that_is_there_to_the_end_does_not_leave() -> None:
    looks = list(range(0, 50, 5))
    found = keyframes_of(track(looks, [at / 5 for at in range(10)]), looks)
    assert [each["outside"] for each in found] == [False, False]


def test_a_long_time_unseen_is_a_gap() -> None:
    looks = list(range(0, 150, 5))
    frames = [*looks[:5], *looks[15:20]]
    found = keyframes_of(track(frames, [frame / 25 for frame in frames]), looks)
    outside = [(each["frame"], each["outside"]) for each in found]
    assert outside == [(0, False), (20, False), (25, True), (75, False), (95, False), (100, True)]


def test_where_frames_themselves_lie_far_apart_one_after_the_other_is_no_gap() -> None:
    looks = list(range(10))
    found = keyframes_of(track(looks, [at * 1.5 for at in looks]), looks)
    assert [(each["frame"], each["outside"]) for each in found] == [(0, False), (9, False)]
