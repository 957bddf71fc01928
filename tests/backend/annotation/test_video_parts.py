"""Long videos as several tasks: made at ingest or when asked, each kept to its frames, and one set of tracks outside."""

from __future__ import annotations

import io
import json
import re
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from backend.annotation import selectors, services
from backend.annotation.contracts import SuggestionItem, TaskChoice
from backend.annotation.enums import SelectionReason
from backend.annotation.models import Suggestion, Task
from backend.annotation.services.parts import tasks_and_parts_lock
from backend.core.enums import Role
from backend.media.models import Asset
from backend.projects.models import Project
from tests.support import datasets, factories
from tests.support.annotation import Editor, make_task
from tests.support.exchange import exported, import_zip, unzipped
from tests.support.exchange_videos import frames_of, take_in_video

API = "/api/v1"
FRAMES = 100
SPANS = [(0, 40), (30, 70), (60, 100)]


@pytest.fixture
def project(db: None) -> Project:
    return factories.make_project(settings={"part_frames": 40, "part_overlap": 10, "review": "none"})


@pytest.fixture
def asset(project: Project) -> Asset:
    return take_in_video(project, frames=FRAMES)


def tasks_of(project: Project) -> list[Task]:
    return list(Task.objects.filter(project=project).select_related("asset").order_by("part_number"))


def client_of(project: Project, role: Role = Role.ANNOTATOR) -> APIClient:
    return factories.client_for(factories.make_project_member(project, role))


def track(project: Project, *keyframes: tuple[int, float], gone: int | None = None) -> dict[str, Any]:
    rows = [
        {"frame": frame, "outside": False, "occluded": False, "box": [x, 10.0, x + 40.0, 60.0]}
        for frame, x in keyframes
    ]
    if gone is not None:
        rows.append({**rows[-1], "frame": gone, "outside": True})
    return {
        "region_id": str(uuid.uuid4()),
        "label_id": factories.label_id(project, "person"),
        "shape": "track",
        "geometry": {"of": "box", "keyframes": rows},
    }


def drawn(client: APIClient, task: Task, *regions: dict[str, Any]) -> None:
    editor = Editor.open(client, task.pk)
    if regions:
        assert editor.put(*regions).status_code == 200
    response = editor.submit()
    assert response.status_code == 200, response.content


# ---- making them


def test_a_long_video_becomes_parts_that_the_queue_hands_out_in_order(project: Project, asset: Asset) -> None:
    assert [(t.frame_start, t.frame_end) for t in tasks_of(project)] == SPANS
    client = client_of(project)
    body = Editor.next(client, project).body
    assert body["part"] == {"number": 1, "count": 3, "frame_start": 0, "frame_end": 40}
    listed = client.get(f"{API}/projects/{project.pk}/tasks").json()["results"]
    assert sorted(row["part"]["number"] for row in listed) == [1, 2, 3]


@pytest.mark.parametrize("part_frames", [0, FRAMES])
def test_a_video_no_longer_than_a_part_or_where_none_are_wanted_stays_one_task(
    db: None, part_frames: int
) -> None:
    project = factories.make_project(settings={"part_frames": part_frames, "part_overlap": 10})
    take_in_video(project, frames=FRAMES)
    assert [task.part for task in tasks_of(project)] == [None]


def test_tasks_asked_for_again_are_the_same_parts(project: Project, asset: Asset) -> None:
    before = [task.pk for task in tasks_of(project)]
    again = services.tasks_create(project=project, asset_ids=[asset.pk], reason="manual", priority=3.0)
    assert [task.pk for task in again] == before
    assert {task.priority for task in again} == {3.0}


