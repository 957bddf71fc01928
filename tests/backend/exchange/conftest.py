"""Two projects of one person: labels go out of the first and into the second."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import Organisation, User
from backend.core.enums import Role
from backend.projects.models import Project
from tests.support import factories

SHAPES = ["box", "polygon"]


@pytest.fixture(autouse=True)
def _no_shipped_model(settings: Any, tmp_path: Any) -> None:
    """Nothing here needs a model, and copying one for every project costs time."""
    settings.SHIPPED_WEIGHTS_DIR = tmp_path / "none"


@pytest.fixture
def organisation(transactional_db: None) -> Organisation:
    return factories.make_org()


@pytest.fixture
def admin(organisation: Organisation) -> User:
    return factories.make_member(organisation, Role.ADMIN)


@pytest.fixture
def client(admin: User) -> APIClient:
    return factories.client_for(admin)


@pytest.fixture
def first(admin: User, organisation: Organisation) -> Project:
    labels = [
        {"name": "person", "shapes": SHAPES},
        {"name": "hard_hat", "shapes": SHAPES},
        {"name": "blurred", "shapes": ["tag"]},
    ]
    return factories.make_project(admin, organisation=organisation, labels=labels)


@pytest.fixture
def second(admin: User, organisation: Organisation) -> Project:
    return factories.make_project(
        admin, organisation=organisation, labels=[{"name": "person", "shapes": SHAPES}]
    )
