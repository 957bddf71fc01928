"""Under which account PostgreSQL runs: it refuses uid 0, and the data folder may be closed to others."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from backend.core.embedded.errors import ServiceFailed

NOBODY_UID = 65534
PROBE_TIMEOUT_S = 10


@dataclass(frozen=True)
class Identity:
    """`uid`/`gid`: to switch to before exec (None: stay). `owner_*`: who must own the cluster's files.

    `prefix` goes before the program's own argv.
    """

    name: str
    uid: int | None
    gid: int | None
    owner_uid: int
    owner_gid: int
    prefix: tuple[str, ...] = ()


def identity_choose(bin_dir: Path, data_dir: Path) -> Identity:
    """Ourselves; as root `nobody` where it can reach the folders, else root mapped to nobody in a namespace.

    Raises ServiceFailed when root has neither way.
    """
    if os.getuid() != 0:
        return Identity("ourselves", None, None, os.getuid(), os.getgid())
    nobody = _nobody()
    if nobody is not None and _can_run(nobody, bin_dir, data_dir):
        return nobody
    mapped = _mapped_root()
    if mapped is not None:
        return mapped
    raise ServiceFailed(
        "PostgreSQL refuses to run as root and no other account can reach its files",
        f"run as an ordinary user, or `chmod o+x` the folders above {bin_dir} and {data_dir}",
    )


def _nobody() -> Identity | None:
    try:
        entry = pwd.getpwuid(NOBODY_UID)
    except KeyError:
        return None
    return Identity("nobody", entry.pw_uid, entry.pw_gid, entry.pw_uid, entry.pw_gid)


def _can_run(identity: Identity, bin_dir: Path, data_dir: Path) -> bool:
    """Whether that account can execute the program and pass through to the data folder."""
    probe = ["/bin/sh", "-c", '"$1" --version >/dev/null && test -x "$2"', "sh", str(bin_dir / "postgres")]
    try:
        done = subprocess.run(
            [*probe, str(data_dir)],
            user=identity.uid,
            group=identity.gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            timeout=PROBE_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _mapped_root() -> Identity | None:
    """A user namespace in which root is uid 65534; the files stay root's.

    Entering it clears the parent-death signal, so `setpriv` sets it again behind it.
    """
    unshare, setpriv = shutil.which("unshare"), shutil.which("setpriv")
    if not unshare or not setpriv:
        return None
    prefix = (
        unshare, "-U", f"--map-user={NOBODY_UID}", f"--map-group={NOBODY_UID}",
        setpriv, "--pdeathsig", "INT",
    )  # fmt: skip
    try:
        done = subprocess.run([*prefix, "true"], capture_output=True, timeout=PROBE_TIMEOUT_S, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    return Identity("root mapped to nobody", None, None, 0, 0, prefix) if done.returncode == 0 else None
