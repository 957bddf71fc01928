"""The assist task: prompts with simulated corrections, 2 BCE + soft IoU + the head that estimates the IoU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from ml.data.instances import InstanceMask, InstancePicture
from ml.data.prompts import click_in
from ml.errors import TrainingError
from ml.geometry.arrays import Singles
from ml.inference.assist_input import (
    BEFORE,
    BOX,
    CLICKS_IN,
    CLICKS_OUT,
    crop,
    draw_box,
    draw_click,
    input_of,
    window_of_box,
    window_round,
)
from ml.inference.pictures import picture_load
from ml.models.assist import STRIDE_PX, AssistNet
from ml.training.ahead import Batch
from ml.training.assist_bank import Bank
from ml.training.assist_prompts import Dice, correction, draw_clicks
from ml.training.assist_samples import Mix, Sampler
from ml.training.recipe import LEARNING_RATE

# A GPU is fed with many at once, or it waits.
BATCH, GPU_BATCH = 8, 512
GPU_LEARNING_RATE = 4e-3
# Made-up outlines and surfaces kept for a run.
SHAPES, SURFACES = 600, 60
GPU_SHAPES, GPU_SURFACES = 6000, 500
# What is made up teaches things never seen, and costs steps that a CPU does not have many of.
MIX, GPU_MIX = Mix(moved=0.06, filled=0.12), Mix(moved=0.08, filled=0.3)
# Sides as shares of the input's: small ones cost a third and teach nearly as much. The last part of a run is at the
# full size alone, so that the norms fit it.
SIZE_SHARES = (0.6, 0.8, 1.0)
SIZE_ODDS = (0.35, 0.35, 0.3)
# Odds of 0, 1, 2, 3 corrections before the answer that is judged.
ROUNDS_ODDS = (0.45, 0.28, 0.17, 0.1)
# A caller may correct without handing the mask back.
KEEP_BEFORE_SHARE = 0.85
BCE_WEIGHT, IOU_WEIGHT, HEAD_WEIGHT = 2.0, 1.0, 0.5
EVALUATED_OBJECTS = 96
EVALUATION_BATCH = 16
EVALUATION_VIEW = 2.4


class AssistTask:
    """Training data, network and evaluation of one assist network, on one device."""

    def __init__(
        self,
        train: Sequence[InstancePicture],
        held_out: Sequence[InstancePicture],
        input_size: int,
        seed: int,
        device: torch.device,
    ) -> None:
        self.device = device
        self.model: nn.Module = AssistNet().to(device).to(memory_format=torch.channels_last)
        gpu = device.type == "cuda"
        torch.backends.cudnn.benchmark = gpu
        self.bank = Bank(
            train, device, GPU_SHAPES if gpu else SHAPES, GPU_SURFACES if gpu else SURFACES, seed
        )
        self.batch_size = GPU_BATCH if gpu else BATCH
        self.learning_rate = GPU_LEARNING_RATE if gpu else LEARNING_RATE
        self._sampler = Sampler(self.bank, GPU_MIX if gpu else MIX)
        self._size, self._seed = input_size, seed
        self._held_out = list(held_out)
        self._checks: list[tuple[Singles, Singles]] = []

    def batch(self, step: int, plain: bool) -> Batch:
        rng = np.random.default_rng([self._seed, 1, step])
        size = self._size if plain else _drawn_size(rng, self._size)
        drawn = self._sampler.draw(Dice.of(self.device, self._seed, step), self.batch_size, size)
        return {
            "images": drawn.images,
            "masks": drawn.masks,
            "outside": drawn.outside,
            "weights": drawn.weights,
            "rounds": torch.tensor(int(rng.choice(len(ROUNDS_ODDS), p=ROUNDS_ODDS))),
            "seed": torch.tensor(int(rng.integers(2**31))),
        }

    def losses(self, batch: Batch) -> Mapping[str, Tensor]:
        truth, outside = batch["masks"], batch["outside"]
        images = self._corrected(batch["images"], truth, int(batch["rounds"]), int(batch["seed"]))
        self.model.train()
        logits, estimate = self._answer(images)
        wanted = truth.float()
        soft = logits.sigmoid()
        overlap = (soft * wanted).sum(dim=(1, 2))
        union = (soft + wanted - soft * wanted).sum(dim=(1, 2))
        share = batch["weights"] / batch["weights"].sum().clamp(min=1.0)
        bce = binary_cross_entropy_with_logits(logits, wanted, reduction="none").mean(dim=(1, 2))
        iou = iou_of(logits > 0, truth, outside)
        head = binary_cross_entropy_with_logits(estimate, iou, reduction="none")
        return {
            "bce": BCE_WEIGHT * (bce * share).sum(),
            "iou": IOU_WEIGHT * ((1.0 - (overlap + 1.0) / (union + 1.0)) * share).sum(),
            "head": HEAD_WEIGHT * (head * share).sum(),
        }

    @torch.no_grad()
    def evaluate(self, network: nn.Module) -> Mapping[str, float]:
        if not self._held_out:
            return {}
        if not self._checks:
            self._checks = _checks(self._held_out, self._size)
        network.eval()
        figures = {}
        for index, name in enumerate(("val_box", "val_view")):
            found: list[float] = []
            for start in range(0, len(self._checks), EVALUATION_BATCH):
                part = self._checks[start : start + EVALUATION_BATCH]
                shown = torch.from_numpy(np.stack([shown[index] for shown, _ in part])).to(self.device)
                truth = torch.from_numpy(np.stack([masks[index] for _, masks in part])).to(self.device)
                found += iou_of(network(shown)[0] > 0, truth > 0.5).tolist()
            figures[name] = float(np.mean(found))
        return figures

    def _answer(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Mask and IoU logits in float32, whatever the device calculates in."""
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            logits, estimate = self.model(images)
        return logits.float(), estimate.float()

    @torch.no_grad()
    def _corrected(self, images: Tensor, truth: Tensor, rounds: int, seed: int) -> Tensor:
        """The inputs after `rounds` answers of the network as it is, each corrected by a click."""
        if not rounds:
            return images
        images, dice = images.clone(), Dice.of(self.device, seed)
        self.model.eval()
        for _ in range(rounds):
            answer = self._answer(images)[0].sigmoid()
            kept = dice.odds(len(images), KEEP_BEFORE_SHARE)
            images[:, BEFORE] = answer * kept[:, None, None]
            x, y, inside, wrong = correction(dice, truth, answer >= 0.5)
            draw_clicks(images[:, CLICKS_IN], x, y, wrong & inside)
            draw_clicks(images[:, CLICKS_OUT], x, y, wrong & ~inside)
        return images


