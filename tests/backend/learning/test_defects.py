"""Defects without examples in a project: what is found, how far it is trusted, and suggested without touching work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from backend.annotation.models import Suggestion, Task
from backend.core import jobs
from backend.core.enums import Role
from backend.core.models import JobRun
from backend.learning.models import DefectReport
from backend.media import services as media
from backend.media.models import Asset
from backend.projects.models import Project
from ml.contracts import Box
from tests.ml.anomaly.test_anomaly import BLOT, overlap, part
from tests.support import datasets, factories
from tests.support.learning import make_model
from tests.support.media import encoded

API = "/api/v1"


def picture(project: Project, seed: int, blot: Box | None = None) -> Asset:
    """Brushed metal, with a blot or without."""
    content = encoded(Image.fromarray(part(seed, blot)), "PNG")
    name = f"part-{seed}.png"
    return media.asset_register(
        project=project, content=content, name=name, actor=None, group_key=f"part-{seed}"
    )


def good_ones(project: Project, count: int = 24) -> None:
    for seed in range(count):
        datasets.label_asset(project, picture(project, seed), regions=[])


def client(project: Project, role: Role = Role.SCIENTIST) -> Any:
    return factories.client_for(factories.make_project_member(project, role))


def url(project: Project) -> str:
    return f"{API}/projects/{project.pk}/defects"


def look(project: Project) -> JobRun:
    body = {"label_id": factories.label_id(project, "hard_hat")}
    answer = client(project, Role.REVIEWER).post(url(project), body, format="json")
    assert answer.status_code == 202, answer.content
    jobs.run(answer.json()["id"])
    return JobRun.objects.get(pk=answer.json()["id"])


def state(project: Project) -> Any:
    return client(project, Role.VIEWER).get(url(project)).json()


def test_what_differs_from_good_pictures_is_found_and_suggested_where_nobody_has_begun(
    project: Project,
) -> None:
    good_ones(project)
    for seed in range(100, 104):
        known = [datasets.box(project, "hard_hat", (BLOT.x1, BLOT.y1, BLOT.x2, BLOT.y2))]
        datasets.label_asset(project, picture(project, seed, BLOT), regions=known)
    waiting = {picture(project, seed, BLOT if seed < 203 else None).pk: seed for seed in range(200, 206)}
    assert look(project).state == "succeeded"

    told = state(project)
    findings = told["findings"]
    assert (findings["remembered"], findings["aside"], findings["known"]) == (18, 6, 4)
    assert (findings["looked"], findings["encoder"]) == (6, "filters")
    assert findings["telling"]["low"] <= findings["telling"]["auroc"] <= findings["telling"]["high"]
    assert findings["telling"]["auroc"] > 0.9
    suspects = findings["suspects"]
    found = [waiting[key] for key in waiting if str(key) in {each["asset_id"] for each in suspects}]
    assert {200, 201, 202} <= set(found)
    assert len(found) <= 4
    scores = [each["score"] for each in suspects]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] > 1.0

    # One was begun meanwhile: it keeps what it has.
    begun = Task.objects.get(pk=suspects[1]["task_id"])
    Task.objects.filter(pk=begun.pk).update(
        assigned_to=factories.make_project_member(project, Role.ANNOTATOR)
    )
    answer = client(project).post(f"{url(project)}/suggestions")
    assert (answer.status_code, answer.json()) == (200, {"pictures": len(suspects) - 1})
    made = Suggestion.objects.filter(task_id=suspects[0]["task_id"]).order_by("-score")
    assert made[0].model_name == "Unlike good pictures"
    assert overlap(Box(*made[0].geometry["box"]), BLOT) > 0.5 * BLOT.area
    assert not Suggestion.objects.filter(task=begun).exists()
    # Twice changes nothing.
    assert client(project).post(f"{url(project)}/suggestions").json() == {"pictures": 0}


def test_too_few_good_pictures_are_said_with_how_many_are_missing(project: Project) -> None:
    good_ones(project, 3)
    label = next(each for each in state(project)["labels"] if each["name"] == "hard_hat")
    assert (label["good"], label["known"], label["good_needed"]) == (3, 0, 17)
    job = look(project)
    assert job.state == "failed"
    assert job.error.startswith("17 more approved pictures without the label are needed")
    assert state(project)["findings"] is None
    assert client(project).post(f"{url(project)}/suggestions").status_code == 404


def test_without_a_known_defect_nothing_is_said_of_how_well_it_tells(project: Project) -> None:
    good_ones(project)
    assert look(project).state == "succeeded"
    findings = state(project)["findings"]
    assert (findings["telling"], findings["suspects"], findings["looked"]) == (None, [], 0)
    look(project)
    assert DefectReport.objects.count() == 1


def test_a_model_without_layers_gives_way_to_plain_filters_and_a_lost_picture_is_left_out(
    project: Project, tmp_path: Path
) -> None:
    make_model(project, tmp_path)
    good_ones(project, 25)
    lost = Asset.objects.filter(name="part-0.png").get()
    Asset.objects.filter(pk=lost.pk).update(display_key="gone.webp")
    job = look(project)
    assert job.state == "succeeded", job.error
    findings = state(project)["findings"]
    assert findings["encoder"] == "filters"
    assert findings["remembered"] + findings["aside"] == 24


@pytest.mark.parametrize(
    ("role", "may_look", "may_suggest"),
    [
        (Role.VIEWER, 403, 403),
        (Role.ANNOTATOR, 403, 403),
        (Role.REVIEWER, 202, 403),
        (Role.SCIENTIST, 202, 404),
    ],
)
def test_who_may_look_and_suggest(project: Project, role: Role, may_look: int, may_suggest: int) -> None:
    person = client(project, role)
    body = {"label_id": factories.label_id(project, "hard_hat")}
    assert person.post(url(project), body, format="json").status_code == may_look
    assert person.post(f"{url(project)}/suggestions").status_code == may_suggest


def test_strangers_and_foreign_labels_get_nothing(project: Project) -> None:
    stranger = factories.client_for(factories.make_user("Eve"))
    assert stranger.get(url(project)).status_code == 404
    assert stranger.post(f"{url(project)}/suggestions").status_code == 404
    other = factories.make_project()
    body = {"label_id": factories.label_id(other, "person")}
    answer = client(project).post(url(project), body, format="json")
    assert answer.status_code == 400
    assert "label" in answer.json()["message"]


def test_heat_is_of_the_cells_it_says(project: Project) -> None:
    import base64

    good_ones(project)
    picture(project, 300, BLOT)
    look(project)
    (suspect,) = state(project)["findings"]["suspects"]
    heat = np.frombuffer(base64.b64decode(suspect["heat"]), np.uint8)
    assert len(heat) == suspect["columns"] * suspect["rows"]
    row, column = divmod(int(heat.argmax()), suspect["columns"])
    x, y = (column + 0.5) * 130 / suspect["columns"], (row + 0.5) * 90 / suspect["rows"]
    assert BLOT.x1 - 8 <= x <= BLOT.x2 + 8 and BLOT.y1 - 8 <= y <= BLOT.y2 + 8
