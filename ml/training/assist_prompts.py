"""Simulated people, a batch at a time: where they click first, what box they drag, how they correct.

Masks are bool (B, S, S), places (B,) in pixels of the crop; the same on a CPU and a GPU. `ml/data/prompts.py` is the
exact person of the evaluation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ml.inference.assist_input import CLICK_RADIUS_SHARE

# A person clicks the middle of the object or of the error about this often, elsewhere well inside it otherwise.
DEEPEST_SHARE = 0.6
INNER_DEPTH_SHARE = 0.3
# Boxes drawn by hand miss each side by about this share of the longer side; half are drawn well.
BOX_SLIP = 0.03
TIGHT_SHARE = 0.5
MIN_ERROR_DEPTH_PX = 1.5


@dataclass(slots=True)
class Dice:
    """Random numbers of one batch; what they are depends on the seeds alone."""

    generator: torch.Generator
    device: torch.device
    # Its own numbers for what is decided here: to read one back would wait for the GPU.
    here: np.random.Generator

    @classmethod
    def of(cls, device: torch.device, *seeds: int) -> Dice:
        """Dice that fall the same way for the same seeds."""
        mixed = 0
        for seed in seeds:
            mixed = (mixed * 1_000_003 + seed + 1) % (2**63 - 1)
        return cls(torch.Generator(device).manual_seed(mixed), device, np.random.default_rng(mixed))

    def even(self, *shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        """Uniform in [low, high)."""
        return torch.rand(*shape, generator=self.generator, device=self.device) * (high - low) + low

    def normal(self, *shape: int) -> Tensor:
        """Standard normal."""
        return torch.randn(*shape, generator=self.generator, device=self.device)

    def odds(self, count: int, share: float) -> Tensor:
        """bool (count,), true with these odds."""
        return self.even(count) < share

    def pick(self, count: int, ends: Tensor) -> Tensor:
        """(count,) indices drawn by cumulated odds `ends`."""
        found = torch.searchsorted(ends, self.even(count))
        return found.clamp(max=len(ends) - 1)


def depths(mask: Tensor) -> Tensor:
    """(B, S, S): pixels along row and column to the nearest that is not of the mask, 0 outside it."""
    size = mask.shape[-1]
    count = torch.arange(1, size + 1, dtype=torch.int32, device=mask.device)
    gap = ~mask
    least = gap.new_full(mask.shape, size, dtype=torch.int32)
    for place, axis in ((count, 2), (count[:, None], 1)):
        before = (gap * place).cummax(dim=axis).values
        after = (gap * (size + 1 - place)).flip(axis).cummax(dim=axis).values.flip(axis)
        least = torch.minimum(torch.minimum(least, place - before), size + 1 - place - after)
    return least.float()


def click_in(dice: Dice, depth: Tensor) -> tuple[Tensor, Tensor]:
    """A click (x, y) on the mask of a depth: its innermost point, or a random one well inside."""
    batch, size = len(depth), depth.shape[-1]
    peak = depth.amax(dim=(1, 2), keepdim=True)
    noise = dice.even(*depth.shape)
    deepest = dice.odds(batch, DEEPEST_SHARE)[:, None, None]
    inner = (depth >= INNER_DEPTH_SHARE * peak) & (depth > 0)
    key = torch.where(deepest, depth + 0.5 * noise, inner * (1.0 + noise))
    index = key.flatten(1).argmax(dim=1)
    return (index % size).float() + 0.5, (index // size).float() + 0.5


def correction(dice: Dice, truth: Tensor, found: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """A click into the deeper of the two errors: x, y, whether it says "inside", and whether there is one at all."""
    missed, extra = depths(truth & ~found), depths(found & ~truth)
    worst = torch.stack([missed.amax(dim=(1, 2)), extra.amax(dim=(1, 2))])
    inside = worst[0] >= worst[1]
    x, y = click_in(dice, torch.where(inside[:, None, None], missed, extra))
    return x, y, inside, worst.amax(dim=0) >= MIN_ERROR_DEPTH_PX


def draw_clicks(channel: Tensor, x: Tensor, y: Tensor, where: Tensor) -> None:
    """Set the disks of clicks in the rows `where` (B,) of a channel (B, S, S) to 1, in place."""
    size = channel.shape[-1]
    middle = torch.arange(size, device=channel.device) + 0.5
    off_x = (middle - x[:, None]).square()[:, None, :]
    off_y = (middle - y[:, None]).square()[:, :, None]
    disk = (off_x + off_y <= (size * CLICK_RADIUS_SHARE) ** 2) & where[:, None, None]
    channel.masked_fill_(disk, 1.0)


def drawn_boxes(dice: Dice, mask: Tensor) -> Tensor:
    """(B, 4) xyxy as people would drag them round masks: tight half of the time, else a little off at each side."""
    batch, size = len(mask), mask.shape[-1]
    sides = []
    for axis in (1, 2):
        filled = mask.any(dim=axis).int()
        sides.append((filled.argmax(dim=1), size - filled.flip(1).argmax(dim=1)))
    (x1, x2), (y1, y2) = sides
    corners = torch.stack([x1, y1, x2, y2], dim=1).float()
    longer = torch.maximum(x2 - x1, y2 - y1)[:, None].float()
    # Sides of the mask are whole pixels, a hand's are not.
    tight = dice.odds(batch, TIGHT_SHARE)[:, None]
    slip = torch.where(
        tight, dice.even(batch, 4, low=-0.5, high=0.5), dice.normal(batch, 4) * BOX_SLIP * longer
    )
    moved = corners + slip
    shut = (moved[:, 2:] - moved[:, :2] < 1.0).any(dim=1, keepdim=True)
    return torch.where(shut, corners, moved)


def roofs(corners: Tensor, size: int) -> Tensor:
    """(B, size, size): the roof over each box, as `assist_input.draw_box` has it."""
    x1, y1, x2, y2 = corners.unbind(dim=1)
    middle = torch.arange(size, device=corners.device) + 0.5
    rise = [
        1.0 - (middle - ((a + b) / 2)[:, None]).abs() / ((b - a) / 2).clamp(min=0.5)[:, None]
        for a, b in ((x1, x2), (y1, y2))
    ]
    roof = torch.minimum(rise[1][:, :, None], rise[0][:, None, :])
    return torch.where(roof > 0.0, 0.5 + 0.5 * roof, torch.zeros_like(roof))