def test_making_tasks_for_long_videos_reads_no_times_of_their_frames(project: Project, asset: Asset) -> None:
    other = factories.make_project(organisation=project.organisation, settings={"part_frames": 0})
    take_in_video(other, frames=FRAMES)
    Task.objects.filter(project=other).delete()
    other.settings |= {"part_frames": 40, "part_overlap": 10}
    other.save()
    link = other.project_assets.get()
    with CaptureQueriesContext(connection) as queries:
        made = services.tasks_create(project=other, asset_ids=[link.asset_id], reason="manual")
    assert len(made) == 3
    assert not [row["sql"] for row in queries if "frame_times_s" in row["sql"]]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"part_frames": 39}, "part_frames"),
        ({"part_frames": 100, "part_overlap": 26}, "part_overlap"),
        ({"part_frames": 100, "part_overlap": 1}, "part_overlap"),
        ({"part_frames": 1.5}, "part_frames"),
    ],
)
def test_lengths_that_do_not_go_are_refused(project: Project, given: dict[str, Any], field: str) -> None:
    manager = client_of(project, Role.MANAGER)
    version = manager.get(f"{API}/projects/{project.pk}").json()["version"]
    response = manager.patch(
        f"{API}/projects/{project.pk}", {"settings": given}, headers={"If-Match": f'"{version}"'}
    )
    assert response.status_code == 400
    assert field in str(response.json())


def parts_put(client: APIClient, project: Project, asset: Asset, **body: Any) -> Any:
    return client.put(f"{API}/projects/{project.pk}/videos/{asset.pk}/parts", body)


def test_a_video_is_split_and_made_one_again_while_nobody_has_begun(project: Project, asset: Asset) -> None:
    manager = client_of(project, Role.MANAGER)
    first = tasks_of(project)[0].pk
    response = parts_put(manager, project, asset, frames=60, overlap=10)
    assert response.status_code == 200, response.content
    assert [(row["part"]["frame_start"], row["part"]["frame_end"]) for row in response.json()] == [
        (0, 55),
        (45, 100),
    ]
    [whole] = parts_put(manager, project, asset, frames=0).json()
    assert (whole["id"], whole["part"]) == (str(first), None)
    again = parts_put(manager, project, asset, frames=40, overlap=10).json()
    assert parts_put(manager, project, asset, frames=40, overlap=10).json() == again


def test_what_a_model_said_of_other_frames_is_withdrawn_by_a_split(project: Project, asset: Asset) -> None:
    manager = client_of(project, Role.MANAGER)
    parts_put(manager, project, asset, frames=0)
    [task] = tasks_of(project)
    suggested(task, track(project, (0, 5.0), (90, 50.0)))
    parts_put(manager, project, asset, frames=40, overlap=10)
    first = tasks_of(project)[0]
    assert (first.open_suggestion_count, first.prelabelled_by_id) == (0, None)
    assert not Suggestion.objects.filter(state="open").exists()


def given(project: Project) -> list[str | None]:
    return [task.assigned_to and task.assigned_to.get_full_name() for task in tasks_of(project)]


def test_a_video_of_one_person_stays_theirs_in_other_parts(project: Project, asset: Asset) -> None:
    ada = factories.make_project_member(project, Role.ANNOTATOR, "Ada")
    name, due = ada.get_full_name(), timezone.now()
    Task.objects.filter(project=project).update(assigned_to=ada, due_at=due)
    manager = client_of(project, Role.MANAGER)
    for frames, parts in ((60, 2), (0, 1), (40, 3)):
        parts_put(manager, project, asset, frames=frames, overlap=10)
        assert given(project) == [name] * parts
        assert {task.due_at for task in tasks_of(project)} == {due}


def test_a_part_of_the_same_frames_stays_whose_it_is_and_any_other_is_nobodys(
    project: Project, asset: Asset
) -> None:
    """The second of three has frames 30 to 70 by both ways of splitting."""
    ada = factories.make_project_member(project, Role.ANNOTATOR, "Ada")
    bob = factories.make_project_member(project, Role.ANNOTATOR, "Bob")
    manager = client_of(project, Role.MANAGER)
    for task, person in zip(tasks_of(project), (ada, bob, ada), strict=True):
        Task.objects.filter(pk=task.pk).update(assigned_to=person, due_at=timezone.now())
    parts_put(manager, project, asset, frames=40, overlap=9)
    parts = tasks_of(project)
    assert [(task.frame_start, task.frame_end) for task in parts] == [(0, 39), SPANS[1], (61, 100)]
    assert given(project) == [None, bob.get_full_name(), None]
    assert [task.due_at is None for task in parts] == [True, False, True]
    parts_put(manager, project, asset, frames=0)
    assert given(project) == [None]


def test_a_video_that_somebody_has_begun_stays_as_it_is(project: Project, asset: Asset) -> None:
    Editor.open(client_of(project), tasks_of(project)[1].pk)
    response = parts_put(client_of(project, Role.MANAGER), project, asset, frames=0)
    assert (response.status_code, response.json()["code"]) == (409, "parts_refused")
    assert len(tasks_of(project)) == 3


