"""How a person did on hidden tasks: for that person and those who manage the project."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from backend.annotation.domain.figures import Agreed, agreed_by_label, agreed_in_all
from backend.annotation.models import Comparison, LabelPause
from backend.annotation.selectors.people import person_of
from backend.annotation.selectors.work import day_start
from backend.core.enums import Role
from backend.core.permissions import at_least
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project

# Of the newest so many hidden tasks figures are told.
CHECKS_MAX = 5_000
PICTURES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class CheckedPicture:
    """One hidden task that was measured."""

    task_id: uuid.UUID
    picture: str
    at: datetime
    agreed: Agreed


@dataclass(frozen=True, slots=True)
class LabelCheck:
    label_id: str
    name: str
    color: str
    agreed: Agreed


@dataclass(frozen=True, slots=True)
class PersonChecks:
    """`pictures` names the newest ones; to the person themself only where the project gives feedback.

    `recent` is what pausing goes by: F1 over the last `recent_pictures` since they last went on.
    """

    checked: int
    overall: Agreed
    labels: list[LabelCheck]
    pictures: list[CheckedPicture]
    recent: float | None
    recent_pictures: int
    pause: LabelPause | None
    may_resume: bool


def checks_of(user_id: uuid.UUID, project_id: uuid.UUID) -> QuerySet[Comparison]:
    """The person's measured hidden tasks, newest first."""
    return Comparison.objects.filter(
        second_user_id=user_id, project_id=project_id, against_truth=True
    ).order_by("-id")


def pause_of(user_id: uuid.UUID, project: Project) -> LabelPause | None:
    """The pause the person is in; a project whose limit is 0 pauses nobody."""
    if projects.settings_of(project).pause_below <= 0.0:
        return None
    return LabelPause.objects.filter(user_id=user_id, project_id=project.pk, ended_at=None).first()


def recent_score(user_id: uuid.UUID, project: Project) -> tuple[float | None, int]:
    """F1 at IoU 0.5 over the person's last `pause_over` hidden tasks, and over how many; those before the end of
    their last pause do not count, so that who goes on begins anew.
    """
    rows = checks_of(user_id, project.pk)
    last = (
        LabelPause.objects.filter(user_id=user_id, project_id=project.pk, ended_at__isnull=False)
        .order_by("-ended_at")
        .first()
    )
    if last is not None:
        rows = rows.filter(created_at__gt=last.ended_at)
    found = list(rows.values_list("labels", flat=True)[: projects.settings_of(project).pause_over])
    return agreed_in_all(found).f1_50, len(found)


def person_checks(*, actor: User, project_id: uuid.UUID, user_id: uuid.UUID, days: int) -> PersonChecks:
    """Over the last `days` days of the site's clock, today among them.

    Raises NotFound for strangers and for a person who has nothing to do with the project, Forbidden for somebody
    else's figures where `actor` does not manage the project.
    """
    project, _person = person_of(actor=actor, project_id=project_id, user_id=user_id)
    since = day_start(project) - timedelta(days=days - 1)
    rows = checks_of(user_id, project.pk).filter(created_at__gte=since)
    found = list(rows.select_related("task__asset").defer("votes", "task__asset__frame_times_s")[:CHECKS_MAX])
    settings = projects.settings_of(project)
    manages = at_least(projects.project_role(actor=actor, project=project), Role.MANAGER)
    names = manages or settings.truth_feedback
    score, pictures = recent_score(user_id, project)
    pause = pause_of(user_id, project)
    labels = {label.id: label for label in projects.labels_of(project.pk)}
    return PersonChecks(
        checked=len(found),
        overall=agreed_in_all(row.labels for row in found),
        labels=[
            LabelCheck(label_id, labels[label_id].name, labels[label_id].color, figures)
            for label_id, figures in agreed_by_label(row.labels for row in found).items()
            if label_id in labels
        ],
        pictures=[
            CheckedPicture(row.task_id, row.task.asset.name, row.created_at, agreed_in_all([row.labels]))
            for row in (found[:PICTURES_SHOWN] if names else [])
        ],
        recent=score,
        recent_pictures=pictures,
        pause=pause,
        may_resume=pause is not None and (manages or (user_id == actor.pk and settings.pause_retry)),
    )
