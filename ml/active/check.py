"""Does a batch keep every limit? Written from the rules alone, in plain loops, to catch the planners' faults."""

from __future__ import annotations

from collections.abc import Sequence

from ml.active.candidates import Candidate, SelectionConfig
from ml.active.costs import cost_of

# A solver's sums are right to about this share of the budget.
SLACK_SHARE = 1e-6


def broken_limits(
    chosen: Sequence[Candidate], random_slice: Sequence[Candidate], wanted: int, config: SelectionConfig
) -> list[str]:
    """One sentence for each limit that `chosen`, beside the `random_slice`, does not keep; none is what is wanted.

    The slice is never refused: what it takes beyond a limit is its own, but then nothing may be chosen on top.
    """
    faults = []
    ids = [c.id for c in chosen] + [c.id for c in random_slice]
    if len(set(ids)) != len(ids):
        faults.append("A picture is in the batch twice.")
    if len(chosen) > wanted:
        faults.append(f"{len(chosen)} pictures were chosen of {wanted}.")
    for one in chosen:
        others = [c for c in (*chosen, *random_slice) if c is not one]
        faults += _alone(one, others, config)
    faults += _budgets(chosen, random_slice, config)
    return faults


def _alone(one: Candidate, others: Sequence[Candidate], config: SelectionConfig) -> list[str]:
    faults = []
    for name, key, cap in (
        ("Camera", one.group, config.cap_per_group),
        ("Clip", one.clip, config.cap_per_clip),
    ):
        same = sum((o.group if name == "Camera" else o.clip) == key for o in others)
        if cap and key and same + 1 > cap:
            faults.append(f"{name} {key} has more than {cap} pictures.")
    for other in others:
        if one.time_s is None or other.time_s is None:
            continue
        if (one.timeline or one.clip) != (other.timeline or other.clip) or not (one.timeline or one.clip):
            continue
        if abs(one.time_s - other.time_s) < config.min_gap_s:
            faults.append(f"{one.id} and {other.id} are less than {config.min_gap_s:g} s apart.")
    return faults


def _budgets(
    chosen: Sequence[Candidate], random_slice: Sequence[Candidate], config: SelectionConfig
) -> list[str]:
    boxes = seconds = fixed_boxes = fixed_seconds = 0.0
    for c in chosen:
        cost = cost_of(c.prediction, config.cost)
        boxes += cost.boxes
        seconds += cost.seconds
    for c in random_slice:
        cost = cost_of(c.prediction, config.cost)
        fixed_boxes += cost.boxes
        fixed_seconds += cost.seconds
    faults = []
    for name, limit, fixed, added in (
        ("boxes", config.budget_boxes, fixed_boxes, boxes),
        ("seconds", config.budget_seconds, fixed_seconds, seconds),
    ):
        if limit and added > 0 and fixed + added > limit * (1 + SLACK_SHARE) and added > SLACK_SHARE * limit:
            faults.append(f"{fixed + added:.1f} {name} are more than the budget of {limit:g}.")
    return faults
