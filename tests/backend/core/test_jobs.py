"""Jobs always end in a final state, whatever happens to workers and broker."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from backend.core import audit, jobs, tasks
from backend.core.enums import JobState, Queue
from backend.core.errors import BadInput, Conflict
from backend.core.models import AuditEvent, JobRun
from backend.core.tasks import run_job

pytestmark = pytest.mark.django_db(transaction=True)
CALLS: list[str] = []


def works(context: jobs.JobContext) -> dict[str, Any]:
    CALLS.append(context.payload["name"])
    context.progress(0.5, "half way")
    context.write("a line")
    return {"name": context.payload["name"]}


def refuses(_context: jobs.JobContext) -> None:
    raise BadInput("The file is empty.")


def breaks(_context: jobs.JobContext) -> None:
    raise ZeroDivisionError("a bug")


def comes_back(_context: jobs.JobContext) -> None:
    raise jobs.RetryLater("the camera was away", delay_s=0)


def loses_its_lease(context: jobs.JobContext) -> dict[str, Any]:
    """As after a long sleep of the machine: another worker has taken the job over meanwhile."""
    JobRun.objects.filter(pk=context.job.pk).update(lease_owner="another", attempts=2, progress=0.7)
    return {"from": "the first"}


def is_cancelled(context: jobs.JobContext) -> None:
    JobRun.objects.filter(pk=context.job.pk).update(cancel_requested=True)
    context.progress(0.1)


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    module = types.ModuleType("siteloop_test_jobs")
    for function in (works, refuses, breaks, comes_back, loses_its_lease, is_cancelled):
        setattr(module, function.__name__, function)
    monkeypatch.setitem(sys.modules, "siteloop_test_jobs", module)
    monkeypatch.setattr(jobs, "_KINDS", dict(jobs._KINDS))
    for name in ("works", "refuses", "breaks", "comes_back", "loses_its_lease", "is_cancelled"):
        jobs.register(
            f"test.{name}",
            queue=Queue.DEFAULT,
            path=f"siteloop_test_jobs:{name}",
            time_limit_s=5,
            max_attempts=2,
        )
    CALLS.clear()
    yield


def make(kind: str, **fields: Any) -> JobRun:
    return jobs.enqueue(f"test.{kind}", payload={"name": kind}, **fields)


def run(job: JobRun) -> JobRun:
    jobs.run(str(job.pk))
    job.refresh_from_db()
    return job


def test_a_job_that_works_ends_with_its_result_and_log() -> None:
    job = run(make("works"))
    assert (job.state, job.result, job.progress, job.log) == (
        JobState.SUCCEEDED,
        {"name": "works"},
        1.0,
        "a line\n",
    )
    assert job.finished_at is not None


@pytest.mark.parametrize(
    ("kind", "error"), [("refuses", "The file is empty."), ("breaks", "ZeroDivisionError: a bug")]
)
def test_a_job_that_fails_says_why(kind: str, error: str) -> None:
    job = run(make(kind))
    assert (job.state, job.error) == (JobState.FAILED, error)


def test_a_passing_fault_is_tried_again_up_to_the_limit() -> None:
    job = run(make("comes_back"))
    assert job.state == JobState.QUEUED
    job = run(job)
    assert (job.state, job.attempts) == (JobState.FAILED, 2)


def test_a_second_ring_of_the_same_bell_does_nothing() -> None:
    job = run(make("works"))
    run(job)
    assert CALLS == ["works"]


def test_a_live_lease_refuses_a_redelivery_and_a_dead_one_is_taken_over() -> None:
    job = make("works")
    JobRun.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, lease_expires_at=timezone.now() + timedelta(seconds=20), attempts=1
    )
    assert run(job).state == JobState.RUNNING
    JobRun.objects.filter(pk=job.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert run(job).state == JobState.SUCCEEDED


def test_a_worker_that_lost_its_job_does_not_end_it_for_the_one_that_has_it() -> None:
    job = run(make("loses_its_lease"))
    assert (job.state, job.lease_owner, job.progress, job.result) == (JobState.RUNNING, "another", 0.7, {})


def test_the_sweeper_rings_rows_nobody_rang_and_ends_those_that_kill_workers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(jobs, "ring", lambda job: rung.append(str(job.pk)))
    never_rung = make("works")
    killer = make("works")
    JobRun.objects.filter(pk=never_rung.pk).update(rung_at=None)
    JobRun.objects.filter(pk=killer.pk).update(
        state=JobState.RUNNING, attempts=2, lease_expires_at=timezone.now() - timedelta(seconds=1)
    )
    rung.clear()
    jobs.sweep()
    killer.refresh_from_db()
    assert rung == [str(never_rung.pk)]
    assert killer.state == JobState.FAILED


def test_a_bell_is_written_down_before_it_is_rung_and_struck_out_where_nobody_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A worker at rest looks for the row at once: written down afterwards, it would be locked and passed over."""
    written: list[bool] = []

    def heard(arguments: tuple[str], **_: Any) -> None:
        written.append(JobRun.objects.get(pk=arguments[0]).rung_at is not None)

    def deaf(*_: Any, **__: Any) -> None:
        raise run_job.OperationalError

    job = make("works")
    monkeypatch.setattr(run_job, "apply_async", heard)
    jobs.ring(job)
    assert written == [True]
    monkeypatch.setattr(run_job, "apply_async", deaf)
    jobs.ring(job)
    job.refresh_from_db()
    assert job.rung_at is None


