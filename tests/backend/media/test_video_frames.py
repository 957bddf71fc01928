"""Frames of videos as a player asks for them: whatever the order, the clock, the turn, and with faults in the file."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from backend.core import storage
from backend.core.enums import Role
from backend.media import reading, services
from backend.media.decoding import client
from backend.media.decoding.clips import Clip, FrameAt
from backend.media.errors import FileRefused
from tests.support import clips, factories, media

pytestmark = pytest.mark.django_db
EVERY_40_MS = [index * 40 for index in range(60)]


def register(content, name="a.mp4"):
    return services.asset_register(project=factories.make_project(), content=content, name=name, actor=None)


def shown(asset, index, **about):
    return clips.frame_number(reading.asset_frame_array(asset, index), **about)


class CountingClip(Clip):
    seeks = 0

    def _seek(self, stamp: int) -> bool:
        self.seeks += 1
        return super()._seek(stamp)


def at(index: int) -> FrameAt:
    return FrameAt(stamp=EVERY_40_MS[index], first=0, near=EVERY_40_MS[max(0, index - 24)])


def test_stepping_back_and_overtaking_requests_do_not_begin_at_the_keyframe_again(tmp_path: Path):
    path = tmp_path / "a.mkv"
    path.write_bytes(clips.clip(EVERY_40_MS, kind="matroska", keyframe_every=250))
    clip = CountingClip(path, "matroska")
    order = [50, *range(49, 20, -1), 53, 51, 52, 55, 54]
    assert [clips.frame_number(np.asarray(clip.picture(at(index)))) for index in order] == order
    assert clip.seeks == 1
    clip.close()


def test_a_jump_ahead_without_a_keyframe_between_goes_on_decoding(tmp_path: Path):
    path = tmp_path / "a.mp4"
    path.write_bytes(clips.clip(EVERY_40_MS, keyframe_every=40, b_frames=0))
    clip = CountingClip(path, "mov")
    with av.open(str(path)) as container:
        stamps = sorted(packet.pts for packet in container.demux(video=0) if packet.pts is not None)

    def shown_at(index: int) -> int:
        place = FrameAt(stamp=stamps[index], first=stamps[0], near=stamps[max(0, index - 2)])
        return clips.frame_number(np.asarray(clip.picture(place)))

    assert [shown_at(1), shown_at(30), shown_at(39)] == [1, 30, 39]
    assert clip.seeks == 1
    assert [shown_at(55), shown_at(5)] == [55, 5]
    assert clip.seeks == 2
    clip.close()


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
def test_on_the_way_to_a_far_frame_what_nothing_builds_on_is_not_decoded(tmp_path: Path, codec: str):
    path = tmp_path / "a.mkv"
    path.write_bytes(clips.clip(EVERY_40_MS, kind="matroska", codec=codec, keyframe_every=250))

    def jump(index: int, kept: int) -> FrameAt:
        return FrameAt(stamp=EVERY_40_MS[index], first=0, near=EVERY_40_MS[max(0, index - 4)], kept=kept)

    def number(index: int, kept: int) -> int:
        return clips.frame_number(np.asarray(clip.picture(jump(index, kept))))

    clip = CountingClip(path, "matroska")
    assert number(50, EVERY_40_MS[40]) == 50
    passed = [stamp for stamp in clip._kept if stamp < EVERY_40_MS[40]]
    assert 10 < len(passed) < 30
    assert [number(index, EVERY_40_MS[40]) for index in range(49, 39, -1)] == list(range(49, 39, -1))
    assert clip.seeks == 1
    # What was left out is found all the same, and so is what comes later, exactly.
    order = [int(index) for index in np.random.default_rng(0).permutation(60)]
    assert [number(index, EVERY_40_MS[max(0, index - 6)]) for index in order] == order
    clip.close()


def test_what_an_open_clip_keeps_of_its_frames_is_bounded(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("backend.media.decoding.clips.KEPT_BYTES", 200_000)
    path = tmp_path / "a.mkv"
    path.write_bytes(clips.clip(EVERY_40_MS, kind="matroska", keyframe_every=250))
    clip = CountingClip(path, "matroska")
    order = [59, 58, 30, 29, 0, 59]
    assert [clips.frame_number(np.asarray(clip.picture(at(index)))) for index in order] == order
    assert clip._kept_bytes <= 200_000
    assert 1 < len(clip._kept) < 20
    clip.close()


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_frames_of_a_turned_video_are_upright_at_every_quarter(turn):
    asset = register(clips.clip(EVERY_40_MS[:20], turn=turn))
    assert (asset.width, asset.height) == (128, 96)
    assert [shown(asset, index) for index in (19, 3, 4, 0)] == [19, 3, 4, 0]


def test_a_clock_of_ten_million_ticks_a_second_is_exact():
    # 30000/1001 frames a second: no time is a round number.
    times = [index * 1001 / 30 for index in range(40)]
    asset = register(clips.clip(times, tick=Fraction(1, 10_000_000)))
    assert asset.clip["tick"] == [1, 10_000_000]
    assert [shown(asset, index) for index in (39, 1, 17, 16, 38)] == [39, 1, 17, 16, 38]


def test_sound_changes_nothing_of_the_pictures():
    asset = register(clips.clip(EVERY_40_MS, sound=True))
    assert asset.frame_count == 60
    with storage.local_path(asset.blob.storage_key) as path, av.open(str(path)) as container:
        assert len(container.streams.audio) == 1
    assert [shown(asset, index) for index in (59, 12, 11, 0)] == [59, 12, 11, 0]


def test_a_video_without_its_last_third_keeps_the_frames_before(tmp_path: Path):
    # Its table stands in front and still promises all frames.
    whole = clips.clip(EVERY_40_MS, options={"movflags": "frag_keyframe+empty_moov"})
    asset = register(whole[: len(whole) * 2 // 3], "cut.mp4")
    assert 20 <= asset.frame_count < 60
    last = asset.frame_count - 1
    for index in (last, 0, last - 1):
        # The file may break off before a frame that belongs between those that are there.
        assert shown(asset, index) == number_at(asset, index)


def number_at(asset, index):
    return round(asset.frame_times_s[index] * 1000) // 40


def test_a_fault_in_the_middle_costs_no_frame_of_another_stretch():
    content = bytearray(clips.clip(EVERY_40_MS, b_frames=0))
    start = content.find(b"mdat")
    middle = start + (content.find(b"moov") - start) // 2
    content[middle : middle + 100] = b"\xff" * 100
    asset = register(bytes(content), "fault.mp4")
    good = refused = 0
    for index in range(asset.frame_count):
        try:
            good += shown(asset, index) == number_at(asset, index)
        except FileRefused as error:
            assert "damaged" in str(error)
            refused += 1
    # A frame that the decoder made up from what was left is not shown as one.
    assert good + refused == asset.frame_count
    # Five stretches of twelve frames; the fault touches one, or two at their border.
    assert 36 <= good < 60


def test_the_strip_shows_frames_in_order_and_is_served_as_what_never_changes():
    project = factories.make_project()
    asset = services.asset_register(
        project=project, content=clips.clip(EVERY_40_MS), name="a.mp4", actor=None
    )
    client = factories.client_for(factories.make_project_member(project, Role.VIEWER))
    strip = client.get(f"/api/v1/assets/{asset.pk}/frame-times").json()["strip"]
    assert strip["frames"] == list(range(60))
    answer = client.get(strip["url"])
    assert answer["Content-Type"] == "image/jpeg"
    assert "immutable" in answer["Cache-Control"]
    sheet = np.asarray(Image.open(io.BytesIO(b"".join(answer.streaming_content))))
    wide, high = strip["tile_width"], strip["tile_height"]
    for place, frame in enumerate(strip["frames"]):
        row, column = divmod(place, strip["columns"])
        tile = sheet[row * high : (row + 1) * high, column * wide : (column + 1) * wide]
        assert clips.frame_number(tile) == frame
    picture = services.asset_register(project=project, content=media.jpeg(), name="a.jpg", actor=None)
    assert client.get(f"/api/v1/assets/{picture.pk}/strip").status_code == 404


def test_a_long_video_s_strip_is_made_of_its_keyframes():
    content = clips.clip(
        [index * 40 for index in range(480)], draw=clips.framed_frame, keyframe_every=4, b_frames=0
    )
    asset = register(content)
    strip = asset.clip["strip"]
    assert len(strip["frames"]) == 100
    assert all(frame % 4 == 0 for frame in strip["frames"])
    assert strip["frames"][0] == 0
    assert strip["frames"][-1] > 470


def test_a_deleted_project_takes_the_strip_with_it(django_capture_on_commit_callbacks):
    asset = register(clips.clip(EVERY_40_MS[:5]))
    key = asset.clip["strip"]["key"]
    assert storage.exists(key)
    with django_capture_on_commit_callbacks(execute=True):
        services.assets_of_project_forget(project_id=asset.project_assets.get().project_id)
    assert not storage.exists(key)


def test_the_decoder_is_ready_before_the_first_frame_where_there_are_videos(monkeypatch: pytest.MonkeyPatch):
    child = client.DecodingChild()
    monkeypatch.setattr(client, "CHILD", child)
    try:
        reading.decoder_warm()
        assert child._process is None
        asset = register(clips.clip(EVERY_40_MS))
        child.close()
        reading.decoder_warm()
        ready = child._process
        assert ready is not None
        assert shown(asset, 7) == 7
        assert child._process is ready
    finally:
        child.close()
