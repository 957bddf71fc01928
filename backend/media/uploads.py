"""Resumable uploads: bytes gather in a file of their own, in order, and each counts once."""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from backend.core import audit, jobs
from backend.core.errors import DISK_FULL_CODES, BadInput, NotFound
from backend.media import selectors
from backend.media.contracts import IngestOptions
from backend.media.domain.http_ranges import ByteRange
from backend.media.domain.sidecar import moment
from backend.media.enums import UploadState
from backend.media.errors import DiskFull, UploadOutOfOrder, UploadOver, UploadTooLarge
from backend.media.models import Upload
from backend.media.services import asset_announce, asset_place, asset_refuse, project_open
from backend.media.tasks import INGEST_UPLOAD
from backend.sites import selectors as sites

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.media.prepare import Prepared
    from backend.projects.models import Project

CHUNK_MAX_BYTES = 16 * 1024 * 1024
REFUSED_LISTED_MAX = 1_000  # the rest are rows of state refused; `refused_count` is exact
FREE_SPACE_MIN_BYTES = 256 * 1024 * 1024
PURPOSES = ("media", "file")
ABANDONED_AFTER = timedelta(days=7)
ABANDONED_AT_ONCE = 20


@transaction.atomic
def upload_create(
    *, actor: User, project: Project, filename: str, size_bytes: int, options: dict[str, Any]
) -> Upload:
    """Open an upload. `purpose` "media" (default) is ingested once complete; "file" waits for another use.

    Raises UploadTooLarge, DiskFull, ProjectArchived, BadInput for a camera of elsewhere.
    """
    project_open(project)
    if size_bytes > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // 1024**2
        raise UploadTooLarge(f"The file is larger than {limit} MB. Send it in parts.")
    if camera_id := options.get("camera_id"):
        camera = sites.camera_get(actor=actor, camera_id=camera_id)
        if camera.site.organisation_id != project.organisation_id:
            raise BadInput("The camera belongs to another organisation.", fields={"camera_id": "Not yours."})
        options = {**options, "site_id": camera.site_id}
    _abandoned_remove()
    upload = Upload.objects.create(
        project=project,
        created_by=actor,
        filename=filename[-300:],
        size_bytes=size_bytes,
        options={key: str(value) for key, value in options.items() if value},
    )
    path = selectors.upload_path(upload.pk)
    with _disk_errors():
        path.parent.mkdir(parents=True, exist_ok=False, mode=0o750)
        if shutil.disk_usage(path.parent).free < size_bytes + FREE_SPACE_MIN_BYTES:
            path.parent.rmdir()
            raise DiskFull("The server's disk is too full for this file. Ask an administrator for room.")
        path.touch(mode=0o640)
    audit.record(
        actor=actor,
        organisation_id=project.organisation_id,
        action="upload.create",
        object_type="upload",
        object_id=upload.pk,
        after={"filename": upload.filename, "size_bytes": size_bytes},
    )
    return upload


def _abandoned_remove() -> None:
    """Uploads nobody went on with for a week give their room back; a few at a time, whenever one starts."""
    limit = timezone.now() - ABANDONED_AFTER
    stale = Upload.objects.select_for_update(skip_locked=True).filter(
        state=UploadState.OPEN, updated_at__lt=limit
    )
    for upload in stale[:ABANDONED_AT_ONCE]:
        upload.state, upload.error = (
            UploadState.FAILED,
            "Nothing arrived for a week: the upload was given up.",
        )
        upload.save(update_fields=["state", "error", "updated_at"])
        folder = selectors.upload_path(upload.pk).parent
        transaction.on_commit(lambda folder=folder: shutil.rmtree(folder, ignore_errors=True))


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in DISK_FULL_CODES:
            raise DiskFull(
                "The server's disk is full. Nothing was lost: try again when there is room."
            ) from error
        if error.errno == errno.ENOENT:
            raise UploadOver("The bytes of this upload are gone. Start it again.") from error
        raise


@transaction.atomic
def upload_append(*, upload_id: uuid.UUID, chunk: ByteRange, body: bytes) -> Upload:
    """Write one chunk. What has already arrived is passed over, so a repeat is harmless.

    Raises UploadOutOfOrder (with where to go on), UploadOver, BadInput, DiskFull.
    """
    upload = Upload.objects.select_for_update().get(pk=upload_id)
    if chunk.total != upload.size_bytes or len(body) != len(chunk):
        raise BadInput(
            "Content-Range does not fit the body or the file.",
            extra={"received_bytes": upload.received_bytes},
        )
    if chunk.stop <= upload.received_bytes:
        return upload
    if upload.state != UploadState.OPEN:
        raise UploadOver("This upload is over.")
    if chunk.start > upload.received_bytes:
        raise UploadOutOfOrder(
            f"Go on at byte {upload.received_bytes}.", extra={"received_bytes": upload.received_bytes}
        )
    fresh = body[upload.received_bytes - chunk.start :]
    done = chunk.stop == upload.size_bytes
    with _disk_errors(), selectors.upload_path(upload.pk).open("r+b") as handle:
        handle.seek(upload.received_bytes)
        handle.write(fresh)
        handle.flush()
        if done:
            handle.truncate(upload.size_bytes)
            os.fsync(handle.fileno())
    upload.received_bytes = chunk.stop
    if done:
        _received(upload)
    upload.save(update_fields=["received_bytes", "state", "updated_at"])
    return upload


