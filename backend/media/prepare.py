"""One file on disk to stored bytes and facts: sniffed, hashed, decoded in the child, written to storage.

Nothing here touches a row, so it runs outside transactions and may run twice without harm: every storage
key is made from the content's hash.
"""

from __future__ import annotations

import hashlib
import mmap
import re
import shutil
import tempfile
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage

from backend.core import storage
from backend.media.decoding import client
from backend.media.domain import magic
from backend.media.enums import AssetKind
from backend.media.errors import FileRefused
from backend.sites.contracts import NOTHING_HIDDEN, CameraPrivacy, Polygons

BURNED_NAME = "burned.mp4"
HASH_CHUNK_BYTES = 1024 * 1024
IMAGE_MAX_BYTES = 512 * 1024 * 1024
VIDEO_MAX_PIXELS = 64_000_000


@dataclass(frozen=True, slots=True)
class Prepared:
    """Content as stored. `captured_at` is EXIF's naive ISO time; `clip` and `frame_times_s` are for videos."""

    kind: AssetKind
    sha256: str
    size_bytes: int
    media_type: str
    storage_key: str
    display_key: str
    thumbnail_key: str
    width: int
    height: int
    perceptual_hash: int | None = None
    captured_at: str | None = None
    duration_s: float | None = None
    frame_times_s: list[float] | None = None
    clip: dict[str, Any] | None = None
    quality: dict[str, Any] = field(default_factory=dict)
    # Of a picture drawn from tiles: `{"tile_px", "ending", "levels": [[width, height]], "prefix", "overview_key"}`.
    tiles: dict[str, Any] | None = None


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while chunk := handle.read(HASH_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def sniffed(path: Path, name: str) -> magic.FileType:
    """The file's type by name and content. Raises FileRefused."""
    with path.open("rb") as handle:
        head = handle.read(magic.HEAD_BYTES)
    try:
        return magic.sniff(name, head)
    except magic.UnknownFile as error:
        raise FileRefused(str(error)) from error


def content_key(sha256: str, privacy: CameraPrivacy) -> str:
    """The hash that stands for a file's stored content: another one where a camera's outlines are burned into it.

    So a picture that came without its camera, or before an outline was drawn, is never taken for the burned one.
    """
    if not privacy.polygons:
        return sha256
    return hashlib.sha256(f"{sha256}:{privacy.fingerprint}".encode()).hexdigest()


def prepare(
    path: Path,
    *,
    name: str,
    organisation_id: uuid.UUID,
    max_pixels: int,
    sha256: str = "",
    privacy: CameraPrivacy = NOTHING_HIDDEN,
) -> Prepared:
    """Decode and store one image or video. Raises FileRefused with the reason."""
    found = sniffed(path, name)
    if found.family == "archive":
        raise FileRefused("Archives inside archives are not opened.")
    sha256 = content_key(sha256 or sha256_of(path), privacy)
    with tempfile.TemporaryDirectory(prefix="siteloop-ingest-") as folder:
        out = Path(folder)
        if found is magic.GIF and not _moves(path):
            return _image(path, found, sha256, organisation_id, out, max_pixels, privacy.polygons)
        if found.family == "video":
            if privacy.polygons:
                client.video_burn(path, found.name, out, privacy.polygons)
                path = out / BURNED_NAME
                found = sniffed(path, BURNED_NAME)
            return _video(path, found, sha256, organisation_id, out, min(max_pixels, VIDEO_MAX_PIXELS))
        if path.stat().st_size > IMAGE_MAX_BYTES:
            raise FileRefused(f"The picture's file is larger than {IMAGE_MAX_BYTES // 1024**2} MB.")
        return _image(path, found, sha256, organisation_id, out, max_pixels, privacy.polygons)


def _moves(path: Path) -> bool:
    """Whether a GIF holds more than one picture: its graphic control or image blocks come twice."""
    return path.read_bytes()[:64_000_000].count(b"\x21\xf9\x04") > 1


def _store(key: str, path: Path) -> None:
    """Keys are made of the content's hash: what is there in full is the same and may be being read."""
    if default_storage.exists(key) and default_storage.size(key) == path.stat().st_size:
        return
    storage.write_file(key, path)


def _key(part: str, organisation_id: uuid.UUID, sha256: str, ending: str) -> str:
    return f"{part}/{organisation_id}/{sha256[:2]}/{sha256}{ending}"


def _image(
    path: Path,
    found: magic.FileType,
    sha256: str,
    organisation_id: uuid.UUID,
    out: Path,
    max_pixels: int,
    polygons: Polygons,
) -> Prepared:
    facts = client.image_ingest(path, found.name, out, max_pixels=max_pixels, polygons=polygons)
    thumbnail_key = _key("derived", organisation_id, sha256, "-thumbnail.jpg")
    _store(thumbnail_key, out / "thumbnail.jpg")
    stored_name, display_name = facts["stored"], facts["display"]
    if stored_name:  # the original carries what must not be kept: only the cleaned picture is stored
        storage_key = _key("blobs", organisation_id, sha256, Path(stored_name).suffix)
        _store(storage_key, out / stored_name)
        display_key, media_type = storage_key, facts["media_type"]
    else:
        storage_key = _key("blobs", organisation_id, sha256, _suffix(found))
        _store(storage_key, path)
        display_key, media_type = storage_key, found.media_type
        if display_name:
            display_key = _key("derived", organisation_id, sha256, f"-display{Path(display_name).suffix}")
            _store(display_key, out / display_name)
    tiles = _tiles(facts, sha256, organisation_id, out) if facts["tiles"] else None
    return Prepared(
        kind=AssetKind.IMAGE,
        sha256=sha256,
        size_bytes=path.stat().st_size,
        media_type=media_type,
        storage_key=storage_key,
        display_key=display_key,
        thumbnail_key=thumbnail_key,
        width=facts["width"],
        height=facts["height"],
        perceptual_hash=facts["dhash"],
        captured_at=facts["captured_at"],
        quality=facts["quality"],
        tiles=tiles,
    )


def _tiles(facts: dict[str, Any], sha256: str, organisation_id: uuid.UUID, out: Path) -> dict[str, Any]:
    """Store every tile and the overview. Returns what the asset keeps of them."""
    prefix = _key("tiles", organisation_id, sha256, "")
    for path in sorted((out / "tiles").rglob("*.*")):
        _store(f"{prefix}/{path.relative_to(out / 'tiles').as_posix()}", path)
    overview_key = _key("derived", organisation_id, sha256, f"-overview{Path(facts['overview']).suffix}")
    _store(overview_key, out / facts["overview"])
    return {**facts["tiles"], "prefix": prefix, "overview_key": overview_key}


def _video(
    path: Path, found: magic.FileType, sha256: str, organisation_id: uuid.UUID, out: Path, max_pixels: int
) -> Prepared:
    facts = client.video_probe(path, found.name, out, max_pixels=max_pixels)
    thumbnail_key = _key("derived", organisation_id, sha256, "-thumbnail.jpg")
    _store(thumbnail_key, out / "thumbnail.jpg")
    storage_key = _key("blobs", organisation_id, sha256, _suffix(found))
    _store(storage_key, _without_places(path, out, facts["places"]))
    return Prepared(
        kind=AssetKind.VIDEO,
        sha256=sha256,
        size_bytes=path.stat().st_size,
        media_type=found.media_type,
        storage_key=storage_key,
        display_key="",
        thumbnail_key=thumbnail_key,
        width=facts["width"],
        height=facts["height"],
        duration_s=facts["duration_s"],
        frame_times_s=facts["times_s"],
        clip={
            "demuxer": found.name,
            "first_pts": facts["first_pts"],
            "tick": facts["tick"],
            "strip": _strip(facts, sha256, organisation_id, out),
        },
    )


def _strip(
    facts: dict[str, Any], sha256: str, organisation_id: uuid.UUID, out: Path
) -> dict[str, Any] | None:
    if facts["strip"] is None:
        return None
    key = _key("derived", organisation_id, sha256, "-strip.jpg")
    _store(key, out / "strip.jpg")
    return {"key": key, **facts["strip"]}


def _without_places(path: Path, out: Path, places: list[str]) -> Path:
    """The clip itself, or a copy in which the digits of its coordinates are zeros; nothing else moves."""
    if not places:
        return path
    clean = out / "clean"
    shutil.copyfile(path, clean)
    with clean.open("r+b") as handle, mmap.mmap(handle.fileno(), 0) as content:
        for place in places:
            written = place.encode()
            blank = re.sub(rb"[0-9]", b"0", written)
            at = content.find(written)
            while at >= 0 and blank != written:
                content[at : at + len(written)] = blank
                at = content.find(written, at + len(written))
    return clean


def _suffix(found: magic.FileType) -> str:
    endings = {
        "image/jpeg": ".jpg",
        "video/x-matroska": ".mkv",
        "video/quicktime": ".mov",
        "video/x-msvideo": ".avi",
    }
    return endings.get(found.media_type) or f".{found.media_type.rpartition('/')[2]}"
