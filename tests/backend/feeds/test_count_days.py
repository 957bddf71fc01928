"""Days beside the hours: the same answers from a hundredth of the rows, whatever the site's clock does."""

from __future__ import annotations

import importlib
import uuid
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from backend.feeds import counted
from backend.feeds.domain.counting import FIELDS, NIL, CountKey, Numbers, Span
from backend.feeds.domain.site_time import BinSize, midnight
from backend.feeds.enums import CountPart
from backend.feeds.models import CountDay, CountHour, Feed
from backend.feeds.services import counts
from backend.sites.models import Camera, Site
from tests.support import factories
from tests.support.feeds import clip_file, make_feed

# Plain; off by three quarters of an hour; by half an hour, with a change of half an hour; a day without a midnight.
ZONES = ["America/Chicago", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Santiago"]
# Around the days on which those clocks change.
STARTS = [date(2026, 3, 7), date(2026, 4, 4), date(2026, 9, 5), date(2026, 10, 3), date(2026, 10, 31)]


def feed_in(project: Any, manager: Any, zone: str) -> Feed:
    clip_file("days.mp4", [0, 40])
    feed = make_feed(project, manager, "days.mp4")
    site = Site.objects.create(organisation=project.organisation, name="Days", time_zone=zone)
    feed.camera = Camera.objects.create(site=site, name="Door")
    feed.save(update_fields=["camera"])
    return feed


def fill(feed: Feed, zone: str) -> None:
    """Three days round each of `STARTS`, every quarter another number."""
    at_number = 0
    for start in STARTS:
        at = midnight(start, ZoneInfo(zone))
        bins = {}
        while at < midnight(start + timedelta(days=3), ZoneInfo(zone)):
            at_number += 1
            numbers = Numbers(exposure_s=900.0, tracks=at_number, peak=at_number % 7, stays=1, dwell_s=2.5)
            bins[CountKey(at, CountPart.VIEW, NIL, NIL)] = numbers
            at += timedelta(minutes=15)
        span = Span(1, min(key.at for key in bins), max(key.at for key in bins))
        assert counts.counts_add(
            feed_id=feed.pk, owner=str(uuid.uuid4()), flush=1, spans=[span], present={}, bins=bins
        )


def days_of(feed: Feed) -> list[Numbers | None]:
    place = counted.place_of([Feed.objects.select_related("camera__site", "project__site").get(pk=feed.pk)])
    edges = counted.edges_between(place, date(2026, 3, 1), date(2026, 11, 10), BinSize.DAY)
    [series] = counted.series_of(place.feeds, counted.Question(edges, BinSize.DAY))
    return series.bins


def rows() -> list[tuple[Any, ...]]:
    names = ("feed_id", "part", "part_id", "label_id", "at", *FIELDS)
    return sorted(CountDay.objects.values_list(*names))


@pytest.mark.parametrize("zone", ZONES)
def test_days_are_the_sums_of_their_quarters_by_the_site_s_clock(project, manager, zone):
    feed = feed_in(project, manager, zone)
    fill(feed, zone)
    found = days_of(feed)
    told = rows()
    # Without the days, the same is added up from hours or quarters.
    CountDay.objects.all().delete()
    CountDay.objects.create(
        feed=feed, part="view", part_id=NIL, label_id=NIL, at=datetime.fromisoformat("2026-06-01T07:07Z")
    )
    assert days_of(feed) == found
    assert sum(day is not None for day in found) == 3 * len(STARTS)
    # And an installation that counted before there were days is given the very same ones.
    CountDay.objects.all().delete()
    with connection.schema_editor() as editor:
        importlib.import_module("backend.feeds.migrations.0009_count_days").days_fill(None, editor)
    assert rows() == told


def test_a_day_is_read_from_its_row(project, manager):
    feed = feed_in(project, manager, "America/Chicago")
    fill(feed, "America/Chicago")
    before = days_of(feed)
    CountHour.objects.all().delete()
    assert days_of(feed) == before


def test_days_of_another_clock_are_not_believed(project, manager):
    feed = feed_in(project, manager, "America/Chicago")
    fill(feed, "America/Chicago")
    Site.objects.filter(name="Days").update(time_zone="Asia/Tokyo")
    tokyo = days_of(feed)
    CountDay.objects.all().delete()
    fill(feed_two := feed_in_again(feed, project, manager), "America/Chicago")
    assert tokyo == days_of(feed_two)


def feed_in_again(feed: Feed, project: Any, manager: Any) -> Feed:
    """Another feed of the same camera, counted by the clock of now from the first."""
    clip_file("again.mp4", [0, 40])
    again = make_feed(project, manager, "again.mp4")
    again.camera = feed.camera
    again.save(update_fields=["camera"])
    return again


def test_only_the_measures_asked_for_are_told(project, manager):
    feed = feed_in(project, manager, "America/Chicago")
    fill(feed, "America/Chicago")
    url = f"/api/v1/feeds/{feed.pk}/counts?from=2026-03-07&to=2026-03-10&bin=day"
    client = factories.client_for(manager)
    [whole] = client.get(url).json()["series"]
    [part] = client.get(f"{url}&measure=tracks&measure=mean").json()["series"]
    measures = {name for name, value in whole.items() if isinstance(value, list)}
    assert len(measures) == 12
    assert all(len(whole[name]) == 3 for name in measures)
    assert {name for name in measures if part[name]} == {"tracks", "mean"}
    assert part["tracks"] == whole["tracks"]
    refused = client.get(f"{url}&measure=people")
    assert (refused.status_code, "people" in str(refused.json()["fields"])) == (400, True)
