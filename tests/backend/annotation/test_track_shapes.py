"""Tracks of every shape: how they are stored, which labels take them, and that they come back as they were sent."""

from __future__ import annotations

from typing import Any

import pytest

from backend.annotation.domain import shapes as sh
from backend.annotation.domain.changes import changes_count
from backend.annotation.domain.geometry import geometry_bounds, geometry_normalise
from backend.annotation.models import RegionVersion, Task
from backend.core.enums import Role
from backend.media.models import Asset
from backend.projects import services as projects
from ml.geometry.rle import counts_encode
from tests.support import datasets, exchange_videos
from tests.support.annotation import Editor, box_region, make_task
from tests.support.factories import client_for, make_project, make_project_member

VIDEO = sh.Canvas(640, 480, 100, 3.0)
POSE = {"id": "pose", "name": "Pose", "type": "select", "options": ["up", "down"], "required": True}
LOAD = {"id": "load", "name": "Load", "type": "text"}
RULES = sh.label_rules(
    [
        {"id": "w", "name": "walker", "shapes": ["box", "polygon", "track"], "attributes": [POSE, LOAD]},
        {"id": "b", "name": "body", "shapes": ["skeleton", "track"], "skeleton": {"points": [{}, {}]}},
        {"id": "n", "name": "night", "shapes": ["tag"]},
        {"id": "s", "name": "still", "shapes": ["polygon"]},
    ]
)
SQUARE = [[10.0, 10.0], [60.0, 10.0], [60.0, 60.0], [10.0, 60.0]]
PLAIN = {"outside": False, "occluded": False}
FIELDS: dict[str, dict[str, Any]] = {
    "box": {"box": [10.0, 10.0, 50.0, 60.0], "rotation": 30.0},
    "polygon": {"points": SQUARE, "holes": [[[20.0, 20.0], [30.0, 20.0], [30.0, 30.0]]]},
    "polyline": {"points": SQUARE[:2]},
    "points": {"points": SQUARE[:1]},
    "ellipse": {"center": [50.0, 60.0], "radii": [20.0, 10.0], "rotation": 5.0},
    "cuboid": {"front": SQUARE, "back": SQUARE},
    "skeleton": {"keypoints": [[10.0, 10.0, 2], [0.0, 0.0, 0]]},
    "mask": {"mask": {"x": 4, "y": 5, "width": 6, "height": 4, "counts": counts_encode([0, 24])}},
    "tag": {},
}


@pytest.mark.parametrize("of", FIELDS)
def test_a_keyframe_is_stored_as_a_pictures_object_and_what_else_it_says(of: str) -> None:
    said = {"frame": 3, "by": "segmenter", "confidence": 0.25, "attributes": {"pose": "up"}, **PLAIN}
    kept = {"of": of, "keyframes": [{**said, **FIELDS[of]}]}
    assert (
        geometry_normalise("track", {**kept, "keyframes": [{**said, **FIELDS[of], "more": 1}]}, VIDEO) == kept
    )


@pytest.mark.parametrize("of", FIELDS)
def test_the_bounds_of_a_track_are_those_of_its_shapes(of: str) -> None:
    track = {"of": of, "keyframes": [{"frame": 0, **FIELDS[of]}, {"frame": 1, **FIELDS[of], "outside": True}]}
    wanted = (0, 0, 0, 0) if of == "tag" else geometry_bounds(of, FIELDS[of])
    assert geometry_bounds("track", track) == pytest.approx(wanted)


def test_a_track_that_does_not_say_its_shape_is_one_of_boxes() -> None:
    stored = geometry_normalise("track", {"keyframes": [{"frame": 0, "box": [1, 2, 30, 40]}]}, VIDEO)
    assert stored == {"of": "box", "keyframes": [{"frame": 0, "box": [1, 2, 30, 40], **PLAIN}]}


def track(of: str, label: str, **more: Any) -> dict[str, Any]:
    keyframes = [{"frame": 0, **FIELDS[of], **more.pop("key", {})}]
    fields = {"attributes": {"pose": "up"}} if label == "w" else {}
    geometry = {"of": of, "keyframes": keyframes}
    return {"region_id": "r", "label_id": label, "shape": "track", "geometry": geometry, **fields, **more}


