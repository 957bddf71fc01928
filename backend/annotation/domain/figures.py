"""Figures of agreement from counts, by label and in all; the counts are those `Comparison` keeps."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ml.quality.coefficients import cohen_kappa, krippendorff_alpha

LabelCounts = Mapping[str, Sequence[float]]
Votes = Iterable[Sequence[str | int]]


@dataclass(frozen=True, slots=True)
class Agreed:
    """How far two sides agree. `f1_50`, `f1_75`: 2 pairs / all regions of both, at that IoU and with the same label;
    `matched_iou`: mean IoU of drawn pairs at 0.5. None where there is nothing to compare. `objects` counts both sides'.
    """

    f1_50: float | None
    f1_75: float | None
    matched_iou: float | None
    objects: int
    missed: int
    extra: int


def agreed(rows: Iterable[Sequence[float]]) -> Agreed:
    """Over rows of counts `[pairs at 0.5, pairs at 0.75, sum of IoU, drawn pairs, of the first, of the second]`.

    `missed` are the first side's without a partner, `extra` the second's.
    """
    loose, strict, iou, drawn, first, second = (sum(column) for column in zip((0.0,) * 6, *rows, strict=True))
    both = first + second
    return Agreed(
        f1_50=2 * loose / both if both else None,
        f1_75=2 * strict / both if both else None,
        matched_iou=iou / drawn if drawn else None,
        objects=int(both),
        missed=int(first - loose),
        extra=int(second - loose),
    )


def agreed_by_label(comparisons: Iterable[LabelCounts]) -> dict[str, Agreed]:
    """By label id, over many pictures."""
    rows: dict[str, list[Sequence[float]]] = defaultdict(list)
    for labels in comparisons:
        for label_id, counts in labels.items():
            rows[label_id].append(counts)
    return {label_id: agreed(found) for label_id, found in sorted(rows.items())}


def agreed_in_all(comparisons: Iterable[LabelCounts]) -> Agreed:
    return agreed(counts for labels in comparisons for counts in labels.values())


def votes_sum(comparisons: Iterable[Votes]) -> Counter[tuple[str, str]]:
    """{(first's word, second's word): objects} over many pictures."""
    found: Counter[tuple[str, str]] = Counter()
    for votes in comparisons:
        for first, second, count in votes:
            found[str(first), str(second)] += int(count)
    return found


def kappa_of(votes: Mapping[tuple[str, str], int]) -> float | None:
    """Cohen's kappa of two people on what each object is, "missing" among the answers."""
    said = [pair for pair, count in votes.items() for _ in range(count)]
    return cohen_kappa([first for first, _ in said], [second for _, second in said])


def alpha_of(votes: Mapping[tuple[str, str], int], label_id: str = "") -> float | None:
    """Krippendorff's alpha, every pair's object a unit of two answers. With a label: it, something else, or nothing?"""
    units = [pair for pair, count in votes.items() for _ in range(count)]
    if label_id:
        units = [
            (_only(first, label_id), _only(second, label_id))
            for first, second in units
            if label_id in (first, second)
        ]
    return krippendorff_alpha(units)


def _only(said: str, label_id: str) -> str:
    return said if said in (label_id, "missing") else "another label"
