"""Projects whose labels the shipped detector does not know, so that tests bring their own models."""

from __future__ import annotations

from typing import Any

import pytest

from backend.projects.models import Project
from tests.support import factories

BOX = ["box", "polygon"]


@pytest.fixture(autouse=True)
def _no_shipped_model(settings: Any, tmp_path: Any) -> None:
    """The shipped detector is 10 MB to copy and has a test of its own."""
    settings.SHIPPED_WEIGHTS_DIR = tmp_path / "none"


@pytest.fixture
def project(transactional_db: None) -> Project:
    return factories.make_project(
        labels=[
            {"name": "person", "shapes": BOX},
            {"name": "hard_hat", "shapes": BOX},
            {"name": "blurred", "shapes": ["tag"]},
            {"name": "sharp", "shapes": ["tag"]},
        ],
        settings={"batch_size": 4, "random_fraction": 0.25},
    )
