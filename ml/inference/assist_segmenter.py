"""The assist that ships with the program: the click-conditioned network through ONNX Runtime. Torch-free.

See `assist_input` for what the network is shown. A box decides the window, else the part in view does; a click with
neither is tried at several sizes, coarsely, and the answer that the network itself holds for the best is taken. Only a
first box is looked at in full detail: each step of detail costs half as much again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.contracts import Box, Manifest, ModelKind
from ml.errors import ImageError, ManifestError
from ml.geometry.arrays import Bools, Singles
from ml.inference.assist_input import (
    BEFORE,
    BOX,
    CLICKS_IN,
    CLICKS_OUT,
    Window,
    draw_box,
    draw_click,
    input_of,
    window_of_box,
    window_round,
)
from ml.inference.manifest import manifest_read, verified_model_path
from ml.inference.runtime import Graph
from ml.inference.segmenter import Features, Prompts, Segmentation, picture_check, prompts_check

# Sides tried for a click in the whole picture, as shares of its longer side, smallest first.
CLICK_WINDOWS = (0.06, 0.2, 1.1)
# Sides of the input as shares of the full one: to try windows, and to answer clicks.
COARSE_SHARE, QUICK_SHARE = 0.6, 0.8
INPUT_STEP_PX = 32
# The window holds all clicks with this much to spare.
CLICKS_SPARE = 1.3
# The answer, then a tight and a loose reading of it.
THRESHOLDS = (0.5, 0.7, 0.3)
ANSWERS = len(THRESHOLDS)


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    """`soft` float32 (S, S) in 0..1 within a window of the picture; `score` is the network's estimate of its IoU."""

    window: Window
    soft: Singles
    score: float


class AssistSegmenter:
    """A loaded network. Implements `Segmenter`; one instance per thread.

    `low_res` holds probabilities float32 (K, S + 1, S), S one of the sides above: the last row of each begins with the
    window they lie in (left, top, side in picture pixels), so that they can be handed back as `Prompts.previous` with
    nothing else beside them.
    """

    basic = True

    def __init__(self, manifest: Manifest, graph: Graph) -> None:
        if manifest.kind is not ModelKind.ASSIST:
            raise ManifestError(f"{manifest.name} is of kind {manifest.kind}, not an assist network.")
        missing = {"masks", "scores"} - set(graph.output_names)
        if missing:
            raise ManifestError(f"The graph of {manifest.name} has no output {', '.join(sorted(missing))}.")
        self.manifest = manifest
        self.key = f"assist:{manifest.sha256[:12]}"
        self._graph = graph
        self._sizes = sizes_of(manifest.input_size, graph.fixed_side is not None)

    @classmethod
    def load(cls, run_dir: Path | str, threads: int = 1) -> AssistSegmenter:
        """Open a RUN folder after checking its SHA-256. Raises ManifestError."""
        folder = Path(run_dir)
        manifest = manifest_read(folder)
        return cls(manifest, Graph(verified_model_path(folder, manifest), threads))

    def encode(self, image_rgb: NDArray[np.uint8]) -> Features:
        """The picture itself; nothing is computed."""
        picture_check(image_rgb)
        return Features(image_rgb, image_rgb.shape[0], image_rgb.shape[1], self.key)

    def restore(self, data: bytes, height: int, width: int) -> Features:
        """The picture from its raw bytes. Raises ImageError for another number of them."""
        if len(data) != height * width * 3:
            raise ImageError("These features do not belong to a picture of this size.")
        return self.encode(np.frombuffer(data, dtype=np.uint8).reshape(height, width, 3))

    def decode(self, features: Features, prompts: Prompts) -> Segmentation:
        """Three masks, best first: readings of one answer, or of the crop sizes that promise most.

        Clicks outside the window of a box are passed over. Raises GeometryError for a prompt that names nothing,
        ImageError for foreign features or a `previous` that is not this segmenter's.
        """
        prompts_check(prompts, features, self.key)
        before = self._before(prompts)
        answers = self._best(features, prompts, _windows(features, prompts, before), before)
        readings = [(a, THRESHOLDS[0]) for a in answers[:ANSWERS]]
        readings += [(answers[0], threshold) for threshold in THRESHOLDS[1:]][: ANSWERS - len(readings)]
        scores = [a.score * _agreement(a.soft, threshold) for a, threshold in readings]
        order = sorted(range(len(readings)), key=lambda k: -scores[k])
        masks = np.stack([_placed(*readings[k], features) for k in order])
        low_res = np.stack([_packed(readings[k][0]) for k in order])
        return Segmentation(masks, np.array([scores[k] for k in order], dtype=np.float32), low_res)

    def _best(
        self, features: Features, prompts: Prompts, windows: list[Window], before: _Answer | None
    ) -> list[_Answer]:
        """The answers for the windows, the most promising first."""
        sizes = self._sizes
        if len(windows) > 1:
            size = sizes.coarse
        else:
            size = sizes.full if prompts.box is not None and before is None else sizes.quick
        return sorted(self._answers(features, prompts, windows, before, size), key=lambda a: -a.score)

    def _answers(
        self,
        features: Features,
        prompts: Prompts,
        windows: list[Window],
        before: _Answer | None,
        size: int,
    ) -> list[_Answer]:
        inputs = np.stack([_input(features, prompts, window, before, size) for window in windows])
        outputs = self._graph.run(inputs)
        rows = zip(windows, outputs["masks"], outputs["scores"].tolist(), strict=True)
        return [_Answer(window, soft, score) for window, soft, score in rows]

    def _before(self, prompts: Prompts) -> _Answer | None:
        if prompts.previous is None:
            return None
        packed = np.asarray(prompts.previous, dtype=np.float32)
        known = {(size + 1, size) for size in self._sizes}
        if packed.shape not in known or not np.isfinite(packed).all():
            raise ImageError("The mask handed back is not one of this assist.")
        left, top, side = (int(v) for v in packed[-1, :3])
        if side < 1:
            raise ImageError("The mask handed back is not one of this assist.")
        return _Answer(Window(left, top, side), packed[:-1].clip(0.0, 1.0), 0.0)


