"""Reads the exact truth off the id picture: boxes, masks, visible shares, places, speeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.contracts import Box, RleMask
from ml.geometry.arrays import Bools, Ints
from ml.geometry.camera import Camera
from ml.simulation.actors import Actor
from ml.simulation.mesh import Mesh
from ml.simulation.motion import Moment
from ml.simulation.raster import Sprite
from ml.simulation.site import Pallet
from ml.simulation.truth import PALLET, SIDE_MIN_PX, VISIBLE_MIN, ObjectTruth

_NEAR_M = 0.2


@dataclass(frozen=True, slots=True)
class Drawn:
    """An actor that got into the picture."""

    actor: Actor
    moment: Moment
    mesh: Mesh
    sprite: Sprite


def crop_rle(crop: Bools, top: int, left: int, height: int, width: int) -> RleMask:
    """COCO run lengths of a (h, w) mask placed at `top`, `left` of a (height, width) picture.

    Equals `mask_to_rle` of the whole picture, without making it.
    """
    padded = np.zeros((crop.shape[0] + 2, crop.shape[1]), dtype=np.int8)
    padded[1:-1] = crop
    change = np.diff(padded, axis=0)
    columns, starts = np.nonzero(change.T == 1)
    _, ends = np.nonzero(change.T == -1)
    offset = (columns + left) * height + top
    first, last = starts + offset, ends + offset
    # A run that ends at a column's foot goes on at the head of the next.
    joined = np.flatnonzero(first[1:] == last[:-1])
    first, last = np.delete(first, joined + 1), np.delete(last, joined)
    edges = np.concatenate([[0], np.stack([first, last], axis=1).ravel(), [height * width]])
    counts = [int(count) for count in np.diff(edges)]
    if counts and counts[-1] == 0:
        counts.pop()
    return RleMask(height=height, width=width, counts=tuple(counts))


def _window(box: Box, camera: Camera) -> tuple[slice, slice]:
    return (
        slice(max(0, int(box.y1)), min(camera.height, int(np.ceil(box.y2)))),
        slice(max(0, int(box.x1)), min(camera.width, int(np.ceil(box.x2)))),
    )


def _seen(crop: Bools, top: int, left: int, camera: Camera) -> tuple[Box, RleMask, int] | None:
    count = int(crop.sum())
    if count == 0:
        return None
    rows, columns = np.flatnonzero(crop.any(axis=1)), np.flatnonzero(crop.any(axis=0))
    box = Box(
        float(columns[0] + left),
        float(rows[0] + top),
        float(columns[-1] + 1 + left),
        float(rows[-1] + 1 + top),
    )
    return box, crop_rle(crop, top, left, camera.height, camera.width), count


def _any_of(values: NDArray[np.integer[Any]], wanted: Sequence[int]) -> Bools:
    found = values == wanted[0]
    for value in wanted[1:]:
        found = found | (values == value)
    return np.asarray(found)


def _hard_to_see(box: Box, visible: float) -> bool:
    return visible < VISIBLE_MIN or min(box.width, box.height) < SIDE_MIN_PX


def dynamic_truth(drawn: Sequence[Drawn], ids: Ints, camera: Camera) -> list[ObjectTruth]:
    """People, helmets, vests and trucks of which at least one pixel is seen."""
    objects: list[ObjectTruth] = []
    for item in drawn:
        foot_m = (item.moment.x, item.moment.y)
        foot_px = camera.floor_to_image([foot_m])[0]
        for member in item.actor.members(item.moment):
            own = _any_of(item.sprite.parts, member.parts)
            rows, columns = np.flatnonzero(own.any(axis=1)), np.flatnonzero(own.any(axis=0))
            if len(rows) == 0:
                continue
            full = Box(
                float(columns[0] + item.sprite.left),
                float(rows[0] + item.sprite.top),
                float(columns[-1] + 1 + item.sprite.left),
                float(rows[-1] + 1 + item.sprite.top),
            )
            window = _window(full, camera)
            wanted = [item.actor.ids[part] for part in member.parts if part in item.actor.ids]
            seen = _seen(_any_of(ids[window], wanted), window[0].start, window[1].start, camera)
            if seen is None:
                continue
            box, mask, count = seen
            visible = min(1.0, count / int(own.sum()))
            objects.append(
                ObjectTruth(
                    track_id=member.track_id,
                    label=member.label,
                    box_px=box,
                    full_box_px=full,
                    mask=mask,
                    visible=visible,
                    ignore=_hard_to_see(box, visible),
                    foot_m=foot_m,
                    foot_px=(float(foot_px[0]), float(foot_px[1])),
                    speed_m_s=item.moment.speed_m_s,
                    parent_id=member.parent_id,
                    pose=member.pose,
                )
            )
    return objects


@dataclass(frozen=True, slots=True)
class Standing:
    """A still object as the camera sees it: where to look for its pixels and how many there would be."""

    track_id: int
    full: Box
    pixels: float
    foot_m: tuple[float, float]
    foot_px: tuple[float, float]


def pallets_in_view(pallets: dict[int, Pallet], camera: Camera) -> tuple[Standing, ...]:
    """Worked out once for a still camera."""
    found: list[Standing] = []
    for ident, pallet in pallets.items():
        pixels, depth = camera.project(pallet.corners())
        if float(depth.min()) < _NEAR_M:
            continue
        low, high = pixels.min(axis=0), pixels.max(axis=0)
        hull = float(cv2.contourArea(cv2.convexHull(pixels.astype(np.float32))))
        foot_px = camera.floor_to_image([(pallet.x, pallet.y)])[0]
        found.append(
            Standing(
                track_id=ident,
                full=Box(float(low[0]), float(low[1]), float(high[0]), float(high[1])),
                pixels=max(hull, 1.0),
                foot_m=(pallet.x, pallet.y),
                foot_px=(float(foot_px[0]), float(foot_px[1])),
            )
        )
    return tuple(found)


def pallet_truth(pallets: Sequence[Standing], ids: Ints, camera: Camera) -> list[ObjectTruth]:
    """Pallets (the wood without the load) of which at least one pixel is seen."""
    objects: list[ObjectTruth] = []
    for item in pallets:
        full = item.full
        # A bent edge bulges out of its corners' box by a little.
        reach = Box(full.x1 - 8, full.y1 - 8, full.x2 + 8, full.y2 + 8)
        window = _window(reach, camera)
        crop = ids[window] == item.track_id
        seen = _seen(crop, window[0].start, window[1].start, camera)
        if seen is None:
            continue
        box, mask, count = seen
        visible = min(1.0, count / item.pixels)
        objects.append(
            ObjectTruth(
                track_id=item.track_id,
                label=PALLET,
                box_px=box,
                full_box_px=full,
                mask=mask,
                visible=visible,
                ignore=_hard_to_see(box, visible),
                foot_m=item.foot_m,
                foot_px=item.foot_px,
                speed_m_s=0.0,
            )
        )
    return objects
