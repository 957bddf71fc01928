"""Celery's entry points of core. `run_job` is the door to every registered job."""

from __future__ import annotations

from celery import shared_task

from backend.core import audit, jobs


# How long it may take hangs on the job's kind: whoever rings says so.
@shared_task(name="core.run_job", ignore_result=True)
def run_job(job_id: str) -> None:
    jobs.run(job_id)


@shared_task(name="core.sweep_jobs", time_limit=30, ignore_result=True)
def sweep_jobs() -> int:
    return jobs.sweep()


@shared_task(name="core.seal_audit", time_limit=30, ignore_result=True)
def seal_audit() -> int:
    return audit.seal()


@shared_task(name="core.ping", time_limit=10, ignore_result=False)
def ping() -> str:
    return "pong"
