"""A segment-anything checkpoint's encoder and a mask decoder as one segmenter, for measuring. Torch-free."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ml.inference.sam_decoder import SamDecoder
from ml.inference.sam_encoder import SamEncoder
from ml.inference.segmenter import Features, Prompts, Segmentation


class SamEncoderOnce:
    """Encodes a picture once for every decoder that asks in a row: what is compared sees the same features."""

    def __init__(self, encoder: SamEncoder) -> None:
        self._encoder = encoder
        self._last: tuple[NDArray[np.uint8], Features] | None = None

    def encode(self, image_rgb: NDArray[np.uint8]) -> Features:
        """Features of a uint8 (H, W, 3) picture. Raises ImageError."""
        if self._last is None or self._last[0] is not image_rgb:
            self._last = (image_rgb, self._encoder.encode(image_rgb))
        return self._last[1]


class SamPair:
    """Implements `Segmenter`. One instance per thread."""

    basic = False

    def __init__(self, encoder: SamEncoderOnce, decoder: SamDecoder) -> None:
        self.key = decoder.key
        self._encoder, self._decoder = encoder, decoder

    def encode(self, image_rgb: NDArray[np.uint8]) -> Features:
        """float16 (C, h, w) features. Raises ImageError."""
        return self._encoder.encode(image_rgb)

    def restore(self, data: bytes, height: int, width: int) -> Features:
        """Features from raw little-endian float16. Raises ImageError for another number of bytes."""
        return self._decoder.restore(data, height, width)

    def decode(self, features: Features, prompts: Prompts) -> Segmentation:
        """As `SamDecoder.decode`."""
        return self._decoder.decode(features, prompts)
