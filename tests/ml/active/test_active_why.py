"""The sentence that says why a picture was chosen."""

from __future__ import annotations

from ml.active.candidates import Candidate, Reason
from ml.active.why import sentence
from ml.contracts import ImagePrediction


def test_doubt_between_two_labels_is_said_in_whole_percents() -> None:
    candidate = Candidate("a", ImagePrediction(tag_scores={"dent": 0.514, "scratch": 0.462}))
    assert sentence(candidate, Reason.MARGIN, {}) == (
        "The model wavers between dent (51\N{NO-BREAK SPACE}%) and scratch (46\N{NO-BREAK SPACE}%)."
    )