def test_cancel_stops_a_waiting_job_at_once_and_a_running_one_at_its_next_step() -> None:
    waiting = make("works")
    jobs.cancel(waiting)
    assert run(waiting).state == JobState.CANCELLED
    assert CALLS == []
    assert run(make("is_cancelled")).state == JobState.CANCELLED
    with pytest.raises(Conflict):
        jobs.cancel(waiting)


def test_a_job_over_its_time_stops_at_its_next_step_and_says_so() -> None:
    jobs.register("test.slow", queue=Queue.DEFAULT, path="siteloop_test_jobs:works", time_limit_s=0)
    job = jobs.enqueue("test.slow", payload={"name": "slow"})
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.FAILED, 1)
    assert "took longer than" in job.error
    assert job.progress == 0.0


@pytest.mark.parametrize(("limit_s", "told"), [(900, "15 minutes"), (4 * 3600, "4 hours"), (3600, "1 hour")])
def test_a_limit_is_told_in_words(limit_s: int, told: str) -> None:
    assert told in jobs.JobOverdue(limit_s).message.replace("\u00a0", " ")


def test_a_job_that_never_looks_at_its_time_is_ended_with_its_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rung: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.run_job, "apply_async", lambda _args, **how: rung.append(how))
    job = jobs.enqueue("test.works", payload={"name": "a"})
    assert rung == [{"queue": job.queue, "time_limit": 5 + jobs.OVERDUE_GRACE_S}]


def test_a_failed_job_can_be_tried_again() -> None:
    job = run(make("breaks"))
    jobs.retry(job)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == (JobState.QUEUED, 0, "")


def test_one_live_job_per_dedupe_key() -> None:
    first, second = make("works", dedupe_key="same"), make("works", dedupe_key="same")
    assert first.pk == second.pk
    run(first)
    assert make("works", dedupe_key="same").pk != first.pk


def test_the_audit_chain_finds_one_changed_row_and_reports_the_unsealed_tail() -> None:
    for number in range(5):
        audit.record(
            actor=None,
            organisation_id=None,
            action="test",
            object_type="x",
            object_id=number,
            after={"n": number},
        )
    assert audit.seal() == 5
    audit.record(actor=None, organisation_id=None, action="test", object_type="x", object_id=9)
    assert audit.verify() == (5, 1, [])
    third = AuditEvent.objects.order_by("id")[2]
    AuditEvent.objects.filter(pk=third.pk).update(after={"n": 99})
    checked, unsealed, broken = audit.verify()
    assert (checked, unsealed, broken) == (5, 1, [third.pk])
