"""A labelled folder into a project: pictures and videos, labels as approved, as suggestions, or not at all."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backend.annotation import services as annotation
from backend.annotation.contracts import RegionData, SuggestionItem
from backend.annotation.enums import SelectionReason
from backend.core.errors import AppError
from backend.core.tracks import track_shape
from backend.exchange.enums import ImportFormat, ImportLabels
from backend.exchange.errors import ImportRefused
from backend.exchange.formats.coco_read import coco_found
from backend.exchange.formats.cvat_labels import value_read
from backend.exchange.formats.cvat_read import cvat_read
from backend.exchange.formats.every_frame import Screen, drawn_of
from backend.exchange.formats.learned import found_of
from backend.exchange.formats.mot_read import mot_read
from backend.exchange.formats.neutral import Drawn, Filmed, Found, LabelFound
from backend.exchange.formats.own import own_read
from backend.exchange.services.videos import ProjectVideos
from backend.media import selectors as media_selectors
from backend.media import services as media
from backend.media.prepare import sha256_of
from backend.projects import selectors as projects
from backend.projects import services as project_services
from ml.data.loaded import Notes
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
    videos: int = 0
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


def folder_read(folder: Path, fmt: ImportFormat, videos: ProjectVideos) -> Found:
    """The folder's pictures, videos and labels. Raises ImportRefused with what is missing."""
    if fmt == ImportFormat.CVAT:
        return cvat_read(folder)
    if fmt == ImportFormat.MOT:
        return mot_read(folder)
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
        if fmt == ImportFormat.COCO:
            return coco_found(folder, videos.is_known)
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
    videos = ProjectVideos(project)
    found = folder_read(folder, fmt, videos)
    report = ImportReport(notes=list(found.notes))
    report.pictures, report.videos = len(found.pictures), len(found.videos)
    report.objects = sum(len(item.objects) for item in found.all)
    report.objects += sum(len(item.followed) for item in found.videos)
    if dry_run:
        return report
    known: dict[str, _Known] = {}
    if labels != ImportLabels.NONE:
        known = _labels_ensure(actor, project, found, report)
    left_out: Counter[str] = Counter()
    words = _Words(known, left_out)
    total = len(found.all)
    for index, item in enumerate(found.all):
        if index % 20 == 0 or isinstance(item, Filmed):
            tell(index / total, f"{index} of {total} {'videos' if isinstance(item, Filmed) else 'pictures'}")
        try:
            if isinstance(item, Filmed):
                _one_video(actor, project, item, videos, labels, words, report)
            else:
                asset = _asset(actor, project, item.path, item.source, report)
                _label(actor, project, asset, item.objects, item.tags, labels, words, report)
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

    def attributes(self, label: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Values by attribute id, in the type that the label's attribute has; None stays, it takes a value back."""
        values: dict[str, Any] = {}
        for name, value in given.items():
            attribute = self.known[label].attributes.get(name)
            read = value
            if attribute is not None and isinstance(value, str):
                read = value_read(attribute["type"], value)
            if attribute is None or (read is None and value is not None):
                self.left_out[f"values of {name}, which {label} does not have here, left out"] += 1
            else:
                values[str(attribute["id"])] = read
        return values

    def geometry(self, drawn: Drawn) -> dict[str, Any]:
        """The geometry with its keyframes' attributes by id. Whether the rest is right is for the one who stores it."""
        keyframes = drawn.geometry.get("keyframes")
        if drawn.shape != "track" or not isinstance(keyframes, list):
            return drawn.geometry
        found = []
        for key in keyframes:
            given = key.get("attributes") if isinstance(key, dict) else None
            values = self.attributes(drawn.label, given) if isinstance(given, dict) else {}
            found.append({**key, "attributes": values} if values else _without(key, "attributes"))
        return {**drawn.geometry, "keyframes": found}


def _without(row: Any, name: str) -> Any:
    return {key: value for key, value in row.items() if key != name} if isinstance(row, dict) else row


def _unsaid(drawn: Drawn) -> dict[str, Any]:
    """The geometry without attributes of keyframes: what changes means nothing without what held before."""
    keyframes = drawn.geometry.get("keyframes")
    if drawn.shape != "track" or not isinstance(keyframes, list):
        return drawn.geometry
    return {**drawn.geometry, "keyframes": [_without(key, "attributes") for key in keyframes]}


def _has_changing(drawn: Drawn) -> bool:
    return _unsaid(drawn) != drawn.geometry


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
        made = [_label_made(name, spec, found) for name, spec in missing.items()]
        project_services.ontology_replace(
            actor=actor, project=project, labels=[*current.labels, *made], base_number=current.number
        )
        report.labels_made = list(missing)
    return {
        str(label["name"]): _Known(str(label["id"]), {a["name"]: a for a in label.get("attributes") or ()})
        for label in projects.ontology_current(project.pk).labels
    }


def _label_made(name: str, spec: LabelFound, found: Found) -> dict[str, Any]:
    """A new label: the shapes it is used with, and boxes and polygons to go on with."""
    drawn = spec.shapes - {"tag"}
    shapes = ["box", "polygon", "track"] if drawn else []
    shapes += sorted(spec.shapes - set(shapes))
    attributes = spec.attributes or _attributes_made(name, found)
    return {
        "name": name,
        "shapes": shapes or ["box", "polygon", "track"],
        "attributes": attributes,
        **({"skeleton": spec.skeleton} if spec.skeleton else {}),
        **({"color": spec.color} if spec.color else {}),
    }


def _attributes_made(name: str, found: Found) -> list[dict[str, Any]]:
    """Attributes of a label whose file gives values but no list of them."""
    values: dict[str, set[type]] = {}
    for label, said in _attributes_said(found):
        for key, value in said.items() if label == name else ():
            if value is not None:
                values.setdefault(key, set()).add(type(value))
    kinds = {key: _kind_of(types) for key, types in values.items()}
    return [{"name": key, "type": kind} for key, kind in kinds.items()]


def _attributes_said(found: Found) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(label, values by name) of every object, keyframe and frame."""
    for drawn in (each for item in found.all for each in item.objects):
        yield drawn.label, drawn.attributes
        keyframes = drawn.geometry.get("keyframes")
        for key in keyframes if isinstance(keyframes, list) else ():
            if isinstance(key, dict) and isinstance(said := key.get("attributes"), dict):
                yield drawn.label, said
    for followed in (each for video in found.videos for each in video.followed):
        yield followed.label, followed.attributes
        yield from ((followed.label, said.attributes) for said in followed.said)


def _kind_of(types: set[type]) -> str:
    if types == {bool}:
        return "bool"
    return "number" if types <= {int, float} else "text"


def _one_video(
    actor: User | None,
    project: Project,
    item: Filmed,
    videos: ProjectVideos,
    labels: ImportLabels,
    words: _Words,
    report: ImportReport,
) -> None:
    """A video from the folder, or one that the project has: by its content, then by its name."""
    asset = media.asset_by_sha(project, item.sha256) if item.sha256 else None
    if asset is not None:
        report.duplicates += 1
    elif item.path is not None:
        asset = _asset(actor, project, item.path, item.source, report)
    else:
        asset = media_selectors.asset_find(videos.find(item.names))
        report.duplicates += 1
    if not asset.frame_count:
        raise ImportRefused(f"{asset.name} is no video.")
    videos.take(asset)
    notes = Notes()
    smallest = max(1.0, projects.settings_of(project).min_box_px)
    screen = Screen(asset.width, asset.height, asset.frame_count, smallest)
    followed = [drawn_of(each, screen, notes) for each in item.followed]
    objects = [
        *(_ended(each, asset.frame_count) for each in item.objects),
        *(each for each in followed if each is not None),
    ]
    if len(report.notes) < LISTED_MAX:
        report.notes += [f"{asset.name}: {line}" for line in notes.lines()]
    _label(actor, project, asset, objects, item.tags, labels, words, report)


def _ended(drawn: Drawn, frame_count: int) -> Drawn:
    """Without what CVAT writes behind the video's last frame: that the object is outside there."""
    keyframes = drawn.geometry.get("keyframes")
    if not isinstance(keyframes, list):
        return drawn
    kept = [key for key in keyframes if not _is_past(key, frame_count)]
    return replace(drawn, geometry={**drawn.geometry, "keyframes": kept})


def _is_past(key: Any, frame_count: int) -> bool:
    frame = key.get("frame") if isinstance(key, dict) else None
    return isinstance(frame, int) and frame >= frame_count and bool(key.get("outside"))


def _label(
    actor: User | None,
    project: Project,
    asset: Asset,
    objects: Sequence[Drawn],
    said_tags: Sequence[str],
    labels: ImportLabels,
    words: _Words,
    report: ImportReport,
) -> None:
    tasks = annotation.tasks_create(
        project=project, asset_ids=[asset.pk], reason=SelectionReason.IMPORT, actor=actor
    )
    if labels == ImportLabels.NONE:
        return
    tags = [words.known[tag].id for tag in said_tags if tag in words.known]
    if labels == ImportLabels.SUGGESTIONS:
        told = [drawn for drawn in objects if drawn.shape != "track" or track_shape(drawn.geometry) == "box"]
        if len(told) < len(objects):
            left = "tracks of other shapes left out: suggestions on videos are boxes"
            words.left_out[left] += len(objects) - len(told)
        if any(drawn.attributes or _has_changing(drawn) for drawn in told):
            words.left_out[
                "pictures and videos whose attributes were left out, as suggestions have none"
            ] += 1
        annotation.asset_suggest(
            tasks=tasks,
            model_version_id=uuid.uuid5(_NAMESPACE, f"import:{project.pk}"),
            model_name="import",
            items=[
                *[SuggestionItem(words.known[d.label].id, d.shape, _unsaid(d), score=1.0) for d in told],
                *[SuggestionItem(tag, "tag", {}, score=1.0) for tag in tags],
            ],
        )
        report.labelled += 1
        return
    regions = [_region(str(asset.pk), index, drawn, words) for index, drawn in enumerate(objects)]
    revisions = annotation.asset_import(
        tasks=tasks,
        regions=regions,
        tags=tags,
        actor=actor,
        import_key=f"folder:{_digest(regions, tags)}",
        approved=True,
    )
    kept = [task for task, revision in zip(tasks, revisions, strict=True) if revision is None]
    report.labelled += int(len(kept) < len(tasks))
    report.left_alone += int(len(kept) == len(tasks))
    if 0 < len(kept) < len(tasks) and len(report.notes) < LISTED_MAX:
        named = ", ".join(str(task.part) for task in kept)
        report.notes.append(f"{asset.name}: {named} left alone, as people have labelled or opened it")


def _digest(regions: Sequence[RegionData], tags: Sequence[str]) -> str:
    """The same for the same labels: ids are made of place and shape, what else is said comes on top."""
    said = [*sorted(r.region_id for r in regions), *sorted(tags)]
    said += [
        f"{r.region_id}:{sorted(r.attributes.items())}:{r.z_index}:{r.occluded}:{r.group_id}"
        for r in sorted(regions, key=lambda r: r.region_id)
        if r.attributes or r.z_index or r.occluded or r.group_id
    ]
    return hashlib.sha256("|".join(said).encode()).hexdigest()[:24]


def _asset(actor: User | None, project: Project, path: Path, source: str, report: ImportReport) -> Asset:
    if (known := media.asset_by_sha(project, sha256_of(path))) is not None:
        report.duplicates += 1
        return known
    asset = media.asset_register(
        project=project,
        path=path,
        name=path.name,
        actor=actor,
        group_key=source,
    )
    report.added += 1
    return asset


def _region(asset_id: str, index: int, drawn: Drawn, words: _Words) -> RegionData:
    label_id = words.known[drawn.label].id
    geometry = words.geometry(drawn)
    region_id = uuid.uuid5(_NAMESPACE, f"{asset_id}:{label_id}:{drawn.shape}:{geometry}:{index}")
    return RegionData(
        region_id=str(region_id),
        label_id=label_id,
        shape=drawn.shape,
        geometry=geometry,
        attributes={
            key: value
            for key, value in words.attributes(drawn.label, drawn.attributes).items()
            if value is not None
        },
        source="import",
        z_index=drawn.z_index,
        occluded=drawn.occluded,
        group_id=str(uuid.uuid5(_NAMESPACE, f"{asset_id}:{drawn.group}")) if drawn.group else None,
    )
