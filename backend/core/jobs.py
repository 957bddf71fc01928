"""Background work: rows with leases and heartbeats; Celery only says when to look.

A job kind is registered with a dotted path that is imported when the job runs, so that neither the web
process nor the registering module loads what the job needs (torch, OpenCV).
"""

from __future__ import annotations

import importlib
import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, close_old_connections, connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from backend.core import events
from backend.core.enums import LIVE_JOB_STATES, JobState, Queue
from backend.core.errors import AppError, Conflict
from backend.core.models import JobRun

log = logging.getLogger(__name__)

LEASE_S = 30
HEARTBEAT_S = 8
RING_AGAIN_AFTER_S = 10
LOG_MAX_CHARS = 60_000
# A job that does not look at its time is ended with its process this long after it was to end by itself.
OVERDUE_GRACE_S = 120


class JobCancelled(Exception):
    """Raised inside a job by `JobContext.check_cancelled` after somebody pressed cancel."""


class JobOverdue(AppError):
    """Raised inside a job by `JobContext.check_cancelled` once it has run longer than its kind may."""

    code = "overdue"

    def __init__(self, limit_s: float) -> None:
        super().__init__(
            f"This took longer than {_in_words(limit_s)} and was stopped, so that other work is not held up. "
            "Ask for less at once, or try again from the jobs page when less else runs."
        )


class RetryLater(Exception):
    """Raised by a job that met a passing fault: it runs again after `delay_s`, up to its attempts."""

    def __init__(self, message: str, delay_s: int = 10) -> None:
        super().__init__(message)
        self.delay_s = delay_s


@dataclass(frozen=True)
class JobKind:
    kind: str
    queue: Queue
    path: str
    time_limit_s: int
    max_attempts: int


_KINDS: dict[str, JobKind] = {}


def register(kind: str, *, queue: Queue, path: str, time_limit_s: int, max_attempts: int = 3) -> None:
    """Declare a job kind. `path` is `package.module:function`; the function takes a `JobContext`.

    `time_limit_s` is of one attempt: past it the job's next look at its context fails it, and where it never looks its
    process is killed `OVERDUE_GRACE_S` later and it counts as an attempt.
    """
    _KINDS[kind] = JobKind(kind, queue, path, time_limit_s, max_attempts)


def enqueue(
    kind: str,
    *,
    payload: dict[str, Any],
    title: str = "",
    organisation_id: uuid.UUID | None = None,
    project_id: uuid.UUID | None = None,
    created_by: Any = None,
    dedupe_key: str = "",
    delay_s: float = 0.0,
) -> JobRun:
    """Insert the job's row inside the caller's transaction and ring the broker after commit.

    With a `dedupe_key`, a live job of that key is returned instead of a second one.
    """
    spec = _KINDS[kind]
    if dedupe_key:
        live = JobRun.objects.filter(dedupe_key=dedupe_key, state__in=LIVE_JOB_STATES).first()
        if live is not None:
            return live
    fields: dict[str, Any] = {
        "kind": kind,
        "queue": spec.queue,
        "payload": payload,
        "title": title or kind,
        "organisation_id": organisation_id,
        "project_id": project_id,
        "created_by": created_by,
        "dedupe_key": dedupe_key,
        "max_attempts": spec.max_attempts,
    }
    if delay_s:
        fields["not_before"] = Now() + timedelta(seconds=delay_s)
    try:
        with transaction.atomic():
            job = JobRun.objects.create(**fields)
    except IntegrityError:
        return JobRun.objects.get(dedupe_key=dedupe_key, state__in=LIVE_JOB_STATES)
    if not delay_s:
        transaction.on_commit(lambda: ring(job))
    return job


def is_running(dedupe_key: str) -> bool:
    """Whether a job of that key has started and not ended."""
    return JobRun.objects.filter(dedupe_key=dedupe_key, state=JobState.RUNNING).exists()


def ring(job: JobRun) -> None:
    """Tell the broker to look at this job. A failure is harmless: the sweeper rings again."""
    from backend.core.tasks import run_job

    # Before, not after: a worker at rest hears it within a millisecond, and would pass over a row that is locked.
    JobRun.objects.filter(pk=job.pk).update(rung_at=Now())
    try:
        spec = _KINDS.get(job.kind)
        hard = {"time_limit": spec.time_limit_s + OVERDUE_GRACE_S} if spec else {}
        run_job.apply_async((str(job.pk),), queue=job.queue, **hard)
    except run_job.OperationalError:
        log.warning("job %s not rung: the broker did not answer", job.pk)
        JobRun.objects.filter(pk=job.pk).update(rung_at=None)


