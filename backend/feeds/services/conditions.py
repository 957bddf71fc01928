"""From a stored condition to one at work: labels by the names that tracks carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from backend.feeds.domain.rules import Condition, condition_parse


def condition_at_work(stored: Mapping[str, Any], names: Mapping[str, str]) -> Condition:
    """`names`: label name by id. A label, zone or line that is gone holds for nobody."""
    condition, _ = condition_parse(stored, labels=(), zones=(), lines=())
    return replace(
        condition,
        labels=tuple(names.get(label, label) for label in condition.labels),
        near_labels=tuple(names.get(label, label) for label in condition.near_labels),
        gear=tuple(replace(item, label=names.get(item.label, item.label)) for item in condition.gear),
    )
