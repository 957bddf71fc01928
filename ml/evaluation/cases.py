"""One thing a model got right or wrong, as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from ml.contracts import Box

# In place of a class: there is none.
NOTHING = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One object or picture and what the model made of it. Boxes in image pixels; of a tag both are None.

    `actual` is NOTHING where the model found what is not there, `predicted` where it missed what is.
    """

    image: str
    actual: str
    predicted: str
    truth: Box | None = None
    found: Box | None = None
    score: float | None = None
