"""A project with a model whose score is the picture's brightness."""

from __future__ import annotations

from typing import Any

import pytest

from backend.accounts.models import User
from backend.core.enums import Role
from backend.projects.models import Project
from tests.support import factories
from tests.support.learning import make_model


@pytest.fixture
def project(transactional_db: None, settings: Any, tmp_path: Any) -> Project:
    settings.SHIPPED_WEIGHTS_DIR = tmp_path / "none"
    shapes = ["box", "polygon"]
    return factories.make_project(
        labels=[{"name": "person", "shapes": shapes}, {"name": "hard_hat", "shapes": shapes}]
    )


@pytest.fixture
def manager(project: Project) -> User:
    return factories.make_project_member(project, Role.MANAGER)


@pytest.fixture
def model(project: Project, tmp_path: Any) -> Any:
    return make_model(project, tmp_path)
