"""What a feed lets be set."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from backend.core.errors import BadInput

TEXT_MAX = 120


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """Settings of a feed with their defaults; unknown keys are refused.

    Two thresholds are kept apart: `show_score` is for what the wall draws, `capture_low`..`capture_high` is the
    band of scores whose frames come back to be labelled. Quotas count frames an hour: one for each reason, and
    `capture_per_hour` over all of them.
    """

    target_fps: float = 5.0
    show_score: float = 0.35
    capture_low: float = 0.15
    capture_high: float = 0.45
    capture_per_hour: int = 30
    capture_random_per_hour: int = 6
    capture_unsure_per_hour: int = 30
    capture_rare_per_hour: int = 4
    capture_disagreement_per_hour: int = 4
    capture_motion_per_hour: int = 2
    capture_gap_s: float = 2.0
    loop: bool = True
    realtime: bool = True
    process_only: bool = False
    # Whose feet stand on the floor: the label that people have in the project.
    floor_label: str = "person"
    # People nearer to each other than this are shown in red.
    limit_m: float = 2.0
    show_circles: bool = True
    show_distances: bool = True
    show_speeds: bool = True
    motion_gate: bool = False

    @classmethod
    def parse(cls, given: dict[str, Any]) -> FeedSettings:
        """Check `given`. Raises BadInput naming the fields."""
        known = {field.name for field in fields(cls)}
        problems = {key: "Not a setting of a feed." for key in given if key not in known}
        defaults = cls()
        for key in known & set(given):
            if not _fits(given[key], getattr(defaults, key)):
                problems[key] = "Not a value of the right type."
        if problems:
            raise BadInput("Some settings cannot be used.", fields=problems)
        settings = cls(**given)
        problems = _range_problems(settings)
        if problems:
            raise BadInput("Some settings cannot be used.", fields=problems)
        return settings

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def _fits(value: object, default: object) -> bool:
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(default, str):
        return isinstance(value, str) and len(value) <= TEXT_MAX
    return isinstance(value, int) and not isinstance(value, bool)


def _range_problems(settings: FeedSettings) -> dict[str, str]:
    problems = {}
    if not 0.1 <= settings.target_fps <= 60.0:
        problems["target_fps"] = "Between 0.1 and 60."
    if not 0.0 < settings.show_score <= 1.0:
        problems["show_score"] = "Between 0 and 1."
    if not 0.0 < settings.capture_low < settings.capture_high <= 1.0:
        problems["capture_low"] = "The band needs 0 < low < high ≤ 1."
    if not 0 <= settings.capture_per_hour <= 3_600:
        problems["capture_per_hour"] = "Between 0 and 3600."
    if not 0 <= settings.capture_random_per_hour <= settings.capture_per_hour:
        problems["capture_random_per_hour"] = "Between 0 and the whole quota."
    for key in ("unsure", "rare", "disagreement", "motion"):
        if not 0 <= getattr(settings, f"capture_{key}_per_hour") <= 3_600:
            problems[f"capture_{key}_per_hour"] = "Between 0 and 3600."
    if not 0.0 <= settings.capture_gap_s <= 3_600.0:
        problems["capture_gap_s"] = "Between 0 and 3600 seconds."
    if not 0.2 <= settings.limit_m <= 50.0:
        problems["limit_m"] = "Between 0.2 and 50 metres."
    return problems
