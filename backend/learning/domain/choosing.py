"""A project's settings and labels as selection knows them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

from backend.annotation.contracts import SelectableTask, TaskChoice
from backend.annotation.enums import SelectionReason
from backend.learning.contracts import BoundClass
from backend.media.contracts import AssetInfo
from backend.projects.contracts import Label, ProjectSettings
from ml.active.candidates import Candidate, Choice, Reason, SelectionConfig, Strategy
from ml.active.costs import CostModel
from ml.contracts import ImagePrediction

REASONS = {
    Reason.RANDOM: SelectionReason.RANDOM,
    Reason.TYPICAL: SelectionReason.TYPICAL,
    Reason.MARGIN: SelectionReason.UNCERTAIN,
    Reason.ENTROPY: SelectionReason.UNCERTAIN,
    Reason.CORESET: SelectionReason.CORESET,
    Reason.BADGE: SelectionReason.BADGE,
}
SECONDS_A_MINUTE = 60.0


def selection_config(settings: ProjectSettings, labels: Sequence[Label], cost: CostModel) -> SelectionConfig:
    """Quotas of labels that are gone ask for nothing."""
    names = {label.id: label.name for label in labels}
    return SelectionConfig(
        strategy=Strategy(settings.strategy),
        random_fraction=settings.random_fraction,
        cap_per_group=settings.cap_per_camera,
        cap_per_clip=settings.cap_per_clip,
        min_gap_s=settings.min_gap_s,
        quota_per_class={names[key]: n for key, n in settings.label_quotas.items() if key in names},
        quota_per_site=dict(settings.site_quotas),
        budget_boxes=settings.budget_boxes,
        budget_seconds=settings.budget_minutes * SECONDS_A_MINUTE,
        cost=cost,
    )


def class_names(binding: Mapping[str, BoundClass], labels: Sequence[Label]) -> dict[str, str]:
    """What each class of a model that means a label here is called here."""
    names = {label.id: label.name for label in labels}
    return {name: names[bound.label_id] for name, bound in binding.items() if bound.label_id in names}


def in_labels(prediction: ImagePrediction, names: Mapping[str, str]) -> ImagePrediction:
    """The answer by the project's labels. Boxes of classes that mean nothing here are left out, unless none does;
    tags and pixels keep the model's own word there, for their probabilities belong together.
    """
    if not names:
        return prediction
    boxes = [replace(d, label=names[d.label]) for d in prediction.detections if d.label in names]
    pixels = prediction.pixels
    if pixels is not None:
        pixels = replace(pixels, shares=_added(pixels.shares, names), unsure=_added(pixels.unsure, names))
    tags = _added(prediction.tag_scores, names)
    return replace(prediction, detections=tuple(boxes), tag_scores=tags, pixels=pixels)


def _added(values: Mapping[str, float], names: Mapping[str, str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, value in values.items():
        key = names.get(name, name)
        found[key] = found.get(key, 0.0) + value
    return found


def candidate_of(
    task: SelectableTask, info: AssetInfo | None, prediction: ImagePrediction | None, vector: Sequence[float]
) -> Candidate:
    """Pictures of one camera share its cap and its clock, those of one source (a clip, a folder) the clip's."""
    camera = str(info.camera_id) if info and info.camera_id else ""
    taken = info.captured_at.timestamp() if info and info.captured_at else None
    return Candidate(
        str(task.task_id),
        prediction,
        vector,
        group=camera,
        clip=task.group_key,
        time_s=taken,
        site=str(info.site_id) if info and info.site_id else "",
        timeline=camera,
    )


def task_choices(choices: Sequence[Choice]) -> list[TaskChoice]:
    """In the order to be labelled: the first gets the highest priority."""
    return [
        TaskChoice(
            task_id=uuid.UUID(choice.id),
            priority=float(len(choices) - index),
            reason=REASONS[choice.reason],
            inclusion_probability=choice.inclusion_probability or None,
            blind=choice.reason is Reason.RANDOM,
            score=choice.score,
            evidence={"why": choice.why, **{k: round(v, 4) for k, v in choice.evidence.items()}},
        )
        for index, choice in enumerate(choices)
    ]
