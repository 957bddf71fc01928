"""Rules on made-up tracks: opens once, goes on, closes; cool-down, schedule, restarts, what cannot be told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

import numpy as np
import pytest

from backend.feeds.domain.measures import GearLook, Measures
from backend.feeds.domain.rule_engine import IncidentChange, Peak, Rule, RuleWatcher
from backend.feeds.domain.rules import Condition, condition_parse, condition_record, schedule_parse
from backend.feeds.domain.scene import MarkingShape, SceneFrame, SceneWatcher
from backend.feeds.domain.schedule import Window, is_at_work
from ml.contracts import Box, Prediction, TrackPoint
from ml.geometry.calibration import FloorPoints
from ml.scene.gear import Gear, Worn
from ml.tracking.floor import FloorState

SIZE_PX = (400, 200)
ZONE = MarkingShape("z", "zone", "picture", ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0)))
LINE = MarkingShape("l", "line", "picture", ((0.5, 1.0), (0.5, 0.0)))
IN, OUT = 300.0, 100.0
People = dict[int, float]


def person(track_id: int, x: float, label: str = "person") -> TrackPoint:
    return TrackPoint(track_id, 0.0, Box(x - 15, 60, x + 15, 150), label, 0.9, True)


def floor(time_s: float, at: dict[int, float], speeds: dict[int, float], sigma_m: float) -> FloorState:
    """People on a straight line, `at` metres along it."""
    ids = sorted(at)
    n = len(ids)
    points = FloorPoints(
        np.array([[at[i], 0.0] for i in ids]).reshape(-1, 2),
        np.zeros((n, 2, 1)),
        np.tile(np.eye(2) * sigma_m**2 / 2, (n, 1, 1)),
        np.ones(n, bool),
    )
    velocity = np.array([[speeds.get(i, 0.0), 0.0] for i in ids]).reshape(-1, 2)
    return FloorState(
        time_s,
        np.array(ids),
        points,
        np.ones(n, bool),
        np.full(n, 9.0),
        velocity,
        np.tile(np.eye(2) * 0.01, (n, 1, 1)),
    )


def play(
    watcher: RuleWatcher,
    where: Callable[[float], People],
    seconds: float,
    *,
    start_s: float = 0.0,
    metres: Callable[[float], dict[int, float]] | None = None,
    speeds: dict[int, float] | None = None,
    sigma_m: float = 0.05,
    hidden: Callable[[float], set[int]] = lambda _: set(),
    at_work: Callable[[float], bool] = lambda _: True,
) -> list[IncidentChange]:
    scenes = SceneWatcher()
    scenes.set_shapes([ZONE, LINE])
    changes = []
    for n in range(round(seconds * 5)):
        at_s = start_s + n / 5
        people = [person(i, x) for i, x in where(at_s).items()]
        state = floor(at_s, metres(at_s), speeds or {}, sigma_m) if metres else None
        if state is not None:
            state.clear[:] = [i not in hidden(at_s) for i in state.ids.tolist()]
        scene = scenes.update(at_s, at_s, SIZE_PX, people, state)
        changes += watcher.update(scene, Measures(scene, {}), at_work(at_s))
    return changes


def said(changes: list[IncidentChange]) -> list[tuple[str, float]]:
    """When what opened began, and when what closed was last so."""
    return [
        (c.change.value, round(c.since_s if c.change == "open" else c.seen_s, 1))
        for c in changes
        if c.change != "update"
    ]


def rule(clear_s: float = 2.0, cooldown_s: float = 5.0, **condition: Any) -> Rule:
    return Rule("r", Condition(labels=("person",), **condition), clear_s, cooldown_s)


def between(start_s: float, end_s: float) -> Callable[[float], People]:
    """Somebody who is in the zone for a while."""
    return lambda t: {1: IN if start_s <= t < end_s else OUT}


def test_one_incident_opens_is_kept_up_to_date_and_closes():
    changes = play(RuleWatcher(rule(zones=("z",))), between(2, 10), 20)
    assert [c.change.value for c in changes] == ["open", *["update"] * (len(changes) - 2), "close"]
    assert 3 <= len(changes) <= 7
    opened, closed = changes[0], changes[-1]
    assert (opened.since_s, opened.involved) == (pytest.approx(2.4, abs=0.3), {1: "person"})
    assert closed.seen_s == pytest.approx(10.6, abs=0.5)
    assert closed.peak.dwell_s == pytest.approx(8.6, abs=0.5)


@pytest.mark.parametrize(
    ("condition", "where", "opens"),
    [
        ({"zones": ("z",), "dwell_s": 5.0}, between(1, 5), 0),
        ({"zones": ("z",), "dwell_s": 5.0}, between(1, 8), 1),
        ({"zones": ("z",), "lasts_s": 5.0}, between(1, 5), 0),
        ({"zones": ("z",), "lasts_s": 5.0}, between(1, 8), 1),
        # Two who take turns do not add up.
        (
            {"zones": ("z",), "lasts_s": 5.0},
            lambda t: {1: IN if t < 4 else OUT, 2: IN if 4 <= t < 8 else OUT},
            0,
        ),
        ({"zones": ("z",), "count": 2}, lambda t: {1: IN, 2: OUT}, 0),
        ({"zones": ("z",), "count": 2}, lambda t: {1: IN, 2: IN if t > 3 else OUT}, 1),
        # The number lasts, whoever makes it up.
        (
            {"zones": ("z",), "count": 2, "lasts_s": 5.0},
            lambda t: {1: IN, 2: IN if t < 5 else OUT, 3: IN if t >= 4 else OUT},
            1,
        ),
        ({"count_is": "at_most", "count": 0, "zones": ("z",), "lasts_s": 4.0}, between(0, 20), 0),
        ({"count_is": "at_most", "count": 0, "zones": ("z",), "lasts_s": 4.0}, between(0, 6), 1),
        ({"line": "l", "direction": "forward"}, lambda t: {1: 20 + 30 * t}, 1),
        ({"line": "l", "direction": "backward"}, lambda t: {1: 20 + 30 * t}, 0),
        ({"line": "l"}, lambda t: {1: 380 - 30 * t}, 1),
        # Nobody of the rule's kind.
        ({"zones": ("z",), "near_m": 2.0, "near_labels": ("person",)}, between(0, 20), 0),
    ],
)
def test_what_opens_an_incident_and_what_does_not(condition, where, opens):
    given = {**condition}
    given, problems = condition_parse(
        {"labels": ["person"], **given}, labels={"person"}, zones={"z"}, lines={"l"}
    )
    assert problems == {}
    changes = play(RuleWatcher(Rule("r", given, 2.0, 60.0)), where, 14)
    assert [c.change.value for c in changes].count("open") == opens


def test_a_blink_of_the_detector_ends_nothing_and_a_track_under_a_new_number_is_the_same_incident():
    def where(t: float) -> People:
        if 5 <= t < 5.8:
            return {}
        return {1: IN} if t < 8 else {2: IN} if t < 12 else {2: OUT}

    changes = play(RuleWatcher(rule(zones=("z",), lasts_s=2.0)), where, 20)
    assert [kind for kind, _ in said(changes)] == ["open", "close"]
    assert set(changes[-1].involved) == {1, 2}


def test_the_cool_down_holds_the_next_one_back_and_what_still_holds_then_opens():
    def where(t: float) -> People:
        return {1: IN if t < 4 or 8 <= t < 10 or t >= 14 else OUT}

    changes = play(RuleWatcher(rule(zones=("z",), cooldown_s=15.0)), where, 24)
    opened = [at for kind, at in said(changes) if kind == "open"]
    assert len(opened) == 2
    assert opened[1] >= 14.0


def test_a_rule_that_is_not_at_work_opens_nothing_and_closes_what_is_open():
    changes = play(RuleWatcher(rule(zones=("z",))), between(0, 30), 12, at_work=lambda t: 3 <= t < 8)
    assert said(changes) == [("open", 3.0), ("close", 8.0)]


def test_a_worker_that_takes_over_goes_on_with_the_same_incident():
    watcher = RuleWatcher(rule(zones=("z",), dwell_s=5.0))
    watcher.resume(90.0, 100.0, Peak(dwell_s=8.0))
    # The same person, under a new worker's number, stays three seconds more.
    changes = play(watcher, lambda t: {7: IN if t < 103 else OUT}, 12, start_s=100.0)
    assert [kind for kind, _ in said(changes)] == ["close"]
    assert (changes[-1].seen_s, changes[-1].peak.dwell_s) == (pytest.approx(103.6, abs=0.5), 8.0)


def test_an_incident_taken_over_of_which_nothing_is_left_closes():
    watcher = RuleWatcher(rule(zones=("z",)))
    watcher.resume(90.0, 100.0)
    assert said(play(watcher, lambda t: {7: OUT}, 20, start_s=100.0)) == [("close", 100.0)]


def test_a_cool_down_of_the_worker_before_holds_on():
    watcher = RuleWatcher(rule(zones=("z",)))
    watcher.wait_until(6.0)
    assert said(play(watcher, lambda t: {1: IN}, 9))[0][1] == pytest.approx(0.4, abs=0.3)
    watcher = RuleWatcher(rule(zones=("z",)))
    watcher.wait_until(6.0)
    assert said(play(watcher, lambda t: {1: IN}, 5)) == []


def test_near_opens_below_the_limit_goes_on_a_little_above_and_keeps_the_least_with_its_band():
    watcher = RuleWatcher(rule(near_m=2.0, near_labels=("person",)))
    apart = {0: 3.0, 2: 1.5, 4: 2.1, 8: 3.0}

    def metres(t: float) -> dict[int, float]:
        return {1: 0.0, 2: [value for at, value in apart.items() if at <= t][-1]}

    changes = play(watcher, lambda t: {1: OUT, 2: IN}, 14, metres=metres)
    assert said(changes) == [("open", 2.0), ("close", 7.8)]
    least, band = changes[-1].peak.near_m or (0.0, 0.0)
    assert least == pytest.approx(1.5, abs=0.01)
    assert 0.0 < band < 0.5


def test_a_distance_that_is_not_sure_and_a_camera_without_metres_open_nothing():
    near = rule(near_m=2.0, near_labels=("person",))
    both: Callable[[float], People] = lambda t: {1: OUT, 2: IN}  # noqa: E731
    assert play(RuleWatcher(near), both, 5, metres=lambda t: {1: 0.0, 2: 1.0}, sigma_m=0.6) == []
    assert play(RuleWatcher(near), both, 5) == []
    assert play(RuleWatcher(rule(speed_m_s=1.0)), both, 5) == []


def test_speed_opens_above_the_limit():
    for speed, opens in ((1.4, 0), (1.6, 1)):
        changes = play(
            RuleWatcher(rule(speed_m_s=1.5)),
            lambda t: {1: OUT},
            5,
            metres=lambda t: {1: t},
            speeds={1: speed},
        )
        assert [c.change.value for c in changes].count("open") == opens


@pytest.mark.parametrize(("hidden_s", "closes_s"), [(4.0, [9.8]), (30.0, [3.8])], ids=["a while", "for good"])
def test_an_incident_waits_while_the_distance_cannot_be_told(hidden_s, closes_s):
    near = rule(near_m=2.0, near_labels=("person",))
    changes = play(
        RuleWatcher(near),
        lambda t: {1: IN, 2: OUT},
        24,
        metres=lambda t: {1: 0.0, 2: 1.0 if t < 10 else 5.0},
        hidden=lambda t: {2} if 4.0 <= t < 4.0 + hidden_s else set(),
    )
    opened = [at for what, at in said(changes) if what == "open"]
    assert (len(opened), [at for what, at in said(changes) if what == "close"]) == (
        1,
        pytest.approx(closes_s),
    )


def test_nobody_left_to_be_near_to_ends_it_at_once():
    changes = play(
        RuleWatcher(rule(near_m=2.0, near_labels=("person",))),
        lambda t: {1: IN, 2: OUT} if t < 4 else {1: IN},
        8,
        metres=lambda t: {1: 0.0, 2: 1.0} if t < 4 else {1: 0.0},
    )
    assert said(changes)[-1] == ("close", 3.8)


def test_an_open_incident_is_not_split_by_the_noise_of_a_speed():
    """Half the band is 0.2 m/s here: 1.35 is within it of 1.5."""
    speeds = {1: 1.6}

    def metres(t: float) -> dict[int, float]:
        speeds[1] = 1.6 if t % 4 < 1 or t >= 16 else 1.41
        return {1: t}

    changes = play(RuleWatcher(rule(speed_m_s=1.5)), lambda t: {1: OUT}, 16, metres=metres, speeds=speeds)
    assert [c.change.value for c in changes if c.change != "update"] == ["open"]


def _gear_scene(time_s: float, *, helmet: bool, tall: bool = True) -> SceneFrame:
    people = [person(1, 100.0)] if tall else [TrackPoint(1, 0.0, Box(95, 100, 105, 120), "person", 0.9, True)]
    # Never a track: it is found at another place in each look.
    items = (Prediction("hard_hat", 0.9, Box(90, 58, 110, 72)),) if helmet else ()
    return SceneFrame(time_s, time_s, SIZE_PX, tuple(people), None, found=items)


@pytest.mark.parametrize(
    ("helmet", "tall", "known", "opens"),
    [(False, True, True, 1), (True, True, True, 0), (False, False, True, 0), (False, True, False, 0)],
    ids=["missing", "worn", "too small to tell", "a model that knows no helmets"],
)
def test_gear_opens_only_where_missing_is_sure(helmet, tall, known, opens):
    given = {"labels": ["person"], "gear": [{"item": "helmet", "state": "missing", "label": "hard_hat"}]}
    condition, problems = condition_parse(given, labels={"person", "hard_hat"}, zones=(), lines=())
    assert problems == {}
    watcher = RuleWatcher(Rule("r", condition))
    look = GearLook([(condition.gear[0], condition.labels)], {"person", "hard_hat"} if known else {"person"})
    changes = []
    for n in range(30):
        scene = _gear_scene(n / 5, helmet=helmet, tall=tall)
        changes += watcher.update(scene, Measures(scene, look.update(scene)), True)
    assert [c.change.value for c in changes].count("open") == opens


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"labels": []}, "labels"),
        ({"labels": ["ghost"]}, "labels"),
        ({"zones": ["ghost"]}, "zones"),
        ({"line": "ghost"}, "line"),
        ({"line": "l", "zones": ["z"]}, "line"),
        ({"line": "l", "lasts_s": 2.0}, "line"),
        ({"dwell_s": 5.0}, "dwell_s"),
        ({"near_m": 2.0}, "near_labels"),
        ({"near_m": -1.0, "near_labels": ["person"]}, "near_m"),
        ({"speed_m_s": 99.0}, "speed_m_s"),
        ({"lasts_s": -1.0}, "lasts_s"),
        ({"count": 0}, "count"),
        ({"count_is": "at_most", "count": 0}, "lasts_s"),
        ({"gear": [{"item": "helmet", "state": "cannot_tell", "label": "person"}]}, "gear"),
        ({"gear": [{"item": "vest", "state": "missing", "label": "ghost"}]}, "gear"),
    ],
)
def test_a_condition_that_cannot_be_used_names_its_field(given, field):
    _, problems = condition_parse(
        {"labels": ["person"], **given}, labels={"person"}, zones={"z"}, lines={"l"}
    )
    assert set(problems) == {field}


def test_a_condition_survives_being_stored():
    condition = Condition(
        ("person",), zones=("z",), near_m=2.0, near_labels=("forklift",), dwell_s=3.0, lasts_s=1.5, count=2
    )
    again, problems = condition_parse(
        condition_record(condition), labels={"person", "forklift"}, zones={"z"}, lines=()
    )
    assert (again, problems) == (condition, {})


def _window(days: str, start: str, end: str) -> Window:
    return Window(frozenset(int(day) for day in days), time.fromisoformat(start), time.fromisoformat(end))


NIGHT = [_window("4", "22:00", "06:00")]
EARLY = [_window("6", "01:30", "02:30")]


@pytest.mark.parametrize(
    ("windows", "zone", "at", "expected"),
    [
        ([], "UTC", "2026-03-27T12:00", True),
        # Friday 22:00 to Saturday 06:00 in Berlin (UTC+1).
        (NIGHT, "Europe/Berlin", "2026-03-27T20:59", False),
        (NIGHT, "Europe/Berlin", "2026-03-27T21:00", True),
        (NIGHT, "Europe/Berlin", "2026-03-28T04:59", True),
        (NIGHT, "Europe/Berlin", "2026-03-28T05:00", False),
        (NIGHT, "Europe/Berlin", "2026-03-28T22:00", False),
        # The last Sunday of March leaves 02:00 to 03:00 out; that of October has it twice.
        (EARLY, "Europe/Berlin", "2026-03-29T00:45", True),
        (EARLY, "Europe/Berlin", "2026-03-29T01:15", False),
        (EARLY, "Europe/Berlin", "2026-10-25T00:15", True),
        (EARLY, "Europe/Berlin", "2026-10-25T01:15", True),
        (EARLY, "Europe/Berlin", "2026-10-25T01:45", False),
        # Around the clock.
        ([_window("0", "00:00", "00:00")], "Asia/Tokyo", "2026-03-29T15:00", True),
    ],
)
def test_the_schedule_is_the_site_s_clock_across_midnight_and_summer_time(windows, zone, at, expected):
    assert is_at_work(windows, datetime.fromisoformat(at).replace(tzinfo=UTC), zone) is expected


@pytest.mark.parametrize(
    "given",
    [[{"days": [7], "start": "06:00", "end": "07:00"}], [{"days": [0], "start": "six", "end": "07:00"}], [3]],
)
def test_a_schedule_that_cannot_be_is_refused(given):
    assert schedule_parse(given)[1]


def test_gear_is_told_by_item_and_label():
    scene = _gear_scene(0.0, helmet=True)
    condition, _ = condition_parse(
        {"labels": ["person"], "gear": [{"item": "helmet", "state": "worn", "label": "hard_hat"}]},
        labels={"person", "hard_hat"},
        zones=(),
        lines=(),
    )
    measures = Measures(scene, {"helmet:hard_hat": {1: Worn.WORN}})
    assert measures.holds(condition, 1, eased=False)
    assert condition.gear[0].item is Gear.HELMET
