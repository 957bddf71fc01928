"""Celery's entry points of the assist. Their rows are `Embedding`s, not jobs: a lost ring is simply rung again."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="learning.assist_encode", time_limit=300, ignore_result=True)
def assist_encode() -> int:
    from backend.learning.jobs import assist

    return assist.encode_waiting()


@shared_task(name="learning.assist_ahead", time_limit=60, ignore_result=True)
def assist_ahead() -> int:
    from backend.learning.jobs import assist

    return assist.ask_ahead()


@shared_task(name="learning.assist_evict", time_limit=600, ignore_result=True)
def assist_evict() -> int:
    from backend.learning.jobs import assist

    return assist.evict()
