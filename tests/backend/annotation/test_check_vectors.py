"""The checks before a submit give what the shared vectors say; the page's own tests read the same file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backend.annotation.domain.checks import Checks, check_problems

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "checks.json").read_text())


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_checks_find_what_the_vectors_say(case: dict[str, Any]) -> None:
    given = dict(case["checks"])
    checks = Checks(**{**given, "needed_labels": tuple(given.get("needed_labels", ()))})
    regions = [
        {
            "region_id": region_id,
            "label_id": label_id,
            "shape": "box",
            "geometry": {"box": box, "rotation": (turned or [0])[0]},
        }
        for region_id, label_id, box, *turned in case["boxes"]
    ]
    found = check_problems(
        checks,
        regions,
        case.get("tags", []),
        VECTORS["names"],
        nothing_here=case.get("nothing_here", False),
    )
    assert sorted(found) == case["fields"]
    assert found == {**found, **case.get("said", {})}
