"""One batch: a random slice first, then typical pictures while labels are few, uncertain and diverse ones later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import ceil

import numpy as np

from ml.active.candidates import Candidate, Choice, Reason, SelectionConfig, Strategy
from ml.active.caps import Caps
from ml.active.costs import cost_of
from ml.active.plan import PLAN_POOL_MAX, TIME_LIMIT_S, Planner, plan
from ml.active.random_slice import random_slice
from ml.active.ranking import Pool, Ranked, ranking
from ml.active.uncertainty import class_weights
from ml.active.why import sentence


@dataclass(frozen=True, slots=True)
class Selection:
    """A batch in the order to label, who planned it, and how far each quota was missed (only those missed).

    `boxes` and `seconds` are what the model expects the batch to cost by the configuration's cost model.
    """

    choices: list[Choice]
    planner: Planner = Planner.RANKING
    missed: Mapping[str, float] = field(default_factory=dict)
    boxes: float = 0.0
    seconds: float = 0.0


def select_batch(
    candidates: Sequence[Candidate],
    batch: int,
    labelled_per_class: Mapping[str, int],
    config: SelectionConfig,
    seed: int,
    labelled_embeddings: Sequence[Sequence[float]] = (),
) -> list[Choice]:
    """The choices of `select` alone."""
    return select(candidates, batch, labelled_per_class, config, seed, labelled_embeddings).choices


def select(
    candidates: Sequence[Candidate],
    batch: int,
    labelled_per_class: Mapping[str, int],
    config: SelectionConfig,
    seed: int,
    labelled_embeddings: Sequence[Sequence[float]] = (),
    plan_time_limit_s: float = TIME_LIMIT_S,
) -> Selection:
    """Choose up to `batch` of `candidates` (fewer where caps, budgets or the pool run out), in the order to label.

    `labelled_per_class` counts the labels there are, with 0 for a class of the ontology that has none. The
    random slice depends on ids, batch and seed only (with a budget, on the pool's mean cost too, never on one
    picture's). `labelled_embeddings`, where given, keep chosen pictures away from what is labelled already; of
    another length than the candidates', they are ignored. With quotas or budgets the plan may take
    `plan_time_limit_s` seconds, in a child process. Raises ValueError for ids that repeat.
    """
    by_id = {c.id: c for c in candidates}
    if len(by_id) != len(candidates):
        raise ValueError("Two candidates have the same id.")
    if not candidates or batch <= 0:
        return Selection([])
    # A pool smaller than the batch must not become random almost whole.
    batch = min(batch, len(candidates))
    drawn = random_slice(list(by_id), _random_count(candidates, batch, config), seed)
    slice_ = [by_id[i] for i in drawn.ids]
    taken = set(drawn.ids)
    rest = sorted((c for c in candidates if c.id not in taken), key=lambda c: c.id)
    wanted = batch - len(slice_)
    rng = np.random.default_rng([seed, 1])
    weights = class_weights(labelled_per_class, config.class_difficulty)
    few = _labels_are_few(labelled_per_class, config)
    picked: list[Ranked] = []
    planner, missed = Planner.RANKING, dict[str, float]()
    if wanted > 0 and rest and config.strategy is not Strategy.RANDOM:
        order = ranking(Pool(rest, wanted, config, weights, few, labelled_embeddings, rng))
        if config.has_plan:
            ranked = list(islice(order, PLAN_POOL_MAX))
            made = plan([rest[r.index] for r in ranked], wanted, config, slice_, plan_time_limit_s)
            picked, planner, missed = [ranked[i] for i in made.picked], made.planner, made.missed
        else:
            picked = _down_the_list(rest, order, wanted, config, slice_)
    choices = [_random_choice(c, drawn.inclusion_probability) for c in slice_]
    choices += [_choice(rest[r.index], r) for r in picked]
    costs = [cost_of(by_id[c.id].prediction, config.cost) for c in choices]
    # Mixed, so that people cannot tell the random slice from the rest by its place in the queue.
    mixed = [choices[i] for i in rng.permutation(len(choices)).tolist()]
    return Selection(mixed, planner, missed, sum(c.boxes for c in costs), sum(c.seconds for c in costs))


def _random_count(candidates: Sequence[Candidate], batch: int, config: SelectionConfig) -> int:
    """How many to draw by lot: the configured share of the batch, or of what the budget can pay for."""
    reach = float(batch)
    if config.budget_boxes or config.budget_seconds:
        costs = [cost_of(c.prediction, config.cost) for c in candidates]
        boxes, seconds = (
            sum(each) / len(costs) for each in ([c.boxes for c in costs], [c.seconds for c in costs])
        )
        for limit, mean in ((config.budget_boxes, boxes), (config.budget_seconds, seconds)):
            if limit and mean > 0:
                reach = min(reach, limit / mean)
    if config.strategy is Strategy.RANDOM:
        return int(reach)
    return ceil(config.random_fraction * reach)


def _labels_are_few(labelled_per_class: Mapping[str, int], config: SelectionConfig) -> bool:
    """By the median class: one rare class must not hold the whole project at its first batch."""
    counts = list(labelled_per_class.values())
    return not counts or float(np.median(counts)) < config.few_labels_per_class


def _down_the_list(
    rest: Sequence[Candidate],
    order: Iterable[Ranked],
    wanted: int,
    config: SelectionConfig,
    slice_: Sequence[Candidate],
) -> list[Ranked]:
    caps = Caps(config)
    for candidate in slice_:
        caps.take(candidate)
    picked: list[Ranked] = []
    for ranked in order:
        if caps.allow(rest[ranked.index]):
            caps.take(rest[ranked.index])
            picked.append(ranked)
            if len(picked) == wanted:
                break
    return picked


def _random_choice(candidate: Candidate, probability: float) -> Choice:
    return Choice(candidate.id, Reason.RANDOM, probability, why=sentence(candidate, Reason.RANDOM, {}))


def _choice(candidate: Candidate, ranked: Ranked) -> Choice:
    why = sentence(candidate, ranked.reason, ranked.evidence)
    return Choice(candidate.id, ranked.reason, 1.0, ranked.score, why, ranked.evidence)
