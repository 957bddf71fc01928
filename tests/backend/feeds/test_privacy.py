"""What a camera hides is hidden in everything that leaves the worker: nothing of the inside can be told."""

from __future__ import annotations

import base64
import io
import json
import struct
import threading
import zipfile

import av
import numpy as np
import pytest
from PIL import Image

from backend.core import events, jobs, storage
from backend.core.models import JobRun
from backend.feeds.enums import SourceKind
from backend.feeds.jobs.score import FeedRunner
from backend.feeds.jobs.wall import live_channel
from backend.feeds.models import Capture, Feed, Incident
from backend.feeds.services import leases, registry, rules
from backend.feeds.services.stills import full_still_get, recent_key, snapshot_key, still_get
from backend.sites import services as sites
from tests.support import datasets, factories
from tests.support.exchange import exported
from tests.support.feeds import FAST, feed_root
from tests.support.learning import make_model

SIDE = 128
# Whole blocks of 16: what lies inside has no neighbour outside in its JPEG block.
HIDDEN = [[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]]
INSIDE = np.s_[32:96, 32:96]
EVERYTHING = {"capture_random_per_hour": 0, "capture_low": 0.01, "capture_high": 1.0}


def pictures(name: str, inside_seed: int, count: int = 3) -> str:
    """Noise, the same for everyone outside the hidden square, another inside it for each seed."""
    folder = feed_root() / name
    folder.mkdir(exist_ok=True)
    for number in range(count):
        image = np.random.default_rng(number).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
        image[INSIDE] = np.random.default_rng(100 + inside_seed + number).integers(0, 256, (64, 64, 3))
        Image.fromarray(image).save(folder / f"{number}.png")
    return name


def make_camera(project, manager, **privacy):
    site = sites.site_create(actor=manager, organisation_id=project.organisation_id, name="Dock")
    camera = sites.camera_create(actor=manager, site=site, name="Door")
    return sites.camera_privacy_set(actor=manager, camera=camera, changes=privacy, base_version=1)


def make_feed(project, manager, camera, source: str, **given) -> Feed:
    return registry.feed_create(
        actor=manager,
        project=project,
        name=f"feed {source}",
        source_kind=SourceKind.FOLDER,
        source=source,
        camera=camera,
        given={**FAST, **EVERYTHING, **given},
    )


def run(feed: Feed) -> tuple[FeedRunner, list[dict]]:
    """Run a feed to its end; its runner and what it published."""
    with events.client().pubsub() as channel:
        channel.subscribe(live_channel(feed.pk))
        channel.get_message(timeout=1)
        [leased] = leases.feeds_lease(owner="w", room=1)
        runner = FeedRunner(leased, threading.Event())
        runner.run()
        shown = []
        while (message := channel.get_message(timeout=0.2)) is not None:
            shown.append(json.loads(message["data"]))
    return runner, shown


