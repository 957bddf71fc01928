"""The Celery application; every app's `tasks.py` is found by name."""

import os
import signal
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

from backend.core.embedded.children import death_signal_set

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.dev")

app = Celery("siteloop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["backend.learning"], related_name="assist_tasks")
app.autodiscover_tasks(["backend.learning", "backend.feeds"], related_name="beat_tasks")


@worker_process_init.connect
def _die_with_worker(**_: Any) -> None:
    # Otherwise a pool process would finish its job, unseen, after its worker was killed.
    death_signal_set(signal.SIGKILL)
