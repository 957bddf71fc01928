"""The parent's side of the decoding child: one per process, restarted when it dies or takes too long."""

from __future__ import annotations

import atexit
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from backend.media.errors import FileRefused
from backend.sites.contracts import Polygons

MEMORY_BYTES = 2 * 1024**3
# Sixty-four megapixels with an alpha channel take 15 s on a busy core; tiles of larger ones as long again.
IMAGE_TIMEOUT_S = 60.0
TIMEOUT_PIXELS = 64_000_000
FRAME_TIMEOUT_S = 30.0
VIDEO_TIMEOUT_S = 900.0
# Every frame is encoded anew.
BURN_TIMEOUT_S = 3_600.0
# Decoders leak; a fresh child now and then costs nothing.
COMMANDS_PER_CHILD = 2_000
_REPO = Path(__file__).resolve().parents[3]
_READ_BYTES = 1 << 16


class DecodingChild:
    """Thread-safe: one command at a time. `call` raises FileRefused for whatever goes wrong with the file."""

    def __init__(self, *, memory_bytes: int = MEMORY_BYTES) -> None:
        self._memory_bytes = memory_bytes
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._pid = 0
        self._left = 0

    def call(self, command: dict[str, Any], *, timeout_s: float) -> tuple[dict[str, Any], bytes]:
        with self._lock:
            try:
                return self._exchange(command, timeout_s)
            except TimeoutError as error:
                self._stop()
                raise FileRefused(f"Decoding it took longer than {timeout_s:.0f} s.") from error
            except (EOFError, BrokenPipeError, ConnectionError) as error:
                self._stop()
                raise FileRefused("The decoder gave up on it: it is broken or hostile.") from error

    def warm(self) -> None:
        """Start it before it is asked: what it has to load takes longer than a frame."""
        with self._lock:
            self._ready()

    def close(self) -> None:
        with self._lock:
            self._stop()

    def _exchange(self, command: dict[str, Any], timeout_s: float) -> tuple[dict[str, Any], bytes]:
        process = self._ready()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(command).encode() + b"\n")
        process.stdin.flush()
        self._left -= 1
        reader = _Reader(process.stdout.fileno(), time.monotonic() + timeout_s)
        answer: dict[str, Any] = json.loads(reader.line())
        if "refused" in answer:
            raise FileRefused(answer["refused"])
        return answer, reader.exactly(int(answer.get("bytes", 0)))

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._pid != os.getpid():
            self._process = None  # a fork's copy: the parent's child is not ours
        if self._process is not None and (self._left <= 0 or self._process.poll() is not None):
            self._stop()
        if self._process is None:
            environment = {
                "PATH": os.environ.get("PATH", ""),
                "OMP_NUM_THREADS": "1",
                "OPENBLAS_NUM_THREADS": "1",
                "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
            }
            self._process = subprocess.Popen(
                [sys.executable, "-m", "backend.media.decoding.child", str(self._memory_bytes)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=_REPO,
                env=environment,
                close_fds=True,
            )
            self._pid, self._left = os.getpid(), COMMANDS_PER_CHILD
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue


class _Reader:
    """Reads a line and then bytes from a descriptor, giving up at the deadline."""

    def __init__(self, descriptor: int, deadline: float) -> None:
        self._descriptor, self._deadline, self._buffer = descriptor, deadline, b""

    def line(self) -> bytes:
        while b"\n" not in self._buffer:
            self._more()
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line

    def exactly(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._more()
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def _more(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._descriptor, selectors.EVENT_READ)
            if not selector.select(max(0.0, self._deadline - time.monotonic())):
                raise TimeoutError
        chunk = os.read(self._descriptor, _READ_BYTES)
        if not chunk:
            raise EOFError
        self._buffer += chunk


CHILD = DecodingChild()
atexit.register(CHILD.close)


def image_ingest(
    path: Path, kind: str, out: Path, *, max_pixels: int, polygons: Polygons = ()
) -> dict[str, Any]:
    """See `decoding.images.ingest`; runs in the child."""
    command = {"do": "image", "path": str(path), "kind": kind, "out": str(out), "max_pixels": max_pixels}
    command["polygons"] = polygons
    return CHILD.call(command, timeout_s=IMAGE_TIMEOUT_S * max(1.0, max_pixels / TIMEOUT_PIXELS))[0]


def video_probe(path: Path, kind: str, out: Path, *, max_pixels: int) -> dict[str, Any]:
    """See `decoding.videos.probe`; runs in the child."""
    command = {"do": "video", "path": str(path), "kind": kind, "out": str(out), "max_pixels": max_pixels}
    return CHILD.call(command, timeout_s=VIDEO_TIMEOUT_S)[0]


def video_burn(path: Path, kind: str, out: Path, polygons: Polygons) -> None:
    """See `decoding.burning.burned_video`; runs in the child."""
    command = {"do": "burn", "path": str(path), "kind": kind, "out": str(out), "polygons": polygons}
    CHILD.call(command, timeout_s=BURN_TIMEOUT_S)


def frame_jpeg(path: Path, kind: str, *, stamp: int, first: int, near: int, kept: int) -> bytes:
    """The upright frame of that stamp as JPEG; decoded in the child, which keeps clips open.

    See `decoding.clips.FrameAt` for the stamps.
    """
    at = {"stamp": stamp, "first": first, "near": near, "kept": kept}
    return CHILD.call({"do": "frame", "path": str(path), "kind": kind, "at": at}, timeout_s=FRAME_TIMEOUT_S)[
        1
    ]
