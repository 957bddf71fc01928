"""What a project lets be set, and what other apps read of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from backend.core.enums import Role
from backend.core.errors import BadInput

if TYPE_CHECKING:
    from backend.accounts.models import User

REVIEW_MODES = ("all", "none")
MERGE_METHODS = ("vote", "crowd")
NEEDED_LABELS_MAX = 50
# How a batch is ranked; `ml.active.candidates.Strategy` says what each does.
STRATEGIES = ("hybrid", "random", "typical", "entropy", "margin", "coreset", "badge")
QUOTAS_MAX = 50
QUOTA_MAX = 5_000
# Who label one picture, each on their own.
PEOPLE_MAX = 9
# A part of a video: shorter ones would be mostly overlap, and a video has no more frames.
PART_FRAMES_MIN, PART_FRAMES_MAX = 40, 500_000
# Of a part's length, what it may share with each neighbour.
PART_OVERLAP_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """Settings of a project with their defaults; unknown keys are refused.

    `random_fraction` is the part of every selected batch drawn uniformly at random and blind. `max_overlap_iou`,
    `needed_labels` and `confirm_empty` are checks on what is submitted: the IoU that two upright boxes of one label
    may have (1: any), labels that every picture needs (ids), and whether a picture without labels must be confirmed
    as empty. What follows them says how a batch is chosen: caps, a gap and budgets of 0 mean none; quotas are the
    objects wanted by label id and the pictures wanted by site id. `truth_share` is the part of the pictures an
    annotator is handed that are hidden tasks on ground truth (0: none); `pause_below` the F1 over the last `pause_over`
    of them below which a person pauses (0: nobody). `consensus_share` is the part of the pictures that come which
    `consensus_people` label, each on their own; an object is kept that `consensus_quorum` of them drew (0.5: more than
    half), of a label in `label_quorums` (by id) that part, or, by `consensus_method` "crowd", what people weighed by how
    often they agree find likeliest. `second_share` is the part of what one reviewer approved that a second one looks at
    (0: none). A video of more than `part_frames` frames (0: however long) becomes several tasks of at most that many,
    neighbours sharing `part_overlap` frames.
    """

    random_fraction: float = 0.18
    batch_size: int = 50
    review: str = "all"
    allow_self_review: bool = False
    min_box_px: float = 3.0
    prelabel: bool = True
    large_pictures: bool = False
    max_overlap_iou: float = 1.0
    needed_labels: list[str] = field(default_factory=list)
    confirm_empty: bool = False
    strategy: str = "hybrid"
    cap_per_camera: int = 0
    cap_per_clip: int = 0
    min_gap_s: float = 0.0
    label_quotas: dict[str, int] = field(default_factory=dict)
    site_quotas: dict[str, int] = field(default_factory=dict)
    budget_boxes: float = 0.0
    budget_minutes: float = 0.0
    truth_share: float = 0.0
    truth_feedback: bool = False
    pause_below: float = 0.0
    pause_over: int = 5
    pause_retry: bool = True
    consensus_people: int = 2
    consensus_share: float = 0.0
    consensus_quorum: float = 0.5
    consensus_method: str = "vote"
    label_quorums: dict[str, float] = field(default_factory=dict)
    second_share: float = 0.0
    # Six minutes and two seconds of a camera at 25 frames a second.
    part_frames: int = 9_000
    part_overlap: int = 50

    @classmethod
    def parse(cls, given: dict[str, Any]) -> ProjectSettings:
        """Check `given` against the fields here. Raises BadInput with the offending fields."""
        problems: dict[str, str] = {}
        known = {each.name for each in fields(cls)}
        for key, value in given.items():
            if key not in known:
                problems[key] = "Not a setting of a project."
            elif not _fits(value, getattr(cls(), key)):
                problems[key] = "Not a value of the right type."
        if not problems:
            problems = _range_problems(cls(**given))
        if problems:
            raise BadInput("Some settings cannot be used.", fields=problems)
        return cls(**given)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def _fits(value: object, example: object) -> bool:
    if isinstance(example, bool):
        return isinstance(value, bool)
    if isinstance(example, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, type(example)) and not isinstance(value, bool)


def _range_problems(settings: ProjectSettings) -> dict[str, str]:
    problems = {}
    if not 0.05 <= settings.random_fraction <= 1.0:
        problems["random_fraction"] = "Must lie between 0.05 and 1."
    if not 1 <= settings.batch_size <= 5_000:
        problems["batch_size"] = "Must lie between 1 and 5000."
    if settings.review not in REVIEW_MODES:
        problems["review"] = "Must be all or none."
    if not 0.1 <= settings.max_overlap_iou <= 1.0:
        problems["max_overlap_iou"] = "Must lie between 0.1 and 1."
    if len(settings.needed_labels) > NEEDED_LABELS_MAX:
        problems["needed_labels"] = f"At most {NEEDED_LABELS_MAX} labels."
    elif not all(isinstance(each, str) for each in settings.needed_labels):
        problems["needed_labels"] = "A list of label ids."
    if not 0.0 <= settings.min_box_px <= 1_000.0:
        problems["min_box_px"] = "Must lie between 0 and 1000 pixels."
    if not 0.0 <= settings.second_share <= 1.0:
        problems["second_share"] = "Must lie between 0 and 1."
    parts = (_selection_problems, _truth_problems, _consensus_problems, _part_problems)
    return problems | {key: text for part in parts for key, text in part(settings).items()}


def _consensus_problems(settings: ProjectSettings) -> dict[str, str]:
    problems = {}
    if not 2 <= settings.consensus_people <= PEOPLE_MAX:
        problems["consensus_people"] = f"Must lie between 2 and {PEOPLE_MAX}."
    if not 0.0 <= settings.consensus_share <= 1.0:
        problems["consensus_share"] = "Must lie between 0 and 1."
    if not 0.0 < settings.consensus_quorum <= 1.0:
        problems["consensus_quorum"] = "Must be above 0 and at most 1."
    if settings.consensus_method not in MERGE_METHODS:
        problems["consensus_method"] = "Must be vote or crowd."
    quorums = settings.label_quorums
    if len(quorums) > QUOTAS_MAX:
        problems["label_quorums"] = f"At most {QUOTAS_MAX} labels."
    elif not all(_fits(each, 0.5) and 0.0 < each <= 1.0 for each in quorums.values()):
        problems["label_quorums"] = "A quorum is above 0 and at most 1."
    return problems


def _part_problems(settings: ProjectSettings) -> dict[str, str]:
    return part_problems(settings.part_frames, settings.part_overlap)


def part_problems(frames: int, overlap: int) -> dict[str, str]:
    """What is wrong with parts of that many frames with that overlap, by the setting's name."""
    if frames == 0:
        return {}
    if not PART_FRAMES_MIN <= frames <= PART_FRAMES_MAX:
        return {"part_frames": f"Must be 0, or lie between {PART_FRAMES_MIN} and {PART_FRAMES_MAX:,} frames."}
    most = int(frames * PART_OVERLAP_SHARE)
    if not 2 <= overlap <= most:
        return {"part_overlap": f"Must lie between 2 and {most:,} frames: a fourth of a part."}
    return {}


