"""Background work of datasets."""

from backend.core import jobs
from backend.core.enums import Queue

FREEZE = "datasets.freeze"

jobs.register(FREEZE, queue=Queue.DEFAULT, path="backend.datasets.jobs.freeze:run", time_limit_s=3600)
