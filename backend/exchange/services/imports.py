"""A labelled folder into a project: pictures, labels as approved, as suggestions, or not at all."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backend.annotation import services as annotation
from backend.annotation.contracts import RegionData, SuggestionItem
from backend.annotation.enums import SelectionReason
from backend.core.errors import AppError
from backend.exchange.enums import ImportFormat, ImportLabels
from backend.exchange.errors import ImportRefused
from backend.media import services as media
from backend.media.prepare import sha256_of
from backend.projects import selectors as projects
from backend.projects import services as project_services
from ml.data.loaded import Loaded, group_of
from ml.data.readers import detection_read
from ml.data.voc import voc_read
from ml.errors import MlError

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.media.models import Asset
    from backend.projects.models import Project
    from ml.contracts import Annotation, LabelledImage

# Ids of imported regions are made from picture and place, so that the same import twice is the same labels.
_NAMESPACE = uuid.UUID("5f0f2b1e-3c7d-5a86-9a53-6a1c4d1f7e10")
LISTED_MAX = 200


@dataclass(slots=True)
class ImportReport:
    """What became of the files. Lists are cut at 200, counts are exact."""

    pictures: int = 0
    added: int = 0
    duplicates: int = 0
    objects: int = 0
    labelled: int = 0
    left_alone: int = 0
    labels_made: list[str] = field(default_factory=list)
    refused: list[dict[str, str]] = field(default_factory=list)
    refused_count: int = 0
    notes: list[str] = field(default_factory=list)

    def refuse(self, name: str, reason: str) -> None:
        self.refused_count += 1
        if len(self.refused) < LISTED_MAX:
            self.refused.append({"name": name, "reason": reason})

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def _silent(_fraction: float, _message: str) -> None:
    """Where nobody follows the progress."""


def folder_read(folder: Path, fmt: ImportFormat) -> Loaded:
    """The folder as a dataset. Raises ImportRefused with what is missing."""
    try:
        if fmt == ImportFormat.VOC:
            return voc_read(folder)
        has_yaml = (folder / "data.yaml").is_file()
        if fmt == ImportFormat.YOLO and not has_yaml:
            raise ImportRefused(
                f"{folder.name} has no data.yaml; a YOLO folder has one that names its classes."
            )
        return detection_read(folder)
    except MlError as error:
        raise ImportRefused(str(error)) from error


def dataset_import(
    *,
    actor: User | None,
    project: Project,
    folder: Path,
    fmt: ImportFormat,
    labels: ImportLabels,
    dry_run: bool = False,
    tell: Callable[[float, str], None] = _silent,
) -> ImportReport:
    """Take a folder in. Pictures there already are used as they are; work of people is left alone."""
    loaded = folder_read(folder, fmt)
    report = ImportReport(notes=list(loaded.notes))
    images = loaded.dataset.images
    report.pictures = len(images)
    report.objects = sum(len(item.annotations) for item in images)
    if dry_run:
        return report
    ids: dict[str, str] = {}
    if labels != ImportLabels.NONE:
        ids = _labels_ensure(actor, project, loaded, report)
    for index, item in enumerate(images):
        if index % 20 == 0:
            tell(index / len(images), f"{index} of {len(images)} pictures")
        try:
            _one(actor, project, item, labels, ids, report)
        except AppError as error:
            report.refuse(item.image.id, error.message)
    return report


def _labels_ensure(
    actor: User | None, project: Project, loaded: Loaded, report: ImportReport
) -> dict[str, str]:
    """{class name: label id}; classes the project does not know become labels."""
    known = {label.name: label for label in projects.labels_of(project.pk)}
    drawn = Counter(a.label for item in loaded.dataset.images for a in item.annotations)
    tagged = Counter(tag for item in loaded.dataset.images for tag in item.tags)
    missing = {name: ["box", "polygon", "track"] for name in drawn if name not in known}
    for name in tagged:
        if name not in known:
            missing[name] = [*missing.get(name, []), "tag"]
    if missing:
        if actor is None:
            raise ImportRefused(
                f"The project has no label {', '.join(missing)}. Add them, or import as a person."
            )
        current = projects.ontology_current(project.pk)
        made = [{"name": name, "shapes": shapes} for name, shapes in missing.items()]
        project_services.ontology_replace(
            actor=actor, project=project, labels=[*current.labels, *made], base_number=current.number
        )
        report.labels_made = list(missing)
        known = {label.name: label for label in projects.labels_of(project.pk)}
    return {name: label.id for name, label in known.items()}


def _one(
    actor: User | None,
    project: Project,
    item: LabelledImage,
    labels: ImportLabels,
    ids: dict[str, str],
    report: ImportReport,
) -> None:
    asset = _asset(actor, project, item, report)
    task = annotation.tasks_create(
        project=project, asset_ids=[asset.pk], reason=SelectionReason.IMPORT, actor=actor
    )[0]
    if labels == ImportLabels.NONE:
        return
    wanted = [a for a in item.annotations if not a.ignore]
    tags = [ids[tag] for tag in item.tags if tag in ids]
    if labels == ImportLabels.SUGGESTIONS:
        annotation.suggestions_create(
            task_id=task.pk,
            model_version_id=uuid.uuid5(_NAMESPACE, f"import:{project.pk}"),
            model_name="import",
            items=[
                *[SuggestionItem(ids[a.label], *_geometry(a), score=1.0) for a in wanted],
                *[SuggestionItem(tag, "tag", {}, score=1.0) for tag in tags],
            ],
        )
        report.labelled += 1
        return
    regions = [_region(str(asset.pk), index, a, ids[a.label]) for index, a in enumerate(wanted)]
    said = "|".join([*sorted(r.region_id for r in regions), *sorted(tags)])
    digest = hashlib.sha256(said.encode()).hexdigest()[:24]
    revision = annotation.revision_import(
        task_id=task.pk, regions=regions, tags=tags, actor=actor, import_key=f"folder:{digest}", approved=True
    )
    report.labelled += int(revision is not None)
    report.left_alone += int(revision is None)


def _asset(actor: User | None, project: Project, item: LabelledImage, report: ImportReport) -> Asset:
    path = item.image.path
    if (known := media.asset_by_sha(project, sha256_of(path))) is not None:
        report.duplicates += 1
        return known
    asset = media.asset_register(
        project=project,
        path=path,
        name=path.name,
        actor=actor,
        group_key=item.image.group or group_of(path.name),
    )
    report.added += 1
    return asset


def _geometry(found: Annotation) -> tuple[str, dict[str, Any]]:
    if found.polygon is not None:
        return "polygon", {"points": [[x, y] for x, y in found.polygon.points]}
    return "box", {"box": [found.box.x1, found.box.y1, found.box.x2, found.box.y2]}


def _region(asset_id: str, index: int, found: Annotation, label_id: str) -> RegionData:
    shape, geometry = _geometry(found)
    region_id = str(uuid.uuid5(_NAMESPACE, f"{asset_id}:{label_id}:{shape}:{geometry}:{index}"))
    return RegionData(region_id=region_id, label_id=label_id, shape=shape, geometry=geometry, source="import")
