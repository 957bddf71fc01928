"""Celery's entry points of annotation."""

from __future__ import annotations

from celery import shared_task
from django.utils.module_loading import import_string

from backend.annotation.enums import MERGE
from backend.core import jobs
from backend.core.enums import Queue

# By path, as jobs are: services may name tasks, so tasks do not import services.
EXPIRE = "backend.annotation.services.claims.leases_expire"
COMPARE = "annotation.compare"
PLAN = "annotation.plan"

jobs.register(
    COMPARE, queue=Queue.QUICK, path="backend.annotation.jobs.compare:run", time_limit_s=120, max_attempts=3
)
# Of the time the solver may take 20 s; the rest is for reading and keeping thousands of pictures.
jobs.register(
    PLAN, queue=Queue.DEFAULT, path="backend.annotation.jobs.plan:run", time_limit_s=300, max_attempts=2
)
jobs.register(
    MERGE, queue=Queue.QUICK, path="backend.annotation.jobs.merge:run", time_limit_s=120, max_attempts=3
)


@shared_task(name="annotation.expire_leases", time_limit=30, ignore_result=True)
def expire_leases() -> int:
    ended: int = import_string(EXPIRE)()
    return ended
