"""Counts over time: what is added up from frames, and that each flush counts once whatever happens to a worker."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import DatabaseError
from django.db.models.functions import Now
from hypothesis import given
from hypothesis import strategies as st

from backend.feeds.domain.counting import (
    FIELDS,
    NIL,
    CountKey,
    Crossing,
    Numbers,
    Seen,
    Span,
    Stay,
    Tally,
    bins_hourly,
    quarters_between,
)
from backend.feeds.enums import CountPart
from backend.feeds.jobs.score import FeedRunner
from backend.feeds.models import CountDay, CountHour, CountQuarter, Feed, Incident, WatchSpan
from backend.feeds.services import counts, leases, markings, registry, rules
from tests.support import factories
from tests.support.feeds import feed_root, grey_jpeg, make_feed, run_leased
from tests.support.learning import make_model

PERSON, TRUCK, DOCK, GATE, RULE = (uuid.UUID(int=n) for n in range(1, 6))
NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def tally_of(frames: list[tuple[float, Seen]], start: datetime = NOON) -> Tally:
    """Frames at seconds after `start`."""
    tally = Tally(gap_max_s=5.0)
    tally.opened(start, None, {})
    for second, seen in frames:
        tally.frame(start + timedelta(seconds=second), second, seen)
    return tally


def seen(*people: int, trucks: tuple[int, ...] = (), **more) -> Seen:
    tracks = dict.fromkeys(people, PERSON) | dict.fromkeys(trucks, TRUCK)
    return Seen({PERSON, TRUCK}, tracks, **more)


def of(
    tally: Tally, label: uuid.UUID = NIL, part: CountPart = CountPart.VIEW, part_id: uuid.UUID = NIL, at=NOON
):
    return tally.take()[0].get(CountKey(at, part, part_id, label))


# --- what frames add up to


def test_objects_are_counted_once_and_their_seconds_add_up():
    tally = tally_of([(0, seen(1)), (1, seen(1, 2)), (2, seen(1, trucks=(3,))), (3, seen(1, 2))])
    bins, spans = tally.take()
    person = bins[CountKey(NOON, CountPart.VIEW, NIL, PERSON)]
    assert (person.exposure_s, person.tracks, person.peak) == (3.0, 2, 2)
    # Track 2 blinked for a frame: two seconds between its looks. Track 1 was there all the time.
    assert person.presence_s == pytest.approx(5.0)
    every = bins[CountKey(NOON, CountPart.VIEW, NIL, NIL)]
    assert (every.tracks, every.peak, every.exposure_s) == (3, 2, 3.0)
    assert spans == [Span(1, NOON, NOON + timedelta(seconds=3))]


def test_nothing_to_see_is_a_zero_but_no_model_and_no_picture_are_none():
    empty = tally_of([(0, seen()), (2, seen())])
    assert of(empty, TRUCK) == Numbers(exposure_s=2.0)
    blind = tally_of([(0, Seen(None, {})), (2, Seen(None, {}))])
    assert blind.take()[0] == {}
    assert of(tally_of([])) is None


def test_a_long_gap_was_not_watched():
    tally = tally_of([(0, seen(1)), (1, seen(1)), (60, seen(1)), (61, seen(1))])
    bins, spans = tally.take()
    numbers = bins[CountKey(NOON, CountPart.VIEW, NIL, PERSON)]
    assert (numbers.exposure_s, numbers.presence_s, numbers.tracks) == (2.0, 2.0, 1)
    assert [(s.started_at - NOON).total_seconds() for s in spans] == [0.0, 60.0]


def test_seconds_across_a_quarter_s_end_go_to_both():
    start = NOON + timedelta(minutes=14, seconds=58)
    tally = tally_of([(0, seen(1)), (4, seen(1))], start)
    bins, _ = tally.take()
    before = bins[CountKey(NOON, CountPart.VIEW, NIL, PERSON)]
    after = bins[CountKey(NOON + timedelta(minutes=15), CountPart.VIEW, NIL, PERSON)]
    assert (before.exposure_s, after.exposure_s) == (pytest.approx(2.0), pytest.approx(2.0))
    assert (before.tracks, after.tracks) == (1, 0)


@given(st.integers(0, 10**8), st.floats(0.01, 10_000))
def test_shares_of_quarters_add_up(offset_ms, length_s):
    start = NOON + timedelta(milliseconds=offset_ms)
    parts = list(quarters_between(start, start + timedelta(seconds=length_s)))
    assert sum(share for _, share in parts) == pytest.approx(1.0)
    assert all(b - a == timedelta(minutes=15) for (a, _), (b, _) in pairwise(parts))


def test_zones_and_lines_are_counted_by_label_and_say_when_they_were_watched():
    inside = {DOCK: {1}, GATE: set()}
    tally = tally_of(
        [
            (0, seen(1, inside={DOCK: set(), GATE: set()}, lines=[RULE])),
            (1, seen(1, inside=inside, lines=[RULE], stays=[Stay(DOCK, 1, None)])),
            (2, seen(1, inside=inside, lines=[RULE], crossings=[Crossing(RULE, 1, forward=True)])),
            # Gone from view by the time that it is believed to have left.
            (4, seen(inside={DOCK: set(), GATE: set()}, lines=[RULE], stays=[Stay(DOCK, 1, 2.5)])),
        ]
    )
    bins, _ = tally.take()
    dock = bins[CountKey(NOON, CountPart.ZONE, DOCK, PERSON)]
    assert (dock.tracks, dock.stays, dock.dwell_s, dock.presence_s, dock.peak) == (1, 1, 2.5, 2.0, 1)
    assert bins[CountKey(NOON, CountPart.ZONE, GATE, TRUCK)] == Numbers(exposure_s=4.0)
    line = bins[CountKey(NOON, CountPart.LINE, RULE, PERSON)]
    assert (line.forward, line.backward, line.exposure_s) == (1, 0, 4.0)


def test_speeds_are_metres_over_seconds_of_known_speed():
    tally = tally_of([(0, seen(1)), (1, seen(1, speeds_m_s={1: 2.0})), (3, seen(1, speeds_m_s={1: 1.0}))])
    person = of(tally, PERSON)
    assert (person.speed_m, person.speed_s, person.speed_peak_m_s) == (4.0, 3.0, 2.0)


def test_a_rule_s_exposure_is_the_time_it_was_at_work():
    tally = tally_of([(0, seen()), (2, seen(rules=[RULE])), (3, seen())])
    assert of(tally, part=CountPart.RULE, part_id=RULE) == Numbers(exposure_s=2.0)


def test_whoever_was_in_view_before_a_short_pause_is_not_new():
    tally = tally_of([(0, seen(1, 2))])
    first, present = tally.last
    tally.take()
    tally.opened(NOON + timedelta(seconds=12), first, present)
    for second in (12, 13, 20):
        # Another tracker gives other ids: 7 and 8 were there, 9 came later.
        ids = (7, 8) if second < 20 else (7, 8, 9)
        tally.frame(NOON + timedelta(seconds=second), float(second), seen(*ids))
    assert of(tally, PERSON).tracks == 1
    tally.opened(NOON + timedelta(minutes=5), *tally.last)
    tally.frame(NOON + timedelta(minutes=5), 300.0, seen(10))
    assert of(tally, PERSON).tracks == 1


def test_hours_are_the_sums_of_their_quarters():
    quarters = {
        CountKey(NOON + timedelta(minutes=m), CountPart.VIEW, NIL, PERSON): Numbers(900.0, m, peak=m)
        for m in (0, 15, 30, 45)
    }
    assert bins_hourly(quarters) == {
        CountKey(NOON, CountPart.VIEW, NIL, PERSON): Numbers(3600.0, 90, peak=45)
    }


# --- how they are written


@pytest.fixture
def feed(project, manager, tmp_path) -> Feed:
    """Ten frames, half a second apart in the source's own time, of one object."""
    folder = feed_root() / "counted"
    folder.mkdir(exist_ok=True)
    for n in range(10):
        (folder / f"{n}.jpg").write_bytes(grey_jpeg(76 + n % 2))
    make_model(project, tmp_path, gain=3.0)
    return make_feed(project, manager, "counted", capture_random_per_hour=0)


