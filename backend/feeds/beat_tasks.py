"""What the clock asks of feeds."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="feeds.counts_prune", time_limit=600, ignore_result=True)
def counts_prune() -> int:
    from django.conf import settings
    from django.utils import timezone

    from backend.feeds.services import counts

    return counts.counts_prune(
        now=timezone.now(),
        quarters_days=settings.COUNT_QUARTER_DAYS,
        hours_days=settings.COUNT_HOUR_DAYS,
    )


@shared_task(name="feeds.incidents_due", time_limit=60, ignore_result=True)
def incidents_due() -> int:
    from backend.feeds.services import incidents

    return incidents.incidents_due()
