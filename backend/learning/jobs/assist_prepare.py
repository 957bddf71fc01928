"""Job: check an operator's checkpoint and make of it, once, what Siteloop runs without torch. Weights for a detector are only checked.

The work is done in a child process: it takes gigabytes for a minute, and takes them with it when it ends.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings

from backend.core.embedded.children import die_with_parent
from backend.core.jobs import JobContext, RetryLater
from backend.learning.enums import CheckpointPurpose, CheckpointState
from backend.learning.errors import ModelRefused
from backend.learning.models import Checkpoint
from backend.learning.services import checkpoints
from ml.errors import ManifestError
from ml.inference.manifest import file_sha256
from ml.inference.sam_facts import facts_read

LOOK_EVERY_S = 0.5
KILLED_WAIT_S = 20
FOLDER_CHARS = 16


def run(context: JobContext) -> dict[str, Any]:
    """Payload: checkpoint_id. Fails with the reason for a file that is not allowed, or no checkpoint."""
    row = Checkpoint.objects.filter(pk=context.payload["checkpoint_id"]).first()
    if row is None or row.state == CheckpointState.READY:
        return {"skipped": "gone or ready already"}
    path = checkpoints.models_dir() / row.file
    sha256 = ""
    try:
        context.progress(0.01, "checking the file")
        sha256 = _checked(row, path)
        if row.purpose == CheckpointPurpose.DETECT:
            facts = _child(context, ["published", str(path), "--allow", sha256])
        else:
            folder = checkpoints.models_dir() / checkpoints.PREPARED / sha256[:FOLDER_CHARS]
            facts = _facts(context, path, sha256, folder) | {"folder": folder.name}
    except (ManifestError, ModelRefused, OSError) as error:
        checkpoints.checkpoint_refuse(row, error=str(error), sha256=sha256)
        raise ModelRefused(f"{row.file}: {error}") from error
    checkpoints.checkpoint_ready(row, facts, sha256=sha256, architecture=facts["architecture"])
    return {"architecture": facts["architecture"], "sha256": sha256}


def _checked(row: Checkpoint, path: Path) -> str:
    """The file's SHA-256. Raises ModelRefused where nobody allowed it."""
    sha256 = file_sha256(path)
    if sha256 not in checkpoints.allowed_sha256(row):
        raise ModelRefused(
            f"Its SHA-256 is {sha256}, which nobody has allowed. If you trust where it is from: "
            f"manage.py models add {row.file} --sha256 {sha256}"
        )
    return sha256


def _facts(context: JobContext, path: Path, sha256: str, folder: Path) -> dict[str, Any]:
    try:
        found = facts_read(folder)
    except ManifestError:
        found = _child(context, ["sam", str(path), "--allow", sha256, "--out", str(folder)])
    if found["sha256"] != sha256:
        raise ManifestError(f"{folder.name} was made of another file.")
    return found


def _child(context: JobContext, command: list[str]) -> dict[str, Any]:
    """The facts that `python -m ml` prints. Raises ManifestError with the child's reason, RetryLater where it was killed,
    JobCancelled."""
    with tempfile.TemporaryDirectory(prefix="siteloop-sam-") as name:
        out, err = Path(name) / "out", Path(name) / "err"
        with out.open("wb") as out_file, err.open("wb") as err_file:
            child = subprocess.Popen(
                [sys.executable, "-m", "ml", *command],
                cwd=settings.BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=out_file,
                stderr=err_file,
                # A worker that is killed takes the child along.
                preexec_fn=die_with_parent(signal.SIGKILL, os.getpid()),
            )
            try:
                _followed(context, child, out)
            finally:
                if child.poll() is None:
                    child.kill()
                    child.wait()
        lines, said = out.read_text().splitlines(), err.read_text(errors="replace")
    if child.returncode < 0:
        raise RetryLater(f"Preparing was ended by signal {-child.returncode}.", KILLED_WAIT_S)
    if child.returncode != 0:
        context.write(said[-2_000:])
        reason = next((line for line in reversed(said.splitlines()) if line.strip()), "no message")
        raise ManifestError(reason.removeprefix("error: "))
    facts: dict[str, Any] = json.loads(lines[-1])["facts"]
    return facts


def _followed(context: JobContext, child: subprocess.Popen[bytes], out: Path) -> None:
    """Wait for the child, telling its progress. Raises JobCancelled."""
    while True:
        try:
            child.wait(LOOK_EVERY_S)
            return
        except subprocess.TimeoutExpired:
            context.check_cancelled()
        # The last line may be half written.
        whole = out.read_text().rpartition("\n")[0].splitlines()
        if whole and "share" in (said := json.loads(whole[-1])):
            context.progress(float(said["share"]), str(said["what"]))
