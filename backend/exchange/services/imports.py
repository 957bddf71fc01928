"""A labelled folder into a project: pictures, labels as approved, as suggestions, or not at all."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backend.annotation import services as annotation
from backend.annotation.contracts import RegionData, SuggestionItem
from backend.annotation.enums import SelectionReason
from backend.core.errors import AppError
from backend.exchange.enums import ImportFormat, ImportLabels
from backend.exchange.errors import ImportRefused
from backend.exchange.formats.cvat_labels import value_read
from backend.exchange.formats.cvat_read import cvat_read
from backend.exchange.formats.learned import found_of
from backend.exchange.formats.neutral import Drawn, Found, LabelFound, Pictured
from backend.exchange.formats.own import own_read
from backend.media import services as media
from backend.media.prepare import sha256_of
from backend.projects import selectors as projects
from backend.projects import services as project_services
from ml.data.readers import detection_read
from ml.data.voc import voc_read
from ml.errors import MlError

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.media.models import Asset
    from backend.projects.models import Project

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


def folder_read(folder: Path, fmt: ImportFormat) -> Found:
    """The folder's pictures and labels. Raises ImportRefused with what is missing."""
    if fmt == ImportFormat.CVAT:
        return cvat_read(folder)
    if fmt == ImportFormat.SITELOOP:
        return own_read(folder)
    try:
        if fmt == ImportFormat.VOC:
            return found_of(voc_read(folder))
        has_yaml = (folder / "data.yaml").is_file()
        if fmt == ImportFormat.YOLO and not has_yaml:
            raise ImportRefused(
                f"{folder.name} has no data.yaml; a YOLO folder has one that names its classes."
            )
        return found_of(detection_read(folder))
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
    found = folder_read(folder, fmt)
    report = ImportReport(notes=list(found.notes))
    report.pictures = len(found.pictures)
    report.objects = sum(len(item.objects) for item in found.pictures)
    if dry_run:
        return report
    known: dict[str, _Known] = {}
    if labels != ImportLabels.NONE:
        known = _labels_ensure(actor, project, found, report)
    left_out: Counter[str] = Counter()
    for index, item in enumerate(found.pictures):
        if index % 20 == 0:
            tell(index / len(found.pictures), f"{index} of {len(found.pictures)} pictures")
        try:
            _one(actor, project, item, labels, _Words(known, left_out), report)
        except AppError as error:
            report.refuse(item.id, _reason(error))
    report.notes += [f"{what}: {count}" for what, count in left_out.items()]
    return report


def _reason(error: AppError) -> str:
    """What is wrong, and with which object first: "Some labels cannot be saved" alone helps nobody."""
    first = next(iter((error.fields or {}).values()), "")
    return f"{error.message} {first}".strip()


@dataclass(frozen=True, slots=True)
class _Known:
    """A label of the project: its id, and its attributes by name."""

    id: str
    attributes: dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Words:
    """From names in a file to the project's ids; what has none is counted in `left_out`."""

    known: dict[str, _Known]
    left_out: Counter[str]

    def attributes(self, drawn: Drawn) -> dict[str, Any]:
        """Values by attribute id, in the type that the label's attribute has."""
        values: dict[str, Any] = {}
        for name, value in drawn.attributes.items():
            attribute = self.known[drawn.label].attributes.get(name)
            read = value
            if attribute is not None and isinstance(value, str):
                read = value_read(attribute["type"], value)
            if attribute is None or read is None:
                self.left_out[f"values of {name}, which {drawn.label} does not have here, left out"] += 1
            else:
                values[str(attribute["id"])] = read
        return values


def _labels_ensure(
    actor: User | None, project: Project, found: Found, report: ImportReport
) -> dict[str, _Known]:
    """The project's labels by name; those in the files that it does not know are made."""
    names = {label.name for label in projects.labels_of(project.pk)}
    missing = {name: spec for name, spec in found.labels.items() if name not in names}
    if missing:
        if actor is None:
            raise ImportRefused(
                f"The project has no label {', '.join(missing)}. Add them, or import as a person."
            )
        current = projects.ontology_current(project.pk)
        made = [_label_made(name, spec, found.pictures) for name, spec in missing.items()]
        project_services.ontology_replace(
            actor=actor, project=project, labels=[*current.labels, *made], base_number=current.number
        )
        report.labels_made = list(missing)
    return {
        str(label["name"]): _Known(str(label["id"]), {a["name"]: a for a in label.get("attributes") or ()})
        for label in projects.ontology_current(project.pk).labels
    }


