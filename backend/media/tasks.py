"""Background work of media."""

from celery import shared_task
from django.utils import timezone

from backend.core import jobs
from backend.core.enums import Queue
from backend.media import selectors
from backend.sites import selectors as sites

INGEST_UPLOAD = "media.ingest_upload"

jobs.register(
    INGEST_UPLOAD,
    queue=Queue.INGEST,
    path="backend.media.jobs.ingest_upload:run",
    time_limit_s=4 * 3600,
)
RETENTION = "media.carry_out_retention"

jobs.register(RETENTION, queue=Queue.DEFAULT, path="backend.media.jobs.retention:run", time_limit_s=3600)


@shared_task(name="media.retention", time_limit=30, ignore_result=True)
def retention() -> None:
    """Begin to delete where something is due; one job at a time."""
    now = timezone.now()
    rules = sites.retention_rules()
    if not any(selectors.anything_due(rule, now) for rule in rules):
        return
    jobs.enqueue(RETENTION, payload={}, title="Delete pictures that are due", dedupe_key=RETENTION)
