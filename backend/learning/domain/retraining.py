"""When a project trains anew by itself. Each reason has a key: the same one never counts twice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.learning.enums import RetrainReason


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a policy waits for; None is off."""

    new_labels: int | None
    every_days: int | None
    on_drift: bool = False


@dataclass(frozen=True, slots=True)
class Drifted:
    """A camera, or other source, whose pictures drift: the key of the reason, and what drifts in words."""

    key: str
    words: str


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a project stands. `new` pictures were approved since the labels of `base` (a dataset version's id, "" for
    none) were frozen; `last` is when it trained last, or when the policy was switched on; `drifted` is what drifts now.
    """

    base: str
    new: int
    last: datetime
    now: datetime
    drifted: tuple[Drifted, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlook:
    """One condition: how far it is (0..1), in words, and the key of its reason once it is met."""

    reason: RetrainReason
    share: float
    words: str
    key: str
    met: bool


def outlook(conditions: Conditions, situation: Situation, used: Collection[str] = ()) -> list[Outlook]:
    """Every condition that is on, labels first. `used`: keys of reasons that have counted."""
    found = []
    if conditions.new_labels:
        found.append(_by_labels(conditions.new_labels, situation, used))
    if conditions.every_days:
        found.append(_by_schedule(conditions.every_days, situation))
    if conditions.on_drift:
        found.append(_by_drift(situation, used))
    return found


def due(conditions: Conditions, situation: Situation, used: Collection[str]) -> Outlook | None:
    """The first condition that is met for a reason that has not counted yet."""
    return next(
        (one for one in outlook(conditions, situation, used) if one.met and one.key not in used), None
    )


def _by_labels(wanted: int, now: Situation, used: Collection[str]) -> Outlook:
    # A training that failed leaves the base as it is: as many pictures again are a new reason.
    rounds = now.new // wanted
    key = f"labels:{now.base}:{rounds}"
    target = wanted * (rounds + 1) if key in used else wanted
    return Outlook(
        RetrainReason.LABELS,
        min(1.0, now.new / target),
        f"{now.new} of {target} newly approved pictures",
        key,
        rounds >= 1 and key not in used,
    )


def _by_schedule(days: int, now: Situation) -> Outlook:
    every = timedelta(days=days)
    passed = max(0, (now.now - now.last) // every)
    due_at = now.last + every * max(1, passed)
    is_due = passed >= 1
    if is_due and now.new == 0:
        words = "due, and waits for a newly approved picture to learn from"
    elif is_due:
        words = f"due since {due_at:%d %b %H:%M} UTC"
    else:
        words = f"due on {due_at:%d %b %H:%M} UTC"
    return Outlook(
        RetrainReason.SCHEDULE,
        min(1.0, (now.now - now.last) / every),
        words,
        f"schedule:{due_at:%Y%m%dT%H%M%S}",
        is_due and now.new > 0,
    )


def _by_drift(now: Situation, used: Collection[str]) -> Outlook:
    # Training on the labels it was trained on would give the same model: something new has to come first.
    fresh = next((each for each in now.drifted if each.key not in used), None)
    if fresh is None:
        words = "trained for all that drifts now" if now.drifted else "nothing drifts"
        return Outlook(RetrainReason.DRIFT, 0.0, words, "", False)
    is_taught = now.new > 0
    words = fresh.words if is_taught else f"{fresh.words}; waits for a newly approved picture to learn from"
    return Outlook(RetrainReason.DRIFT, 1.0, words, fresh.key, is_taught)
