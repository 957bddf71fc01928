"""Trains a model of a project: writes the pictures out, has a child process learn from them, registers what it made."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from backend.core.errors import DISK_FULL_CODES, AppError, Unprocessable
from backend.core.jobs import JobCancelled, JobContext, RetryLater
from backend.datasets import materialise
from backend.learning import selectors
from backend.learning.enums import Provider, RunState, TaskKind
from backend.learning.jobs.child import cpu_share, ml_command, progress_points, run_child
from backend.learning.models import ModelVersion, TrainingRun
from backend.learning.services import checkpoints, training
from backend.learning.services.assist_models import shipped_assist_dir
from backend.learning.services.runtime import artifact_folder

# Share of the source photos an assist is measured on while it learns, from so many pictures on.
ASSIST_HOLDOUT = 0.15
ASSIST_HELD_OUT_FROM = 30
SMALL_DETECTOR = "site-n"
DISK_FULL = (
    "The server's disk is full. Make room, then try again from the jobs page: what was saved is gone on with."
)


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
    except RetryLater as error:
        # The child was killed: what it saved is gone on with, but not for ever.
        if context.job.attempts >= context.job.max_attempts:
            training.training_end(run=row, state=RunState.FAILED, error=str(error))
        raise
    except AppError as error:
        training.training_end(run=row, state=RunState.FAILED, error=error.message)
        raise
    except OSError as error:
        full = error.errno in DISK_FULL_CODES
        message = DISK_FULL if full else f"{type(error).__name__}: {error}"
        training.training_end(run=row, state=RunState.FAILED, error=message)
        raise Unprocessable(message) from error
    except Exception as error:
        # Whatever it was: a training must not look as if it still ran.
        training.training_end(run=row, state=RunState.FAILED, error=f"{type(error).__name__}: {error}")
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
    model = training.training_finish(run=row, run_dir=out)
    shutil.rmtree(folder, ignore_errors=True)
    return {"model_id": str(model.pk), "number": model.number}


def _command(row: TrainingRun, data: Path, out: Path, init: Path | None) -> list[str]:
    # The frozen folder names its own classes; the project's labels may have changed since.
    config = row.config
    what = _tune() if config.get("init") == "sam" else ["train", row.kind]
    command = [*ml_command(*what), "--data", str(data / "train"), "--out", str(out)]
    command += ["--minutes", str(config["minutes"]), "--seed", str(config["seed"])]
    if config.get("max_steps"):
        command += ["--max-steps", str(config["max_steps"])]
    if config.get("input_size"):
        command += ["--input-size", str(config["input_size"])]
    if row.kind == TaskKind.ASSIST:
        # Only for the live curve: the gate judges on blind pictures. A handful is learnt from whole.
        many = _pictures(data / "train") >= ASSIST_HELD_OUT_FROM
        command += ["--holdout", str(ASSIST_HOLDOUT if many else 0.0)]
    elif _pictures(data / "val"):
        command += ["--val", str(data / "val")]
    if weights := config.get("weights"):
        command += ["--architecture", weights["architecture"], "--allow", weights["sha256"]]
        init = checkpoints.models_dir() / weights["file"]
        if not init.is_file():
            raise Unprocessable(f"{weights['file']}, which this training was to go on from, is gone.")
    if init is not None:
        command += ["--init", str(init)]
    if any(out.glob("checkpoint*")) or (out / "manifest.json").exists():
        command += ["--resume"]
    return command


def _tune() -> list[str]:
    """The command that teaches the checkpoint in use. Raises Unprocessable where none is any more."""
    row = checkpoints.checkpoint_active()
    if row is None:
        raise Unprocessable("The Segment Anything checkpoint this training was to go on from is gone.")
    path = checkpoints.models_dir() / row.file
    allowed = ",".join(sorted(checkpoints.allowed_sha256(row)))
    command = ["tune", "--checkpoint", str(path), "--allow", allowed]
    folder = checkpoints.prepared_dir(row)
    return command if folder is None else [*command, "--prepared", str(folder)]


def _pictures(folder: Path) -> int:
    found = next(iter(folder.glob("*.json")), None)
    return 0 if found is None else len(json.loads(found.read_text()).get("images") or ())


def _child(context: JobContext, row: TrainingRun, data: Path, out: Path) -> None:
    wanted = row.config.get("init") == "production"
    production = _to_go_on_from(row) if wanted else None
    out.mkdir(parents=True, exist_ok=True)
    log_path = out.parent / "train.log"
    if production is not None:
        with artifact_folder(production) as init:
            _run_child(context, row, _command(row, data, out, init), out, log_path)
    else:
        # An assist of one site's few masks goes on from the one that has seen many things.
        shipped = shipped_assist_dir() if wanted and row.kind == TaskKind.ASSIST else None
        _run_child(context, row, _command(row, data, out, shipped), out, log_path)


def _to_go_on_from(row: TrainingRun) -> ModelVersion | None:
    """The model of this kind in production if it was trained here; a first segmenter goes on from the small detector,
    whose backbone is its own."""
    found = selectors.production_model(row.project_id, row.kind)
    if found is None and row.kind in (TaskKind.INSTANCE, TaskKind.SEGMENT):
        found = selectors.production_model(row.project_id, TaskKind.DETECT)
        found = found if found is not None and found.architecture == SMALL_DETECTOR else None
    return found if found is not None and found.provider == Provider.SITELOOP else None


def _run_child(context: JobContext, row: TrainingRun, command: list[str], out: Path, log_path: Path) -> None:
    run_child(context, command, log_path, _Following(context, row, out / "progress.jsonl").look)


class _Following:
    """Carries the child's progress lines to the training's row as they come."""

    def __init__(self, context: JobContext, row: TrainingRun, path: Path) -> None:
        self.context, self.row, self.path = context, row, path
        self._size = -1

    def look(self) -> None:
        """Raises JobCancelled when somebody pressed cancel."""
        self.context.check_cancelled()
        size = self.path.stat().st_size if self.path.exists() else 0
        if size in (0, self._size):
            return
        self._size = size
        if points := progress_points(self.path):
            self._tell(points)

    def _tell(self, points: list[dict[str, Any]]) -> None:
        last = points[-1]
        message = f"step {last.get('step', 0)}, loss {float(last.get('loss') or 0.0):.3f}"
        self.context.progress(min(0.98, cpu_share(points)), message)
        training.training_progress(run=self.row, points=points)