def _received(upload: Upload) -> None:
    upload.state = UploadState.RECEIVED
    if upload.options.get("purpose", "media") == "media":
        jobs.enqueue(
            INGEST_UPLOAD,
            payload={"upload_id": str(upload.pk)},
            title=f"Take in {upload.filename}"[:200],
            organisation_id=upload.project.organisation_id,
            project_id=upload.project_id,
            created_by=upload.created_by,
            dedupe_key=f"{INGEST_UPLOAD}:{upload.pk}",
        )


def upload_options(upload: Upload) -> IngestOptions:
    """The stored options, typed."""
    given = upload.options
    return IngestOptions(
        camera_id=uuid.UUID(given["camera_id"]) if given.get("camera_id") else None,
        site_id=uuid.UUID(given["site_id"]) if given.get("site_id") else upload.project.site_id,
        group_by=given.get("group_by", "name"),
        captured_at=moment(given["captured_at"]) if given.get("captured_at") else None,
    )


@transaction.atomic
def upload_file_done(
    *,
    upload: Upload,
    index: int,
    name: str,
    prepared: Prepared | None = None,
    duplicate: bool = False,
    reason: str = "",
    options: IngestOptions | None = None,
) -> None:
    """Write one file's outcome and where to go on in one transaction: a job killed in between repeats nothing.

    Exactly one of `prepared`, `duplicate`, `reason` (refused) is given; none of them counts as skipped.
    """
    locked = Upload.objects.select_for_update().get(pk=upload.pk)
    report = locked.report or new_report()
    if index < report["next"]:
        return
    if prepared is not None and options is not None:
        asset, added = asset_place(
            project=upload.project, prepared=prepared, name=name, actor=upload.created_by, options=options
        )
        report["added" if added else "duplicates"] += 1
        if added:
            asset_announce(upload.project, asset)
    elif duplicate:
        report["duplicates"] += 1
    elif reason:
        asset_refuse(
            project=upload.project, name=name, reason=reason, actor=upload.created_by, source=upload.filename
        )
        report["refused_count"] += 1
        if len(report["refused"]) < REFUSED_LISTED_MAX:
            report["refused"].append({"name": name, "reason": reason})
    else:
        report["skipped"] += 1
    report["next"] = index + 1
    locked.report = report
    locked.save(update_fields=["report", "updated_at"])


def new_report() -> dict[str, Any]:
    return {"added": 0, "duplicates": 0, "skipped": 0, "refused_count": 0, "refused": [], "next": 0}


@transaction.atomic
def upload_finish(*, upload_id: uuid.UUID, error: str = "") -> Upload:
    """Close the upload and remove its bytes; `error` is why nothing of it could be taken."""
    upload = Upload.objects.select_for_update().select_related("project").get(pk=upload_id)
    if upload.state in (UploadState.DONE, UploadState.FAILED):
        return upload
    upload.state = UploadState.FAILED if error else UploadState.DONE
    upload.error = error[:300]
    upload.report = upload.report or new_report()
    upload.save(update_fields=["state", "error", "report", "updated_at"])
    audit.record(
        actor=upload.created_by,
        organisation_id=upload.project.organisation_id,
        action="upload.finish",
        object_type="upload",
        object_id=upload.pk,
        after={key: upload.report[key] for key in ("added", "duplicates", "skipped", "refused_count")},
    )
    transaction.on_commit(lambda: shutil.rmtree(selectors.upload_path(upload_id).parent, ignore_errors=True))
    return upload


@contextmanager
def upload_take(*, actor: User, project: Project, upload_id: uuid.UUID) -> Iterator[Path]:
    """The file of a complete upload of purpose "file", for the block; afterwards the upload is done and the file gone.

    Raises NotFound for another person's or project's upload, UploadOver where it is not complete or used already.
    """
    upload = selectors.upload_get(actor=actor, upload_id=upload_id)
    if upload.project_id != project.pk or upload.options.get("purpose") != "file":
        raise NotFound("There is no such uploaded file.")
    if upload.state != UploadState.RECEIVED:
        raise UploadOver("This file is not complete, or was used already.")
    path = selectors.upload_path(upload.pk)
    yield path
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.DONE)
    shutil.rmtree(path.parent, ignore_errors=True)