def test_a_part_that_was_set_aside_is_named_as_that(project: Project, asset: Asset) -> None:
    services.task_quarantine(task_id=tasks_of(project)[1].pk, reason="nothing to be seen")
    response = parts_put(client_of(project, Role.MANAGER), project, asset, frames=0)
    assert response.status_code == 409 and "set aside" in response.json()["message"]
    assert len(tasks_of(project)) == 3


def test_only_who_manages_the_project_splits_and_only_videos_that_are_long_enough(
    project: Project, asset: Asset
) -> None:
    assert parts_put(client_of(project, Role.REVIEWER), project, asset, frames=0).status_code == 403
    other = factories.make_project()
    assert parts_put(client_of(other, Role.MANAGER), project, asset, frames=0).status_code == 404
    manager = client_of(project, Role.MANAGER)
    assert parts_put(manager, project, make_task(project).asset, frames=40, overlap=10).status_code == 409
    assert parts_put(manager, project, asset, frames=5, overlap=1).status_code == 400
    assert parts_put(manager, project, asset, frames=200, overlap=10).status_code == 409


def chosen(task: Task, **fields: Any) -> TaskChoice:
    given = {"priority": 2.0, "reason": SelectionReason.RANDOM, "inclusion_probability": 0.2, "blind": True}
    return TaskChoice(task.pk, **{**given, **fields})


def test_a_video_in_parts_is_drawn_blind_as_its_first_part_and_as_a_whole(
    project: Project, asset: Asset
) -> None:
    first, second, third = tasks_of(project)
    suggested(third, track(project, (60, 5.0)))
    services.tasks_prioritise(project_id=project.pk, choices=[chosen(second)])
    assert [task.blind for task in tasks_of(project)] == [False, False, False]
    choices = [chosen(third, blind=False, priority=1.0, reason=SelectionReason.TYPICAL), chosen(first)]
    assert services.tasks_prioritise(project_id=project.pk, choices=choices) == 2
    assert [
        (task.blind, task.priority, task.selection_reason, task.inclusion_probability)
        for task in tasks_of(project)
    ] == [(True, 2.0, "random", 0.2)] * 3
    assert not Suggestion.objects.filter(state="open").exists()


def test_whoever_locks_several_tasks_locks_them_once_and_by_id(project: Project, asset: Asset) -> None:
    parts = tasks_of(project)
    third, whole = parts[2], make_task(project)
    with CaptureQueriesContext(connection) as queries:
        services.tasks_create(project=project, asset_ids=[asset.pk, whole.asset_id], reason="feed")
        services.tasks_prioritise(project_id=project.pk, choices=[chosen(third), chosen(whole)])
    table = Task._meta.db_table
    locks = [row["sql"] for row in queries if f'FROM "{table}"' in row["sql"] and "FOR UPDATE" in row["sql"]]
    assert len(locks) == 2
    # "1" is the first column read, the id.
    assert all(re.search(rf'ORDER BY (1|"{table}"."id") ASC FOR UPDATE', sql) for sql in locks)
    # A part that nobody chose is held with the rest, before anything is written.
    held = tasks_and_parts_lock(project.pk, [third.pk], [third.pk])
    assert held == sorted(parts, key=lambda task: task.pk)


def test_a_video_of_which_a_part_was_opened_is_not_drawn_blind(project: Project, asset: Asset) -> None:
    first, _, third = tasks_of(project)
    Editor.open(client_of(project), third.pk)
    services.tasks_prioritise(project_id=project.pk, choices=[chosen(first)])
    assert not any(task.blind for task in tasks_of(project))


# ---- kept to its frames


@pytest.mark.parametrize("frame", [29, 70])
def test_a_keyframe_outside_the_part_is_refused_with_the_frames_it_has(
    project: Project, asset: Asset, frame: int
) -> None:
    editor = Editor.open(client_of(project), tasks_of(project)[1].pk)
    editor.put(track(project, (frame, 10.0)))
    response = editor.submit()
    assert response.status_code == 400
    said = next(iter(response.json()["fields"].values()))
    assert said == f"Frame {frame + 1} is not in this part of the video (frames 31 to 70)."


