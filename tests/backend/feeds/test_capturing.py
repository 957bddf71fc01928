"""Frames that come back for a reason: found while a feed runs, or asked for by a person who saw what was missed."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from backend.annotation.models import Task
from backend.core.enums import Role
from backend.core.models import AuditEvent
from backend.feeds.models import Capture, Feed
from backend.feeds.services.stills import still_keep
from backend.learning.enums import ModelState
from tests.support import factories, media
from tests.support.feeds import feed_root, grey_jpeg, make_feed, run_leased
from tests.support.learning import make_model

API = "/api/v1"
QUIET = {"capture_random_per_hour": 0, "capture_unsure_per_hour": 0}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr("backend.feeds.jobs.shadow.LOOK_EVERY_S", 0.0)
    monkeypatch.setattr("backend.feeds.jobs.capturing.MIRROR_EVERY_S", 0.0)


def folder_feed(project, manager, pictures: list[bytes], **given) -> Feed:
    folder = feed_root() / "reasons"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for n, picture in enumerate(pictures):
        (folder / f"{n:02d}.jpg").write_bytes(picture)
    return make_feed(project, manager, "reasons", **{**QUIET, **given})


def reasons(feed: Feed) -> list[tuple[str, float | None]]:
    return list(Capture.objects.filter(feed=feed).order_by("id").values_list("reason", "source_time_s"))


def test_what_only_the_shadow_is_sure_of_comes_back(project, manager, model, tmp_path):
    more = ((16.0, 16.0, 48.0, 48.0), (0.0, 0.0, 14.0, 14.0))
    make_model(project, tmp_path, ModelState.SHADOW, boxes=more, gain=3.0)
    feed = folder_feed(project, manager, [grey_jpeg(76)] * 3, capture_disagreement_per_hour=2)
    run_leased()
    assert [reason for reason, _ in reasons(feed)] == ["disagreement"] * 2
    assert Capture.objects.filter(feed=feed).first().score == pytest.approx(0.9, abs=0.03)


def test_without_a_shadow_the_model_is_held_against_itself_in_the_mirror(project, manager, tmp_path):
    # Always at the left, so that a mirrored look puts it at the right.
    make_model(project, tmp_path, boxes=((2.0, 16.0, 20.0, 48.0),), gain=3.0)
    feed = folder_feed(project, manager, [grey_jpeg(76)] * 3, capture_disagreement_per_hour=1)
    run_leased()
    assert [reason for reason, _ in reasons(feed)] == ["disagreement"]


def test_a_model_that_says_the_same_in_the_mirror_sends_nothing_back(project, manager, tmp_path):
    make_model(project, tmp_path, gain=3.0)
    feed = folder_feed(project, manager, [grey_jpeg(76)] * 3)
    run_leased()
    assert reasons(feed) == []


def test_movement_in_which_nothing_is_found_comes_back_once_it_lasts(project, manager, tmp_path):
    make_model(project, tmp_path, gain=0.2)  # never over the band's lower end
    pictures = []
    for n in range(10):
        pixels = np.full((64, 64, 3), 90, np.uint8)
        pixels[20:36, n * 5 : n * 5 + 14] = 230
        pictures.append(media.encoded(Image.fromarray(pixels)))
    feed = folder_feed(project, manager, pictures, capture_motion_per_hour=1)
    run_leased()
    [(reason, time_s)] = reasons(feed)
    assert reason == "motion"
    assert 2.0 <= time_s <= 3.0


# --- missed


@pytest.fixture
def feed(project, manager) -> Feed:
    feed = folder_feed(project, manager, [grey_jpeg(76)])
    for n in range(3):
        still_keep(feed.pk, grey_jpeg(50 + 40 * n), n / 2)
    return feed


def test_the_picture_that_was_shown_becomes_a_task_once(project, manager, feed):
    client = factories.client_for(factories.make_project_member(project, Role.ANNOTATOR))
    url = f"{API}/feeds/{feed.pk}/missed"
    made = client.post(url, {"time_s": 0.501}, format="json")
    assert made.status_code == 201, made.content
    capture = made.json()
    assert (capture["reason"], capture["source_time_s"]) == ("missed", 0.5)
    assert client.post(url, {"time_s": 0.5}, format="json").json()["id"] == capture["id"]
    task = Task.objects.get(pk=capture["task_id"])
    assert (task.selection_reason, Task.objects.filter(project=project).count()) == ("feed", 1)
    assert client.post(url, {}, format="json").json()["source_time_s"] == 1.0
    assert AuditEvent.objects.filter(action="feed.missed").count() == 2
    with_picture = client.get(f"{API}/assets/{task.asset_id}")
    assert with_picture.status_code == 200


def test_missed_needs_a_picture_and_somebody_who_labels(project, manager, feed):
    viewer = factories.client_for(factories.make_project_member(project, Role.VIEWER))
    url = f"{API}/feeds/{feed.pk}/missed"
    assert viewer.post(url, {}, format="json").status_code == 403
    Feed.objects.filter(pk=feed.pk).update(settings={"process_only": True})
    assert factories.client_for(manager).post(url, {}, format="json").status_code == 404
