"""Runs in the decoding child: pixels of a large picture in a file without a name instead of private memory.

A decoder that can only write a whole picture then writes into pages that the system may put to disk, so that
what counts against the child's limit is the decoder's own memory alone.
"""

from __future__ import annotations

import errno
import mmap
import os
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from backend.media.decoding.refusal import Refused

_PILLOW_BYTES_PER_PIXEL = 4  # of most modes; deep greys and palettes need less and leave the rest unused


def mapped(folder: Path, size_bytes: int) -> mmap.mmap:
    """Zeros in an unnamed file in `folder`, mapped. Raises Refused where the disk has no room for them."""
    with tempfile.TemporaryFile(dir=folder) as handle:
        try:
            # Taken now: a page that finds no room later would end the process without a word.
            os.posix_fallocate(handle.fileno(), 0, size_bytes)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EFBIG):
                raise
            raise Refused(f"The disk has no room to decode it: {size_bytes / 1e9:.1f} GB needed.") from error
        return mmap.mmap(handle.fileno(), size_bytes)


def load(image: Image.Image, folder: Path) -> None:
    """`image.load()` of an opened, not yet decoded file, with its pixels in a file in `folder`."""
    if image._im is None:  # type: ignore[attr-defined]
        room = mapped(folder, image.width * image.height * _PILLOW_BYTES_PER_PIXEL)
        image.im = Image.core.map_buffer(room, image.size, "raw", 0, (image.mode, 0, 1))
    image.load()


def array(folder: Path, height: int, width: int, channels: int) -> np.ndarray:
    """(height, width, channels) bytes in a file in `folder`."""
    room = mapped(folder, height * width * channels)
    return np.frombuffer(room, dtype=np.uint8).reshape(height, width, channels)