def test_an_object_is_followed_to_the_end_of_the_part_only(project: Project, asset: Asset) -> None:
    client = client_of(project)
    task = tasks_of(project)[1]
    Editor.open(client, task.pk)
    [key] = track(project, (40, 10.0))["geometry"]["keyframes"]
    body = {
        "region_id": str(uuid.uuid4()),
        "label_id": factories.label_id(project, "person"),
        "of": "box",
        "by": "tracker",
        "start": key,
    }
    for frame, status in ((70, 400), (29, 400), (69, 202)):
        response = client.post(f"{API}/tasks/{task.pk}/follows", {**body, "to_frame": frame}, format="json")
        assert response.status_code == status, response.content


def suggested(task: Task, *regions: dict[str, Any]) -> int:
    items = [SuggestionItem(str(r["label_id"]), "track", r["geometry"], 0.9) for r in regions]
    return services.suggestions_create(
        task_id=task.pk, model_version_id=uuid.uuid4(), model_name="tiny 1", items=items
    )


def test_suggested_tracks_of_other_frames_are_left_out(project: Project, asset: Asset) -> None:
    task = tasks_of(project)[1]
    assert suggested(task, track(project, (30, 5.0), (69, 50.0)), track(project, (70, 5.0))) == 1


def test_more_suggestions_than_a_task_holds_are_told(project: Project, asset: Asset) -> None:
    task = tasks_of(project)[0]
    rows = [track(project, (number % 40, 5.0)) for number in range(1_007)]
    assert suggested(task, *rows) == 1_000
    client = client_of(project)
    body = client.get(f"{API}/tasks/{task.pk}").json()
    assert (len(body["suggestions"]), body["suggestions_left_out"]) == (1_000, 7)
    assert suggested(task, rows[0]) == 1
    assert client.get(f"{API}/tasks/{task.pk}").json()["suggestions_left_out"] == 0


def test_what_one_model_left_out_is_told_as_long_as_its_suggestions_are_there(
    project: Project, asset: Asset
) -> None:
    task = tasks_of(project)[0]
    suggested(task, *(track(project, (number % 40, 5.0)) for number in range(1_007)))
    # Another model that has a word on other things, or none, or comes when the task is in somebody's hands.
    services.suggestions_create(task_id=task.pk, model_version_id=uuid.uuid4(), model_name="tags", items=[])
    client = client_of(project)
    assert client.get(f"{API}/tasks/{task.pk}").json()["suggestions_left_out"] == 7
    Editor.open(client, task.pk)
    suggested(task, track(project, (3, 5.0)))
    body = client.get(f"{API}/tasks/{task.pk}").json()
    assert (len(body["suggestions"]), body["suggestions_left_out"]) == (1_000, 7)


def test_what_a_replaced_model_left_out_is_told_no_longer(project: Project, asset: Asset) -> None:
    task = tasks_of(project)[0]
    client = client_of(project)
    for version in range(2):
        tracks = [track(project, (number % 40, 5.0 + version)) for number in range(1_007)]
        assert suggested(task, *tracks) == 1_000
        assert client.get(f"{API}/tasks/{task.pk}").json()["suggestions_left_out"] == 7


# ---- one set of tracks outside


def label_all(project: Project) -> None:
    """A person through the whole video, and one that leaves within what parts 2 and 3 share."""
    client = client_of(project)
    first, second, third = tasks_of(project)
    drawn(client, first, track(project, (0, 0.0), (39, 39.0)))
    drawn(
        client,
        second,
        track(project, (30, 31.0), (69, 70.0)),
        track(project, (32, 80.0), (60, 60.0), gone=64),
    )
    drawn(client, third, track(project, (60, 60.0), (99, 80.0)), track(project, (60, 61.0), gone=63))


def test_parts_are_joined_for_datasets_and_exports(project: Project, asset: Asset, tmp_path: Path) -> None:
    label_all(project)
    said = selectors.approved_by_asset(project_id=project.pk, asset_ids=[asset.pk])[asset.pk]
    assert (len(said.regions), said.frames_waiting) == (2, 0)
    version = datasets.freeze(project)
    assert (version.counts["items"], version.counts["regions"]) == (1, 2)
    folder = unzipped(exported(project, "mot", with_images=False), tmp_path)
    rows = [line.split(",") for line in next(folder.rglob("gt.txt")).read_text().splitlines()]
    by_track: dict[str, list[int]] = {}
    for row in rows:
        by_track.setdefault(row[1], []).append(int(row[0]))
    assert sorted(map(sorted, by_track.values())) == [[*range(1, 101)], [*range(33, 65)]]
    assert not list(folder.rglob("left-out.json"))


