"""Drawing, changing and removing zones and lines of a feed; its worker takes them up within seconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from backend.core import audit, events
from backend.core.errors import Stale
from backend.feeds.domain.markings import points_problem
from backend.feeds.enums import MarkingKind, MarkingSpace
from backend.feeds.errors import MarkingNameTaken, MarkingRefused
from backend.feeds.models import Feed, Marking

if TYPE_CHECKING:
    from backend.accounts.models import User

# Each is looked at for each track in each frame.
MARKINGS_MAX = 40

Points = Sequence[Sequence[float]]


@transaction.atomic
def marking_create(
    *, actor: User, feed: Feed, kind: MarkingKind, name: str, space: MarkingSpace, points: Points
) -> Marking:
    """Add a zone or a line. Raises MarkingRefused or MarkingNameTaken."""
    _points_check(kind, space, points)
    Feed.objects.select_for_update().get(pk=feed.pk)
    if feed.markings.count() >= MARKINGS_MAX:
        raise MarkingRefused(f"A feed holds {MARKINGS_MAX} zones and lines at most. Remove one first.")
    marking = Marking(feed=feed, kind=kind, name=name.strip(), space=space, points=_plain(points))
    _save(marking)
    _record(actor, marking, "marking.create", after=_state(marking))
    return marking


@transaction.atomic
def marking_update(*, actor: User, marking: Marking, changes: dict[str, Any], base_version: int) -> Marking:
    """Change name, space or points. Raises Stale, MarkingRefused, MarkingNameTaken."""
    marking = (
        Marking.objects.select_related("feed__project").select_for_update(of=("self",)).get(pk=marking.pk)
    )
    if marking.version != base_version:
        raise Stale(
            "Somebody else changed this in between. Look at it again, then save.",
            extra={"current": {"version": marking.version}},
        )
    before = _state(marking)
    marking.name = changes.get("name", marking.name).strip()
    marking.space = changes.get("space", marking.space)
    marking.points = _plain(changes.get("points", marking.points))
    _points_check(marking.kind, marking.space, marking.points)
    marking.version += 1
    _save(marking)
    _record(actor, marking, "marking.update", before=before, after=_state(marking))
    return marking


@transaction.atomic
def marking_delete(*, actor: User, marking: Marking) -> None:
    _record(actor, marking, "marking.delete", before=_state(marking))
    marking.delete()


def _points_check(kind: str, space: str, points: Points) -> None:
    problem = points_problem(kind, space, points)
    if problem:
        raise MarkingRefused(f"This {kind} cannot be used. {problem}", fields={"points": problem})


def _plain(points: Points) -> list[list[float]]:
    # Five digits are a tenth of a pixel at 8K, and a hundredth of a millimetre.
    return [[round(float(x), 5), round(float(y), 5)] for x, y in points]


def _save(marking: Marking) -> None:
    try:
        with transaction.atomic():
            marking.save()
    except IntegrityError as error:
        raise MarkingNameTaken(
            "This feed has a zone or line of that name.", fields={"name": "Taken."}
        ) from error


def _state(marking: Marking) -> dict[str, Any]:
    return {"name": marking.name, "kind": marking.kind, "space": marking.space, "points": marking.points}


def _record(actor: User, marking: Marking, action: str, **changes: Any) -> None:
    project = marking.feed.project
    audit.record(
        actor=actor,
        organisation_id=project.organisation_id,
        action=action,
        object_type="marking",
        object_id=marking.pk,
        **changes,
    )
    events.publish(
        organisation_id=project.organisation_id,
        project_id=project.pk,
        kind="marking",
        data={"id": str(marking.pk), "feed_id": str(marking.feed_id)},
    )
