"""Job kinds of exchange."""

from backend.core import jobs
from backend.core.enums import Queue

IMPORT_DATASET = "exchange.import"

jobs.register(
    IMPORT_DATASET,
    queue=Queue.INGEST,
    path="backend.exchange.jobs.import_upload:run",
    time_limit_s=3600,
    max_attempts=2,
)
