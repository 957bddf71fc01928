"""segment-anything's image encoder through OpenVINO, from the network that `ml.models.sam_export` wrote. Torch-free."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.errors import ImageError, ManifestError
from ml.inference.sam_geometry import input_tensor
from ml.inference.segmenter import Features, picture_check


class SamEncoder:
    """One compiled network; not shared between threads."""

    def __init__(
        self, path: Path, *, key: str, side: int, shape: Sequence[int], threads: int = 0, exact: bool = False
    ) -> None:
        """`key`, `side` and `shape` as of `SamDecoder`; `threads` 0 takes all cores.

        `exact` computes in float32 where the processor would choose bfloat16. Raises ManifestError.
        """
        import openvino

        self.key = key
        self._side = side
        self._shape = tuple(shape)
        config: dict[str, Any] = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": threads or os.cpu_count() or 1,
        }
        if exact:
            config["INFERENCE_PRECISION_HINT"] = "f32"
        try:
            core = openvino.Core()
            self._network: Any = core.compile_model(core.read_model(path), "CPU", config)
        except RuntimeError as error:
            raise ManifestError(f"{path.name} cannot be loaded as an encoder.") from error

    def encode(self, image_rgb: NDArray[np.uint8]) -> Features:
        """float16 (C, h, w) features. Raises ImageError for what is no picture, or where no number came out."""
        picture_check(image_rgb)
        height, width = image_rgb.shape[:2]
        found = np.asarray(self._network(input_tensor(image_rgb, self._side))[0])[0]
        features = found.astype(np.float16)
        if features.shape != self._shape or not np.isfinite(features).all():
            raise ImageError("The encoder gave no usable features of this picture.")
        return Features(features, height, width, self.key)
