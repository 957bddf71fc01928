"""Names and passwords of cameras: kept sealed, used by the worker, shown to nobody."""

from __future__ import annotations

import json
import logging
import threading

import pytest

from backend.core.errors import BadInput
from backend.core.models import AuditEvent, IdempotencyRecord
from backend.core.sealing import Unsealable, seal, unseal
from backend.feeds.domain.addresses import HIDDEN, address_parse
from backend.feeds.enums import SourceKind
from backend.feeds.errors import SourceRefused
from backend.feeds.jobs.score import FeedRunner
from backend.feeds.models import Feed, FeedEvent
from backend.feeds.services import leases, registry
from tests.support import factories

SECRET = "s3cr3t-w0rd"
ADDRESS = f"rtsp://admin:{SECRET}@127.0.0.1:9/ch1?token={SECRET}&channel=2"


def test_what_is_sealed_opens_under_the_same_key_only(settings):
    sealed = seal(SECRET)
    assert SECRET not in sealed
    assert sealed != seal(SECRET)
    assert unseal(sealed) == SECRET
    settings.SECRET_KEY = "another key of the server, forty characters"
    with pytest.raises(Unsealable):
        unseal(sealed)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("rtsp://cam/ch1", "rtsp://cam/ch1"),
        ("rtsp://a:b@cam:8554/ch1", "rtsp://cam:8554/ch1"),
        ("rtsp://a:p%40ss@[::1]/x", "rtsp://[::1]/x"),
        ("http://cam/v.cgi?user=a&pwd=b&res=hd", f"http://cam/v.cgi?user={HIDDEN}&pwd={HIDDEN}&res=hd"),
        ("https://cam/live.m3u8?Policy=x&Signature=y", f"https://cam/live.m3u8?Policy=x&Signature={HIDDEN}"),
    ],
)
def test_an_address_is_shown_without_its_secrets_and_kept_with_them(typed, shown):
    address = address_parse(typed)
    assert address.shown() == shown
    assert address_parse(address.full()) == address
    assert address.has_secret == (typed != shown)


def test_a_password_with_any_sign_survives():
    address = address_parse("rtsp://ad%3Amin:p%40s%2Fs%3Aw%25@cam/x")
    assert address.credentials == ("ad:min", "p@s/s:w%")
    assert address_parse(address.full()).credentials == ("ad:min", "p@s/s:w%")


@pytest.fixture
def local(settings):
    settings.OUTGOING_ALLOWED_HOSTS = ["127.0.0.1"]


def test_a_password_is_nowhere_but_sealed_in_its_row(project, manager, local, caplog):
    """In the API, events, the audit, replays of a request, the feed's state and the log of a camera that fails."""
    caplog.set_level(logging.DEBUG)
    client = factories.client_for(manager)
    body = {"name": "Door", "source_kind": "rtsp", "source": ADDRESS}
    url = f"/api/v1/projects/{project.pk}/feeds"
    made = client.post(url, body, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    assert made.status_code == 201, made.content
    assert (made.json()["source"], made.json()["has_secret"]) == (
        f"rtsp://127.0.0.1:9/ch1?token={HIDDEN}&channel=2",
        True,
    )
    feed = Feed.objects.get()
    changed = client.patch(
        f"/api/v1/feeds/{feed.pk}",
        {"source": ADDRESS.replace("ch1", "ch2")},
        format="json",
        HTTP_IF_MATCH='"1"',
    )
    assert changed.status_code == 200, changed.content
    assert registry.address_of(Feed.objects.get()).credentials == ("admin", SECRET)
    _fail_once()
    everything = [
        made.content.decode(),
        changed.content.decode(),
        client.get(url).content.decode(),
        client.get(f"/api/v1/feeds/{feed.pk}/events").content.decode(),
        json.dumps(list(AuditEvent.objects.values("before", "after", "action")), default=str),
        json.dumps(list(FeedEvent.objects.values("payload"))),
        json.dumps(list(IdempotencyRecord.objects.values("body"))),
        json.dumps(list(Feed.objects.values()), default=str),
        caplog.text,
    ]
    assert FeedEvent.objects.filter(payload__state="offline").exists()
    for text in everything:
        assert SECRET not in text


def _fail_once() -> None:
    """The worker tries the address, at which nothing answers."""
    stop = threading.Event()
    [leased] = leases.feeds_lease(owner="w", room=1)
    runner = FeedRunner(leased, stop)
    runner._pause = lambda _seconds: stop.set()
    runner.run()


def test_after_the_server_s_key_changed_a_feed_says_that_its_address_must_be_typed_again(
    project, manager, local, settings
):
    feed = registry.feed_create(
        actor=manager, project=project, name="Door", source_kind=SourceKind.RTSP, source=ADDRESS
    )
    settings.SECRET_KEY = "another key of the server, forty characters"
    _fail_once()
    feed.refresh_from_db()
    assert (feed.state, "Type the address again" in feed.state_detail) == ("offline", True)


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("rtsp", "http://127.0.0.1/x"),
        ("hls", "rtsp://127.0.0.1/x"),
        ("rtsp", f"rtsp://127.0.0.1/x?token={HIDDEN}"),
        ("rtsp", "rtsp://127.0.0.1:port/x"),
        ("rtsp", "rtsp://10.0.0.5/x"),
        ("hls", "http://169.254.169.254/latest/live.m3u8"),
        ("usb", "/dev/sda"),
        ("usb", "/dev/video0/../sda"),
        ("usb", "/etc/passwd"),
    ],
)
def test_what_leads_inside_or_is_no_camera_is_refused_when_it_is_typed(project, manager, local, kind, source):
    with pytest.raises((SourceRefused, BadInput)):
        registry.feed_create(
            actor=manager, project=project, name="x", source_kind=SourceKind(kind), source=source
        )
    assert not Feed.objects.exists()


def test_a_network_of_cameras_can_be_opened_as_a_whole(project, manager, settings):
    settings.OUTGOING_ALLOWED_HOSTS = ["127.0.0.0/8"]
    assert registry.address_check("rtsp", "rtsp://127.0.0.1/x").host == "127.0.0.1"
    with pytest.raises(BadInput):
        registry.address_check("rtsp", "rtsp://10.0.0.5/x")


def test_an_operator_can_close_the_machine_s_own_cameras(project, manager, settings):
    assert str(registry.device_check("0")) == "/dev/video0"
    settings.FEED_DEVICES = ["none"]
    with pytest.raises(SourceRefused):
        registry.device_check("/dev/video0")


def test_a_camera_that_is_not_plugged_in_is_offline_with_the_reason(project, manager):
    feed = registry.feed_create(
        actor=manager, project=project, name="usb", source_kind=SourceKind.USB, source="/dev/video63"
    )
    _fail_once()
    feed.refresh_from_db()
    assert (feed.state, feed.state_detail) == ("offline", "No camera is plugged in under this name.")
