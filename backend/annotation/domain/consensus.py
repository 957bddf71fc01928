"""Several people's labels of one picture or video put together. Loads OpenCV: for jobs, not for the web process."""

from __future__ import annotations

import itertools
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from backend.annotation.contracts import Labels, RegionData
from backend.annotation.domain.annotations import annotations_of
from backend.annotation.domain.crowd import Said, Word, crowd_decides
from backend.annotation.domain.track_overlap import track_of, track_overlaps
from backend.annotation.enums import RegionSource, Shape
from ml.contracts import Annotation
from ml.quality.agreement import MISSING
from ml.quality.consensus import Merged, merge_decided, merge_regions
from ml.quality.matching import IOU_MATCH_MIN, Overlaps, cluster_regions, region_iou

# Of all answers on one picture: every pair's overlap is worked out, and memory grows with the square.
REGIONS_MAX = 4_000
# Of a video: a pair of tracks is looked at on many frames.
TRACKS_MAX = 1_000
# "More than half": the one quorum that exactly its share does not meet.
HALF = 0.5
_DECIMALS = 2
_SAME = uuid.UUID("6f1f2f1e-6d0b-4c53-9d0e-5f1d8a3a77b4")

Region = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Quorum:
    """What share of those asked must have drawn an object with its label: `share`, or the label's own in `labels`.

    At 0.5 more than half; any other share is enough when it is met.
    """

    share: float = HALF
    labels: Mapping[str, float] | None = None

    def of(self, label_id: str) -> float:
        return (self.labels or {}).get(label_id, self.share)

    def asked_of(self, label_ids: Sequence[str]) -> dict[str, float]:
        """As `merge_regions` takes it."""
        return {label: share for label in label_ids if (share := self.of(label)) != HALF}


@dataclass(frozen=True, slots=True)
class Weighing:
    """What it takes to let people count by how often they agree with others, and a model along with them.

    `people`: who gave each answer. `before`: objects of other pictures. `suggestions`: what the model said of this one
    before anybody labelled it, with scores; None where it may not speak. `is_wanted`: else everybody counts the same, and
    what was said is only kept for later.
    """

    people: Sequence[str]
    is_wanted: bool = False
    before: Sequence[Said] = ()
    suggestions: Sequence[tuple[RegionData, float]] | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """One answer against what was kept: objects of it that are in, that it lacks, and that were left out."""

    matched: int
    missed: int
    extra: int


@dataclass(frozen=True, slots=True)
class MergedAnswers:
    """The labels put together, as drafts spell them, and how: `objects` and `tags_found` as `ConsensusMerge` keeps them.

    `note` is what a reviewer must know of it.
    """

    regions: list[Region]
    tags: list[str]
    objects: list[dict[str, Any]]
    tags_found: list[dict[str, Any]]
    tallies: list[Tally]
    note: str = ""
    weights: list[float] = field(default_factory=list)


def merge_answers(
    answers: Sequence[Labels],
    revision_ids: Sequence[str],
    quorum: Quorum,
    *,
    width: int,
    height: int,
    frame_count: int | None = None,
    weighing: Weighing | None = None,
) -> MergedAnswers:
    """Put the answers of several people on one picture of that size in pixels, or a video of so many frames, together.

    Upright boxes of a picture get the mean of the corners of those who gave the winning label; anything else stays as
    the person in the middle drew it. An object keeps its id however often the same regions are put together.
    """
    most = REGIONS_MAX if frame_count is None else TRACKS_MAX
    if sum(len(answer.regions) for answer in answers) > most:
        return _middle_answer(answers, most)
    people = [annotations_of(answer.regions, width, height) for answer in answers]
    labels = sorted({region.label_id for answer in answers for region in answer.regions})
    overlaps = None if frame_count is None else _track_overlaps(answers, width, height, frame_count)
    weighing = weighing or Weighing(revision_ids)
    clusters = cluster_regions(people, overlaps=overlaps)
    words = _words(people, clusters, weighing.suggestions, width, height)
    weights, quality = [1.0] * len(people), {}
    if weighing.is_wanted and clusters:
        asked = [
            Said("", _said(people, cluster, weighing.people), word)
            for cluster, word in zip(clusters, words, strict=True)
        ]
        crowd = crowd_decides(asked, weighing.before)
        weights = [crowd.weights[person] for person in weighing.people]
        quality = dict(zip(map(_key, clusters), crowd.quality, strict=True))
        merged = merge_decided(people, clusters, crowd.labels, weights, overlaps)
    else:
        merged = merge_regions(people, quorum=quorum.asked_of(labels), overlaps=overlaps)
    word_of = dict(zip(map(_key, clusters), words, strict=True))
    regions: list[Region] = []
    objects: list[dict[str, Any]] = []
    named: Counter[str] = Counter()
    for found in merged:
        region = _region(found, answers)
        # Copies of one object that went apart are two: each keeps an id of its own.
        named[region["region_id"]] += 1
        if (copy := named[region["region_id"]]) > 1:
            region["region_id"] = str(uuid.uuid5(_SAME, f"{region['region_id']} {copy}"))
        if found.kept:
            regions.append(region)
        sources = {revision_ids[p]: answers[p].regions[at].region_id for p, at in found.sources.items()}
        said = _said(people, found.sources, revision_ids)
        word = word_of[_key(found.sources)]
        objects.append(
            {
                "region_id": region["region_id"],
                "label_id": found.region.label,
                "votes": dict(Counter(said.values())),
                "kept": found.kept,
                "tied": found.tied,
                "agreement": round(found.agreement, 3),
                "sources": sources,
                "said": said,
                **({"model": [word.label, round(word.score, 4)]} if word is not None else {}),
                **({"quality": round(quality[_key(found.sources)], 4)} if quality else {}),
                **({} if found.kept else {"region": region}),
            }
        )
    tags_found = _tags(answers, quorum)
    return MergedAnswers(
        regions=regions,
        tags=[tag["label_id"] for tag in tags_found if tag["kept"]],
        objects=objects,
        tags_found=tags_found,
        tallies=[_tally(person, people, merged) for person in range(len(people))],
        weights=[round(weight, 4) for weight in weights],
    )


