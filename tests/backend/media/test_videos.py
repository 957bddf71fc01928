"""Clips: a table of times, and frames by index, exactly, in any order, whatever the container."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from backend.core import storage
from backend.core.enums import Role
from backend.media import reading, services
from backend.media.errors import FileRefused
from tests.support import clips, factories

pytestmark = pytest.mark.django_db
# Variable frame rate: gaps of 20 to 700 ms.
TIMES_MS = [
    0,
    40,
    60,
    200,
    240,
    940,
    980,
    1000,
    1500,
    1540,
    1580,
    1700,
    1900,
    1940,
    2000,
    2400,
    2440,
    2600,
    2640,
    3000,
]
KINDS = [
    ("mp4", "libx264", "a.mp4", 2),
    ("matroska", "libx264", "a.mkv", 2),
    ("webm", "libvpx-vp9", "a.webm", 0),
]


@pytest.fixture(scope="module")
def made():
    return {name: clips.clip(TIMES_MS, kind=kind, codec=codec, b_frames=b) for kind, codec, name, b in KINDS}


def register(project, content, name):
    return services.asset_register(project=project, content=content, name=name, actor=None)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.webm"])
def test_frames_are_exact_in_any_order_for_a_variable_frame_rate(made, name):
    asset = register(factories.make_project(), made[name], name)
    assert asset.frame_count == len(TIMES_MS)
    assert asset.frame_times_s == pytest.approx([time / 1000 for time in TIMES_MS], abs=0.002)
    assert (asset.width, asset.height, asset.kind) == (128, 96, "video")
    order = np.random.default_rng(1).permutation(len(TIMES_MS)).tolist()
    for index in [*order, 0, 1, 2, 19, 18, 17]:
        assert clips.frame_number(reading.asset_frame_array(asset, index)) == index


def test_an_avi_with_packed_frames_is_exact_too():
    content = clips.clip([i * 40 for i in range(15)], kind="avi", codec="mpeg4", b_frames=0)
    asset = register(factories.make_project(), content, "a.avi")
    assert asset.frame_count == 15
    assert [clips.frame_number(reading.asset_frame_array(asset, i)) for i in (7, 3, 14, 0)] == [7, 3, 14, 0]


def test_an_animated_gif_is_a_clip():
    frames = [Image.fromarray(clips.numbered_frame(i)) for i in range(6)]
    buffer = io.BytesIO()
    frames[0].save(
        buffer, "GIF", save_all=True, append_images=frames[1:], duration=[50, 200, 50, 50, 300, 50]
    )
    asset = register(factories.make_project(), buffer.getvalue(), "a.gif")
    assert (asset.kind, asset.frame_count) == ("video", 6)
    assert [clips.frame_number(reading.asset_frame_array(asset, i)) for i in (5, 0, 3)] == [5, 0, 3]


def test_a_turned_clip_is_upright(made):
    """The display matrix of the track header is what phones write; identity is replaced by a quarter turn."""
    content = bytearray(made["a.mp4"])
    identity = b"\0\1\0\0" + b"\0" * 12 + b"\0\1\0\0" + b"\0" * 12 + b"\x40\0\0\0"
    quarter = b"\0" * 4 + b"\0\1\0\0" + b"\0" * 4 + b"\xff\xff\0\0" + b"\0" * 16 + b"\x40\0\0\0"
    at = content.find(identity, content.find(b"tkhd"))
    content[at : at + len(identity)] = quarter
    asset = register(factories.make_project(), bytes(content), "turned.mp4")
    assert (asset.width, asset.height) == (96, 128)
    upright = reading.asset_frame_array(asset, 5)
    # Shown turned a quarter clockwise: turned back it reads as it was written.
    assert clips.frame_number(np.rot90(upright, 1)) == 5


@pytest.mark.parametrize(("kind", "name"), [("mov", "a.mov"), ("matroska", "a.mkv")])
def test_where_a_clip_was_taken_is_blanked_and_its_frames_stay(kind, name):
    content = clips.clip([i * 40 for i in range(8)], kind=kind, place="+52.5201+013.4050/")
    assert b"+52.5201" in content
    asset = register(factories.make_project(), content, name)
    stored = storage.read_bytes(asset.blob.storage_key)
    assert b"52.5201" not in stored
    assert b"+00.0000+000.0000/" in stored
    assert len(stored) == len(content)
    assert [clips.frame_number(reading.asset_frame_array(asset, i)) for i in (7, 0)] == [7, 0]


def test_frames_and_times_over_the_api(made):
    project = factories.make_project()
    asset = register(project, made["a.mp4"], "a.mp4")
    client = factories.client_for(factories.make_project_member(project, Role.VIEWER))
    answer = client.get(f"/api/v1/assets/{asset.pk}/frames/11.jpg")
    assert answer["Content-Type"] == "image/jpeg"
    assert "immutable" in answer["Cache-Control"]
    assert clips.frame_number(np.asarray(Image.open(io.BytesIO(answer.content)))) == 11
    assert client.get(f"/api/v1/assets/{asset.pk}/frames/20.jpg").status_code == 404
    times = client.get(f"/api/v1/assets/{asset.pk}/frame-times").json()
    assert times["frame_count"] == 20
    assert times["times_s"][5] == pytest.approx(0.94, abs=0.002)
    part = client.get(f"/api/v1/assets/{asset.pk}/original", headers={"Range": "bytes=4-7"})
    assert b"".join(part.streaming_content) == b"ftyp"
    assert part["Content-Type"] == "video/mp4"
    assert client.get(f"/api/v1/assets/{asset.pk}").json()["image_url"].endswith("/frames/0.jpg")


def test_a_clip_cut_in_the_middle_keeps_its_readable_frames_or_is_refused(made):
    project = factories.make_project()
    asset = register(project, made["a.mkv"][: len(made["a.mkv"]) * 2 // 3], "cut.mkv")
    assert 0 < asset.frame_count <= len(TIMES_MS)
    last = asset.frame_count - 1
    # Frames out of order: the file may break off before one that belongs between those that are there.
    number = TIMES_MS.index(round(asset.frame_times_s[last] * 1000))
    assert clips.frame_number(reading.asset_frame_array(asset, last)) == number
    with pytest.raises(FileRefused, match="cannot be opened"):
        register(project, made["a.mp4"][:2000], "cut.mp4")


def test_a_file_with_sound_alone_is_refused():
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=16_000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 2048), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 16_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(FileRefused, match="no pictures"):
        register(factories.make_project(), buffer.getvalue(), "sound.mp4")
