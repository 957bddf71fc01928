"""The project door: everything that belongs to a project is reached through `project_get`."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from backend.accounts import selectors as accounts
from backend.core import selectors as core
from backend.core.enums import ROLE_RANK, Role
from backend.core.errors import NotFound
from backend.core.permissions import highest, require
from backend.projects.contracts import Label, Member, ProjectSettings
from backend.projects.models import OntologyVersion, Project, ProjectMembership
from backend.sites import selectors as sites

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.core.models import JobRun


def project_role(*, actor: User, project: Project) -> Role | None:
    """The highest of the roles held on the organisation, on the project's site, and on the project."""
    own = (
        ProjectMembership.objects.filter(project=project, user_id=actor.pk)
        .values_list("role", flat=True)
        .first()
    )
    if project.site is not None:
        above = sites.site_role(actor=actor, site=project.site)
    else:
        above = accounts.organisation_role(actor=actor, organisation_id=project.organisation_id)
    return highest([above or "", own or ""])


def project_get(*, actor: User, project_id: uuid.UUID | str, at_least: Role = Role.VIEWER) -> Project:
    """The project, if the person holds at least that role on it. NotFound for strangers, else Forbidden."""
    project = Project.objects.select_related("site", "organisation").filter(pk=project_id).first()
    if project is None:
        raise NotFound()
    require(project_role(actor=actor, project=project), at_least)
    return project


def project_find(project_id: uuid.UUID | str) -> Project:
    """A project without asking who wants it: for jobs and receivers. Raises NotFound."""
    project = Project.objects.select_related("site", "organisation").filter(pk=project_id).first()
    if project is None:
        raise NotFound()
    return project


def projects_of(actor: User) -> QuerySet[Project]:
    """Projects the person holds any role on."""
    return (
        Project.objects.filter(
            Q(organisation_id__in=accounts.organisation_ids_with_role(actor))
            | Q(site__memberships__user_id=actor.pk)
            | Q(memberships__user_id=actor.pk)
        )
        .select_related("site")
        .distinct()
    )


def projects_running() -> QuerySet[Project]:
    """Projects that hand out work, newest first; for jobs, which ask for nobody."""
    return Project.objects.filter(archived_at=None, queue_paused_at=None).order_by("-id")


def ontology_current(project_id: uuid.UUID) -> OntologyVersion:
    """The newest ontology version; every project has one from its first moment."""
    return OntologyVersion.objects.filter(project_id=project_id).order_by("-number")[0]


def members_of(project: Project) -> QuerySet[ProjectMembership]:
    return ProjectMembership.objects.filter(project=project).select_related("user").order_by("user__name")


def settings_of(project: Project) -> ProjectSettings:
    return ProjectSettings(**project.settings)


def labels_of(project_id: uuid.UUID) -> tuple[Label, ...]:
    """The labels of the newest ontology version."""
    return tuple(
        Label(
            id=label["id"],
            name=label["name"],
            color=label["color"],
            shapes=tuple(label["shapes"]),
            attributes=tuple(label["attributes"]),
            shortcut=label["shortcut"],
            skeleton=label.get("skeleton"),
        )
        for label in ontology_current(project_id).labels
    )


def jobs_of(actor: User) -> QuerySet[JobRun]:
    """Jobs of every project the person may see."""
    ids = projects_of(actor).values("id")
    return core.jobs_visible(user_id=actor.pk, project_ids=ids)


def job_get(*, actor: User, job_id: uuid.UUID, at_least: Role = Role.VIEWER) -> JobRun:
    """A job of a project the person has that role on, or one they started outside any project."""
    job = core.job_find(job_id)
    if job.project_id is not None:
        project_get(actor=actor, project_id=job.project_id, at_least=at_least)
    elif job.created_by_id != actor.pk:
        raise NotFound()
    return job


def project_named(text: str) -> Project:
    """A project by id or by its one name, for commands on the server. Raises NotFound."""
    try:
        return project_find(uuid.UUID(text))
    except ValueError:
        pass
    found = list(
        Project.objects.filter(name=text, archived_at=None).select_related("site", "organisation")[:2]
    )
    if len(found) != 1:
        raise NotFound(
            f"There is {'no' if not found else 'more than one'} project named {text}. Give its id."
        )
    return found[0]


def managers_of(project: Project) -> list[User]:
    """Everybody who manages the project, by a role on it, on its site or on the organisation; by name."""
    roles = (Role.MANAGER, Role.ADMIN)
    manages = Q(project_memberships__project=project, project_memberships__role__in=roles) | Q(
        memberships__organisation_id=project.organisation_id, memberships__role__in=roles
    )
    if project.site_id is not None:
        manages |= Q(site_memberships__site_id=project.site_id, site_memberships__role__in=roles)
    return list(get_user_model().objects.filter(manages, is_active=True).distinct().order_by("name", "id"))


def people_of(project: Project, *, at_least: Role = Role.VIEWER) -> list[Member]:
    """Everybody who holds at least that role on the project, wherever it comes from; by name."""
    held = Q(project_memberships__project=project) | Q(
        memberships__organisation_id=project.organisation_id, memberships__role__in=Role.values
    )
    if project.site_id is not None:
        held |= Q(site_memberships__site_id=project.site_id)
    people = get_user_model().objects.filter(held, is_active=True).distinct().order_by("name", "id")
    found = []
    for person in people.prefetch_related("project_memberships", "site_memberships", "memberships"):
        own = [each.role for each in person.project_memberships.all() if each.project_id == project.pk]
        above = [
            each.role for each in person.memberships.all() if each.organisation_id == project.organisation_id
        ]
        above += [
            each.role
            for each in person.site_memberships.all()
            if project.site_id is not None and each.site_id == project.site_id
        ]
        role = highest([*own, *above])
        if role is not None and ROLE_RANK[role] >= ROLE_RANK[at_least]:
            found.append(Member(person, role, bool(own)))
    return found


def manager_of(project: Project) -> User | None:
    """Somebody who manages the project, for work a command does without naming a person."""
    row = (
        ProjectMembership.objects.filter(project=project, role=Role.MANAGER)
        .select_related("user")
        .order_by("id")
        .first()
    )
    return row.user if row else None