def _label_made(name: str, spec: LabelFound, pictures: Sequence[Pictured]) -> dict[str, Any]:
    """A new label: the shapes it is used with, and boxes and polygons to go on with."""
    drawn = spec.shapes - {"tag"}
    shapes = ["box", "polygon", "track"] if drawn else []
    shapes += sorted(spec.shapes - set(shapes))
    attributes = spec.attributes or _attributes_made(name, pictures)
    return {
        "name": name,
        "shapes": shapes or ["box", "polygon", "track"],
        "attributes": attributes,
        **({"skeleton": spec.skeleton} if spec.skeleton else {}),
        **({"color": spec.color} if spec.color else {}),
    }


def _attributes_made(name: str, pictures: Sequence[Pictured]) -> list[dict[str, Any]]:
    """Attributes of a label whose file gives values but no list of them."""
    values: dict[str, set[type]] = {}
    for drawn in (each for picture in pictures for each in picture.objects if each.label == name):
        for key, value in drawn.attributes.items():
            values.setdefault(key, set()).add(type(value))
    kinds = {key: _kind_of(types) for key, types in values.items()}
    return [{"name": key, "type": kind} for key, kind in kinds.items()]


def _kind_of(types: set[type]) -> str:
    if types == {bool}:
        return "bool"
    return "number" if types <= {int, float} else "text"


def _one(
    actor: User | None,
    project: Project,
    item: Pictured,
    labels: ImportLabels,
    words: _Words,
    report: ImportReport,
) -> None:
    asset = _asset(actor, project, item, report)
    task = annotation.tasks_create(
        project=project, asset_ids=[asset.pk], reason=SelectionReason.IMPORT, actor=actor
    )[0]
    if labels == ImportLabels.NONE:
        return
    tags = [words.known[tag].id for tag in item.tags if tag in words.known]
    if labels == ImportLabels.SUGGESTIONS:
        if any(drawn.attributes for drawn in item.objects):
            words.left_out["pictures whose attributes were left out, as suggestions have none"] += 1
        annotation.suggestions_create(
            task_id=task.pk,
            model_version_id=uuid.uuid5(_NAMESPACE, f"import:{project.pk}"),
            model_name="import",
            items=[
                *[
                    SuggestionItem(words.known[d.label].id, d.shape, d.geometry, score=1.0)
                    for d in item.objects
                ],
                *[SuggestionItem(tag, "tag", {}, score=1.0) for tag in tags],
            ],
        )
        report.labelled += 1
        return
    regions = [_region(str(asset.pk), index, drawn, words) for index, drawn in enumerate(item.objects)]
    revision = annotation.revision_import(
        task_id=task.pk,
        regions=regions,
        tags=tags,
        actor=actor,
        import_key=f"folder:{_digest(regions, tags)}",
        approved=True,
    )
    report.labelled += int(revision is not None)
    report.left_alone += int(revision is None)


def _digest(regions: Sequence[RegionData], tags: Sequence[str]) -> str:
    """The same for the same labels: ids are made of place and shape, what else is said comes on top."""
    said = [*sorted(r.region_id for r in regions), *sorted(tags)]
    said += [
        f"{r.region_id}:{sorted(r.attributes.items())}:{r.z_index}:{r.occluded}:{r.group_id}"
        for r in sorted(regions, key=lambda r: r.region_id)
        if r.attributes or r.z_index or r.occluded or r.group_id
    ]
    return hashlib.sha256("|".join(said).encode()).hexdigest()[:24]


def _asset(actor: User | None, project: Project, item: Pictured, report: ImportReport) -> Asset:
    path = item.path
    if (known := media.asset_by_sha(project, sha256_of(path))) is not None:
        report.duplicates += 1
        return known
    asset = media.asset_register(
        project=project,
        path=path,
        name=path.name,
        actor=actor,
        group_key=item.source,
    )
    report.added += 1
    return asset


def _region(asset_id: str, index: int, drawn: Drawn, words: _Words) -> RegionData:
    label_id = words.known[drawn.label].id
    region_id = uuid.uuid5(_NAMESPACE, f"{asset_id}:{label_id}:{drawn.shape}:{drawn.geometry}:{index}")
    return RegionData(
        region_id=str(region_id),
        label_id=label_id,
        shape=drawn.shape,
        geometry=drawn.geometry,
        attributes=words.attributes(drawn),
        source="import",
        z_index=drawn.z_index,
        occluded=drawn.occluded,
        group_id=str(uuid.uuid5(_NAMESPACE, f"{asset_id}:{drawn.group}")) if drawn.group else None,
    )
