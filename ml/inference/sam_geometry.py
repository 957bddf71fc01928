"""Where a picture lies in a segment-anything model's square input, shared by encoders and decoders. Torch-free."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# Of the published training; the pad around the picture is 0 after these.
MEAN_RGB = (123.675, 116.28, 103.53)
STD_RGB = (58.395, 57.12, 57.375)


def inner_size(height: int, width: int, side: int) -> tuple[int, int]:
    """(height, width) of the picture inside the square input: top left, longest side filled."""
    scale = side / max(height, width)
    return max(int(height * scale + 0.5), 1), max(int(width * scale + 0.5), 1)


def inner_picture(image_rgb: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The picture at its size in the input. Pillow's antialiased bilinear is what the published weights saw."""
    height, width = inner_size(image_rgb.shape[0], image_rgb.shape[1], side)
    return np.array(Image.fromarray(image_rgb).resize((width, height), Image.Resampling.BILINEAR))


def input_tensor(image_rgb: NDArray[np.uint8], side: int) -> NDArray[np.float32]:
    """float32 (1, 3, side, side): normalised, 0 beyond the picture."""
    inner = inner_picture(image_rgb, side).astype(np.float32)
    tensor = np.zeros((1, 3, side, side), dtype=np.float32)
    normalised = (inner - np.array(MEAN_RGB, np.float32)) / np.array(STD_RGB, np.float32)
    tensor[0, :, : inner.shape[0], : inner.shape[1]] = normalised.transpose(2, 0, 1)
    return tensor


def in_input(points: NDArray[np.float32], height: int, width: int, side: int) -> NDArray[np.float32]:
    """(N, 2) picture pixels as the model counts them: ours are continuous (a pixel's centre is .5), theirs whole."""
    inner_h, inner_w = inner_size(height, width, side)
    scale = np.array([inner_w / width, inner_h / height], dtype=np.float32)
    return (points * scale - 0.5).astype(np.float32)
