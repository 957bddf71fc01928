"""Nobody raises their own role, nobody gives more than they hold."""

from __future__ import annotations

import pytest

from backend.accounts.models import OrganisationMembership
from backend.core.enums import Role
from backend.core.models import AuditEvent
from backend.projects.models import ProjectMembership
from backend.sites.models import Site, SiteMembership
from tests.support.factories import client_for, make_member, make_org, make_project

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANNOTATOR, Role.REVIEWER, Role.SCIENTIST])
def test_below_manager_nobody_changes_people(role: Role) -> None:
    organisation = make_org()
    actor, other = make_member(organisation, role), make_member(organisation, Role.VIEWER)
    url = f"/api/v1/organisations/{organisation.pk}/members/{other.pk}"
    assert client_for(actor).patch(url, {"role": "viewer"}).status_code == 403


def test_a_manager_cannot_make_an_admin() -> None:
    organisation = make_org()
    manager, other = make_member(organisation, Role.MANAGER), make_member(organisation, Role.VIEWER)
    url = f"/api/v1/organisations/{organisation.pk}/members/{other.pk}"
    assert client_for(manager).patch(url, {"role": "admin"}).status_code == 403
    assert client_for(manager).patch(url, {"role": "manager"}).status_code == 200


def test_a_manager_cannot_lower_or_remove_an_admin() -> None:
    organisation = make_org()
    manager, admin = make_member(organisation, Role.MANAGER), make_member(organisation, Role.ADMIN)
    url = f"/api/v1/organisations/{organisation.pk}/members/{admin.pk}"
    assert client_for(manager).patch(url, {"role": "viewer"}).status_code == 403
    assert client_for(manager).delete(url).status_code == 403


def test_nobody_changes_their_own_role() -> None:
    organisation = make_org()
    admin = make_member(organisation, Role.ADMIN)
    make_member(organisation, Role.ADMIN)
    url = f"/api/v1/organisations/{organisation.pk}/members/{admin.pk}"
    assert client_for(admin).patch(url, {"role": "viewer"}).status_code == 403


def test_a_change_of_role_is_audited() -> None:
    organisation = make_org()
    admin, other = make_member(organisation, Role.ADMIN), make_member(organisation, Role.VIEWER)
    client_for(admin).patch(
        f"/api/v1/organisations/{organisation.pk}/members/{other.pk}", {"role": "reviewer"}
    )
    event = AuditEvent.objects.get(action="member.update")
    assert (event.before, event.after, event.actor_id) == ({"role": "viewer"}, {"role": "reviewer"}, admin.pk)


def test_a_removed_member_sees_nothing_any_more() -> None:
    organisation = make_org()
    admin, other = make_member(organisation, Role.ADMIN), make_member(organisation, Role.VIEWER)
    url = f"/api/v1/organisations/{organisation.pk}/members"
    assert client_for(other).get(url).status_code == 200
    client_for(admin).delete(f"{url}/{other.pk}")
    assert client_for(other).get(url).status_code == 404
    assert OrganisationMembership.objects.filter(organisation=organisation).count() == 1


def test_a_removed_member_keeps_no_role_on_sites_and_projects() -> None:
    organisation = make_org()
    admin, other = make_member(organisation, Role.ADMIN), make_member(organisation, "")
    site = Site.objects.create(organisation=organisation, name="Yard")
    placed = make_project(admin, organisation=organisation, site=site)
    plain = make_project(admin, organisation=organisation)
    SiteMembership.objects.create(site=site, user=other, role=Role.REVIEWER)
    ProjectMembership.objects.create(project=plain, user=other, role=Role.MANAGER)
    client = client_for(other)
    urls = [f"/api/v1/projects/{project.pk}" for project in (placed, plain)] + [f"/api/v1/sites/{site.pk}"]
    assert [client.get(url).status_code for url in urls] == [200, 200, 200]
    client_for(admin).delete(f"/api/v1/organisations/{organisation.pk}/members/{other.pk}")
    assert [client.get(url).status_code for url in urls] == [404, 404, 404]


def test_a_manager_cannot_lower_or_remove_somebody_above_on_a_site_or_project() -> None:
    organisation = make_org()
    site = Site.objects.create(organisation=organisation, name="Yard")
    project = make_project(make_member(organisation, Role.ADMIN), organisation=organisation)
    manager, above = make_member(organisation, Role.MANAGER), make_member(organisation, "")
    SiteMembership.objects.create(site=site, user=above, role=Role.ADMIN)
    ProjectMembership.objects.create(project=project, user=above, role=Role.ADMIN)
    client = client_for(manager)
    for place in (f"sites/{site.pk}", f"projects/{project.pk}"):
        url = f"/api/v1/{place}/members/{above.pk}"
        assert client.put(url, {"role": "viewer"}).status_code == 403
        assert client.delete(url).status_code == 403
