"""What a crowd and a model make of the objects on a picture: each person counts by how often they agree with the others.

The weighing is CROWDLAB's (`ml.quality.crowdlab`). People are judged on other pictures of the project too; the model by
what it said of pictures before anybody labelled them, and what its word is worth is read off from other pictures only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.quality.agreement import MISSING
from ml.quality.crowdlab import NO_VOTE, crowd_labels, majority_labels

# Scores that are told apart when a model's word is weighed; a finer scale would need more pictures than there are.
SCORE_STEPS = (0.5, 0.8)
# An object is kept where its label is more likely than all else together, as by vote it needs more than half.
KEPT_ABOVE = 0.5
# The model's own score counts as much as so many objects of other pictures on which it said the same.
PRIOR_OBJECTS = 5.0
# A model that was silent is no proof that there is nothing: what is weak it does not say.
SILENT_MISSING = 0.5


@dataclass(frozen=True, slots=True)
class Word:
    """A model's word on an object: a label with its score, or MISSING where it saw nothing there (score 0)."""

    label: str
    score: float

    @property
    def kind(self) -> tuple[str, int]:
        return self.label, sum(self.score >= step for step in SCORE_STEPS)


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of one object of a picture: `people` by person's id a label, or MISSING who drew nothing there.

    `model` is None where no model may speak: of a blind picture, or where none looked at it.
    """

    picture: str
    people: Mapping[str, str]
    model: Word | None = None


@dataclass(frozen=True, slots=True)
class Crowd:
    """`labels` and `quality` (0..1) of each object asked about; `weights` by person's id."""

    labels: list[str]
    quality: list[float]
    weights: dict[str, float]


def crowd_decides(asked: Sequence[Said], before: Sequence[Said]) -> Crowd:
    """The label of each object `asked` about where it is likely enough, else MISSING; `before` are objects of other pictures."""
    every = [*asked, *before]
    if not asked:
        return Crowd([], [], {})
    names = sorted({label for said in every for label in (*said.people.values(), MISSING)})
    people = sorted({person for said in every for person in said.people})
    place = {name: number for number, name in enumerate(names)}
    votes = np.full((len(every), len(people)), NO_VOTE, dtype=np.int64)
    for row, said in enumerate(every):
        for person, label in said.people.items():
            votes[row, people.index(person)] = place[label]
    found = crowd_labels(votes, _beliefs(every, votes, place))
    sure: list[float] = found.quality[: len(asked)].tolist()
    return Crowd(
        labels=[
            names[label] if quality > KEPT_ABOVE + 1e-9 else MISSING
            for label, quality in zip(found.label[: len(asked)].tolist(), sure, strict=True)
        ],
        quality=sure,
        weights=dict(zip(people, found.person_weight.tolist(), strict=True)),
    )


def _beliefs(
    every: Sequence[Said], votes: NDArray[np.int64], place: Mapping[str, int]
) -> NDArray[np.float64]:
    """(n, c) what the model's word makes likely: how often people said what, where it said the same of other pictures."""
    n, classes = len(every), len(place)
    counts = np.stack([(votes == c).sum(axis=1) for c in range(classes)], axis=1)
    majority = majority_labels(counts, np.zeros((n, classes)))
    seen: dict[tuple[str, int], NDArray[np.float64]] = {}
    here: dict[tuple[str, tuple[str, int]], NDArray[np.float64]] = {}
    for said, label in zip(every, majority.tolist(), strict=True):
        if said.model is not None:
            kind = said.model.kind
            seen.setdefault(kind, np.zeros(classes))[label] += 1.0
            here.setdefault((said.picture, kind), np.zeros(classes))[label] += 1.0
    beliefs = np.full((n, classes), np.nan)
    for row, said in enumerate(every):
        if said.model is not None:
            others = seen[said.model.kind] - here[said.picture, said.model.kind]
            belief = PRIOR_OBJECTS * _prior(said.model, place) + others
            beliefs[row] = belief / belief.sum()
    return beliefs


def _prior(word: Word, place: Mapping[str, int]) -> NDArray[np.float64]:
    """What the model's own score says; the rest is spread over all else."""
    share = SILENT_MISSING if word.label == MISSING else min(max(word.score, 0.05), 0.95)
    if word.label not in place:
        return np.full(len(place), 1.0 / len(place))
    prior = np.full(len(place), (1.0 - share) / max(len(place) - 1, 1))
    prior[place[word.label]] = share
    return prior
