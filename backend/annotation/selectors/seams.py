"""The seams between the parts of a video: which tracks are one object there, by themselves or by hand, and which are left."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from backend.annotation.contracts import RegionData, VideoPart
from backend.annotation.domain.parts import Span
from backend.annotation.domain.seams import (
    Box,
    PartLabels,
    box_at,
    frames_compared,
    pairs_at,
    stretches,
)
from backend.annotation.models import Task, TrackLink
from backend.annotation.selectors.approved import part_labels
from backend.annotation.selectors.cover import sealed_tasks
from backend.annotation.selectors.labels import APPROVED_STATES, approved_revisions
from backend.annotation.selectors.links import links_back
from backend.core.errors import NotFound
from backend.core.tracks import track_shape

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.media.models import Asset
    from backend.projects.models import Project

# Shared frames of which it is told where each track is: enough to find one that shows two of them.
FRAMES_SHOWN_MAX = 9

GONE = "One of the two is not in the approved labels any more."
UNLIKE = "The two have different labels or shapes by now."


@dataclass(frozen=True, slots=True)
class SeamRow:
    """Between part `number` and the next. `waits_for`: numbers of those of the two that have no approved labels."""

    number: int
    frame_start: int
    frame_end: int
    waits_for: list[int]


@dataclass(frozen=True, slots=True)
class VideoSeams:
    asset: Asset
    parts: list[VideoPart]
    seams: list[SeamRow]


@dataclass(frozen=True, slots=True)
class Piece:
    """A track of one part. `frame_first` to `frame_last`, both included, is where that part has it.

    `boxes` (xyxy pixels) are around it on the seam's `frames`, None where it is away; `nearest_frame` is where it is there
    nearest to the seam, in `nearest_box`. A tag's box is the whole picture.
    """

    region_id: str
    label_id: str
    shape: str
    frame_first: int
    frame_last: int
    boxes: list[Box | None]
    nearest_frame: int
    nearest_box: Box


@dataclass(frozen=True, slots=True)
class PiecePair:
    earlier: Piece
    later: Piece
    is_by_hand: bool
    overlap: float | None


@dataclass(frozen=True, slots=True)
class LinkTold:
    """A link as people made it; `no_effect` says why it has none, and is empty where it has one.

    The pieces are None where the approved labels have them not.
    """

    link: TrackLink
    earlier: Piece | None
    later: Piece | None
    no_effect: str


@dataclass(frozen=True, slots=True)
class Seam:
    """Everything about one seam. Pairs that joined by themselves come first, the least alike first."""

    row: SeamRow
    frames: list[int]
    pairs: list[PiecePair]
    earlier: list[Piece]
    later: list[Piece]
    links: list[LinkTold]


def seams_of(*, actor: User, project: Project, asset_id: uuid.UUID) -> VideoSeams:
    """The parts of a video and where they meet; no parts where it is one task. Raises NotFound for what is no video here."""
    tasks = _tasks(project, asset_id)
    approved = approved_to(actor, project, tasks)
    parts = [task.part for task in tasks if task.part]
    return VideoSeams(tasks[0].asset, parts, [_row(*two, approved) for two in pairwise(tasks)])


def seam_of(*, actor: User, project: Project, asset_id: uuid.UUID, number: int) -> Seam:
    """The seam after part `number`. Raises NotFound. Where a part waits, nothing is told of either."""
    tasks = _tasks(project, asset_id)
    two = next((two for two in pairwise(tasks) if two[0].part_number == number), None)
    if two is None:
        raise NotFound()
    row = _row(*two, approved_to(actor, project, tasks))
    found = None if row.waits_for else seam_parts(*two)
    if found is None:
        return Seam(row, [], [], [], [], [])
    before, part = found
    asset, shared = tasks[0].asset, Span(row.frame_start, row.frame_end)
    frames = frames_compared(shared, FRAMES_SHOWN_MAX)
    whole = (0.0, 0.0, float(asset.width or 0), float(asset.height or 0))
    earlier, later = (
        {r.region_id: _piece(r, side.span, shared, frames, whole) for r in side.labels.regions}
        for side in (before, part)
    )
    joined = pairs_at(before, part)
    pairs = [
        PiecePair(earlier[p.earlier.region_id], later[p.later.region_id], p.is_by_hand, p.overlap)
        for p in joined
    ]
    ends = {p.earlier.region_id for p in joined}
    begins = {p.later.region_id for p in joined}
    links = TrackLink.objects.filter(earlier_task=two[0], later_task=two[1]).select_related("made_by")
    return Seam(
        row,
        frames,
        sorted(pairs, key=lambda pair: (pair.is_by_hand, pair.overlap or 0.0)),
        sorted(
            (piece for key, piece in earlier.items() if key not in ends),
            key=lambda piece: -piece.frame_last,
        ),
        sorted(
            (piece for key, piece in later.items() if key not in begins),
            key=lambda piece: piece.frame_first,
        ),
        [_told(link, earlier, later) for link in links.order_by("id")],
    )


def seam_parts(first: Task, second: Task) -> tuple[PartLabels, PartLabels] | None:
    """The approved labels of two neighbours, with what people said of them; None where one has none."""
    ids = [first.pk, second.pk]
    links = links_back(ids)
    rows = approved_revisions(project_id=first.project_id, task_ids=ids, include_excluded=True)
    found = {row.task_id: part_labels(row, links) for row in rows}
    return (found[first.pk], found[second.pk]) if len(found) == 2 else None


def _tasks(project: Project, asset_id: uuid.UUID) -> list[Task]:
    rows = Task.objects.select_related("asset").defer("asset__frame_times_s", "asset__hash_bands")
    where = {"asset_id": asset_id, "asset__kind": "video", "asset__deleted_at": None}
    found = list(rows.filter(project=project, **where).order_by("part_number"))
    if not found:
        raise NotFound()
    return found


def approved_to(actor: User, project: Project, tasks: Sequence[Task]) -> set[uuid.UUID]:
    """The tasks whose approved labels this person may see: who is to draw one alone is not told what it says."""
    hidden = set(sealed_tasks(actor.pk, project.pk))
    return {
        task.pk
        for task in tasks
        if task.state in APPROVED_STATES and task.resolved_revision_id and task.pk not in hidden
    }


def _row(first: Task, second: Task, approved: Collection[uuid.UUID]) -> SeamRow:
    waits = [task.part_number for task in (first, second) if task.pk not in approved]
    return SeamRow(first.part_number, second.frame_start, first.frame_end, waits)


def _piece(region: RegionData, span: Span, shared: Span, frames: Sequence[int], whole: Box) -> Piece:
    there = stretches(region, span)
    first, last = there[0].start, there[-1].end - 1
    shape = track_shape(region.geometry)

    def box(frame: int) -> Box | None:
        found = box_at(region, frame)
        return whole if found and shape == "tag" else found

    middle = (shared.start + shared.end) // 2
    boxes = {frame: box(frame) for frame in (*frames, first, last)}
    shown = {frame: found for frame, found in boxes.items() if found}
    nearest = min(shown, key=lambda frame: abs(frame - middle))
    return Piece(
        region.region_id,
        region.label_id,
        shape,
        first,
        last,
        [boxes[frame] for frame in frames],
        nearest,
        shown[nearest],
    )


def _told(link: TrackLink, earlier: Mapping[str, Piece], later: Mapping[str, Piece]) -> LinkTold:
    one, other = earlier.get(str(link.earlier_region)), later.get(str(link.later_region))
    if one is None or other is None:
        return LinkTold(link, one, other, GONE)
    are_unlike = (one.label_id, one.shape) != (other.label_id, other.shape)
    return LinkTold(link, one, other, UNLIKE if are_unlike else "")