def totals(feed: Feed, model=CountQuarter, label: uuid.UUID = NIL) -> Numbers:
    """Over all bins: an hour may end while a test runs."""
    numbers = Numbers()
    for row in model.objects.filter(feed=feed, part=CountPart.VIEW, label_id=label):
        numbers.add(Numbers(*(getattr(row, name) for name in FIELDS)))
    return numbers


def runner_of(owner: str) -> FeedRunner:
    [leased] = leases.feeds_lease(owner=owner, room=1)
    return FeedRunner(leased, threading.Event())


def after_frames(runner: FeedRunner, number: int, do) -> None:
    """Call `do` after so many frames."""
    one, count = runner._one, iter(range(1, 100))

    def counted(frame) -> None:
        one(frame)
        if next(count) == number:
            do()

    runner._one = counted


def test_a_feed_s_counts_are_stored_by_quarter_hour_and_day(feed):
    run_leased()
    numbers = totals(feed)
    assert (numbers.exposure_s, numbers.tracks, numbers.peak) == (4.5, 1, 1)
    assert 3.0 <= numbers.presence_s <= 4.5
    assert totals(feed, CountHour) == totals(feed, CountDay) == numbers
    labels = set(CountQuarter.objects.filter(feed=feed).values_list("label_id", flat=True))
    # Both labels that the model knows have rows: a hard hat that did not come is a zero, not a gap.
    assert len(labels) == 3
    span = WatchSpan.objects.filter(feed=feed).order_by("ended_at").last()
    assert span.started_at <= span.ended_at