@pytest.mark.parametrize(
    ("of", "label", "problem"),
    [
        ("polygon", "w", ""),
        ("mask", "w", "walker cannot be drawn as a track of a mask"),
        # All tracks once were of boxes, whatever else their label takes.
        ("box", "b", ""),
        ("skeleton", "b", ""),
        ("tag", "n", ""),
        ("tag", "w", "cannot be drawn as a track of a tag"),
        ("polygon", "s", "still cannot be drawn"),
        ("box", "s", "still cannot be drawn"),
    ],
)
def test_a_label_takes_tracks_of_its_shapes(of: str, label: str, problem: str) -> None:
    if not problem:
        assert sh.region_normalise(track(of, label), VIDEO, RULES)["geometry"]["of"] == of
        return
    with pytest.raises(sh.ShapeProblem, match=problem):
        sh.region_normalise(track(of, label), VIDEO, RULES)


def test_a_skeleton_has_its_templates_keypoints_on_every_keyframe() -> None:
    three = {"keypoints": [[10, 10, 2]] * 3}
    with pytest.raises(sh.ShapeProblem, match="has 2 keypoints, not 3"):
        sh.region_normalise(track("skeleton", "b", key=three), VIDEO, RULES)


@pytest.mark.parametrize(
    ("attributes", "stored", "problem"),
    [
        ({"pose": "down"}, {"pose": "down"}, ""),
        ({"load": ""}, {"load": None}, ""),
        ({"pose": "asleep"}, {}, "cannot have that value"),
        ({"pose": None}, {}, "needs a value for Pose"),
        ({"age": 3}, {}, "no attribute age"),
    ],
)
def test_attributes_of_a_frame_are_checked_by_the_label(
    attributes: dict[str, Any], stored: dict[str, Any], problem: str
) -> None:
    region = track("polygon", "w", key={"attributes": attributes})
    if not problem:
        kept = sh.region_normalise(region, VIDEO, RULES)["geometry"]["keyframes"][0]["attributes"]
        assert kept == stored
        return
    with pytest.raises(sh.ShapeProblem, match=problem):
        sh.region_normalise(region, VIDEO, RULES)


def test_a_track_is_not_changed_by_learning_that_it_is_one_of_boxes() -> None:
    before = {"r": {"label_id": "w", "shape": "track", "geometry": {"keyframes": []}}}
    same = {"r": {"label_id": "w", "shape": "track", "geometry": {"of": "box", "keyframes": []}}}
    other = {"r": {"label_id": "w", "shape": "track", "geometry": {"of": "mask", "keyframes": []}}}
    assert changes_count(before, same).changed == 0
    assert changes_count(before, other).changed == 1


@pytest.mark.django_db
def test_a_track_of_polygons_comes_back_from_draft_and_revision_as_it_was_sent() -> None:
    project = make_project()
    task = make_task(project)
    Asset.objects.filter(pk=task.asset_id).update(kind="video", frame_count=40)
    client = client_for(make_project_member(project, Role.ANNOTATOR))
    editor = Editor.next(client, project)
    geometry = {
        "of": "polygon",
        "keyframes": [
            {"frame": 0, "points": SQUARE, **PLAIN},
            {"frame": 9, "points": SQUARE[:3], "by": "tracker", "confidence": 0.5, **PLAIN},
        ],
    }
    region = {**box_region(project), "shape": "track", "geometry": geometry}
    assert editor.put(region).status_code == 200
    opened = Editor.open(client, task.pk).body
    assert opened["labels"]["regions"][0]["geometry"] == geometry
    assert editor.submit().status_code == 200
    assert RegionVersion.objects.get().geometry == geometry
    refused = editor.put({**region, "geometry": {**geometry, "of": "mask"}})
    assert refused.status_code == 409


def test_a_track_whose_label_went_says_nothing_of_the_old_ones_attributes(transactional_db: None) -> None:
    labels = [
        {"name": "walker", "shapes": ["box", "track"], "attributes": [{"name": "load", "type": "text"}]},
        {"name": "person", "shapes": ["box", "track"]},
    ]
    project = make_project(labels=labels)
    current = project.ontology_versions.get()
    walker, person = current.labels
    load = walker["attributes"][0]["id"]
    keyframes = {"frame": 0, **FIELDS["box"]}, {"frame": 4, **FIELDS["box"], "attributes": {load: "sack"}}
    asset = exchange_videos.take_in_video(project)
    task = datasets.label_asset(project, asset, [exchange_videos.track(walker["id"], "box", *keyframes)])
    projects.ontology_replace(
        actor=project.memberships.get(role=Role.MANAGER).user,
        project=project,
        labels=[person],
        base_number=current.number,
        mapping={walker["id"]: person["id"]},
    )
    row = RegionVersion.objects.filter(revisions=Task.objects.get(pk=task.pk).resolved_revision).get()
    assert str(row.label_id) == person["id"]
    assert ["attributes" in key for key in row.geometry["keyframes"]] == [False, False]