class Sizes(NamedTuple):
    """Sides of the network's input in pixels: to try windows, to answer clicks, to answer a first box."""

    coarse: int
    quick: int
    full: int


def sizes_of(full: int, fixed: bool) -> Sizes:
    """`fixed`: the graph takes no other side than the full one."""
    if fixed:
        return Sizes(full, full, full)
    steps = full / INPUT_STEP_PX
    coarse, quick = (max(round(steps * share), 2) * INPUT_STEP_PX for share in (COARSE_SHARE, QUICK_SHARE))
    return Sizes(coarse, quick, full)


def _input(
    features: Features, prompts: Prompts, window: Window, before: _Answer | None, size: int
) -> Singles:
    image = input_of(np.asarray(features.array, dtype=np.uint8), window, size)
    for channel, points in ((CLICKS_IN, prompts.inside_points), (CLICKS_OUT, prompts.outside_points)):
        for x_px, y_px in points:
            x, y = window.point(x_px, y_px, size)
            if 0 <= x <= size and 0 <= y <= size:
                draw_click(image[channel], x, y)
    if prompts.box is not None:
        draw_box(image[BOX], window.corners(_within(prompts.box, features), size))
    if before is not None:
        image[BEFORE] = _moved(before, window, size)
    return image


def _windows(features: Features, prompts: Prompts, before: _Answer | None) -> list[Window]:
    """The windows to try: one for a box, a view or a correction, several for a first click in the whole picture."""
    if prompts.box is not None:
        return [window_of_box(_within(prompts.box, features))]
    if before is not None and all(_holds(before.window, p.x, p.y) for p in prompts.points):
        return [before.window]
    xs, ys = [p.x for p in prompts.points], [p.y for p in prompts.points]
    view = prompts.viewport
    if view is not None and view.width > 0 and view.height > 0:
        left, top = min(view.x1, *xs), min(view.y1, *ys)
        right, bottom = max(view.x2, *xs), max(view.y2, *ys)
        whole = _within(Box(left, top, right, bottom), features)
        side = max(whole.width, whole.height)
        return [window_round((whole.x1 + whole.x2) / 2, (whole.y1 + whole.y2) / 2, side)]
    if len(prompts.points) == 1:
        middle, least = (xs[0], ys[0]), 0.0
    else:
        middle = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
        least = max(max(xs) - min(xs), max(ys) - min(ys)) * CLICKS_SPARE
    longer = max(features.height, features.width)
    sides = dict.fromkeys(max(share * longer, least) for share in CLICK_WINDOWS)
    return [window_round(*middle, side) for side in sides]


def _within(box: Box, features: Features) -> Box:
    """The part of a box in the picture; at least a pixel of it is."""
    return Box(
        min(max(box.x1, 0.0), features.width - 1.0),
        min(max(box.y1, 0.0), features.height - 1.0),
        max(min(box.x2, float(features.width)), 1.0),
        max(min(box.y2, float(features.height)), 1.0),
    )


def _holds(window: Window, x_px: float, y_px: float) -> bool:
    return 0 <= x_px - window.left <= window.side and 0 <= y_px - window.top <= window.side


def _moved(before: _Answer, window: Window, size: int) -> Singles:
    """An answer as it lies in another window at `size` x `size`; 0 where it says nothing."""
    own = before.soft.shape[0]
    if before.window == window and own == size:
        return before.soft
    unit = own / before.window.side
    scale = window.side / size * unit
    # Pixel middles of the new window to those of the old.
    shift_x = (window.left - before.window.left) * unit + 0.5 * scale - 0.5
    shift_y = (window.top - before.window.top) * unit + 0.5 * scale - 0.5
    matrix = np.array([[scale, 0.0, shift_x], [0.0, scale, shift_y]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(before.soft, matrix, (size, size), flags=flags), dtype=np.float32)


def _placed(answer: _Answer, threshold: float, features: Features) -> Bools:
    """The answer as a mask of the whole picture."""
    window = answer.window
    mask = np.zeros((features.height, features.width), dtype=np.bool_)
    left, top = max(window.left, 0), max(window.top, 0)
    right, bottom = (
        min(window.left + window.side, features.width),
        min(window.top + window.side, features.height),
    )
    if left < right and top < bottom:
        # Only what is in the picture: a window of a large picture may be far larger than what is seen of it.
        unit = answer.soft.shape[0] / window.side
        matrix = np.array(
            [
                [unit, 0.0, (left - window.left + 0.5) * unit - 0.5],
                [0.0, unit, (top - window.top + 0.5) * unit - 0.5],
            ]
        )
        large = cv2.warpAffine(
            answer.soft,
            matrix,
            (right - left, bottom - top),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        mask[top:bottom, left:right] = large >= threshold
    return mask


def _agreement(soft: Singles, threshold: float) -> float:
    """IoU of a reading with the answer itself, so that the answer comes first."""
    answer, reading = soft >= THRESHOLDS[0], soft >= threshold
    union = int((answer | reading).sum())
    return float((answer & reading).sum()) / union if union else 1.0


def _packed(answer: _Answer) -> Singles:
    size = answer.soft.shape[0]
    packed = np.zeros((size + 1, size), dtype=np.float32)
    packed[:-1] = answer.soft
    packed[-1, :3] = answer.window.left, answer.window.top, answer.window.side
    return packed
