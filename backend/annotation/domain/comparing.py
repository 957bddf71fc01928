"""Two people's labels of one picture or video, set against each other. Loads OpenCV: for jobs, not for the web process."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from backend.annotation.contracts import Labels
from backend.annotation.domain.annotations import annotations_of
from backend.annotation.domain.track_overlap import track_of, track_overlaps
from ml.contracts import Annotation
from ml.quality.agreement import IOU_STRICT, MISSING
from ml.quality.matching import IOU_MATCH_MIN, Floats, cluster_regions, match_regions, region_iou

# Of one person on one picture: every pair's overlap is worked out, and memory grows with the square.
REGIONS_MAX = 1_500
# Of one person on one video: a pair of tracks is looked at on many frames.
TRACKS_MAX = 500


class TooMany(ValueError):
    """More objects than can be compared on one picture."""


@dataclass(frozen=True, slots=True)
class Compared:
    """As `Comparison` keeps it: `labels` by label id, `votes` as rows of two labels (or "missing") and a count."""

    labels: dict[str, list[float]]
    votes: list[tuple[str, str, int]]


def compare(
    first: Labels, second: Labels, *, width: int, height: int, frame_count: int | None = None
) -> Compared:
    """Match two people's labels of one picture of that size in pixels, or of a video of so many frames. Raises TooMany.

    Outlines are compared as outlines, upright boxes as boxes; lines, points, skeletons by the rectangle around them;
    tracks by that over their frames.
    """
    most, what = (REGIONS_MAX, "objects") if frame_count is None else (TRACKS_MAX, "tracks")
    if max(len(first.regions), len(second.regions)) > most:
        raise TooMany(f"More than {most:,} {what} on one side.")
    one, other = (annotations_of(side.regions, width, height) for side in (first, second))
    if frame_count is None:
        iou = region_iou(one, other)
    else:
        tracks = [[track_of(region, frame_count) for region in side.regions] for side in (first, second)]
        iou = track_overlaps(*tracks, width=width, height=height)
    labels: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0.0, 0, 0, 0])
    for pair in match_regions(one, other, IOU_MATCH_MIN, iou=iou):
        row = labels[one[pair.first].label]
        row[0], row[2], row[3] = row[0] + 1, row[2] + pair.iou, row[3] + 1
    for pair in match_regions(one, other, IOU_STRICT, iou=iou):
        labels[one[pair.first].label][1] += 1
    for place, side in ((4, one), (5, other)):
        for region in side:
            labels[region.label][place] += 1
    votes = _object_votes(one, other, iou)
    for tag in {*first.tags, *second.tags}:
        both = tag in first.tags and tag in second.tags
        row = labels[tag]
        row[0], row[1] = row[0] + both, row[1] + both
        row[4], row[5] = row[4] + (tag in first.tags), row[5] + (tag in second.tags)
        votes[(tag if tag in first.tags else MISSING, tag if tag in second.tags else MISSING)] += 1
    return Compared(dict(labels), [(a, b, n) for (a, b), n in sorted(votes.items())])


def _object_votes(
    one: Sequence[Annotation], other: Sequence[Annotation], iou: Floats
) -> Counter[tuple[str, str]]:
    """What each of the two said of every object that either drew, labels aside when objects are matched."""
    return Counter(
        (
            one[cluster[0]].label if 0 in cluster else MISSING,
            other[cluster[1]].label if 1 in cluster else MISSING,
        )
        for cluster in cluster_regions([one, other], overlaps={(0, 1): iou})
    )
