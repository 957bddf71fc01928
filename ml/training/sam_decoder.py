"""Segment Anything's mask decoder learning a site's own masks. The image encoder stays as it is and runs once a picture.

The losses are those the model was made with (Kirillov et al. 2023): 20 focal + Dice + the error of the estimated IoU,
for a lone click on the best of the three masks alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, mse_loss

from ml.data.instances import InstanceMask, InstancePicture
from ml.data.prompts import click_in, correction, drawn_box
from ml.errors import TrainingError
from ml.geometry.arrays import Bools, Bytes
from ml.inference.manifest import file_sha256
from ml.inference.pictures import picture_load
from ml.inference.sam_geometry import inner_size
from ml.inference.segmenter import Features
from ml.models.sam import SamSegmenter
from ml.training.ahead import Batch

# The published decoder is good already: larger steps unlearn it.
LEARNING_RATE = 1e-4
OBJECTS_A_STEP = 4
BOX_SHARE = 0.5
# Odds of 0, 1, 2 corrections before the answer that is judged.
ROUNDS_ODDS = (0.5, 0.3, 0.2)
FOCAL_WEIGHT, DICE_WEIGHT, HEAD_WEIGHT = 20.0, 1.0, 1.0
FOCAL_ALPHA, FOCAL_GAMMA = 0.25, 2.0
EVALUATED_OBJECTS = 60


Encode = Callable[[Bytes], Features]


class SamDecoder(nn.Module):
    """The part that learns, and the prompt encoder it is fed by, which does not."""

    def __init__(self, sam: Any) -> None:
        super().__init__()
        self.prompt_encoder = sam.prompt_encoder.requires_grad_(False)
        self.mask_decoder = sam.mask_decoder.requires_grad_(True)

    def forward(self, embedding: Tensor, prompt: Prompt) -> tuple[Tensor, Tensor]:
        """(B, K, h, w) mask logits and (B, K) IoU for B prompts on one picture's (1, C, g, g) embedding.

        K is 3 for a lone click, which may mean a part or the whole, else 1.
        """
        points = None if prompt.points is None else (prompt.points, prompt.inside)
        sparse, dense = self.prompt_encoder(points=points, boxes=prompt.boxes, masks=prompt.previous)
        lone = prompt.boxes is None and prompt.previous is None and prompt.inside.shape[1] == 1
        masks, iou = self.mask_decoder(
            image_embeddings=embedding,
            image_pe=self.prompt_encoder.get_dense_pe(),
            sparse_prompt_embeddings=sparse,
            dense_prompt_embeddings=dense,
            multimask_output=lone,
        )
        return masks, iou


@dataclass(slots=True, eq=False)
class Prompt:
    """Prompts for B objects of one picture, in pixels of the square input with a pixel's centre at whole numbers.

    `points` (B, N, 2) with `inside` (B, N): 1 in, 0 out, -1 none; `boxes` (B, 4); `previous` (B, 1, h, w) logits.
    """

    points: Tensor | None
    inside: Tensor
    boxes: Tensor | None = None
    previous: Tensor | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """A picture's embedding (1, C, g, g) and its objects at the decoder's resolution: `masks` bool (N, h, w).

    `seen` bool (h, w) is where the picture lies in the square.
    """

    embedding: Tensor
    masks: Bools
    seen: Bools


class SamDecoderTask:
    """Training data, network and evaluation of one fine-tuning."""

    def __init__(
        self,
        sam: Any,
        key: str,
        train: Sequence[InstancePicture],
        held_out: Sequence[InstancePicture],
        embeddings: Path,
        seed: int,
        encode: Encode | None = None,
    ) -> None:
        """`embeddings` keeps what the encoder made of each picture, by the hash of its file, as raw float16.

        `encode` stands in for the network's own encoder: the same weights, run faster.
        """
        self.sam = sam
        self.segmenter = SamSegmenter(sam, key)
        self._encode = encode or self.segmenter.encode
        self.model: nn.Module = SamDecoder(sam)
        self._side = int(sam.image_encoder.img_size)
        self._low = int(sam.prompt_encoder.mask_input_size[0])
        self._train, self._held_out = list(train), list(held_out)
        self._folder, self._seed = embeddings, seed
        embeddings.mkdir(parents=True, exist_ok=True)
        if not self._train:
            raise TrainingError("No picture with outlines to learn from.")

    def batch(self, step: int, plain: bool) -> Batch:
        rng = np.random.default_rng([self._seed, 1, step])
        picture = self._train[int(rng.integers(len(self._train)))]
        picks = rng.permutation(len(picture.objects))[:OBJECTS_A_STEP].tolist()
        shown = self._shown(picture, [picture.objects[k] for k in picks])
        return {
            "embedding": shown.embedding,
            "masks": torch.from_numpy(shown.masks),
            "seen": torch.from_numpy(shown.seen),
            "rounds": torch.tensor(int(rng.choice(len(ROUNDS_ODDS), p=ROUNDS_ODDS))),
            "by_box": torch.tensor(bool(rng.random() < BOX_SHARE)),
            "seed": torch.tensor(int(rng.integers(2**31))),
        }

    def losses(self, batch: Batch) -> Mapping[str, Tensor]:
        truth, seen = batch["masks"], batch["seen"]
        rng = np.random.default_rng(int(batch["seed"]))
        prompt = self._prompt(rng, truth.numpy(), bool(batch["by_box"]))
        for _ in range(int(batch["rounds"])):
            prompt = self._corrected(rng, batch["embedding"], prompt, truth.numpy())
        logits, estimate = self.model(batch["embedding"], prompt)
        wanted = truth[:, None].expand_as(logits).float()
        focal, dice = _focal(logits, wanted, seen), _dice(logits, wanted, seen)
        best = (FOCAL_WEIGHT * focal + DICE_WEIGHT * dice).argmin(dim=1, keepdim=True)
        return {
            "focal": FOCAL_WEIGHT * focal.gather(1, best).mean(),
            "dice": DICE_WEIGHT * dice.gather(1, best).mean(),
            "head": HEAD_WEIGHT * mse_loss(estimate, _iou(logits > 0, wanted > 0.5)),
        }

    @torch.no_grad()
    def evaluate(self, network: nn.Module) -> Mapping[str, float]:
        if not self._held_out:
            return {}
        found: dict[str, list[float]] = {"val_box": [], "val_click": []}
        rng = np.random.default_rng(0)
        for picture in self._held_out[:EVALUATED_OBJECTS]:
            shown = self._shown(picture, picture.objects[:OBJECTS_A_STEP])
            for name, by_box in (("val_box", True), ("val_click", False)):
                logits, estimate = network(shown.embedding, self._prompt(rng, shown.masks, by_box))
                first = estimate.argmax(dim=1)
                answer = logits[torch.arange(len(first)), first] > 0
                found[name] += _iou(answer, torch.from_numpy(shown.masks)).tolist()
        return {name: float(np.mean(values)) for name, values in found.items()}

    def _shown(self, picture: InstancePicture, objects: Sequence[InstanceMask]) -> _Shown:
        height, width = picture.image.height, picture.image.width
        low = [max(round(n * self._low / self._side), 1) for n in inner_size(height, width, self._side)]
        seen = np.zeros((self._low, self._low), dtype=np.bool_)
        seen[: low[0], : low[1]] = True
        masks = np.zeros((len(objects), self._low, self._low), dtype=np.bool_)
        for mask, target in zip(masks, objects, strict=True):
            full = target.full(height, width).astype(np.float32)
            small = cv2.resize(full, (low[1], low[0]), interpolation=cv2.INTER_AREA)
            # Something of the smallest object must be left to point at.
            mask[: low[0], : low[1]] = small >= min(0.5, float(small.max()))
        return _Shown(self._embedding(picture), masks, seen)

    def _embedding(self, picture: InstancePicture) -> Tensor:
        height, width = picture.image.height, picture.image.width
        path = self._folder / f"{file_sha256(picture.image.path)}.f16"
        if path.is_file():
            features = self.segmenter.restore(path.read_bytes(), height, width)
        else:
            features = self._encode(picture_load(picture.image.path))
            partial = path.with_suffix(".part")
            partial.write_bytes(features.to_bytes())
            partial.replace(path)
        return torch.from_numpy(np.asarray(features.array, dtype=np.float32))[None]

    def _prompt(self, rng: np.random.Generator, masks: Bools, by_box: bool) -> Prompt:
        unit = self._side / self._low
        if by_box:
            boxes = [drawn_box(rng, mask.astype(np.uint8)) for mask in masks]
            corners = np.array([(b.x1, b.y1, b.x2, b.y2) for b in boxes], dtype=np.float32)
            return Prompt(None, torch.zeros(len(masks), 0), torch.from_numpy(corners * unit - 0.5).float())
        clicks = [click_in(rng, mask) or (0.0, 0.0) for mask in masks]
        points = np.array(clicks, dtype=np.float32)[:, None] * unit - 0.5
        return Prompt(torch.from_numpy(points).float(), torch.ones(len(masks), 1))

    @torch.no_grad()
    def _corrected(self, rng: np.random.Generator, embedding: Tensor, prompt: Prompt, truth: Bools) -> Prompt:
        """The prompt after the network's answer to it and a click into each object's deepest error."""
        logits, estimate = self.model(embedding, prompt)
        first = estimate.argmax(dim=1)
        answer = logits[torch.arange(len(first)), first]
        points, inside = [], []
        for mask, found in zip(truth, (answer > 0).numpy(), strict=True):
            fix = correction(rng, mask, found)
            points.append(fix[0] if fix else (0.0, 0.0))
            # -1 is a prompt that says nothing.
            inside.append(-1.0 if fix is None else float(fix[1]))
        unit = self._side / self._low
        clicks = torch.from_numpy(np.array(points, dtype=np.float32) * unit - 0.5).float()[:, None]
        labels = torch.tensor(inside)[:, None]
        return Prompt(
            clicks if prompt.points is None else torch.cat([prompt.points, clicks], dim=1),
            torch.cat([prompt.inside, labels], dim=1),
            prompt.boxes,
            answer[:, None],
        )


def _focal(logits: Tensor, wanted: Tensor, seen: Tensor) -> Tensor:
    """(B, K): focal loss over the pixels of the picture."""
    cross = binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    sure = torch.exp(-cross)
    weight = FOCAL_ALPHA * wanted + (1.0 - FOCAL_ALPHA) * (1.0 - wanted)
    return (weight * (1.0 - sure) ** FOCAL_GAMMA * cross * seen).sum(dim=(2, 3)) / seen.sum()


def _dice(logits: Tensor, wanted: Tensor, seen: Tensor) -> Tensor:
    """(B, K): 1 less the Dice overlap of soft masks."""
    soft = logits.sigmoid() * seen
    overlap = (soft * wanted).sum(dim=(2, 3))
    return 1.0 - (2.0 * overlap + 1.0) / (soft.sum(dim=(2, 3)) + wanted.sum(dim=(2, 3)) + 1.0)


def _iou(found: Tensor, truth: Tensor) -> Tensor:
    """IoU over the last two dimensions of two bool tensors."""
    overlap = (found & truth).sum(dim=(-2, -1)).float()
    return overlap / (found | truth).sum(dim=(-2, -1)).clamp(min=1).float()
