"""Who holds a feed, and a feed from its first frame to its end."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from backend.annotation.models import Task
from backend.core import events, storage
from backend.feeds.enums import SourceKind
from backend.feeds.jobs.score import FeedRunner
from backend.feeds.jobs.wall import live_channel
from backend.feeds.models import Capture, Feed, FeedEvent
from backend.feeds.services import leases, registry
from backend.feeds.services.stills import snapshot_key
from backend.learning.domain.rollout import place
from backend.learning.enums import ModelState
from backend.learning.models import ModelVersion, ShadowAnswer, WatchedHour
from tests.support.feeds import clip_file, feed_root, grey_jpeg, make_feed, run_leased, until, worker
from tests.support.http_server import serve
from tests.support.learning import make_model


@pytest.fixture(autouse=True)
def _folder_source(project):
    """Ten grey pictures, half a second apart in the source's own time, scored 0.3 by the brightness model."""
    folder = feed_root() / "grey"
    folder.mkdir(exist_ok=True)
    for n in range(10):
        (folder / f"{n}.jpg").write_bytes(grey_jpeg(76 + n % 2))
    return folder


def grey_feed(project, manager, **given) -> Feed:
    return make_feed(project, manager, "grey", **given)


def kinds(feed: Feed) -> Counter:
    return Counter(FeedEvent.objects.filter(feed=feed).values_list("kind", flat=True))


def expire(feed: Feed) -> None:
    """The lease's end comes by the database's clock, without waiting for it."""
    Feed.objects.filter(pk=feed.pk).update(lease_expires_at=Now() - timedelta(seconds=1))


# --- leases


