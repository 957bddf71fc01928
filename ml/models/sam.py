"""segment-anything (Kirillov et al., ICCV 2023) through its own classes, with weights an operator supplies.

A checkpoint is a pickle, so it is opened only after its SHA-256 was found on a list, and then as tensors only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from segment_anything import build_sam_vit_b, build_sam_vit_h, build_sam_vit_l

from ml.errors import GeometryError, ImageError, ManifestError
from ml.inference.segmenter import Features, Prompts, Segmentation, picture_check, prompts_check

# Built without a checkpoint: the package's own loading would unpickle anything.
SamBuilder = Callable[[], Any]
# By (width, depth) of the image encoder, which tell the three published models apart.
BUILDERS: Mapping[tuple[int, int], tuple[str, SamBuilder]] = {
    (768, 12): ("vit_b", build_sam_vit_b),
    (1024, 24): ("vit_l", build_sam_vit_l),
    (1280, 32): ("vit_h", build_sam_vit_h),
}
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


def encoder_size(state: Mapping[str, torch.Tensor]) -> tuple[int, int]:
    """(width, depth) of the image encoder by the names and shapes in a state dict; (0, 0) if it has none."""
    width = state.get("image_encoder.patch_embed.proj.bias")
    blocks = {key.split(".")[2] for key in state if key.startswith("image_encoder.blocks.")}
    return (int(width.numel()), len(blocks)) if width is not None else (0, 0)


def sam_load(
    path: Path,
    allowed_sha256: Collection[str],
    device: str = "cpu",
    builders: Mapping[tuple[int, int], tuple[str, SamBuilder]] = BUILDERS,
) -> SamSegmenter:
    """A segmenter from an operator's checkpoint. Raises ManifestError as `checkpoint_read`, or for an unknown model."""
    state, sha256 = checkpoint_read(path, allowed_sha256)
    size = encoder_size(state)
    if size not in builders:
        raise ManifestError(
            f"{path.name} is no ViT-B, -L or -H of segment-anything (encoder {size[0]} x {size[1]})."
        )
    name, build = builders[size]
    sam = build()
    try:
        sam.load_state_dict(state)
    except RuntimeError as error:
        raise ManifestError(f"The weights in {path.name} do not fit {name}.") from error
    return SamSegmenter(sam, f"sam:{name}:{sha256[:12]}", device)


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
        self._embedding_shape = (
            int(prompt_encoder.embed_dim),
            *map(int, prompt_encoder.image_embedding_size),
        )
        self._low_res_shape = tuple(map(int, prompt_encoder.mask_input_size))

    def encode(self, image_rgb: NDArray[np.uint8]) -> Features:
        """float16 (C, h, w) image embedding: (256, 64, 64), 2 MB, for the published models."""
        picture_check(image_rgb)
        height, width = image_rgb.shape[:2]
        inner_h, inner_w = self._inner_size(height, width)
        # Pillow's antialiased bilinear is what the published weights were used with.
        inner = np.array(Image.fromarray(image_rgb).resize((inner_w, inner_h), Image.Resampling.BILINEAR))
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
        previous = self._previous(prompts)
        scale = self._scale(features)
        ambiguous = len(prompts.points) == 1 and prompts.box is None and previous is None
        with torch.inference_mode():
            sparse, dense = self._sam.prompt_encoder(
                points=self._points(prompts, scale), boxes=self._box(prompts, scale), masks=previous
            )
            low_res, iou = self._sam.mask_decoder(
                image_embeddings=torch.from_numpy(features.array.astype(np.float32)).to(self._device)[None],
                image_pe=self._sam.prompt_encoder.get_dense_pe(),
                sparse_prompt_embeddings=sparse,
                dense_prompt_embeddings=dense,
                multimask_output=ambiguous,
            )
            size = (features.height, features.width)
            masks = (
                self._sam.postprocess_masks(low_res, self._inner_size(*size), size) > self._sam.mask_threshold
            )
            order = torch.argsort(iou[0], descending=True)
            return Segmentation(
                masks=masks[0][order].cpu().numpy(),
                scores=iou[0][order].clamp(0.0, 1.0).cpu().numpy(),
                low_res=low_res[0][order].cpu().numpy(),
            )

    def _inner_size(self, height: int, width: int) -> tuple[int, int]:
        """(height, width) of the picture inside the square input: top left, longest side filled."""
        scale = self._side / max(height, width)
        return max(int(height * scale + 0.5), 1), max(int(width * scale + 0.5), 1)

    def _scale(self, features: Features) -> NDArray[np.float32]:
        inner_h, inner_w = self._inner_size(features.height, features.width)
        return np.array([inner_w / features.width, inner_h / features.height], dtype=np.float32)

    def _points(
        self, prompts: Prompts, scale: NDArray[np.float32]
    ) -> tuple[torch.Tensor, torch.Tensor] | None:
        if not prompts.points:
            return None
        places = np.array([(p.x, p.y) for p in prompts.points], dtype=np.float32)
        labels = np.array([p.inside for p in prompts.points], dtype=np.float32)
        return self._in_input(places * scale), torch.from_numpy(labels).to(self._device)[None]

    def _box(self, prompts: Prompts, scale: NDArray[np.float32]) -> torch.Tensor | None:
        box = prompts.box
        if box is None:
            return None
        corners = np.array([(box.x1, box.y1), (box.x2, box.y2)], dtype=np.float32)
        return self._in_input(corners * scale).reshape(1, 4)

    def _in_input(self, places: NDArray[np.float32]) -> torch.Tensor:
        # Ours are continuous (a pixel's centre is .5), the model's count pixels (a centre is whole).
        return torch.from_numpy((places - 0.5).astype(np.float32)).to(self._device)[None]

    def _previous(self, prompts: Prompts) -> torch.Tensor | None:
        if prompts.previous is None:
            return None
        if prompts.previous.shape != self._low_res_shape:
            raise GeometryError(
                f"The mask before has shape {prompts.previous.shape}, not {self._low_res_shape}."
            )
        return torch.from_numpy(prompts.previous.astype(np.float32)).to(self._device)[None, None]
