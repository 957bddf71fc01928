"""The sentences beside the numbers are plain and say what the number says."""

from __future__ import annotations

import pytest

from ml.quality.approval import Rule, Verdict
from ml.quality.words import (
    alpha_words,
    collecting_words,
    f1_words,
    iou_words,
    kappa_words,
    picture_words,
    rule_words,
)

LOCKED, UNLOCKED = Rule(None, 0.0, 0.0, 87), Rule(0.41, 0.52, 0.0125, 0)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        (
            f1_words(0.8, 1200),
            "Of the 1,200 objects they drew, 80\N{NO-BREAK SPACE}% have a partner in the same place",
        ),
        (f1_words(None, 0), "nothing to compare"),
        (iou_words(0.9), "very tightly: they share 90\N{NO-BREAK SPACE}%"),
        (iou_words(None), "cannot be compared"),
        (kappa_words(0.85), "almost always agree"),
        (kappa_words(0.1), "hardly agree"),
        (kappa_words(-0.1), "no more often than two people who guess"),
        (kappa_words(None), "one and the same label"),
        (alpha_words(0.9), "well enough to rely on"),
        (alpha_words(0.7), "with care"),
        (alpha_words(0.2, 0.95), "95\N{NO-BREAK SPACE}% of objects match: one label is so common"),
        (alpha_words(None), "Too few"),
        (rule_words(LOCKED, "pallet", 0.02), "Review 87 more to unlock auto-approval of pallet."),
        (
            rule_words(UNLOCKED, "pallet", 0.02),
            "52\N{NO-BREAK SPACE}% of pallet boxes need no second look: at most 2\N{NO-BREAK SPACE}% of them",
        ),
        (rule_words(Rule(None, 0.0, 0.0, None), "pallet", 0.02), "cannot be approved without a look"),
        (collecting_words(100, 150, "pallet", 149), "Review at least 199 more"),
        (
            picture_words(Verdict(UNLOCKED, LOCKED, 500), "pallet", 0.05),
            "somebody still looks at each picture",
        ),
        (
            picture_words(Verdict(UNLOCKED, UNLOCKED, 500), "pallet", 0.05),
            "52\N{NO-BREAK SPACE}% of pictures can pass unseen",
        ),
        (picture_words(Verdict(LOCKED, LOCKED, 500), "pallet", 0.05), "No picture passes unseen yet"),
    ],
)
def test_each_number_has_its_sentence(sentence: str, said: str) -> None:
    assert said in sentence