def iou_of(found: Tensor, truth: Tensor, outside: Tensor | float = 0.0) -> Tensor:
    """(B,) of two bool (B, S, S); 1 where both are empty.

    `outside` is what of the object lies beyond the window, in pixels: an answer for a window that cuts the object
    cannot be right, however well it fills the window.
    """
    overlap = (found & truth).sum(dim=(1, 2)).float()
    union = (found | truth).sum(dim=(1, 2)).float() + outside
    return torch.where(union > 0, overlap / union.clamp(min=1.0), torch.ones_like(union))


def _drawn_size(rng: np.random.Generator, full: int) -> int:
    share = SIZE_SHARES[int(rng.choice(len(SIZE_SHARES), p=SIZE_ODDS))]
    return max(round(full * share / STRIDE_PX), 1) * STRIDE_PX


def _checks(pictures: Sequence[InstancePicture], size: int) -> list[tuple[Singles, Singles]]:
    """Inputs (2, 7, S, S), a box and a click in view, and their masks (2, S, S), for the same objects every time."""
    by_source: dict[str, list[tuple[InstancePicture, InstanceMask]]] = {}
    for picture in pictures:
        by_source.setdefault(picture.source, []).extend((picture, item) for item in picture.objects)
    each = max(EVALUATED_OBJECTS // len(by_source), 1)
    found = []
    for listed in by_source.values():
        rng = np.random.default_rng(0)
        for k in rng.permutation(len(listed))[:each].tolist():
            picture, target = listed[k]
            found.append(_check(rng, picture, target, size))
    if not found:
        raise TrainingError("No held-out object to evaluate on.")
    return found


def _check(
    rng: np.random.Generator, picture: InstancePicture, target: InstanceMask, size: int
) -> tuple[Singles, Singles]:
    pixels = picture_load(picture.image.path)
    box = target.box
    side = max(box.width, box.height) * EVALUATION_VIEW
    slip = rng.uniform(-0.25, 0.25, 2) * side
    windows = (
        window_of_box(box),
        window_round((box.x1 + box.x2) / 2 + slip[0], (box.y1 + box.y2) / 2 + slip[1], side),
    )
    truth = target.full(*pixels.shape[:2]).astype(np.uint8)
    shown = np.stack([input_of(pixels, window, size) for window in windows])
    whole = truth * np.uint8(255)
    masks = np.stack([crop(whole, window, size, fill=0) for window in windows]).astype(
        np.float32
    ) / np.float32(255)
    draw_box(shown[0, BOX], windows[0].corners(box, size))
    x, y = click_in(rng, target.pixels, deepest_share=1.0) or (box.width / 2, box.height / 2)
    draw_click(shown[1, CLICKS_IN], *windows[1].point(x + box.x1, y + box.y1, size))
    return shown, masks
