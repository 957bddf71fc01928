"""Two assists on the same objects: is the one that learnt from a site's own masks better there?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml.data.instances import InstancePicture, instances_read
from ml.errors import DatasetError
from ml.evaluation.assist import Scores, ask, paired_mean, things_of
from ml.evaluation.bootstrap import Comparison
from ml.inference.segmenter import Segmenter

# What people do all day: a click or three on what they look at, a box, a box with a click.
JUDGED = ("c1_view", "c3_view", "box", "box1")
OBJECTS_MAX = 240


@dataclass(frozen=True, slots=True)
class AssistScore:
    """Mean IoU 0..1 by prompt and over the judged prompts (`iou`); `ms` is the median CPU time of a box's answer."""

    by_prompt: Mapping[str, float]
    iou: float
    ms: float


@dataclass(frozen=True, slots=True)
class AssistComparison:
    """Candidate against another assist on `objects` objects of `pictures` pictures of `groups` source photos."""

    candidate: AssistScore
    other: AssistScore
    difference: Comparison
    pictures: int
    groups: int
    objects: int


def assist_pictures(folder: Path) -> tuple[InstancePicture, ...]:
    """The pictures with outlined objects in a folder; none where it has no outline."""
    try:
        return instances_read(folder).pictures
    except DatasetError:
        return ()


def assist_compare(
    candidate: Segmenter, other: Segmenter, pictures: Sequence[InstancePicture], seed: int = 0
) -> AssistComparison:
    """Put the same prompts for the same objects to both; 95 % bounds over resampled pictures.

    `pictures` must hold at least one, none of which either has learnt from: the caller sees to that.
    """
    things = things_of(pictures, OBJECTS_MAX, seed)
    ours, theirs = Scores.empty(), Scores.empty()
    for thing in things:
        ask(candidate, thing, ours)
        ask(other, thing, theirs)
    groups = {picture.image.group or picture.image.id for picture in pictures}
    return AssistComparison(
        _score(ours),
        _score(theirs),
        paired_mean(ours, theirs, JUDGED),
        pictures=len({thing.picture for thing in things}),
        groups=len(groups),
        objects=len(things),
    )


def _score(scores: Scores) -> AssistScore:
    means = scores.means()
    judged = float(np.mean([means[prompt] for prompt in JUDGED]))
    return AssistScore(means, round(judged, 4), round(float(np.median(scores.cpu_ms["box"])), 1))
