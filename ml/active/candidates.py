"""What selection takes in and gives back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ml.contracts import ImagePrediction


class Reason(StrEnum):
    """Why a picture was chosen. Only RANDOM ones may be used to estimate anything about the pool."""

    RANDOM = "random"
    TYPICAL = "typical"
    MARGIN = "margin"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An unlabelled picture. `id` is unique in the pool.

    `embedding` may be empty: the prediction's own is used then, and without either the choice is spread over
    `group` (the camera) instead. `time_s` is the place in `clip`; both empty for single pictures.
    """

    id: str
    prediction: ImagePrediction | None = None
    embedding: Sequence[float] = ()
    group: str = ""
    clip: str = ""
    time_s: float | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One chosen picture, in the order to be labelled.

    `inclusion_probability` is the random slice's share of the pool for RANDOM ones and 1.0 for the rest, which
    were taken with certainty. `score` is the uncertainty it was ranked by, 0.0 where none was looked at.
    """

    id: str
    reason: Reason
    inclusion_probability: float
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class SelectionConfig:
    """How a batch is made up. Caps of 0 mean none; they bind chosen pictures, never the random slice."""

    # A fifth to a sixth at random is the least that calibrates thresholds and measures savings.
    random_fraction: float = 0.18
    # Below this median of labels per class uncertainty loses to random, so typical pictures come first.
    few_labels_per_class: int = 10
    # Diversity chooses among this many times the batch, the most uncertain ones.
    pool_factor: int = 10
    near_duplicate_cosine: float = 0.985
    cap_per_group: int = 0
    cap_per_clip: int = 0
    min_gap_s: float = 0.0
    # 0..1 by class, such as 1 - AP50: boxes of a class the model is bad at count more.
    class_difficulty: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0.0 <= self.random_fraction <= 1.0:
            raise ValueError("random_fraction lies between 0 and 1.")
        if self.pool_factor < 1:
            raise ValueError("pool_factor is at least 1.")