def _truth_problems(settings: ProjectSettings) -> dict[str, str]:
    problems = {}
    if not 0.0 <= settings.truth_share <= 1.0:
        problems["truth_share"] = "Must lie between 0 and 1."
    if not 0.0 <= settings.pause_below < 1.0:
        problems["pause_below"] = "Must be at least 0 and below 1."
    if not 3 <= settings.pause_over <= 100:
        problems["pause_over"] = "Must lie between 3 and 100 pictures."
    return problems


def _selection_problems(settings: ProjectSettings) -> dict[str, str]:
    problems = {}
    if settings.strategy not in STRATEGIES:
        problems["strategy"] = f"Must be one of {', '.join(STRATEGIES)}."
    for name, most in (
        ("cap_per_camera", 5_000),
        ("cap_per_clip", 5_000),
        ("min_gap_s", 86_400),
        ("budget_boxes", 1e6),
        ("budget_minutes", 1e5),
    ):
        if not 0 <= getattr(settings, name) <= most:
            problems[name] = f"Must lie between 0 and {most:g}."
    for name in ("label_quotas", "site_quotas"):
        quotas = getattr(settings, name)
        if len(quotas) > QUOTAS_MAX:
            problems[name] = f"At most {QUOTAS_MAX} quotas."
        elif not all(_fits(each, 0) and 1 <= each <= QUOTA_MAX for each in quotas.values()):
            problems[name] = f"A quota is a whole number between 1 and {QUOTA_MAX}."
    return problems


@dataclass(frozen=True, slots=True)
class Label:
    """One label of an ontology, as other apps see it."""

    id: str
    name: str
    color: str
    shapes: tuple[str, ...]
    attributes: tuple[dict[str, Any], ...] = ()
    shortcut: str = ""
    skeleton: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may work on a project. `is_own`: by a membership of the project itself."""

    user: User
    role: Role
    is_own: bool
