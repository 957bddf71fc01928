"""How far people agree on the same pictures: overlap, F1, alpha and kappa, in all and by label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ml.contracts import Annotation
from ml.errors import QualityError
from ml.quality.coefficients import cohen_kappa, krippendorff_alpha
from ml.quality.matching import IOU_MATCH_MIN, Pair, cluster_regions, match_regions

IOU_STRICT = 0.75
# The category of an object that somebody who looked at the picture did not draw.
MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two people's regions of one label or of all. Figures are None where there is nothing to compare.

    `matched_iou`: mean IoU of pairs of one label with IoU >= 0.5. `f1_50`, `f1_75`: 2 pairs / all regions of both, at that
    IoU and with the same label. `regions` counts both people's.
    """

    matched_iou: float | None
    f1_50: float | None
    f1_75: float | None
    pairs: int
    regions: int


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two people on the pictures they share. `kappa` is on the labels of all objects either drew, with MISSING."""

    overall: Overlap
    per_label: Mapping[str, Overlap] = field(default_factory=dict)
    kappa: float | None = None


@dataclass(frozen=True, slots=True)
class GroupAgreement:
    """k people. `alpha` is Krippendorff's on the labels of all objects anybody drew, with MISSING.

    By label, alpha asks of every object that anybody gave the label: it, something else, or nothing there?
    `overlap` has the means over all pairs of people of the pairs' figures.
    """

    alpha: float | None
    alpha_per_label: Mapping[str, float | None]
    f1_50: float | None
    f1_75: float | None
    matched_iou: float | None
    objects: int


Regions = Sequence[Annotation]


def pair_agreement(pictures: Sequence[tuple[Regions, Regions]]) -> PairAgreement:
    """Compare two people on the pictures that both finished: (first's regions, second's regions) each."""
    loose: list[list[Pair]] = []
    strict: list[list[Pair]] = []
    said_first: list[str] = []
    said_second: list[str] = []
    for first, second in pictures:
        loose.append(match_regions(first, second, IOU_MATCH_MIN))
        strict.append(match_regions(first, second, IOU_STRICT))
        for cluster in cluster_regions([first, second]):
            said_first.append(first[cluster[0]].label if 0 in cluster else MISSING)
            said_second.append(second[cluster[1]].label if 1 in cluster else MISSING)
    labels = sorted({region.label for picture in pictures for regions in picture for region in regions})
    return PairAgreement(
        overall=_overlap(pictures, loose, strict, None),
        per_label={label: _overlap(pictures, loose, strict, label) for label in labels},
        kappa=cohen_kappa(said_first, said_second),
    )


def group_agreement(pictures: Sequence[Sequence[Regions | None]]) -> GroupAgreement:
    """Compare k people: for every picture each person's regions, None where that person did not do it.

    Raises QualityError where pictures list different numbers of people.
    """
    counts = {len(picture) for picture in pictures}
    if len(counts) > 1:
        raise QualityError("Every picture lists the same people, with None for those who did not do it.")
    people = counts.pop() if counts else 0
    units = [unit for picture in pictures for unit in object_votes(picture)]
    labels = sorted({value for unit in units for value in unit if value not in (None, MISSING)})
    pairs = []
    for a in range(people):
        for b in range(a + 1, people):
            shared = [(p[a], p[b]) for p in pictures]
            both = [(x, y) for x, y in shared if x is not None and y is not None]
            pairs.append(pair_agreement(both).overall)
    return GroupAgreement(
        alpha=krippendorff_alpha(units),
        alpha_per_label={label: krippendorff_alpha(_only(units, label)) for label in labels},
        f1_50=_mean([p.f1_50 for p in pairs]),
        f1_75=_mean([p.f1_75 for p in pairs]),
        matched_iou=_mean([p.matched_iou for p in pairs]),
        objects=len(units),
    )


def object_votes(picture: Sequence[Regions | None]) -> list[list[str | None]]:
    """For every object anybody drew in a picture, each person's label, MISSING, or None who did not do the picture."""
    done = [person for person, regions in enumerate(picture) if regions is not None]
    drawn = [regions for regions in picture if regions is not None]
    votes = []
    for cluster in cluster_regions(drawn):
        unit: list[str | None] = [None] * len(picture)
        for place, person in enumerate(done):
            unit[person] = drawn[place][cluster[place]].label if place in cluster else MISSING
        votes.append(unit)
    return votes


def _only(units: Sequence[Sequence[str | None]], label: str) -> list[list[str | None]]:
    other = "another label"
    return [[v if v in (None, label, MISSING) else other for v in unit] for unit in units if label in unit]


def _overlap(
    pictures: Sequence[tuple[Regions, Regions]],
    loose: Sequence[Sequence[Pair]],
    strict: Sequence[Sequence[Pair]],
    label: str | None,
) -> Overlap:
    def chosen(matches: Sequence[Sequence[Pair]]) -> list[Pair]:
        return [
            pair
            for (first, _), pairs in zip(pictures, matches, strict=True)
            for pair in pairs
            if label is None or first[pair.first].label == label
        ]

    regions = sum(
        label is None or region.label == label for both in pictures for side in both for region in side
    )
    at_50, at_75 = chosen(loose), chosen(strict)
    return Overlap(
        matched_iou=_mean([pair.iou for pair in at_50]),
        f1_50=2.0 * len(at_50) / regions if regions else None,
        f1_75=2.0 * len(at_75) / regions if regions else None,
        pairs=len(at_50),
        regions=regions,
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
