"""Checks of the machine: Python, packages, disk, folders, front end, model files."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import stat
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.conf import settings

from backend.core.doctor.findings import Finding, fail, ok, warn
from backend.core.installer.console import fingerprint
from backend.core.installer.node import NODE_MIN, FrontEnd, node_version
from backend.core.installer.python import PYTHONS, Venv

DISK_FAIL_BYTES = 1024**3
DISK_WARN_BYTES = 5 * 1024**3
MEMORY_WARN_BYTES = 4 * 1024**3
PIN = re.compile(r"^([A-Za-z0-9_.-]+)==(\S+)$", re.MULTILINE)
HASH_BLOCK_BYTES = 1024 * 1024


def check_python() -> Iterator[Finding]:
    found = platform.python_version()
    if sys.version_info[:2] in PYTHONS:
        yield ok("python", f"Python {found} on {platform.machine()}")
    else:
        yield warn("python", f"Python {found} is not among those tested", "use Python 3.11 or 3.12")


def check_packages() -> Iterator[Finding]:
    wrong = []
    for name, wanted in PIN.findall((settings.BASE_DIR / "requirements.txt").read_text()):
        try:
            found = version(name)
        except PackageNotFoundError:
            found = "missing"
        if found.partition("+")[0] != wanted:
            wrong.append(f"{name} {found} instead of {wanted}")
    if not wrong:
        yield ok("packages", "as pinned in requirements.txt")
        return
    shown = ", ".join(wrong[:5]) + (f" and {len(wrong) - 5} more" if len(wrong) > 5 else "")
    yield warn(
        "packages",
        shown,
        "run `make setup` (web images leave out torch and the embedded database on purpose)",
    )


def check_disk() -> Iterator[Finding]:
    folder = settings.DATA_DIR if settings.DATA_DIR.is_dir() else settings.DATA_DIR.parent
    free = shutil.disk_usage(folder).free
    message = f"{free / 1e9:.1f} GB free under {settings.DATA_DIR}"
    mend = "make room or move the data with --data-dir: uploads are refused before the disk is full"
    if free < DISK_FAIL_BYTES:
        yield fail("disk", message, mend)
    elif free < DISK_WARN_BYTES:
        yield warn("disk", message, mend)
    else:
        yield ok("disk", message)


def check_memory() -> Iterator[Finding]:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    message = f"{total / 1e9:.1f} GB of memory, {os.cpu_count()} cores"
    if total < MEMORY_WARN_BYTES:
        yield warn("memory", message, "training needs about 3 GB: train elsewhere, or add memory")
    else:
        yield ok("memory", message)


def check_data_folder() -> Iterator[Finding]:
    folder = settings.DATA_DIR
    if not os.access(folder, os.W_OK | os.X_OK):
        yield fail(
            "data folder", f"{folder} cannot be written", "chown it to this account or set SITELOOP_DATA_DIR"
        )
        return
    key = folder / "secret_key"
    if key.exists() and stat.S_IMODE(key.stat().st_mode) & 0o077:
        yield fail("data folder", f"{key} can be read by others", f"chmod 600 {key}")
        return
    yield ok("data folder", f"{folder} can be written")


def check_front_end() -> Iterator[Finding]:
    front = FrontEnd(settings.BASE_DIR, Venv(settings.BASE_DIR))
    if not (front.dist / "index.html").is_file():
        yield fail("front end", "not built", "run `make run`, which builds it")
        return
    stamp = front.modules / ".siteloop-built"
    if stamp.is_file() and stamp.read_text().strip() != fingerprint(front.sources()):
        yield warn("front end", "built from older sources than these", "run `make run`, which builds it anew")
    else:
        yield ok("front end", "built")


def check_node() -> Iterator[Finding]:
    found = node_version(shutil.which("node"))
    shown = ".".join(map(str, found)) or "none"
    if found >= NODE_MIN:
        yield ok("node", f"Node {shown}")
    elif (settings.BASE_DIR / ".venv" / "node-bin" / "node").exists():
        yield ok("node", f"the machine's is {shown}; the one in .venv is used")
    else:
        yield warn(
            "node",
            f"Node {shown}; only building the front end needs it",
            "`make run` installs one into .venv",
        )


def check_models() -> Iterator[Finding]:
    """Every RUN folder's `model.onnx` against the SHA-256 of its manifest."""
    manifests = [
        path
        for root in (settings.SHIPPED_WEIGHTS_DIR, settings.OPERATOR_MODELS_DIR)
        for path in root.glob("*/manifest.json")
    ]
    if not manifests:
        yield warn(
            "models", "no model is installed: no suggestions before the first training", "see docs/run.md"
        )
    for manifest in sorted(manifests):
        yield _model(manifest)


def _model(manifest: Path) -> Finding:
    name, model = f"model {manifest.parent.name}", manifest.parent / "model.onnx"
    mend = f"fetch {manifest.parent} again (git checkout) or remove it"
    try:
        wanted = json.loads(manifest.read_text())["sha256"]
    except (OSError, ValueError, KeyError) as error:
        return fail(name, f"its manifest cannot be read ({type(error).__name__})", mend)
    if not model.is_file():
        return fail(name, "model.onnx is missing", mend)
    digest = hashlib.sha256()
    with model.open("rb") as handle:
        while block := handle.read(HASH_BLOCK_BYTES):
            digest.update(block)
    if digest.hexdigest() != wanted:
        return fail(name, "model.onnx is not the file its manifest describes", mend)
    return ok(name, f"{model.stat().st_size / 1e6:.1f} MB, SHA-256 as stated")
