"""Two people's labels of one picture, set against each other. Loads OpenCV: for jobs, not for the web process."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from backend.annotation.contracts import Labels, RegionData
from backend.annotation.domain.geometry import geometry_bounds
from backend.core.outlines import outline_of
from ml.contracts import Annotation, Box, Polygon, RleMask
from ml.geometry.rle import counts_decode
from ml.quality.agreement import IOU_STRICT, MISSING
from ml.quality.matching import IOU_MATCH_MIN, cluster_regions, match_regions

# Of one person on one picture: every pair's overlap is worked out, and memory grows with the square.
REGIONS_MAX = 1_500


class TooMany(ValueError):
    """More objects than can be compared on one picture."""


@dataclass(frozen=True, slots=True)
class Compared:
    """As `Comparison` keeps it: `labels` by label id, `votes` as rows of two labels (or "missing") and a count."""

    labels: dict[str, list[float]]
    votes: list[tuple[str, str, int]]


def compare(first: Labels, second: Labels, *, width: int, height: int) -> Compared:
    """Match two people's labels of one picture of that size in pixels. Raises TooMany.

    Outlines are compared as outlines, upright boxes as boxes; lines, points, skeletons by the rectangle around them.
    """
    if max(len(first.regions), len(second.regions)) > REGIONS_MAX:
        raise TooMany(f"More than {REGIONS_MAX:,} objects on one side.")
    one, other = (
        [annotation_of(region, width, height) for region in side.regions] for side in (first, second)
    )
    labels: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0.0, 0, 0, 0])
    for pair in match_regions(one, other, IOU_MATCH_MIN):
        row = labels[one[pair.first].label]
        row[0], row[2], row[3] = row[0] + 1, row[2] + pair.iou, row[3] + 1
    for pair in match_regions(one, other, IOU_STRICT):
        labels[one[pair.first].label][1] += 1
    for place, side in ((4, one), (5, other)):
        for region in side:
            labels[region.label][place] += 1
    votes = _object_votes(one, other)
    for tag in {*first.tags, *second.tags}:
        both = tag in first.tags and tag in second.tags
        row = labels[tag]
        row[0], row[1] = row[0] + both, row[1] + both
        row[4], row[5] = row[4] + (tag in first.tags), row[5] + (tag in second.tags)
        votes[(tag if tag in first.tags else MISSING, tag if tag in second.tags else MISSING)] += 1
    return Compared(dict(labels), [(a, b, n) for (a, b), n in sorted(votes.items())])


def _object_votes(one: Sequence[Annotation], other: Sequence[Annotation]) -> Counter[tuple[str, str]]:
    """What each of the two said of every object that either drew, labels aside when objects are matched."""
    return Counter(
        (
            one[cluster[0]].label if 0 in cluster else MISSING,
            other[cluster[1]].label if 1 in cluster else MISSING,
        )
        for cluster in cluster_regions([one, other])
    )


def annotation_of(region: RegionData, width: int, height: int) -> Annotation:
    """A stored region of a picture of that size, as `ml` takes it; its label is the label's id."""
    outline = outline_of(asdict(region), width, height)
    if outline is None:
        return Annotation(region.label_id, Box(*geometry_bounds(region.shape, region.geometry)))
    mask = polygon = None
    if outline.rle is not None:
        high, wide = outline.rle["size"]
        mask = RleMask(height=high, width=wide, counts=tuple(counts_decode(outline.rle["counts"])))
    elif len(outline.ring) >= 3:
        polygon = Polygon(outline.ring)
    return Annotation(region.label_id, Box(*outline.box), polygon=polygon, mask=mask)
