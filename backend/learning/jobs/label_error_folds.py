"""Looks for label errors by two models trained for it alone, each asked about the half that the other learned from.

A model is a detector, which sees what nobody labelled, and a judge of single boxes, which knows where to look at what somebody did.
"""

from __future__ import annotations

import shutil
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from backend.annotation import selectors as annotation
from backend.core.errors import AppError, Unprocessable
from backend.core.jobs import JobCancelled, JobContext
from backend.datasets import materialise
from backend.datasets import selectors as datasets
from backend.datasets.contracts import ManifestRow
from backend.learning.contracts import BoundClass
from backend.learning.domain.label_errors import Word, halves
from backend.learning.enums import LookWay, TaskKind
from backend.learning.jobs.child import cpu_share, ml_command, progress_points, run_child
from backend.learning.jobs.label_error_eyes import Eyes, minutes_shared
from backend.learning.jobs.label_errors import held_against
from backend.learning.jobs.look import CHUNK
from backend.learning.label_errors import Askable, askable_by_folds
from backend.learning.services import label_errors
from backend.learning.services.registry import shipped_run_dir
from backend.media import reading
from backend.media import selectors as media
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.datasets.models import DatasetVersion

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
        pictures, words = _words(context, version, minutes, folder)
        binding = {
            label["name"]: BoundClass(str(label["id"]), 0.0)
            for label in datasets.manifest_head(version)["labels"]
        }
        context.progress(0.99, "comparing labels with what the models see")
        found, facts = held_against(project, pictures, words, binding)
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


def _words(
    context: JobContext, version: DatasetVersion, minutes: float, folder: Path
) -> tuple[Askable, dict[uuid.UUID, Word]]:
    """The pictures whose labels are still those of the version, and what the models that have not seen them say."""
    rows = [row for row in datasets.manifest_rows(version) if row.kind == "image" and not row.blind]
    sides = halves(Counter(row.group_key for row in rows))
    pictures = askable_by_folds(version)
    label_errors.refuse_few(pictures)
    words: dict[uuid.UUID, Word] = {}
    wanted = {image.asset_id: image.revision_id for image in pictures.images}
    for place, side in enumerate(sides):
        start = place * (TRAINED_SHARE + ASKED_SHARE)
        out = folder / f"half-{place}"
        _learn(context, version, side, minutes, out, start)
        eyes = Eyes.open(out / "run", out / "judge")
        asked = [row.asset_id for row in rows if row.group_key not in side and row.asset_id in wanted]
        revisions = {asset_id: wanted[asset_id] for asset_id in asked}
        words |= _ask(context, eyes, revisions, start + TRAINED_SHARE)
    return pictures, words


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
    run_dir, judge_dir = out / "run", out / "judge"
    for_detector, for_judge = minutes_shared(minutes)
    share = TRAINED_SHARE * for_detector / minutes
    command = _command(out / "data", run_dir, for_detector)
    _train(context, command, run_dir, Part(start, share, "training a model on one half of the pictures"))
    if for_judge:
        command = _judge_command(out / "data", run_dir, judge_dir, for_judge)
        rest = Part(start + share, TRAINED_SHARE - share, "teaching it to judge single boxes")
        try:
            _train(context, command, judge_dir, rest)
        except Unprocessable as error:
            # The detector alone has something to say too.
            context.write(f"No judge of boxes: {error}")
            shutil.rmtree(judge_dir)
    (out / "trained").touch()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the job: where its progress begins, how much of the whole it is, and what is told."""

    start: float
    share: float
    told: str


def _train(context: JobContext, command: Sequence[str], out: Path, part: Part) -> None:
    out.mkdir(exist_ok=True)

    def look() -> None:
        context.check_cancelled()
        done = cpu_share(progress_points(out / "progress.jsonl"))
        context.progress(part.start + part.share * done, part.told)

    run_child(context, command, out / "train.log", look)


def _command(data: Path, run_dir: Path, minutes: float) -> list[str]:
    words = ("train", TaskKind.DETECT.value, "--data", str(data), "--out", str(run_dir))
    command = ml_command(*words, "--minutes", str(minutes), "--seed", str(NO_SEED), "--holdout", "0")
    # What comes with the product has seen no picture of any project; the project's own models may have seen all.
    if (shipped := shipped_run_dir()) is not None:
        command += ["--init", str(shipped)]
    if any(run_dir.glob("checkpoint*")) or (run_dir / "manifest.json").exists():
        command += ["--resume"]
    return command


def _judge_command(data: Path, run_dir: Path, judge_dir: Path, minutes: float) -> list[str]:
    words = ("judge", "--data", str(data), "--detector", str(run_dir), "--out", str(judge_dir))
    return ml_command(*words, "--minutes", str(minutes), "--seed", str(NO_SEED), "--resume")


def _ask(
    context: JobContext, eyes: Eyes, revisions: Mapping[uuid.UUID, uuid.UUID], start: float
) -> dict[uuid.UUID, Word]:
    """Their word on pictures, whose labels are those of `revisions`; pictures that cannot be read are passed over, and
    told in the job's log."""
    asset_ids = list(revisions)
    words: dict[uuid.UUID, Word] = {}
    for first in range(0, len(asset_ids), CHUNK):
        context.progress(
            start + ASKED_SHARE * first / len(asset_ids), f"asked about {first} of {len(asset_ids)} pictures"
        )
        part = asset_ids[first : first + CHUNK]
        objects = annotation.objects_of_revisions([revisions[asset_id] for asset_id in part])
        for asset_id, info in media.assets_info(part).items():
            try:
                pixels = reading.asset_image_array(info)
            except (AppError, FileNotFoundError) as error:
                context.write(f"{asset_id}: {error}")
                continue
            scale = reading.array_scale(info, pixels)
            words[asset_id] = eyes.word(pixels, objects.get(revisions[asset_id], []), scale)
    return words