def pixels(jpeg: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB"))


def artefacts(feed: Feed) -> dict[str, list[bytes]]:
    runner, shown = run(feed)
    captures = [
        c.asset for c in Capture.objects.filter(feed=feed).select_related("asset__blob").order_by("id")
    ]
    return {
        "stream": [base64.b64decode(message["jpeg"]) for message in shown],
        "still": [still_get(feed.pk)],
        "still in full size": [full_still_get(feed.pk)],
        "stills of the last seconds": [jpeg for _at, jpeg in recent(feed)],
        "ring": [frame.jpeg for frame in runner.wall.ring.since(60)],
        "capture": [storage.read_bytes(asset.blob.storage_key) for asset in captures],
        "display": [storage.read_bytes(asset.display_key) for asset in captures],
        "thumbnail": [storage.read_bytes(asset.thumbnail_key) for asset in captures],
    }


def test_every_artefact_is_black_inside_and_the_same_whatever_happened_there(project, manager, model):
    camera = make_camera(project, manager, polygons=[HIDDEN])
    first = artefacts(make_feed(project, manager, camera, pictures("one", 1)))
    Capture.objects.all().delete()
    second = artefacts(make_feed(project, manager, camera, pictures("two", 2)))
    for kind, found in first.items():
        assert found, kind
        for jpeg in found:
            assert (pixels(jpeg)[34:94, 34:94] == 0).all(), kind
            assert pixels(jpeg)[:28].std() > 20, kind
        # The strongest there is: two scenes that differ only inside give the same bytes.
        assert found == second[kind], kind


def incident_artefacts(feed: Feed, manager) -> dict[str, list[np.ndarray]]:
    """Pixels of everything that an incident of the feed leaves behind."""
    person = {"labels": [str(factories.label_id(feed.project, "person"))]}
    given = {"name": "Nobody here", "condition": person, "severity": "high"}
    rules.rule_create(actor=manager, feed=feed, given=given)
    run(feed)
    incident = Incident.objects.get(feed=feed)
    waiting = JobRun.objects.get(kind="feeds.clip", payload__incident_id=str(incident.pk))
    with zipfile.ZipFile(io.BytesIO(storage.read_bytes(waiting.payload["key"]))) as packed:
        kept = [pixels(packed.read(name)) for name in packed.namelist()]
    jobs.run(str(waiting.pk))
    incident.refresh_from_db()
    with av.open(io.BytesIO(storage.read_bytes(incident.clip_key))) as clip:
        filmed = [frame.to_ndarray(format="rgb24") for frame in clip.decode(video=0)]
    return {"snapshot": [pixels(storage.read_bytes(incident.snapshot_key))], "kept": kept, "clip": filmed}


def test_what_an_incident_keeps_is_black_inside(project, manager, tmp_path):
    make_model(project, tmp_path, gain=3.0)
    camera = make_camera(project, manager, polygons=[HIDDEN])
    feed = make_feed(project, manager, camera, pictures("incident", 1, count=12))
    for kind, found in incident_artefacts(feed, manager).items():
        assert found, kind
        for picture in found:
            # A video codec smears a pixel or two over an edge, and knows no black but 16.
            assert picture[38:90, 38:90].max() <= 4, kind
            assert picture[:28].std() > 20, kind


def test_what_an_incident_keeps_shows_no_head(project, manager, tmp_path):
    make_model(project, tmp_path, gain=3.0, boxes=((16.0, 16.0, 48.0, 60.0),))
    camera = make_camera(project, manager, head_mosaic=True)
    feed = make_feed(project, manager, camera, pictures("incident-heads", 1, count=12))
    for kind, found in incident_artefacts(feed, manager).items():
        for picture in found:
            head, chest = picture[34:50, 34:94], picture[56:118, 34:94]
            assert head.std() < chest.std() / 2, kind


def test_a_picture_sent_back_is_black_inside_wherever_it_is_shown_and_in_exports(project, manager, model):
    camera = make_camera(project, manager, polygons=[HIDDEN])
    run(make_feed(project, manager, camera, pictures("exported", 1)))
    asset = Capture.objects.select_related("asset__blob").first().asset
    client, bodies = factories.client_for(manager), []
    for address in ("image", "thumbnail", "original"):
        answer = client.get(f"/api/v1/assets/{asset.pk}/{address}")
        assert answer.status_code == 200, address
        bodies.append(b"".join(answer.streaming_content) if answer.streaming else answer.content)
    datasets.label_asset(project, asset, [datasets.box(project)])
    with zipfile.ZipFile(io.BytesIO(exported(project, "coco"))) as archive:
        names = [name for name in archive.namelist() if name.endswith((".jpg", ".png"))]
        assert len(names) == 1
        bodies.append(archive.read(names[0]))
    for body in bodies:
        assert (pixels(body)[36:92, 36:92] <= 2).all()


def recent(feed: Feed) -> list[tuple[float, bytes]]:
    rows = events.client().lrange(recent_key(feed.pk), 0, -1)
    return [(struct.unpack("<d", row[:8])[0], row[8:]) for row in rows]


def test_an_outline_drawn_while_a_feed_runs_is_taken_up_and_what_was_kept_goes(
    project, manager, model, monkeypatch
):
    camera = make_camera(project, manager)
    feed = make_feed(project, manager, camera, pictures("late", 1, count=6))
    monkeypatch.setattr("backend.feeds.jobs.score.RENEW_S", 0.0)
    [leased] = leases.feeds_lease(owner="w", room=1)
    runner = FeedRunner(leased, threading.Event())
    one, kept = runner._one, []

    def drawing(frame) -> None:
        one(frame)
        kept.append([f.jpeg for f in runner.wall.ring.since(60)])
        if len(kept) == 3:
            sites.camera_privacy_set(
                actor=manager, camera=camera, changes={"polygons": [HIDDEN]}, base_version=2
            )
            assert still_get(feed.pk) is None

    runner._one = drawing
    runner.run()
    assert [len(ring) for ring in kept] == [1, 2, 3, 1, 2, 3]
    assert (pixels(kept[2][-1])[34:94, 34:94]).std() > 20
    assert all((pixels(jpeg)[34:94, 34:94] == 0).all() for jpeg in kept[-1])


def test_heads_are_a_mosaic_in_what_is_kept_and_the_detector_still_sees_them(project, manager, tmp_path):
    make_model(project, tmp_path, boxes=((16.0, 16.0, 48.0, 60.0),))
    camera = make_camera(project, manager, head_mosaic=True)
    found = artefacts(make_feed(project, manager, camera, pictures("heads", 1)))
    for kind in ("stream", "still", "ring", "capture"):
        for jpeg in found[kind]:
            head, chest = pixels(jpeg)[34:50, 34:94], pixels(jpeg)[56:118, 34:94]
            assert head.std() < chest.std() / 2, kind
    assert found["capture"]


def test_without_a_model_that_finds_people_a_camera_whose_heads_are_hidden_shows_nothing(project, manager):
    camera = make_camera(project, manager, head_mosaic=True)
    feed = make_feed(project, manager, camera, pictures("blind", 1))
    _runner, shown = run(feed)
    assert shown == []
    assert events.client().get(snapshot_key(feed.pk)) is None
    assert not Capture.objects.exists()


def test_a_feed_switched_to_process_only_forgets_its_still(project, manager, model):
    feed = make_feed(project, manager, None, pictures("was", 1))
    run(feed)
    assert still_get(feed.pk) is not None
    feed.refresh_from_db()
    registry.feed_update(actor=manager, feed=feed, changes={"settings": {"process_only": True}})
    assert still_get(feed.pk) is None


@pytest.mark.parametrize("gone", [True, False])
def test_a_feed_without_a_camera_hides_nothing(project, manager, model, gone):
    camera = make_camera(project, manager, polygons=[HIDDEN]) if gone else None
    feed = make_feed(project, manager, camera, pictures("bare", 1))
    if gone:
        sites.camera_delete(actor=manager, camera=camera)
    assert pixels(artefacts(feed)["stream"][0])[34:94, 34:94].std() > 20
