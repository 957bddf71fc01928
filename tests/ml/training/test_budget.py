"""Progress by CPU time or by steps, and the learning rate that follows it."""

import pytest

from ml.training.budget import FLAT_SHARE, WARM_UP_STEPS, Budget, rate_factor
from ml.training.order import StepOrder
from ml.training.progress import time_left


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_share_follows_cpu_time_and_keeps_a_reserve() -> None:
    clock = Clock()
    budget = Budget(600.0, clock=clock)
    assert budget.share(0) == 0.0
    clock.now_s = 293.0
    assert budget.share(5) == pytest.approx(0.5)
    clock.now_s = 586.0
    assert budget.is_spent(5)


def test_time_of_an_earlier_try_counts() -> None:
    assert Budget(600.0, carried_s=293.0, clock=Clock()).share(0) == pytest.approx(0.5)


def test_a_long_lived_worker_counts_from_its_task() -> None:
    clock = Clock()
    clock.now_s = 5000.0
    budget = Budget(600.0, origin_s=5000.0, clock=clock)
    assert budget.share(0) == 0.0
    clock.now_s += 293.0
    assert budget.share(9) == pytest.approx(0.5)


def test_fixed_steps_do_not_look_at_the_clock() -> None:
    clock = Clock()
    budget = Budget(1.0, max_steps=10, clock=clock)
    clock.now_s = 1e6
    assert budget.share(5) == 0.5
    assert not budget.is_spent(9)
    assert budget.is_spent(10)
    assert budget.steps_planned(3, 0.0) == 10


def test_steps_planned_extrapolates_the_pace() -> None:
    clock = Clock()
    budget = Budget(600.0, clock=clock)
    clock.now_s = 86.0
    assert budget.steps_planned(step=100, started_s=36.0) == 1100


def test_rate_warms_up_stays_flat_then_falls() -> None:
    assert rate_factor(0.0, 0) == pytest.approx(1 / WARM_UP_STEPS)
    assert rate_factor(FLAT_SHARE, 10_000) == 1.0
    falling = [rate_factor(s / 20, 10_000) for s in range(10, 21)]
    assert falling == sorted(falling, reverse=True)
    assert 0.0 < falling[-1] < 0.05


def test_every_picture_comes_once_an_epoch_and_any_step_can_be_asked_for() -> None:
    order = StepOrder(10, 4, seed=3)
    seen = [i for step in range(5) for i in order.indices(step)]
    assert sorted(seen[:10]) == sorted(seen[10:]) == list(range(10))
    assert StepOrder(10, 4, seed=3).indices(3) == order.indices(3)
    assert order.rng(7, 2).random() == StepOrder(10, 4, seed=3).rng(7, 2).random() != order.rng(7, 1).random()


@pytest.mark.parametrize(("seconds", "text"), [(-3, "0:00"), (95, "1:35"), (3725, "1:02:05")])
def test_time_left_reads_as_a_clock(seconds: float, text: str) -> None:
    assert time_left(seconds) == text
