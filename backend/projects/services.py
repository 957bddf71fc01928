"""Changes to projects, their people and their labels."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from backend.accounts import selectors as accounts
from backend.core import audit
from backend.core.enums import ROLE_RANK, Role
from backend.core.errors import BadInput, Forbidden, Stale
from backend.projects import selectors
from backend.projects.contracts import ProjectSettings
from backend.projects.domain.ontology import labels_normalise, removed_ids
from backend.projects.domain.templates import template_get
from backend.projects.errors import LabelInUse, OntologyRefused, ProjectArchived
from backend.projects.models import OntologyVersion, Project, ProjectMembership
from backend.projects.signals import labels_in_use, ontology_changed, project_created, project_deleting
from backend.sites import selectors as sites

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.sites.models import Site


@transaction.atomic
def project_create(
    *,
    actor: User,
    organisation_id: uuid.UUID,
    name: str,
    template: str = "blank",
    site: Site | None = None,
    labels: list[dict[str, Any]] | None = None,
    description: str = "",
    is_demo: bool = False,
) -> Project:
    """Make a project with its first ontology; its maker becomes a manager of it."""
    chosen = template_get(template)
    if chosen is None:
        raise BadInput("There is no such template.", fields={"template": "Not a known template."})
    if site is not None and site.organisation_id != organisation_id:
        raise BadInput(
            "The site belongs to another organisation.",
            fields={"site_id": "Not a site of this organisation."},
        )
    normal = _labels_checked(labels or [dict(label) for label in chosen.labels])
    project = Project.objects.create(
        organisation_id=organisation_id,
        site=site,
        name=name.strip(),
        description=description,
        guidelines=chosen.guidelines,
        template=template,
        settings=ProjectSettings.parse(chosen.settings).as_dict(),
        is_demo=is_demo,
    )
    OntologyVersion.objects.create(project=project, number=1, labels=normal, created_by=actor)
    ProjectMembership.objects.create(project=project, user=actor, role=Role.MANAGER)
    project_created.send(sender=Project, project_id=project.pk)
    _record(actor, project, "project.create", after={"name": project.name, "template": template})
    return project


@transaction.atomic
def project_update(
    *, actor: User, project: Project, changes: dict[str, Any], base_version: int | None = None
) -> Project:
    """Change name, description, guidelines, settings, archived or queue_paused; only what is sent is written.

    Raises Stale when `base_version` is given and somebody changed the project since.
    """
    rows = Project.objects.select_related("site", "organisation").select_for_update(of=("self",))
    project = rows.get(pk=project.pk)
    if base_version is not None and base_version != project.version:
        raise Stale(
            "Somebody else changed this project in between. Look at it again, then save.",
            extra={"current": {"version": project.version}},
        )
    before = {key: getattr(project, key) for key in ("name", "description", "guidelines", "settings")}
    written = {"version", "updated_at"}
    for key in ("name", "description", "guidelines"):
        if key in changes:
            setattr(project, key, changes[key])
            written.add(key)
    if "settings" in changes:
        settings = ProjectSettings.parse({**project.settings, **changes["settings"]})
        if "needed_labels" in changes["settings"]:
            _labels_known(project, settings.needed_labels)
        if "label_quotas" in changes["settings"]:
            _labels_known(project, list(settings.label_quotas), "label_quotas")
        if "label_quorums" in changes["settings"]:
            _labels_known(project, list(settings.label_quorums), "label_quorums")
        if "site_quotas" in changes["settings"]:
            _sites_known(project, list(settings.site_quotas))
        project.settings = settings.as_dict()
        written.add("settings")
    for key, column in (("archived", "archived_at"), ("queue_paused", "queue_paused_at")):
        if key in changes:
            setattr(project, column, timezone.now() if changes[key] else None)
            written.add(column)
    project.version += 1
    project.save(update_fields=sorted(written))
    after = {key: value for key, value in changes.items() if key != "guidelines"}
    _record(actor, project, "project.update", before=before, after=after)
    return project


def _labels_known(project: Project, label_ids: list[str], setting: str = "needed_labels") -> None:
    known = {label["id"] for label in selectors.ontology_current(project.pk).labels}
    if any(label_id not in known for label_id in label_ids):
        raise BadInput(
            "Some settings cannot be used.",
            fields={setting: "Names a label that is not one of this project's labels."},
        )


def _sites_known(project: Project, site_ids: list[str]) -> None:
    if set(site_ids) - sites.site_ids_of(project.organisation_id):
        raise BadInput(
            "Some settings cannot be used.",
            fields={"site_quotas": "Names a site that is not one of this organisation's sites."},
        )


@transaction.atomic
def project_delete(*, actor: User, project: Project) -> None:
    """Remove a demo project, or one that was archived first, with everything that belongs to it."""
    if not project.is_demo and project.archived_at is None:
        raise ProjectArchived("Archive the project first; only archived and demo projects can be removed.")
    _record(actor, project, "project.delete", before={"name": project.name})
    project_deleting.send(sender=Project, project_id=project.pk)
    project.delete()


@transaction.atomic
def ontology_replace(
    *,
    actor: User,
    project: Project,
    labels: list[dict[str, Any]],
    base_number: int,
    mapping: dict[str, str | None] | None = None,
) -> OntologyVersion:
    """Store a new ontology version. Labels in use can only go by a stated map to another label (or None to drop).

    Raises Stale when somebody changed the labels in between, LabelInUse when a removed label has no map.
    """
    Project.objects.select_for_update().get(pk=project.pk)
    current = selectors.ontology_current(project.pk)
    if current.number != base_number:
        raise Stale("Somebody changed the labels in between.", extra={"current": {"number": current.number}})
    normal = _labels_checked(labels)
    removed = removed_ids(current.labels, normal)
    mapping = {old: new for old, new in (mapping or {}).items() if old in removed}
    known = {label["id"] for label in normal}
    if any(new is not None and new not in known for new in mapping.values()):
        raise OntologyRefused("The map names a label that is not in the new list.")
    unmapped = removed - set(mapping)
    used: set[str] = set()
    for _receiver, answer in labels_in_use.send(sender=Project, project_id=project.pk, label_ids=unmapped):
        used |= set(answer or ())
    if used:
        names = sorted(label["name"] for label in current.labels if label["id"] in used)
        raise LabelInUse(
            f"Still in use: {', '.join(names)}. Say which label their objects should get.",
            extra={"label_ids": sorted(used)},
        )
    version = OntologyVersion.objects.create(
        project=project, number=current.number + 1, labels=normal, created_by=actor
    )
    ontology_changed.send(sender=Project, project_id=project.pk, removed=removed, mapping=mapping)
    _record(
        actor,
        project,
        "ontology.replace",
        before={"number": current.number},
        after={"number": version.number},
    )
    return version


@transaction.atomic
def member_set(*, actor: User, project: Project, user_id: uuid.UUID, role: Role) -> ProjectMembership:
    """Give a member of the organisation a role on the project; nobody grants more than they hold, or to themselves."""
    accounts.member_get(organisation_id=project.organisation_id, user_id=user_id)
    if user_id == actor.pk:
        raise Forbidden("Nobody changes their own role. Ask another manager.")
    _refuse_above(actor, project, user_id, role)
    membership, _created = ProjectMembership.objects.update_or_create(
        project=project, user_id=user_id, defaults={"role": role}
    )
    _record(actor, project, "project.member", after={"user_id": str(user_id), "role": role})
    return membership


@transaction.atomic
def member_remove(*, actor: User, project: Project, user_id: uuid.UUID) -> None:
    _refuse_above(actor, project, user_id, None)
    removed, _rows = ProjectMembership.objects.filter(project=project, user_id=user_id).delete()
    if removed:
        _record(actor, project, "project.member_remove", before={"user_id": str(user_id)})


def _refuse_above(actor: User, project: Project, user_id: uuid.UUID, role: Role | None) -> None:
    """Neither the role given nor the one held on the project may be above the actor's own."""
    own = selectors.project_role(actor=actor, project=project)
    held = (
        ProjectMembership.objects.filter(project=project, user_id=user_id)
        .values_list("role", flat=True)
        .first()
    )
    highest = max(ROLE_RANK.get(role or "", -1), ROLE_RANK.get(held or "", -1))
    if own is None or highest > ROLE_RANK[own]:
        raise Forbidden("You cannot give or change a role above your own.")


@transaction.atomic
def memberships_end(*, organisation_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Somebody left the organisation: their roles on its projects go with them."""
    ProjectMembership.objects.filter(project__organisation_id=organisation_id, user_id=user_id).delete()


def _labels_checked(labels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    normal, problems = labels_normalise(labels)
    if problems:
        raise OntologyRefused("Some labels cannot be used.", fields=problems)
    return normal


def _record(actor: User, project: Project, action: str, **changes: Any) -> None:
    audit.record(
        actor=actor,
        organisation_id=project.organisation_id,
        action=action,
        object_type="project",
        object_id=project.pk,
        **changes,
    )
