"""Whether a candidate may follow the model in production, and the sentence that says why."""

from __future__ import annotations

from dataclasses import dataclass

# Below these an interval says nothing; see Test sd on 240 pictures: .02-.04 of AP50.
TEST_PICTURES_MIN = 8
TEST_GROUPS_MIN = 5
# A candidate that is better on average may still be worse by this much at the low end of its interval.
LOW_END_MIN = -0.10


@dataclass(frozen=True, slots=True)
class GateInput:
    """Figures 0..1 on the same test pictures; `difference` is candidate less production with its 95 % interval.

    `against` names what stands for production where none is: the assist has a shipped one.
    """

    pictures: int
    groups: int
    objects: int
    candidate: float
    production: float | None
    difference: float
    low: float
    high: float
    measure: str = "AP50"
    against: str = "production"


def verdict(figures: GateInput) -> tuple[bool, str]:
    """(passed, reason). Never passes on too few test pictures, nor when worse than production."""
    if figures.pictures < TEST_PICTURES_MIN or figures.groups < TEST_GROUPS_MIN:
        return False, (
            f"Too few blind test pictures: {figures.pictures} from {figures.groups} sources; "
            f"{TEST_PICTURES_MIN} from {TEST_GROUPS_MIN} are needed. Approve more of the random slice."
        )
    if figures.objects == 0:
        return False, "The blind test pictures hold no labelled object, so nothing can be measured."
    if figures.production is None:
        if figures.candidate <= 0.0:
            return False, f"The candidate finds nothing on the test pictures ({figures.measure} 0)."
        return (
            True,
            f"No model is in production yet; {figures.measure} {figures.candidate:.3f} on {figures.pictures} pictures.",
        )
    span = f"{figures.difference:+.3f} [{figures.low:+.3f}, {figures.high:+.3f}]"
    if figures.high < 0.0:
        return False, f"Worse than {figures.against} beyond chance: {figures.measure} {span}."
    if figures.difference < 0.0:
        return False, f"Worse than {figures.against} on the test pictures: {figures.measure} {span}."
    if figures.low < LOW_END_MIN:
        return (
            False,
            f"Not shown to be as good as {figures.against}: {figures.measure} {span}. More blind pictures narrow this.",
        )
    return True, f"{figures.measure} {span} against {figures.against} on {figures.pictures} blind pictures."
