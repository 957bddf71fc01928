"""Pictures too large to be drawn whole: tiles of every level, an overview, the same pixels, bounded memory."""

from __future__ import annotations

import io
import resource
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from backend.core import storage
from backend.media import reading, services
from backend.media.api.serving import IMMUTABLE
from backend.media.decoding import client, images, large, strips
from backend.media.errors import FileRefused
from tests.support import factories, media

ORIENTATION = 0x0112
SMALL = (1300, 700)  # three by two tiles
LARGE = (9_600, 7_400)  # 71 megapixels
LEVELS = 6
# What JPEG's loss may do to smooth colours at the qualities used here.
TOLERANCE = 12
# Libraries, the overview and a strip of each level. Pixels decoded whole (284 MB) lie in a file and do not count.
PRIVATE_BYTES = 300 * 1024**2


def colours(width: int, height: int) -> Image.Image:
    """Red grows to the right, green downwards, blue along both: every place has a colour of its own."""
    across = np.linspace(0, 255, width, dtype=np.float32)
    down = np.linspace(0, 255, height, dtype=np.float32)[:, None]
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[..., 0], pixels[..., 1], pixels[..., 2] = across, down, (across + down) / 2
    return Image.fromarray(pixels)


# How a camera that notes this orientation has stored the upright picture.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def turned(image: Image.Image, turn: int) -> tuple[Image.Image, Image.Exif]:
    exif = Image.Exif()
    exif[ORIENTATION] = turn
    way = STORED[turn]
    return (image if way is None else image.transpose(way)), exif


def joined(tiles: Path, level: int, size: tuple[int, int], ending: str) -> np.ndarray:
    """One level's tiles put together again, as RGB."""
    whole = Image.new("RGB", size)
    for path in (tiles / str(level)).glob(f"*.{ending}"):
        column, row = (int(part) for part in path.stem.split("_"))
        with Image.open(path) as tile:
            whole.paste(tile.convert("RGB"), (column * 512, row * 512))
    return np.asarray(whole)


def ingested(tmp_path: Path, content: bytes, kind: str) -> tuple[Path, dict[str, Any]]:
    path, out = tmp_path / f"in.{kind}", tmp_path / "out"
    path.write_bytes(content)
    out.mkdir()
    return out, images.ingest(path, kind, out, 10_000_000)


