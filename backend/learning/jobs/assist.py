"""SAM in the assist worker: one checkpoint in memory, embeddings stored as raw float16."""

from __future__ import annotations

import hashlib
import uuid
from functools import lru_cache
from pathlib import Path
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


# What Meta published; an operator's own checkpoint is added with SITELOOP_SAM_SHA256.
PUBLISHED_SHA256 = (
    "ec2df62732614e57411cdcf32a23ffdf28910380d03139ee0f4fcbe91eb8c912",  # ViT-B
    "3adcc4315b642a4d2101128f611684e8734c41232a17c648ed1693702a49a622",  # ViT-L
    "a7bf3b02f3ebf1267aba913ff637d9a2d5c33d3173bb679e46d9f338c26f262e",  # ViT-H
)


@lru_cache(maxsize=1)
def _segmenter(path: Path, _changed_ns: int) -> Any:
    from ml.models.sam import sam_load

    return sam_load(path, allowed_sha256=(*PUBLISHED_SHA256, *settings.SAM_SHA256))


def segmenter() -> Any:
    path = assist.sam_checkpoint()
    if path is None:
        raise AssistUnavailable("No SAM checkpoint is installed.")
    return _segmenter(path, path.stat().st_mtime_ns)


def _key(asset_id: str, name: str) -> str:
    return f"assist/{name}/{asset_id}.f16"


def features(asset_id: str) -> tuple[Any, float]:
    """Stored features, or freshly encoded ones, which are then stored; and picture pixels per pixel of them."""
    sam = segmenter()
    key_id = uuid.UUID(asset_id)
    info = media.assets_info([key_id])[key_id]
    image = reading.asset_image_array(info)
    key = _key(asset_id, hashlib.sha256(sam.key.encode()).hexdigest()[:16])
    try:
        found = sam.restore(storage.read_bytes(key), image.shape[0], image.shape[1])
    except FileNotFoundError:
        found = sam.encode(image)
        storage.write_bytes(key, found.to_bytes())
    cache.set(f"assist:ready:{asset_id}", "1", timeout=READY_FOR_S)
    return found, reading.array_scale(info, image)


def encode(asset_id: str) -> None:
    try:
        features(asset_id)
    finally:
        cache.delete(f"assist:encoding:{asset_id}")


def decode(asset_id: str, prompt: dict[str, Any], reply: str) -> None:
    from ml.errors import MlError

    try:
        found, scale = features(asset_id)
        masks = assist.candidates(segmenter(), None, prompt, found, scale=scale)  # type: ignore[arg-type]
        body: dict[str, Any] = {"candidates": masks}
    except AppError as error:
        body = {"error": error.message}
    except MlError as error:
        body = {"error": str(error)}
    assist.reply_send(reply, body)
