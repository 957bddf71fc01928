"""Real RTSP and HLS servers: frames with their times, and every way a camera can go wrong."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.feeds.domain.addresses import address_parse
from backend.feeds.errors import SourceFailed
from backend.feeds.sources.frames import Frame
from backend.feeds.sources.hls import HlsSource
from backend.feeds.sources.live import LiveSource, NewestFrame, StreamClock
from backend.feeds.sources.rtsp import Behind, RtspSource
from backend.feeds.sources.rtsp_relay import REDIRECTS, AnswerReader
from tests.support.cameras import camera_clip, hls_folder, hls_server, rtsp_server, talking_server
from tests.support.http_server import Answer, serve

LOCAL = ("127.0.0.1",)
OK = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    return camera_clip(tmp_path_factory.mktemp("camera") / "clip.mp4")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return hls_folder(tmp_path_factory.mktemp("hls"))


def rtsp(url: str, **given) -> RtspSource:
    return RtspSource(address_parse(url), LOCAL, **{"target_fps": 10.0, "read_timeout_s": 20.0, **given})


def hls(url: str, **given) -> HlsSource:
    return HlsSource(address_parse(url), LOCAL, **{"target_fps": 10.0, "read_timeout_s": 20.0, **given})


def watched(
    source: LiveSource, count: int = 50, then: Callable[[int], None] = lambda _n: None
) -> tuple[list[Frame | None], str]:
    """Up to so many frames (None: silence), calling `then` after each, and how the source failed, if it did."""
    found: list[Frame | None] = []
    frames = source.frames(threading.Event())
    try:
        for frame in frames:
            found.append(frame)
            then(len(found))
            if len(found) == count:
                break
    except SourceFailed as error:
        return found, str(error)
    finally:
        frames.close()
    return found, ""


def assert_real(found: list[Frame | None]) -> list[Frame]:
    """Pictures of the clip, their times rising as the camera's do; what a busy machine made silent is left out."""
    frames = [frame for frame in found if frame is not None]
    assert all(frame.image.shape == (128, 128, 3) for frame in frames)
    times = [frame.time_s for frame in frames]
    assert times == sorted(times)
    assert len(set(times)) == len(times)
    assert max(float(frame.image.max()) for frame in frames) > 180
    return frames


# --- RTSP


def test_rtsp_gives_frames_with_the_camera_s_times_at_the_rate_asked_for(clip):
    with rtsp_server(clip) as server:
        found, problem = watched(rtsp(server.url()), 12)
    assert problem == ""
    frames = assert_real(found)
    # The clip's own stamps are 0.04 s apart; at ten a second none is nearer than two of them, but for the first.
    steps = [b.time_s - a.time_s for a, b in zip(frames[2:], frames[3:], strict=False)]
    assert sum(steps) / len(steps) >= 0.08


def test_rtsp_with_name_and_password_and_without_them(clip):
    with rtsp_server(clip, "admin", "p@ss:w") as server:
        assert_real(watched(rtsp(server.url("admin:p%40ss%3Aw@")), 2)[0])
        for who in ("admin:wrong@", ""):
            assert watched(rtsp(server.url(who))) == ([], "Name or password is missing or wrong.")


def test_a_killed_camera_fails_at_once(clip):
    with rtsp_server(clip) as server:
        frames, problem = watched(
            rtsp(server.url()), 500, lambda n: server.process.kill() if n == 3 else None
        )
        assert_real(frames)
        assert "ended" in problem or "stopped" in problem or "read" in problem
        assert watched(rtsp(server.url())) == ([], "Nothing answers at this address and port.")


def test_a_frozen_camera_is_silent_first_and_fails_then(clip, monkeypatch):
    monkeypatch.setattr("backend.feeds.sources.live.STALLED_AFTER_S", 0.3)
    with rtsp_server(clip) as server:

        def freeze(count: int) -> None:
            if count == 3:
                server.process.send_signal(signal.SIGSTOP)

        frames, problem = watched(rtsp(server.url(), read_timeout_s=1.5), 500, freeze)
        server.process.send_signal(signal.SIGCONT)
    assert None in frames
    assert problem


def test_a_camera_frozen_for_a_moment_comes_back_by_itself(clip, monkeypatch):
    monkeypatch.setattr("backend.feeds.sources.live.STALLED_AFTER_S", 0.3)
    with rtsp_server(clip) as server:
        silences = []

        def nap(count: int) -> None:
            if count == 3:
                server.process.send_signal(signal.SIGSTOP)
            if count > 3 and not silences and frames_seen[-1:] == [None]:
                silences.append(count)
                server.process.send_signal(signal.SIGCONT)

        source, frames_seen, problem = rtsp(server.url(), read_timeout_s=20.0), [], ""
        for frame in source.frames(threading.Event()):
            frames_seen.append(frame)
            nap(len(frames_seen))
            if silences and frame is not None:
                break
    assert problem == ""
    assert frames_seen[-1] is not None
    assert None in frames_seen


