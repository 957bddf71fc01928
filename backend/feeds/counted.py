"""Reading counts: bins of any size in site time, and when a feed was watched."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from backend.core.errors import BadInput
from backend.feeds.domain.counting import FIELDS, HIGHEST, NIL, Numbers
from backend.feeds.domain.history import Segment, history
from backend.feeds.domain.site_time import BinSize, bin_edges, midnight
from backend.feeds.enums import CountPart, FeedEventKind, FeedState, MarkingKind
from backend.feeds.models import (
    CountBin,
    CountDay,
    CountHour,
    CountQuarter,
    Feed,
    FeedEvent,
    Marking,
    Rule,
    WatchSpan,
)
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User

BINS_MAX = 1_500
HISTORY_MAX = timedelta(days=31)
# A worker tells of itself within this time; longer silence is a gap.
FRESH = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Place:
    """Feeds that are counted together, in the time of their site."""

    feeds: tuple[Feed, ...]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: bins between `edges`, of one part of the picture; empty filters take everything."""

    edges: Sequence[datetime]
    size: BinSize
    part: CountPart = CountPart.VIEW
    part_ids: tuple[uuid.UUID, ...] = ()
    label_ids: tuple[uuid.UUID, ...] = ()


@dataclass(slots=True)
class Series:
    """One part and label (`NIL`: all of it): numbers by bin, None where nobody watched."""

    part: CountPart
    part_id: uuid.UUID
    label_id: uuid.UUID
    bins: list[Numbers | None] = field(default_factory=list)


def feeds_at(
    *, actor: User, camera_id: uuid.UUID | None = None, site_id: uuid.UUID | None = None
) -> list[Feed]:
    """Feeds of a camera or site that belong to projects the person sees; the camera or site itself is checked before."""
    feeds = Feed.objects.filter(project_id__in=projects.projects_of(actor).values("id"))
    feeds = feeds.filter(camera_id=camera_id) if camera_id else feeds.filter(camera__site_id=site_id)
    return list(feeds.select_related("camera__site", "project__site").order_by("name"))


def zone_of(feed: Feed) -> ZoneInfo:
    """The time zone of the feed's site: its camera's, else its project's, else UTC."""
    site = feed.camera.site if feed.camera else feed.project.site
    return ZoneInfo(site.time_zone if site else "UTC")


def place_of(feeds: Iterable[Feed], zone: ZoneInfo | None = None) -> Place:
    given = tuple(feeds)
    return Place(given, zone or (zone_of(given[0]) if given else ZoneInfo("UTC")))


def edges_between(
    place: Place,
    start: date | datetime | None,
    end: date | datetime | None,
    size: BinSize,
    most: int = BINS_MAX,
) -> list[datetime]:
    """Bins from `start` until `end`, today at the site without them; a date begins at the site's midnight."""
    first = _instant(start, place.zone) or midnight(timezone.now().astimezone(place.zone).date(), place.zone)
    local = first.astimezone(place.zone)
    last = _instant(end, place.zone) or midnight(local.date() + timedelta(days=1), place.zone)
    if last <= first:
        raise BadInput("The end must come after the beginning.", fields={"to": "After from."})
    try:
        return bin_edges(first, last, size, place.zone, most)
    except (ValueError, OverflowError) as error:
        raise BadInput(
            f"That is too long for bins of this size: {most} at most. Take longer bins, or less time.",
            fields={"to": "Too long."},
        ) from error


def _instant(given: date | datetime | None, zone: ZoneInfo) -> datetime | None:
    if given is None:
        return None
    try:
        if not isinstance(given, datetime):
            return midnight(given, zone)
        return given if given.tzinfo else given.replace(tzinfo=zone)
    except OverflowError as error:
        raise BadInput("That is not a time that can be counted.", fields={"from": "Out of range."}) from error


def series_of(feeds: Sequence[Feed], question: Question) -> list[Series]:
    """The sums over `feeds`, by part and label; in the order of the ids, all labels together first."""
    found: dict[tuple[uuid.UUID, uuid.UUID], Series] = {}
    size = len(question.edges) - 1
    for at, part_id, label_id, numbers in _rows(feeds, question):
        one = found.setdefault((part_id, label_id), Series(question.part, part_id, label_id, [None] * size))
        one.bins[at] = numbers
    return [found[key] for key in sorted(found)]


