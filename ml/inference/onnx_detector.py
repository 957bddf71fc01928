"""An operator's own ONNX detector, described by a small JSON file beside it. Torch-free.

Example: `{"model": "best.onnx", "classes": ["person"], "input_size": 640, "layout": "yolov8"}`.
Optional: `sha256`, `divisor` (255), `mean`, `std`, `color` (rgb, bgr), `fit` (centre, top-left), `nms_iou`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.contracts import ImagePrediction
from ml.errors import ManifestError
from ml.inference.letterbox import letterbox
from ml.inference.manifest import file_sha256
from ml.inference.postprocess import NMS_IOU, detections_decode
from ml.inference.predictor import MIN_SCORE
from ml.inference.preprocess import to_batch
from ml.inference.runtime import Graph

YOLOX_STRIDES_PX = (8, 16, 32)


class Layout(StrEnum):
    """How the graph's output is to be read.

    OURS: outputs `boxes` (B, A, 4) xyxy and `scores` (B, A, C). YOLOV8: one output (B, 4 + C, A), centre and
    size in input pixels, scores 0..1. YOLOX: one output (B, A, 5 + C), offsets and log sizes by grid cell.
    """

    OURS = "ours"
    YOLOV8 = "yolov8"
    YOLOX = "yolox"


@dataclass(frozen=True, slots=True)
class Description:
    """The JSON file as values; see the module's docstring."""

    model: Path
    classes: tuple[str, ...]
    input_size: int
    layout: Layout
    divisor: float = 255.0
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)
    bgr: bool = False
    centred: bool = True
    nms_iou: float = NMS_IOU


class OnnxDetector:
    """A foreign detector with the interface of `Predictor`; it has no embedding."""

    def __init__(self, description: Description, threads: int = 1) -> None:
        self.description = description
        self._graph = Graph(description.model, threads)

    @classmethod
    def load(cls, path: Path | str, threads: int = 1) -> OnnxDetector:
        """Open by its JSON description. Raises ManifestError."""
        return cls(description_read(Path(path)), threads)

    @property
    def classes(self) -> tuple[str, ...]:
        return self.description.classes

    def predict(self, image: NDArray[np.uint8], min_score: float = MIN_SCORE) -> ImagePrediction:
        """Detections of one uint8 RGB picture (H, W, 3), boxes in its pixels."""
        d = self.description
        square, fit = letterbox(image, d.input_size, centred=d.centred)
        if d.bgr:
            square = np.ascontiguousarray(square[:, :, ::-1])
        outputs = self._graph.run(to_batch([square], d.mean, d.std, d.divisor))
        boxes, scores = decode_layout(d.layout, outputs, d.input_size, len(d.classes))
        return ImagePrediction(detections_decode(boxes, scores, d.classes, fit, min_score, d.nms_iou))

    def predict_batch(
        self, images: Sequence[NDArray[np.uint8]], min_score: float = MIN_SCORE
    ) -> list[ImagePrediction]:
        """One pass a picture: many foreign graphs have a fixed batch of one."""
        return [self.predict(image, min_score) for image in images]


def description_read(path: Path) -> Description:
    """Read and check a description; a `sha256` in it must match the model file. Raises ManifestError."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        description = _description(value, path.parent)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ManifestError(f"{path.name} does not describe an ONNX detector ({error}).") from error
    if not description.model.is_file():
        raise ManifestError(f"{path.name} names {description.model.name}, which is not there.")
    if value.get("sha256") not in (None, file_sha256(description.model)):
        raise ManifestError(f"{description.model.name} does not match the sha256 in {path.name}.")
    return description


def decode_layout(
    layout: Layout, outputs: Mapping[str, NDArray[np.float32]], input_size: int, classes: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Boxes (A, 4) xyxy in input pixels and scores (A, C) of the first picture. Raises ManifestError."""
    if layout is Layout.OURS:
        if not {"boxes", "scores"} <= outputs.keys():
            raise ManifestError("The graph has no outputs named boxes and scores.")
        boxes, scores = outputs["boxes"][0], outputs["scores"][0]
        _require(scores.shape[-1] == classes, layout, scores.shape, classes)
        return boxes, scores
    raw = next(iter(outputs.values()))[0]
    if layout is Layout.YOLOV8:
        _require(raw.ndim == 2 and raw.shape[0] == 4 + classes, layout, raw.shape, classes)
        return _corners(raw[:4].T), raw[4:].T
    _require(raw.ndim == 2 and raw.shape[1] == 5 + classes, layout, raw.shape, classes)
    return _corners(_yolox_grid(raw[:, :4], input_size)), raw[:, 5:] * raw[:, 4:5]


def _yolox_grid(raw: NDArray[np.float32], input_size: int) -> NDArray[np.float32]:
    cells, strides = [], []
    for stride in YOLOX_STRIDES_PX:
        side = np.arange(input_size // stride, dtype=np.float32)
        x, y = np.meshgrid(side, side)
        cells.append(np.stack([x, y], axis=-1).reshape(-1, 2))
        strides.append(np.full((len(cells[-1]), 1), stride, dtype=np.float32))
    cell, stride_px = np.concatenate(cells), np.concatenate(strides)
    if len(cell) != len(raw):
        raise ManifestError(f"The graph gives {len(raw)} points; yolox at {input_size} px has {len(cell)}.")
    return np.concatenate([(raw[:, :2] + cell) * stride_px, np.exp(raw[:, 2:]) * stride_px], axis=1)


def _corners(centre_size: NDArray[np.float32]) -> NDArray[np.float32]:
    half = centre_size[:, 2:] / 2
    return np.concatenate([centre_size[:, :2] - half, centre_size[:, :2] + half], axis=1)


def _require(ok: bool, layout: Layout, shape: tuple[int, ...], classes: int) -> None:
    if not ok:
        raise ManifestError(f"An output of shape {shape} is not {layout} with {classes} classes.")


def _description(value: Mapping[str, object], folder: Path) -> Description:
    classes = value["classes"]
    size = value["input_size"]
    if not isinstance(classes, list) or not classes or not all(isinstance(c, str) for c in classes):
        raise ValueError("classes")
    if not isinstance(size, int) or not 32 <= size <= 4096 or size % 32:
        raise ValueError("input_size must be a multiple of 32")
    name = str(value["model"])
    if Path(name).name != name:
        raise ValueError("model must be a file beside the description")
    return Description(
        model=folder / name,
        classes=tuple(classes),
        input_size=size,
        layout=Layout(str(value["layout"])),
        divisor=float(str(value.get("divisor", 255.0))),
        mean=_three(value.get("mean", [0.0, 0.0, 0.0])),
        std=_three(value.get("std", [1.0, 1.0, 1.0])),
        bgr=value.get("color", "rgb") == "bgr",
        centred=value.get("fit", "centre") == "centre",
        nms_iou=float(str(value.get("nms_iou", NMS_IOU))),
    )


def _three(value: object) -> tuple[float, ...]:
    if not isinstance(value, list) or len(value) != 3:
        raise ValueError("mean and std have three numbers")
    return tuple(float(v) for v in value)
