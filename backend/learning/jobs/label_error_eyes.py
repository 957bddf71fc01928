"""A detector and a judge of boxes that learned from the same pictures, asked about others and about their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from backend.learning.domain.label_errors import Word
from backend.learning.domain.predictions import KEEP_SCORE_MIN
from ml.contracts import Box, Judgement
from ml.inference.judge import Judge
from ml.inference.predictor import Predictor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from backend.annotation.contracts import LabelledObject

# Of the minutes for both; the judge has the others. With less than so many in all, it would learn too little to be heard.
DETECTOR_SHARE = 0.625
JUDGED_FROM_MINUTES = 4.0


def minutes_shared(minutes: float) -> tuple[float, float]:
    """Those of the detector and those of the judge, 0 where there is none."""
    if minutes < JUDGED_FROM_MINUTES:
        return minutes, 0.0
    return minutes * DETECTOR_SHARE, minutes * (1 - DETECTOR_SHARE)


@dataclass(frozen=True, slots=True)
class Eyes:
    """The detector sees what nobody labelled; the judge knows where to look at what somebody did."""

    detector: Predictor
    judge: Judge | None

    @classmethod
    def open(cls, run_dir: Path, judge_dir: Path) -> Eyes:
        """`judge_dir` may be missing. Raises ManifestError."""
        return cls(Predictor.load(run_dir), Judge.load(judge_dir) if judge_dir.exists() else None)

    def word(self, pixels: NDArray[np.uint8], objects: Sequence[LabelledObject], scale: float = 1.0) -> Word:
        """What they say of a picture and its objects, in its own pixels: `scale` of them per pixel of the array."""
        seen = self.detector.predict(pixels, KEEP_SCORE_MIN).detections
        said = [replace(each, box=each.box.enlarged(scale)) for each in seen]
        if self.judge is None:
            return Word(said)
        boxes = [Box(*each.box).enlarged(1 / scale) for each in objects]
        judged = self.judge.judge(pixels, [*boxes, *(each.box for each in seen)])
        larger = [word and word.enlarged(scale) for word in judged]
        return Word(
            said,
            [_share(word, each.label) for word, each in zip(larger[len(objects) :], said, strict=True)],
            {
                each.region.region_id: word
                for each, word in zip(objects, larger, strict=False)
                if word is not None
            },
        )


def _share(word: Judgement | None, label: str) -> Judgement | None:
    """All that is asked of a word on a detector's box: there are hundreds a picture, kept until the last one is seen."""
    return word and Judgement({label: word.shares.get(label, 0.0)}, {}, {})
