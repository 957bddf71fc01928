"""Tries a source in a process of its own: `python -m backend.feeds.sources.probe`, a request on stdin, the answer on stdout.

Whatever a stranger's stream does to a decoder, it does it there, within its memory and its time.
"""

from __future__ import annotations

import base64
import json
import resource
import sys
import threading
import time
from pathlib import Path
from typing import Any

import cv2

from backend.feeds.domain.addresses import address_parse
from backend.feeds.errors import SourceFailed
from backend.feeds.sources.frames import FileSource, FolderSource, FrameSource
from backend.feeds.sources.hls import HlsSource
from backend.feeds.sources.mjpeg import MjpegSource
from backend.feeds.sources.rtsp import RtspSource
from backend.feeds.sources.usb import UsbSource
from ml.scene.privacy import burn

READ_TIMEOUT_S = 6.0
STILL_SIDE_PX = 960
MEMORY_BYTES = 2 * 1024**3


def source_of(request: dict[str, Any]) -> FrameSource:
    """The source that a request names: `kind`, `source` (whole), `allowed_hosts`."""
    kind, source = request["kind"], request["source"]
    if kind == "file":
        return FileSource(Path(source), loop=False, realtime=False, target_fps=5.0)
    if kind == "folder":
        return FolderSource(Path(source), loop=False, realtime=False)
    if kind == "usb":
        return UsbSource(Path(source), read_timeout_s=READ_TIMEOUT_S)
    live = {"mjpeg": MjpegSource, "rtsp": RtspSource, "hls": HlsSource}[kind]
    return live(address_parse(source), request["allowed_hosts"], read_timeout_s=READ_TIMEOUT_S)


def probe(request: dict[str, Any]) -> dict[str, Any]:
    """The first picture of a source, with its camera's outlines (`polygons`) burned over, or what is wrong."""
    started_s = time.monotonic()
    try:
        for frame in source_of(request).frames(threading.Event()):
            if frame is None:
                continue
            image = frame.image.copy()
            burn(image, request["polygons"])
            height, width = image.shape[:2]
            scale = min(1.0, STILL_SIDE_PX / max(height, width))
            small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            _done, jpeg = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
            return {
                "ok": True,
                "message": "",
                "width": width,
                "height": height,
                "seconds": round(time.monotonic() - started_s, 2),
                "jpeg": base64.b64encode(jpeg.tobytes()).decode(),
            }
    except SourceFailed as error:
        return {"ok": False, "message": str(error)}
    return {"ok": False, "message": "It gave no picture."}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.write(json.dumps(probe(json.load(sys.stdin))))
    sys.stdout.flush()
