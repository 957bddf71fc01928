"""What a blind review says of a model's suggestions on one picture: which were right, and what had none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ml.contracts import Annotation
from ml.errors import QualityError
from ml.quality.matching import match_regions
from ml.quality.reviews import ReviewedUnit


def review_unit(
    suggested: Sequence[Annotation],
    scores: Sequence[float],
    labelled: Sequence[Annotation],
    *,
    suggested_tags: Mapping[str, float] | None = None,
    tags: Collection[str] = (),
) -> ReviewedUnit:
    """One unit for `reviews_from`. `scores` (n,) belong to `suggested`; boxes are pixels of the same picture.

    A suggestion is right where it is matched with a labelled object of its label (IoU >= 0.5, each object once), a tag
    where the person gave it too; boxes come first, tags after them by name. What a person labelled and no suggestion
    matches is missed. Hand in the labels of the promise only. Raises QualityError where scores and boxes differ in number.
    """
    if len(suggested) != len(scores):
        raise QualityError("Every suggestion needs its score.")
    matched = {pair.first for pair in match_regions(suggested, labelled)}
    said = dict(sorted((suggested_tags or {}).items()))
    given = set(tags)
    return ReviewedUnit(
        scores=(*map(float, scores), *said.values()),
        correct=(*(place in matched for place in range(len(suggested))), *(name in given for name in said)),
        missed=len(labelled) - len(matched) + len(given - said.keys()),
    )