def cancel(job: JobRun) -> None:
    """Cancel: at once where it has not started, at the next check where it runs. Raises Conflict when over."""
    with transaction.atomic():
        locked = JobRun.objects.select_for_update().get(pk=job.pk)
        if locked.state not in LIVE_JOB_STATES:
            raise Conflict("This job has already ended.")
        locked.cancel_requested = True
        if locked.state == JobState.QUEUED:
            locked.state = JobState.CANCELLED
            locked.finished_at = Now()
        locked.save()
    _announce(locked)


def retry(job: JobRun) -> None:
    """Queue a failed or cancelled job again. Raises Conflict when it is not over or cannot be repeated."""
    with transaction.atomic():
        locked = JobRun.objects.select_for_update().get(pk=job.pk)
        if locked.state not in (JobState.FAILED, JobState.CANCELLED):
            raise Conflict("Only a failed or cancelled job can be tried again.")
        locked.state, locked.error, locked.message = JobState.QUEUED, "", ""
        locked.attempts, locked.cancel_requested, locked.progress = 0, False, 0.0
        locked.finished_at = locked.not_before = locked.rung_at = None
        try:
            with transaction.atomic():
                locked.save()
        except IntegrityError as error:
            raise Conflict("The same work is already queued.") from error
        transaction.on_commit(lambda: ring(locked))


class JobContext:
    """What a running job sees: its payload, progress, cancel flag, time and log."""

    def __init__(self, job: JobRun) -> None:
        self.job = job
        self.payload: dict[str, Any] = job.payload
        self._limit_s = _KINDS[job.kind].time_limit_s
        self._began_s = time.monotonic()
        self._stop = threading.Event()
        self._cancel = threading.Event()

    def progress(self, fraction: float, message: str = "") -> None:
        """Store progress (0..1) and tell open pages; raises as `check_cancelled`."""
        self.check_cancelled()
        fraction = min(1.0, max(0.0, fraction))
        JobRun.objects.filter(pk=self.job.pk).update(progress=fraction, message=message[:300])
        self.job.progress, self.job.message = fraction, message[:300]
        _announce(self.job)

    def is_cancelled(self) -> bool:
        return self._cancel.is_set() or JobRun.objects.filter(pk=self.job.pk, cancel_requested=True).exists()

    def is_overdue(self) -> bool:
        return time.monotonic() - self._began_s > self._limit_s

    def check_cancelled(self) -> None:
        """Raises JobCancelled when cancel was pressed, JobOverdue when the kind's time is over."""
        if self.is_cancelled():
            raise JobCancelled
        if self.is_overdue():
            raise JobOverdue(self._limit_s)

    def write(self, line: str) -> None:
        """Append one line to the job's log (kept to the last 60,000 characters)."""
        text = (JobRun.objects.values_list("log", flat=True).get(pk=self.job.pk) + line + "\n")[
            -LOG_MAX_CHARS:
        ]
        JobRun.objects.filter(pk=self.job.pk).update(log=text)

    def heartbeat_loop(self) -> None:
        """Renew the lease until stopped; runs in a thread of its own with its own connection."""
        try:
            while not self._stop.wait(HEARTBEAT_S):
                close_old_connections()
                held = _held(self.job).update(lease_expires_at=Now() + timedelta(seconds=LEASE_S))
                if not held or JobRun.objects.filter(pk=self.job.pk, cancel_requested=True).exists():
                    self._cancel.set()
        finally:
            connection.close()

    def stop(self) -> None:
        self._stop.set()


def run(job_id: str, *, owner: str = "") -> None:
    """Claim and run one job to a final state. Returns quietly when it is not there to be claimed."""
    job = _claim(job_id, owner or f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}")
    if job is None:
        return
    context = JobContext(job)
    heart = threading.Thread(target=context.heartbeat_loop, daemon=True)
    heart.start()
    try:
        result = _function(job.kind)(context)
        _finish(job, JobState.SUCCEEDED, result=result or {})
    except JobCancelled:
        _finish(job, JobState.CANCELLED)
    except RetryLater as error:
        _again_or_fail(job, str(error), error.delay_s)
    except AppError as error:
        _finish(job, JobState.FAILED, error=error.message)
    except Exception as error:  # noqa: BLE001 - the edge of the process: every job ends in a final state
        log.exception("job %s (%s) failed", job.pk, job.kind)
        _finish(job, JobState.FAILED, error=f"{type(error).__name__}: {error}"[:4_000])
    finally:
        context.stop()
        heart.join(timeout=2)


