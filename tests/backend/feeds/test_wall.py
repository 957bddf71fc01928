"""What the wall costs: pictures are made while somebody looks or a rule may need them, else now and then."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest

from backend.core import events
from backend.feeds.jobs.wall import Wall, jpeg_bytes, live_channel
from backend.feeds.services.stills import still_get
from backend.feeds.sources.frames import Frame
from tests.support.feeds import feed_root, grey_jpeg, make_feed

TIMES = [n / 5 for n in range(11)]


@pytest.fixture
def wall(project, manager) -> Wall:
    (feed_root() / "wall").mkdir(exist_ok=True)
    (feed_root() / "wall" / "0.jpg").write_bytes(grey_jpeg(90))
    return Wall(make_feed(project, manager, "wall"))


def shown(wall: Wall, times: list[float], *, every: bool = False) -> list[float]:
    """Times of the pictures that were made of frames at `times`."""
    before = {id(frame) for frame in wall.ring.since(60)}
    for time_s in times:
        frame = Frame(np.zeros((8, 8, 3), np.uint8), time_s, time.monotonic())
        wall.show(frame, [], latency_ms=1.0, fps=5.0, every=every)
    return [frame.time_s for frame in wall.ring.since(60) if id(frame) not in before]


def test_a_feed_that_nobody_looks_at_makes_few_pictures_and_keeps_its_still(wall):
    made = shown(wall, TIMES)
    assert made == TIMES[::2]
    assert still_get(wall.feed.pk) is not None


def test_whoever_looks_sees_every_frame_from_the_next_picture_on(wall):
    shown(wall, TIMES[:2])
    with events.client().pubsub() as page:
        page.subscribe(live_channel(wall.feed.pk))
        assert page.get_message(timeout=5)["type"] == "subscribe"
        assert shown(wall, TIMES[2:]) == TIMES[2:]
    # The page has gone: the next picture tells it.
    assert len(shown(wall, [time_s + 3 for time_s in TIMES])) < len(TIMES)


def test_where_a_rule_may_need_the_seconds_before_every_frame_is_kept(wall):
    assert shown(wall, TIMES, every=True) == TIMES


def test_a_source_that_begins_anew_is_shown_at_once(wall):
    assert shown(wall, [50.0]) == [50.0]
    assert shown(wall, [0.0]) == [0.0]


@pytest.mark.parametrize("size", [(720, 1280), (1080, 1920), (1440, 2560), (2160, 3840), (961, 541)])
def test_a_picture_made_smaller_is_what_it_was_in_the_same_places(size):
    """Against the mean over every pixel, which is exact and slow."""
    rng = np.random.default_rng(1)
    coarse = rng.integers(0, 256, (9, 16, 3), np.uint8)
    image = cv2.resize(coarse, size[::-1], interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    found = cv2.imdecode(np.frombuffer(jpeg_bytes(image, 960, 95), np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]
    scale = min(1.0, 960 / max(size))
    exact = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    assert found.shape == exact.shape
    assert np.abs(found.astype(int) - exact).mean() < 2.0
