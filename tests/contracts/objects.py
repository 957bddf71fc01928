"""One object of every kind that has an address, all of one owner."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from backend.accounts.models import User
from backend.core.enums import Queue, Role
from backend.core.models import JobRun
from backend.projects.models import Project
from backend.sites.models import Camera, Site
from tests.support.factories import make_image_asset, make_member, make_org, make_project


@dataclass
class ObjectIds:
    owner: User
    project: uuid.UUID
    by_parameter: dict[str, object] = field(default_factory=dict)

    def for_parameter(self, path: str, name: str) -> object:
        """The id for `{name}` in `path`. A KeyError means: add the new kind of object here."""
        return self.by_parameter[name]


def make_objects() -> ObjectIds:
    organisation = make_org()
    owner = make_member(organisation, Role.ADMIN, "Owner")
    site = Site.objects.create(organisation=organisation, name="Dock")
    camera = Camera.objects.create(site=site, name="Dock 3")
    project: Project = make_project(owner, organisation=organisation, site=site)
    asset = make_image_asset(project)
    job = JobRun.objects.create(
        kind="test", queue=Queue.DEFAULT, project_id=project.pk, organisation_id=organisation.pk
    )
    ids = ObjectIds(owner, project.pk)
    ids.by_parameter = {
        "organisation_id": organisation.pk,
        "user_id": make_member(organisation, Role.VIEWER, "Colleague").pk,
        "site_id": site.pk,
        "camera_id": camera.pk,
        "project_id": project.pk,
        "asset_id": asset.pk,
        "job_id": job.pk,
        "token_id": uuid.uuid4(),
        "token": "not-a-token",
        "index": 0,
    }
    return ids
