"""Runs in the decoding child: a picture too large to be drawn whole, to tiles, an overview and a thumbnail."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from backend.media.decoding import strips
from backend.media.decoding.pixels import eight_bit, sample_range
from backend.media.decoding.pyramid import TILE_PX, Pyramid
from backend.media.decoding.stitched import StitchedJpeg
from backend.media.decoding.webp import LargeWebp, facts_read
from backend.media.domain.strip import NotStrippable, strip

if TYPE_CHECKING:
    from ml.scene.privacy import Polygons

# A browser holds four bytes a pixel: above this a picture is drawn from tiles.
TILED_ABOVE_PIXELS = 32_000_000
OVERVIEW_QUALITY = 92
BROKEN = (OSError, ValueError, SyntaxError, struct.error, KeyError, IndexError, TypeError, Warning)


def ingest(
    path: Path,
    kind: str,
    out: Path,
    image: Image.Image,
    *,
    turn: int,
    private: bool,
    friendly: bool,
    polygons: Polygons = (),
) -> tuple[Image.Image, dict[str, Any]]:
    """Write `tiles/`, `overview.*` and, where the original may not be kept, `stored.*` to `out`.

    `image` is opened and not yet decoded. Answers the overview's pixels and the facts: width and height
    (upright), `stored` ("" = the original), `display` (the same), `media_type`, `overview` and `tiles`.
    """
    if friendly and turn == 1 and private and not polygons:
        source, stored = _stripped(path, kind, out)
        if stored:
            with _opened(
                source, kind
            ) as clean:  # what was cut must still be a picture: it is the one decoded
                overview, facts = _tiled(source, kind, out, clean, turn=turn, anew=False)
            return overview, facts | {"stored": stored, "display": stored}
    return _tiled(
        path,
        kind,
        out,
        image,
        turn=turn,
        anew=private or turn != 1 or not friendly or bool(polygons),
        polygons=polygons,
    )


def _tiled(
    path: Path, kind: str, out: Path, image: Image.Image, *, turn: int, anew: bool, polygons: Polygons = ()
) -> tuple[Image.Image, dict[str, Any]]:
    """See `ingest`; with `anew` the upright pixels are also encoded into `stored.jpg`."""
    width, height = strips.upright_size(image, turn)
    parts = _eight_bit_strips(path, kind, image, turn, out)
    if polygons:
        from backend.media.decoding.burning import burned_strips  # only those who need it load OpenCV

        parts = burned_strips(parts, polygons, height)
    first = next(parts)
    pyramid = Pyramid(out / "tiles", width, height, first.mode)
    joined = None
    if anew:
        mode = "L" if first.mode == "L" else "RGB"
        joined = StitchedJpeg(out / "stored.jpg", width, height, mode, image.info.get("icc_profile"))
    for part in _all(first, parts):
        pyramid.add(part)
        if joined is not None:
            joined.add(part if part.mode == "L" else part.convert("RGB"))
    if joined is not None:
        joined.close()
    overview = "overview.webp" if pyramid.ending == "webp" else "overview.jpg"
    pyramid.overview.save(out / overview, quality=OVERVIEW_QUALITY)
    own = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}.get(kind, "")
    stored = "stored.jpg" if anew else ""
    return pyramid.overview, {
        "width": width,
        "height": height,
        "stored": stored,
        "display": stored,
        "media_type": "image/jpeg" if anew else own,
        "overview": overview,
        "tiles": {"tile_px": TILE_PX, "ending": pyramid.ending, "levels": [list(s) for s in pyramid.sizes]},
    }


def _opened(path: Path, kind: str) -> Image.Image:
    return LargeWebp(path, facts_read(path)) if kind == "webp" else Image.open(path)


def _stripped(path: Path, kind: str, out: Path) -> tuple[Path, str]:
    """A copy without private metadata, decoded below in place of the original; none where that cannot be."""
    try:
        name = f"stored.{'jpg' if kind == 'jpeg' else kind}"
        (out / name).write_bytes(strip(kind, path.read_bytes()))
        return out / name, name
    except NotStrippable:
        return path, ""


def _eight_bit_strips(
    path: Path, kind: str, image: Image.Image, turn: int, room: Path
) -> Iterator[Image.Image]:
    """Strips as RGB, RGBA or L; deeper greys are scaled by the range of the whole picture."""
    if image.mode.startswith("I") or image.mode == "F":
        ranges = [sample_range(part) for part in strips.strips(path, kind, image, turn, room)]
        whole = (min(low for low, _ in ranges), max(high for _, high in ranges))
        for part in strips.strips(path, kind, image, turn, room):
            yield eight_bit(part, whole)
        return
    for part in strips.strips(path, kind, image, turn, room):
        yield eight_bit(part)


def _all(first: Image.Image, rest: Iterator[Image.Image]) -> Iterator[Image.Image]:
    yield first
    yield from rest