def test_frames_of_parts_that_wait_are_told_in_the_export(
    project: Project, asset: Asset, tmp_path: Path
) -> None:
    client = client_of(project)
    first, _, third = tasks_of(project)
    drawn(client, first, track(project, (0, 0.0)))
    drawn(client, third, track(project, (60, 60.0)))
    folder = unzipped(exported(project, "mot", with_images=False), tmp_path)
    frames = [int(line.split(",")[0]) for line in next(folder.rglob("gt.txt")).read_text().splitlines()]
    assert frames == [*range(1, 41), *range(61, 101)]
    told = next(folder.rglob("left-out.json")).read_text()
    assert '"frames of videos whose part is not approved yet": 20' in told


def test_the_grid_shows_one_video_with_its_parts_and_the_one_furthest_behind(
    project: Project, asset: Asset
) -> None:
    client = client_of(project)
    first, second, third = tasks_of(project)
    drawn(client, first, track(project, (0, 0.0)))
    drawn(client, third, track(project, (60, 60.0)), track(project, (62, 80.0)))
    [row] = client.get(f"{API}/projects/{project.pk}/assets").json()["results"]
    task = row["task"]
    assert (task["id"], task["state"], task["region_count"]) == (str(second.pk), "ready", 3)
    assert [(each["part"]["number"], each["state"]) for each in task["parts"]] == [
        (1, "approved"),
        (2, "ready"),
        (3, "approved"),
    ]


def tagged(client: APIClient, task: Task, *tags: str) -> None:
    editor = Editor.open(client, task.pk)
    assert editor.patch({"op_id": "t", "op": "tags", "tags": list(tags)}).status_code == 200
    assert editor.submit().status_code == 200


def test_a_tag_of_all_parts_that_are_there_is_not_the_videos_while_one_is_missing(
    project: Project, asset: Asset
) -> None:
    client, label = client_of(project), factories.label_id(project, "blurred")
    first, second, third = tasks_of(project)
    tagged(client, first, label)
    tagged(client, third, label)

    def said() -> tuple[list[str], list[list[tuple[int, bool]]]]:
        found = selectors.approved_by_asset(project_id=project.pk, asset_ids=[asset.pk])[asset.pk]
        keys = [region.geometry["keyframes"] for region in found.regions]
        return found.tags, [[(key["frame"], key["outside"]) for key in row] for row in keys]

    assert said() == ([], [[(0, False), (40, True), (60, False)]])
    tagged(client, second, label)
    assert said() == ([label], [])
    # And it is one video with that tag, not three.
    facets = client.get(f"{API}/projects/{project.pk}/facets").json()
    assert facets["labels"] == {label: 1}


@pytest.mark.parametrize("fmt", ["siteloop", "mot", "cvat"])
def test_an_export_comes_back_onto_parts_and_says_the_same_of_every_frame(
    project: Project, asset: Asset, tmp_path: Path, fmt: str
) -> None:
    label_all(project)
    content = exported(project, fmt, with_images=True)
    manager = factories.make_member(project.organisation, Role.ADMIN, "Importer")
    whole = factories.make_project(organisation=project.organisation, settings={"part_frames": 0})
    parts = factories.make_project(
        organisation=project.organisation, settings={"part_frames": 50, "part_overlap": 8}
    )
    for other in (whole, parts):
        job = import_zip(factories.client_for(manager), other, content, fmt, labels="approved")
        assert job.result["labelled"] == 1, job.result
    assert [len(tasks_of(other)) for other in (whole, parts)] == [1, 3]
    [expected] = frames_of(whole).values()
    said = selectors.approved_by_asset(project_id=parts.pk, asset_ids=[asset.pk])
    [joined] = list(said.values()) or [None]
    assert joined is not None and len(joined.regions) == 2
    again = unzipped(exported(parts, "mot", with_images=False), tmp_path / "parts")
    once = unzipped(exported(whole, "mot", with_images=False), tmp_path / "whole")

    def places(folder: Path) -> list[tuple[int, ...]]:
        lines = next(folder.rglob("gt.txt")).read_text().splitlines()
        return sorted(
            (int(row[0]), *(round(float(v)) for v in row[2:6])) for row in (line.split(",") for line in lines)
        )

    assert places(again) == places(once)
    assert len(expected) == FRAMES


