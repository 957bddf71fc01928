"""Take a received upload in: one picture or video, or a zip of them, file by file, resumable."""

from __future__ import annotations

import tempfile
import uuid
import zipfile
import zlib
from pathlib import Path
from typing import Any

from backend.core.jobs import JobContext
from backend.media import services, uploads
from backend.media.contracts import IngestOptions
from backend.media.domain import archives, sidecar
from backend.media.enums import UploadState
from backend.media.errors import FileRefused
from backend.media.models import Upload
from backend.media.prepare import content_key, prepare, sha256_of, sniffed
from backend.media.selectors import upload_path
from backend.sites import selectors as sites

COPY_CHUNK_BYTES = 1024 * 1024
PROGRESS_EVERY = 20


def run(context: JobContext) -> dict[str, Any]:
    upload = Upload.objects.select_related("project__site", "created_by").get(pk=context.payload["upload_id"])
    if upload.state in (UploadState.DONE, UploadState.FAILED):
        return upload.report
    path = upload_path(upload.pk)
    try:
        if sniffed(path, upload.filename).family == "archive":
            _archive(context, upload, path)
        else:
            _take(upload, path, 0, upload.filename, uploads.upload_options(upload))
    except (FileRefused, archives.ArchiveRefused) as error:
        uploads.upload_file_done(upload=upload, index=0, name=upload.filename, reason=str(error))
        return _finished(upload.pk, error=str(error))
    return _finished(upload.pk)


def _finished(upload_id: uuid.UUID, error: str = "") -> dict[str, Any]:
    upload = Upload.objects.get(pk=upload_id)
    nothing = upload.report["added"] + upload.report["duplicates"] == 0 and upload.report["refused"]
    if nothing and not error:
        error = upload.report["refused"][0]["reason"]
    uploads.upload_finish(upload_id=upload_id, error=error)
    return upload.report


def _take(upload: Upload, path: Path, index: int, name: str, options: IngestOptions) -> None:
    """One file's outcome: added, duplicate or refused."""
    sha256, privacy = sha256_of(path), sites.camera_privacy(options.camera_id)
    if services.asset_by_sha(upload.project, content_key(sha256, privacy)) is not None:
        uploads.upload_file_done(upload=upload, index=index, name=name, duplicate=True)
        return
    try:
        prepared = prepare(
            path,
            name=name,
            organisation_id=upload.project.organisation_id,
            max_pixels=services.max_pixels(upload.project),
            sha256=sha256,
            privacy=privacy,
        )
    except FileRefused as error:
        uploads.upload_file_done(upload=upload, index=index, name=name, reason=error.message)
        return
    uploads.upload_file_done(upload=upload, index=index, name=name, prepared=prepared, options=options)


def _archive(context: JobContext, upload: Upload, path: Path) -> None:
    archives.directory_check(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            archives.whole_check(members)
            _members(context, upload, archive, members)
    except zipfile.BadZipFile as error:
        raise archives.ArchiveRefused(f"The zip is broken: {error}") from error


def _members(
    context: JobContext, upload: Upload, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]
) -> None:
    rows = _sidecars(context, archive, members)
    options = uploads.upload_options(upload)
    start = (upload.report or uploads.new_report())["next"]
    for index, member in enumerate(members):
        if index < start:
            continue
        if index % PROGRESS_EVERY == 0:
            context.progress(index / max(1, len(members)), f"{index} of {len(members)} files")
        name = member.filename
        if archives.is_noise(name) or archives.is_sidecar(name):
            uploads.upload_file_done(upload=upload, index=index, name=name)
        elif problem := archives.member_problem(member):
            uploads.upload_file_done(upload=upload, index=index, name=name, reason=problem)
        elif archives.is_companion(name):
            uploads.upload_file_done(upload=upload, index=index, name=name)
        else:
            values = sidecar.lookup(rows, name)
            captured_at = sidecar.moment(values["captured_at"]) if values.get("captured_at") else None
            _member(upload, archive, member, index, services.options_with(options, values, captured_at))


def _member(
    upload: Upload, archive: zipfile.ZipFile, member: zipfile.ZipInfo, index: int, options: IngestOptions
) -> None:
    with tempfile.NamedTemporaryFile(prefix="siteloop-member-") as handle:
        left = member.file_size
        try:
            with archive.open(member) as source:
                while chunk := source.read(min(COPY_CHUNK_BYTES, left + 1)):
                    left -= len(chunk)
                    if left < 0:
                        raise zipfile.BadZipFile("longer than it says")
                    handle.write(chunk)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            reason = f"The file in the zip is broken: {error}"[:250]
            uploads.upload_file_done(upload=upload, index=index, name=member.filename, reason=reason)
            return
        handle.flush()
        _take(upload, Path(handle.name), index, member.filename, options)


def _sidecars(
    context: JobContext, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]
) -> sidecar.Sidecar:
    rows: sidecar.Sidecar = {}
    for member in members:
        if not archives.is_sidecar(member.filename) or archives.member_problem(member):
            continue
        if member.file_size > sidecar.SIDECAR_MAX_BYTES:
            context.write(
                f"{member.filename} is larger than {sidecar.SIDECAR_MAX_BYTES // 1024**2} MB: not read."
            )
            continue
        try:
            rows.update(sidecar.parse(member.filename, archive.read(member)))
        except (sidecar.SidecarBroken, zipfile.BadZipFile, zlib.error) as error:
            context.write(str(error))
    return rows
