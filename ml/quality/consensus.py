"""One set of regions out of several people's: what enough of them drew, where most of them drew it.

Nothing is thrown away: every merged region names the regions it came from, so a merge can be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ml.contracts import Annotation, Box
from ml.errors import QualityError
from ml.quality.agreement import MISSING
from ml.quality.matching import IOU_MATCH_MIN, Overlaps, boxes_of, cluster_regions, region_iou


@dataclass(frozen=True, slots=True)
class Merged:
    """One object of the consensus. `sources` is {person: place in that person's list}.

    `votes` are each label's (MISSING included) summed weights of those who did the picture. `kept` is whether the label
    has its quorum; `tied` where another label has as much. Neither kept nor tied: most saw nothing there, or too few did.
    `agreement` is the mean IoU among the sources, 1 for a single one. `closest` is the person, of those who gave it this
    label, whose region overlaps best with theirs.
    """

    region: Annotation
    sources: Mapping[int, int]
    votes: Mapping[str, float]
    kept: bool
    tied: bool
    agreement: float
    closest: int


def merge_regions(
    people: Sequence[Sequence[Annotation]],
    weights: Sequence[float] | None = None,
    quorum: Mapping[str, float] | None = None,
    default_quorum: float = 0.5,
    iou_min: float = IOU_MATCH_MIN,
    overlaps: Overlaps | None = None,
) -> list[Merged]:
    """Merge the regions of k people who all did the picture, by weighted vote.

    `weights` (k,): how much each person counts, 1 where left out. `quorum`: by label the share of all weight in (0, 1]
    that must have drawn the object with this label; at the default more than half (exactly half is tied). Boxes get the
    weighted mean of the corners; outlines stay the one that overlaps best with the others, untouched. So does everything
    where `overlaps` are given: the regions stand for something that is not in one place, as tracks.
    """
    weight = np.ones(len(people)) if weights is None else np.asarray(weights, dtype=np.float64)
    if len(weight) != len(people) or (weight < 0).any() or (len(people) and weight.sum() <= 0):
        raise QualityError("Every person needs a weight of 0 or more, and somebody one above 0.")
    merged = [
        _merge(people, weight, sources, quorum or {}, default_quorum, overlaps)
        for sources in cluster_regions(people, iou_min, overlaps)
    ]
    return _in_order(merged)


def merge_decided(
    people: Sequence[Sequence[Annotation]],
    clusters: Sequence[Mapping[int, int]],
    decided: Sequence[str],
    weights: Sequence[float],
    overlaps: Overlaps | None = None,
) -> list[Merged]:
    """Merge k people's regions where somebody else decided what each object is, as a crowd weighed (`crowd_labels`).

    `clusters` are those of `cluster_regions`, `decided` the label of each, MISSING where it is nothing; a label that none
    of its sources gave leaves it out, since nobody drew it. `weights` (k,) are for the corners and the votes told.
    """
    weight = np.asarray(weights, dtype=np.float64)
    merged = []
    for sources, label in zip(clusters, decided, strict=True):
        drawn = {people[person][at].label for person, at in sources.items()}
        is_kept = label in drawn
        found = _merge(people, weight, sources, {}, 0.5, overlaps, label if is_kept else None)
        merged.append(replace(found, kept=is_kept, tied=False))
    return _in_order(merged)


def _in_order(merged: list[Merged]) -> list[Merged]:
    return sorted(merged, key=lambda m: (not m.kept, not m.tied, m.region.box.y1, m.region.box.x1))


def _merge(
    people: Sequence[Sequence[Annotation]],
    weight: NDArray[np.float64],
    sources: Mapping[int, int],
    quorum: Mapping[str, float],
    default_quorum: float,
    overlaps: Overlaps | None,
    decided: str | None = None,
) -> Merged:
    votes: dict[str, float] = {}
    for person in range(len(people)):
        label = people[person][sources[person]].label if person in sources else MISSING
        votes[label] = votes.get(label, 0.0) + float(weight[person])
    drawn = {label: vote for label, vote in votes.items() if label != MISSING}
    best = decided or max(drawn, key=lambda label: (drawn[label], label))
    share = drawn[best] / float(weight.sum())
    rivals = [vote for label, vote in votes.items() if label != best]
    tied = any(np.isclose(vote, drawn[best]) for vote in rivals)
    enough = share >= quorum[best] - 1e-9 if best in quorum else share > default_quorum + 1e-9
    agreeing = [(person, at) for person, at in sources.items() if people[person][at].label == best]
    region, closest = _shape(people, weight, agreeing, overlaps)
    return Merged(
        region=replace(region, label=best),
        sources=dict(sources),
        votes=votes,
        kept=bool(enough and (best in quorum or not tied)),
        tied=tied,
        agreement=_mean_iou(_overlaps_among(people, list(sources.items()), overlaps)),
        closest=closest,
    )


def _shape(
    people: Sequence[Sequence[Annotation]],
    weight: NDArray[np.float64],
    sources: Sequence[tuple[int, int]],
    overlaps: Overlaps | None,
) -> tuple[Annotation, int]:
    """Where the object is, by those who gave it the winning label, and who of them is in the middle."""
    regions = [people[person][at] for person, at in sources]
    share = np.array([weight[person] for person, _ in sources])
    share = share / share.sum() if share.sum() > 0 else np.full(len(share), 1.0 / len(share))
    middle = int((_overlaps_among(people, sources, overlaps) @ share).argmax())
    if overlaps is not None or any(r.polygon is not None or r.mask is not None for r in regions):
        return regions[middle], sources[middle][0]
    x1, y1, x2, y2 = (share @ boxes_of(regions)).tolist()
    return Annotation(regions[0].label, Box(x1, y1, x2, y2)), sources[middle][0]


def _overlaps_among(
    people: Sequence[Sequence[Annotation]], sources: Sequence[tuple[int, int]], overlaps: Overlaps | None
) -> NDArray[np.float64]:
    """(n, n) of one object's regions, one a person."""
    if overlaps is None:
        regions = [people[person][at] for person, at in sources]
        return region_iou(regions, regions)
    iou = np.eye(len(sources))
    for row, (one, at) in enumerate(sources):
        for column, (other, there) in enumerate(sources):
            if one < other:
                iou[row, column] = iou[column, row] = overlaps[one, other][at, there]
    return iou


def _mean_iou(iou: NDArray[np.float64]) -> float:
    return float(iou[np.triu_indices(len(iou), 1)].mean()) if len(iou) > 1 else 1.0