def test_an_import_leaves_the_part_that_a_person_has_begun_alone_and_says_which(
    project: Project, asset: Asset
) -> None:
    label_all(project)
    content = exported(project, "siteloop", with_images=True)
    admin = factories.make_member(project.organisation, Role.ADMIN, "Importer")
    other = factories.make_project(
        organisation=project.organisation, settings={"part_frames": 40, "part_overlap": 10}
    )
    services.tasks_create(project=other, asset_ids=[take_in_video(other, frames=FRAMES).pk], reason="manual")
    Editor.open(client_of(other), tasks_of(other)[1].pk)
    job = import_zip(factories.client_for(admin), other, content, "siteloop", labels="approved")
    assert any("part 2 of 3 left alone" in note for note in job.result["notes"]), job.result
    assert [task.state for task in tasks_of(other)] == ["approved", "in_work", "approved"]


def test_imported_suggestions_are_cut_to_the_parts(project: Project, asset: Asset) -> None:
    label_all(project)
    content = exported(project, "siteloop", with_images=True)
    admin = factories.make_member(project.organisation, Role.ADMIN, "Importer")
    other = factories.make_project(
        organisation=project.organisation, settings={"part_frames": 40, "part_overlap": 10}
    )
    import_zip(factories.client_for(admin), other, content, "siteloop", labels="suggestions")
    tasks = tasks_of(other)
    assert [task.open_suggestion_count for task in tasks] == [2, 2, 2]
    for task in tasks:
        rows = Suggestion.objects.filter(task=task)
        frames = [key["frame"] for row in rows for key in row.geometry["keyframes"]]
        assert task.frame_start <= min(frames) and max(frames) < task.frame_end


@pytest.mark.parametrize("labels", ["approved", "suggestions"])
@pytest.mark.parametrize(
    ("odd", "is_sound"),
    [
        ({"geometry": {"of": "box"}}, False),
        ({"shape": "box", "geometry": {"box": [1, 1, 20, 20]}}, False),
        ({"geometry": {"of": "box", "keyframes": [{"frame": "3", "box": [1, 1, 20, 20]}]}}, False),
        ({"geometry": {"of": "box", "keyframes": [{"frame": 3}]}}, False),
        ({"geometry": {"of": "box", "keyframes": [{"frame": 3, "box": [1, 1, 20, 20]}]}}, True),
    ],
    ids=["no keyframes", "no track", "no frame number", "no box", "defaults left out"],
)
def test_an_odd_track_of_a_file_is_refused_by_itself_before_it_is_cut(
    project: Project, asset: Asset, tmp_path: Path, odd: dict[str, Any], is_sound: bool, labels: str
) -> None:
    label_all(project)
    folder = unzipped(exported(project, "siteloop", with_images=True), tmp_path)
    rows = folder / "pictures.jsonl"
    row = json.loads(rows.read_text())
    row["objects"][0] |= odd
    rows.write_text(json.dumps(row) + "\n")
    admin = factories.make_member(project.organisation, Role.ADMIN, "Importer")
    other = factories.make_project(
        organisation=project.organisation, settings={"part_frames": 40, "part_overlap": 10}
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in folder.rglob("*.*"):
            archive.write(path, path.relative_to(folder))
    job = import_zip(factories.client_for(admin), other, content.getvalue(), "siteloop", labels=labels)
    assert job.state == "succeeded", job.error
    if is_sound or labels == "suggestions":
        assert (job.result["labelled"], job.result["refused"]) == (1, [])
    else:
        [refused] = job.result["refused"]
        assert refused["reason"].startswith("Not everything can be saved: ")
    counts = {"approved": "region_count", "suggestions": "open_suggestion_count"}[labels]
    expected = [2, 2, 2] if is_sound else [0, 0, 0] if labels == "approved" else [1, 1, 1]
    assert [getattr(task, counts) for task in tasks_of(other)] == expected
