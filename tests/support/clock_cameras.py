"""Cameras that show what time it is, so that a picture on a page tells how old it is."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image

from tests.support.http_server import serve

# Milliseconds as 24 black or white blocks in a row across the middle; they begin anew every 4.6 hours.
WIDTH, HEIGHT, BLOCK, BITS = 320, 180, 12, 24
MARGIN = 16
CAMERA_FPS = 5


def clock_jpeg() -> bytes:
    image = np.full((HEIGHT, WIDTH), 200, np.uint8)
    now_ms = time.time_ns() // 1_000_000
    for bit in range(BITS):
        left = MARGIN + bit * BLOCK
        image[HEIGHT // 2 - 20 : HEIGHT // 2 + 20, left : left + BLOCK] = 255 * (now_ms >> bit & 1)
    out = io.BytesIO()
    Image.fromarray(image).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


@contextmanager
def clock_cameras() -> Iterator[int]:
    """MJPEG cameras of any path that show the time; their port."""
    over = threading.Event()

    def stream(_seen: object) -> Iterator[bytes]:
        while not over.wait(1 / CAMERA_FPS):
            yield clock_jpeg()

    with serve(stream) as server:
        try:
            yield server.port
        finally:
            over.set()
