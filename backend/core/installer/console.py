"""One way to speak and to fail for every step of the set-up."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path


class SetupFailed(Exception):
    """One line: what is wrong and what to do."""


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def run(argv: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str] | None = None, remedy: str) -> None:
    """Run a step with its output shown. Raises SetupFailed with `remedy`."""
    try:
        code = subprocess.run([str(part) for part in argv], cwd=cwd, env=env, check=False).returncode
    except OSError as error:
        raise SetupFailed(f"Cannot run {argv[0]} ({error.strerror}): {remedy}") from error
    if code != 0:
        raise SetupFailed(f"`{' '.join(map(str, argv[:4]))} …` failed (exit code {code}): {remedy}")


def fingerprint(files: Iterable[Path], *extra: str) -> str:
    """Hash of names and contents, in a fixed order; files that are not there count as absent."""
    digest = hashlib.sha256("\0".join(extra).encode())
    for path in sorted(files):
        digest.update(f"\0{path.name}\0".encode())
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current(stamp: Path, mark: str) -> bool:
    return stamp.is_file() and stamp.read_text().strip() == mark


def stamp_write(stamp: Path, mark: str) -> None:
    stamp.write_text(mark + "\n")
