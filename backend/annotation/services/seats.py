"""Places on a picture that several people label: handed out while one is free, merged when all answers are in."""

from __future__ import annotations

import hashlib
import uuid

from backend.annotation.domain.states import TaskEvent
from backend.annotation.enums import MERGE, TaskState
from backend.annotation.models import Task
from backend.annotation.selectors.answers import answers_in, is_collecting, seats_taken
from backend.annotation.services.moves import task_move
from backend.core import jobs
from backend.core.draws import share_of
from backend.core.models import JobRun
from backend.projects.contracts import ProjectSettings


def people_for(settings: ProjectSettings, project_id: uuid.UUID, asset_id: uuid.UUID, kind: str) -> int:
    """How many people a new task asks: the project's number for its part of the pictures, the same whenever asked."""
    if kind != "image" or settings.consensus_share <= 0.0:
        return 1
    digest = hashlib.sha256(project_id.bytes + b"people" + asset_id.bytes).digest()
    return settings.consensus_people if share_of(digest) < settings.consensus_share else 1


def seats_settle(task: Task) -> None:
    """Ready while somebody more may take it, else in work. The caller saves the locked task's state."""
    full = seats_taken(task) >= task.people
    if full and task.state == TaskState.READY:
        task_move(task, TaskEvent.CLAIM)
    elif not full and task.state == TaskState.IN_WORK:
        task_move(task, TaskEvent.FREE)


def merge_if_all_in(task: Task) -> JobRun | None:
    """Ask for the answers to be put together once as many as were asked are there; inside the caller's transaction.

    The job that does it, one that waits or runs already among them; None while answers come in.
    """
    if not is_collecting(task):
        return None
    answers = answers_in(task)
    if len(answers) < task.people:
        return None
    return jobs.enqueue(
        MERGE,
        payload={"task_id": str(task.pk)},
        project_id=task.project_id,
        organisation_id=task.project.organisation_id,
        title=f"Put {len(answers)} people's labels of {task.title} together",
        dedupe_key=f"merge:{task.pk}:{answers[-1].pk}",
    )
