"""The sentence beside each number, for somebody who knows no statistics."""

from __future__ import annotations

from ml.quality.approval import Rule, Verdict

# Landis and Koch 1977, Biometrics 33(1), their names for strengths of kappa, in everyday words.
_KAPPA_WORDS = (
    (0.8, "almost always agree"),
    (0.6, "agree well"),
    (0.4, "agree fairly"),
    (0.2, "agree a little"),
)
# Krippendorff 2004: rely on data from 0.8 up, draw tentative conclusions from 0.667.
_ALPHA_RELIABLE, _ALPHA_TENTATIVE = 0.8, 0.667
_IOU_TIGHT, _IOU_FAIR = 0.85, 0.7


def f1_words(f1: float | None, regions: int, iou_min: float = 0.5) -> str:
    """For F1 of two people's regions."""
    if f1 is None:
        return "Neither drew anything here, so there is nothing to compare."
    closely = " closely" if iou_min >= 0.75 else ""
    return (
        f"Of the {_number(regions, 'object')} they drew, {percent(f1)} have a partner{closely} in the same place "
        "with the same label."
    )


def iou_words(iou: float | None) -> str:
    """For the mean overlap of matched regions."""
    if iou is None:
        return "No object was drawn by both, so outlines cannot be compared."
    how = "very tightly" if iou >= _IOU_TIGHT else "fairly well" if iou >= _IOU_FAIR else "only roughly"
    return f"Where both drew an object, their outlines fit {how}: they share {percent(iou)} of the area."


def kappa_words(kappa: float | None) -> str:
    """For Cohen's kappa of two people."""
    if kappa is None:
        return "Both used one and the same label throughout, so chance alone would agree as well."
    if kappa <= 0.0:
        return "They agree no more often than two people who guess."
    strength = next((words for limit, words in _KAPPA_WORDS if kappa > limit), "hardly agree")
    return f"Guessing set aside, they {strength} on what an object is ({kappa:.2f} of 1)."


def alpha_words(alpha: float | None, f1: float | None = None) -> str:
    """For Krippendorff's alpha of a group; give F1 too where known, since alpha sinks when one label rules."""
    if alpha is None:
        return "Too few objects were seen by two people to say how well the group agrees."
    if alpha >= _ALPHA_RELIABLE:
        said = "The group agrees well enough to rely on these labels"
    elif alpha >= _ALPHA_TENTATIVE:
        said = "The group agrees well enough to go on, with care"
    else:
        said = "The group does not agree well enough yet: look at the objects it disagrees on, then at the guideline"
    sentence = f"{said} ({alpha:.2f} of 1)."
    if alpha < _ALPHA_TENTATIVE and f1 is not None and f1 >= _ALPHA_RELIABLE:
        sentence += f" But {percent(f1)} of objects match: one label is so common that chance agrees as well, which lowers this number."
    return sentence


def rule_words(rule: Rule, label: str, alpha: float) -> str:
    """For the boxes of one label: what is unlocked, or how many reviews are still to do."""
    if rule.threshold is not None:
        return (
            f"{percent(rule.coverage)} of {label} boxes need no second look: at most {limit_percent(alpha)} of them are wrong. "
            f"In the blind reviews {limit_percent(rule.error)} were."
        )
    if rule.more is None:
        return (
            f"As things stand, {label} cannot be approved without a look: among its surest boxes more than "
            f"{limit_percent(alpha)} are wrong. Train a better model, or accept more errors."
        )
    return f"Review {rule.more} more to unlock auto-approval of {label}."


def collecting_words(with_boxes: int, needed: int, label: str, at_least: int) -> str:
    """Before there is a plan: `with_boxes` of the `needed` fitting units are done; testing takes `at_least` more."""
    return (
        f"Review at least {max(needed - with_boxes, 0) + at_least} more to unlock auto-approval of {label}."
    )


def picture_words(verdict: Verdict, label: str, missed_alpha: float) -> str:
    """For whole pictures that pass unseen."""
    rule = verdict.pictures
    if rule.threshold is not None:
        return (
            f"{percent(rule.coverage)} of pictures can pass unseen as far as {label} goes: on at most "
            f"{limit_percent(missed_alpha)} of them one is missed."
        )
    if verdict.boxes.threshold is not None:
        return (
            f"Single {label} boxes are approved, but somebody still looks at each picture: it is not proven yet "
            f"that the model misses one on at most {limit_percent(missed_alpha)} of pictures."
        )
    return f"No picture passes unseen yet as far as {label} goes."


def percent(share: float) -> str:
    """0.4137 → "41 %", as the pages write it: with a no-break space."""
    return f"{share * 100:.0f}\N{NO-BREAK SPACE}%"


def limit_percent(share: float) -> str:
    """A limit that may be a part of a percent: 0.005 → "0.5 %", 0.05 → "5 %"."""
    value = f"{share * 100:.1f}".removesuffix(".0")
    return f"{value}\N{NO-BREAK SPACE}%"


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count:,} {noun}s"