def test_two_workers_never_hold_one_feed(project, manager):
    for n in range(6):
        (feed_root() / f"many-{n}.mp4").write_bytes(b"x")
        make_feed(project, manager, f"many-{n}.mp4")
    start, held = threading.Barrier(3), []

    def lease(owner: str) -> None:
        try:
            start.wait(10)
            for _ in range(4):
                held.extend(feed.pk for feed in leases.feeds_lease(owner=owner, room=2))
        finally:
            connection.close()

    threads = [threading.Thread(target=lease, args=(name,)) for name in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(held) == len(set(held)) == 6


def test_a_killed_worker_s_feed_is_free_after_its_lease_and_the_old_owner_has_lost_it(project, manager):
    grey_feed(project, manager)
    [old] = leases.feeds_lease(owner="killed", room=1)
    assert leases.feeds_lease(owner="other", room=1) == []
    assert leases.LEASE_S <= 10
    expire(old)
    [new] = leases.feeds_lease(owner="other", room=1)
    assert new.pk == old.pk
    assert not leases.lease_renew(feed_id=old.pk, owner=old.lease_owner, stats={})
    assert not leases.state_set(feed=old, owner=old.lease_owner, state="offline")
    leases.lease_end(feed_id=old.pk, owner=old.lease_owner)
    new.refresh_from_db()
    assert new.lease_expires_at is not None


def test_the_same_worker_s_next_lease_is_another_one(project, manager):
    """A thread that still waits for a frame must not take itself for the owner of the lease that followed."""
    feed = grey_feed(project, manager)
    [first] = leases.feeds_lease(owner="worker", room=1)
    registry.feed_restart(actor=manager, feed=feed)
    [second] = leases.feeds_lease(owner="worker", room=1)
    assert first.lease_owner != second.lease_owner
    assert not leases.lease_renew(feed_id=feed.pk, owner=first.lease_owner, stats={})
    expire(second)
    leases.leases_renew(owners=[first.lease_owner])
    assert len(leases.feeds_lease(owner="worker", room=1)) == 1


def test_paused_ended_and_archived_feeds_are_not_leased(project, manager):
    feed = grey_feed(project, manager)
    feed = registry.feed_update(actor=manager, feed=feed, changes={"enabled": False})
    assert (feed.state, leases.feeds_lease(owner="w", room=5)) == ("paused", [])
    registry.feed_update(actor=manager, feed=feed, changes={"enabled": True})
    Feed.objects.filter(pk=feed.pk).update(state="ended")
    assert leases.feeds_lease(owner="w", room=5) == []
    registry.feed_restart(actor=manager, feed=feed)
    type(project).objects.filter(pk=project.pk).update(archived_at=Now())
    assert leases.feeds_lease(owner="w", room=5) == []
    assert leases.feeds_lease(owner="w", room=0) == []


# --- a feed's life


def test_a_clip_goes_online_is_scored_sends_frames_back_within_its_quota_and_ends(project, manager, model):
    feed = grey_feed(project, manager, capture_per_hour=3, capture_random_per_hour=0, capture_gap_s=1.0)
    channel = events.client().pubsub()
    channel.subscribe(live_channel(feed.pk))
    run_leased()
    feed.refresh_from_db()
    assert (feed.state, feed.lease_expires_at, feed.state_detail) == ("ended", None, "")
    assert (feed.stats["frames"], feed.stats["sent_back"]) == (10, 3)
    assert feed.stats["latency_ms"]["p95"] >= feed.stats["latency_ms"]["p50"] > 0
    states = [e.payload["state"] for e in FeedEvent.objects.filter(feed=feed, kind="state").order_by("id")]
    assert states == ["online", "ended"]
    assert kinds(feed)["model"] == 1
    captures = list(Capture.objects.filter(feed=feed).order_by("id"))
    # Spaced by the clip's time: frames come every 0.5 s of it, though all ten took a moment.
    assert [c.source_time_s for c in captures] == [0.0, 1.0, 2.0]
    assert {(c.reason, c.model_version_id) for c in captures} == {("near_threshold", model.pk)}
    assert captures[0].score == pytest.approx(0.3, abs=0.02)
    tasks = Task.objects.filter(project=project)
    assert set(tasks.values_list("selection_reason", "state", "blind")) == {("feed", "ready", False)}
    assert {c.task_id for c in captures} <= set(tasks.values_list("id", flat=True))
    asset = tasks.first().asset
    assert (asset.metadata["feed"], asset.width) == (feed.name, 64)
    channel.get_message(timeout=1)  # the answer to the subscription
    shown = json.loads(channel.get_message(timeout=1)["data"])
    assert (shown["feed_id"], shown["width"], shown["objects"]) == (str(feed.pk), 64, [])
    channel.close()
    assert events.client().get(snapshot_key(feed.pk))[:2] == b"\xff\xd8"


def test_an_hour_s_quota_outlives_the_worker(project, manager, model):
    feed = grey_feed(project, manager, capture_per_hour=3, capture_random_per_hour=0)
    run_leased()
    registry.feed_restart(actor=manager, feed=Feed.objects.get(pk=feed.pk))
    run_leased()
    assert Capture.objects.filter(feed=feed).count() == 3
    Capture.objects.filter(feed=feed).update(created_at=Now() - timedelta(minutes=61))
    registry.feed_restart(actor=manager, feed=Feed.objects.get(pk=feed.pk))
    run_leased()
    assert Capture.objects.filter(feed=feed).count() == 6


def test_tracks_are_told_once_when_they_are_confirmed(project, manager, tmp_path):
    make_model(project, tmp_path, gain=3.0)  # 0.9: sure
    feed = grey_feed(project, manager)
    run_leased()
    [event] = FeedEvent.objects.filter(feed=feed, kind="track")
    assert event.payload["label"] == "person"
    feed.refresh_from_db()
    assert feed.stats["tracks"] == 1


def test_what_comes_into_view_is_counted_by_the_hour(project, manager, tmp_path):
    model = make_model(project, tmp_path, gain=3.0)
    feed = grey_feed(project, manager)
    run_leased()
    rows = WatchedHour.objects.filter(model_version=model, feed_id=feed.pk)
    # Ten frames, half a second apart in the source's own time; one object.
    assert (sum(row.seconds for row in rows), sum(row.objects_seen for row in rows)) == (4.5, 1)


def test_without_a_model_a_feed_is_shown_and_says_so(project, manager):
    feed = grey_feed(project, manager, capture_random_per_hour=0)
    run_leased()
    online = FeedEvent.objects.get(feed=feed, kind="state", payload__state="online")
    assert online.payload["detail"] == "No model is in production yet."
    assert not Capture.objects.exists()


def test_process_only_stores_and_shows_no_picture(project, manager, model):
    feed = grey_feed(project, manager, process_only=True)
    run_leased()
    assert not Capture.objects.exists()
    assert events.client().get(snapshot_key(feed.pk)) is None


def test_a_promoted_model_takes_over_while_the_feed_runs(project, manager, model, tmp_path, monkeypatch):
    second = make_model(project, tmp_path, ModelState.CANDIDATE, gain=0.5)
    feed = grey_feed(project, manager)
    monkeypatch.setattr("backend.feeds.jobs.score.RENEW_S", 0.0)
    [leased] = leases.feeds_lease(owner="w", room=1)
    runner = FeedRunner(leased, threading.Event())
    seen = []
    one = runner._one

    def promoting(frame) -> None:
        if len(seen) == 4:
            ModelVersion.objects.filter(pk=model.pk).update(state="retired")
            ModelVersion.objects.filter(pk=second.pk).update(state="production")
        one(frame)
        seen.append(runner.info.id)

    runner._one = promoting
    runner.run()
    assert seen == [model.pk] * 5 + [second.pk] * 5
    told = FeedEvent.objects.filter(feed=feed, kind="model").order_by("id")
    assert [e.model_version_id for e in told] == [model.pk, second.pk]


def test_a_broken_new_model_leaves_the_old_one_at_work(project, manager, model, tmp_path, monkeypatch):
    broken = make_model(project, tmp_path, ModelState.CANDIDATE)
    storage.write_bytes(f"{broken.artifact_prefix}/model.onnx", b"broken")
    grey_feed(project, manager)
    monkeypatch.setattr("backend.feeds.jobs.score.RENEW_S", 0.0)
    [leased] = leases.feeds_lease(owner="w", room=1)
    runner = FeedRunner(leased, threading.Event())
    runner._renew(seen=True)
    ModelVersion.objects.filter(pk=model.pk).update(state="retired")
    ModelVersion.objects.filter(pk=broken.pk).update(state="production")
    runner.run()
    assert runner.info.id == model.pk
    leased.refresh_from_db()
    assert (leased.state, leased.stats["frames"]) == ("ended", 10)


def test_a_feed_paused_while_it_runs_is_let_go(project, manager, model, monkeypatch):
    feed = grey_feed(project, manager, loop=True)
    monkeypatch.setattr("backend.feeds.jobs.score.RENEW_S", 0.0)
    [leased] = leases.feeds_lease(owner="w", room=1)
    runner = FeedRunner(leased, threading.Event())
    one, seen = runner._one, []

    def pausing(frame) -> None:
        one(frame)
        seen.append(frame)
        if len(seen) == 3:
            registry.feed_update(actor=manager, feed=Feed.objects.get(pk=feed.pk), changes={"enabled": False})

    runner._one = pausing
    runner.run()
    assert len(seen) == 3
    assert Feed.objects.get(pk=feed.pk).state == "paused"


def test_a_source_that_fails_is_offline_with_the_reason_and_tried_again(project, manager, model, monkeypatch):
    (feed_root() / "broken.mp4").write_bytes(b"no video")
    feed = make_feed(project, manager, "broken.mp4")
    monkeypatch.setattr("backend.feeds.jobs.score.RETRY_FIRST_S", 0.01)
    stop = threading.Event()
    [leased] = leases.feeds_lease(owner="w", room=1)
    runner = FeedRunner(leased, stop)
    tries = []
    pause = runner._pause

    def counting(seconds: float) -> None:
        tries.append(seconds)
        if len(tries) == 3:
            stop.set()
        pause(0.0)

    runner._pause = counting
    runner.run()
    feed.refresh_from_db()
    assert (feed.state, "cannot be read" in feed.state_detail) == ("offline", True)
    assert tries[0] < tries[1] < tries[2]
    assert feed.last_frame_at is None
    assert kinds(feed)["state"] == 1


def test_the_worker_leases_runs_and_stops(project, manager, model):
    """`manage.py feed_worker` in small: a clip to its end, then the stop."""
    clip_file("worker.mp4", [0, 40, 80])
    feed = make_feed(project, manager, "worker.mp4", capture_random_per_hour=0)
    with worker():
        until(lambda: Feed.objects.filter(pk=feed.pk, state="ended").exists(), "the clip is over")
    feed.refresh_from_db()
    assert feed.stats["frames"] == 3


def test_a_live_camera_that_goes_away_is_offline_not_ended(project, manager, model, settings, monkeypatch):
    settings.OUTGOING_ALLOWED_HOSTS = ["127.0.0.1"]

    def stream() -> Iterator[bytes]:
        yield from [grey_jpeg(200)] * 6

    stop = threading.Event()
    with serve(lambda _seen: stream()) as server:
        feed = registry.feed_create(
            actor=manager,
            project=project,
            name="cam",
            source_kind=SourceKind.MJPEG,
            source=f"http://127.0.0.1:{server.port}/cam",
        )
        [leased] = leases.feeds_lease(owner="w", room=1)
        runner = FeedRunner(leased, stop)
        runner._pause = lambda _seconds: stop.set()
        runner.run()
    feed.refresh_from_db()
    assert feed.state == "offline"
    assert feed.stats["frames"] > 0


# --- a model on its way


def test_a_shadow_looks_at_frames_and_is_neither_seen_nor_heard(
    project, manager, model, tmp_path, monkeypatch
):
    more = ((16.0, 16.0, 48.0, 48.0), (0.0, 0.0, 14.0, 14.0))
    second = make_model(project, tmp_path, ModelState.SHADOW, boxes=more, gain=3.0)
    feed = grey_feed(project, manager, capture_random_per_hour=0, capture_disagreement_per_hour=0)
    monkeypatch.setattr("backend.feeds.jobs.shadow.LOOK_EVERY_S", 0.0)
    run_leased()
    rows = list(ShadowAnswer.objects.filter(candidate=second, production=model, feed_id=feed.pk))
    assert len(rows) == 10
    assert sum(row.only_candidate for row in rows) == 20 - sum(row.matched for row in rows)
    assert all(len(row.answers["candidate"]["detections"]) == 2 for row in rows)
    told = FeedEvent.objects.filter(feed=feed).exclude(model_version_id=None)
    assert set(told.values_list("model_version_id", flat=True)) == {model.pk}
    assert not FeedEvent.objects.filter(feed=feed, payload__score__gt=0.5).exists()


def test_a_shadow_that_cannot_be_opened_is_counted_and_the_feed_goes_on(
    project, manager, model, tmp_path, monkeypatch
):
    second = make_model(project, tmp_path, ModelState.SHADOW)
    storage.write_bytes(f"{second.artifact_prefix}/model.onnx", b"broken")
    feed = grey_feed(project, manager)
    monkeypatch.setattr("backend.feeds.jobs.shadow.LOOK_EVERY_S", 0.0)
    run_leased()
    feed.refresh_from_db()
    assert (feed.state, feed.stats["frames"]) == ("ended", 10)
    rows = ShadowAnswer.objects.filter(candidate=second)
    assert rows.count() == 10
    assert all("cannot be opened" in row.error for row in rows)


def test_a_canary_answers_for_the_cameras_that_are_its_own(project, manager, model, tmp_path):
    second = make_model(project, tmp_path, ModelState.CANARY)
    feed = grey_feed(project, manager)
    # Where this feed happens to lie, so that it is just inside the share, and then just outside.
    at = place(second.pk, feed.pk)
    for share, answers in ((min(1.0, at + 1e-6), second), (max(0.0, at - 1e-6), model)):
        ModelVersion.objects.filter(pk=second.pk).update(canary_share=share)
        registry.feed_restart(actor=manager, feed=Feed.objects.get(pk=feed.pk))
        run_leased()
        told = FeedEvent.objects.filter(feed=feed, kind="model").order_by("-id").first()
        assert told.model_version_id == answers.pk
