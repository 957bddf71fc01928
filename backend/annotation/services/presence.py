"""Who has a task open right now. Kept in Redis alone: it is about this moment, and nothing is lost with it."""

from __future__ import annotations

import json
import logging
import uuid
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, cast

import redis

from backend.annotation.enums import AssignmentKind, AssignmentState
from backend.annotation.models import Assignment, Task
from backend.annotation.selectors.cover import is_sealed
from backend.core import events

if TYPE_CHECKING:
    from backend.accounts.models import User

log = logging.getLogger(__name__)

# An open page says so every 12 s: one lost word is forgiven, and a page that died is gone within half a minute.
PRESENT_S = 30.0
# Pages of one task; more than this is a loop gone wrong, and nobody reads so many names.
PAGES_MAX = 40


@dataclass(frozen=True, slots=True)
class Present:
    """One open page. `mode`: label and review may save, read looks on. `until` is on Redis' clock, seconds."""

    tab: str
    user_id: str
    name: str
    mode: str
    until: float
    seconds_left: float = 0.0


def _key(actor: User, task: Task) -> str:
    """Whoever has a hidden task is alone with it: of an ordinary picture in their hands they would be, too."""
    alone = f":{actor.pk}" if is_sealed(actor.pk, task.pk) else ""
    return f"presence:{task.pk}{alone}"


def presence_note(*, actor: User, task: Task, tab: uuid.UUID) -> list[Present]:
    """This page of this person has the task open; answers every page that has, this one included.

    Other pages are told only when somebody came or changed what they do. Empty while Redis is away.
    """
    me = Present(str(tab), str(actor.pk), actor.get_full_name(), _mode(actor, task), 0.0)
    try:
        present, is_news = _note(_key(actor, task), me)
    except redis.RedisError:
        log.warning("presence not kept: Redis did not answer")
        return []
    if is_news:
        _announce(task)
    return present


def presence_end(*, actor: User, task: Task, tab: uuid.UUID) -> None:
    """The page leaves the task; the others are told at once."""
    try:
        gone = events.client().hdel(_key(actor, task), f"{actor.pk}/{tab}")
    except redis.RedisError:
        return  # it runs out by itself
    if gone:
        _announce(task)


def _mode(actor: User, task: Task) -> str:
    kind = (
        Assignment.objects.filter(task=task, user_id=actor.pk, state=AssignmentState.LEASED)
        .order_by("-updated_at")
        .values_list("kind", flat=True)
        .first()
    )
    return str(AssignmentKind.LABEL) if kind == AssignmentKind.TRUTH else kind or "read"


def _note(key: str, me: Present) -> tuple[list[Present], bool]:
    client, field = events.client(), f"{me.user_id}/{me.tab}"
    seconds, micros = client.time()
    now = seconds + micros / 1e6
    stored = cast("dict[bytes, bytes]", client.hgetall(key))
    everyone = {name.decode(): Present(**json.loads(body)) for name, body in stored.items()}
    alive = {name: row for name, row in everyone.items() if row.until > now}
    before = alive.pop(field, None)
    stale = [name for name in everyone if name not in alive and name != field]
    mine = Present(me.tab, me.user_id, me.name, me.mode, now + PRESENT_S)
    pipe = client.pipeline()
    if stale:
        pipe.hdel(key, *stale)
    if len(alive) < PAGES_MAX:
        pipe.hset(key, field, json.dumps(asdict(mine)))
        pipe.expire(key, int(PRESENT_S) + 1)
    pipe.execute()
    rows = sorted([*alive.values(), mine], key=lambda row: (row.name, row.tab))
    present = [
        Present(row.tab, row.user_id, row.name, row.mode, row.until, round(row.until - now, 1))
        for row in rows
    ]
    return present, before is None or before.mode != mine.mode


def _announce(task: Task) -> None:
    """A hint without names: pages that have the task open ask who is there, and pass its door to do so."""
    events.publish(
        organisation_id=task.project.organisation_id,
        project_id=task.project_id,
        kind="presence",
        data={"task_id": str(task.pk)},
    )
