"""One click, one mask: the basic assist in the web process, SAM in the assist worker where a checkpoint is installed."""

from __future__ import annotations

import json
import time
import uuid
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import redis
from celery import current_app
from django.conf import settings
from django.core.cache import cache

from backend.core import events
from backend.core.errors import BadInput
from backend.core.models import new_id
from backend.learning.errors import AssistUnavailable
from backend.media import reading
from backend.media import selectors as media

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAM_REPLY_TIMEOUT_S = 20
SAM_CHECKPOINTS = ("sam_vit_b*.pth", "sam_vit_l*.pth", "sam_vit_h*.pth")
# Decoded pictures kept between clicks: a person clicks many times in one picture.
PICTURES_KEPT = 6


def sam_checkpoint() -> Path | None:
    """The operator's SAM checkpoint in the models folder; None where there is none."""
    for pattern in SAM_CHECKPOINTS:
        if found := sorted(Path(settings.OPERATOR_MODELS_DIR).glob(pattern)):
            return found[0]
    return None


def backend_name() -> str:
    return "sam" if sam_checkpoint() else "basic"


@lru_cache(maxsize=PICTURES_KEPT)
def _picture(asset_id: uuid.UUID) -> tuple[NDArray[np.uint8], float]:
    """The picture's array, and picture pixels per array pixel."""
    info = media.assets_info([asset_id])[asset_id]
    pixels = reading.asset_image_array(info)
    return pixels, reading.array_scale(info, pixels)


def encode_state(*, asset_id: uuid.UUID) -> dict[str, str]:
    """Whether a first click would be answered at once; starts the encoding where it would not."""
    if sam_checkpoint() is None:
        return {
            "state": "ready",
            "backend": "basic",
            "message": "Basic assist: no SAM checkpoint is installed.",
        }
    if cache.get(f"assist:ready:{asset_id}"):
        return {"state": "ready", "backend": "sam", "message": ""}
    if cache.add(f"assist:encoding:{asset_id}", "1", timeout=120):
        current_app.send_task("learning.assist_encode", (str(asset_id),), queue="assist")
    return {"state": "encoding", "backend": "sam", "message": "The picture is being encoded."}


def decode(*, asset_id: uuid.UUID, prompt: dict[str, Any]) -> dict[str, Any]:
    """Masks for a prompt as polygons, best first. Raises BadInput for a prompt that names nothing."""
    start = time.perf_counter()
    if sam_checkpoint() is not None:
        answer = _ask_sam(asset_id, prompt)
        backend = "sam"
    else:
        from ml.inference.classical_segmenter import ClassicalSegmenter

        pixels, scale = _picture(asset_id)
        answer = candidates(ClassicalSegmenter(), pixels, prompt, scale=scale)
        backend = "basic"
    return {"candidates": answer, "backend": backend, "ms": round((time.perf_counter() - start) * 1000, 1)}


def candidates(
    segmenter: Any,
    image: NDArray[np.uint8],
    prompt: dict[str, Any],
    features: Any = None,
    *,
    scale: float = 1.0,
) -> list[dict[str, Any]]:
    """Run a segmenter on a prompt and give its masks as polygons, both in picture pixels.

    `scale`: picture pixels per pixel of `image` or `features`, above 1 for the overview of a large picture.
    The prompt's `tolerance` stays in pixels of what the segmenter saw: finer than that it knows nothing.
    """
    from ml.contracts import Box
    from ml.errors import MlError
    from ml.geometry.masks import mask_to_polygons
    from ml.inference.segmenter import PromptPoint, Prompts

    box, viewport = prompt.get("box"), prompt.get("viewport")
    prompts = Prompts(
        points=tuple(
            PromptPoint(p["x"] / scale, p["y"] / scale, p["inside"]) for p in prompt.get("points", [])
        ),
        box=Box(*(value / scale for value in box)) if box else None,
        viewport=Box(*(value / scale for value in viewport)) if viewport else None,
    )
    try:
        found = segmenter.decode(features or segmenter.encode(image), prompts)
    except MlError as error:
        raise BadInput(str(error)) from error
    answers = []
    for mask, score in zip(found.masks, found.scores, strict=True):
        polygons = mask_to_polygons(mask, float(prompt.get("tolerance", 1.0)))
        if polygons:
            largest = max(polygons, key=lambda p: _area(p.points))
            answers.append(
                {
                    "polygon": {
                        "points": [[x * scale, y * scale] for x, y in largest.points],
                        "holes": [[[x * scale, y * scale] for x, y in hole] for hole in largest.holes],
                    },
                    "score": float(score),
                }
            )
    return answers


def _area(points: tuple[tuple[float, float], ...]) -> float:
    shifted = [*points[1:], points[0]]
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(points, shifted, strict=True))) / 2


def _ask_sam(asset_id: uuid.UUID, prompt: dict[str, Any]) -> list[dict[str, Any]]:
    """The web process has no torch: the assist worker decodes and answers on a list of its own."""
    reply = f"assist:reply:{new_id()}"
    # By name: the task's module leads to torch, which this process must not know.
    current_app.send_task(
        "learning.assist_decode", (str(asset_id), prompt, reply), queue="assist", expires=SAM_REPLY_TIMEOUT_S
    )
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=SAM_REPLY_TIMEOUT_S + 5)
    try:
        got = client.blpop([reply], timeout=SAM_REPLY_TIMEOUT_S)
    except redis.RedisError as error:
        raise AssistUnavailable("The assist did not answer. Draw by hand; nothing was lost.") from error
    finally:
        client.close()
    if got is None:
        raise AssistUnavailable("The assist did not answer in time. Draw by hand; nothing was lost.")
    body = json.loads(got[1])
    if "error" in body:
        raise BadInput(body["error"])
    answers: list[dict[str, Any]] = body["candidates"]
    return answers


def reply_send(key: str, body: dict[str, Any]) -> None:
    """Hand an answer to the web thread that waits for it; unread answers vanish."""
    pipe = events.client().pipeline()
    pipe.rpush(key, json.dumps(body))
    pipe.expire(key, SAM_REPLY_TIMEOUT_S)
    pipe.execute()
