"""Trains in a child process (`python -m ml train`): it can be killed, resumed, and takes its memory with it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings

from backend.core.errors import AppError, Unprocessable
from backend.core.jobs import JobCancelled, JobContext
from backend.datasets import materialise
from backend.learning import selectors
from backend.learning.enums import RunState
from backend.learning.models import TrainingRun
from backend.learning.services import registry, training
from backend.learning.services.runtime import artifact_folder
from backend.projects import selectors as projects

LOOK_EVERY_S = 1.0
STOP_GRACE_S = 20.0
LOG_TAIL_CHARS = 2_000


def run(context: JobContext) -> dict[str, Any]:
    """Job `learning.train`. Payload: training_id."""
    row = TrainingRun.objects.select_related("project", "dataset_version", "created_by").get(
        pk=context.payload["training_id"]
    )
    try:
        return _train(context, row)
    except JobCancelled:
        training.training_end(run=row, state=RunState.CANCELLED)
        raise
    except AppError as error:
        training.training_end(run=row, state=RunState.FAILED, error=error.message)
        raise


def _train(context: JobContext, row: TrainingRun) -> dict[str, Any]:
    folder = training.work_folder(row)
    data, out = folder / "data", folder / "run"
    if not (data / "ready").exists():
        context.progress(0.01, "writing the pictures out")
        for part in ("train", "val"):
            materialise.version_materialise(row.dataset_version, data / part, splits=(part,))
        (data / "ready").touch()
    _child(context, row, data, out)
    model = registry.model_register_run(
        project=row.project,
        run_dir=out,
        name=f"Trained on v{row.dataset_version.number}",
        actor=row.created_by,
        dataset_version_id=row.dataset_version_id,
        config=row.config,
    )
    training.training_finish(run=row, model=model)
    shutil.rmtree(folder, ignore_errors=True)
    return {"model_id": str(model.pk), "number": model.number}


def _command(row: TrainingRun, data: Path, out: Path, init: Path | None) -> list[str]:
    config = row.config
    names = ",".join(
        label.name for label in projects.labels_of(row.project_id) if _wanted(label.shapes, row.kind)
    )
    command = [
        sys.executable,
        "-m",
        "ml",
        "train",
        row.kind,
        "--data",
        str(data / "train"),
        "--out",
        str(out),
    ]
    command += ["--minutes", str(config["minutes"]), "--seed", str(config["seed"]), "--classes", names]
    if config.get("input_size"):
        command += ["--input-size", str(config["input_size"])]
    if _has_pictures(data / "val"):
        command += ["--val", str(data / "val")]
    if init is not None:
        command += ["--init", str(init)]
    if any(out.glob("checkpoint*")) or (out / "manifest.json").exists():
        command += ["--resume"]
    return command


def _wanted(shapes: tuple[str, ...], kind: str) -> bool:
    return "tag" in shapes if kind == "classify" else bool({"box", "polygon", "track"} & set(shapes))


def _has_pictures(folder: Path) -> bool:
    found = next(iter(folder.glob("*.json")), None)
    return found is not None and bool(json.loads(found.read_text()).get("images"))


def _child(context: JobContext, row: TrainingRun, data: Path, out: Path) -> None:
    production = selectors.production_model(row.project_id, row.kind)
    warm = (
        row.config.get("init") == "production"
        and production is not None
        and production.provider == "siteloop"
    )
    out.mkdir(parents=True, exist_ok=True)
    log_path = out.parent / "train.log"
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    if warm and production is not None:
        with artifact_folder(production) as init:
            _run_child(context, row, _command(row, data, out, init), environment, out, log_path)
    else:
        _run_child(context, row, _command(row, data, out, None), environment, out, log_path)


def _run_child(
    context: JobContext,
    row: TrainingRun,
    command: list[str],
    environment: dict[str, str],
    out: Path,
    log_path: Path,
) -> None:
    with log_path.open("ab") as log:
        child = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
        try:
            while child.poll() is None:
                _follow(context, row, out / "progress.jsonl")
                time.sleep(LOOK_EVERY_S)
            _follow(context, row, out / "progress.jsonl")
        finally:
            _stop(child)
    if child.returncode != 0:
        tail = log_path.read_text(errors="replace")[-LOG_TAIL_CHARS:]
        context.write(tail)
        reason = next((line for line in reversed(tail.splitlines()) if line.strip()), "no message")
        raise Unprocessable(f"Training stopped: {reason}")


def _stop(child: subprocess.Popen[bytes]) -> None:
    """End the child, giving it time to save a checkpoint."""
    if child.poll() is not None:
        return
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(STOP_GRACE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _follow(context: JobContext, row: TrainingRun, path: Path) -> None:
    if not path.exists():
        context.check_cancelled()
        return
    points = []
    for line in path.read_text().splitlines():
        try:
            points.append(json.loads(line))
        except ValueError:
            continue  # the last line may be half written
    if points:
        last = points[-1]
        budget = float(last.get("budget_s") or 0.0)
        fraction = float(last.get("cpu_s", 0.0)) / budget if budget else 0.0
        context.progress(
            min(0.98, fraction), f"step {last.get('step', 0)}, loss {float(last.get('loss', 0.0)):.3f}"
        )
        training.training_progress(run=row, points=points)
    else:
        context.check_cancelled()
