"""Job kinds of learning. Training and gates go to `ml`; suggestions do not wait behind a training."""

from backend.core import jobs
from backend.core.enums import Queue

jobs.register(
    "learning.prepare",
    queue=Queue.DEFAULT,
    path="backend.learning.jobs.prepare:run",
    time_limit_s=3600,
    max_attempts=5,
)
jobs.register(
    "learning.train",
    queue=Queue.ML,
    path="backend.learning.jobs.train:run",
    time_limit_s=4 * 3600,
    max_attempts=4,
)
jobs.register("learning.gate", queue=Queue.ML, path="backend.learning.jobs.gate:run", time_limit_s=1800)
