"""Embeddings: asked for, made once, stored under what they depend on, thrown out when old.

The rows are the queue and the truth; Celery only rings. A worker takes the most wanted row and holds a lease on it,
so that two never encode one picture, and a picture whose worker died is taken again.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import redis
from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import close_old_connections, connection, transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone
from kombu.exceptions import OperationalError

from backend.core import storage
from backend.learning.enums import EmbeddingNeed, EmbeddingState
from backend.learning.models import Checkpoint, Embedding
from backend.learning.services.checkpoints import embedding_path, model_key
from backend.media.contracts import AssetInfo

log = logging.getLogger(__name__)

# What is done to a picture before the encoder: part of the key, so that a change of it makes new embeddings.
PREPROCESSING = "pillow-bilinear-1"
LEASE = timedelta(seconds=20)
RENEW_EVERY_S = 5.0
ATTEMPTS_MAX = 3
# Asking again within this long is the same opening of a task, which must not jump the queue anew.
SAME_OPENING = timedelta(seconds=10)
# A failure may have passed: a full disk, a storage that was away.
FAILED_FOR = timedelta(minutes=5)
IN_USE = timedelta(minutes=15)
BELL = "assist:bell"
BELL_EVERY_S = 2
ENCODE_TASK = "learning.assist_encode"
# Weight of the newest picture in the mean time an encoding takes.
NEWEST_WEIGHT = 0.3


@dataclass(frozen=True, slots=True)
class Standing:
    """How an embedding stands. `eta_seconds` is None where nothing was measured yet."""

    key: str
    state: EmbeddingState
    eta_seconds: float | None = None
    error: str = ""


def key_of(info: AssetInfo, checkpoint: Checkpoint) -> str:
    """Where this picture's embedding by this checkpoint is stored.

    By content and organisation: what others uploaded must not be noticed by how soon one's own copy is ready.
    """
    # A picture without a stored file (a rendered frame) is known by its id; of a large one its overview is seen.
    content = info.sha256 or str(info.id)
    seen = "overview" if info.tiles else "whole"
    parts = (str(info.organisation_id), content, seen, model_key(checkpoint), PREPROCESSING)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _free(now: object) -> Q:
    return Q(state=EmbeddingState.WAITING) | Q(state=EmbeddingState.ENCODING, lease_expires_at__lt=now)


def embedding_ask(
    *, info: AssetInfo, checkpoint: Checkpoint, need: EmbeddingNeed = EmbeddingNeed.OPENED
) -> Standing:
    """Where the picture's embedding is; has it made where it is not. Asking again is free."""
    now = timezone.now()
    key = key_of(info, checkpoint)
    row, made = Embedding.objects.get_or_create(
        key=key,
        defaults={
            "checkpoint": checkpoint,
            "asset_id": info.id,
            "need": need,
            "asked_at": now,
            "used_at": now,
        },
    )
    if not made:
        _ask_again(row, info, need)
    if row.state == EmbeddingState.READY or row.state == EmbeddingState.FAILED:
        return Standing(key, EmbeddingState(row.state), error=row.error)
    if need == EmbeddingNeed.OPENED or made:
        ring()
    state = EmbeddingState.ENCODING if _is_held(row) else EmbeddingState.WAITING
    return Standing(key, state, _eta_s(row, checkpoint))


def _ask_again(row: Embedding, info: AssetInfo, need: EmbeddingNeed) -> None:
    now = timezone.now()
    changes: dict[str, object] = {"used_at": now, "asset_id": info.id}
    if row.state == EmbeddingState.FAILED and row.updated_at < now - FAILED_FOR:
        changes |= {"state": EmbeddingState.WAITING, "attempts": 0, "error": "", "updated_at": now}
    if need > row.need or (need == row.need == EmbeddingNeed.OPENED and row.used_at < now - SAME_OPENING):
        changes |= {"need": need, "asked_at": now}
    Embedding.objects.filter(pk=row.pk).update(**changes)
    for name, value in changes.items():
        setattr(row, name, value)


def _is_held(row: Embedding) -> bool:
    held_until = row.lease_expires_at
    return row.state == EmbeddingState.ENCODING and held_until is not None and held_until > timezone.now()


def _eta_s(row: Embedding, checkpoint: Checkpoint) -> float | None:
    """Seconds until this row is ready: what is left of the one being made, and those before it."""
    each = checkpoint.encode_s
    if each is None:
        return None
    now = timezone.now()
    if _is_held(row):
        elapsed = (now - (row.started_at or now)).total_seconds()
        return round(max(each - elapsed, 0.1), 1)
    before = Q(need__gt=row.need) | Q(need=row.need, asked_at__gt=row.asked_at)
    ahead = Embedding.objects.filter(_free(now), before).count()
    running = Embedding.objects.filter(state=EmbeddingState.ENCODING, lease_expires_at__gte=now)
    left = [max(each - (now - r.started_at).total_seconds(), 0.1) for r in running if r.started_at]
    return round(each * (ahead + 1) + sum(left), 1)


