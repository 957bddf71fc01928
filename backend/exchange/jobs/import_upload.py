"""An uploaded zip of labelled pictures and videos into a project."""

from __future__ import annotations

import errno
import shutil
import tempfile
import uuid
import zipfile
import zlib
from pathlib import Path
from typing import Any

from backend.core.errors import TooLarge
from backend.core.jobs import JobContext
from backend.exchange.enums import ImportFormat, ImportLabels
from backend.exchange.errors import ImportRefused
from backend.exchange.formats.naming import name_safe
from backend.exchange.formats.videos import VIDEO_SUFFIXES
from backend.exchange.services.imports import dataset_import
from backend.media import uploads
from backend.projects import selectors as projects

MEMBERS_MAX = 200_000
UNPACKED_MAX_BYTES = 20 * 1024**3
RATIO_MAX = 200
CHUNK_BYTES = 1024 * 1024
# Encrypted members raise RuntimeError, unknown packing NotImplementedError, cut data zlib.error or EOFError.
_BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError)
SUFFIXES = {
    *VIDEO_SUFFIXES,
    ".jpg",
    ".jpeg",
    ".png",
    ".webp",
    ".bmp",
    ".tif",
    ".tiff",
    ".json",
    ".jsonl",
    ".txt",
    ".xml",
    ".ini",
    ".yaml",
    ".yml",
}


def run(context: JobContext) -> dict[str, Any]:
    """Job `exchange.import`. Payload: project_id, upload_id, filename, format, labels."""
    payload = context.payload
    project = projects.project_find(payload["project_id"])
    actor = context.job.created_by
    if actor is None:
        raise ImportRefused("The person who asked for this import is gone.")
    folder = Path(tempfile.mkdtemp(prefix="siteloop-import-"))
    try:
        with uploads.upload_take(
            actor=actor, project=project, upload_id=uuid.UUID(payload["upload_id"])
        ) as path:
            # A MOT zip may say nowhere else what its video is called.
            inner = folder / (name_safe(payload.get("filename", "")) or "zip")
            inner.mkdir()
            unpack(path, inner)
            report = dataset_import(
                actor=actor,
                project=project,
                folder=_root(inner),
                fmt=ImportFormat(payload["format"]),
                labels=ImportLabels(payload["labels"]),
                tell=context.progress,
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return report.as_dict()


def _root(folder: Path) -> Path:
    """The folder itself, or the one folder a zip was packed with."""
    entries = [entry for entry in folder.iterdir() if not entry.name.startswith((".", "__MACOSX"))]
    return entries[0] if len(entries) == 1 and entries[0].is_dir() else folder


def unpack(archive: Path, folder: Path) -> None:
    """Unpack pictures, videos and label files. Raises ImportRefused or TooLarge for archives made to hurt."""
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [member for member in opened.infolist() if not member.is_dir()]
            if len(members) > MEMBERS_MAX:
                raise TooLarge(f"The zip holds more than {MEMBERS_MAX} files.")
            room = UNPACKED_MAX_BYTES
            for member in members:
                room -= _member_write(opened, member, folder, room)
    except _BROKEN as error:
        raise ImportRefused("The file is not a readable zip.") from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        raise ImportRefused("The zip holds names that are no file names.") from error


def _member_write(opened: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, room: int) -> int:
    """Write one member below `folder`; how many bytes it took. Names that lead out, links and other types are skipped."""
    target = (folder / member.filename).resolve()
    is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
    if is_link or not target.is_relative_to(folder.resolve()) or target.suffix.lower() not in SUFFIXES:
        return 0
    if member.file_size > room or member.file_size > RATIO_MAX * max(1, member.compress_size) + CHUNK_BYTES:
        raise TooLarge("The zip unpacks to far more than it seems. Send the pictures in smaller parts.")
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with opened.open(member) as source, target.open("wb") as out:
        while chunk := source.read(CHUNK_BYTES):
            written += len(chunk)
            if written > member.file_size:
                raise TooLarge("The zip unpacks to more than it says.")
            out.write(chunk)
    return written
