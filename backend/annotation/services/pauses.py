"""Pausing a person whose hidden tasks fall below the project's score, with a word to them and the managers."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from backend.annotation.errors import PersonPaused
from backend.annotation.models import LabelPause
from backend.annotation.selectors.checks import pause_of, recent_score
from backend.annotation.selectors.people import person_of
from backend.core import audit
from backend.core.enums import Role
from backend.core.errors import Conflict, Forbidden
from backend.core.permissions import at_least
from backend.notify import services as notify
from backend.notify.enums import NoticeKind
from backend.projects import selectors as projects
from ml.quality.words import percent

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project


def pause_refuse(*, actor: User, project: Project) -> None:
    """Raise PersonPaused where nothing new is handed to this person now."""
    pause = pause_of(actor.pk, project)
    if pause is None:
        return
    may_go_on = projects.settings_of(project).pause_retry
    raise PersonPaused(
        f"Your last {pause.pictures} test pictures matched by {percent(pause.score)}, and this "
        f"project asks for {percent(pause.limit)}. Nothing you did is lost. Have a look at the guideline, then "
        + ("go on when you are ready." if may_go_on else "ask whoever manages the project to let you go on."),
        extra={
            "pause": {
                "score": pause.score,
                "limit": pause.limit,
                "pictures": pause.pictures,
                "may_go_on": may_go_on,
            }
        },
    )


def pause_if_below(*, user_id: uuid.UUID, project: Project) -> LabelPause | None:
    """Pause the person where their last hidden tasks are below the project's limit. Inside a transaction.

    Only annotators are handed hidden tasks, so only they pause; an open pause stays as it is.
    """
    settings = projects.settings_of(project)
    if settings.pause_below <= 0.0:
        return None
    score, pictures = recent_score(user_id, project)
    if score is None or pictures < settings.pause_over or score >= settings.pause_below:
        return None
    person: User = get_user_model().objects.get(pk=user_id)
    try:
        with transaction.atomic():
            pause = LabelPause.objects.create(
                project=project, user=person, score=score, limit=settings.pause_below, pictures=pictures
            )
    except IntegrityError:
        return pause_of(user_id, project)
    _record(None, pause, "person.pause")
    notify.notice_create(
        user=person,
        kind=NoticeKind.INFO,
        title=f"A short break in {project.name}",
        body=f"Your last {pictures} test pictures matched by {percent(score)}; this project asks for "
        f"{percent(settings.pause_below)}. Open work can be finished. The guideline may help.",
        link=f"/p/{project.pk}/people/{person.pk}",
        project_id=project.pk,
    )
    _managers_told(
        project,
        f"{person.get_full_name()} pauses in {project.name}",
        f"Their last {pictures} test pictures matched by {percent(score)}; the limit is {percent(settings.pause_below)}. "
        "They were told. Their page lets them go on.",
        person,
    )
    return pause


@transaction.atomic
def pause_end(*, actor: User, project_id: uuid.UUID, user_id: uuid.UUID) -> LabelPause:
    """Let a paused person go on; their score begins anew. A manager may, and the person where the project says so.

    Raises NotFound, Forbidden, Conflict where there is no pause.
    """
    project, person = person_of(actor=actor, project_id=project_id, user_id=user_id)
    manages = at_least(projects.project_role(actor=actor, project=project), Role.MANAGER)
    if not manages and not projects.settings_of(project).pause_retry:
        raise Forbidden("In this project somebody who manages it lets you go on.")
    pause = LabelPause.objects.select_for_update().filter(project=project, user=person, ended_at=None).first()
    if pause is None:
        raise Conflict("Nothing is paused: pictures are handed out as usual.", code="not_paused")
    pause.ended_at, pause.ended_by = Now(), actor
    pause.save(update_fields=["ended_at", "ended_by", "updated_at"])
    _record(actor, pause, "person.resume")
    if actor.pk != person.pk:
        notify.notice_create(
            user=person,
            kind=NoticeKind.INFO,
            title=f"You can go on in {project.name}",
            body=f"{actor.get_full_name()} let you go on. Your score begins anew.",
            link=f"/p/{project.pk}/annotate",
            project_id=project.pk,
        )
    else:
        _managers_told(
            project,
            f"{person.get_full_name()} goes on in {project.name}",
            "They looked at the guideline and try again. Their score begins anew.",
            person,
        )
    pause.refresh_from_db()
    return pause


def _managers_told(project: Project, title: str, body: str, person: User) -> None:
    notify.notices_create(
        users=[manager for manager in projects.managers_of(project) if manager.pk != person.pk],
        kind=NoticeKind.INFO,
        title=title,
        body=body,
        link=f"/p/{project.pk}/people/{person.pk}",
        project_id=project.pk,
    )


def _record(actor: User | None, pause: LabelPause, action: str) -> None:
    audit.record(
        actor=actor,
        organisation_id=pause.project.organisation_id,
        action=action,
        object_type="project",
        object_id=pause.project_id,
        after={"user_id": str(pause.user_id), "score": round(pause.score, 4), "limit": pause.limit},
    )
