"""Gear: to whom an item belongs, and worn, missing or cannot tell over time."""

from __future__ import annotations

import pytest

from ml.scene.gear import Gear, GearWatcher, Worn, visible_regions, wearers

SIZE = (960, 540)
ANNA, BERT = [100.0, 100.0, 160.0, 280.0], [300.0, 120.0, 360.0, 300.0]
HELMET_OF_ANNA, VEST_OF_BERT = [115.0, 92.0, 145.0, 118.0], [308.0, 150.0, 352.0, 220.0]


def test_nobody_and_nothing() -> None:
    assert wearers([], [], Gear.HELMET) == []
    assert wearers([ANNA], [], Gear.HELMET) == []
    assert len(visible_regions([], SIZE, Gear.VEST)) == 0
    assert GearWatcher().update(0.0, {}, {Gear.HELMET: []}, SIZE) == {}


@pytest.mark.parametrize(
    ("name", "people", "items", "gear", "pairs"),
    [
        ("a helmet on its head", [ANNA, BERT], [HELMET_OF_ANNA], Gear.HELMET, [(0, 0)]),
        ("a vest on its trunk", [ANNA, BERT], [VEST_OF_BERT], Gear.VEST, [(1, 0)]),
        ("a helmet in the hand is not worn", [ANNA], [[140.0, 200.0, 170.0, 226.0]], Gear.HELMET, []),
        ("a helmet on a shelf", [ANNA], [[500.0, 90.0, 530.0, 116.0]], Gear.HELMET, []),
        (
            "two heads side by side, one helmet",
            [ANNA, [140.0, 100.0, 200.0, 280.0]],
            [[155.0, 92.0, 185.0, 118.0]],
            Gear.HELMET,
            [(1, 0)],
        ),
        (
            "one head, two helmets",
            [ANNA],
            [HELMET_OF_ANNA, [118.0, 95.0, 148.0, 120.0]],
            Gear.HELMET,
            [(0, 0)],
        ),
    ],
)
def test_whose_it_is(
    name: str, people: list[list[float]], items: list[list[float]], gear: Gear, pairs: list[tuple[int, int]]
) -> None:
    assert wearers(people, items, gear) == pairs, name


@pytest.mark.parametrize(
    ("name", "people", "clear"),
    [
        ("in full view", [ANNA], True),
        ("too far away", [[100.0, 100.0, 112.0, 130.0]], False),
        ("head above the picture", [[100.0, 0.0, 160.0, 150.0]], False),
        ("head behind somebody nearer", [ANNA, [90.0, 60.0, 180.0, 400.0]], False),
    ],
)
def test_when_a_head_can_be_seen(name: str, people: list[list[float]], clear: bool) -> None:
    assert bool(visible_regions(people, SIZE, Gear.HELMET)[0]) is clear, name


def watch(seen: list[bool], box: list[float] = ANNA, step_s: float = 0.2) -> Worn:
    watcher = GearWatcher()
    for i, there in enumerate(seen):
        answer = watcher.update(i * step_s, {1: box}, {Gear.HELMET: [HELMET_OF_ANNA] if there else []}, SIZE)
    return answer[1][Gear.HELMET]


def test_one_look_claims_nothing_and_many_do() -> None:
    assert watch([False]) is Worn.CANNOT_TELL
    assert watch([False] * 15) is Worn.MISSING
    assert watch([True] * 5) is Worn.WORN
    assert watch([True, False] * 10) is Worn.WORN
    assert watch([True] * 5 + [False] * 40) is Worn.MISSING


def test_frames_in_a_burst_are_one_look() -> None:
    assert watch([False] * 15, step_s=0.01) is Worn.CANNOT_TELL


def test_who_cannot_be_seen_is_never_said_to_wear_nothing() -> None:
    assert watch([False] * 50, box=[100.0, 0.0, 160.0, 150.0]) is Worn.CANNOT_TELL


def test_a_kind_the_model_does_not_know_is_not_judged() -> None:
    answer = GearWatcher().update(0.0, {1: ANNA}, {Gear.HELMET: []}, SIZE)
    assert Gear.VEST not in answer[1]
