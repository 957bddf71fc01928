"""Stored labels as `ml` takes them. Loads OpenCV: for jobs, not for the web process."""

from __future__ import annotations

from collections.abc import Sequence

from backend.annotation.contracts import RegionData, region_dict
from backend.annotation.domain.geometry import geometry_bounds
from backend.core.outlines import outline_of
from ml.contracts import Annotation, Box, Polygon, RleMask
from ml.geometry.rle import counts_decode


def annotation_of(region: RegionData, width: int, height: int) -> Annotation:
    """A stored region of a picture of that size, as `ml` takes it; its label is the label's id."""
    outline = outline_of(region_dict(region), width, height)
    if outline is None:
        return Annotation(region.label_id, Box(*geometry_bounds(region.shape, region.geometry)))
    mask = polygon = None
    if outline.rle is not None:
        high, wide = outline.rle["size"]
        mask = RleMask(height=high, width=wide, counts=tuple(counts_decode(outline.rle["counts"])))
    elif len(outline.ring) >= 3:
        polygon = Polygon(outline.ring)
    return Annotation(region.label_id, Box(*outline.box), polygon=polygon, mask=mask)


def annotations_of(regions: Sequence[RegionData], width: int, height: int) -> list[Annotation]:
    """As `annotation_of`, in the same order. A track is the rectangle around all of it: what it overlaps, `track_overlaps` says."""
    return [annotation_of(region, width, height) for region in regions]
