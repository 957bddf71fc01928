"""Frames with their times: files, folders, MJPEG; what may not be opened is not."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from django.conf import settings

from backend.feeds.domain.addresses import address_parse
from backend.feeds.errors import SourceFailed, SourceRefused
from backend.feeds.services.registry import path_check
from backend.feeds.sources.frames import FileSource, FolderSource
from backend.feeds.sources.mjpeg import MjpegSource
from tests.support import clips
from tests.support.feeds import clip_file, feed_root, grey_jpeg, taken
from tests.support.http_server import Answer, serve

LOCAL = ("127.0.0.1",)


def camera(url: str, allowed: tuple[str, ...] = LOCAL, **given) -> MjpegSource:
    return MjpegSource(address_parse(url), allowed, **given)


def _file(path, **fields) -> FileSource:
    return FileSource(path, **({"loop": False, "realtime": False, "target_fps": 5.0} | fields))


def test_a_file_gives_every_frame_with_its_own_time() -> None:
    times_ms = [0, 40, 80, 300, 340]  # a gap of lost frames stays a gap
    frames = taken(_file(clip_file("gap.mp4", times_ms)))
    assert [frame.time_s for frame in frames] == pytest.approx([t / 1000 for t in times_ms], abs=0.002)
    assert [clips.frame_number(frame.image) for frame in frames] == [0, 1, 2, 3, 4]


def test_a_file_that_loops_starts_again_with_rising_times() -> None:
    frames = taken(_file(clip_file("loop.mp4", [0, 100, 200]), loop=True), count=8)
    times = [frame.time_s for frame in frames]
    assert times == sorted(times)
    assert len(set(times)) == 8
    assert [clips.frame_number(frame.image) for frame in frames] == [0, 1, 2, 0, 1, 2, 0, 1]


def test_in_real_time_only_as_many_frames_as_are_scored_are_given_each_at_its_time() -> None:
    start = time.monotonic()
    frames = taken(_file(clip_file("real.mp4", list(range(0, 400, 40))), realtime=True, target_fps=10.0))
    assert [frame.time_s for frame in frames] == pytest.approx([0, 0.12, 0.2, 0.32], abs=0.05)
    assert time.monotonic() - start >= 0.3


@pytest.mark.parametrize("realtime", [True, False])
def test_a_source_ends_when_it_is_told_to(realtime: bool) -> None:
    stop = threading.Event()
    frames = _file(clip_file("stop.mp4", [0, 40, 10_000]), loop=True, realtime=realtime).frames(stop)
    next(frames)
    stop.set()
    assert next(frames, None) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nothing like a video",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
    ],
)
def test_a_file_that_is_no_video_fails_and_a_playlist_dressed_as_one_reaches_nothing(content: bytes) -> None:
    path = feed_root() / "dressed.mp4"
    path.write_bytes(content)
    with serve(Answer(200, b"")) as server:
        path.write_bytes(content.replace(b"127.0.0.1:1", f"127.0.0.1:{server.port}".encode()))
        with pytest.raises(SourceFailed, match="cannot be read"):
            taken(_file(path, loop=True))
    assert server.seen == []


def test_a_folder_gives_its_pictures_in_order_and_counts_those_that_are_none(tmp_path) -> None:
    for name, content in [
        ("b.jpg", grey_jpeg(200)),
        ("a.jpg", grey_jpeg(50)),
        ("c.jpg", b""),
        ("d.png", b"x"),
    ]:
        (tmp_path / name).write_bytes(content)
    (tmp_path / "e.jpg").symlink_to(tmp_path / "a.jpg")
    (tmp_path / "f.txt").write_text("no")
    source = FolderSource(tmp_path, loop=False, realtime=False)
    frames = taken(source)
    assert [(f.time_s, round(float(f.image.mean()), -1)) for f in frames] == [(0.0, 50.0), (0.5, 200.0)]
    assert source.dropped == 2
    assert len(taken(FolderSource(tmp_path, loop=True, realtime=False), count=5)) == 5


def test_a_folder_without_a_usable_picture_fails_even_when_it_loops(tmp_path) -> None:
    with pytest.raises(SourceFailed, match="no picture"):
        taken(FolderSource(tmp_path, loop=True, realtime=False))
    (tmp_path / "a.jpg").write_bytes(b"x")
    with pytest.raises(SourceFailed, match="None of"):
        taken(FolderSource(tmp_path, loop=True, realtime=False))


def test_mjpeg_gives_frames_in_order_and_its_end_is_a_failure() -> None:
    with serve(lambda _seen: iter([grey_jpeg(v) for v in (40, 80, 120, 160)])) as server:
        source = camera(f"http://127.0.0.1:{server.port}/cam", LOCAL)
        frames = []
        with pytest.raises(SourceFailed, match=r"ended|cannot be read"):
            for frame in source.frames(threading.Event()):
                frames.append(frame)
    assert frames
    times = [frame.captured_s for frame in frames]
    assert times == sorted(times)
    assert frames[0].image.shape == (64, 64, 3)


def test_a_busy_scorer_gets_the_newest_frame_and_the_others_are_counted() -> None:
    wait = threading.Event()

    def stream() -> Iterator[bytes]:
        yield from [grey_jpeg(v) for v in range(10, 110, 10)]
        while not wait.wait(0.02):  # the demuxer gives a picture out when the next one begins
            yield grey_jpeg(250)

    with serve(lambda _seen: stream()) as server:
        source = camera(f"http://127.0.0.1:{server.port}/cam", LOCAL)
        frames = source.frames(threading.Event())
        pictures = (frame.image for frame in frames if frame is not None)
        next(pictures)
        deadline = time.monotonic() + 20
        while (level := float(next(pictures).mean())) < 240:
            assert time.monotonic() < deadline, level
            threading.Event().wait(0.05)  # a slow scorer
        wait.set()
        frames.close()
    assert source.dropped > 0


def test_a_dead_silent_or_forbidden_camera_fails_with_the_reason() -> None:
    def taken_from(url: str, allowed: tuple[str, ...] = LOCAL, patience_s: float = 20.0) -> None:
        taken(camera(url, allowed, read_timeout_s=patience_s))

    with serve(Answer(404)) as server:
        url = f"http://127.0.0.1:{server.port}/cam"
        with pytest.raises(SourceFailed, match="404"):
            taken_from(url)
        with pytest.raises(SourceFailed, match="inside this network"):
            taken_from(url, ())
    with pytest.raises(SourceFailed, match="did not answer"):
        taken_from(url)
    hang = threading.Event()

    def silent() -> Iterator[bytes]:
        yield grey_jpeg(10)
        hang.wait(5)

    with (
        serve(lambda _seen: silent()) as server,
        pytest.raises(SourceFailed, match=r"No picture|did not answer"),
    ):
        taken_from(f"http://127.0.0.1:{server.port}/cam", patience_s=0.3)
    hang.set()


def test_a_camera_that_redirects_is_not_followed_into_the_network() -> None:
    with serve(lambda _seen: iter([grey_jpeg(1)] * 3)) as inner:
        target = {"Location": f"http://127.0.0.1:{inner.port}/secret"}
        with serve(Answer(302, b"", target)) as server, pytest.raises(SourceFailed, match="302"):
            taken(camera(f"http://127.0.0.1:{server.port}/cam", LOCAL))
        assert inner.seen == []


def test_only_files_below_the_opened_folders_may_be_read(tmp_path) -> None:
    root = feed_root()
    inside = clip_file("ok.mp4", [0, 40])
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(b"x")
    (root / "link.mp4").unlink(missing_ok=True)
    (root / "link.mp4").symlink_to(secret)
    assert path_check("ok.mp4") == path_check(str(inside)) == inside.resolve()
    for text in ("../secret.mp4", str(secret), "/etc/passwd", "link.mp4", "none.mp4", "ok.mp4/../../x", "\0"):
        with pytest.raises(SourceRefused):
            path_check(text)
    assert [root] == settings.FEED_FILE_ROOTS
