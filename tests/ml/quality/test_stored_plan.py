"""A plan survives being stored, digit for digit, and a spoilt one is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from ml.errors import QualityError
from ml.quality.approval import Path, Promise, PromiseKind, plan_approval
from ml.quality.simulated import Site
from ml.quality.stored_plan import plan_as_json, plan_from_json


def test_a_plan_comes_back_from_json_as_it_was() -> None:
    fit = Site().reviews(200, np.random.default_rng(0))
    plan = plan_approval(fit, Promise(alpha=0.03, kind=PromiseKind.PICTURE))
    for one in (plan, replace(plan, pictures=Path(None, plan.pictures.bets))):
        assert plan_from_json(json.loads(json.dumps(plan_as_json(one)))) == one


@pytest.mark.parametrize("stored", [{}, {"promise": None}, {"promise": {"alpha": 2, "missed_alpha": 1}}])
def test_what_is_no_plan_is_refused(stored: dict[str, object]) -> None:
    with pytest.raises(QualityError):
        plan_from_json(stored)
