"""Real cameras for tests: an RTSP server in a process, an HLS folder behind HTTP, and answers written by hand."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from backend.core.installer.cameras import PACKAGES, SYSTEM_PYTHON
from tests.support.http_server import Answer, Seen, Server, serve


def camera_clip(
    path: Path, *, seconds: float = 20.0, fps: int = 25, side: int = 128, format: str = "mp4"
) -> Path:  # noqa: A002
    """A moving square, 25 frames a second, a keyframe each half second, no B-frames: what cameras send."""
    with av.open(str(path), "w", format=format) as container:
        stream = container.add_stream(
            "libx264", rate=fps, options={"preset": "ultrafast", "tune": "zerolatency"}
        )
        stream.width = stream.height = side
        stream.pix_fmt = "yuv420p"
        stream.gop_size = fps // 2
        for index in range(int(seconds * fps)):
            image = np.full((side, side, 3), 90, np.uint8)
            at = (index * 3) % (side - 32)
            image[40:72, at : at + 32] = 230
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))
    return path


@dataclass
class RtspServer:
    port: int
    process: subprocess.Popen[str]

    def url(self, who: str = "") -> str:
        return f"rtsp://{who}127.0.0.1:{self.port}/clip"


@contextmanager
def rtsp_server(clip: Path, *who: str) -> Iterator[RtspServer]:
    """A GStreamer RTSP server; says what to install where it cannot run."""
    script = Path(__file__).parent / "rtsp_server.py"
    process = subprocess.Popen(
        [SYSTEM_PYTHON, str(script), str(clip), *who],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    line = process.stdout.readline()
    if not line.strip().isdigit():
        process.kill()
        said = process.stderr.read()[-500:]
        raise RuntimeError(
            f"No RTSP server can be started. `make setup`, or: sudo apt install {' '.join(PACKAGES)}\n{said}"
        )
    try:
        yield RtspServer(int(line), process)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def hls_folder(folder: Path, *, seconds: float = 8.0, side: int = 128) -> Path:
    """A playlist with segments of one second, as FFmpeg's own muxer writes them."""
    folder.mkdir(exist_ok=True)
    clip = camera_clip(folder / "source.mp4", seconds=seconds, side=side)
    options = {"hls_time": "1", "hls_list_size": "0", "hls_segment_filename": str(folder / "s%03d.ts")}
    with (
        av.open(str(clip)) as source,
        av.open(str(folder / "live.m3u8"), "w", format="hls", options=options) as out,
    ):
        stream = out.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    return folder


@contextmanager
def hls_server(
    folder: Path, change: Callable[[Seen, bytes], Answer | bytes] = lambda _seen, body: body
) -> Iterator[Server]:
    """The folder by HTTP; `change` may answer otherwise."""

    def answer(seen: Seen) -> Answer:
        path = folder / seen.path.lstrip("/").partition("?")[0]
        if not path.is_file():
            return Answer(404)
        given = change(seen, path.read_bytes())
        return given if isinstance(given, Answer) else Answer(200, given)

    with serve(answer) as server:
        yield server


@contextmanager
def talking_server(answers: Callable[[bytes], bytes]) -> Iterator[int]:
    """A TCP server that answers each request of its clients by a function; its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.2)
    over = threading.Event()

    def run() -> None:
        while not over.is_set():
            try:
                client, _ = listener.accept()
            except TimeoutError:
                continue
            with client:
                client.settimeout(2)
                try:
                    while not over.is_set() and (request := client.recv(65536)):
                        client.sendall(answers(request))
                except OSError:
                    continue

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        thread.join()
        listener.close()
