"""Vectorised boxes: float xyxy, half-open, one row each."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ml.errors import GeometryError
from ml.geometry.arrays import Floats


def as_boxes(boxes: ArrayLike) -> Floats:
    """Any list of xyxy as float64 (N, 4), N may be 0. Raises GeometryError on other shapes."""
    array = np.asarray(boxes, dtype=np.float64)
    if array.size == 0:
        return np.zeros((0, 4))
    if array.ndim != 2 or array.shape[1] != 4:
        raise GeometryError(f"Expected boxes of four numbers, got an array of shape {array.shape}.")
    return array


def box_areas(boxes: ArrayLike) -> Floats:
    """(N,) areas in square pixels; an inverted box has area 0."""
    xyxy = as_boxes(boxes)
    return np.asarray(np.clip(xyxy[:, 2] - xyxy[:, 0], 0, None) * np.clip(xyxy[:, 3] - xyxy[:, 1], 0, None))


def box_intersections(first: ArrayLike, second: ArrayLike) -> Floats:
    """(N, M) shared areas of every pair."""
    a, b = as_boxes(first)[:, None], as_boxes(second)[None]
    width = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0])
    height = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1])
    return np.asarray(np.clip(width, 0, None) * np.clip(height, 0, None))


def box_iou(first: ArrayLike, second: ArrayLike) -> Floats:
    """(N, M) intersection over union in 0..1; 0 where both are empty."""
    shared = box_intersections(first, second)
    union = box_areas(first)[:, None] + box_areas(second)[None] - shared
    return np.asarray(np.divide(shared, union, out=np.zeros_like(shared), where=union > 0))


def row_iou(first: ArrayLike, second: ArrayLike) -> Floats:
    """(N,) intersection over union of two lists row by row, 0..1; 0 where both are empty."""
    a, b = as_boxes(first), as_boxes(second)
    width = np.minimum(a[:, 2], b[:, 2]) - np.maximum(a[:, 0], b[:, 0])
    height = np.minimum(a[:, 3], b[:, 3]) - np.maximum(a[:, 1], b[:, 1])
    shared = np.clip(width, 0, None) * np.clip(height, 0, None)
    union = box_areas(a) + box_areas(b) - shared
    return np.asarray(np.divide(shared, union, out=np.zeros_like(shared), where=union > 0))


def box_coverage(first: ArrayLike, second: ArrayLike) -> Floats:
    """(N, M) share of each first box that lies within each second box, 0..1."""
    shared = box_intersections(first, second)
    area = np.broadcast_to(box_areas(first)[:, None], shared.shape)
    return np.asarray(np.divide(shared, area, out=np.zeros_like(shared), where=area > 0))


def box_grown(boxes: ArrayLike, share: float) -> Floats:
    """Boxes with `share` of their width and height more on each side."""
    xyxy = as_boxes(boxes)
    by = share * (xyxy[:, 2:] - xyxy[:, :2])
    return np.concatenate([xyxy[:, :2] - by, xyxy[:, 2:] + by], axis=1)


def box_clip(boxes: ArrayLike, width: float, height: float) -> Floats:
    """Boxes cut to a picture of `width` by `height` pixels; one outside it collapses to zero area."""
    xyxy = as_boxes(boxes).copy()
    xyxy[:, 0::2] = np.clip(xyxy[:, 0::2], 0, width)
    xyxy[:, 1::2] = np.clip(xyxy[:, 1::2], 0, height)
    return xyxy


def boxes_to_cxcywh(boxes: ArrayLike) -> Floats:
    """xyxy to centre x, centre y, width, height."""
    xyxy = as_boxes(boxes)
    return np.column_stack([(xyxy[:, :2] + xyxy[:, 2:]) / 2, xyxy[:, 2:] - xyxy[:, :2]])


def boxes_from_cxcywh(boxes: ArrayLike) -> Floats:
    """Centre x, centre y, width, height to xyxy."""
    rows = as_boxes(boxes)
    return np.column_stack([rows[:, :2] - rows[:, 2:] / 2, rows[:, :2] + rows[:, 2:] / 2])
