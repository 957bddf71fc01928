"""Celery's entry points of the assist: interactive, so without job rows; a lost one is simply asked again."""

from __future__ import annotations

from typing import Any

from celery import shared_task


@shared_task(name="learning.assist_encode", time_limit=300, ignore_result=True)
def assist_encode(asset_id: str) -> None:
    from backend.learning.jobs import assist

    assist.encode(asset_id)


@shared_task(name="learning.assist_decode", time_limit=60, ignore_result=True)
def assist_decode(asset_id: str, prompt: dict[str, Any], reply: str) -> None:
    from backend.learning.jobs import assist

    assist.decode(asset_id, prompt, reply)
