"""The scoring thread's floor: metres with a band that holds, none where none may be told, and the alarm of a moved camera."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import pytest

from backend.core import events
from backend.feeds.contracts import FeedSettings
from backend.feeds.domain.calibrating import FloorDraft, FloorPoint
from backend.feeds.domain.floor_message import Counts, SettledCounts
from backend.feeds.jobs.floor import Floor
from backend.feeds.jobs.wall import live_channel
from backend.feeds.models import CalibrationVersion, Feed, FeedEvent
from backend.feeds.services import calibrations
from backend.feeds.sources.frames import Frame
from backend.notify.models import Notice
from backend.sites import services as site_services
from ml.contracts import Box, Prediction, TrackPoint
from ml.evaluation.clips import Clip, clip_truth, detected, visible_floor
from ml.geometry.camera import Camera
from ml.scene.privacy import burn
from ml.simulation.truth import PERSON
from ml.tracking.tracker import Tracker
from tests.support import factories, floor
from tests.support.feeds import clip_file, make_feed, run_leased

SEED = 7


@pytest.fixture
def feed(project, manager) -> Feed:
    clip_file("door.mp4", [0, 40])
    made = make_feed(project, manager, "door.mp4")
    floor.make_camera(made)
    return made


def _calibrate(feed: Feed, camera: Camera = floor.TRUE, places: Any = floor.PLACES_M) -> CalibrationVersion:
    size = (camera.width, camera.height)
    still = floor.make_still(feed, floor.hall_jpeg(size))
    given = floor.points_of(places, camera)
    points = tuple(FloorPoint(p["x"], p["y"], p["x_m"], p["y_m"]) for p in given)
    draft = FloorDraft(size, "points", points)
    newest = CalibrationVersion.objects.filter(camera=feed.camera).order_by("-number").first()
    return calibrations.calibration_save(
        actor=None,  # type: ignore[arg-type]
        still=still,
        draft=draft,
        base_number=newest.number if newest else 0,
    )


def _stage(feed: Feed, **given: Any) -> Floor:
    stage = Floor(feed, FeedSettings(**given))
    stage.follow()
    stage.reset()
    return stage


def _frame(time_s: float, picture: Any = None, size: tuple[int, int] = floor.SIZE) -> Frame:
    return Frame(floor.hall_picture(size) if picture is None else picture, time_s, 0.0)


def _person(
    track_id: int, place: tuple[float, float], time_s: float, camera: Camera = floor.TRUE
) -> TrackPoint:
    """The box of somebody of 1.72 m standing there."""
    angle = np.linspace(0, 2 * np.pi, 12)
    body = [(place[0] + 0.24 * np.cos(a), place[1] + 0.24 * np.sin(a), z) for a in angle for z in (0.03, 1.4)]
    pixels, _depth = camera.project([*body, (*place, 1.72)])
    (x1, y1), (x2, y2) = pixels.min(axis=0), pixels.max(axis=0)
    return TrackPoint(track_id, time_s, Box(x1, y1, x2, y2 + 0.5), "person", 0.9)


def _walk(stage: Floor, places: dict[int, Any], seconds: float = 3.0) -> dict[str, Any]:
    """People standing at `places` for a while; the last frame's message."""
    for step in range(int(seconds * 5)):
        time_s = step / 5
        stage.frame(_frame(time_s), [_person(i, place, time_s) for i, place in places.items()])
    return stage.message


def test_two_people_nearer_than_the_limit_are_near_and_those_apart_are_far(feed):
    _calibrate(feed)
    message = _walk(_stage(feed), {1: (-1.0, 7.0), 2: (0.5, 7.0), 3: (3.5, 9.0)})
    assert message["view"] == "measured"
    assert {p["track_id"]: p["nearness"] for p in message["people"]} == {1: "near", 2: "near", 3: "far"}
    pair = next(p for p in message["pairs"] if (p["first"], p["second"]) == (1, 2))
    assert pair["metres"] == pytest.approx(1.5, abs=0.15)
    assert abs(pair["metres"] - 1.5) <= pair["plus_minus_m"]
    assert (pair["is_judged"], pair["is_near"]) == (True, True)
    standing = message["people"][0]
    assert standing["speed_m_s"] < 0.2
    ring = np.array(standing["circle"]).reshape(-1, 2)
    around = floor.TRUE.image_to_floor(ring) - np.array([-1.0, 7.0])
    assert np.hypot(*around.T) == pytest.approx(np.full(len(ring), 1.0), abs=0.2)
    status = json.loads(events.client().get(f"live:floor:{feed.pk}"))
    assert (status["people"], status["near"], status["view"]) == (3, 2, "measured")
    assert status["closest_m"] == pair["metres"]


def test_the_limit_is_the_feeds_own_and_only_its_people_count(feed):
    _calibrate(feed)
    places = {1: (-1.0, 7.0), 2: (0.5, 7.0)}
    assert {p["nearness"] for p in _walk(_stage(feed, limit_m=1.0), places)["people"]} == {"far"}
    assert _walk(_stage(feed, floor_label="driver"), places)["people"] == []


