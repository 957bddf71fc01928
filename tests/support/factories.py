"""Small makers of rows for tests: people, organisations, projects, signed-in clients."""

from __future__ import annotations

import itertools
from typing import Any

from rest_framework.test import APIClient

from backend.accounts.models import Organisation, OrganisationMembership, User
from backend.core.enums import Role
from backend.media.enums import AssetKind, AssetState
from backend.media.models import Asset, Blob, ProjectAsset
from backend.projects import services as projects
from backend.projects.models import Project, ProjectMembership

_counter = itertools.count(1)
PASSWORD = "correct horse battery"


def make_user(name: str = "Ada", **fields: Any) -> User:
    number = next(_counter)
    return User.objects.create_user(
        f"{name.lower()}{number}@example.org", PASSWORD, name=f"{name} {number}", **fields
    )


def make_org(name: str = "Acme") -> Organisation:
    return Organisation.objects.create(name=f"{name} {next(_counter)}")


def make_member(organisation: Organisation, role: Role | str = "", name: str = "Member") -> User:
    """A new person with that role on the organisation."""
    user = make_user(name)
    OrganisationMembership.objects.create(organisation=organisation, user=user, role=str(role))
    return user


def make_project(
    actor: User | None = None, *, organisation: Organisation | None = None, **fields: Any
) -> Project:
    """A project with labels person and hard_hat; `actor` (made an admin when absent) is its manager."""
    organisation = organisation or make_org()
    if actor is None:
        actor = make_member(organisation, Role.ADMIN, "Admin")
    elif not OrganisationMembership.objects.filter(organisation=organisation, user=actor).exists():
        OrganisationMembership.objects.create(organisation=organisation, user=actor, role=Role.ADMIN)
    settings = fields.pop("settings", None)
    labels = fields.pop("labels", None) or [
        {"name": "person", "shapes": ["box", "polygon", "track"]},
        {"name": "hard_hat", "shapes": ["box", "polygon"]},
        {"name": "blurred", "shapes": ["tag"]},
    ]
    project = projects.project_create(
        actor=actor,
        organisation_id=organisation.pk,
        name=fields.pop("name", f"Project {next(_counter)}"),
        labels=labels,
        **fields,
    )
    if settings:
        project = projects.project_update(actor=actor, project=project, changes={"settings": settings})
    return project


def make_project_member(project: Project, role: Role, name: str = "Worker") -> User:
    """A plain member of the organisation with that role on this project only."""
    user = make_member(project.organisation, "", name)
    ProjectMembership.objects.create(project=project, user=user, role=role)
    return user


def label_id(project: Project, name: str) -> str:
    """The id of the project's label of that name."""
    labels = project.ontology_versions.order_by("-number")[0].labels
    return str(next(label["id"] for label in labels if label["name"] == name))


def make_image_asset(
    project: Project,
    *,
    name: str = "",
    width: int = 640,
    height: int = 480,
    ready: bool = True,
    **fields: Any,
) -> Asset:
    """A picture's row without a file behind it, linked to the project."""
    number = next(_counter)
    blob = Blob.objects.create(
        organisation=project.organisation,
        sha256=f"{number:064x}",
        size_bytes=1,
        media_type="image/jpeg",
        storage_key=f"test/{number}.jpg",
    )
    asset = Asset.objects.create(
        organisation=project.organisation,
        blob=blob,
        kind=AssetKind.IMAGE,
        state=AssetState.READY if ready else AssetState.PENDING,
        name=name or f"picture-{number}.jpg",
        width=width,
        height=height,
        group_key=fields.pop("group_key", f"group-{number}"),
        **fields,
    )
    ProjectAsset.objects.create(project=project, asset=asset)
    return asset


def client_for(user: User | None) -> APIClient:
    """An API client signed in as `user` (nobody when None), without the cost of a password hash."""
    client = APIClient()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
