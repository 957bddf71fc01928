"""The assist worker's own work: encode the pictures people have open, then those that come next."""

from __future__ import annotations

import logging
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from backend.annotation import selectors as annotation
from backend.core import jobs
from backend.core.errors import AppError, NotFound
from backend.core.jobs import JobContext
from backend.core.models import JobRun
from backend.learning.enums import EmbeddingNeed
from backend.learning.models import Checkpoint, Embedding
from backend.learning.services import checkpoints, embeddings
from backend.learning.services.assist_outlines import EVERYTHING_KIND
from backend.learning.services.follows import FOLLOW_KIND
from backend.media import reading
from backend.media import selectors as media
from ml.errors import MlError
from ml.inference.sam_encoder import SamEncoder
from ml.inference.sam_facts import ENCODER_FILE

log = logging.getLogger(__name__)

# One ring of the bell works for so long at most, so that other work of the queue gets its turn.
TURN_S = 30.0
# Pictures ahead of each person, and of each project's common queue.
AHEAD = 3
# No more is asked ahead while so much waits already.
WAITING_ENOUGH = 60
# The driver's own file: whether there is a GPU is known without loading torch.
GPU_DRIVER = Path("/proc/driver/nvidia/version")
# Somebody waits before the screen for both of these; the one that takes seconds comes before the one that takes minutes.
_FIRST: dict[str, tuple[str, ...]] = {EVERYTHING_KIND: (), FOLLOW_KIND: (EVERYTHING_KIND,)}


def encode_waiting() -> int:
    """Encode what is wanted most until nothing is left or the turn is over. Returns how many were encoded."""
    began, made = time.monotonic(), 0
    while time.monotonic() - began < TURN_S:
        row = embeddings.embedding_take()
        if row is None:
            return made
        encode(row)
        made += 1
    embeddings.ring()
    return made


def encode(row: Embedding) -> bool:
    """Encode one picture that was taken. Trouble is written to the row, for the person who waits to see."""
    try:
        with embeddings.embedding_held(row):
            start = time.perf_counter()
            data = encoder_of(row.checkpoint).encode(_pixels(row)).to_bytes()
            embeddings.embedding_store(row, data, seconds=time.perf_counter() - start)
    except (AppError, MlError) as error:
        embeddings.embedding_failed(row, str(error))
        return False
    except (OSError, RuntimeError, MemoryError) as error:
        # A full disk, a driver that gave up, no memory: the next picture may well succeed.
        log.exception("embedding %s failed", row.key)
        embeddings.embedding_failed(row, f"{type(error).__name__}: {error}")
        return False
    return True


def _pixels(row: Embedding) -> Any:
    info = media.assets_info([row.asset_id]).get(row.asset_id)
    if info is None or info.deleted:
        raise NotFound("The picture is not there any more.")
    return reading.asset_image_array(info)


def encoder_of(row: Checkpoint) -> Any:
    """The encoder of a checkpoint that is ready, opened: on a GPU where there is one."""
    folder = checkpoints.prepared_dir(row)
    assert folder is not None
    if GPU_DRIVER.exists():
        return _torch_encoder(checkpoints.models_dir() / row.file, row.sha256)
    return _encoder(folder, checkpoints.model_key(row), int(row.facts["side"]), tuple(row.facts["shape"]))


@lru_cache(maxsize=1)
def _encoder(folder: Path, key: str, side: int, shape: tuple[int, ...]) -> SamEncoder:
    threads = settings.ASSIST_THREADS
    return SamEncoder(folder / ENCODER_FILE, key=key, side=side, shape=shape, threads=threads)


@lru_cache(maxsize=1)
def _torch_encoder(path: Path, sha256: str) -> Any:
    from ml.models.sam import sam_load

    return sam_load(path, allowed_sha256=(sha256,), device="cuda")


def give_way(context: JobContext | None = None) -> None:
    """Called by long jobs of the assist queue between two pictures: first whoever waits in front of a screen.

    Raises JobCancelled where the job itself was cancelled.
    """
    while (row := embeddings.embedding_take(at_least=EmbeddingNeed.OPENED)) is not None:
        encode(row)
    if context is None:
        return
    context.check_cancelled()
    first = _FIRST.get(context.job.kind, (EVERYTHING_KIND, FOLLOW_KIND))
    waiting = JobRun.objects.filter(kind__in=first, state="queued").order_by("id")
    for job_id in waiting.values_list("id", flat=True)[:5]:
        jobs.run(str(job_id))


def ask_ahead() -> int:
    """Ask for the pictures that come next in everybody's queue. Returns how many were looked at."""
    checkpoints.look()
    row = checkpoints.checkpoint_active()
    if row is None or embeddings.embeddings_waiting() >= WAITING_ENOUGH:
        return 0
    ids = annotation.assets_coming_up(each=AHEAD)
    for info in media.assets_info(ids).values():
        if not info.deleted and info.display_key:
            embeddings.embedding_ask(info=info, checkpoint=row, need=EmbeddingNeed.AHEAD)
    return len(ids)


def evict() -> int:
    return embeddings.embeddings_evict(in_use=annotation.assets_in_hand())