def ring() -> None:
    """Tell the assist worker to look. By name: the task's module leads to torch, which the web must not know."""
    try:
        if cache.add(BELL, "1", timeout=BELL_EVERY_S):
            current_app.send_task(ENCODE_TASK, queue="assist", expires=60)
    except (OperationalError, redis.RedisError):
        # The row stands; whoever waits asks again and rings then.
        log.warning("the assist worker was not rung: the broker did not answer")


def embedding_take(
    *, key: str | None = None, at_least: EmbeddingNeed = EmbeddingNeed.AHEAD
) -> Embedding | None:
    """The most wanted free row (or that of `key`), held by the caller from now on; None where there is none."""
    with transaction.atomic():
        now = timezone.now()
        rows = Embedding.objects.filter(_free(now), need__gte=at_least)
        if key is not None:
            rows = rows.filter(key=key)
        row = rows.select_for_update(skip_locked=True).order_by("-need", "-asked_at").first()
        if row is None:
            return None
        row.state, row.started_at, row.lease_expires_at = EmbeddingState.ENCODING, now, now + LEASE
        row.attempts += 1
        row.save()
    if row.attempts > ATTEMPTS_MAX:
        embedding_failed(row, "The assist worker stopped each time it encoded this picture.")
        return embedding_take(key=key, at_least=at_least)
    return row


@contextmanager
def embedding_held(row: Embedding) -> Iterator[None]:
    """Renews the lease for as long as the block runs, from a thread with a connection of its own."""
    over = threading.Event()

    def renew() -> None:
        try:
            while not over.wait(RENEW_EVERY_S):
                close_old_connections()
                _own(row).update(lease_expires_at=timezone.now() + LEASE)
        finally:
            connection.close()

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=2)


def _own(row: Embedding) -> QuerySet[Embedding]:
    """The row while this very taking of it holds it."""
    return Embedding.objects.filter(pk=row.pk, state=EmbeddingState.ENCODING, attempts=row.attempts)


def embedding_store(row: Embedding, data: bytes, *, seconds: float) -> None:
    """Keep a finished embedding: first the file, then the word that it is there."""
    storage.write_bytes(embedding_path(row.key), data)
    _own(row).update(
        state=EmbeddingState.READY,
        need=EmbeddingNeed.AHEAD,
        attempts=0,
        error="",
        lease_expires_at=None,
        size_bytes=len(data),
        updated_at=timezone.now(),
    )
    before = Checkpoint.objects.filter(pk=row.checkpoint_id).values_list("encode_s", flat=True).first()
    mean = seconds if before is None else before + NEWEST_WEIGHT * (seconds - before)
    Checkpoint.objects.filter(pk=row.checkpoint_id).update(encode_s=mean)


def embedding_failed(row: Embedding, error: str) -> None:
    _own(row).update(
        state=EmbeddingState.FAILED,
        error=error[:300],
        lease_expires_at=None,
        updated_at=timezone.now(),
    )


def embedding_lost(key: str) -> None:
    """The file is gone (a storage restored from an older copy): it is made again."""
    Embedding.objects.filter(key=key, state=EmbeddingState.READY).update(
        state=EmbeddingState.WAITING, need=EmbeddingNeed.OPENED, asked_at=timezone.now()
    )
    ring()


def embeddings_waiting() -> int:
    return Embedding.objects.filter(_free(timezone.now())).count()


def embeddings_evict(*, in_use: Collection[uuid.UUID] = ()) -> int:
    """Throw out what is older than the settings allow, then the longest unused until the rest fits.

    Never one used within `IN_USE`, nor of the assets `in_use`. Returns how many went.
    """
    now = timezone.now()
    loose = Embedding.objects.filter(used_at__lt=now - IN_USE).exclude(asset_id__in=in_use)
    loose = loose.exclude(state=EmbeddingState.ENCODING)
    old = loose.filter(used_at__lt=now - timedelta(days=settings.ASSIST_KEEP_DAYS))
    gone = sum(_evict(row) for row in old.order_by("used_at").iterator())
    total = Embedding.objects.aggregate(n=Sum("size_bytes"))["n"] or 0
    for row in loose.filter(state=EmbeddingState.READY).order_by(F("used_at").asc()).iterator():
        if total <= settings.ASSIST_KEEP_BYTES:
            break
        total -= row.size_bytes
        gone += _evict(row)
    return gone


def _evict(row: Embedding) -> int:
    # The row first, unless somebody used it this moment: a reader then asks anew and never finds half a file.
    deleted, _ = Embedding.objects.filter(pk=row.pk, used_at=row.used_at).delete()
    if deleted:
        storage.delete(embedding_path(row.key))
    return int(bool(deleted))
