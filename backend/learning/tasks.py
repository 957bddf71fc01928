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
    # Up to a day of CPU time may be asked for, on a machine that others use.
    time_limit_s=3 * 24 * 3600,
    max_attempts=4,
)
# Needs torch and much memory: where trainings run.
jobs.register(
    "learning.assist_prepare",
    queue=Queue.ML,
    path="backend.learning.jobs.assist_prepare:run",
    time_limit_s=3600,
    max_attempts=3,
)
# These give way to pictures that are open and to one another; see `jobs/assist.give_way`.
for _kind, _module, _limit_s in (
    ("learning.assist_everything", "assist_everything", 600),
    ("learning.follow", "follow", 900),
    ("learning.assist_refine", "assist_refine", 4 * 3600),
    ("learning.assist_embed", "assist_embed", 4 * 3600),
):
    jobs.register(
        _kind, queue=Queue.ASSIST, path=f"backend.learning.jobs.{_module}:run", time_limit_s=_limit_s
    )
jobs.register(
    "learning.video_tracks",
    queue=Queue.DEFAULT,
    path="backend.learning.jobs.video_tracks:run",
    time_limit_s=2 * 3600,
    max_attempts=5,
)
jobs.register(
    "learning.savings", queue=Queue.DEFAULT, path="backend.learning.jobs.savings:run", time_limit_s=1800
)
jobs.register(
    "learning.map", queue=Queue.DEFAULT, path="backend.learning.jobs.lay_out:run", time_limit_s=3600
)
jobs.register(
    "learning.defects", queue=Queue.DEFAULT, path="backend.learning.jobs.defects:run", time_limit_s=3600
)
jobs.register(
    "learning.auto_approval",
    queue=Queue.DEFAULT,
    path="backend.learning.jobs.auto_approval:run",
    time_limit_s=3600,
    max_attempts=5,
)
jobs.register(
    "learning.label_errors",
    queue=Queue.DEFAULT,
    path="backend.learning.jobs.label_errors:run",
    time_limit_s=3600,
)
jobs.register(
    "learning.label_errors_folds",
    queue=Queue.ML,
    path="backend.learning.jobs.label_error_folds:run",
    time_limit_s=8 * 3600,
    max_attempts=4,
)
jobs.register("learning.drift", queue=Queue.DEFAULT, path="backend.learning.jobs.drift:run", time_limit_s=900)
jobs.register("learning.gate", queue=Queue.ML, path="backend.learning.jobs.gate:run", time_limit_s=1800)
