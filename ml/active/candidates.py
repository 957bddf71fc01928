"""What selection takes in and gives back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ml.active.costs import CostModel
from ml.contracts import ImagePrediction


class Strategy(StrEnum):
    """How the pictures beside the random slice are ranked.

    HYBRID is the one to use: typical ones while labels are few, then margin spread over clusters. The others are
    there to be compared with it, and for projects that know why they want them.
    """

    HYBRID = "hybrid"
    RANDOM = "random"
    TYPICAL = "typical"
    ENTROPY = "entropy"
    MARGIN = "margin"
    CORESET = "coreset"
    BADGE = "badge"


class Reason(StrEnum):
    """Why a picture was chosen. Only RANDOM ones may be used to estimate anything about the pool."""

    RANDOM = "random"
    TYPICAL = "typical"
    MARGIN = "margin"
    ENTROPY = "entropy"
    CORESET = "coreset"
    BADGE = "badge"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An unlabelled picture. `id` is unique in the pool.

    `embedding` may be empty: the prediction's own is used then, and without either the choice is spread over
    `group` (the camera) instead; pictures of no camera are never over its cap. `time_s` is the place in `clip`, or on
    the `timeline` (a camera's) where one is named; all empty for single pictures. `views` are the model's answers to
    the flipped or scaled picture, with boxes brought back to it.
    """

    id: str
    prediction: ImagePrediction | None = None
    embedding: Sequence[float] = ()
    group: str = ""
    clip: str = ""
    time_s: float | None = None
    views: tuple[ImagePrediction, ...] = ()
    site: str = ""
    timeline: str = ""

    @property
    def clock(self) -> str:
        """What its time can be compared within; empty where it has none."""
        return "" if self.time_s is None else self.timeline or self.clip


@dataclass(frozen=True, slots=True)
class Choice:
    """One chosen picture, in the order to be labelled.

    `inclusion_probability` is the random slice's share of the pool for RANDOM ones and 1.0 for the rest, which
    were taken with certainty. `score` is the uncertainty it was ranked by, 0.0 where none was looked at. `why` is
    a sentence for the person who asks; `evidence` are its figures.
    """

    id: str
    reason: Reason
    inclusion_probability: float
    score: float = 0.0
    why: str = ""
    evidence: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SelectionConfig:
    """How a batch is made up. Caps and budgets of 0 mean none; they bind chosen pictures, never the random slice.

    Quotas are minima of the whole batch, met as far as caps and budgets allow: `quota_per_class` in objects (or
    tagged pictures) the model expects, `quota_per_group` and `quota_per_site` in pictures. Budgets are for the whole batch, the random
    slice's share included, in the model's expectation by `cost`.
    """

    # A fifth to a sixth at random is the least that calibrates thresholds and measures savings.
    random_fraction: float = 0.18
    # Below this median of labels per class typical pictures come first: a model of fewer labels knows nothing of its
    # doubts. 10 cost half of what is saved on a long tail, whose median stays low (docs/measurements/selection.md).
    few_labels_per_class: int = 3
    # Diversity chooses among this many times the batch, the most uncertain ones.
    pool_factor: int = 10
    near_duplicate_cosine: float = 0.985
    cap_per_group: int = 0
    cap_per_clip: int = 0
    min_gap_s: float = 0.0
    # 0..1 by class, such as 1 - AP50: boxes of a class the model is bad at count more.
    class_difficulty: Mapping[str, float] = field(default_factory=dict)
    strategy: Strategy = Strategy.HYBRID
    quota_per_class: Mapping[str, float] = field(default_factory=dict)
    quota_per_group: Mapping[str, int] = field(default_factory=dict)
    quota_per_site: Mapping[str, int] = field(default_factory=dict)
    budget_boxes: float = 0.0
    budget_seconds: float = 0.0
    cost: CostModel = field(default_factory=CostModel)

    def __post_init__(self) -> None:
        if not 0.0 <= self.random_fraction <= 1.0:
            raise ValueError("random_fraction lies between 0 and 1.")
        if self.pool_factor < 1:
            raise ValueError("pool_factor is at least 1.")
        if min(self.budget_boxes, self.budget_seconds, self.min_gap_s) < 0:
            raise ValueError("A budget or a gap is not negative.")

    @property
    def has_plan(self) -> bool:
        """Whether quotas or budgets ask for more than going down a list."""
        quotas = self.quota_per_class or self.quota_per_group or self.quota_per_site
        return bool(quotas or self.budget_boxes or self.budget_seconds)
