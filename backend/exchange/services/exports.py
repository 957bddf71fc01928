"""A frozen version or a filter as a stream of zip bytes, in bounded memory for pictures and videos."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage

from backend.core import audit
from backend.datasets import rows as dataset_rows
from backend.datasets import selectors as datasets
from backend.datasets.contracts import ManifestRow
from backend.datasets.domain.filters import parse
from backend.exchange.enums import ExportFormat
from backend.exchange.formats.archive import zip_stream
from backend.exchange.formats.coco import CocoWriter
from backend.exchange.formats.cvat import CvatWriter
from backend.exchange.formats.mot import MotWriter
from backend.exchange.formats.naming import Names
from backend.exchange.formats.own import OwnWriter
from backend.exchange.formats.rows import Clip, Member
from backend.exchange.formats.yolo import YoloWriter
from backend.media import reading
from backend.media import selectors as media
from backend.media.contracts import AssetInfo
from backend.media.errors import FileRefused
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.datasets.models import DatasetVersion
    from backend.projects.models import Project

CHUNK = 500
_Writer = CocoWriter | YoloWriter | CvatWriter | MotWriter | OwnWriter
WRITERS: dict[ExportFormat, type[_Writer]] = {
    ExportFormat.COCO: CocoWriter,
    ExportFormat.YOLO: YoloWriter,
    ExportFormat.CVAT: CvatWriter,
    ExportFormat.MOT: MotWriter,
    ExportFormat.SITELOOP: OwnWriter,
}


def export_members(
    *,
    project: Project,
    fmt: ExportFormat,
    version: DatasetVersion | None = None,
    filters: dict[str, Any] | None = None,
    with_images: bool = True,
) -> Iterator[Member]:
    """(path inside the archive, content) of an export. Pictures deleted since a version was frozen are left out.

    Raises BadInput for unknown filters, at once: nothing has been sent by then.
    """
    labels, rows = _source(project, version, filters or {})
    return _members(labels, rows, fmt, with_images)


def _members(
    labels: list[dict[str, Any]], rows: Iterable[ManifestRow], fmt: ExportFormat, with_images: bool
) -> Iterator[Member]:
    writer = WRITERS[fmt](labels)
    taken = Names()
    for row, info in _present(rows):
        if row.kind != "image":
            yield from _video(writer, row, info, taken, with_images)
            continue
        if not default_storage.exists(row.display_key):
            continue
        file_name = taken.take(row.name, PurePosixPath(row.display_key).suffix)
        yield from writer.add(row, file_name)
        if with_images and (path := writer.picture_path(row, file_name)):
            yield path, default_storage.open(row.display_key, "rb")
    yield from writer.files()


def _video(
    writer: _Writer, row: ManifestRow, info: AssetInfo, taken: Names, with_images: bool
) -> Iterator[Member]:
    """A video with its tracks; the file itself, or its frames one by one, where the format has a place for them."""
    if isinstance(writer, YoloWriter):
        writer.left_out.not_held["videos: YOLO holds pictures"] += 1
        return
    if not info.frame_count or not default_storage.exists(info.original_key):
        return

    def picture(frame: int) -> bytes | None:
        try:
            return reading.asset_frame_jpeg(info, frame)
        except FileRefused:
            writer.left_out.not_held["pictures of frames that are damaged"] += 1
            return None

    if row.frames_waiting:
        writer.left_out.not_held["frames of videos whose part is not approved yet"] += row.frames_waiting
    rate = info.frame_count / info.duration_s if info.duration_s else 0.0
    clip = Clip(
        # Without an ending: it names a folder.
        stem=taken.take(row.name, ""),
        suffix=PurePosixPath(info.original_key).suffix,
        frame_count=info.frame_count,
        frames_per_s=round(rate, 3),
        picture=picture if with_images else None,
    )
    yield from writer.add_video(row, clip)
    if with_images and (path := writer.video_path(row, clip)):
        yield path, default_storage.open(info.original_key, "rb")


def _present(rows: Iterable[ManifestRow]) -> Iterator[tuple[ManifestRow, AssetInfo]]:
    """Rows whose asset is still there: a deleted one's files may outlive it, shared or not swept yet."""
    left = iter(rows)
    while part := list(islice(left, CHUNK)):
        infos = media.assets_info(row.asset_id for row in part)
        for row in part:
            if (info := infos.get(row.asset_id)) is not None and not info.deleted:
                yield row, info


def _source(
    project: Project, version: DatasetVersion | None, filters: dict[str, Any]
) -> tuple[list[dict[str, Any]], Iterable[ManifestRow]]:
    if version is not None:
        return list(datasets.manifest_head(version)["labels"]), datasets.manifest_rows(version)
    labels = projects.ontology_current(project.pk).labels
    wanted = parse({**filters, "excluded": "no", "asset_state": "ready"})
    return labels, dataset_rows.approved_rows(project.pk, wanted)


def export_stream(
    *,
    actor: User,
    project: Project,
    fmt: ExportFormat,
    version: DatasetVersion | None,
    filters: dict[str, Any],
    with_images: bool,
) -> Iterator[bytes]:
    """The export as zip bytes; who took what out is audited before the first byte."""
    members = export_members(
        project=project, fmt=fmt, version=version, filters=filters, with_images=with_images
    )
    audit.record(
        actor=actor,
        organisation_id=project.organisation_id,
        action="export",
        object_type="project",
        object_id=project.pk,
        after={
            "format": fmt,
            "version": str(version.pk) if version else None,
            "filters": filters,
            "images": with_images,
        },
    )
    return zip_stream(members)