@pytest.mark.parametrize("catches_up", [True, False])
def test_a_machine_too_slow_for_a_camera_leaves_frames_out_and_does_not_show_the_past(
    clip, monkeypatch, catches_up
):
    """Each frame costs 80 ms, and one comes each 40 ms: without the catching up, half of all time is lag."""
    put = NewestFrame.put

    def slowly(self, frame) -> None:
        threading.Event().wait(0.08)
        put(self, frame)

    monkeypatch.setattr(NewestFrame, "put", slowly)
    if not catches_up:
        monkeypatch.setattr("backend.feeds.sources.rtsp.BEHIND_MAX_S", 1e9)
    lags, begun_s = [], time.monotonic()
    with rtsp_server(clip) as server:
        source = rtsp(server.url())
        for frame in source.frames(threading.Event()):
            if frame is not None:
                lags.append(frame.captured_s - frame.time_s)
            if time.monotonic() - begun_s > 12.0:
                break
    behind_s = max(lags[-10:]) - min(lags)
    assert behind_s < 2.0 if catches_up else behind_s > 3.0


def test_a_camera_whose_clock_runs_slow_or_jumps_is_not_behind():
    behind = Behind()
    for second in range(200_000):  # two days, 100 parts in a million slow: 20 s
        assert not behind.is_late(second * (1 - 1e-4), float(second), key=second % 2 == 0)
    assert not behind.is_late(5.0, 200_000.0, key=False)  # begun anew
    assert not behind.is_late(None, 200_001.0, key=False)


def test_who_is_behind_goes_on_with_all_frames_from_a_key_frame_that_is_not():
    behind = Behind()
    steps = [(0.0, 10.0, True), (0.04, 10.5, False), (0.08, 11.2, False)]  # 1.1 s behind
    steps += [(1.0, 11.7, True), (2.0, 12.2, False), (3.0, 13.1, True)]  # .7, .2 but no key frame, .1
    assert [behind.is_late(at, now, key=key) for at, now, key in steps] == [
        False,
        False,
        True,
        True,
        True,
        False,
    ]


def test_what_answers_garbage_or_nothing_is_no_camera():
    with talking_server(lambda _request: b"\x00\xff nothing like RTSP \r\n\r\n" * 20) as port:
        assert watched(rtsp(f"rtsp://127.0.0.1:{port}/x"))[1] == "What answers there does not speak RTSP."
    with talking_server(lambda _request: b"RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n") as port:
        assert watched(rtsp(f"rtsp://127.0.0.1:{port}/x"))[1]
    with talking_server(lambda _request: b"") as port:
        frames, problem = watched(rtsp(f"rtsp://127.0.0.1:{port}/x", read_timeout_s=0.6))
        assert set(frames) <= {None}
        assert problem


@pytest.mark.parametrize("step", [b"OPTIONS", b"DESCRIBE"])
def test_an_rtsp_redirect_into_the_network_is_not_followed(step):
    with serve(Answer(200, b"")) as inner:
        away = f"RTSP/1.0 302 Found\r\nCSeq: 1\r\nLocation: rtsp://127.0.0.1:{inner.port}/x\r\n\r\n".encode()
        knocked = []
        inner.verify_request = lambda *_who: bool(knocked.append(1))  # any connection counts
        with talking_server(lambda request: away if request.startswith(step) else OK) as port:
            assert watched(rtsp(f"rtsp://127.0.0.1:{port}/x")) == ([], REDIRECTS)
        assert knocked == []


@pytest.mark.parametrize(
    "answer",
    [
        b"RTSP/1.0 302 Found\nLocation: rtsp://127.0.0.1/x\n\n",
        b"RTSP/1.0 +302 Found\r\nLocation: rtsp://127.0.0.1/x\r\n\r\n",
        b"RTSP/1.0 0302 Found\r\n\r\n",
        b"rtsp/1.0 302 Found\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: 10x\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: 1\r\nContent-Length: 99\r\n\r\n",
        b"RTSP/1.0 200 OK\r\n$\x00\x00\x04\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nX: y\r\n" + b"z" * 20_000,
        b"$\x00\x00\x02ab" + b"RTSP/1.0 301 Moved\r\n\r\n",
    ],
)
def test_answers_that_two_readers_could_take_differently_never_reach_ffmpeg(answer):
    for size in (1, 7, len(answer)):  # however the bytes arrive
        reader, passed = AnswerReader(), b""
        with pytest.raises(SourceFailed):
            for start in range(0, len(answer), size):
                passed += reader.passed(answer[start : start + size])
        assert b"RTSP" not in passed


