"""The page that compares two models: what is counted, whose pictures are shown, and who may look."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.core import jobs
from backend.core.enums import Role
from backend.learning.enums import ModelState
from backend.learning.jobs.gate_details import asset_id_of, frame_of
from backend.learning.models import ModelVersion
from backend.learning.services import training
from backend.media.models import Asset
from backend.projects.models import Project
from backend.sites.models import Site
from tests.support import datasets, factories
from tests.support.learning import Boxes, make_model, make_picture

API = "/api/v1"
TRUTH = (16.0, 16.0, 48.0, 48.0)
NOWHERE: Boxes = ((0.0, 0.0, 6.0, 6.0),)
PICTURES = 10


@pytest.fixture
def viewer(project: Project) -> APIClient:
    return factories.client_for(factories.make_project_member(project, Role.VIEWER))


@pytest.fixture
def compared(project: Project, tmp_path: Path) -> ModelVersion:
    """A candidate that finds every person, against a production model that finds none."""
    site = Site.objects.create(organisation=project.organisation, name="North yard")
    for index in range(PICTURES):
        asset = make_picture(project, 0.5 + 0.04 * index)
        datasets.label_asset(project, asset, [datasets.box(project, "person", TRUTH)], blind=True)
        if index < 6:
            Asset.objects.filter(pk=asset.pk).update(site=site)
    datasets.freeze(project)
    make_model(project, tmp_path, boxes=NOWHERE)
    candidate = make_model(project, tmp_path, ModelState.CANDIDATE)
    job = training.gate_enqueue(model=candidate, actor=None)
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert job.state == "succeeded", job.error
    return candidate


def _cases(client: APIClient, model: ModelVersion, **query: str) -> Any:
    answer = client.get(f"{API}/models/{model.pk}/comparison/cases", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_both_models_errors_are_counted_on_the_same_pictures(
    viewer: APIClient, compared: ModelVersion
) -> None:
    answer = viewer.get(f"{API}/models/{compared.pk}/comparison")
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert (found["pictures"], found["classes"]) == (PICTURES, ["person", "hard_hat"])
    assert found["candidate"]["confusion"] == [{"actual": "person", "predicted": "person", "count": PICTURES}]
    missed = {(row["actual"], row["predicted"]): row["count"] for row in found["production"]["confusion"]}
    assert missed == {("person", ""): PICTURES, ("", "person"): PICTURES}
    assert found["candidate"]["curves"]["person"]["precision"][0] == 1.0
    assert found["candidate"]["sizes"][1] == {"name": "medium", "found": PICTURES, "of": PICTURES}
    assert found["candidate"]["ms_p95"] >= found["candidate"]["ms_median"] > 0


def test_a_site_is_a_slice_of_its_own_and_too_few_pictures_are_none(
    viewer: APIClient, compared: ModelVersion
) -> None:
    slices = viewer.get(f"{API}/models/{compared.pk}/comparison").json()["slices"]
    (site,) = [row for row in slices if row["by"] == "site"]
    assert (site["name"], site["pictures"], site["candidate"], site["production"]) == (
        "North yard",
        6,
        1.0,
        0.0,
    )
    assert site["low"] == site["high"] == site["difference"] == 1.0
    assert all(row["pictures"] >= 5 for row in slices)


def test_a_cell_leads_to_its_pictures(viewer: APIClient, compared: ModelVersion) -> None:
    right = _cases(viewer, compared, actual="person", predicted="person")
    assert len(right) == PICTURES and right[0]["truth"] == list(TRUTH)
    scores = [case["score"] for case in right]
    assert scores == sorted(scores, reverse=True)
    made_up = _cases(viewer, compared, side="production", actual="", predicted="person")
    assert len(made_up) == PICTURES and made_up[0]["truth"] is None
    assert b"".join(viewer.get(made_up[0]["image_url"]).streaming_content).startswith(b"\x89PNG")
    assert _cases(viewer, compared, actual="hard_hat", predicted="person") == []


def test_pictures_that_are_gone_are_not_shown(viewer: APIClient, compared: ModelVersion) -> None:
    (first, *_) = _cases(viewer, compared, actual="person", predicted="person")
    Asset.objects.filter(pk=first["asset"]["id"]).update(deleted_at="2026-01-01T00:00:00Z")
    assert len(_cases(viewer, compared, actual="person", predicted="person")) == PICTURES - 1


def test_strangers_see_nothing_and_what_was_never_compared_says_so(
    viewer: APIClient, project: Project, tmp_path: Path, compared: ModelVersion
) -> None:
    stranger = factories.client_for(factories.make_user())
    for path in ("comparison", "comparison/cases"):
        assert stranger.get(f"{API}/models/{compared.pk}/{path}").status_code == 404
    new = make_model(project, tmp_path, ModelState.CANDIDATE)
    answer = viewer.get(f"{API}/models/{new.pk}/comparison")
    assert (answer.status_code, "not compared yet" in answer.json()["message"]) == (404, True)
    assert viewer.get(f"{API}/models/{compared.pk}/comparison/cases?side=both").status_code == 400


def test_the_list_of_models_does_not_carry_the_details(viewer: APIClient, compared: ModelVersion) -> None:
    rows = viewer.get(f"{API}/projects/{compared.project_id}/models").json()["results"]
    assert all("details" not in (row["gate"] or {}) for row in rows)


def test_a_picture_of_a_clip_is_told_by_asset_and_frame() -> None:
    asset = "01a2164a-f585-75cc-a856-0ef29169dcc8"
    assert (str(asset_id_of(f"images/{asset}-000123.jpg")), frame_of(f"images/{asset}-000123.jpg")) == (
        asset,
        123,
    )
    assert (str(asset_id_of(f"images/{asset}.png")), frame_of(f"images/{asset}.png")) == (asset, None)
