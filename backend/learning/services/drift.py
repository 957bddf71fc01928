"""Keeping looks for drift, asking for them in time, telling people once, and counting what feeds find."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from backend.core.enums import Role
from backend.core.models import JobRun
from backend.core.permissions import at_least
from backend.learning import selectors
from backend.learning.domain.drift import words_of
from backend.learning.drift import chosen_at, has_news
from backend.learning.enums import SCORING_KINDS, ModelState
from backend.learning.models import DriftLook, ModelVersion, WatchedHour
from backend.learning.services.reports import DRIFT_JOB, report_enqueue
from backend.notify import services as notify
from backend.notify.enums import NoticeKind
from backend.projects import selectors as projects
from ml.drift.finding import Verdict

if TYPE_CHECKING:
    from backend.projects.models import Project

# Drift takes days; a look costs a second or two a camera.
LOOK_EVERY = timedelta(hours=1)
LOOKS_KEPT = 100
# What comes and goes is told again only after this.
TELL_AGAIN_AFTER = timedelta(days=7)


def looks_due() -> int:
    """Ask for a look at each project with something new since its last one, an hour ago or more; how many."""
    rows = ModelVersion.objects.filter(
        state=ModelState.PRODUCTION, kind__in=SCORING_KINDS, project__archived_at=None
    ).select_related("project")
    by_project: dict[uuid.UUID, list[ModelVersion]] = {}
    for model in rows.order_by("project_id"):
        by_project.setdefault(model.project_id, []).append(model)
    asked = 0
    for project_id, models in by_project.items():
        last = JobRun.objects.filter(kind=DRIFT_JOB, project_id=project_id).order_by("-id").first()
        if last is not None and last.created_at > timezone.now() - LOOK_EVERY:
            continue
        if any(has_news(project_id, m, last.created_at if last else chosen_at(m)) for m in models):
            report_enqueue(kind=DRIFT_JOB, project=models[0].project, actor=None)
            asked += 1
    return asked


@transaction.atomic
def look_store(
    *, project: Project, model: ModelVersion, job: JobRun, sources: list[dict[str, Any]]
) -> DriftLook:
    """Keep a look, with since when each measure drifts, and tell those who train what began; a job looks once."""
    ModelVersion.objects.select_for_update().get(pk=model.pk)
    done = DriftLook.objects.filter(job=job, model_version=model).first()
    if done is not None:
        return done
    now = timezone.now()
    before = selectors.drift_look_newest(model.pk)
    known = _by_measure(before.report["sources"] if before else [])
    news = []
    for source in sources:
        begun = []
        for row in source["measures"]:
            if _carry_on(row, known.get((source["key"], row["measure"]), {}), now):
                begun.append(row)
        source["words"] = words_of(source["name"], source["measures"])
        if begun:
            news.append(words_of(source["name"], begun))
    look = DriftLook.objects.create(
        project=project, model_version=model, job=job, report={"sources": sources}
    )
    kept = DriftLook.objects.filter(model_version=model).order_by("-id").values("id")[:LOOKS_KEPT]
    DriftLook.objects.filter(model_version=model).exclude(
        pk__in=list(kept.values_list("id", flat=True))
    ).delete()
    if news:
        _tell(project, model, news)
    return look


def _by_measure(sources: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(source["key"], row["measure"]): row for source in sources for row in source["measures"]}


def _carry_on(row: dict[str, Any], before: dict[str, Any], now: datetime) -> bool:
    """Note since when a measure drifts and when that was told; whether it is to be told now."""
    is_drifting = row["verdict"] == Verdict.DRIFTING
    row["since"] = (before.get("since") or now.isoformat()) if is_drifting else None
    row["told_at"] = before.get("told_at")
    told = parse_datetime(row["told_at"]) if row["told_at"] else None
    if not is_drifting or before.get("since") or (told is not None and told > now - TELL_AGAIN_AFTER):
        return False
    row["told_at"] = now.isoformat()
    return True


def _tell(project: Project, model: ModelVersion, news: list[str]) -> None:
    people = {m.user for m in projects.members_of(project) if at_least(m.role, Role.SCIENTIST)}
    if model.promoted_by is not None:
        people.add(model.promoted_by)
    notify.notices_create(
        users=people,
        kind=NoticeKind.MODEL,
        title=f"What model {model.number} sees has drifted",
        body=". ".join(news) + ".",
        link=f"/p/{project.pk}/learning?tab=drift",
        project_id=project.pk,
    )


@transaction.atomic
def hours_record(
    *,
    model_id: uuid.UUID,
    feed_id: uuid.UUID,
    camera_id: uuid.UUID | None,
    hour: datetime,
    seconds: float,
    objects: int,
) -> None:
    """Add to what a model found on a feed in a clock hour."""
    row, made = WatchedHour.objects.get_or_create(
        model_version_id=model_id,
        feed_id=feed_id,
        hour=hour,
        defaults={"camera_id": camera_id, "seconds": seconds, "objects_seen": objects},
    )
    if not made:
        WatchedHour.objects.filter(pk=row.pk).update(
            seconds=F("seconds") + seconds, objects_seen=F("objects_seen") + objects
        )
