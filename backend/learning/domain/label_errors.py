"""From pictures' labels and a model's word on them to findings: which objects are asked about, and once each.

Loads OpenCV: for jobs, not for the web process.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backend.annotation.contracts import LabelledObject
from backend.learning.domain.findings import Found, Xyxy, region_key, same_place
from backend.learning.enums import FindingKind
from ml.contracts import Annotation, Box, Judgement, Prediction
from ml.quality.judged import Judged
from ml.quality.label_errors import Finding, LabelError, rank_label_errors

if TYPE_CHECKING:
    from backend.learning.contracts import BoundClass
    from backend.projects.contracts import Label

# Shapes with an inside: the box around them is where a detector would draw one.
SOLID_SHAPES = frozenset({"box", "polygon", "mask", "ellipse"})
# Weaker ones are mostly the model's own errors, and of more than that nobody sees the end.
SCORE_MIN = 0.2
FINDINGS_MAX = 300


@dataclass(frozen=True, slots=True)
class Word:
    """What a model says of one picture; where a judge of boxes was asked too, its words on the boxes said, in their
    order, and on the labelled objects by region id."""

    said: Sequence[Prediction]
    said_judged: Sequence[Judgement | None] = ()
    objects_judged: Mapping[str, Judgement] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LookedAt:
    """One picture with the objects of the revision looked at, and the word of a model that has not seen them."""

    task_id: uuid.UUID
    revision_id: uuid.UUID
    width: int
    height: int
    objects: Sequence[LabelledObject]
    word: Word


def findings_in(
    pictures: Sequence[LookedAt],
    binding: Mapping[str, BoundClass],
    labels: Sequence[Label],
    *,
    least_px: float = 1.0,
) -> list[Found]:
    """Probable label errors, strongest first; of one object or place the strongest alone.

    Only what a press can put right is told: another label where its shape is allowed, a new box for a plain box, a
    missing object of at least `least_px` whose label may be a box. Objects of labels that the model does not know are
    asked nothing, and hide what is under them.
    """
    shapes = {label.id: frozenset(label.shapes) for label in labels}
    known = {bound.label_id for bound in binding.values() if bound.label_id in shapes}
    annotations = [[_annotation(each, known) for each in picture.objects] for picture in pictures]
    names = {name: bound.label_id for name, bound in binding.items() if bound.label_id in known}
    said = [_bound(picture, names) for picture in pictures]
    judged = [
        Judged(
            [
                _renamed(picture.word.objects_judged.get(each.region.region_id), names)
                for each in picture.objects
            ],
            [word for _, word in rows],
        )
        for picture, rows in zip(pictures, said, strict=True)
    ]
    ranked = rank_label_errors(annotations, [[guess for guess, _ in rows] for rows in said], judged)
    rows = [
        found
        for kind in LabelError
        for row in ranked[kind]
        if row.score >= SCORE_MIN
        and (found := _found(pictures[row.picture], row, shapes, least_px)) is not None
    ]
    return _once_each(sorted(rows, key=lambda row: -row.score))


def halves(pictures_by_group: Mapping[str, int]) -> tuple[frozenset[str], frozenset[str]]:
    """Groups in two halves of about as many pictures, by their names alone: the same ones again at any time."""
    by_draw = sorted(pictures_by_group, key=lambda group: hashlib.sha256(group.encode()).digest())
    # The large ones first: a clip of a thousand frames cannot be evened out by what comes after.
    sides: tuple[set[str], set[str]] = (set(), set())
    sizes = [0, 0]
    for group in sorted(by_draw, key=lambda group: -pictures_by_group[group]):
        side = int(sizes[1] < sizes[0])
        sides[side].add(group)
        sizes[side] += pictures_by_group[group]
    return frozenset(sides[0]), frozenset(sides[1])


def strongest(rows: Sequence[Found]) -> list[Found]:
    """At most FINDINGS_MAX of each kind, in their order."""
    kept: list[Found] = []
    counts = dict.fromkeys(FindingKind, 0)
    for row in rows:
        counts[row.kind] += 1
        if counts[row.kind] <= FINDINGS_MAX:
            kept.append(row)
    return kept


def _annotation(each: LabelledObject, known: set[str]) -> Annotation:
    is_asked = each.region.shape in SOLID_SHAPES and each.region.label_id in known
    return Annotation(each.region.label_id, Box(*each.box), ignore=not is_asked)


def _bound(picture: LookedAt, names: Mapping[str, str]) -> list[tuple[Prediction, Judgement | None]]:
    """What the model says in the project's labels (`names`, by class), cut off at the picture's edge, with the judge's word."""
    rows = []
    words = picture.word.said_judged or [None] * len(picture.word.said)
    for each, word in zip(picture.word.said, words, strict=True):
        box = Box(
            max(each.box.x1, 0.0),
            max(each.box.y1, 0.0),
            min(each.box.x2, float(picture.width)),
            min(each.box.y2, float(picture.height)),
        )
        if each.label in names and box.width > 0 and box.height > 0:
            rows.append((Prediction(names[each.label], each.score, box), _renamed(word, names)))
    return rows


def _renamed(word: Judgement | None, names: Mapping[str, str]) -> Judgement | None:
    """A judge's word in the project's labels."""
    if word is None:
        return None
    return Judgement(
        {names[k]: v for k, v in word.shares.items() if k in names},
        {names[k]: v for k, v in word.boxes.items() if k in names},
        {names[k]: v for k, v in word.errors.items() if k in names},
    )


def _found(
    picture: LookedAt, row: Finding, shapes: Mapping[str, frozenset[str]], least_px: float
) -> Found | None:
    kind = FindingKind(row.kind.value)
    guess = row.prediction
    proposed = _rounded((guess.box.x1, guess.box.y1, guess.box.x2, guess.box.y2))
    large_enough = min(guess.box.width, guess.box.height) >= least_px
    if row.label is None:
        if "box" not in shapes[guess.label] or not large_enough:
            return None
        told: tuple[str, str | None, str, Xyxy] = (guess.label, None, "", proposed)
    else:
        there = picture.objects[row.label]
        region = there.region
        plain_box = region.shape == "box" and not region.geometry.get("rotation")
        if kind == FindingKind.SWAPPED and region.shape not in shapes[guess.label]:
            return None
        if kind == FindingKind.BAD_BOX and not (plain_box and large_enough):
            return None
        told = (region.label_id, region.region_id, region_key(region), _rounded(there.box))
    label_id, region_id, key, box = told
    return Found(
        kind=kind,
        task_id=picture.task_id,
        revision_id=picture.revision_id,
        label_id=label_id,
        region_id=region_id,
        region_key=key,
        box=box,
        proposed_label_id=guess.label,
        proposed_box=proposed,
        sure=float(guess.score),
        score=float(row.score),
    )


def _rounded(box: Xyxy) -> Xyxy:
    x1, y1, x2, y2 = (round(float(value), 2) for value in box)
    return (x1, y1, x2, y2)


def _once_each(rows: Sequence[Found]) -> list[Found]:
    """Of one object the strongest finding, and of one place of a picture the strongest missing object."""
    regions: set[tuple[uuid.UUID, str]] = set()
    places: dict[uuid.UUID, list[Xyxy]] = {}
    kept = []
    for row in rows:
        if row.region_id is not None:
            if (row.task_id, row.region_id) in regions:
                continue
            regions.add((row.task_id, row.region_id))
        else:
            here = places.setdefault(row.task_id, [])
            if any(same_place(row.box, box) for box in here):
                continue
            here.append(row.box)
        kept.append(row)
    return kept
