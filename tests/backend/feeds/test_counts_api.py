"""Counts through the API: bins in site time, gaps that are no zeros, exports that open anywhere, doors."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest
from django.utils import timezone

from backend.core.enums import Role
from backend.core.models import AuditEvent
from backend.feeds.domain.counting import NIL, CountKey, Numbers, Span, quarter_of
from backend.feeds.domain.history import history
from backend.feeds.domain.site_time import BinSize, bin_edges, midnight
from backend.feeds.enums import CountPart
from backend.feeds.models import Feed
from backend.feeds.services import counts, leases, registry
from backend.sites.models import Camera, Site
from tests.support import factories
from tests.support.feeds import clip_file, make_feed

API = "/api/v1"
CHICAGO = ZoneInfo("America/Chicago")
DAY = date(2026, 11, 25)


@pytest.fixture
def feed(project, manager) -> Feed:
    clip_file("dock.mp4", [0, 40])
    feed = make_feed(project, manager, "dock.mp4")
    site = Site.objects.create(organisation=project.organisation, name="=Dock", time_zone="America/Chicago")
    feed.camera = Camera.objects.create(site=site, name="Dock 3")
    feed.save(update_fields=["camera"])
    return feed


@pytest.fixture
def client(manager):
    return factories.client_for(manager)


def person_of(feed: Feed) -> uuid.UUID:
    return uuid.UUID(feed.project.ontology_versions.get().labels[0]["id"])


def store(feed: Feed, local: datetime, **numbers) -> None:
    """Counts of a person in the quarter at a time of the site."""
    at = quarter_of(local.replace(tzinfo=CHICAGO))
    more = Numbers(**{"exposure_s": 900.0, **numbers})
    bins = {CountKey(at, CountPart.VIEW, NIL, label): more for label in (NIL, person_of(feed))}
    span = Span(1, at, at + timedelta(minutes=15))
    assert counts.counts_add(
        feed_id=feed.pk, owner=str(uuid.uuid4()), flush=1, spans=[span], present={}, bins=bins
    )


# --- bins in site time


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-11-26", 24), ("2026-03-08", 23), ("2026-11-01", 25)],
    ids=["plain", "spring", "fall"],
)
def test_a_day_has_as_many_hours_as_the_site_s_clock_gives_it(day, hours):
    start = midnight(date.fromisoformat(day), CHICAGO)
    end = midnight(date.fromisoformat(day) + timedelta(days=1), CHICAGO)
    assert len(bin_edges(start, end, BinSize.DAY, CHICAGO, 10)) == 2
    edges = bin_edges(start, end, BinSize.HOUR, CHICAGO, 30)
    assert (len(edges) - 1, edges[0], edges[-1]) == (hours, start, end)
    assert len(bin_edges(start, end, BinSize.QUARTER, CHICAGO, 200)) - 1 == hours * 4


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Australia/Lord_Howe", "America/Santiago", "UTC"])
def test_bins_of_a_year_leave_no_hole_and_begin_with_the_local_hour(zone):
    place = ZoneInfo(zone)
    start, end = midnight(date(2026, 1, 1), place), midnight(date(2027, 1, 1), place)
    for size in (BinSize.DAY, BinSize.HOUR):
        edges = bin_edges(start, end, size, place, 9_000)
        assert (edges[0], edges[-1]) == (start, end)
        assert all(before < after for before, after in pairwise(edges))
        off = [edge for edge in edges if edge.astimezone(place).minute]
        # Lord Howe's clocks change by half an hour, twice a year.
        assert len(off) == (2 if (zone, size) == ("Australia/Lord_Howe", BinSize.HOUR) else 0)


def test_the_bin_that_holds_the_time_is_asked_for_whole():
    at = datetime(2026, 11, 26, 12, 7, 3, tzinfo=UTC)
    assert bin_edges(at, at, BinSize.QUARTER, CHICAGO, 5) == [
        at.replace(minute=0, second=0),
        at.replace(minute=15, second=0),
    ]
    with pytest.raises(ValueError, match="more than"):
        bin_edges(at, at + timedelta(hours=3), BinSize.QUARTER, CHICAGO, 5)


# --- series


def test_a_bin_nobody_watched_is_null_and_one_with_nothing_in_it_is_zero(feed, client):
    store(feed, datetime(2026, 11, 25, 8, 0), tracks=5, presence_s=450.0, peak=3)
    store(feed, datetime(2026, 11, 25, 8, 45), tracks=2, peak=4, exposure_s=300.0)
    store(feed, datetime(2026, 11, 25, 10, 0))
    body = client.get(f"{API}/feeds/{feed.pk}/counts?from=2026-11-25").json()
    assert (body["time_zone"], body["bin"], len(body["bins"])) == ("America/Chicago", "hour", 24)
    assert body["bins"][0]["at"] == "2026-11-25T06:00:00Z"
    every, person = body["series"]
    assert (every["label_id"], person["label"]) == (None, "person")
    assert person["tracks"][7:11] == [None, 7, None, 0]
    assert person["peak"][8] == 4
    assert person["exposure_s"][7:11] == [0.0, 1200.0, 0.0, 900.0]
    assert (person["mean"][8], person["mean"][9], person["dwell_s"][8]) == (0.375, None, None)


def test_days_quarters_labels_and_parts_are_asked_for(feed, client):
    store(feed, datetime(2026, 11, 1, 1, 15), tracks=1)
    # The same wall time an hour later, when the clocks have gone back.
    store(feed, datetime(2026, 11, 1, 1, 15, fold=1), tracks=2)
    url = f"{API}/feeds/{feed.pk}/counts"
    days = client.get(f"{url}?from=2026-10-31&to=2026-11-03&bin=day&label_id={person_of(feed)}").json()
    assert [each["seconds"] / 3600 for each in days["bins"]] == [24, 25, 24]
    assert [series["tracks"] for series in days["series"]] == [[None, 3, None]]
    quarters = client.get(f"{url}?from=2026-11-01T06:00:00Z&to=2026-11-01T08:00:00Z&bin=quarter").json()
    assert [n for n in quarters["series"][0]["tracks"] if n is not None] == [1, 2]
    assert client.get(f"{url}?part=zone").json()["series"] == []


def test_a_camera_and_a_site_add_up_the_feeds_one_may_see(feed, client, manager, project):
    clip_file("second.mp4", [0, 40])
    second = make_feed(project, manager, "second.mp4")
    Feed.objects.filter(pk=second.pk).update(camera=feed.camera)
    other = Feed.objects.create(
        project=factories.make_project(organisation=factories.make_org("Other")),
        camera=feed.camera,
        name="theirs",
        source_kind="file",
    )
    for each, peak in ((feed, 3), (second, 5), (other, 9)):
        store(each, datetime(2026, 11, 25, 8), tracks=2, peak=peak)
    site = factories.make_member(project.organisation, Role.VIEWER)
    for address in (f"cameras/{feed.camera.pk}", f"sites/{feed.camera.site_id}"):
        body = factories.client_for(site).get(f"{API}/{address}/counts?from=2026-11-25").json()
        total = body["series"][0]
        assert (body["feeds"], total["tracks"][8], total["peak"][8], total["exposure_s"][8]) == (
            2,
            4,
            5,
            1800.0,
        )
    names = factories.client_for(site).get(f"{API}/sites/{feed.camera.site_id}/feeds").json()
    assert [row["name"] for row in names] == ["feed dock.mp4", "feed second.mp4"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=yesterday", "from"),
        ("from=2026-11-25&to=2026-11-24", "to"),
        ("from=2020-01-01&to=2026-01-01&bin=quarter", "to"),
        ("from=0001-01-01", "from"),
        ("bin=minute", "bin"),
        ("part=all", "part"),
        ("label_id=x", "label_id"),
    ],
)
def test_what_cannot_be_counted_is_refused_by_name(feed, client, query, field):
    answer = client.get(f"{API}/feeds/{feed.pk}/counts?{query}")
    assert answer.status_code == 400
    assert any(name.startswith(field) for name in answer.json()["fields"]), answer.json()


# --- exports


def test_csv_and_parquet_hold_the_same_rows_and_no_formula(feed, client):
    store(feed, datetime(2026, 11, 25, 8, 0), tracks=5, presence_s=450.0)
    store(feed, datetime(2026, 11, 25, 9, 0))
    url = f"{API}/feeds/{feed.pk}/counts/export?from=2026-11-25&bin=quarter"
    answer = client.get(url)
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert len(rows) == 4
    people = [row for row in rows if row["label"] == "person"]
    assert [row["at_local"] for row in people] == ["2026-11-25T08:00:00-06:00", "2026-11-25T09:00:00-06:00"]
    assert {row["site"] for row in rows} == {"'=Dock"}
    parquet = client.get(f"{url}&format=parquet")
    table = pq.read_table(io.BytesIO(b"".join(parquet.streaming_content))).to_pylist()
    assert [(row["at"].isoformat(), row["label"], row["tracks"]) for row in table] == [
        (row["at"], row["label"], int(row["tracks"])) for row in rows
    ]
    assert table[0]["site"] == "=Dock"
    assert AuditEvent.objects.filter(action="counts.export").count() == 2


def test_an_export_of_nothing_is_a_head_and_a_readable_file(feed, client):
    url = f"{API}/feeds/{feed.pk}/counts/export?from=2026-11-25"
    assert len(b"".join(client.get(url).streaming_content).splitlines()) == 1
    empty = b"".join(client.get(f"{url}&format=parquet").streaming_content)
    assert pq.read_table(io.BytesIO(empty)).num_rows == 0


# --- history

T = datetime(2026, 11, 26, 6, tzinfo=UTC)


def minutes(*values: int) -> list[datetime]:
    return [T + timedelta(minutes=value) for value in values]


def test_the_strip_has_no_hole_and_believes_pictures_more_than_words():
    a, b, c, d, end = minutes(0, 10, 20, 30, 60)
    told = [(a - timedelta(hours=1), "paused", ""), (a, "online", ""), (c, "offline", "No frame.")]
    found = history(
        a,
        end,
        [(a + timedelta(minutes=1), b), (b + timedelta(seconds=5), c), (d, d + timedelta(minutes=5))],
        told,
    )
    assert [(s.state, (s.ended_at - s.started_at).total_seconds() / 60) for s in found] == [
        ("unknown", 1.0),
        ("online", 19.0),
        ("offline", 10.0),
        ("online", 5.0),
        # Said to be offline since the twentieth minute, and nothing was said after it came back.
        ("offline", 25.0),
    ]
    assert found[2].detail == "No frame."
    assert history(a, a, [], []) == []
    assert [s.state for s in history(a, end, [], [])] == ["unknown"]


def test_a_paused_feed_s_history_says_so(feed, client, manager):
    [leased] = leases.feeds_lease(owner="w", room=1)
    assert leases.state_set(feed=leased, owner=leased.lease_owner, state="online")
    registry.feed_update(actor=manager, feed=feed, changes={"enabled": False})
    day = timezone.now().astimezone(CHICAGO).date()
    found = client.get(f"{API}/feeds/{feed.pk}/history?from={day}").json()
    assert found[-1]["state"] == "paused"
    refused = client.get(f"{API}/feeds/{feed.pk}/history?from=2026-01-01&to=2026-03-01")
    assert refused.status_code == 400
