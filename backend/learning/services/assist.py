"""One click, one mask: how an open task's assist stands, and the server's own answers where a browser has none."""

from __future__ import annotations

import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from backend.core import storage
from backend.learning.enums import EmbeddingState
from backend.learning.errors import AssistBusy, AssistUnavailable, ModelRefused
from backend.learning.services import assist_answers, checkpoints, embeddings
from backend.learning.services.assist_backend import (
    Backend,
    Decoder,
    backend_of,
    network_of,
    network_open,
    sam_open,
)
from backend.media import reading
from backend.media import selectors as media

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from backend.annotation.models import Task
    from backend.media.contracts import AssetInfo
    from ml.inference.assist_segmenter import AssistSegmenter
    from ml.inference.segmenter import Features, Segmenter

# Decoded pictures kept between clicks: a person clicks many times in one picture.
PICTURES_MAX_BYTES = 192 * 1024 * 1024
# Of 2 MB each, for server-side answers only; browsers keep their own.
EMBEDDINGS_KEPT = 8
# Answers worked on at once: more would only slow each other and every other request.
AT_ONCE = 2
WAIT_MAX_S = 8.0
ENCODING = "The picture is being encoded."


class _Pictures:
    """The last pictures that were clicked in, as arrays, within so many bytes. Safe to share between threads."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._kept: OrderedDict[tuple[uuid.UUID, int], tuple[NDArray[np.uint8], float]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, info: AssetInfo, frame: int = 0) -> tuple[NDArray[np.uint8], float]:
        """The picture's array, of a video one frame's, and picture pixels per array pixel. Raises NotFound, FileRefused."""
        key = (info.id, frame)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        if info.kind == "video":
            pixels = reading.asset_frame_array(info, frame)
        else:
            pixels = reading.asset_image_array(info)
        found = (pixels, reading.array_scale(info, pixels))
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > 1 and sum(p.nbytes for p, _ in self._kept.values()) > self._max_bytes:
                self._kept.popitem(last=False)
        return found


_pictures = _Pictures(PICTURES_MAX_BYTES)
picture = _pictures.get
_slots = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def slot() -> Iterator[None]:
    """A turn to compute. Raises AssistBusy where too many wait."""
    if not _slots.acquire(timeout=WAIT_MAX_S):
        raise AssistBusy("Many people use the assist at this moment. Try again, or draw by hand.")
    try:
        yield
    finally:
        _slots.release()


def asset_of(task: Task) -> AssetInfo:
    """The task's picture. Raises AssistUnavailable where it is gone."""
    info = media.assets_info([task.asset_id]).get(task.asset_id)
    if info is None or info.deleted or not (info.display_key or info.kind == "video"):
        raise AssistUnavailable("The picture is not there any more.")
    return info


def encode_state(*, task: Task) -> dict[str, Any]:
    """Whether a first click would be answered at once; starts the encoding where it would not.

    Trouble with a checkpoint, or with encoding this one picture, is told and the network serves meanwhile.
    """
    checkpoints.look()
    try:
        info = asset_of(task)
    except AssistUnavailable as error:
        return _state("unavailable", Backend("basic", message=error.message), scale=1.0)
    if info.kind == "video":
        # Each frame would have to be encoded; the network looks at the one that is clicked in.
        return _state("ready", network_of(task.project_id), scale=1.0)
    backend = backend_of(task.project_id)
    scale = info.width / _array_width(info) if info.tiles else 1.0
    if backend.checkpoint is None:
        return _state("ready", backend, scale=scale)
    standing = embeddings.embedding_ask(info=info, checkpoint=backend.checkpoint)
    if standing.state == EmbeddingState.FAILED:
        told = f"This picture cannot be encoded: {standing.error}"
        return _state("ready", network_of(task.project_id, told), scale=scale)
    if standing.state != EmbeddingState.READY:
        return _state("encoding", backend, scale=scale, eta=standing.eta_seconds, message=ENCODING)
    return _state("ready", backend, scale=scale, embedding=_embedding(task, info, backend, standing.key))


def _state(
    state: str,
    backend: Backend,
    *,
    scale: float,
    eta: float | None = None,
    message: str = "",
    embedding: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "state": state,
        "backend": backend.name,
        "message": message or backend.message,
        "eta_seconds": eta,
        "decoder": _decoder_row(backend.decoder),
        "embedding": embedding,
        "picture": {"scale": scale},
    }


