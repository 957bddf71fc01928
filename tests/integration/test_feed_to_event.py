"""A video uploaded by a person goes live: objects are tracked, unsure frames come back and are labelled first."""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np

from backend.annotation.models import Task
from backend.core.enums import Role
from backend.media.models import Asset
from tests.support import factories
from tests.support.annotation import Editor
from tests.support.feeds import run_leased
from tests.support.learning import make_model
from tests.support.media import upload_whole

API = "/api/v1"
FRAMES, FPS = 40, 10


def _clip() -> bytes:
    """Four seconds that grow brighter: the brightness model is unsure at first and sure at the end."""
    buffer = BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        for index in range(FRAMES):
            pixels = np.full((64, 64, 3), 60 + 4 * index, np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = index * 1000 // FPS, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def test_a_clip_goes_live_and_its_unsure_frames_are_the_next_tasks(
    transactional_db: None, settings: Any, tmp_path: Path
) -> None:
    settings.SHIPPED_WEIGHTS_DIR = tmp_path / "none"
    project = factories.make_project(labels=[{"name": "person", "shapes": ["box", "track"]}])
    model = make_model(project, tmp_path, classes=("person",))
    manager, annotator = (
        factories.client_for(factories.make_project_member(project, role))
        for role in (Role.MANAGER, Role.ANNOTATOR)
    )
    upload_whole(manager, project, "dock.mp4", _clip())
    video = Asset.objects.get(kind="video")
    body = {
        "name": "Dock",
        "source_kind": "asset",
        "asset_id": str(video.pk),
        "settings": {"loop": False, "realtime": False, "capture_gap_s": 0.5, "capture_random_per_hour": 0},
    }
    feed = manager.post(f"{API}/projects/{project.pk}/feeds", body, format="json").json()
    run_leased()

    feed = manager.get(f"{API}/feeds/{feed['id']}").json()
    assert (feed["state"], feed["stats"]["frames"], feed["stats"]["tracks"]) == ("ended", FRAMES, 1)
    events = manager.get(f"{API}/feeds/{feed['id']}/events").json()["results"]
    assert {event["kind"] for event in events} == {"state", "model", "track", "capture"}
    [track] = [event for event in events if event["kind"] == "track"]
    assert (track["payload"]["label"], track["model_version_id"]) == ("person", str(model.pk))

    captures = manager.get(f"{API}/feeds/{feed['id']}/captures").json()["results"][::-1]
    times = [capture["source_time_s"] for capture in captures]
    assert len(captures) == feed["stats"]["sent_back"] >= 3
    assert min(later - earlier for earlier, later in zip(times, times[1:], strict=False)) >= 0.5 - 1e-6
    assert all(0.15 <= capture["score"] < 0.45 for capture in captures)
    assert times[-1] < 2.0  # later frames are sure

    editor = Editor.next(annotator, project)
    assert editor.body["selection_reason"] == "feed"
    assert editor.body["id"] in {capture["task_id"] for capture in captures}
    picture = manager.get(editor.body["asset"]["image_url"])
    assert b"".join(picture.streaming_content)[:2] == b"\xff\xd8"
    picture.close()
    assert Task.objects.filter(project=project, selection_reason="feed").count() == len(captures)
    snapshot = manager.get(f"{API}/feeds/{feed['id']}/snapshot.jpg")
    assert (snapshot.status_code, snapshot["Content-Type"]) == (200, "image/jpeg")
    overview = manager.get(f"{API}/projects/{project.pk}/overview").json()
    assert (overview["feeds"], overview["captures_24h"]) == (1, len(captures))
