"""A frozen version or a filter as a stream of zip bytes, in bounded memory for the pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Any

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
from backend.exchange.formats.naming import Names
from backend.exchange.formats.own import OwnWriter
from backend.exchange.formats.yolo import YoloWriter
from backend.media import selectors as media
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.datasets.models import DatasetVersion
    from backend.projects.models import Project

CHUNK = 500
WRITERS: dict[ExportFormat, type[CocoWriter] | type[YoloWriter] | type[CvatWriter] | type[OwnWriter]] = {
    ExportFormat.COCO: CocoWriter,
    ExportFormat.YOLO: YoloWriter,
    ExportFormat.CVAT: CvatWriter,
    ExportFormat.SITELOOP: OwnWriter,
}


def export_members(
    *,
    project: Project,
    fmt: ExportFormat,
    version: DatasetVersion | None = None,
    filters: dict[str, Any] | None = None,
    with_images: bool = True,
) -> Iterator[tuple[str, bytes | IO[bytes]]]:
    """(path inside the archive, content) of an export. Pictures deleted since a version was frozen are left out.

    Raises BadInput for unknown filters, at once: nothing has been sent by then.
    """
    labels, rows = _source(project, version, filters or {})
    return _members(labels, rows, fmt, with_images)


def _members(
    labels: list[dict[str, Any]], rows: Iterable[ManifestRow], fmt: ExportFormat, with_images: bool
) -> Iterator[tuple[str, bytes | IO[bytes]]]:
    writer = WRITERS[fmt](labels)
    taken = Names()
    for row in _present(rows):
        if row.kind != "image":
            writer.left_out.clips += 1
            continue
        if not default_storage.exists(row.display_key):
            continue
        file_name = taken.take(row.name, PurePosixPath(row.display_key).suffix)
        yield from writer.add(row, file_name)
        if with_images:
            yield writer.picture_path(row, file_name), default_storage.open(row.display_key, "rb")
    yield from writer.files()


def _present(rows: Iterable[ManifestRow]) -> Iterator[ManifestRow]:
    """Rows whose asset is still there: a deleted one's files may outlive it, shared or not swept yet."""
    left = iter(rows)
    while part := list(islice(left, CHUNK)):
        infos = media.assets_info(row.asset_id for row in part)
        yield from (row for row in part if row.asset_id in infos and not infos[row.asset_id].deleted)


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
