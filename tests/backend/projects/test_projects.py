"""Projects, their labels, and who may do what to them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.enums import Role
from backend.core.models import JobRun
from backend.projects import services
from backend.projects.domain.ontology import PALETTE, labels_normalise
from backend.projects.domain.templates import TEMPLATES
from backend.projects.models import OntologyVersion, Project
from tests.support.factories import client_for, make_member, make_org, make_project, make_project_member


@pytest.mark.django_db
def test_a_project_is_made_from_a_template_with_labels_keys_and_colours() -> None:
    organisation = make_org()
    manager = make_member(organisation, Role.MANAGER)
    body = {"organisation_id": str(organisation.pk), "name": "Dock", "template": "safety-gear"}
    answer = client_for(manager).post("/api/v1/projects", body)
    assert answer.status_code == 201
    labels = answer.json()["ontology"]["labels"]
    assert [label["name"] for label in labels] == ["person", "hard_hat", "safety_vest"]
    assert [label["shortcut"] for label in labels] == ["1", "2", "3"]
    assert len({label["color"] for label in labels}) == 3
    assert answer.json()["my_role"] == "manager"


@pytest.mark.django_db
def test_the_same_idempotency_key_makes_one_project_and_another_body_is_refused() -> None:
    organisation = make_org()
    client = client_for(make_member(organisation, Role.MANAGER))
    body = {"organisation_id": str(organisation.pk), "name": "Dock"}
    first = client.post("/api/v1/projects", body, HTTP_IDEMPOTENCY_KEY="k1")
    again = client.post("/api/v1/projects", body, HTTP_IDEMPOTENCY_KEY="k1")
    assert first.json()["id"] == again.json()["id"]
    assert Project.objects.count() == 1
    other = client.post("/api/v1/projects", {**body, "name": "Yard"}, HTTP_IDEMPOTENCY_KEY="k1")
    assert other.status_code == 422


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.VIEWER, 403),
        (Role.ANNOTATOR, 403),
        (Role.REVIEWER, 403),
        (Role.SCIENTIST, 403),
        (Role.MANAGER, 200),
    ],
)
def test_only_managers_change_a_project(role: Role, status: int) -> None:
    project = make_project()
    person = make_project_member(project, role)
    answer = client_for(person).patch(
        f"/api/v1/projects/{project.pk}", {"name": "New"}, HTTP_IF_MATCH=f'"{project.version}"'
    )
    assert answer.status_code == status


@pytest.mark.django_db
def test_a_change_from_an_old_page_is_refused_and_what_a_second_manager_saved_stays() -> None:
    project = make_project()
    ann, bea = (client_for(make_project_member(project, Role.MANAGER)) for _ in "12")
    url = f"/api/v1/projects/{project.pk}"
    seen = ann.get(url)
    assert seen.headers["ETag"] == f'"{seen.json()["version"]}"'
    assert ann.patch(url, {"guidelines": "hers"}).status_code == 428
    assert (
        bea.patch(url, {"guidelines": "Bea's"}, HTTP_IF_MATCH=bea.get(url).headers["ETag"]).status_code == 200
    )
    stale = ann.patch(url, {"guidelines": "Ann's"}, HTTP_IF_MATCH=seen.headers["ETag"])
    assert (stale.status_code, stale.json()["current"]) == (412, {"version": seen.json()["version"] + 1})
    assert ann.get(url).json()["guidelines"] == "Bea's"


@pytest.mark.django_db
def test_a_switch_needs_no_version_and_touches_nothing_else() -> None:
    project = make_project()
    client = client_for(make_project_member(project, Role.MANAGER))
    url = f"/api/v1/projects/{project.pk}"
    for paused in (True, True, False):
        assert client.patch(url, {"queue_paused": paused}).status_code == 200
    mixed = client.patch(url, {"queue_paused": True, "name": "New"})
    assert (mixed.status_code, client.get(url).json()["name"]) == (428, project.name)


@pytest.mark.django_db
def test_services_that_read_a_project_at_the_same_time_keep_each_others_settings() -> None:
    project = make_project()
    actor = make_project_member(project, Role.MANAGER)
    first, second = (Project.objects.get(pk=project.pk) for _ in "12")
    services.project_update(actor=actor, project=first, changes={"settings": {"batch_size": 7}})
    services.project_update(
        actor=actor, project=second, changes={"settings": {"prelabel": False}, "queue_paused": True}
    )
    services.project_update(actor=actor, project=first, changes={"name": "Yard"})
    project.refresh_from_db()
    assert (project.settings["batch_size"], project.settings["prelabel"]) == (7, False)
    assert project.queue_paused_at is not None
    assert project.name == "Yard"


@pytest.mark.django_db
def test_a_member_without_a_role_does_not_see_the_project() -> None:
    project = make_project()
    plain = make_member(project.organisation, "")
    assert client_for(plain).get(f"/api/v1/projects/{project.pk}").status_code == 404
    assert client_for(plain).get("/api/v1/projects").json()["results"] == []


@pytest.mark.django_db
def test_labels_are_versioned_and_a_stale_change_is_refused() -> None:
    project = make_project()
    manager = make_project_member(project, Role.MANAGER)
    client = client_for(manager)
    url = f"/api/v1/projects/{project.pk}/ontology"
    labels = client.get(f"/api/v1/projects/{project.pk}").json()["ontology"]["labels"]
    labels[0]["name"] = "worker"
    assert client.put(url, {"labels": labels}).status_code == 428
    assert client.put(url, {"labels": labels}, HTTP_IF_MATCH='"1"').json()["number"] == 2
    stale = client.put(url, {"labels": labels}, HTTP_IF_MATCH='"1"')
    assert stale.status_code == 412
    assert stale.json()["current"] == {"number": 2}
    assert OntologyVersion.objects.filter(project=project).count() == 2
    assert OntologyVersion.objects.get(project=project, number=1).labels[0]["name"] == "person"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("labels", "field"),
    [
        ([], "labels"),
        ([{"name": "a"}, {"name": "A"}], "1.name"),
        ([{"name": "a", "shortcut": "x"}, {"name": "b", "shortcut": "X"}], "1.shortcut"),
        ([{"name": "a", "color": "red"}], "0.color"),
        (
            [{"name": "a", "attributes": [{"name": "k", "type": "select", "options": ["x"]}]}],
            "0.attributes.0.options",
        ),
    ],
)
def test_labels_that_cannot_be_used_are_named(labels: list[dict[str, object]], field: str) -> None:
    project = make_project()
    client = client_for(make_project_member(project, Role.MANAGER))
    answer = client.put(f"/api/v1/projects/{project.pk}/ontology", {"labels": labels}, HTTP_IF_MATCH='"1"')
    assert answer.status_code == 400
    assert field in answer.json()["fields"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("random_fraction", 0.0),
        ("strategy", "guess"),
        ("cap_per_camera", -1),
        ("min_gap_s", 1e9),
        ("budget_minutes", -5),
        ("label_quotas", {"018f0000-0000-7000-8000-000000000000": 5}),
        ("label_quotas", {"person": 0}),
        ("site_quotas", {"018f0000-0000-7000-8000-000000000000": 5}),
        ("site_quotas", {"x": 5}),
    ],
)
def test_settings_that_cannot_be_are_refused_and_nothing_is_kept(setting: str, value: object) -> None:
    project = make_project()
    before = project.settings
    client = client_for(make_project_member(project, Role.MANAGER))
    answer = client.patch(
        f"/api/v1/projects/{project.pk}",
        {"settings": {setting: value}},
        format="json",
        HTTP_IF_MATCH=f'"{project.version}"',
    )
    assert answer.status_code == 400
    assert setting in str(answer.json()["fields"])
    project.refresh_from_db()
    assert project.settings == before


@pytest.mark.django_db
def test_a_living_project_is_not_removed_but_an_archived_one_is() -> None:
    project = make_project()
    client = client_for(make_project_member(project, Role.MANAGER))
    url = f"/api/v1/projects/{project.pk}"
    assert client.delete(url).status_code == 409
    client.patch(url, {"archived": True})
    assert client.delete(url).status_code == 204
    assert not Project.objects.filter(pk=project.pk).exists()


@pytest.mark.django_db
def test_a_project_role_is_never_given_above_ones_own_nor_to_oneself_nor_to_strangers() -> None:
    project = make_project()
    manager = make_project_member(project, Role.MANAGER)
    other = make_member(project.organisation, "")
    stranger = make_member(make_org(), Role.ADMIN)
    client = client_for(manager)
    url = f"/api/v1/projects/{project.pk}/members"
    assert client.put(f"{url}/{other.pk}", {"role": "admin"}).status_code == 403
    assert client.put(f"{url}/{manager.pk}", {"role": "manager"}).status_code == 403
    assert client.put(f"{url}/{stranger.pk}", {"role": "viewer"}).status_code == 404
    assert client.put(f"{url}/{other.pk}", {"role": "annotator"}).status_code == 200


def test_every_template_passes_its_own_check() -> None:
    for template in TEMPLATES:
        labels, problems = labels_normalise([dict(label) for label in template.labels])
        assert problems == {}, template.key
        assert len(labels) == len(template.labels)


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=30))
def test_normalised_labels_are_a_fixed_point(names: list[str]) -> None:
    labels, problems = labels_normalise([{"name": name} for name in names])
    if not problems:
        again, none = labels_normalise(labels)
        assert (again, none) == (labels, {})
        assert all(label["color"] in PALETTE for label in labels)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "role", "status"),
    [
        ("learning.train", Role.REVIEWER, 403),
        ("learning.train", Role.SCIENTIST, 200),
        ("exchange.import", Role.SCIENTIST, 403),
        ("exchange.import", Role.MANAGER, 200),
        ("learning.prepare", Role.REVIEWER, 200),
        ("learning.prepare", Role.ANNOTATOR, 403),
    ],
)
def test_stopping_somebodys_job_needs_the_role_of_its_kind(kind: str, role: Role, status: int) -> None:
    project = make_project()
    job = JobRun.objects.create(kind=kind, queue="default", project_id=project.pk)
    client = client_for(make_project_member(project, role))
    assert client.post(f"/api/v1/jobs/{job.pk}/cancel").status_code == status


@pytest.mark.django_db
def test_ones_own_job_can_be_stopped() -> None:
    project = make_project()
    person = make_project_member(project, Role.ANNOTATOR)
    job = JobRun.objects.create(
        kind="exchange.import", queue="default", project_id=project.pk, created_by=person
    )
    assert client_for(person).post(f"/api/v1/jobs/{job.pk}/cancel").status_code == 200