def _rows(feeds: Sequence[Feed], question: Question) -> Iterable[tuple[int, uuid.UUID, uuid.UUID, Numbers]]:
    """(bin, part, label, numbers) of what is asked."""
    if not feeds:
        return
    edges = list(question.edges)
    if question.size is BinSize.DAY:
        index = {edge: at for at, edge in enumerate(edges)}
        days = _looked_up(CountDay, "at", feeds, question)
        # Days counted by another clock than the site's of now (its time zone was changed) are added up from the hours.
        if all(row[0] in index for row in days):
            for at, part_id, label_id, numbers in days:
                yield index[at], part_id, label_id, numbers
            return
    # Hours answer four times as fast, and are kept longer; a zone off the hour needs the quarters.
    whole = question.size is not BinSize.QUARTER and all(edge.minute == 0 for edge in edges)
    model = CountHour if whole else CountQuarter
    yield from _looked_up(model, "width_bucket(at, %s::timestamptz[]) - 1", feeds, question, [edges])


def _looked_up(
    model: type[CountBin], bin_sql: str, feeds: Sequence[Feed], question: Question, given: Sequence[Any] = ()
) -> list[tuple[Any, uuid.UUID, uuid.UUID, Numbers]]:
    """Sums by `bin_sql` (with `given`), part and label."""
    columns = ", ".join(f"{'MAX' if name in HIGHEST else 'SUM'}({name})" for name in FIELDS)
    parts = list(question.part_ids) or part_ids_of(feeds, question.part)
    labels = list(question.label_ids) or [NIL, *label_names(feeds)]
    ids = [feed.pk for feed in feeds]
    with connection.cursor() as cursor:
        # Every column of the key is named, so that an index scan reads no row in vain.
        cursor.execute(
            f"SELECT {bin_sql}, part_id, label_id, {columns} FROM {model._meta.db_table} "  # noqa: S608
            "WHERE feed_id = ANY(%s::uuid[]) AND part = %s AND part_id = ANY(%s::uuid[]) "
            "AND label_id = ANY(%s::uuid[]) AND at >= %s AND at < %s GROUP BY 1, 2, 3",
            [*given, ids, str(question.part), parts, labels, question.edges[0], question.edges[-1]],
        )
        return [(at, part_id, label_id, _numbers(values)) for at, part_id, label_id, *values in cursor]


def _numbers(values: Sequence[Any]) -> Numbers:
    kinds = (type(getattr(_ZERO, name)) for name in FIELDS)
    return Numbers(*(kind(value) for kind, value in zip(kinds, values, strict=True)))


_ZERO = Numbers()


def part_ids_of(feeds: Sequence[Feed], part: CountPart) -> list[uuid.UUID]:
    """Ids that can be counted by; those of zones and lines that are drawn now."""
    return list(part_names(feeds, part)) if part is not CountPart.VIEW else [NIL]


def part_names(feeds: Sequence[Feed], part: CountPart) -> dict[uuid.UUID, str]:
    """Names of zones, lines or rules by id, "" for the whole picture."""
    if part is CountPart.VIEW:
        return {NIL: ""}
    if part is CountPart.RULE:
        rules = Rule.objects.filter(feed__in=[feed.pk for feed in feeds]).order_by("name")
        return dict(rules.values_list("id", "name"))
    kind = MarkingKind.ZONE if part is CountPart.ZONE else MarkingKind.LINE
    rows = Marking.objects.filter(feed__in=[feed.pk for feed in feeds], kind=kind).order_by("name")
    return dict(rows.values_list("id", "name"))


def label_names(feeds: Sequence[Feed]) -> dict[uuid.UUID, tuple[str, str]]:
    """(name, colour) of the labels of the feeds' projects by id, in the order of the ontology."""
    return {
        uuid.UUID(label.id): (label.name, label.color)
        for project_id in dict.fromkeys(feed.project_id for feed in feeds)
        for label in projects.labels_of(project_id)
    }


def feed_history(feed: Feed, start: datetime, end: datetime) -> list[Segment]:
    """States of a feed without a hole from `start` to `end` (or now): what workers saw, and else what was said of it."""
    now = timezone.now()
    # Before the feed was there, nobody could have watched.
    start, end = max(start, feed.created_at), min(end, now)
    if end - start > HISTORY_MAX:
        raise BadInput("The history shows 31 days at most.", fields={"to": "Too long."})
    spans = WatchSpan.objects.filter(feed=feed, ended_at__gte=start, started_at__lt=end)
    rows = FeedEvent.objects.filter(feed=feed, kind=FeedEventKind.STATE)
    before = rows.filter(at__lt=start).order_by("-at").first()
    told = [*([before] if before else []), *rows.filter(at__gte=start, at__lt=end).order_by("at")]
    watched = list(spans.order_by("started_at").values_list("started_at", "ended_at"))
    if watched and feed.state == FeedState.ONLINE and now - watched[-1][1] <= FRESH:
        watched[-1] = (watched[-1][0], max(watched[-1][1], end))
    events = [(row.at, str(row.payload.get("state", "")), str(row.payload.get("detail", ""))) for row in told]
    return history(start, end, watched, events)