def same(one: np.ndarray, other: np.ndarray, tolerance: int = TOLERANCE) -> bool:
    return one.shape == other.shape and bool(
        np.abs(one.astype(np.int16) - other.astype(np.int16)).max() <= tolerance
    )


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.fixture
def _little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the child's limit left room for less than a small picture's coefficients."""
    limit = strips._LIBRARIES_BYTES + 5_000_000
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (limit, limit))


@pytest.fixture
def _tiled_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "TILED_ABOVE_PIXELS", 100_000)


@pytest.mark.usefixtures("_tiled_early")
@pytest.mark.parametrize("turn", sorted(STORED))
def test_every_orientation_gives_the_upright_picture_in_tiles(turn: int, tmp_path: Path) -> None:
    upright = colours(*SMALL)
    stored, exif = turned(upright, turn)
    out, facts = ingested(tmp_path, media.encoded(stored, exif=exif, quality=95, subsampling=0), "jpeg")
    assert (facts["width"], facts["height"]) == SMALL
    assert facts["tiles"]["levels"] == [[1300, 700], [650, 350], [325, 175]]
    for level, size in enumerate(facts["tiles"]["levels"]):
        expected = np.asarray(upright.resize(size, Image.Resampling.BOX))
        assert same(joined(out / "tiles", level, tuple(size), "jpg"), expected), level
    # What is kept in place of the original is one ordinary JPEG, upright, without a note on its turn.
    with Image.open(out / facts["stored"]) as kept:
        assert kept.getexif().get(ORIENTATION, 1) == 1
        assert same(np.asarray(kept.convert("RGB")), np.asarray(upright))
    with Image.open(out / "thumbnail.jpg") as thumbnail:
        assert thumbnail.size == (320, 172)


@pytest.mark.usefixtures("_tiled_early")
@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("png", "RGB", {}),
        ("png", "RGBA", {}),
        ("png", "L", {}),
        ("png", "LA", {}),
        ("png", "P", {}),
        ("webp", "RGB", {"quality": 95}),
        ("webp", "RGBA", {"lossless": True}),
        ("tiff", "RGB", {}),
        ("bmp", "RGB", {}),
    ],
)
def test_formats_and_modes_keep_their_colours(
    kind: str, mode: str, options: dict[str, Any], tmp_path: Path
) -> None:
    given = colours(*SMALL).convert(mode)
    if mode == "RGBA":
        given.putalpha(254)  # an alpha channel that hides nothing would be left out by WebP
    out, facts = ingested(tmp_path, media.encoded(given, kind.upper(), **options), kind)
    assert facts["tiles"]["ending"] == ("webp" if mode in ("RGBA", "LA") else "jpg")
    expected = np.asarray(given.convert("RGB"))
    # A palette's dither is hard on JPEG; that no row is out of place still shows.
    tolerance = 90 if mode == "P" else 2 * TOLERANCE
    got = joined(out / "tiles", 0, SMALL, facts["tiles"]["ending"])
    assert same(got, expected, tolerance)
    assert np.abs(got.astype(int) - expected.astype(int)).mean() < (12 if mode == "P" else 3)


@pytest.mark.usefixtures("_tiled_early")
def test_sixteen_bit_grey_is_scaled_by_the_whole_picture_not_by_strips(tmp_path: Path) -> None:
    down = np.linspace(0, 60_000, SMALL[1]).astype(np.uint16)
    given = Image.fromarray(np.repeat(down[:, None], SMALL[0], axis=1))
    out, facts = ingested(tmp_path, media.encoded(given, "PNG"), "png")
    got = joined(out / "tiles", 0, SMALL, "jpg")[:, 0, 0].astype(int)
    assert np.abs(got - down / 65_535 * 255).max() < 4
    assert facts["stored"].endswith(".jpg")


@pytest.mark.usefixtures("_tiled_early")
@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "tiff"])
def test_a_picture_cut_short_is_refused(kind: str, tmp_path: Path) -> None:
    content = media.encoded(colours(*SMALL), kind.upper())
    with pytest.raises(images.Refused):
        ingested(tmp_path, content[: len(content) // 3], kind)


@pytest.mark.usefixtures("_tiled_early")
def test_a_turned_webp_is_upright_and_a_moving_one_is_refused(tmp_path: Path) -> None:
    upright = colours(*SMALL)
    stored, exif = turned(upright, 6)
    out, facts = ingested(tmp_path, media.encoded(stored, "WEBP", exif=exif, quality=95), "webp")
    assert (facts["width"], facts["height"]) == SMALL
    assert same(joined(out / "tiles", 0, SMALL, "jpg"), np.asarray(upright), 2 * TOLERANCE)
    moving = media.encoded(upright, "WEBP", save_all=True, append_images=[upright.rotate(180)])
    with pytest.raises(images.Refused, match="Moving"):
        images.ingest(written(tmp_path / "moving.webp", moving), "webp", tmp_path / "out", 10_000_000)


@pytest.mark.usefixtures("_tiled_early", "_little_room")
def test_a_progressive_jpeg_that_takes_too_much_memory_is_not_called_broken(tmp_path: Path) -> None:
    content = media.encoded(colours(*SMALL), progressive=True, subsampling=0)
    with pytest.raises(images.Refused, match="baseline"):
        ingested(tmp_path, content, "jpeg")


@pytest.mark.usefixtures("_tiled_early")
@pytest.mark.parametrize("late", [False, True])
def test_a_place_noted_before_or_behind_the_pixels_does_not_stay(late: bool, tmp_path: Path) -> None:
    content = media.encoded(colours(*SMALL), "PNG")
    data = b"tEXtComment\0" + b"52 degrees north"
    note = struct.pack(">L", len(data) - 4) + data + struct.pack(">L", zlib.crc32(data))
    at = content.index(b"IEND") - 4 if late else content.index(b"IDAT") - 4
    out, facts = ingested(tmp_path, content[:at] + note + content[at:], "png")
    assert facts["stored"]
    assert b"north" not in (out / facts["stored"]).read_bytes()
    with Image.open(out / facts["stored"]) as kept:
        assert kept.size == SMALL


def png_of_claimed_size(width: int, height: int) -> bytes:
    """A PNG's header and nothing to decode behind it."""
    head = b"IHDR" + struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"\0" * 64)
    chunks = [struct.pack(">L", len(c) - 4) + c + struct.pack(">L", zlib.crc32(c)) for c in (head, data)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("allowed", "size", "words"),
    [(False, (9_000, 8_000), "72 megapixels; the limit is 64"), (True, (17_000, 16_000), "limit is 256")],
)
def test_too_many_pixels_are_refused_from_the_header(
    db: Any, allowed: bool, size: tuple[int, int], words: str
) -> None:
    project = factories.make_project(settings={"large_pictures": allowed})
    with pytest.raises(FileRefused, match=words):
        services.asset_register(project=project, content=png_of_claimed_size(*size), name="a.png", actor=None)


