"""Changes of datasets: slices, and freezing versions."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from backend.core import audit, jobs, storage
from backend.datasets.domain.filters import parse
from backend.datasets.enums import DatasetState
from backend.datasets.errors import NameTaken
from backend.datasets.models import DatasetItem, DatasetVersion, Slice
from backend.datasets.signals import version_frozen
from backend.datasets.tasks import FREEZE
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project

ITEMS_PER_INSERT = 1_000
NUMBER_TRIES = 5


@transaction.atomic
def slice_create(*, actor: User, project: Project, name: str, filters: dict[str, Any]) -> Slice:
    """Save the grid's filters under a name. Raises FilterRefused, NameTaken."""
    clean = parse(filters).as_dict()
    if Slice.objects.filter(project=project, name=name).exists():
        raise NameTaken("There is a slice of that name already.")
    found = Slice.objects.create(project=project, name=name, filters=clean, created_by=actor)
    _record(actor, project, "slice.create", "slice", found.pk, {"name": name, "filters": clean})
    return found


@transaction.atomic
def slice_rename(*, actor: User, found: Slice, name: str) -> Slice:
    """Give a slice another name; what it filters by stays. Raises NameTaken."""
    if Slice.objects.filter(project_id=found.project_id, name=name).exclude(pk=found.pk).exists():
        raise NameTaken("There is a slice of that name already.")
    before, found.name = found.name, name
    found.save(update_fields=["name", "updated_at"])
    _record(actor, found.project, "slice.rename", "slice", found.pk, {"name": name, "before": before})
    return found


@transaction.atomic
def slice_delete(*, actor: User, found: Slice) -> None:
    """Forget a slice; versions frozen from it keep their own copy of its filters."""
    _record(actor, found.project, "slice.delete", "slice", found.pk, {"name": found.name})
    found.delete()


def version_freeze(
    *, actor: User | None, project: Project, filters: dict[str, Any], name: str = "", notes: str = ""
) -> DatasetVersion:
    """Open a new version and queue its freezing. Only approved labels of assets that fit get in.

    Raises FilterRefused. The job fails the version where nothing approved fits.
    """
    clean = parse(filters).as_dict()
    for last_try in (*[False] * (NUMBER_TRIES - 1), True):
        try:
            with transaction.atomic():
                return _version_open(actor, project, clean, name, notes)
        except IntegrityError:  # somebody froze at the same moment and took the number
            if last_try:
                raise
    raise AssertionError("unreachable")


def _version_open(
    actor: User | None, project: Project, filters: dict[str, Any], name: str, notes: str
) -> DatasetVersion:
    last = DatasetVersion.objects.filter(project=project).order_by("-number").first()
    version = DatasetVersion.objects.create(
        project=project,
        number=(last.number if last is not None else 0) + 1,
        name=name,
        notes=notes,
        filters=filters,
        ontology_version=projects.ontology_current(project.pk),
        created_by=actor,
    )
    jobs.enqueue(
        FREEZE,
        payload={"version_id": str(version.pk)},
        title=f"Freeze dataset {version.number} of {project.name}"[:200],
        organisation_id=project.organisation_id,
        project_id=project.pk,
        created_by=actor,
        dedupe_key=f"{FREEZE}:{version.pk}",
    )
    _record(
        actor,
        project,
        "dataset.freeze",
        "dataset",
        version.pk,
        {"number": version.number, "filters": filters},
    )
    return version


@transaction.atomic
def version_items_replace(*, version_id: uuid.UUID, items: Sequence[DatasetItem]) -> None:
    """Write all items of a version that is still freezing; what an earlier, killed try wrote goes first."""
    version = DatasetVersion.objects.select_for_update().get(pk=version_id)
    if version.state == DatasetState.FROZEN:
        return
    DatasetItem.objects.filter(version=version).delete()
    DatasetItem.objects.bulk_create(items, batch_size=ITEMS_PER_INSERT)


@transaction.atomic
def version_complete(
    *, version_id: uuid.UUID, content_hash: str, counts: dict[str, Any], manifest_key: str
) -> DatasetVersion:
    """Close a version for good. A frozen one is returned untouched."""
    version = DatasetVersion.objects.select_for_update().get(pk=version_id)
    if version.state == DatasetState.FROZEN:
        return version
    version.state, version.error = DatasetState.FROZEN, ""
    version.content_hash, version.counts, version.manifest_key = content_hash, counts, manifest_key
    version.frozen_at = timezone.now()
    version.save()
    version_frozen.send(sender=DatasetVersion, project_id=version.project_id, version_id=version.pk)
    _record(
        None,
        version.project,
        "dataset.frozen",
        "dataset",
        version.pk,
        {"content_hash": content_hash, "items": counts["items"]},
    )
    return version


@transaction.atomic
def version_fail(*, version_id: uuid.UUID, error: str) -> None:
    """Mark a version that could not be frozen, with the reason."""
    DatasetVersion.objects.filter(pk=version_id, state=DatasetState.FREEZING).update(
        state=DatasetState.FAILED, error=error[:300]
    )


@transaction.atomic
def versions_of_project_delete(*, project_id: uuid.UUID) -> int:
    """Before a project goes: its versions, which hold on to its ontology, and their manifests."""
    versions = DatasetVersion.objects.filter(project_id=project_id)
    keys = [key for key in versions.values_list("manifest_key", flat=True) if key]
    count = versions.count()
    versions.delete()
    transaction.on_commit(lambda: _manifests_delete(keys))
    return count


def _manifests_delete(keys: list[str]) -> None:
    for key in keys:
        storage.delete(key)


def _record(
    actor: User | None, project: Project, action: str, kind: str, pk: uuid.UUID, after: dict[str, Any]
) -> None:
    audit.record(
        actor=actor,
        organisation_id=project.organisation_id,
        action=action,
        object_type=kind,
        object_id=pk,
        after=after,
    )
