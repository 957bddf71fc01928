"""Runs in the decoding child: small pictures of a clip in the order of time, all in one file, to look ahead by."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from backend.media.decoding.clips import Clip, FrameAt
from backend.media.decoding.refusal import Refused

STRIP_NAME = "strip.jpg"
TILE_PX = 160
TILES_MAX = 100
COLUMNS = 10
STRIP_QUALITY = 70
# With fewer keyframes than this, frames between them are decoded too, where the clip is short enough for that.
KEYFRAMES_FEW = 30
# About 2,400 frames of 1920 × 1080: 15 s on a busy core.
DECODED_MAX_PIXELS = 5_000_000_000


def strip_write(
    clip: Clip, stamps: Sequence[int], keys: set[int], out: Path, *, frame_pixels: int
) -> dict[str, Any] | None:
    """Write `strip.jpg`: at most `TILES_MAX` frames, row by row.

    Returns `{"frames", "columns", "tile_width", "tile_height"}`: the index of each tile's frame, and a tile's size in
    pixels; None where not one frame could be decoded.
    """
    first = stamps[0]
    at_keys = [index for index, stamp in enumerate(stamps) if stamp in keys]
    whole = len(at_keys) < KEYFRAMES_FEW and len(stamps) * frame_pixels <= DECODED_MAX_PIXELS
    tiles: list[tuple[int, Image.Image]] = []
    for index in _evenly(range(len(stamps)) if whole else at_keys or [0]):
        stamp = stamps[index]
        try:
            # All in one go where all are decoded; else each from its keyframe.
            picture = clip.picture(FrameAt(stamp=stamp, first=first, near=first if whole else stamp))
        except Refused:
            continue  # a damaged frame is no reason to have no strip
        picture.thumbnail((TILE_PX, TILE_PX), Image.Resampling.BILINEAR)
        tiles.append((index, picture))
    if not tiles:
        return None
    width, height = tiles[0][1].size
    sheet = Image.new("RGB", (width * min(COLUMNS, len(tiles)), height * -(-len(tiles) // COLUMNS)))
    for place, (_, picture) in enumerate(tiles):
        sheet.paste(picture.convert("RGB"), (place % COLUMNS * width, place // COLUMNS * height))
    sheet.save(out / STRIP_NAME, quality=STRIP_QUALITY)
    frames = [index for index, _ in tiles]
    return {"frames": frames, "columns": COLUMNS, "tile_width": width, "tile_height": height}


def _evenly(indices: Sequence[int]) -> list[int]:
    """At most `TILES_MAX` of them, the first one always."""
    count = min(TILES_MAX, len(indices))
    return [indices[place * len(indices) // count] for place in range(count)]
