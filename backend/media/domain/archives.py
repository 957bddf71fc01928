"""Which zip archives, and which of their members, are opened at all: judged from the directory alone."""

from __future__ import annotations

import stat
import struct
import zipfile
from pathlib import Path, PurePosixPath

from backend.media.domain.magic import FAMILY_BY_EXTENSION, extension

MEMBERS_MAX = 200_000
DIRECTORY_MAX_BYTES = 64 * 1024 * 1024
TOTAL_MAX_BYTES = 64 * 1024**3
# Pictures hardly compress; only bombs pass these.
TOTAL_RATIO_MAX = 100
MEMBER_RATIO_MAX = 200
SMALL_MEMBER_BYTES = 1024 * 1024  # below this a ratio says nothing
_EOCD = struct.Struct("<4s4H2LH")
_ZIP64_COUNT_OFFSET, _ZIP64_SIZE_OFFSET = 32, 40
SIDECARS = {"metadata.csv", "metadata.json"}
_NEVER = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")


class ArchiveRefused(ValueError):
    """The whole archive is refused; the message says why."""


def directory_check(path: Path) -> None:
    """Before the directory is read into memory: how many entries it claims. Raises ArchiveRefused."""
    size = path.stat().st_size
    with path.open("rb") as handle:
        handle.seek(max(0, size - 66_000))
        tail = handle.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or at + _EOCD.size > len(tail):
            raise ArchiveRefused("The zip is cut off or broken: its directory is missing.")
        _, _, _, _, count, directory, _, _ = _EOCD.unpack_from(tail, at)
        locator = tail.rfind(b"PK\x06\x07", 0, at)
        if locator >= 0:
            (offset,) = struct.unpack_from("<Q", tail, locator + 8)
            handle.seek(min(offset, size))
            record = handle.read(56)
            if record[:4] != b"PK\x06\x06" or len(record) < 56:
                raise ArchiveRefused("The zip's directory is broken.")
            count, directory = (
                *struct.unpack_from("<Q", record, _ZIP64_COUNT_OFFSET),
                *struct.unpack_from("<Q", record, _ZIP64_SIZE_OFFSET),
            )
    if count > MEMBERS_MAX or directory > DIRECTORY_MAX_BYTES:
        raise ArchiveRefused(f"The zip has more than {MEMBERS_MAX} files. Send it in parts.")


def whole_check(members: list[zipfile.ZipInfo]) -> None:
    """Count, total size and total ratio. Raises ArchiveRefused."""
    total = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > MEMBERS_MAX:
        raise ArchiveRefused(f"The zip has more than {MEMBERS_MAX} files. Send it in parts.")
    if total > TOTAL_MAX_BYTES:
        raise ArchiveRefused(
            f"The zip unpacks to {total / 1024**3:.0f} GB; the limit is {TOTAL_MAX_BYTES // 1024**3}."
        )
    if total > SMALL_MEMBER_BYTES and total > TOTAL_RATIO_MAX * max(packed, 1):
        raise ArchiveRefused("The zip unpacks to more than a hundred times its size: refused as a bomb.")
    starts = sorted((member.header_offset, member.compress_size) for member in members)
    for (start, length), (following, _) in zip(starts, starts[1:], strict=False):
        if start + length > following:
            raise ArchiveRefused("The zip's files overlap each other: refused as a bomb.")


def member_problem(member: zipfile.ZipInfo) -> str | None:
    """Why this member is refused unopened; None where it may be read. Names never become paths on disk."""
    name = member.filename
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or (path.parts and ":" in path.parts[0]) or "\x00" in name:
        return "The name points outside the archive."
    mode = member.external_attr >> 16
    if mode and not (stat.S_ISREG(mode) or stat.S_IFMT(mode) == 0):
        return "Links and special files inside archives are not followed."
    if member.flag_bits & 0x1:
        return "The file is encrypted."
    if extension(name) == ".zip":
        return "Archives inside archives are not opened."
    if member.file_size > SMALL_MEMBER_BYTES and member.file_size > MEMBER_RATIO_MAX * max(
        member.compress_size, 1
    ):
        return "The file unpacks to more than two hundred times its size: refused as a bomb."
    return None


def is_noise(name: str) -> bool:
    """What operating systems leave in archives; passed over without a word."""
    lowered = name.lower()
    hidden = any(part.startswith(".") and part.strip(".") for part in lowered.split("/"))
    return lowered.endswith("/") or hidden or any(part in lowered for part in _NEVER)


def is_sidecar(name: str) -> bool:
    return PurePosixPath(name).name.lower() in SIDECARS


def is_companion(name: str) -> bool:
    """Label files and notes that lie beside pictures in datasets: skipped and counted, not refused."""
    return extension(name) not in FAMILY_BY_EXTENSION and extension(name) in {
        ".txt",
        ".xml",
        ".json",
        ".csv",
        ".yaml",
        ".yml",
        ".md",
        ".jsonl",
        ".names",
        ".data",
        ".cache",
        "",
    }
