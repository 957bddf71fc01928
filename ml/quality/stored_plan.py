"""An auto-approval plan as plain JSON and back: what a policy keeps, since a plan must never be made twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ml.errors import QualityError
from ml.quality.approval import ApprovalPlan, Path, Promise, PromiseKind
from ml.quality.calibration import Calibrator


def plan_as_json(plan: ApprovalPlan) -> dict[str, Any]:
    """Numbers, texts, lists and objects only; `plan_from_json` gives the same plan to the last digit."""
    return asdict(plan)


def plan_from_json(stored: Mapping[str, Any]) -> ApprovalPlan:
    """The plan again. Raises QualityError where something is missing or of another kind."""
    try:
        promise = stored["promise"]
        return ApprovalPlan(
            promise=Promise(
                alpha=float(promise["alpha"]),
                missed_alpha=float(promise["missed_alpha"]),
                delta=float(promise["delta"]),
                kind=PromiseKind(promise["kind"]),
            ),
            fit_units=int(stored["fit_units"]),
            thresholds=tuple(float(t) for t in stored["thresholds"]),
            boxes_most=int(stored["boxes_most"]),
            calibrator=Calibrator(
                tuple(float(s) for s in stored["calibrator"]["scores"]),
                tuple(float(p) for p in stored["calibrator"]["probabilities"]),
            ),
            boxes=_path(stored["boxes"]),
            pictures=_path(stored["pictures"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise QualityError(f"This is no stored plan: {error!r}.") from error


def _path(stored: Mapping[str, Any]) -> Path:
    start = stored["start"]
    bets = tuple(tuple(float(bet) for bet in row) for row in stored["bets"])
    return Path(None if start is None else int(start), bets)