def test_harmless_answers_pass_as_they_are():
    body = b"v=0\r\nRTSP/1.0 302 in a body is text\r\n"
    said = OK + b"$\x00\x00\x03abc" + b"RTSP/1.0 200 OK\r\nContent-length: %d\r\n\r\n" % len(body) + body + OK
    for size in (1, 5, len(said)):
        reader = AnswerReader()
        assert b"".join(reader.passed(said[n : n + size]) for n in range(0, len(said), size)) == said


# --- HLS


def test_hls_gives_frames_at_the_pace_they_were_filmed_at_and_its_end_is_a_failure(folder):
    started_s = time.monotonic()
    with hls_server(folder) as server:
        found, problem = watched(hls(f"http://127.0.0.1:{server.port}/live.m3u8"), 20)
        frames = assert_real(found)
        assert frames[-1].captured_s - frames[0].captured_s >= 0.9 * (frames[-1].time_s - frames[0].time_s)
    assert problem == ""
    assert frames[-1].captured_s > started_s


def test_a_playlist_that_points_inside_is_refused_wherever_it_does(folder):
    with serve(Answer(200, b"secret")) as inner:
        inside = f"http://localhost:{inner.port}/s000.ts".encode()  # not among the hosts let out

        def pointing(what: bytes):
            return lambda seen, body: body.replace(what, inside) if seen.path.endswith("m3u8") else body

        def variant(seen, body):
            return (
                b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n" + inside + b"\n" if "live" in seen.path else body
            )

        def keyed(seen, body):
            key = b'#EXT-X-KEY:METHOD=AES-128,URI="' + inside + b'"\n#EXTINF'
            return body.replace(b"#EXTINF", key, 1) if "live" in seen.path else body

        for change in (pointing(b"s000.ts"), variant, keyed):
            with hls_server(folder, change) as server:
                _frames, problem = watched(hls(f"http://127.0.0.1:{server.port}/live.m3u8"), 5)
                assert "inside this network" in problem, problem
        for scheme in (
            b"file:///etc/hostname",
            b"tcp://127.0.0.1:1/x",
            b"concat:/etc/hostname",
            b"data:text/plain,x",
        ):
            with hls_server(folder, lambda seen, body, to=scheme: body.replace(b"s000.ts", to)) as server:
                frames, problem = watched(hls(f"http://127.0.0.1:{server.port}/live.m3u8"), 5)
                assert problem
                assert not [frame for frame in frames if frame is not None]
        assert inner.seen == []


def test_a_redirect_of_a_segment_is_not_followed(folder):
    with serve(Answer(200, b"secret")) as inner:
        away = Answer(302, b"", {"Location": f"http://127.0.0.1:{inner.port}/x"})
        with hls_server(folder, lambda seen, body: away if seen.path.endswith(".ts") else body) as server:
            _frames, problem = watched(hls(f"http://127.0.0.1:{server.port}/live.m3u8"), 5)
        assert "302" in problem
        assert inner.seen == []


def test_the_camera_s_password_is_not_given_to_whoever_its_playlist_names(folder):
    asked = {"http": Answer(401, b"", {"WWW-Authenticate": 'Basic realm="cam"'})}
    with hls_server(folder) as other:

        def locked(seen, body):
            if "Authorization" not in seen.headers:
                return asked["http"]
            return body.replace(b"s000.ts", f"http://127.0.0.1:{other.port}/s000.ts".encode())

        with hls_server(folder, locked) as server:
            assert_real(watched(hls(f"http://a:b@127.0.0.1:{server.port}/live.m3u8"), 3)[0])
    assert other.seen
    assert all("Authorization" not in seen.headers for seen in other.seen)


def test_hls_that_is_none_says_so(folder):
    with serve(Answer(200, b"<html>login</html>")) as server:
        assert watched(hls(f"http://127.0.0.1:{server.port}/live.m3u8"))[1]
    with hls_server(
        folder, lambda seen, body: body if "m3u8" in seen.path else b"\x00garbage" * 500
    ) as server:
        assert watched(hls(f"http://127.0.0.1:{server.port}/live.m3u8", read_timeout_s=1.0), 5)[1]


# --- time


def test_a_stream_s_times_are_its_own_and_a_jump_is_bridged_by_the_arrival():
    clock = StreamClock()
    stamps = [(100.0, 0.0), (100.2, 0.9), (100.4, 1.0), (3.0, 1.5), (3.2, 1.6), (None, 2.6), (90.0, 3.0)]
    assert [clock.at(stamp, at) for stamp, at in stamps] == pytest.approx([0, 0.2, 0.4, 0.9, 1.1, 2.1, 2.5])
