"""How far the people of a project agree on the same pictures: in all, by label, by pair, over time, in words."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import TYPE_CHECKING

from backend.annotation.domain.figures import (
    Agreed,
    agreed_by_label,
    agreed_in_all,
    alpha_of,
    kappa_of,
    votes_sum,
)
from backend.annotation.models import Comparison
from backend.annotation.selectors.work import day_start
from backend.core.enums import Role
from backend.core.permissions import at_least
from backend.projects import selectors as projects
from ml.quality.words import alpha_words, f1_words, iou_words, kappa_words

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project

# The newest so many comparisons are told of: their counts are read whole.
COMPARISONS_MAX = 5_000
PAIRS_MAX = 200
# Figures over fewer people would tell a reviewer how one of them did.
PEOPLE_MIN = 3


@dataclass(frozen=True, slots=True)
class LabelAgreement:
    label_id: str
    name: str
    color: str
    agreed: Agreed
    alpha: float | None
    words: list[str]


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two people on the pictures both labelled; `first` made the labels that stand where it is ground truth."""

    first: User | None
    second: User | None
    pictures: int
    agreed: Agreed
    kappa: float | None
    words: list[str]


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A week of the site's clock, by its Monday."""

    week: date
    pictures: int
    agreed: Agreed


@dataclass(frozen=True, slots=True)
class ProjectAgreement:
    """`told` is False where too few people were compared for the asker to see figures; all else is empty then.

    `pairs` are for those who manage the project; None to others.
    """

    told: bool
    people: int
    pictures: int
    comparisons: int
    agreed: Agreed
    alpha: float | None
    words: list[str]
    labels: list[LabelAgreement]
    weeks: list[WeekRow]
    pairs: list[PairRow] | None


def project_agreement(*, actor: User, project: Project, days: int) -> ProjectAgreement:
    """Over comparisons of the last `days` days of the site's clock. The caller has passed the door."""
    since = day_start(project) - timedelta(days=days - 1)
    rows = list(
        Comparison.objects.filter(project=project, created_at__gte=since)
        .select_related("first_user", "second_user")
        .order_by("-id")[:COMPARISONS_MAX]
    )
    people = {pk for row in rows for pk in (row.first_user_id, row.second_user_id) if pk is not None}
    manages = at_least(projects.project_role(actor=actor, project=project), Role.MANAGER)
    told = bool(rows) and (manages or len(people) >= PEOPLE_MIN)
    shown = rows if told else []
    overall = agreed_in_all(row.labels for row in shown)
    alpha = alpha_of(votes_sum(row.votes for row in shown))
    return ProjectAgreement(
        told=told,
        people=len(people),
        pictures=len({row.task_id for row in rows}),
        comparisons=len(rows),
        agreed=overall,
        alpha=alpha,
        words=[*_words(overall), alpha_words(alpha, overall.f1_50)] if told else [],
        labels=_labels(project, shown),
        weeks=_weeks(shown, since.tzinfo),
        pairs=_pairs(shown) if manages else None,
    )


def _words(agreed: Agreed) -> list[str]:
    return [f1_words(agreed.f1_50, agreed.objects), iou_words(agreed.matched_iou)]


def _labels(project: Project, rows: list[Comparison]) -> list[LabelAgreement]:
    known = {label.id: label for label in projects.labels_of(project.pk)}
    votes = votes_sum(row.votes for row in rows)
    return [
        LabelAgreement(
            label_id=label_id,
            name=known[label_id].name,
            color=known[label_id].color,
            agreed=figures,
            alpha=alpha_of(votes, label_id),
            words=_words(figures),
        )
        for label_id, figures in agreed_by_label(row.labels for row in rows).items()
        if label_id in known
    ]


def _pairs(rows: list[Comparison]) -> list[PairRow]:
    """By name, whoever came first in a comparison; nobody is ranked."""
    by_pair: dict[tuple[uuid.UUID | None, uuid.UUID | None], list[Comparison]] = defaultdict(list)
    for row in rows:
        by_pair[row.first_user_id, row.second_user_id].append(row)
    pairs = [_pair(found) for found in by_pair.values()]
    return sorted(pairs, key=lambda pair: (_name(pair.first), _name(pair.second)))[:PAIRS_MAX]


def _pair(rows: list[Comparison]) -> PairRow:
    figures = agreed_in_all(row.labels for row in rows)
    kappa = kappa_of(votes_sum(row.votes for row in rows))
    return PairRow(
        first=rows[0].first_user,
        second=rows[0].second_user,
        pictures=len({row.task_id for row in rows}),
        agreed=figures,
        kappa=kappa,
        words=[*_words(figures), kappa_words(kappa)],
    )


def _name(person: User | None) -> str:
    return person.get_full_name() if person is not None else ""


def _weeks(rows: list[Comparison], zone: tzinfo | None) -> list[WeekRow]:
    by_week: dict[date, list[Comparison]] = defaultdict(list)
    for row in rows:
        day = row.created_at.astimezone(zone).date()
        by_week[day - timedelta(days=day.weekday())].append(row)
    return [
        WeekRow(week, len({row.task_id for row in found}), agreed_in_all(row.labels for row in found))
        for week, found in sorted(by_week.items())
    ]