def test_a_person_cut_off_by_the_pictures_edge_is_not_judged_nor_is_who_might_be_near_them(feed):
    _calibrate(feed)
    stage = _stage(feed)
    for step in range(10):
        time_s = step / 5
        whole = _person(1, (0.0, 4.4), time_s)
        box = whole.box
        cut = TrackPoint(2, time_s, Box(box.x1 + 40, box.y1 + 20, box.x2 + 40, 540.0), "person", 0.9)
        stage.frame(_frame(time_s), [whole, cut])
    assert [p["nearness"] for p in stage.message["people"]] == ["unsure", "unsure"]
    assert all(not pair["is_judged"] for pair in stage.message["pairs"])


def test_an_uncalibrated_camera_tells_no_metre_and_ending_a_version_takes_them_away(feed):
    stage = _stage(feed)
    places = {1: (-1.0, 7.0), 2: (0.5, 7.0)}
    assert _walk(stage, places) == {"view": "none"}
    version = _calibrate(feed)
    stage.follow()
    stage.reset()
    assert _walk(stage, places)["view"] == "measured"
    calibrations.calibration_end(actor=None, version=version)  # type: ignore[arg-type]
    stage.follow()
    assert stage.frame(_frame(9.0), [_person(1, (0, 7), 9.0)]) is None
    assert stage.message == {"view": "none"}
    status = json.loads(events.client().get(f"live:floor:{feed.pk}"))
    assert (status["people"], status["near"], status["closest_m"]) == (1, None, None)


def test_another_stream_of_the_camera_measures_the_same(feed):
    _calibrate(feed)
    small = Camera(480, 270, 360.0, (0.3, -1.0, 4.2), yaw=0.1, pitch=0.42, roll=0.02, k1=-0.25)
    stage = _stage(feed)
    picture = cv2.resize(floor.hall_picture(), (480, 270), interpolation=cv2.INTER_AREA)
    for step in range(10):
        time_s = step / 5
        people = [_person(1, (-1.0, 7.0), time_s, small), _person(2, (0.5, 7.0), time_s, small)]
        stage.frame(_frame(time_s, picture), people)
    [pair] = stage.message["pairs"]
    assert pair["metres"] == pytest.approx(1.5, abs=0.2)
    assert not FeedEvent.objects.filter(feed=feed, kind="camera").exists()


def _moved(picture: Any) -> Any:
    return np.roll(picture, 30, axis=1)


def test_a_moved_camera_stops_telling_metres_until_a_person_looked(feed, manager):
    version = _calibrate(feed)
    stage = _stage(feed)
    other = _moved(floor.hall_picture())
    views = []
    for step in range(14):
        stage.frame(_frame(2.0 * step, other), [])
        views.append(stage.message["view"])
    assert views[0] == "measured" and views[-1] == "moved"
    stage.follow()
    assert stage.frame(_frame(30.0, other), [_person(1, (0, 7), 30.0)]) is None
    [event] = FeedEvent.objects.filter(feed=feed, kind="camera")
    assert event.payload["shift_px"] == pytest.approx(30, abs=3)
    [notice] = Notice.objects.filter(user=manager)
    assert (notice.link, "moved" in notice.title) == (f"/feeds/{feed.pk}/calibrate", True)
    version.refresh_from_db()
    assert version.doubted_at is not None

    admin = factories.client_for(factories.make_member(feed.project.organisation, "admin"))
    done, jpeg = cv2.imencode(".jpg", cv2.cvtColor(other, cv2.COLOR_RGB2BGR))
    still = floor.make_still(feed, jpeg.tobytes())
    url = f"/api/v1/calibrations/{version.pk}/looked"
    assert done and admin.post(url, {"still_id": str(still.pk)}, format="json").status_code == 200
    stage.follow()
    for step in range(14):
        stage.frame(_frame(32.0 + 2.0 * step, other), [])
    assert stage.message["view"] == "measured"
    assert FeedEvent.objects.filter(feed=feed, kind="camera").count() == 1


def test_an_area_hidden_since_the_calibration_is_no_moved_camera(feed, manager):
    _calibrate(feed)
    outline = [[0.2, 0.25], [0.85, 0.25], [0.85, 0.9], [0.2, 0.9]]
    site_services.camera_privacy_set(
        actor=manager, camera=feed.camera, changes={"polygons": [outline]}, base_version=feed.camera.version
    )
    stage, picture = _stage(feed), floor.hall_picture().copy()
    burn(picture, [outline])
    for step in range(14):
        stage.frame(_frame(2.0 * step, picture), [])
    assert stage.message["view"] == "measured"


