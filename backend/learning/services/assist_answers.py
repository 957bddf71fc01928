"""From a person's prompt to outlines, both in picture pixels, with whichever segmenter serves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backend.core.errors import BadInput
from backend.learning.domain.outlines import mask_row, polygon_row

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ml.inference.segmenter import Features, Prompts, Segmenter

# A window handed back by a client may not reach further beyond the picture than any of ours does.
WINDOW_MAX_SHARE = 1.6


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """One answer in pixels of what the segmenter saw. `low_res` as `Segmentation.low_res[k]`, None without."""

    mask: NDArray[np.bool_]
    score: float
    low_res: NDArray[np.float32] | None = None


def prompts_of(prompt: dict[str, Any], *, scale: float, size: tuple[int, int], key: str) -> Prompts:
    """A request's prompt in array pixels. `size` is (height, width) of the array, `key` names who will answer.

    `scale`: picture pixels per array pixel, above 1 for the overview of a large picture. Raises BadInput.
    """
    from ml.contracts import Box
    from ml.errors import MlError
    from ml.inference.low_res import low_res_unpack
    from ml.inference.segmenter import PromptPoint, Prompts

    box, viewport = prompt.get("box"), prompt.get("viewport")
    previous = None
    if text := prompt.get("previous"):
        try:
            previous = low_res_unpack(text, key)
        except MlError as error:
            raise BadInput(str(error), fields={"previous": str(error)}) from error
        if previous.shape[0] != previous.shape[1]:
            _window_check(previous[-1, :3], size)
    return Prompts(
        points=tuple(
            PromptPoint(p["x"] / scale, p["y"] / scale, p["inside"]) for p in prompt.get("points", [])
        ),
        box=Box(*(value / scale for value in box)) if box else None,
        viewport=Box(*(value / scale for value in viewport)) if viewport else None,
        previous=previous,
    )


def _window_check(window: NDArray[np.float32], size: tuple[int, int]) -> None:
    left, top, side = (float(v) for v in window)
    height, width = size
    most = WINDOW_MAX_SHARE * max(height, width) + 16
    if not (1 <= side <= most and -side <= left <= width and -side <= top <= height):
        raise BadInput("The mask handed back lies outside the picture.", fields={"previous": "Outside."})


def answers(segmenter: Segmenter, features: Features, prompts: Prompts) -> list[Found]:
    """Masks for a prompt, best first. Raises BadInput for a prompt that names nothing."""
    from ml.errors import MlError

    try:
        found = segmenter.decode(features, prompts)
    except MlError as error:
        raise BadInput(str(error)) from error
    low_res = found.low_res
    return [
        Found(mask, float(score), None if low_res is None else low_res[k])
        for k, (mask, score) in enumerate(zip(found.masks, found.scores, strict=True))
    ]


def classical() -> Segmenter:
    """The method that needs no file at all."""
    from ml.inference.classical_segmenter import ClassicalSegmenter

    return ClassicalSegmenter()


def rows_of(
    found: Iterable[Found], *, scale: float, tolerance: float, key: str, with_mask: bool = False
) -> list[dict[str, Any]]:
    """Answers as the API gives them; empty masks are left out.

    `tolerance` stays in pixels of what the segmenter saw: finer than that it knows nothing.
    """
    from ml.geometry.masks import mask_to_polygons
    from ml.inference.low_res import low_res_pack

    rows = []
    for each in found:
        polygons = mask_to_polygons(each.mask, tolerance)
        if not polygons:
            continue
        row: dict[str, Any] = {
            "polygon": polygon_row(polygons[0], scale),
            "score": each.score,
            "low_res": None if each.low_res is None else low_res_pack(each.low_res, key),
            "mask": mask_row(each.mask, scale) if with_mask else None,
        }
        rows.append(row)
    return rows
