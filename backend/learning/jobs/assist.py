"""SAM in the assist worker: one checkpoint in memory, embeddings stored as raw float16."""

from __future__ import annotations

import hashlib
import uuid
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.cache import cache

from backend.core import storage
from backend.core.errors import AppError
from backend.learning.errors import AssistUnavailable
from backend.learning.services import assist
from backend.media import reading
from backend.media import selectors as media

READY_FOR_S = 24 * 3600
HASH_CHUNK_BYTES = 4 * 1024 * 1024


@lru_cache(maxsize=1)
def _segmenter(path: str, _changed_ns: int) -> Any:
    from ml.models.sam import sam_load

    digest = hashlib.sha256()
    with open(path, "rb") as handle:  # noqa: PTH123 - a plain stream for hashing
        while chunk := handle.read(HASH_CHUNK_BYTES):
            digest.update(chunk)
    # The operator put the file into the models folder by hand: its hash at loading is the one allowed.
    allowed = set(settings.SAM_SHA256) or {digest.hexdigest()}
    return sam_load(path, allowed_sha256=allowed)


def segmenter() -> Any:
    path = assist.sam_checkpoint()
    if path is None:
        raise AssistUnavailable("No SAM checkpoint is installed.")
    return _segmenter(str(path), path.stat().st_mtime_ns)


def _key(asset_id: str, name: str) -> str:
    return f"assist/{name}/{asset_id}.f16"


def features(asset_id: str) -> Any:
    """Stored features, or freshly encoded ones, which are then stored."""
    sam = segmenter()
    key_id = uuid.UUID(asset_id)
    image = reading.asset_image_array(media.assets_info([key_id])[key_id])
    key = _key(asset_id, hashlib.sha256(sam.key.encode()).hexdigest()[:16])
    try:
        found = sam.restore(storage.read_bytes(key), image.shape[0], image.shape[1])
    except FileNotFoundError:
        found = sam.encode(image)
        storage.write_bytes(key, found.to_bytes())
    cache.set(f"assist:ready:{asset_id}", "1", timeout=READY_FOR_S)
    return found


def encode(asset_id: str) -> None:
    try:
        features(asset_id)
    finally:
        cache.delete(f"assist:encoding:{asset_id}")


def decode(asset_id: str, prompt: dict[str, Any], reply: str) -> None:
    from ml.errors import MlError

    try:
        found = features(asset_id)
        body: dict[str, Any] = {"candidates": assist.candidates(segmenter(), None, prompt, found)}  # type: ignore[arg-type]
    except AppError as error:
        body = {"error": error.message}
    except MlError as error:
        body = {"error": str(error)}
    assist.reply_send(reply, body)
