"""Masks: a crop box in whole pixels and COCO's compressed run lengths of the crop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.annotation.domain.geometry.checks import Bounds, Canvas, ShapeProblem, size_checked
from ml.errors import GeometryError
from ml.geometry.rle import counts_decode

# Runs of one object; a checkerboard of 2 megapixels has that many.
COUNTS_MAX_CHARS = 2_000_000


def mask_normalise(geometry: Mapping[str, Any], canvas: Canvas) -> dict[str, Any]:
    """`mask`: {x, y, width, height, counts}, inside the picture, with at least one set pixel."""
    given = geometry.get("mask")
    if not isinstance(given, Mapping):
        raise ShapeProblem("A mask needs x, y, width, height and counts.")
    sides = [given.get(name) for name in ("x", "y", "width", "height")]
    if not all(isinstance(side, int) and not isinstance(side, bool) for side in sides):
        raise ShapeProblem("A mask's place and size are whole pixels.")
    x, y, width, height = (int(side) for side in sides if side is not None)
    if min(x, y) < 0 or min(width, height) < 1 or x + width > canvas.width or y + height > canvas.height:
        raise ShapeProblem("A mask lies outside the picture.")
    text = given.get("counts")
    if not isinstance(text, str) or len(text) > COUNTS_MAX_CHARS:
        raise ShapeProblem("A mask needs its run lengths as text of at most 2 million characters.")
    try:
        counts = counts_decode(text)
    except GeometryError as error:
        raise ShapeProblem(str(error)) from error
    if sum(counts) != width * height:
        raise ShapeProblem("A mask's run lengths do not fill its box.")
    if not sum(counts[1::2]):
        raise ShapeProblem("A mask has no pixel.")
    kept = {"mask": {"x": x, "y": y, "width": width, "height": height, "counts": text}}
    size_checked(mask_bounds(kept), canvas)
    return kept


def mask_bounds(geometry: Mapping[str, Any]) -> Bounds:
    mask = geometry["mask"]
    return (mask["x"], mask["y"], mask["x"] + mask["width"], mask["y"] + mask["height"])