@pytest.fixture
def _little_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A decoding child that may hold `PRIVATE_BYTES` of its own."""
    child = client.DecodingChild(memory_bytes=PRIVATE_BYTES)
    monkeypatch.setattr(client, "CHILD", child)
    yield
    child.close()


@pytest.fixture
def project(db: Any) -> Any:
    return factories.make_project(settings={"large_pictures": True})


@pytest.mark.usefixtures("_little_memory")
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_seventy_megapixels_are_served_in_tiles_within_bounded_memory(project: Any, kind: str) -> None:
    upright = colours(*LARGE)
    if kind == "PNG":
        content = media.encoded(upright, "PNG", compress_level=1)
    else:
        stored, exif = turned(upright, 6)
        content = media.encoded(stored, "JPEG", exif=exif, quality=85)
        del stored
    asset = services.asset_register(project=project, content=content, name="site.jpg", actor=None)
    assert (asset.width, asset.height) == LARGE
    assert len(asset.tiles["levels"]) == LEVELS
    pixels = reading.asset_image_array(asset)
    scale = reading.array_scale(asset, pixels)
    assert scale == LARGE[0] / pixels.shape[1] == 4.0
    expected = np.asarray(upright.resize((pixels.shape[1], pixels.shape[0]), Image.Resampling.BOX))
    assert same(pixels, expected)
    _served(project, asset, np.asarray(upright))


def _served(project: Any, asset: Any, upright: np.ndarray) -> None:
    worker = factories.client_for(factories.make_project_member(project, "annotator"))
    base = f"/api/v1/assets/{asset.pk}/tiles"
    shown = worker.get(f"/api/v1/assets/{asset.pk}").json()["tiles"]
    assert shown["tile_px"] == 512
    last = worker.get(f"{base}/0/18/14")
    assert (last.status_code, last["Cache-Control"], last["Content-Type"]) == (200, IMMUTABLE, "image/jpeg")
    with Image.open(io.BytesIO(b"".join(last.streaming_content))) as tile:
        assert same(np.asarray(tile), upright[14 * 512 :, 18 * 512 :])
    assert worker.get(f"{base}/0/18/14", headers={"If-None-Match": last["ETag"]}).status_code == 304
    for outside in ("0/19/0", "0/0/15", f"{LEVELS}/0/0", f"{LEVELS - 1}/1/0", "99/0/0"):
        assert worker.get(f"{base}/{outside}").status_code == 404, outside
    with Image.open(io.BytesIO(storage.read_bytes(asset.thumbnail_key))) as thumbnail:
        assert max(thumbnail.size) == 320
    stranger = factories.client_for(factories.make_user())
    assert stranger.get(f"{base}/0/0/0").status_code == 404


def test_an_ordinary_picture_has_no_tiles(project: Any) -> None:
    asset = services.asset_register(project=project, content=media.jpeg(1), name="a.jpg", actor=None)
    worker = factories.client_for(factories.make_project_member(project, "annotator"))
    assert asset.tiles is None
    assert worker.get(f"/api/v1/assets/{asset.pk}/tiles/0/0/0").status_code == 404