def test_a_zone_drawn_on_a_feed_is_counted_and_one_in_metres_not_without_a_floor(feed, manager):
    corners = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]
    make = {"actor": manager, "feed": feed, "kind": "zone"}
    bay = markings.marking_create(**make, name="Bay", space="picture", points=corners)
    markings.marking_create(**make, name="Floor", space="ground", points=[[0, 0], [5, 0], [0, 5]])
    run_leased()
    rows = list(CountQuarter.objects.filter(feed=feed, part=CountPart.ZONE, label_id=NIL))
    assert {row.part_id for row in rows} == {bay.pk}
    assert (sum(row.tracks for row in rows), sum(row.exposure_s for row in rows)) == (1, 4.5)
    assert sum(row.presence_s for row in rows) >= 2.0


def test_an_incident_is_counted_once_with_its_row_by_rule_and_for_the_camera(feed, manager, project):
    given_ = {"name": "Nobody here", "condition": {"labels": [str(factories.label_id(project, "person"))]}}
    rule = rules.rule_create(actor=manager, feed=feed, given={**given_, "severity": "high"})
    run_leased()
    assert Incident.objects.filter(rule=rule).count() == 1
    rows = list(CountQuarter.objects.filter(feed=feed, part=CountPart.RULE, part_id=rule.pk))
    assert (sum(row.incidents for row in rows), sum(row.near_misses for row in rows)) == (1, 0)
    assert sum(row.exposure_s for row in rows) == 4.5
    assert {totals(feed, model).incidents for model in (CountQuarter, CountHour, CountDay)} == {1}


class Killed(BaseException):
    """Ends a worker as a kill does: nothing is flushed."""


def test_a_killed_worker_loses_only_what_came_since_its_last_flush(feed, monkeypatch):
    monkeypatch.setattr("backend.feeds.jobs.score.RENEW_S", 0.0)
    monkeypatch.setattr("backend.feeds.jobs.counts.WRITE_EVERY_S", 0.0)
    runner = runner_of("killed")

    def kill() -> None:
        raise Killed

    after_frames(runner, 7, kill)
    with pytest.raises(Killed):
        runner.run()
    # Written with the renewal before the seventh frame: six frames are 2.5 seconds.
    assert totals(feed).exposure_s == pytest.approx(2.5)
    Feed.objects.filter(pk=feed.pk).update(lease_expires_at=Now() - timedelta(seconds=1))
    run_leased()
    both = totals(feed)
    assert both.exposure_s == pytest.approx(2.5 + 4.5)
    # The one who stood there when the first worker died was not counted anew by the second.
    assert both.tracks == 1
    assert totals(feed, CountHour) == totals(feed, CountDay) == both


