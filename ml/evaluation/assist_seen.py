"""Which pictures an assist network has learnt from: `trained.txt` of its RUN, one hash of a file a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ml.data.instances import InstancePicture
from ml.errors import ManifestError
from ml.inference.manifest import file_sha256

TRAINED_FILE = "trained.txt"
# 64 bits: no two of a million pictures are likely to share them.
HASH_CHARACTERS = 16


def trained_write(run_dir: Path, pictures: Iterable[Path], earlier: Path | None = None) -> None:
    """Write the list; `earlier` is the list of the run that this one went on from."""
    hashes = {_hash(path) for path in pictures}
    if earlier is not None and earlier.is_file():
        hashes |= set(earlier.read_text(encoding="utf-8").split())
    (run_dir / TRAINED_FILE).write_text("".join(f"{h}\n" for h in sorted(hashes)), encoding="utf-8")


def unseen(run_dir: Path, pictures: Sequence[InstancePicture]) -> list[InstancePicture]:
    """The pictures the RUN did not learn from, by content; copies of a source photo go with it.

    Raises ManifestError where the RUN has no list.
    """
    path = run_dir / TRAINED_FILE
    if not path.is_file():
        raise ManifestError(f"{run_dir} has no {TRAINED_FILE}: what it has learnt from is not known.")
    known = set(path.read_text(encoding="utf-8").split())
    seen = {id(p) for p in pictures if _hash(p.image.path) in known}
    groups = {p.image.group for p in pictures if id(p) in seen and p.image.group}
    return [p for p in pictures if id(p) not in seen and p.image.group not in groups]


def _hash(path: Path) -> str:
    return file_sha256(path)[:HASH_CHARACTERS]