def _function(kind: str) -> Callable[[JobContext], dict[str, Any] | None]:
    module, name = _KINDS[kind].path.split(":")
    function: Callable[[JobContext], dict[str, Any] | None] = getattr(importlib.import_module(module), name)
    return function


def _claim(job_id: str, owner: str) -> JobRun | None:
    with transaction.atomic():
        job = (
            JobRun.objects.select_for_update(skip_locked=True)
            .filter(pk=job_id)
            .filter(Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_expires_at__lt=Now()))
            .filter(Q(not_before=None) | Q(not_before__lte=Now()))
            .first()
        )
        if job is None or job.kind not in _KINDS:
            return None
        JobRun.objects.filter(pk=job.pk).update(
            state=JobState.RUNNING,
            attempts=F("attempts") + 1,
            lease_owner=owner[:120],
            lease_expires_at=Now() + timedelta(seconds=LEASE_S),
            started_at=Now(),
            error="",
        )
        job.refresh_from_db()
    _announce(job)
    return job


def _finish(job: JobRun, state: JobState, *, result: dict[str, Any] | None = None, error: str = "") -> None:
    fields: dict[str, Any] = {"state": state, "finished_at": Now(), "error": error, "lease_expires_at": None}
    if state == JobState.SUCCEEDED:
        fields.update(progress=1.0, result=result or {})
    if not _held(job).update(**fields):
        log.warning("job %s went to another worker or was ended meanwhile: this outcome is dropped", job.pk)
        return
    job.refresh_from_db()
    _announce(job)


def _held(job: JobRun) -> QuerySet[JobRun]:
    """The job's row while this very run of it holds it: a worker that woke too late must not speak for the next."""
    return JobRun.objects.filter(
        pk=job.pk, state=JobState.RUNNING, lease_owner=job.lease_owner, attempts=job.attempts
    )


def _again_or_fail(job: JobRun, error: str, delay_s: int) -> None:
    if job.attempts >= job.max_attempts:
        _finish(job, JobState.FAILED, error=error)
        return
    _held(job).update(
        state=JobState.QUEUED,
        error=error,
        lease_expires_at=None,
        not_before=Now() + timedelta(seconds=delay_s),
    )


def sweep() -> int:
    """Ring queued jobs nobody rang, and put jobs of dead workers back. Returns how many were rung."""
    JobRun.objects.filter(
        state=JobState.RUNNING, lease_expires_at__lt=Now(), attempts__gte=F("max_attempts")
    ).update(
        state=JobState.FAILED,
        error="The worker stopped while this ran, more often than allowed. Try again from the jobs page.",
        finished_at=Now(),
    )
    stale = list(JobRun.objects.filter(state=JobState.RUNNING, lease_expires_at__lt=Now())[:500])
    waiting = list(
        JobRun.objects.filter(state=JobState.QUEUED)
        .filter(Q(rung_at=None) | Q(rung_at__lt=Now() - timedelta(seconds=RING_AGAIN_AFTER_S)))
        .filter(Q(not_before=None) | Q(not_before__lte=Now()))
        .order_by("id")[:500]
    )
    for job in [*stale, *waiting]:
        ring(job)
    return len(stale) + len(waiting)


def _in_words(seconds: float) -> str:
    """`15 minutes`, `4 hours`; whole ones, as limits are set."""
    minutes = max(1, round(seconds / 60))
    count, unit = (minutes // 60, "hour") if minutes % 60 == 0 else (minutes, "minute")
    return f"{count}\u00a0{unit}{'s' * (count != 1)}"


def _announce(job: JobRun) -> None:
    events.publish(
        organisation_id=job.organisation_id,
        project_id=job.project_id,
        kind="job",
        data={
            "id": str(job.pk),
            "job_kind": job.kind,
            "title": job.title,
            "state": job.state,
            "progress": job.progress,
            "message": job.message,
        },
    )
