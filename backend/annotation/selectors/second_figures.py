"""How often a second reviewer agrees with the first: in all, and by first reviewer."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from backend.annotation.enums import SecondLookState
from backend.annotation.models import SecondLook
from backend.annotation.selectors.agreement import PEOPLE_MIN
from backend.annotation.selectors.second_looks import looks_waiting
from backend.annotation.selectors.work import day_start
from backend.core.enums import Role
from backend.core.permissions import at_least
from backend.projects import selectors as projects
from ml.quality.bounds import clopper_pearson

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project

# The newest so many are told of.
LOOKS_MAX = 20_000
DIFFERING_SHOWN = 50
# The true share lies in the interval in 95 of 100 cases.
DELTA = 0.05


@dataclass(frozen=True, slots=True)
class SecondAgreed:
    """What became of second looks; `share` of them agreed, in 95 of 100 cases truly `low` to `high`. None without any."""

    agreed: int
    corrected: int
    returned: int
    share: float | None
    low: float | None
    high: float | None

    @property
    def looks(self) -> int:
        return self.agreed + self.corrected + self.returned


@dataclass(frozen=True, slots=True)
class FirstReviewer:
    """How often others agreed with what this person had approved."""

    user: User | None
    found: SecondAgreed


@dataclass(frozen=True, slots=True)
class Differing:
    """A picture on which the second reviewer did not agree; `reason` where it was returned."""

    task_id: uuid.UUID
    picture: str
    first: User | None
    outcome: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SecondFigures:
    """`overall` is None where too few people were looked at for the asker to see it.

    `people` and `differing` are of everybody to those who manage the project, to others of themselves.
    """

    looks: int
    waiting: int
    overall: SecondAgreed | None
    people: list[FirstReviewer]
    differing: list[Differing]


def second_figures(*, actor: User, project: Project, days: int) -> SecondFigures:
    """Of second looks decided in the last `days` days of the site's clock. The caller has passed the door."""
    since = day_start(project) - timedelta(days=days - 1)
    rows = list(
        SecondLook.objects.filter(task__project=project, decided_at__gte=since)
        .exclude(state=SecondLookState.WAITING)
        .select_related("first")
        .order_by("-decided_at")[:LOOKS_MAX]
    )
    manages = at_least(projects.project_role(actor=actor, project=project), Role.MANAGER)
    told = manages or len({row.first_id for row in rows} - {None}) >= PEOPLE_MIN
    seen = [row for row in rows if manages or row.first_id == actor.pk]
    by_person: dict[uuid.UUID | None, list[SecondLook]] = defaultdict(list)
    for row in seen:
        by_person[row.first_id].append(row)
    people = [FirstReviewer(found[0].first, second_agreed(found)) for found in by_person.values()]
    return SecondFigures(
        looks=len(rows),
        waiting=looks_waiting(task__project=project).count(),
        overall=second_agreed(rows) if told else None,
        people=sorted(people, key=lambda each: each.user.get_full_name() if each.user else ""),
        differing=_differing(seen),
    )


def second_agreed(looks: Iterable[SecondLook]) -> SecondAgreed:
    counted = Counter(row.state for row in looks)
    agreed, n = counted[SecondLookState.AGREED], counted.total()
    low, high = clopper_pearson(agreed, n, DELTA) if n else (None, None)
    return SecondAgreed(
        agreed,
        counted[SecondLookState.CORRECTED],
        counted[SecondLookState.RETURNED],
        agreed / n if n else None,
        low,
        high,
    )


def _differing(looks: list[SecondLook]) -> list[Differing]:
    """The newest, with what they were called back for."""
    wanted = [row.pk for row in looks if row.state != SecondLookState.AGREED][:DIFFERING_SHOWN]
    rows = SecondLook.objects.filter(pk__in=wanted, task__asset__deleted_at=None)
    columns = ("task_id", "task__asset__name", "state", "decision__reason", "decided_at")
    people = {row.pk: row.first for row in looks}
    return [
        Differing(task_id, name, people[pk], state, reason or "", at)
        for pk, task_id, name, state, reason, at in rows.order_by("-decided_at").values_list("pk", *columns)
        if at is not None
    ]
