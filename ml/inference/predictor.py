"""Runs a RUN folder's model on pictures: detector, classifier or segmenter, as its manifest says. Torch-free."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.active.pixels import pixel_summary
from ml.contracts import BACKGROUND_NAME, ImagePrediction, Manifest, ModelKind
from ml.errors import ImageError, ManifestError
from ml.inference.instances import instances_decode
from ml.inference.letterbox import Fit, letterbox
from ml.inference.manifest import manifest_read, verified_model_path
from ml.inference.postprocess import NMS_IOU, NO_SUPPRESSION, detections_decode
from ml.inference.preprocess import to_batch
from ml.inference.regions import blobs_of, class_map, regions_of
from ml.inference.runtime import Graph

MIN_SCORE = 0.05
# Pictures a pass: keeps the peak memory of a long list bounded.
BATCH = 8

# Sides of what a graph of any shape takes are multiples of this.
INPUT_STRIDE_PX = 32

_INSTANCE_OUTPUTS = ("boxes", "scores", "mixes", "prototypes")
_OUTPUTS = {
    ModelKind.DETECT: frozenset({"boxes", "scores"}),
    ModelKind.CLASSIFY: frozenset({"scores"}),
    ModelKind.SEGMENT: frozenset({"scores"}),
    ModelKind.INSTANCE: frozenset(_INSTANCE_OUTPUTS),
}


class Predictor:
    """A loaded model. One instance per thread; `predict` takes milliseconds."""

    def __init__(self, manifest: Manifest, graph: Graph) -> None:
        if manifest.kind not in _OUTPUTS:
            raise ManifestError(f"{manifest.name} answers prompts: it finds nothing by itself.")
        missing = _OUTPUTS[manifest.kind] - set(graph.output_names)
        if missing:
            raise ManifestError(f"The graph of {manifest.name} has no output {', '.join(sorted(missing))}.")
        self.manifest = manifest
        self._graph = graph
        # Grey borders cost as much as the picture: of a wide one the square is nearly half border. Regions and masks are
        # worked out for a square.
        is_any_shape = manifest.kind is ModelKind.DETECT and graph.fixed_side is None
        self._stride = INPUT_STRIDE_PX if is_any_shape else 0

    @classmethod
    def load(cls, run_dir: Path | str, threads: int = 1) -> Predictor:
        """Open a RUN folder after checking its SHA-256. Raises ManifestError."""
        folder = Path(run_dir)
        manifest = manifest_read(folder)
        return cls(manifest, Graph(verified_model_path(folder, manifest), threads))

    @property
    def classes(self) -> tuple[str, ...]:
        return self.manifest.classes

    def predict(self, image: NDArray[np.uint8], min_score: float = MIN_SCORE) -> ImagePrediction:
        """Detections (tag probabilities, regions) of one uint8 RGB picture (H, W, 3), boxes in its pixels.

        A region needs no least score: each pixel is what is likeliest there. Letterbox borders count among the pixels
        a segmenter is sure of.
        """
        return self.predict_batch([image], min_score)[0]

    def predict_batch(
        self, images: Sequence[NDArray[np.uint8]], min_score: float = MIN_SCORE
    ) -> list[ImagePrediction]:
        """As `predict` for several pictures of any sizes, in order."""
        found: list[ImagePrediction] = []
        for start in range(0, len(images), BATCH):
            found += self._pass(images[start : start + BATCH], min_score)
        return found

    def _pass(self, images: Sequence[NDArray[np.uint8]], min_score: float) -> list[ImagePrediction]:
        for image in images:
            if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or image.size == 0:
                raise ImageError(f"A uint8 RGB picture was expected, not {image.dtype} {image.shape}.")
        fitted = [letterbox(image, self.manifest.input_size, stride=self._stride) for image in images]
        answers = [ImagePrediction()] * len(images)
        for alike in _of_one_shape(fitted):
            batch = to_batch([fitted[i][0] for i in alike], self.manifest.mean, self.manifest.std)
            outputs = self._graph.run(batch)
            for row, i in enumerate(alike):
                answers[i] = self._one(outputs, row, fitted[i][1], min_score)
        return answers

    def _one(
        self, outputs: dict[str, NDArray[np.float32]], i: int, fit: Fit, min_score: float
    ) -> ImagePrediction:
        embedding = tuple(outputs["embedding"][i].tolist()) if "embedding" in outputs else ()
        scores = outputs["scores"][i]
        if self.manifest.kind is ModelKind.CLASSIFY:
            return ImagePrediction((), dict(zip(self.classes, scores.tolist(), strict=True)), embedding)
        if self.manifest.kind is ModelKind.SEGMENT:
            found, best = class_map(scores, self.manifest.input_size, fit)
            blobs = tuple(b for b in blobs_of(found, best, self.classes, fit) if b.score >= min_score)
            unsure = pixel_summary(scores, (BACKGROUND_NAME, *self.classes))
            return ImagePrediction(blobs, {}, embedding, regions_of(found, self.classes), unsure)
        if self.manifest.kind is ModelKind.INSTANCE:
            arrays = tuple(outputs[name][i] for name in _INSTANCE_OUTPUTS)
            size = self.manifest.input_size
            return ImagePrediction(
                instances_decode(arrays, self.classes, fit, size, min_score), {}, embedding
            )
        nms_iou = NMS_IOU if self.manifest.doubles else NO_SUPPRESSION
        decoded = detections_decode(outputs["boxes"][i], scores, self.classes, fit, min_score, nms_iou)
        return ImagePrediction(decoded, {}, embedding)


def _of_one_shape(fitted: Sequence[tuple[NDArray[np.uint8], Fit]]) -> list[list[int]]:
    """Indices of the inputs that can share a batch."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for i, (pixels, _) in enumerate(fitted):
        groups.setdefault(pixels.shape, []).append(i)
    return list(groups.values())
