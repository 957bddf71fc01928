"""Directed lines: dated to the crossing, one event a crossing, nothing for a graze or a way round."""

from __future__ import annotations

import pytest

from ml.errors import GeometryError
from ml.scene.lines import Direction, Line, LineEvent, LineWatcher

# From (0, 0) to (10, 0): its left is y > 0.
GATE = Line("gate", (0.0, 0.0), (10.0, 0.0), margin=0.5)


def run(path: list[tuple[float, float, float]], line: Line = GATE) -> list[LineEvent]:
    watcher = LineWatcher([line])
    return [event for t, x, y in path for event in watcher.update(t, {7: (x, y)})]


def across(start: float, end: float, x: float = 5.0, step_s: float = 0.2) -> list[tuple[float, float, float]]:
    return [(i * step_s, x, start + (end - start) * i / 20) for i in range(21)]


@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        ("left to right", across(2.0, -2.0), [(Direction.FORWARD, 2.0)]),
        ("right to left", across(-1.0, 3.0), [(Direction.BACKWARD, 1.0)]),
        ("up to the line and back", across(2.0, 0.1) + [(5.0, 5.0, 2.0)], []),
        ("over by less than the margin and back", across(2.0, -0.4) + [(5.0, 5.0, 2.0)], []),
        ("round its end", across(2.0, -2.0, x=12.0), []),
        ("only ever on one side", across(3.0, 1.0), []),
        ("begins within the margin, then clear", across(0.3, -2.0), []),
        ("two looks far apart", [(0.0, 5.0, 3.0), (1.5, 5.0, -3.0)], [(Direction.FORWARD, 0.75)]),
    ],
)
def test_crossings(
    name: str, path: list[tuple[float, float, float]], expected: list[tuple[Direction, float]]
) -> None:
    events = run(path)
    assert [e.direction for e in events] == [d for d, _ in expected], name
    assert [e.time_s for e in events] == pytest.approx([t for _, t in expected]), name


def test_jitter_on_the_line_counts_once() -> None:
    path = [
        (0.2 * i, 5.0, (-0.3 if i % 2 else 0.3) + (2.0 if i < 3 else 0.0) - (2.0 if i > 30 else 0.0))
        for i in range(36)
    ]
    assert [e.direction for e in run(path)] == [Direction.FORWARD]


def test_there_and_back_is_two_crossings_and_people_are_apart() -> None:
    there = across(2.0, -2.0)
    back = [(4.2 + t, x, -y) for t, x, y in there]
    assert [e.direction for e in run(there + back)] == [Direction.FORWARD, Direction.BACKWARD]
    watcher = LineWatcher([GATE])
    assert watcher.update(0.0, {1: (5.0, 2.0), 2: (5.0, -2.0)}) == []
    assert watcher.update(0.2, {2: (5.0, -2.0)}) == []


def test_a_track_that_was_lost_does_not_cross_by_coming_back() -> None:
    assert run([(0.0, 5.0, 2.0), (0.2, 5.0, 2.0), (9.0, 5.0, -2.0), (9.2, 5.0, -2.0)]) == []


def test_no_lines_nobody_and_a_line_without_length() -> None:
    assert LineWatcher([]).update(0.0, {1: (0.0, 0.0)}) == []
    assert LineWatcher([GATE]).update(0.0, {}) == []
    with pytest.raises(GeometryError):
        LineWatcher([Line("dot", (1.0, 1.0), (1.0, 1.0))])