def _key(sources: Mapping[int, int]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted(sources.items()))


def _said(
    people: Sequence[Sequence[Annotation]], sources: Mapping[int, int], names: Sequence[str]
) -> dict[str, str]:
    """By name what each person said of one object."""
    return {
        name: people[person][sources[person]].label if person in sources else MISSING
        for person, name in enumerate(names)
    }


def _words(
    people: Sequence[Sequence[Annotation]],
    clusters: Sequence[Mapping[int, int]],
    suggestions: Sequence[tuple[RegionData, float]] | None,
    width: int,
    height: int,
) -> list[Word | None]:
    """What the model said of each object: the suggestion that overlaps best with those who drew it, if by half."""
    if suggestions is None:
        return [None] * len(clusters)
    offered = annotations_of([region for region, _ in suggestions], width, height)
    iou = [region_iou(regions, offered) for regions in people]
    words: list[Word | None] = []
    for cluster in clusters:
        mean = sum(iou[person][at] for person, at in cluster.items()) / len(cluster)
        best = int(mean.argmax()) if len(offered) else -1
        found = best >= 0 and mean[best] >= IOU_MATCH_MIN
        words.append(Word(offered[best].label, suggestions[best][1]) if found else Word(MISSING, 0.0))
    return words


def _track_overlaps(answers: Sequence[Labels], width: int, height: int, frame_count: int) -> Overlaps:
    """Of each two people."""
    tracks = [[track_of(region, frame_count) for region in answer.regions] for answer in answers]
    return {
        (one, other): track_overlaps(tracks[one], tracks[other], width=width, height=height)
        for one, other in itertools.combinations(range(len(tracks)), 2)
    }


def _middle_answer(answers: Sequence[Labels], most: int) -> MergedAnswers:
    """Too many objects to set against each other: the answer with the middle number of them stands as it is."""
    middle = sorted(answers, key=lambda answer: len(answer.regions))[len(answers) // 2]
    return MergedAnswers(
        regions=[asdict(region) for region in middle.regions],
        tags=list(middle.tags),
        objects=[],
        tags_found=[],
        tallies=[Tally(0, 0, 0) for _ in answers],
        weights=[1.0 for _ in answers],
        note=f"More than {most:,} objects in all: one answer stands as it is, nothing was put together.",
    )


def _region(found: Merged, answers: Sequence[Labels]) -> Region:
    drawn = {person: answers[person].regions[at] for person, at in sorted(found.sources.items())}
    agreeing = [row for row in drawn.values() if row.label_id == found.region.label]
    middle = drawn[found.closest]
    region_id = uuid.uuid5(_SAME, " ".join(sorted(row.region_id for row in drawn.values())))
    region: Region = {**asdict(middle), "region_id": str(region_id)}
    if all(row.shape == Shape.BOX and not row.geometry.get("rotation") for row in agreeing):
        box = found.region.box
        region["geometry"] = {"box": [round(v, _DECIMALS) for v in (box.x1, box.y1, box.x2, box.y2)]}
    region["attributes"] = _attributes(agreeing, middle)
    region["occluded"] = 2 * sum(row.occluded for row in agreeing) > len(agreeing)
    # A suggestion that all of them took as it was is the model's; anything else is theirs.
    if len({(row.source, row.suggestion_id) for row in agreeing}) > 1:
        region |= {"source": RegionSource.PERSON.value, "suggestion_id": None}
        region |= {"model_version_id": None, "score": None}
    return region


def _attributes(agreeing: Sequence[RegionData], middle: RegionData) -> dict[str, Any]:
    """Of each attribute what most of them said; the person in the middle decides between equals."""
    found: dict[str, Any] = {}
    for key in dict.fromkeys(key for each in agreeing for key in each.attributes):
        said = Counter(repr(each.attributes.get(key)) for each in agreeing)
        most = max(said.values())
        own = middle.attributes.get(key)
        values = [each.attributes.get(key) for each in agreeing]
        value = own if said[repr(own)] == most else next(v for v in values if said[repr(v)] == most)
        if value is not None:
            found[key] = value
    return found


def _tags(answers: Sequence[Labels], quorum: Quorum) -> list[dict[str, Any]]:
    found = []
    for tag in dict.fromkeys(tag for answer in answers for tag in answer.tags):
        votes = sum(tag in answer.tags for answer in answers)
        share, wanted = votes / len(answers), quorum.of(tag)
        kept = share > HALF if wanted == HALF else share >= wanted - 1e-9
        found.append({"label_id": tag, "votes": votes, "kept": kept})
    return found


def _tally(person: int, people: Sequence[Sequence[Annotation]], merged: Sequence[Merged]) -> Tally:
    kept = [found for found in merged if found.kept]
    matched = sum(
        person in found.sources and people[person][found.sources[person]].label == found.region.label
        for found in kept
    )
    return Tally(matched, len(kept) - matched, len(people[person]) - matched)
