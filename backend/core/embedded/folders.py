"""The data folder's layout, and folders short enough for a unix socket's path."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import IO

from backend.core.embedded.errors import DataDirBusy, DataDirUnusable

# sockaddr_un holds 108 bytes with the closing zero.
SOCKET_PATH_MAX_BYTES = 107
LONGEST_SOCKET_NAME = ".s.PGSQL.5432.lock"
# Not gettempdir(): TMPDIR is often as long as what we are escaping from.
SHORT_BASE = Path("/tmp")
# Below this PostgreSQL cannot even write a fresh cluster (40 MB) and its log.
FREE_MIN_BYTES = 300 * 1024 * 1024


def data_dir_prepare(path: Path) -> Path:
    """Make the data folder and prove that it can be written; returns it resolved. Raises DataDirUnusable."""
    path = path.expanduser().resolve()
    choose = "choose another with --data-dir or SITELOOP_DATA_DIR"
    try:
        # 0711: the account that runs PostgreSQL under root must pass through, and only that.
        path.mkdir(mode=0o711, parents=True, exist_ok=True)
        for name in ("run", "logs"):
            (path / name).mkdir(mode=0o711, exist_ok=True)
        with tempfile.TemporaryFile(dir=path) as probe:
            probe.write(b"siteloop")
            probe.flush()
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataDirUnusable(f"Cannot write to the data folder {path} ({reason})", choose) from error
    room = os.statvfs(path)
    free = room.f_bavail * room.f_frsize
    if free < FREE_MIN_BYTES:
        raise DataDirUnusable(
            f"Only {free // 2**20} MB are free under {path}",
            f"free at least {FREE_MIN_BYTES // 2**20} MB or {choose}",
        )
    return path


def data_dir_lock(data_dir: Path) -> IO[str]:
    """Hold the data folder for this process; the lock ends with the returned file. Raises DataDirBusy."""
    handle = (data_dir / "run" / "up.lock").open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.seek(0)
        owner = handle.read().strip() or "unknown"
        handle.close()
        raise DataDirBusy(
            f"Siteloop already runs from {data_dir} (process {owner})",
            "stop it, or choose another --data-dir",
        ) from error
    handle.seek(0)
    handle.truncate()
    handle.write(str(os.getpid()))
    handle.flush()
    return handle


def socket_dir(data_dir: Path, name: str, owner_uid: int, owner_gid: int) -> Path:
    """A private, empty folder for one service's socket: under the data folder, or in /tmp if that is too long.

    Whoever can reach the socket is the database's superuser, so the folder is 0700 and its owner checked.
    Raises DataDirUnusable.
    """
    folder = data_dir / "run" / name
    if len(os.fsencode(folder / LONGEST_SOCKET_NAME)) > SOCKET_PATH_MAX_BYTES:
        digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
        base = SHORT_BASE / f"siteloop-{os.getuid()}-{digest}"
        _private_dir(base, os.getuid(), os.getgid(), 0o711)
        folder = base / name
    _private_dir(folder, owner_uid, owner_gid, 0o700)
    for left_over in folder.iterdir():
        left_over.unlink()
    return folder


def socket_dir_remove(folder: Path | None) -> None:
    """Leave nothing in /tmp after a stop; a folder under the data folder stays."""
    if folder is None or folder.parent.parent != SHORT_BASE:
        return
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):  # the other service still has its folder there
        folder.parent.rmdir()


def _private_dir(folder: Path, uid: int, gid: int, mode: int) -> None:
    folder.mkdir(mode=mode, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or (os.getuid() != 0 and found.st_uid != os.getuid()):
        raise DataDirUnusable(
            f"{folder} belongs to somebody else", "remove it, or choose a shorter --data-dir"
        )
    if os.getuid() == 0 and (found.st_uid, found.st_gid) != (uid, gid):
        os.chown(folder, uid, gid)
    folder.chmod(mode)
