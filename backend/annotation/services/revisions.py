"""Writing immutable revisions: checking labels, storing the versions that are new, projecting them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError
from django.db.models import Max

from backend.annotation.domain.content import content_hash
from backend.annotation.domain.geometry import geometry_bounds, geometry_same
from backend.annotation.domain.geometry.checks import Canvas, ShapeProblem
from backend.annotation.domain.shapes import label_rules, region_normalise, tags_normalise
from backend.annotation.enums import RegionSource
from backend.annotation.errors import ForeignId, LabelsRefused
from backend.annotation.models import (
    Assignment,
    RegionProjection,
    RegionVersion,
    Revision,
    Suggestion,
    Task,
)
from backend.annotation.services.moves import settings_of
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import OntologyVersion

Region = dict[str, Any]
ROWS_AT_ONCE = 2_000


def canvas_of(task: Task) -> Canvas:
    """The asset's size in pixels, and its frames when it is a video: those of the task's part alone, where it is one."""
    video = task.asset.kind == "video"
    return Canvas(
        task.asset.width,
        task.asset.height,
        (task.asset.frame_count or 0) if video else None,
        settings_of(task).min_box_px,
        frames=range(task.frame_start, task.frame_end) if task.part else None,
    )


def labels_check(
    task: Task, ontology: OntologyVersion, regions: Sequence[Region], tags: Sequence[str]
) -> tuple[list[Region], list[str]]:
    """Regions and tags as they are stored. Raises LabelsRefused naming each that cannot be."""
    rules, canvas = label_rules(ontology.labels), canvas_of(task)
    problems: dict[str, str] = {}
    good: list[Region] = []
    for region in regions:
        try:
            good.append(region_normalise(region, canvas, rules))
        except ShapeProblem as problem:
            problems[f"regions.{region['region_id']}"] = str(problem)
    try:
        tags = tags_normalise(tags, rules)
    except ShapeProblem as problem:
        problems["tags"] = str(problem)
    if problems:
        first = next(iter(problems.values()))
        more = f" ({len(problems)} problems in all.)" if len(problems) > 1 else ""
        raise LabelsRefused(f"Not everything can be saved: {first}{more}", fields=problems)
    return good, list(tags)


def sources_settle(
    task: Task,
    regions: Sequence[Region],
    suggestions: Mapping[str, Suggestion],
    before: Mapping[str, Region],
) -> list[Region]:
    """Say where each region comes from; what the client claims about model and score is not believed.

    Unchanged suggestions are the model's, changed ones the person's (the suggestion's id is kept); regions
    unchanged since `before` keep their source. Raises ForeignId for suggestions of other tasks.
    """
    settled = []
    for region in regions:
        suggestion_id = region.get("suggestion_id")
        fields: dict[str, Any] = {
            "region_id": str(region["region_id"]),
            "label_id": str(region["label_id"]),
            "suggestion_id": str(suggestion_id) if suggestion_id else None,
            "z_index": int(region.get("z_index") or 0),
            "source": RegionSource.PERSON.value,
            "model_version_id": None,
            "score": None,
        }
        old = before.get(str(region["region_id"]))
        if suggestion_id:
            suggestion = suggestions.get(str(suggestion_id))
            if suggestion is None or task.blind:
                raise ForeignId(
                    "An object names a suggestion that is not of this picture.",
                    fields={f"regions.{region['region_id']}": "Not a suggestion of this picture."},
                )
            fields["score"] = suggestion.score
            fields["model_version_id"] = str(suggestion.model_version_id)
            if suggestion_kept(suggestion, region):
                fields["source"] = RegionSource.MODEL.value
        elif old is not None and old.get("source") == RegionSource.IMPORT and _same_object(old, region):
            fields["source"] = RegionSource.IMPORT.value
        settled.append({**region, **fields})
    return settled


def suggestion_kept(suggestion: Suggestion, region: Mapping[str, Any]) -> bool:
    """Whether the region is the suggestion unchanged: label, shape and geometry."""
    return (
        str(suggestion.label_id) == str(region["label_id"])
        and suggestion.shape == region["shape"]
        and geometry_same(suggestion.geometry, region["geometry"])
    )


def _same_object(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return str(one["label_id"]) == str(other["label_id"]) and geometry_same(
        one["geometry"], other["geometry"]
    )


def revision_write(
    *,
    task: Task,
    regions: Sequence[Region],
    tags: Sequence[str],
    ontology: OntologyVersion,
    author: User | None,
    source: RegionSource = RegionSource.PERSON,
    assignment: Assignment | None = None,
    base_id: uuid.UUID | None = None,
    pending: bool = False,
    late: bool = False,
    active_seconds: float = 0.0,
    import_key: str = "",
    policy_id: uuid.UUID | None = None,
    beside: bool = False,
) -> Revision:
    """Store the next revision of a locked task from checked regions, inside the caller's transaction.

    Only versions that are new cost rows, and one link per region.

    Raises ForeignId when a region's id belongs to another task.
    """
    number = (Revision.objects.filter(task=task).aggregate(last=Max("number"))["last"] or 0) + 1
    revision = Revision.objects.create(
        task=task,
        number=number,
        author=author,
        base_id=base_id,
        ontology_version=ontology,
        tags=list(tags),
        source=source,
        assignment=assignment,
        pending=pending,
        late=late,
        active_seconds=active_seconds,
        import_key=import_key,
        policy_id=policy_id,
        beside=beside,
    )
    version_ids = _versions_store(task, regions)
    through = Revision.regions.through
    through.objects.bulk_create(
        [through(revision_id=revision.pk, regionversion_id=pk) for pk in version_ids],
        batch_size=ROWS_AT_ONCE,
    )
    return revision


def _versions_store(task: Task, regions: Sequence[Region]) -> list[int]:
    if not regions:
        return []
    wanted = {(str(region["region_id"]), content_hash(region)): region for region in regions}
    stored = _versions_known(task, {region_id for region_id, _hash in wanted})
    new = [key for key in wanted if key not in stored]
    try:
        rows = RegionVersion.objects.bulk_create(
            [_version(wanted[key], key[1]) for key in new], batch_size=ROWS_AT_ONCE
        )
    except IntegrityError as error:
        # The task is locked: only another one can have taken an id since it was looked for. All is rolled back.
        raise ForeignId("An object's id came into use on another picture. Draw it again.") from error
    stored |= {key: row.pk for key, row in zip(new, rows, strict=True)}
    return [stored[key] for key in wanted]


def _versions_known(task: Task, region_ids: set[str]) -> dict[tuple[str, str], int]:
    """Stored versions of these region ids. Raises ForeignId when one of them is another task's."""
    rows = (
        RegionVersion.objects.filter(region_id__in=region_ids)
        .values_list("region_id", "content_hash", "id", "revisions__task_id")
        .distinct()
    )
    known: dict[tuple[str, str], int] = {}
    for region_id, digest, pk, task_id in rows:
        if task_id not in (None, task.pk):
            raise ForeignId(
                "An object's id is in use on another picture. Draw it again.",
                fields={f"regions.{region_id}": "This id belongs to another picture."},
            )
        known[(str(region_id), digest)] = pk
    return known


def _version(region: Region, digest: str) -> RegionVersion:
    return RegionVersion(
        region_id=region["region_id"],
        content_hash=digest,
        label_id=region["label_id"],
        shape=region["shape"],
        geometry=region["geometry"],
        attributes=region.get("attributes") or {},
        source=region["source"],
        suggestion_id=region.get("suggestion_id"),
        model_version_id=region.get("model_version_id"),
        score=region.get("score"),
        z_index=region.get("z_index") or 0,
        occluded=bool(region.get("occluded")),
        group_id=region.get("group_id"),
    )


def task_resolve(task: Task, revision: Revision | None) -> None:
    """Make `revision` the task's labels (None: none any more) and project them. The caller saves the task.

    Only objects that differ from those projected before are read and written.
    """
    task.resolved_revision = revision
    projected = RegionProjection.objects.filter(task=task)
    if revision is None:
        projected.delete()
        task.region_count = 0
        return
    links = Revision.regions.through.objects.filter(revision_id=revision.pk)
    wanted = set(links.values_list("regionversion_id", flat=True))
    shown = dict(projected.values_list("region_version_id", "id"))
    if gone := [pk for version_id, pk in shown.items() if version_id not in wanted]:
        projected.filter(pk__in=gone).delete()
    if len(gone) < len(shown):
        projected.exclude(author_id=revision.author_id).update(author_id=revision.author_id)
    versions = RegionVersion.objects.filter(pk__in=wanted - shown.keys())
    RegionProjection.objects.bulk_create(
        [_projection(task, revision, version) for version in versions], batch_size=ROWS_AT_ONCE
    )
    task.region_count = len(wanted)


def _projection(task: Task, revision: Revision, version: RegionVersion) -> RegionProjection:
    x1, y1, x2, y2 = geometry_bounds(version.shape, version.geometry)
    return RegionProjection(
        project_id=task.project_id,
        task=task,
        region_version=version,
        label_id=version.label_id,
        shape=version.shape,
        source=version.source,
        author_id=revision.author_id,
        score=version.score,
        x1=x1,
        y1=y1,
        x2=x2,
        y2=y2,
    )


def ontology_of(task: Task) -> OntologyVersion:
    return projects.ontology_current(task.project_id)
