"""Celery's entry points of what learning does by the clock."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="learning.retrain", time_limit=120, ignore_result=True)
def retrain() -> int:
    from backend.learning.services import retraining

    return retraining.policies_run()


@shared_task(name="learning.drift_looks", time_limit=120, ignore_result=True)
def drift_looks() -> int:
    from backend.learning.services import drift

    return drift.looks_due()
