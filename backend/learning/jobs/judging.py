"""What a policy's evidence says: the plan, what is unlocked, the curve for the page and the sentence beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from backend.learning.domain.approving import path_start
from backend.learning.enums import PolicyScope
from backend.learning.models import ApprovalPolicy
from backend.projects import selectors as projects
from ml.quality.approval import (
    FIT_UNITS,
    ApprovalPlan,
    CurvePoint,
    Promise,
    Rule,
    error_curve,
    fit_size,
    judge,
    plan_approval,
)
from ml.quality.bounds import units_needed
from ml.quality.reviews import ReviewedUnit, Reviews, reviews_from
from ml.quality.stored_plan import plan_as_json
from ml.quality.words import collecting_words, limit_percent, percent, rule_words


@dataclass(frozen=True, slots=True)
class Judged:
    """`verdict`: `{units, known, with_boxes, fit_wanted, tested, coverage, error, missed, more, words, curve}`."""

    plan: dict[str, Any] | None
    verdict: dict[str, Any]
    threshold: float | None


def judged(policy: ApprovalPolicy, plan: ApprovalPlan | None, units: Sequence[ReviewedUnit]) -> Judged:
    """Judge a policy's evidence, in the order in which it was counted.

    A plan that tests nothing (no start was worth it) has spent no risk: it is made anew from all there is.
    """
    reviews = reviews_from(units)
    promise = Promise(alpha=policy.alpha, missed_alpha=policy.missed_alpha, delta=policy.delta)
    if plan is None or path_start(plan, policy.scope) is None:
        plan = _plan(reviews, promise, policy.known_units, again=plan is not None)
    name = _name(policy)
    with_boxes = int(np.count_nonzero(reviews.boxes_per_unit()))
    verdict: dict[str, Any] = {
        "units": reviews.units,
        "known": policy.known_units,
        "with_boxes": with_boxes,
        "fit_wanted": FIT_UNITS,
    }
    if plan is None:
        at_least = units_needed(0, policy.alpha, policy.delta)
        words = collecting_words(with_boxes, FIT_UNITS, name, at_least)
        more = max(FIT_UNITS - with_boxes, 0) + at_least
        return Judged(None, {**verdict, "tested": 0, "more": more, "words": words, "curve": []}, None)
    tests = reviews.part(plan.fit_units, reviews.units)
    found = judge(plan, tests)
    rule = found.pictures if policy.scope == PolicyScope.PICTURES else found.boxes
    verdict |= {
        "tested": tests.units,
        "coverage": rule.coverage,
        "error": rule.error,
        "missed": _missed_share(tests),
        "more": rule.more,
        "words": _words(policy, rule, name),
        "curve": [_point(point) for point in error_curve(plan, tests)],
    }
    return Judged(plan_as_json(plan), verdict, rule.threshold)


def _plan(reviews: Reviews, promise: Promise, known: int, *, again: bool) -> ApprovalPlan | None:
    size = fit_size(reviews)
    if size is None:
        return None
    return plan_approval(reviews.part(0, reviews.units if again else max(size, known)), promise)


def _point(point: CurvePoint) -> dict[str, float]:
    """Which are unlocked is left out: it is said of single boxes, and the policy has the threshold in use."""
    return {key: value for key, value in asdict(point).items() if key != "unlocked"}


def _missed_share(tests: Reviews) -> float:
    return float((tests.missed > 0).mean()) if tests.units else 0.0


def _words(policy: ApprovalPolicy, rule: Rule, name: str) -> str:
    if policy.scope == PolicyScope.BOXES:
        return rule_words(rule, name, policy.alpha)
    if rule.threshold is not None:
        return (
            f"{percent(rule.coverage)} of pictures can pass unseen: at most {limit_percent(policy.alpha)} of their boxes are wrong, "
            f"and something is missed on at most {limit_percent(policy.missed_alpha)} of them."
        )
    if rule.more is None:
        return (
            "As things stand, no picture can pass without a look: too many boxes are wrong, or too often something is "
            "missed. Train a better model, or accept more errors."
        )
    return f"Review {rule.more} more to unlock auto-approval of {name}."


def _name(policy: ApprovalPolicy) -> str:
    if policy.scope == PolicyScope.PICTURES:
        return "whole pictures"
    names = {label.id: label.name for label in projects.labels_of(policy.project_id)}
    return names.get(policy.label_ids[0], "a label that is gone")
