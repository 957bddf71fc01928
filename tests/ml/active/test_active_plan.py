"""Quotas and budgets: the program and the greedy fallback both keep every limit, by a checker that knows neither."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ml.active.plan as plan_module
from ml.active.candidates import Candidate, Reason, SelectionConfig
from ml.active.check import broken_limits
from ml.active.costs import CostModel, cost_model_fit, cost_of, expected_objects
from ml.active.plan import Planner, plan
from ml.active.selection import select
from ml.contracts import Box, ImagePrediction, Prediction

PLENTY = {"person": 50, "pallet": 50}


def boxes(**scores: float) -> ImagePrediction:
    return ImagePrediction(tuple(Prediction(label, s, Box(0, 0, 9, 9)) for label, s in scores.items()))


def pool(count: int, seed: int = 0) -> list[Candidate]:
    rng = np.random.default_rng(seed)
    return [
        Candidate(
            f"p{i:03}",
            boxes(person=float(rng.uniform(0, 1)), pallet=float(rng.uniform(0, 0.3))),
            group=f"cam{i % 3}",
            clip=f"clip{i % 7}",
            time_s=float(i),
        )
        for i in range(count)
    ]


LIMITS = SelectionConfig(
    cap_per_group=6,
    cap_per_clip=4,
    min_gap_s=15.0,
    quota_per_class={"pallet": 2.0},
    quota_per_group={"cam2": 5},
    budget_boxes=8.0,
    budget_seconds=120.0,
)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 1000),
    taken=st.integers(0, 4),
    boxes_=st.sampled_from([0.0, 0.5, 8.0, 100.0]),
    gap=st.sampled_from([0.0, 15.0, 40.0]),
    cap=st.integers(0, 5),
)
def test_the_greedy_planner_keeps_every_limit(
    seed: int, taken: int, boxes_: float, gap: float, cap: int
) -> None:
    config = replace(LIMITS, budget_boxes=boxes_, min_gap_s=gap, cap_per_clip=cap)
    candidates = pool(60, seed)
    slice_, ranked = candidates[:taken], candidates[taken:]
    made = plan(ranked, 12, config, slice_, time_limit_s=0.0)
    assert made.planner is Planner.GREEDY
    assert broken_limits([ranked[i] for i in made.picked], slice_, 12, config) == []


def test_the_program_keeps_every_limit_and_is_no_worse_than_greedy() -> None:
    candidates = pool(90, 3)
    slice_, ranked = candidates[:3], candidates[3:]
    best = plan(ranked, 15, LIMITS, slice_)
    greedy = plan(ranked, 15, LIMITS, slice_, time_limit_s=0.0)
    assert best.planner is Planner.PROGRAM
    assert broken_limits([ranked[i] for i in best.picked], slice_, 15, LIMITS) == []

    def worth(made: plan_module.Plan) -> float:
        places = sum(1.0 - i / len(ranked) for i in made.picked)
        return places - plan_module.SHORT_WEIGHT * sum(made.missed.values())

    assert worth(best) >= worth(greedy) * (1 - 2 * plan_module.GAP)


def test_a_quota_nobody_can_meet_is_told_and_does_not_stop_the_batch() -> None:
    config = SelectionConfig(random_fraction=0.2, quota_per_class={"crane": 3.0}, quota_per_group={"cam1": 4})
    made = select(pool(40), 10, PLENTY, config, 0, plan_time_limit_s=0.0)
    assert made.missed == {"crane": 3.0}
    assert len(made.choices) == 10
    assert sum(c.reason is Reason.RANDOM for c in made.choices) == 2


def test_a_solver_without_an_answer_gives_way_to_greedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_module, "milp_in_child", lambda *_, **__: None)
    made = plan(pool(40), 8, LIMITS)
    assert made.planner is Planner.GREEDY
    assert made.picked


def test_a_budget_covers_the_random_slice_too() -> None:
    config = SelectionConfig(budget_seconds=100.0, random_fraction=0.3)
    made = select(pool(60), 40, PLENTY, config, 0, plan_time_limit_s=0.0)
    assert 60.0 < made.seconds <= 100.0
    assert made.seconds == pytest.approx(4.0 * len(made.choices) + 7.0 * made.boxes)


@pytest.mark.parametrize(
    ("broken", "config"),
    [
        ("twice", SelectionConfig()),
        ("were chosen of", SelectionConfig()),
        ("Camera", SelectionConfig(cap_per_group=1)),
        ("Clip", SelectionConfig(cap_per_clip=1)),
        ("apart", SelectionConfig(min_gap_s=5.0)),
        ("boxes", SelectionConfig(budget_boxes=0.5)),
        ("seconds", SelectionConfig(budget_seconds=5.0)),
    ],
)
def test_the_checker_sees_each_kind_of_fault(broken: str, config: SelectionConfig) -> None:
    one = Candidate("a", boxes(person=0.9), group="g", clip="c", time_s=0.0)
    two = Candidate("a" if broken == "twice" else "b", boxes(person=0.9), group="g", clip="c", time_s=2.0)
    wanted = 1 if broken == "were chosen of" else 5
    assert any(broken in fault for fault in broken_limits([one, two], [], wanted, config))


def test_costs_follow_the_expected_objects() -> None:
    model = CostModel(seconds_per_image=1.0, seconds_per_box=10.0, seconds_per_tag=3.0, boxes_unseen=2.0)
    assert cost_of(None, model).seconds == 21.0
    assert cost_of(boxes(person=0.5, pallet=0.04), model).boxes == 0.5
    assert cost_of(ImagePrediction(tag_scores={"a": 0.9, "b": 0.1}), model).seconds == 4.0
    assert expected_objects(boxes(person=0.5)) == {"person": 0.5}


@pytest.mark.parametrize("time_limit_s", [0.0, 20.0])
def test_pictures_of_no_camera_share_no_cap_and_a_camera_keeps_its_gap_across_clips(
    time_limit_s: float,
) -> None:
    loose = [Candidate(f"loose{i}", boxes(person=0.9), clip=f"own{i}") for i in range(6)]
    seen = [
        Candidate(
            f"seen{i}", boxes(person=0.9), group="gate", clip=f"block{i}", time_s=4.0 * i, timeline="gate"
        )
        for i in range(6)
    ]
    config = SelectionConfig(cap_per_group=3, cap_per_clip=2, min_gap_s=5.0, quota_per_class={"person": 1.0})
    made = plan([*seen, *loose], 12, config, time_limit_s=time_limit_s)
    ids = {[*seen, *loose][i].id for i in made.picked}
    assert {each.id for each in loose} <= ids
    assert sorted(ids & {each.id for each in seen}) in (
        ["seen0", "seen2", "seen4"],
        ["seen0", "seen2", "seen5"],
        ["seen0", "seen3", "seen5"],
        ["seen1", "seen3", "seen5"],
    )


@pytest.mark.parametrize("time_limit_s", [0.0, 20.0])
def test_a_site_gets_its_quota_though_others_rank_higher(time_limit_s: float) -> None:
    ranked = [Candidate(f"p{i}", boxes(person=0.5), site="far" if i >= 20 else "near") for i in range(30)]
    made = plan(ranked, 8, SelectionConfig(quota_per_site={"far": 3}), time_limit_s=time_limit_s)
    assert sum(ranked[i].site == "far" for i in made.picked) == 3
    assert made.missed == {}
    short = plan(ranked, 8, SelectionConfig(quota_per_site={"far": 12}), time_limit_s=time_limit_s)
    assert short.missed == {"far": 4.0}


def test_a_projects_own_drafts_say_what_a_picture_costs() -> None:
    objects = [n % 6 for n in range(60)]
    seconds = [3.0 + 5.0 * n for n in objects]
    seconds[0] = 3600.0  # somebody went for lunch
    fitted = cost_model_fit(objects, seconds)
    assert fitted.seconds_per_box == pytest.approx(5.0, abs=0.6)
    assert fitted.seconds_per_image == pytest.approx(3.0, abs=1.5)
    assert cost_model_fit(objects[:29], seconds[:29]) == CostModel()
    alike = cost_model_fit([1] * 40, [22.0] * 40)
    assert alike.seconds_per_image + alike.seconds_per_box == pytest.approx(22.0)
    falling = cost_model_fit([n % 4 for n in range(40)], [20.0 - n % 4 for n in range(40)])
    assert min(falling.seconds_per_image, falling.seconds_per_box) > 0
