"""Job kinds of feeds."""

from backend.core import jobs
from backend.core.enums import Queue

jobs.register("feeds.clip", queue=Queue.DEFAULT, path="backend.feeds.jobs.clip:run", time_limit_s=120)
jobs.register(
    "feeds.try_rule",
    queue=Queue.DEFAULT,
    path="backend.feeds.jobs.trial:run",
    time_limit_s=1800,
    max_attempts=2,
)
