"""Cameras that are slow, dead or damaged, a gate that spares the detector, and midnight: at the level of a whole feed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from backend.feeds.domain.addresses import address_parse
from backend.feeds.enums import SourceKind
from backend.feeds.errors import SourceFailed
from backend.feeds.jobs.privacy import Privacy
from backend.feeds.jobs.score import FeedRunner
from backend.feeds.models import Feed, FeedEvent
from backend.feeds.services import leases, registry
from backend.feeds.sources.mjpeg import MjpegSource
from backend.sites import services as sites
from tests.support.cameras import talking_server
from tests.support.feeds import PATIENCE_S, feed_root, grey_jpeg, make_feed, until, worker
from tests.support.http_server import serve
from tests.support.learning import make_model

SIDE = 160


def camera_feed(project, manager, port: int, name: str = "cam", **given) -> Feed:
    return registry.feed_create(
        actor=manager,
        project=project,
        name=name,
        source_kind=SourceKind.MJPEG,
        source=f"http://127.0.0.1:{port}/{name}",
        given={"capture_random_per_hour": 0, **given},
    )


def states(feed: Feed) -> list[str]:
    rows = FeedEvent.objects.filter(feed=feed, kind="state").order_by("id")
    return [row.payload["state"] for row in rows]


# --- cameras


def test_a_dead_camera_and_a_silent_one_delay_nobody(project, manager, model, settings):
    settings.OUTGOING_ALLOWED_HOSTS = ["127.0.0.1"]
    hang = threading.Event()

    def silent(_seen) -> Iterator[bytes]:
        hang.wait(PATIENCE_S)
        yield b""

    (feed_root() / "well").mkdir(exist_ok=True)
    for n in range(10):
        (feed_root() / "well" / f"{n}.jpg").write_bytes(grey_jpeg(76))
    with serve(silent) as mute, talking_server(lambda _request: b"\x00\xffnothing like HTTP\r\n") as garbage:
        feeds = [
            camera_feed(project, manager, mute.port, "mute"),
            camera_feed(project, manager, garbage, "garbage"),
            camera_feed(project, manager, 9, "nobody"),  # nothing listens there
            make_feed(project, manager, "well"),
        ]
        with worker():
            until(lambda: Feed.objects.filter(pk=feeds[3].pk, state="ended").exists(), "the good one waits")
            # Its end came while the others were still being waited for or tried again.
            assert not Feed.objects.filter(pk__in=[feed.pk for feed in feeds[:3]], state="online").exists()
            until(
                lambda: (
                    Feed.objects.filter(pk__in=[feed.pk for feed in feeds[1:3]], state="offline")
                    .exclude(state_detail="")
                    .count()
                    == 2
                ),
                "the broken ones do not say so",
            )
            hang.set()
    feeds[3].refresh_from_db()
    assert feeds[3].stats["frames"] == 10


def test_a_slow_camera_is_online_between_its_pictures_and_drops_none(project, manager, model, settings):
    """One picture in 0.6 s, where five a second are asked for and silence is told after 2.5 s."""
    settings.OUTGOING_ALLOWED_HOSTS = ["127.0.0.1"]
    over = threading.Event()

    def slow(_seen) -> Iterator[bytes]:
        while not over.is_set():
            yield grey_jpeg(76)
            over.wait(0.6)

    with serve(slow) as server:
        feed = camera_feed(project, manager, server.port, target_fps=5.0)
        with worker():
            until(
                lambda: Feed.objects.get(pk=feed.pk).stats.get("frames", 0) >= 4, "no frames of a slow camera"
            )
            over.set()
    feed.refresh_from_db()
    assert states(feed)[0] == "online"
    assert "stalled" not in states(feed)
    assert feed.stats["dropped"] == 0


def mjpeg(port: int, **given) -> MjpegSource:
    return MjpegSource(
        address_parse(f"http://127.0.0.1:{port}/cam"),
        ("127.0.0.1",),
        **{"read_timeout_s": PATIENCE_S, **given},
    )


def test_bytes_that_keep_coming_and_are_no_picture_are_silence_and_then_a_failure():
    """No read ever times out: it is the missing picture that counts."""
    over = threading.Event()

    def junk(_seen) -> Iterator[bytes]:
        while not over.wait(0.02):
            yield b"\xff\xd8" + bytes(200)

    with serve(junk) as server, pytest.raises(SourceFailed):
        try:
            for frame in mjpeg(server.port, read_timeout_s=1.0).frames(threading.Event()):
                assert frame is None
        finally:
            over.set()


def test_a_damaged_picture_in_between_costs_itself_and_nothing_else():
    over, damaged = threading.Event(), grey_jpeg(200)
    damaged = damaged[: len(damaged) // 2] + b"\x00" * 40

    def stream(_seen) -> Iterator[bytes]:
        yield from [grey_jpeg(40)] * 3
        yield damaged
        while not over.wait(0.02):
            yield grey_jpeg(250)

    with serve(stream) as server:
        frames = mjpeg(server.port).frames(threading.Event())
        levels = (float(frame.image.mean()) for frame in frames if frame is not None)
        try:
            assert next(level for level in levels if level > 240)
        finally:
            over.set()
            frames.close()


# --- the gate


def yard(name: str, count: int, mover: range) -> str:
    """A dark yard, half a second a picture; in those of `mover` a bright square walks through it."""
    folder = feed_root() / name
    folder.mkdir(exist_ok=True)
    for n in range(count):
        image = np.full((SIDE, SIDE, 3), 20, np.uint8)
        if n in mover:
            at = 8 * (n - mover.start)
            image[60:100, at : at + 40] = 220
        Image.fromarray(image).save(folder / f"{n:03}.png")
    return name


def looked_at(project, manager, name: str, **given) -> list[float]:
    """Times of the frames that the detector was asked about, of a feed run to its end."""
    make_feed(project, manager, name, capture_random_per_hour=0, **given)
    [leased] = leases.feeds_lease(owner="w", room=1)
    runner = FeedRunner(leased, threading.Event())
    predict, seen = runner._predict, []
    runner._predict = lambda frame: (seen.append(frame.time_s), predict(frame))[1]
    runner.run()
    leased.refresh_from_db()
    assert leased.stats["frames"] == 60
    return seen


def test_with_the_gate_the_detector_looks_when_something_moves_and_now_and_then(project, manager, tmp_path):
    make_model(project, tmp_path, gain=0.01)  # finds nothing: who is tracked keeps the gate open
    name = yard("gate", 60, range(24, 34))
    seen = looked_at(project, manager, name, motion_gate=True)
    moved = [n / 2 for n in range(24, 34)]
    assert set(moved) <= set(seen)
    # The floor that the square left is news, too, until it is background again.
    still = [at for at in seen if at < moved[0] or at > moved[-1] + 8.0]
    assert still[0] == 0.0
    assert all(b - a <= 5.0 for a, b in pairwise([*still[: still.index(10.0) + 1], moved[0]]))
    assert len(still) <= 6
    assert len(seen) < 40


def test_the_gate_stays_open_for_who_stands_still(project, manager, tmp_path):
    make_model(project, tmp_path, gain=8.0)  # sure of one at every place, always
    assert len(looked_at(project, manager, yard("stands", 60, range(0)), motion_gate=True)) == 60


def test_without_the_gate_every_frame_is_looked_at(project, manager, model):
    assert len(looked_at(project, manager, yard("open", 60, range(0)))) == 60


# --- midnight


def test_nobody_s_number_outlives_the_day_of_the_site(project, manager, tmp_path):
    make_model(project, tmp_path, gain=8.0)
    feed = make_feed(project, manager, yard("night", 60, range(0)), capture_random_per_hour=0)
    [leased] = leases.feeds_lease(owner="w", room=1)
    runner = FeedRunner(leased, threading.Event())
    today, frames = date(2026, 3, 28), []
    runner.privacy.day = lambda: today + timedelta(days=int(len(frames) >= 30))
    one = runner._one
    runner._one = lambda frame: (one(frame), frames.append(frame))
    runner.run()
    tracks = FeedEvent.objects.filter(feed=feed, kind="track").order_by("id")
    # The same thing in the same place, before midnight and after it: two numbers' beginnings, and no third.
    assert [event.source_time_s < 15.0 for event in tracks] == [True, False]


def test_a_day_ends_when_the_site_s_does(project, manager, monkeypatch):
    site = sites.site_create(
        actor=manager, organisation_id=project.organisation_id, name="Far", time_zone="Asia/Tokyo"
    )
    camera = sites.camera_create(actor=manager, site=site, name="Door")
    feed = make_feed(project, manager, yard("far", 1, range(0)))
    registry.feed_update(actor=manager, feed=feed, changes={"camera": camera})
    feed.refresh_from_db()
    privacy = Privacy(feed)
    privacy.follow()
    for utc, day in (("2026-03-01T14:59:59", 1), ("2026-03-01T15:00:00", 2)):
        monkeypatch.setattr("backend.feeds.jobs.privacy.datetime", at(datetime.fromisoformat(utc + "+00:00")))
        assert privacy.day() == date(2026, 3, day)


def at(moment: datetime) -> type:
    """`datetime` whose now is `moment`."""
    return type("Frozen", (), {"now": staticmethod(lambda zone: moment.astimezone(zone))})
