"""segment-anything (Kirillov et al., ICCV 2023) through its own classes, with weights an operator supplies.

A checkpoint is a pickle, so it is opened only after its SHA-256 was found on a list, and then as tensors only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ml.errors import GeometryError, ImageError, ManifestError
from ml.inference.sam_geometry import in_input, inner_picture, inner_size
from ml.inference.segmenter import Features, Prompts, Segmentation, picture_check, prompts_check
from ml.models.sam_build import sam_of

HASH_BLOCK_BYTES = 1 << 20


def checkpoint_read(path: Path, allowed_sha256: Collection[str]) -> tuple[dict[str, torch.Tensor], str]:
    """State dict and SHA-256 of a checkpoint file.

    Raises ManifestError where the file is missing, its hash is not allowed, or it holds anything but tensors.
    """
    try:
        with path.open("rb") as file:
            digest = hashlib.sha256()
            while block := file.read(HASH_BLOCK_BYTES):
                digest.update(block)
            sha256 = digest.hexdigest()
            if sha256 not in {allowed.lower() for allowed in allowed_sha256}:
                raise ManifestError(
                    f"{path.name} has SHA-256 {sha256}, which is not on the list of allowed checkpoints."
                )
            # The same open file: what is loaded is what was hashed.
            file.seek(0)
            state = torch.load(file, map_location="cpu", weights_only=True)
    except OSError as error:
        raise ManifestError(f"{path.name} cannot be read: {error.strerror}.") from error
    except (UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise ManifestError(f"{path.name} is not a file of weights.") from error
    if not isinstance(state, dict) or not state:
        raise ManifestError(f"{path.name} holds no state dict.")
    if not all(isinstance(key, str) and isinstance(value, torch.Tensor) for key, value in state.items()):
        raise ManifestError(f"{path.name} holds something other than named tensors.")
    return state, sha256


def sam_load(path: Path, allowed_sha256: Collection[str], device: str = "cpu") -> SamSegmenter:
    """A segmenter from an operator's checkpoint. Raises ManifestError as `checkpoint_read`, or for another model."""
    state, sha256 = checkpoint_read(path, allowed_sha256)
    architecture, sam = sam_of(state)
    return SamSegmenter(sam, f"sam:{architecture}:{sha256[:12]}", device)


class SamSegmenter:
    """Implements `Segmenter` on torch. Safe to share between threads: nothing is kept between calls."""

    basic = False

    def __init__(self, sam: Any, key: str, device: str = "cpu") -> None:
        """`sam` is a `segment_anything.modeling.Sam` with its weights; `key` names them."""
        self.key = key
        self._device = torch.device(device)
        self._sam = sam.eval().to(self._device)
        self._side = int(sam.image_encoder.img_size)
        prompt_encoder = sam.prompt_encoder
        rows, columns = map(int, prompt_encoder.image_embedding_size)
        self._embedding_shape = (int(prompt_encoder.embed_dim), rows, columns)
        self._low_res_shape = tuple(map(int, prompt_encoder.mask_input_size))

    @property
    def input_side(self) -> int:
        """Side of the square input in pixels."""
        return self._side

    @property
    def embedding_shape(self) -> tuple[int, int, int]:
        """(C, h, w) of the features."""
        return self._embedding_shape

    def encode(self, image_rgb: NDArray[np.uint8]) -> Features:
        """float16 (C, h, w) image embedding: (256, 64, 64), 2 MB, for the published models."""
        picture_check(image_rgb)
        height, width = image_rgb.shape[:2]
        inner = inner_picture(image_rgb, self._side)
        pixels = torch.from_numpy(inner).to(self._device).permute(2, 0, 1).float()[None]
        with torch.inference_mode():
            embedding = self._sam.image_encoder(self._sam.preprocess(pixels))[0]
        return Features(embedding.cpu().numpy().astype(np.float16), height, width, self.key)

    def restore(self, data: bytes, height: int, width: int) -> Features:
        """Features from raw little-endian float16. Raises ImageError for another number of bytes."""
        if len(data) != int(np.prod(self._embedding_shape)) * 2:
            raise ImageError(f"These features were not made by {self.key}.")
        array = np.frombuffer(data, dtype="<f2").reshape(self._embedding_shape).astype(np.float16)
        return Features(array, height, width, self.key)

    def decode(self, features: Features, prompts: Prompts) -> Segmentation:
        """Three masks for a lone click, which may mean a part or the whole; one mask for anything clearer."""
        prompts_check(prompts, features, self.key)
        low_res, iou = self.run(features, prompts)
        ambiguous = len(prompts.points) == 1 and prompts.box is None and prompts.previous is None
        kept = slice(1, None) if ambiguous else slice(0, 1)
        order = np.argsort(-iou[kept], kind="stable")
        low_res, iou = low_res[kept][order], iou[kept][order]
        size = (features.height, features.width)
        with torch.inference_mode():
            masks = self._sam.postprocess_masks(
                torch.from_numpy(low_res)[None], inner_size(*size, self._side), size
            )
        return Segmentation(
            masks=(masks[0] > self._sam.mask_threshold).numpy(), scores=iou.clip(0.0, 1.0), low_res=low_res
        )

    def run(self, features: Features, prompts: Prompts) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """All four masks as logits (4, h, w), and their estimated IoU (4,)."""
        with torch.inference_mode():
            sparse, dense = self._sam.prompt_encoder(
                points=self._points(features, prompts),
                boxes=self._box(features, prompts),
                masks=self._previous(prompts),
            )
            low_res, iou = self._sam.mask_decoder.predict_masks(
                image_embeddings=torch.from_numpy(features.array.astype(np.float32)).to(self._device)[None],
                image_pe=self._sam.prompt_encoder.get_dense_pe(),
                sparse_prompt_embeddings=sparse,
                dense_prompt_embeddings=dense,
            )
        return low_res[0].cpu().numpy(), iou[0].cpu().numpy()

    def _points(self, features: Features, prompts: Prompts) -> tuple[torch.Tensor, torch.Tensor] | None:
        if not prompts.points:
            return None
        places = np.array([(p.x, p.y) for p in prompts.points], dtype=np.float32)
        labels = np.array([p.inside for p in prompts.points], dtype=np.float32)
        return self._in_input(features, places), torch.from_numpy(labels).to(self._device)[None]

    def _box(self, features: Features, prompts: Prompts) -> torch.Tensor | None:
        box = prompts.box
        if box is None:
            return None
        corners = np.array([(box.x1, box.y1), (box.x2, box.y2)], dtype=np.float32)
        return self._in_input(features, corners).reshape(1, 4)

    def _in_input(self, features: Features, places: NDArray[np.float32]) -> torch.Tensor:
        found = in_input(places, features.height, features.width, self._side)
        return torch.from_numpy(found).to(self._device)[None]

    def _previous(self, prompts: Prompts) -> torch.Tensor | None:
        if prompts.previous is None:
            return None
        if prompts.previous.shape != self._low_res_shape:
            raise GeometryError(
                f"The mask before has shape {prompts.previous.shape}, not {self._low_res_shape}."
            )
        return torch.from_numpy(prompts.previous.astype(np.float32)).to(self._device)[None, None]
