"""Job kinds of notify."""

from backend.core import jobs
from backend.core.enums import Queue

# A receiver that is away for some minutes still hears of it.
jobs.register(
    "notify.deliver",
    queue=Queue.DEFAULT,
    path="backend.notify.jobs.deliver:run",
    time_limit_s=60,
    max_attempts=6,
)
