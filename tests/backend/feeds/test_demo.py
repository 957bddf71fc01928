"""The demo lays out every step of the loop, and only on an empty Siteloop."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from backend.accounts.models import User
from backend.annotation.models import Task
from backend.datasets.models import DatasetVersion
from backend.feeds.demo import scenes, seed
from backend.feeds.models import Feed
from backend.projects.models import Project
from tests.support.factories import client_for, make_user


@pytest.mark.django_db(transaction=True)
def test_the_demo_has_something_in_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seed, "PER_SCENE", 1)
    monkeypatch.setattr(seed, "LIVE_SECONDS", 0.5)
    monkeypatch.setattr(scenes, "LIVE_SCENES", scenes.LIVE_SCENES[:1])
    said: list[str] = []
    project = seed.demo_fill(said.append)
    states = list(Task.objects.filter(project=project).values_list("state", flat=True))
    assert states.count("approved") == seed.APPROVED_SCENES + seed.BLIND_SCENES
    assert states.count("in_review") == seed.REVIEW_SCENES
    assert states.count("ready") >= len(scenes.STILL_SCENES) - 8
    assert Task.objects.filter(project=project, blind=True).count() == seed.BLIND_SCENES
    assert DatasetVersion.objects.filter(project=project).count() == 1
    feed = Feed.objects.get(project=project)
    assert feed.asset is not None
    assert feed.camera is not None and feed.camera.calibrations.get().reprojection_cm < 2.0
    rule = feed.rules.get()
    assert rule.enabled and rule.condition["near_m"] == seed.RULE_NEAR_M
    roles = {row["role"] for row in _members()}
    assert roles == {"admin", "manager", "annotator", "reviewer", "scientist", "viewer"}
    manager = User.objects.get(email="manager@demo.siteloop")
    assert client_for(manager).delete(f"/api/v1/projects/{project.pk}").status_code == 204
    assert not Project.objects.filter(pk=project.pk).exists()


def _members() -> list[dict[str, str]]:
    admin = User.objects.get(email="admin@demo.siteloop")
    organisation = client_for(admin).get("/api/v1/session").json()["organisations"][0]
    rows: list[dict[str, str]] = (
        client_for(admin).get(f"/api/v1/organisations/{organisation['id']}/members").json()
    )
    return rows


@pytest.mark.django_db
def test_the_demo_is_refused_where_people_are() -> None:
    make_user()
    with pytest.raises(CommandError, match="only for an empty Siteloop"):
        call_command("demo_seed")
