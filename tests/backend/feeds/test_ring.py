"""The last seconds in memory, within their room."""

from __future__ import annotations

from django.utils import timezone

from backend.feeds.jobs.ring import Ring, RingFrame


def _filled(ring: Ring, times: list[float], size: int = 10) -> Ring:
    for time_s in times:
        ring.add(RingFrame(time_s, timezone.now(), bytes(size)))
    return ring


def _times(ring: Ring, seconds: float) -> list[float]:
    return [frame.time_s for frame in ring.since(seconds)]


def test_an_empty_ring_gives_nothing() -> None:
    assert Ring().since(10) == []


def test_it_gives_the_last_seconds_oldest_first_and_forgets_older_ones() -> None:
    ring = _filled(Ring(seconds=4), [0, 1, 2, 3, 4, 5, 6])
    assert _times(ring, 2) == [4, 5, 6]
    assert _times(ring, 100) == [2, 3, 4, 5, 6]


def test_bytes_are_bounded_however_large_a_picture_is() -> None:
    ring = _filled(Ring(seconds=100, max_bytes=35), [0, 1, 2, 3, 4])
    assert (_times(ring, 100), ring.size_bytes) == ([2, 3, 4], 30)
    ring.add(RingFrame(5, timezone.now(), bytes(36)))
    assert (ring.since(100), ring.size_bytes) == ([], 0)


def test_a_source_that_begins_anew_does_not_mix_its_times_with_the_old_ones() -> None:
    ring = _filled(Ring(), [50, 51, 0, 1])
    assert _times(ring, 100) == [0, 1]
    ring.clear()
    assert (ring.since(1), ring.size_bytes) == ([], 0)
