"""Background work of media."""

from backend.core import jobs
from backend.core.enums import Queue

INGEST_UPLOAD = "media.ingest_upload"

jobs.register(
    INGEST_UPLOAD,
    queue=Queue.INGEST,
    path="backend.media.jobs.ingest_upload:run",
    time_limit_s=4 * 3600,
)
