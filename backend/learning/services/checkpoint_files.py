"""Getting checkpoint files into the models folder: downloaded with resuming, or copied; never opened before its hash fits."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from backend.core.errors import BadInput, NotFound, Unavailable
from backend.learning.services.checkpoints import (
    ENDINGS,
    NAMES_ENDING,
    PUBLISHED,
    Published,
    allowed_sha256,
    models_dir,
)

TIMEOUT_S = 30.0
TRIES = 6
PAUSE_S = 1.0
# Besides the file itself: its decoder, its encoder in half precision, and air.
ROOM_SHARE = 1.6

# What every published model's folder calls its weights and their description: they go by the folder's name here.
COMMON_NAME, COMMON_CONFIG = "model.safetensors", "config.json"

# Told of bytes there and bytes in all (0 where nobody said).
Watch = Callable[[int, int], None]


def published(name: str) -> Published:
    """A published checkpoint by its name or file name. Raises NotFound."""
    for each in PUBLISHED:
        if name in (each.name, each.file):
            return each
    raise NotFound(f"{name} is none of {', '.join(p.name for p in PUBLISHED)}.")


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checkpoint_pull(each: Published, *, watch: Watch, url: str = "", tries: int = TRIES) -> Path:
    """Download a published checkpoint, going on where an earlier try broke off; its path once its hash fits.

    Raises Unavailable where the address cannot be reached (it says what to copy where), BadInput for a file
    that is not the published one.
    """
    target = models_dir() / each.file
    if target.is_file() and sha256_of(target) == each.sha256:
        return target
    _fetch(url or each.url, target, each.sha256, watch=watch, size_bytes=each.size_bytes, tries=tries)
    return target


def checkpoint_fetch(url: str, *, sha256: str, watch: Watch, tries: int = TRIES) -> Path:
    """Download a checkpoint from anywhere; the operator says what its hash must be. Raises as `checkpoint_pull`."""
    place = Path(urlsplit(url).path)
    name = _own_name(place)
    if place.suffix not in ENDINGS:
        raise BadInput(f"A checkpoint is a {' or '.join(ENDINGS)} file; this address ends in {name or '/'}.")
    target = models_dir() / name
    _fetch(url, target, sha256.lower(), watch=watch, size_bytes=0, tries=tries)
    return target


def checkpoint_copy(source: Path, *, sha256: str = "") -> tuple[Path, str]:
    """Put a local file into the models folder, a detector's names of classes with it. Returns its place and its hash.

    Raises BadInput where the hash is on no list and is not the one stated.
    """
    if not source.is_file():
        raise NotFound(f"There is no file {source}.")
    if source.suffix not in ENDINGS:
        raise BadInput(f"A checkpoint is a {' or '.join(ENDINGS)} file.")
    found = sha256_of(source)
    if sha256 and found != sha256.lower():
        raise BadInput(f"{source.name} has SHA-256 {found}, not the one you stated.")
    if not sha256 and found not in allowed_sha256():
        raise BadInput(
            f"{source.name} has SHA-256 {found}, which is on no list. If you trust where it is from, "
            f"say so: --sha256 {found}"
        )
    models_dir().mkdir(parents=True, exist_ok=True)
    target = models_dir() / _own_name(source.resolve())
    if target.resolve() != source.resolve():
        _copy(source, target)
        names = source.with_name(COMMON_CONFIG if source.name == COMMON_NAME else source.stem + NAMES_ENDING)
        if source.suffix == ".safetensors" and names.is_file():
            _copy(names, target.with_suffix(NAMES_ENDING))
    return target, found


def _copy(source: Path, target: Path) -> None:
    partial = target.with_name(target.name + ".part")
    shutil.copyfile(source, partial)
    partial.replace(target)


def _own_name(path: Path) -> str:
    """A file's name; of `…/dfine-nano-coco/model.safetensors` the folder's, of an address the one before `resolve/main`."""
    if path.name != COMMON_NAME:
        return path.name
    parts = path.parts[:-1]
    folder = parts[parts.index("resolve") - 1] if "resolve" in parts[1:] else path.parent.name
    return f"{folder}{path.suffix}" if folder.strip("/") else path.name


def _fetch(url: str, target: Path, sha256: str, *, watch: Watch, size_bytes: int, tries: int) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".part")
    if shutil.disk_usage(target.parent).free < size_bytes * ROOM_SHARE:
        raise Unavailable(f"The disk has too little room: {size_bytes * ROOM_SHARE / 1e9:.1f} GB are needed.")
    failures = 0
    while True:
        before = partial.stat().st_size if partial.exists() else 0
        try:
            _stream(url, partial, watch, size_bytes)
            break
        except httpx.HTTPStatusError as error:
            said = f"answered {error.response.status_code}"
            raise Unavailable(_by_hand(url, target, sha256, said)) from error
        except httpx.HTTPError as error:
            # A bad line that brings something each time is not given up.
            brought = partial.exists() and partial.stat().st_size > before
            failures = 0 if brought else failures + 1
            if failures >= tries:
                raise Unavailable(_by_hand(url, target, sha256, "cannot be reached")) from error
            time.sleep(PAUSE_S * failures)
    found = sha256_of(partial)
    if found != sha256:
        partial.unlink()
        raise BadInput(
            f"What came from {url} has SHA-256 {found}, not {sha256}: it was thrown away. Try again; "
            "if it stays so, the address gives another file."
        )
    partial.replace(target)


def _stream(url: str, partial: Path, watch: Watch, size_bytes: int) -> None:
    """One try: append to what is there. Raises httpx.HTTPError where it breaks off."""
    there = partial.stat().st_size if partial.exists() else 0
    headers = {"Range": f"bytes={there}-"} if there else {}
    with httpx.stream("GET", url, headers=headers, timeout=TIMEOUT_S, follow_redirects=True) as answer:
        if there and answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # all of it is there: the hash will tell
        answer.raise_for_status()
        goes_on = answer.status_code == httpx.codes.PARTIAL_CONTENT
        if goes_on and not answer.headers.get("Content-Range", "").startswith(f"bytes {there}-"):
            raise httpx.RemoteProtocolError("the server sent another part than was asked for")
        there = there if goes_on else 0
        total = there + int(answer.headers.get("Content-Length", 0)) or size_bytes
        with partial.open("ab" if goes_on else "wb") as out:
            # As it comes: blocks gathered here would be lost when the line breaks.
            for block in answer.iter_bytes():
                out.write(block)
                there += len(block)
                watch(there, total)


def _by_hand(url: str, target: Path, sha256: str, what: str) -> str:
    return (
        f"{urlsplit(url).hostname} {what}. Without a way there: download {url} on another machine, copy the file to "
        f"{target} (its SHA-256 must be {sha256}), then run: manage.py models add {target}"
    )
