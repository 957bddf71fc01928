"""Looks for label errors by two models trained for it alone, each asked about the half that the other learned from."""

from __future__ import annotations

import shutil
import uuid
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from backend.core.errors import AppError
from backend.core.jobs import JobCancelled, JobContext
from backend.datasets import materialise
from backend.datasets import selectors as datasets
from backend.datasets.contracts import ManifestRow
from backend.learning.contracts import BoundClass
from backend.learning.domain.label_errors import halves
from backend.learning.domain.predictions import KEEP_SCORE_MIN
from backend.learning.enums import LookWay, TaskKind
from backend.learning.jobs.child import cpu_share, ml_command, progress_points, run_child
from backend.learning.jobs.label_errors import held_against
from backend.learning.jobs.look import CHUNK, enlarged
from backend.learning.label_errors import Askable, askable_by_folds
from backend.learning.services import label_errors
from backend.learning.services.registry import shipped_run_dir
from backend.media import reading
from backend.media import selectors as media
from backend.projects import selectors as projects
from ml.inference.predictor import Predictor

if TYPE_CHECKING:
    from backend.datasets.models import DatasetVersion
    from ml.contracts import Prediction

# Progress of one half: training, then asking about the other.
TRAINED_SHARE, ASKED_SHARE = 0.42, 0.07
NO_SEED = 0


def run(context: JobContext) -> dict[str, Any]:
    """Job `learning.label_errors_folds`. Payload: project_id, number of the dataset version, minutes of CPU a model.

    A run that is killed goes on where it was; what was found before stays until the end.
    """
    project = projects.project_find(context.payload["project_id"])
    version = datasets.version_numbered(project.pk, context.payload["number"])
    minutes = float(context.payload["minutes"])
    folder = work_folder(context)
    try:
        pictures, said = _said(context, version, minutes, folder)
        binding = {
            label["name"]: BoundClass(str(label["id"]), 0.0)
            for label in datasets.manifest_head(version)["labels"]
        }
        context.progress(0.99, "comparing labels with what the models see")
        found, facts = held_against(project, pictures, said, binding)
        label_errors.look_store(
            project=project,
            job=context.job,
            way=LookWay.FOLDS,
            found=found,
            facts=facts,
            version=version,
            minutes=minutes,
        )
    except (JobCancelled, AppError):
        shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)
    return {"findings": len(found)}


def work_folder(context: JobContext) -> Path:
    return Path(settings.DATA_DIR) / "label-errors" / str(context.job.pk)


def _said(
    context: JobContext, version: DatasetVersion, minutes: float, folder: Path
) -> tuple[Askable, dict[uuid.UUID, Sequence[Prediction]]]:
    """The pictures whose labels are still those of the version, and what the model that has not seen them says."""
    rows = [row for row in datasets.manifest_rows(version) if row.kind == "image" and not row.blind]
    sides = halves(Counter(row.group_key for row in rows))
    pictures = askable_by_folds(version)
    label_errors.refuse_few(pictures)
    said: dict[uuid.UUID, Sequence[Prediction]] = {}
    wanted = {image.asset_id for image in pictures.images}
    for place, side in enumerate(sides):
        start = place * (TRAINED_SHARE + ASKED_SHARE)
        out = folder / f"half-{place}"
        _learn(context, version, side, minutes, out, start)
        asked = [row.asset_id for row in rows if row.group_key not in side and row.asset_id in wanted]
        said |= _ask(context, Predictor.load(out / "run"), asked, start + TRAINED_SHARE)
    return pictures, said


def _learn(
    context: JobContext,
    version: DatasetVersion,
    side: frozenset[str],
    minutes: float,
    out: Path,
    start: float,
) -> None:
    if (out / "trained").exists():
        return

    def keep(row: ManifestRow) -> bool:
        return row.kind == "image" and not row.blind and row.group_key in side

    if not (out / "data" / "ready").exists():
        context.progress(start, "writing the pictures out")
        materialise.part_materialise(version, out / "data", name="train", keep=keep)
        (out / "data" / "ready").touch()
    run_dir = out / "run"
    run_dir.mkdir(exist_ok=True)

    def look() -> None:
        context.check_cancelled()
        share = cpu_share(progress_points(run_dir / "progress.jsonl"))
        context.progress(start + TRAINED_SHARE * share, "training a model on one half of the pictures")

    run_child(context, _command(out / "data", run_dir, minutes), out / "train.log", look)
    (out / "trained").touch()


def _command(data: Path, run_dir: Path, minutes: float) -> list[str]:
    words = ("train", TaskKind.DETECT.value, "--data", str(data), "--out", str(run_dir))
    command = ml_command(*words, "--minutes", str(minutes), "--seed", str(NO_SEED), "--holdout", "0")
    # What comes with the product has seen no picture of any project; the project's own models may have seen all.
    if (shipped := shipped_run_dir()) is not None:
        command += ["--init", str(shipped)]
    if any(run_dir.glob("checkpoint*")) or (run_dir / "manifest.json").exists():
        command += ["--resume"]
    return command


def _ask(
    context: JobContext, model: Predictor, asset_ids: Sequence[uuid.UUID], start: float
) -> dict[uuid.UUID, Sequence[Prediction]]:
    """What the model says of pictures; those that cannot be read are passed over, and told in the job's log."""
    said: dict[uuid.UUID, Sequence[Prediction]] = {}
    for first in range(0, len(asset_ids), CHUNK):
        context.progress(
            start + ASKED_SHARE * first / len(asset_ids), f"asked about {first} of {len(asset_ids)} pictures"
        )
        for asset_id, info in media.assets_info(asset_ids[first : first + CHUNK]).items():
            try:
                pixels = reading.asset_image_array(info)
            except (AppError, FileNotFoundError) as error:
                context.write(f"{asset_id}: {error}")
                continue
            prediction = model.predict(pixels, KEEP_SCORE_MIN)
            full = enlarged(prediction, reading.array_scale(info, pixels), (info.height, info.width))
            said[asset_id] = full.detections
    return said
