"""Pixels of assets for jobs of any app: upright RGB arrays of pictures and of single frames.

The files were decoded once in the limited child when they came in; pictures are read here directly,
frames through the child, which keeps clips open.
"""

from __future__ import annotations

import io
import uuid
from array import array
from functools import lru_cache

import numpy as np
from django.db import DatabaseError
from numpy.typing import NDArray
from PIL import Image

from backend.core import storage
from backend.core.errors import NotFound
from backend.media.contracts import AssetInfo
from backend.media.decoding import client
from backend.media.enums import AssetKind
from backend.media.models import Asset

# From this many frames before, decoding on is quicker than seeking.
FRAME_AHEAD = 24
# As many before a frame that was jumped to can be stepped back to at once.
FRAMES_KEPT = 48
# Tables of stamps kept in a process: 0.8 MB for 100,000 frames.
TABLES_KEPT = 16


def asset_image_bytes(asset: Asset | AssetInfo) -> bytes:
    """The upright picture's file (JPEG, PNG or WebP) as browsers get it: of a large one, its overview.

    Raises NotFound.
    """
    if not asset.display_key:
        raise NotFound("There is no picture stored for this.")
    return storage.read_bytes(asset.tiles["overview_key"] if asset.tiles else asset.display_key)


def array_scale(asset: Asset | AssetInfo, pixels: NDArray[np.uint8]) -> float:
    """Picture pixels per array pixel: 1, but for a large picture, of which arrays hold the overview."""
    return asset.width / pixels.shape[1] if asset.tiles else 1.0


def asset_image_array(asset: Asset | AssetInfo) -> NDArray[np.uint8]:
    """(height, width, 3) uint8 RGB of the upright picture; of a video, its first frame.

    A large picture gives its overview: see `array_scale`.
    """
    if asset.kind == AssetKind.VIDEO:
        return asset_frame_array(asset, 0)
    return _array(asset_image_bytes(asset))


def asset_frame_jpeg(asset: Asset | AssetInfo, index: int) -> bytes:
    """One frame of a video by index, upright, as JPEG. Raises NotFound past the end, FileRefused."""
    row = asset if isinstance(asset, Asset) else _row(asset.id)
    if row.kind != AssetKind.VIDEO or row.clip is None or row.blob is None or not row.frame_count:
        raise NotFound("This is not a video.")
    if not 0 <= index < row.frame_count:
        raise NotFound(f"The video has {row.frame_count} frames.")
    table = _stamps(row.pk)
    stamps = {
        "stamp": table[index],
        "first": table[0],
        "near": table[max(0, index - FRAME_AHEAD)],
        "kept": table[max(0, index - FRAMES_KEPT)],
    }
    return client.frame_jpeg(storage.kept_path(row.blob.storage_key), row.clip["demuxer"], **stamps)


def asset_frame_array(asset: Asset | AssetInfo, index: int) -> NDArray[np.uint8]:
    """(height, width, 3) uint8 RGB of one frame of a video, upright. Raises as `asset_frame_jpeg`."""
    return _array(asset_frame_jpeg(asset, index))


def decoder_warm() -> None:
    """Have the decoder ready where there are videos, so that nobody's first frame waits for it. Never raises for want of a database."""
    try:
        if Asset.objects.filter(kind=AssetKind.VIDEO).exists():
            client.CHILD.warm()
    except DatabaseError:
        # Not there or not set up yet: the first frame starts it.
        return


def _row(asset_id: uuid.UUID) -> Asset:
    return Asset.objects.select_related("blob").defer("frame_times_s", "hash_bands").get(pk=asset_id)


@lru_cache(maxsize=TABLES_KEPT)
def _stamps(asset_id: uuid.UUID) -> array[int]:
    """Presentation stamps of a video's frames in stream ticks. They never change: read once a process."""
    times, clip = Asset.objects.values_list("frame_times_s", "clip").get(pk=asset_id)
    numerator, denominator = clip["tick"]
    first = int(clip["first_pts"])
    return array("q", (first + round(time_s * denominator / numerator) for time_s in times))


def _array(content: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("RGB"), dtype=np.uint8)
