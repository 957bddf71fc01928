"""Making, changing, muting and removing rules; the feed's worker takes them up within seconds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from backend.core import audit, events
from backend.core.errors import Stale
from backend.feeds import selectors
from backend.feeds.domain.rules import condition_parse, condition_record, schedule_parse
from backend.feeds.enums import MarkingKind
from backend.feeds.errors import RuleNameTaken, RuleRefused
from backend.feeds.models import Feed, Rule
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User

# Each is judged in each frame.
RULES_MAX = 40
FIELDS = ("name", "enabled", "severity", "condition", "schedule", "clear_s", "cooldown_s", "escalate_after_s")


@transaction.atomic
def rule_create(*, actor: User, feed: Feed, given: dict[str, Any]) -> Rule:
    """Add a rule. Raises RuleRefused or RuleNameTaken."""
    Feed.objects.select_for_update().get(pk=feed.pk)
    if feed.rules.count() >= RULES_MAX:
        raise RuleRefused(f"A feed holds {RULES_MAX} rules at most. Remove one first.")
    rule = Rule(feed=feed)
    _write(rule, given)
    _record(actor, rule, "rule.create", after=rule_state(rule))
    return rule


@transaction.atomic
def rule_update(*, actor: User, rule: Rule, changes: dict[str, Any], base_version: int | None) -> Rule:
    """Change what is sent. Raises Stale where `base_version` is given and old, RuleRefused, RuleNameTaken."""
    rule = Rule.objects.select_related("feed__project").select_for_update(of=("self",)).get(pk=rule.pk)
    if base_version is not None and rule.version != base_version:
        raise Stale(
            "Somebody else changed this rule in between. Look at it again, then save.",
            extra={"current": {"version": rule.version}},
        )
    before = rule_state(rule)
    rule.version += 1
    _write(rule, changes)
    _record(actor, rule, "rule.update", before=before, after=rule_state(rule))
    return rule


@transaction.atomic
def rule_mute(*, actor: User, rule: Rule, minutes: int) -> Rule:
    """Let it open incidents without alerts for so long; 0 ends it."""
    rule.muted_until = timezone.now() + timedelta(minutes=minutes) if minutes else None
    rule.save(update_fields=["muted_until", "updated_at"])
    _record(actor, rule, "rule.mute", after={"minutes": minutes})
    return rule


@transaction.atomic
def rule_delete(*, actor: User, rule: Rule) -> None:
    """Remove a rule; its incidents stay, and one that is open ends."""
    now = timezone.now()
    rule.incidents.filter(closed_at=None).update(closed_at=now)
    _record(actor, rule, "rule.delete", before=rule_state(rule))
    rule.delete()


def rule_state(rule: Rule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in FIELDS}


def condition_check(feed: Feed, given: dict[str, Any]) -> dict[str, Any]:
    """The condition as it is stored. Raises RuleRefused naming the fields."""
    marks = list(selectors.markings_of(feed.pk))
    condition, problems = condition_parse(
        given,
        labels={label.id for label in projects.labels_of(feed.project_id)},
        zones={str(m.pk) for m in marks if m.kind == MarkingKind.ZONE},
        lines={str(m.pk) for m in marks if m.kind == MarkingKind.LINE},
    )
    if problems:
        raise RuleRefused("This rule cannot be used.", fields=problems)
    return condition_record(condition)


def _write(rule: Rule, given: dict[str, Any]) -> None:
    for name in FIELDS:
        if name in given:
            setattr(rule, name, given[name])
    rule.name = rule.name.strip()
    rule.condition = condition_check(rule.feed, rule.condition)
    problem = schedule_parse(rule.schedule)[1]
    if problem:
        raise RuleRefused("This rule cannot be used.", fields={"schedule": problem})
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError as error:
        raise RuleNameTaken("This feed has a rule of that name.", fields={"name": "Taken."}) from error


def _record(actor: User, rule: Rule, action: str, **changes: Any) -> None:
    project = rule.feed.project
    audit.record(
        actor=actor,
        organisation_id=project.organisation_id,
        action=action,
        object_type="rule",
        object_id=rule.pk,
        **changes,
    )
    events.publish(
        organisation_id=project.organisation_id,
        project_id=project.pk,
        kind="rule",
        data={"id": str(rule.pk), "feed_id": str(rule.feed_id)},
    )