def test_a_worker_whose_lease_moved_adds_nothing_of_what_it_saw_since(feed, manager, monkeypatch):
    monkeypatch.setattr("backend.feeds.jobs.score.RENEW_S", 0.0)
    runner = runner_of("old")
    after_frames(runner, 4, lambda: registry.feed_restart(actor=manager, feed=feed))
    runner.run()
    # Known to be its own until the renewal before the fourth frame; the fourth may be the next worker's.
    assert totals(feed).exposure_s == pytest.approx(1.0)
    run_leased()
    assert totals(feed).exposure_s == pytest.approx(1.0 + 4.5)


def test_the_same_flush_twice_is_added_once(feed):
    key = CountKey(NOON, CountPart.VIEW, NIL, NIL)
    given_ = {
        "feed_id": feed.pk,
        "owner": "w",
        "spans": [Span(1, NOON, NOON + timedelta(seconds=10))],
        "present": {PERSON: 1},
        "bins": {key: Numbers(exposure_s=10.0, tracks=3, peak=2)},
    }
    assert counts.counts_add(**given_, flush=1)
    assert not counts.counts_add(**given_, flush=1)
    assert counts.counts_add(**given_, flush=2)
    assert counts.counts_add(**{**given_, "owner": "other"}, flush=1)
    numbers = totals(feed)
    assert (numbers.exposure_s, numbers.tracks, numbers.peak) == (30.0, 9, 2)


def test_a_flush_whose_answer_was_lost_is_tried_again_and_added_once(feed, monkeypatch):
    """The database took it, then the connection broke: what was tried is frozen, what came later waits behind it."""
    monkeypatch.setattr("backend.feeds.jobs.score.RENEW_S", 0.0)
    monkeypatch.setattr("backend.feeds.jobs.counts.WRITE_EVERY_S", 0.0)
    add, answers = counts.counts_add, iter([True, False, True] + [False] * 100)

    def lost(**given_) -> bool:
        done = add(**given_)
        if next(answers):
            raise DatabaseError("the connection broke after the commit")
        return done

    monkeypatch.setattr("backend.feeds.jobs.counts.counts.counts_add", lost)
    run_leased()
    assert (totals(feed).exposure_s, totals(feed).tracks) == (4.5, 1)


def test_two_writers_at_once_lose_nothing(feed):
    from django.db import connection

    keys = [CountKey(NOON, CountPart.VIEW, NIL, label) for label in (NIL, PERSON, TRUCK)]
    start = threading.Barrier(2)

    def write(owner: str, order: Iterator[CountKey]) -> None:
        bins = {key: Numbers(exposure_s=1.0, tracks=1) for key in order}
        try:
            start.wait(10)
            for flush in range(1, 21):
                counts.counts_add(
                    feed_id=feed.pk,
                    owner=owner,
                    flush=flush,
                    spans=[Span(1, NOON, NOON)],
                    present={},
                    bins=bins,
                )
        finally:
            connection.close()

    threads = [
        threading.Thread(target=write, args=("a", iter(keys))),
        threading.Thread(target=write, args=("b", reversed(keys))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (totals(feed).tracks, totals(feed, label=TRUCK).tracks) == (40, 40)


def test_old_bins_go_and_hours_stay_longer(feed):
    for n, days in enumerate((1, 30, 300)):
        at = NOON - timedelta(days=days)
        counts.counts_add(
            feed_id=feed.pk,
            owner="w",
            flush=n + 1,
            spans=[Span(n, at, at)],
            present={},
            bins={CountKey(at, CountPart.VIEW, NIL, NIL): Numbers(exposure_s=1.0)},
        )
    counts.counts_prune(now=NOON, quarters_days=10, hours_days=100)
    assert (CountQuarter.objects.count(), CountHour.objects.count(), WatchSpan.objects.count()) == (1, 2, 2)
    assert CountDay.objects.count() == 2
