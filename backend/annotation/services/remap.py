"""Labels that left the ontology: what used them follows the stated map, in new revisions; history stays."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from backend.annotation.contracts import region_dict
from backend.annotation.enums import RegionSource, SuggestionState
from backend.annotation.models import Assignment, ConsensusMerge, Revision, Suggestion, Task
from backend.annotation.selectors.answers import answers_all
from backend.annotation.selectors.labels import revision_labels
from backend.annotation.services.moves import record, task_lock
from backend.annotation.services.revisions import ontology_of, revision_write, task_resolve
from backend.annotation.services.submit import task_save
from backend.annotation.services.suggestions import open_counts_refresh

LabelMap = Mapping[str, str | None]


@transaction.atomic
def labels_remap(*, project_id: uuid.UUID, removed: Collection[str], mapping: LabelMap) -> int:
    """Move resolved labels, drafts and open suggestions from removed labels to those of the map (None: drop).

    Each task concerned gets one new revision without an author, standing as its last one did: approved stays
    approved. Returns how many tasks changed. Runs inside the change of the ontology, so nothing can be saved
    under a label that is gone.
    """
    if not removed:
        return 0
    where = Q(projected_regions__label_id__in=removed)
    for label_id in removed:
        where |= Q(resolved_revision__tags__contains=[str(label_id)])
    task_ids = list(
        Task.objects.filter(where, project_id=project_id)
        .order_by("id")
        .values_list("id", flat=True)
        .distinct()
    )
    for task_id in task_ids:
        _task_remap(task_id, mapping)
    _suggestions_remap(project_id, removed, mapping)
    _drafts_remap(project_id, removed, mapping)
    _answers_remap(project_id, set(removed), mapping)
    return len(task_ids)


def _task_remap(task_id: uuid.UUID, mapping: LabelMap) -> None:
    task = task_lock(task_id)
    before = task.resolved_revision
    if before is None:
        return
    labels = revision_labels(before)
    regions = [moved for r in labels.regions if (moved := _moved(region_dict(r), mapping)) is not None]
    revision = revision_write(
        task=task,
        regions=regions,
        tags=_tags_moved(labels.tags, mapping),
        ontology=ontology_of(task),
        author=before.author,
        source=RegionSource(before.source),
        assignment=before.assignment,
        base_id=before.pk,
        pending=before.pending,
        late=before.late,
        policy_id=before.policy_id,
    )
    if before.pending:
        Revision.objects.filter(pk=before.pk).update(pending=False)
    # What was put together from several people's answers stays so under new names.
    ConsensusMerge.objects.filter(revision=before).update(revision=revision)
    # Open work on this task starts from what is the same labels under new names: it is not stale by that.
    Assignment.objects.filter(task=task, base_revision=before).update(base_revision=revision)
    task_resolve(task, revision)
    task_save(task)
    record(None, task, "revision.remap", revision_id=str(revision.pk))


def _answers_remap(project_id: uuid.UUID, gone: set[str], mapping: LabelMap) -> None:
    """Answers of several people, put together or not: each gets a new one of the same person."""
    rows = Task.objects.filter(project_id=project_id, people__gt=1)
    for task_id in rows.order_by("id").values_list("id", flat=True):
        task = task_lock(task_id)
        for answer in answers_all(task):
            labels = revision_labels(answer)
            if not {*labels.tags, *(region.label_id for region in labels.regions)} & gone:
                continue
            kept = [moved for r in labels.regions if (moved := _moved(region_dict(r), mapping)) is not None]
            moved_answer = revision_write(
                task=task,
                regions=kept,
                tags=_tags_moved(labels.tags, mapping),
                ontology=ontology_of(task),
                author=answer.author,
                assignment=answer.assignment,
                base_id=answer.pk,
                late=answer.late,
                active_seconds=answer.active_seconds,
                beside=True,
            )
            Assignment.objects.filter(task=task, base_revision=answer).update(base_revision=moved_answer)


def _moved(region: dict[str, Any], mapping: LabelMap) -> dict[str, Any] | None:
    old = str(region["label_id"])
    if old not in mapping:
        return region
    new = mapping[old]
    if new is None:
        return None
    # Attributes belong to the old label; the new one may not know them.
    return {**region, "label_id": new, "attributes": {}, "geometry": _unsaid(region["geometry"])}


def _unsaid(geometry: dict[str, Any]) -> dict[str, Any]:
    """A track's geometry without what its keyframes say of attributes; of other shapes as it is."""
    if "keyframes" not in geometry:
        return geometry
    keyframes = [
        {name: value for name, value in key.items() if name != "attributes"} for key in geometry["keyframes"]
    ]
    return {**geometry, "keyframes": keyframes}


def _tags_moved(tags: Collection[str], mapping: LabelMap) -> list[str]:
    moved = [mapping.get(tag, tag) for tag in tags]
    return list(dict.fromkeys(tag for tag in moved if tag is not None))


def _suggestions_remap(project_id: uuid.UUID, removed: Collection[str], mapping: LabelMap) -> None:
    for old in removed:
        rows = Suggestion.objects.filter(
            task__project_id=project_id, label_id=old, state=SuggestionState.OPEN
        )
        new = mapping.get(old)
        if new is not None:
            rows.update(label_id=new)
        else:
            rows.update(state=SuggestionState.SUPERSEDED)
    open_counts_refresh(Task.objects.filter(project_id=project_id, open_suggestion_count__gt=0))


def _drafts_remap(project_id: uuid.UUID, removed: Collection[str], mapping: LabelMap) -> None:
    """Drafts keep objects whose label was dropped: the editor asks the person for another label."""
    gone = set(removed)
    drafts = Assignment.objects.select_for_update().filter(task__project_id=project_id, draft__isnull=False)
    for assignment in drafts.order_by("id"):
        draft: dict[str, Any] = assignment.draft or {}
        used = {r["label_id"] for r in draft["regions"].values()} | set(draft["tags"])
        if not used & gone:
            continue
        draft["regions"] = {
            key: _moved(region, mapping) or region for key, region in draft["regions"].items()
        }
        draft["tags"] = _tags_moved(draft["tags"], mapping)
        assignment.draft = draft
        assignment.draft_version += 1
        assignment.save(update_fields=["draft", "draft_version", "updated_at"])
