"""Tracks of neighbouring parts of a video, joined or parted by hand."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from backend.annotation.contracts import RegionData
from backend.annotation.domain.seams import are_alike
from backend.annotation.enums import LinkKind
from backend.annotation.errors import ForeignId, JoinedElsewhere, SeamWaits, TracksUnlike
from backend.annotation.models import Task, TrackLink
from backend.annotation.selectors.seams import approved_to, seam_parts
from backend.annotation.services.moves import announce
from backend.core import audit
from backend.core.errors import NotFound

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project

Regions = dict[str, RegionData]


@transaction.atomic
def tracks_link(
    *,
    actor: User,
    project: Project,
    asset_id: uuid.UUID,
    number: int,
    earlier: uuid.UUID,
    later: uuid.UUID,
    kind: LinkKind | None,
) -> None:
    """Say that a track of part `number` and one of the next part are one object or two; None leaves it to their overlap.

    The same again changes nothing. Raises NotFound where there is no such seam, SeamWaits where the person may not see the
    approved labels of both parts, ForeignId, TracksUnlike, and JoinedElsewhere where one of them goes together with another
    track by hand.
    """
    first, second = _parts_lock(project, asset_id, number)
    # Before all else, and whatever is said: who is to draw one of them alone cannot tell that from a part not approved.
    if len(approved_to(actor, project, (first, second))) < 2:
        raise SeamWaits("Both parts must be approved first.")
    rows = TrackLink.objects.filter(earlier_task=first, later_task=second)
    said = rows.filter(earlier_region=earlier, later_region=later).first()
    before = said.kind if said else None
    given_up: list[TrackLink] = []
    if before == kind:
        return
    if kind is None:
        rows.filter(earlier_region=earlier, later_region=later).delete()
    else:
        found = seam_parts(first, second)
        assert found is not None
        ours, theirs = ({r.region_id: r for r in side.labels.regions} for side in found)
        _check(ours.get(str(earlier)), theirs.get(str(later)))
        if kind == LinkKind.TOGETHER:
            others = rows.filter(Q(earlier_region=earlier) | Q(later_region=later), kind=LinkKind.TOGETHER)
            given_up = list(others)
            _others_end(given_up, ours, theirs)
        rows.update_or_create(
            earlier_task=first,
            later_task=second,
            earlier_region=earlier,
            later_region=later,
            defaults={"kind": kind, "made_by": actor},
        )
    audit.record(
        actor=actor,
        organisation_id=project.organisation_id,
        action="task.tracks_link",
        object_type="task",
        object_id=second.pk,
        before={"kind": before},
        after={
            "kind": kind,
            "earlier": str(earlier),
            "later": str(later),
            "given_up": [
                {"earlier": str(row.earlier_region), "later": str(row.later_region)} for row in given_up
            ],
        },
    )
    announce(second)


def _parts_lock(project: Project, asset_id: uuid.UUID, number: int) -> tuple[Task, Task]:
    """Parts `number` and the next, held: two people who join at one seam come one after the other."""
    rows = Task.objects.select_for_update(of=("self",)).select_related("project").order_by("part_number")
    # Part 0 is the whole of a video that is in no parts.
    where = {"asset_id": asset_id, "asset__deleted_at": None, "part_number__gte": 1}
    found = list(rows.filter(project=project, part_number__in=(number, number + 1), **where))
    if len(found) != 2:
        raise NotFound()
    return found[0], found[1]


def _check(one: RegionData | None, other: RegionData | None) -> None:
    if one is None or other is None:
        named = {"earlier": one, "later": other}
        text = "Not in the approved labels of this part."
        raise ForeignId(
            "A track is not in the approved labels any more. Load the page anew.",
            fields={name: text for name, region in named.items() if region is None},
        )
    if not are_alike(one, other):
        raise TracksUnlike("Tracks of different labels or shapes cannot be one object.")


def _others_end(others: list[TrackLink], ours: Regions, theirs: Regions) -> None:
    """Links of these tracks to third ones: what has no effect any more makes room, else JoinedElsewhere."""
    for other in others:
        one, two = ours.get(str(other.earlier_region)), theirs.get(str(other.later_region))
        if one and two and are_alike(one, two):
            raise JoinedElsewhere("One of the two is joined by hand to another track. Part those first.")
        other.delete()
