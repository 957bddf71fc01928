"""How models of each kind are judged: a report, the one figure that decides, and two models compared by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ml.contracts import Dataset, EvalReport, ImagePrediction, LabelledImage, ModelKind
from ml.data.label_maps import is_outlined
from ml.evaluation.bootstrap import (
    Comparison,
    paired_bootstrap,
    paired_bootstrap_accuracy,
    paired_bootstrap_miou,
)
from ml.evaluation.classification import classification_report
from ml.evaluation.detection import detection_report, instance_report
from ml.evaluation.mask_overlaps import mask_overlaps_of, outlined
from ml.evaluation.segmentation import picture_counts, present_mean, segmentation_report

Said = Sequence[ImagePrediction]


class Compare(Protocol):
    """A paired bootstrap over pictures; predictions in their order, `n` draws."""

    def __call__(self, truth: Dataset, ours: Said, theirs: Said, /, *, n: int) -> Comparison: ...


@dataclass(frozen=True, slots=True)
class Judge:
    """`measure` names the figure, 0..1; `headline` reads it off a report, `figure` works it out alone; `objects`
    counts what a picture is judged by."""

    measure: str
    report: Callable[[Dataset, Said, float], EvalReport]
    headline: Callable[[EvalReport], float]
    figure: Callable[[Dataset, Said], float]
    compare: Compare
    objects: Callable[[LabelledImage], int]


def judge_of(kind: ModelKind) -> Judge:
    """The judge of a kind that looks at pictures by itself (not of an assist)."""
    return _JUDGES[kind]


def _miou(truth: Dataset, said: Said) -> float:
    return present_mean(picture_counts(truth, said).sum(axis=0))


def _compare_masks(truth: Dataset, ours: Said, theirs: Said, /, *, n: int) -> Comparison:
    return paired_bootstrap(outlined(truth), ours, theirs, n=n, overlaps=mask_overlaps_of)


def _boxed(item: LabelledImage) -> int:
    return sum(not a.ignore for a in item.annotations)


def _drawn(item: LabelledImage) -> int:
    return sum(not a.ignore and is_outlined(a) for a in item.annotations)


def _tagged(item: LabelledImage) -> int:
    return len(item.tags)


def _judge(
    measure: str,
    report: Callable[..., EvalReport],
    headline: Callable[[EvalReport], float],
    compare: Compare,
    objects: Callable[[LabelledImage], int],
) -> Judge:
    """A judge whose figure alone costs as much as its report."""

    def figure(truth: Dataset, said: Said) -> float:
        return headline(report(truth, said))

    return Judge(measure, report, headline, figure, compare, objects)


_JUDGES: Mapping[ModelKind, Judge] = {
    ModelKind.DETECT: _judge("AP50", detection_report, lambda r: r.ap50, paired_bootstrap, _boxed),
    ModelKind.CLASSIFY: _judge(
        "accuracy", classification_report, lambda r: r.accuracy, paired_bootstrap_accuracy, _tagged
    ),
    ModelKind.INSTANCE: _judge("mask AP50", instance_report, lambda r: r.mask_ap50, _compare_masks, _drawn),
    ModelKind.SEGMENT: Judge(
        "mean IoU",
        segmentation_report,
        lambda r: r.miou,
        # Not by its report: that reads every picture again for its baselines.
        _miou,
        paired_bootstrap_miou,
        _drawn,
    ),
}
