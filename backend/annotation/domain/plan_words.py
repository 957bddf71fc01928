"""What a plan leaves undone, put together and in words: how much, why, and what would help."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend.annotation.domain.planning import ANY_LABEL, LABEL
from ml.quality.work import Cause, Job, Lack

_NAMED_MAX = 3
NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Undone:
    """`turns`: pictures, one that wants two people more counted twice. `minutes` at the usual pace."""

    kind: str
    cause: str
    turns: int
    minutes: float
    words: str
    help: str


def undone_of(jobs: Iterable[Job], lacks: Mapping[str, Lack], labels: Mapping[str, str]) -> list[Undone]:
    """Those of one kind, cause and skills together, the most minutes first. `labels`: names by id."""
    groups: dict[tuple[str, Cause, tuple[str, ...]], list[Job]] = defaultdict(list)
    for job in jobs:
        if job.id in lacks:
            lack = lacks[job.id]
            # Of pictures whose own people are barred it does not matter which labels they have.
            skills = () if lack.cause == Cause.BARRED else lack.skills
            groups[job.id.partition(":")[0], lack.cause, skills].append(job)
    found = []
    for (kind, cause, skills), members in groups.items():
        turns = sum(lacks[job.id].people for job in members)
        minutes = sum(lacks[job.id].people * job.minutes for job in members)
        words, what_helps = _words(kind, cause, _names(skills, labels), turns, minutes)
        found.append(Undone(kind, cause, turns, round(minutes, 1), words, what_helps))
    return sorted(found, key=lambda each: (-each.minutes, each.words))


def _names(skills: Iterable[str], labels: Mapping[str, str]) -> list[str]:
    """Labels among the skills, by name; all of them where a picture may have any."""
    ids = [skill.partition(":")[2] for skill in skills if ":" in skill]
    if ANY_LABEL in ids:
        return ["all labels"]
    return sorted(f"“{labels.get(each, 'a label that is gone')}”" for each in ids)


def _words(kind: str, cause: Cause, names: list[str], turns: int, minutes: float) -> tuple[str, str]:
    doing = "labelling" if kind == LABEL else "review"
    much = f"{spent(minutes)} of {doing} ({pictures(turns)})"
    whom = f" who is set up for {listed(names)}" if names else ""
    somebody = "somebody who labels" if kind == LABEL else "a reviewer"
    if cause in (Cause.NOBODY, Cause.SKILL, Cause.TOGETHER):
        if not names:
            nobody = "labels here" if kind == LABEL else "reviews here"
            return (
                f"{much} for nobody: nobody who {nobody} has time.",
                f"Add {somebody}, or give one minutes a day.",
            )
        together = " together" if cause == Cause.TOGETHER else ""
        return (
            f"{much} for nobody{whom}{together}.",
            f"Set {somebody} up for {listed(names)}, or add one who is.",
        )
    if cause == Cause.BARRED:
        if kind == LABEL:
            return f"{much} for nobody who has not passed on it or labelled it already.", f"Add {somebody}."
        return f"{much} for nobody who is not their author.", "Add a reviewer."
    if cause == Cause.PEOPLE:
        return f"{much} for which there are too few different people{whom}.", f"Add {somebody}."
    return (
        f"{much} for which the time of everybody{whom or ' who may do it'} is too short.",
        f"About {spent(minutes)} more would do: more days, more minutes a day, or another person.",
    )


def listed(names: list[str]) -> str:
    """`a, b and c`; of many only the first few."""
    if len(names) > _NAMED_MAX:
        return f"{', '.join(names[:_NAMED_MAX])} and {len(names) - _NAMED_MAX} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def pictures(count: int) -> str:
    return f"{count:,}{NBSP}picture{'' if count == 1 else 's'}"


def spent(minutes: float) -> str:
    """`40 min`, `4 h`, `4.5 h`."""
    if minutes < 60:
        return f"{max(1, round(minutes))}{NBSP}min"
    hours = minutes / 60.0
    return (
        f"{hours:,.0f}{NBSP}h" if hours >= 10 or abs(hours - round(hours)) < 0.05 else f"{hours:.1f}{NBSP}h"
    )