def _decoder_row(decoder: Decoder | None) -> dict[str, Any] | None:
    if decoder is None:
        return None
    return {
        "key": decoder.key,
        "kind": decoder.kind,
        "url": f"/api/v1/assist/decoders/{decoder.sha256}.onnx",
        "bytes": decoder.size_bytes,
        "sha256": decoder.sha256,
        "input_size": decoder.input_size,
    }


def _array_width(info: AssetInfo) -> float:
    """Width of the overview of a large picture; its file says it, and is not decoded for that twice."""
    return float(_pictures.get(info)[0].shape[1])


def _array_size(info: AssetInfo) -> tuple[int, int]:
    if info.tiles:
        height, width = _pictures.get(info)[0].shape[:2]
        return height, width
    return info.height, info.width


def _embedding(task: Task, info: AssetInfo, backend: Backend, key: str) -> dict[str, Any]:
    from ml.inference.sam_geometry import inner_size

    assert backend.checkpoint is not None
    facts = backend.checkpoint.facts
    height, width = _array_size(info)
    return {
        "url": f"/api/v1/tasks/{task.pk}/assist/embedding/{key}",
        "shape": facts["shape"],
        "dtype": "float16",
        "original_size": [height, width],
        "input_size": list(inner_size(height, width, int(facts["side"]))),
    }


def decode(*, task: Task, prompt: dict[str, Any]) -> dict[str, Any]:
    """Outlines for a prompt, best first. Raises BadInput, AssistBusy, AssistUnavailable."""
    start = time.perf_counter()
    info = asset_of(task)
    with slot():
        rows, name = _decode(task, info, prompt)
    return {"candidates": rows, "backend": name, "ms": round((time.perf_counter() - start) * 1000, 1)}


def _decode(task: Task, info: AssetInfo, prompt: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    is_video = info.kind == "video"
    backend = network_of(task.project_id) if is_video else backend_of(task.project_id)
    features = None if backend.checkpoint is None else sam_features(info, backend)
    if backend.checkpoint is not None and features is not None:
        return _answered(sam_open(backend.checkpoint, backend.own), features, info, prompt), "sam"
    if backend.checkpoint is not None:
        backend = network_of(task.project_id)
        # What SAM said before cannot be corrected by the network, which serves until the picture is encoded.
        prompt = {**prompt, "previous": None}
    pixels, _ = _pictures.get(info, (prompt.get("frame") or 0) if is_video else 0)
    network = network_or_none(backend)
    segmenter = network if network is not None else assist_answers.classical()
    return _answered(
        segmenter, segmenter.encode(pixels), info, prompt
    ), "basic" if network is None else "network"


def _answered(
    segmenter: Segmenter, features: Features, info: AssetInfo, prompt: dict[str, Any]
) -> list[dict[str, Any]]:
    scale = info.width / features.width
    size = (features.height, features.width)
    prompts = assist_answers.prompts_of(prompt, scale=scale, size=size, key=segmenter.key)
    return assist_answers.rows_of(
        assist_answers.answers(segmenter, features, prompts),
        scale=scale,
        tolerance=float(prompt.get("tolerance", 1.0)),
        key=segmenter.key,
        with_mask=bool(prompt.get("with_mask")),
    )


def network_or_none(backend: Backend) -> AssistSegmenter | None:
    """The click network of a backend; None where its files are missing or were changed under us."""
    try:
        return network_open(backend)
    except ModelRefused:
        return None


def sam_features(info: AssetInfo, backend: Backend) -> Features | None:
    """The picture's stored features, or None, in which case they are asked for."""
    assert backend.checkpoint is not None
    standing = embeddings.embedding_ask(info=info, checkpoint=backend.checkpoint)
    if standing.state != EmbeddingState.READY:
        return None
    try:
        return sam_open(backend.checkpoint, backend.own).restore(_stored(standing.key), *_array_size(info))
    except FileNotFoundError:
        embeddings.embedding_lost(standing.key)
        return None


@lru_cache(maxsize=EMBEDDINGS_KEPT)
def _stored(key: str) -> bytes:
    return storage.read_bytes(checkpoints.embedding_path(key))
