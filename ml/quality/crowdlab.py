"""Labels from few votes and a model's word: each person and the model weighed by how often they are right.

After Goh, Tkachenko and Mueller 2022, "CROWDLAB: supervised learning to infer consensus labels and quality scores for
data with multiple annotators". The model's probabilities must be out of fold: of a model that never saw these votes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ml.errors import QualityError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A voice is never silenced altogether, and no probability is 0.
_LEAST = 1e-6
NO_VOTE = -1


@dataclass(frozen=True, slots=True)
class CrowdResult:
    """`label` (n,) and how sure the crowd and the model are of it, `quality` (n,) in 0..1; `majority` (n,) for comparison.

    `person_weight` (k,) and `model_weight` are what each voice counts for; `person_agreement` (k,) is the share of
    others' votes that a person shares, nan for one who never met another.
    """

    label: Ints
    quality: Floats
    majority: Ints
    person_weight: Floats
    person_agreement: Floats
    model_weight: float


def crowd_labels(votes: ArrayLike, probabilities: ArrayLike) -> CrowdResult:
    """Most likely label of n items from the votes of k people and a model.

    `votes` (n, k) of class numbers, NO_VOTE (-1) where a person did not vote; every item has a vote. `probabilities`
    (n, c) out of fold, rows sum to 1; nan throughout a row of which the model may not speak: the people decide it
    alone. Raises QualityError on other shapes.
    """
    vote, model = np.asarray(votes, dtype=np.int64), np.asarray(probabilities, dtype=np.float64)
    _check(vote, model)
    speaks = np.asarray(~np.isnan(model).any(axis=1))
    model = np.where(speaks[:, None], model, 0.0)
    n, classes = model.shape
    counts = np.stack([(vote == c).sum(axis=1) for c in range(classes)], axis=1)
    voters = counts.sum(axis=1)
    majority = majority_labels(counts, model)
    several = voters > 1
    agreement, overall = _agreement(vote, majority, several)
    baseline = _share(np.bincount(majority[several], minlength=classes).max(), several.sum())
    room = max(1.0 - baseline, _LEAST)
    known = np.where(np.isnan(agreement), overall, agreement)
    person = np.clip(1.0 - (1.0 - known) / room, _LEAST, None)
    judged = several & speaks
    right = float((model.argmax(axis=1) == majority)[judged].mean()) if judged.any() else overall
    model_weight = max(1.0 - (1.0 - right) / room, _LEAST) * float(np.sqrt(voters.mean())) if n else 0.0
    total = model_weight * model
    for j in range(vote.shape[1]):
        cast = np.flatnonzero(vote[:, j] != NO_VOTE)
        word = np.full((len(cast), classes), (1.0 - overall) / max(classes - 1, 1))
        word[np.arange(len(cast)), vote[cast, j]] = overall
        total[cast] += person[j] * word
    weight = model_weight * speaks + (vote != NO_VOTE) @ person
    belief = total / weight[:, None]
    label = belief.argmax(axis=1)
    return CrowdResult(label, belief[np.arange(n), label], majority, person, agreement, model_weight)


def majority_labels(counts: Ints, probabilities: Floats) -> Ints:
    """(n,) label with most votes; a tie goes to the one the model thinks likelier."""
    tied = counts == counts.max(axis=1, keepdims=True)
    return np.asarray(np.where(tied, probabilities, -1.0).argmax(axis=1), dtype=np.int64)


def _agreement(vote: Ints, majority: Ints, several: NDArray[np.bool_]) -> tuple[Floats, float]:
    """Each person's share of others' votes agreed with (nan without any), and the overall agreement with the majority."""
    people = vote.shape[1]
    share = np.full(people, np.nan)
    for j in range(people):
        mine = several & (vote[:, j] != NO_VOTE)
        others = np.delete(vote[mine], j, axis=1)
        met = int((others != NO_VOTE).sum())
        if met:
            share[j] = float((others == vote[mine, j][:, None]).sum() / met)
    cast = vote[several]
    if not cast.size:
        return share, 1.0 - _LEAST
    voted = cast != NO_VOTE
    per_item = ((cast == majority[several][:, None]) & voted).sum(axis=1) / voted.sum(axis=1)
    return share, float(np.clip(per_item.mean(), _LEAST, 1.0 - _LEAST))


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0


def _check(vote: Ints, model: Floats) -> None:
    if vote.ndim != 2 or model.ndim != 2 or len(vote) != len(model):
        raise QualityError("Votes and probabilities need one row an item each.")
    if vote.size and not NO_VOTE <= int(vote.min()) <= int(vote.max()) < model.shape[1]:
        raise QualityError("A vote names a class that the model does not know.")
    if len(vote) and not (vote != NO_VOTE).any(axis=1).all():
        raise QualityError("An item without any vote has no consensus.")