def test_a_dark_hall_tells_no_metres_while_it_is_dark_and_needs_nobody(feed):
    _calibrate(feed)
    stage = _stage(feed)
    dark = np.zeros((540, 960, 3), np.uint8)
    for step in range(13):
        stage.frame(_frame(2.0 * step, dark), [])
    assert stage.message["view"] == "lost"
    for step in range(13):
        stage.frame(_frame(30.0 + 2.0 * step), [])
    assert stage.message["view"] == "measured"
    assert [e.payload["view"] for e in FeedEvent.objects.filter(kind="camera").order_by("id")] == [
        "lost",
        "same",
    ]
    assert not Notice.objects.exists()


def test_the_log_tells_counts_once_they_have_settled(feed):
    _calibrate(feed)
    stage = _stage(feed)
    _walk(stage, {1: (-1.0, 7.0), 2: (0.5, 7.0)})
    log = [e.payload for e in FeedEvent.objects.filter(feed=feed, kind="distance").order_by("id")]
    assert [(line["people"], line["near"]) for line in log] == [(2, 2)]
    settled = SettledCounts()
    flicker = [Counts(n % 2 + 1, 0, None) for n in range(20)]
    assert [settled.take(n * 0.2, each) for n, each in enumerate(flicker)] == [None] * 20


def _truth(clip: Clip) -> Iterator[tuple[float, Any, dict[int, Any]]]:
    """Frames of jittered boxes, tracked, with the truth of each track that was seen."""
    rng, tracker = np.random.default_rng(SEED), Tracker()
    for time_s, objects in clip.frames:
        finds = [(p, o) for p, o in detected(objects, rng) if o is not None and p.label == PERSON]
        points = [p for p in tracker.update(time_s, [f for f, _ in finds]) if p.confirmed]
        by_box = {f.box: o for f, o in finds}
        yield time_s, points, {p.track_id: by_box[p.measured] for p in points if p.measured in by_box}


def _told(feed: Feed, clip: Clip) -> Iterator[tuple[str, float, float]]:
    """What the wall was told ("apart" or "speed"): how far it was off, and its band."""
    places = visible_floor(clip.camera, np.random.default_rng(SEED), 10, 18.0)
    _calibrate(feed, clip.camera, places)
    stage, picture = _stage(feed), floor.hall_picture((clip.camera.width, clip.camera.height))
    for time_s, points, truth in _truth(clip):
        stage.frame(_frame(time_s, picture), points)
        for pair in stage.message["pairs"]:
            both = [truth[i] for i in (pair["first"], pair["second"]) if i in truth]
            if pair["is_judged"] and len(both) == 2 and not any(_sits(each) for each in both):
                apart = float(np.hypot(*np.subtract(both[0].foot_m, both[1].foot_m)))
                yield "apart", abs(pair["metres"] - apart), pair["plus_minus_m"]
        for person in stage.message["people"]:
            if person["speed_m_s"] is not None and person["track_id"] in truth:
                off = abs(person["speed_m_s"] - truth[person["track_id"]].speed_m_s)
                yield "speed", off, person["speed_plus_minus"]


def _sits(item: Any) -> bool:
    return bool(item.pose.startswith(("sit", "crouch")))


def test_the_stated_bands_hold_on_clips_with_exact_truth(feed):
    """Distances and speeds as the wall is told them, from boxes as a fair detector gives them, k1 -0.25 and -0.35."""
    told = [each for index in (1, 3) for each in _told(feed, clip_truth(SEED, index))]
    apart = np.array([(off, band) for kind, off, band in told if kind == "apart"])
    speed = np.array([(off, band) for kind, off, band in told if kind == "speed"])
    assert len(apart) > 400 and len(speed) > 400
    assert 0.92 <= np.mean(apart[:, 0] <= apart[:, 1]) <= 0.995
    # People who just start or stop are slower to follow; `docs/measurements/geometry.md` says how often.
    assert np.mean(speed[:, 0] <= speed[:, 1]) >= 0.85
    assert (np.mean(apart[:, 0]), np.mean(speed[:, 0])) < (0.16, 0.2)


def test_the_wall_hears_of_the_floor_with_every_frame_and_nothing_of_it_without_a_calibration(
    project, manager, model
):
    clip_file("door.mp4", [0, 200, 400])
    feed = make_feed(project, manager, "door.mp4")
    floor.make_camera(feed)
    channel = events.client().pubsub()
    channel.subscribe(live_channel(feed.pk))
    run_leased()
    heard = []
    while (message := channel.get_message(timeout=1.0)) is not None:
        if message["type"] == "message":
            heard.append(json.loads(message["data"]))
    assert [frame["floor"] for frame in heard] == [{"view": "none"}] * 3
    assert events.client().get(f"live:still:{feed.pk}").startswith(b"\xff\xd8")


def test_predictions_of_other_labels_are_no_people(feed):
    _calibrate(feed)
    stage = _stage(feed)
    truck = Prediction("forklift", 0.9, Box(100, 100, 300, 300))
    point = TrackPoint(1, 0.0, truck.box, truck.label, truck.score)
    state = stage.frame(_frame(0.0), [point])
    assert state is not None and len(state.ids) == 0
