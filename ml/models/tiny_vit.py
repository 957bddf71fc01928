"""TinyViT (Wu et al., ECCV 2022) as MobileSAM (Zhang et al., 2023) uses it: a light image encoder for segment-anything.

Written here so that published MobileSAM checkpoints load by their own names: four stages, the first of inverted
bottleneck convolutions, the others of attention in windows; the last stage keeps its resolution, and a neck brings
the width to that of the mask decoder. Sizes come from the state dict, what it does not tell stands below.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# Of the published encoder, by stage; no shape tells them.
WINDOWS = (7, 7, 14, 7)
HEAD_WIDTH = 32
# After the patches (a quarter) stages halve the sides, but the last.
SIDE_PX = 1024
PATCH_PX = 4

State = Mapping[str, Tensor]


class ConvNorm(nn.Sequential):
    """A convolution without bias and its batch norm, named `c` and `bn`."""

    def __init__(self, inner: int, outer: int, size: int = 1, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.add_module("c", nn.Conv2d(inner, outer, size, stride, size // 2, groups=groups, bias=False))
        self.add_module("bn", nn.BatchNorm2d(outer))


class Bottleneck(nn.Module):
    """Widened, filtered by channel, narrowed again, added to what came in."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.conv1 = ConvNorm(width, hidden)
        self.conv2 = ConvNorm(hidden, hidden, 3, groups=hidden)
        self.conv3 = ConvNorm(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w) to the same."""
        found = F.gelu(self.conv2(F.gelu(self.conv1(x))))
        return F.gelu(x + self.conv3(found))


class Merging(nn.Module):
    """From one stage to the next: other channels, half the sides unless `stride` is 1."""

    def __init__(self, width: int, outer: int, stride: int) -> None:
        super().__init__()
        self.conv1 = ConvNorm(width, outer)
        self.conv2 = ConvNorm(outer, outer, 3, stride, groups=outer)
        self.conv3 = ConvNorm(outer, outer)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w) to (B, C', h', w')."""
        found: Tensor = self.conv3(F.gelu(self.conv2(F.gelu(self.conv1(x)))))
        return found


class Attention(nn.Module):
    """Attention within a window, with a learned bias by the distance of two places along each axis."""

    def __init__(self, width: int, heads: int, window: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.attention_biases = nn.Parameter(torch.zeros(heads, window * window))
        # Distances are numbered as they first appear when places are gone through row by row: by (rows, columns).
        rows = torch.arange(window, device="cpu").repeat_interleave(window)
        columns = torch.arange(window, device="cpu").repeat(window)
        distance = (rows[:, None] - rows).abs() * window + (columns[:, None] - columns).abs()
        self.distance = distance

    def forward(self, x: Tensor) -> Tensor:
        """(N, window², C) to the same."""
        count, places, width = x.shape
        parts = self.qkv(self.norm(x)).view(count, places, self.heads, -1)
        # Query, key and value of one head lie side by side.
        q, k, v = (part.transpose(1, 2) for part in parts.split(width // self.heads, dim=3))
        weights = q @ k.transpose(-2, -1) * (width // self.heads) ** -0.5
        weights = (weights + self.attention_biases[:, self.distance]).softmax(dim=-1)
        found: Tensor = self.proj((weights @ v).transpose(1, 2).reshape(count, places, width))
        return found


class Mlp(nn.Module):
    """Two layers behind a norm."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        """(..., C) to the same."""
        found: Tensor = self.fc2(F.gelu(self.fc1(self.norm(x))))
        return found


class Block(nn.Module):
    """Attention in windows, a convolution over their borders, then the two layers."""

    def __init__(self, width: int, hidden: int, window: int) -> None:
        super().__init__()
        self.window = window
        self.attn = Attention(width, width // HEAD_WIDTH, window)
        self.mlp = Mlp(width, hidden)
        self.local_conv = ConvNorm(width, width, 3, groups=width)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w) to the same."""
        x = x + self._in_windows(x)
        x = self.local_conv(x)
        found: Tensor = x + self.mlp(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        return found

    def _in_windows(self, x: Tensor) -> Tensor:
        batch, width, height, length = x.shape
        side = self.window
        below, right = -height % side, -length % side
        padded = F.pad(x, (0, right, 0, below)).permute(0, 2, 3, 1)
        rows, columns = (height + below) // side, (length + right) // side
        windows = padded.view(batch, rows, side, columns, side, width).transpose(2, 3)
        found = self.attn(windows.reshape(-1, side * side, width))
        back = found.view(batch, rows, columns, side, side, width).transpose(2, 3)
        whole: Tensor = back.reshape(batch, height + below, length + right, width)[:, :height, :length]
        return whole.permute(0, 3, 1, 2)


class Stage(nn.Module):
    """Blocks, then the way to the next stage where there is one."""

    def __init__(self, blocks: list[nn.Module], downsample: nn.Module | None) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(blocks)
        self.downsample = downsample

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w) to (B, C', h', w')."""
        for block in self.blocks:
            x = block(x)
        found: Tensor = x if self.downsample is None else self.downsample(x)
        return found


class ChannelNorm(nn.Module):
    """Layer norm over the channels of (B, C, h, w)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w) to the same."""
        return F.layer_norm(x.permute(0, 2, 3, 1), self.weight.shape, self.weight, self.bias, 1e-6).permute(
            0, 3, 1, 2
        )


class PatchEmbed(nn.Module):
    """A quarter of the sides by two strided convolutions."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.seq = nn.Sequential(ConvNorm(3, width // 2, 3, 2), nn.GELU(), ConvNorm(width // 2, width, 3, 2))

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, h, w) to (B, C, h / 4, w / 4)."""
        found: Tensor = self.seq(x)
        return found


class TinyViT(nn.Module):
    """The encoder. `norm_head` and `head` are in published files, for classes of pictures; they are not used."""

    def __init__(self, state: State, side: int = SIDE_PX) -> None:
        """Sizes as of `state`, whose keys are relative to the encoder. Raises KeyError, IndexError for another."""
        super().__init__()
        self.img_size = side
        widths = _widths(state)
        self.patch_embed = PatchEmbed(widths[0])
        self.layers = nn.ModuleList(_stage(state, k, widths) for k in range(len(widths)))
        self.norm_head = nn.LayerNorm(widths[-1])
        self.head = nn.Linear(widths[-1], int(state["head.weight"].shape[0]))
        outer = int(state["neck.0.weight"].shape[0])
        self.neck = nn.Sequential(
            nn.Conv2d(widths[-1], outer, 1, bias=False),
            ChannelNorm(outer),
            nn.Conv2d(outer, outer, 3, padding=1, bias=False),
            ChannelNorm(outer),
        )

    @property
    def grid(self) -> int:
        """Side of the features: a sixteenth of the input's."""
        return int(self.img_size // (PATCH_PX * 2 ** (len(self.layers) - 2)))

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, side, side) to (B, C, grid, grid)."""
        x = self.patch_embed(x)
        for layer in self.layers:
            x = layer(x)
        found: Tensor = self.neck(x)
        return found


def _widths(state: State) -> list[int]:
    widths = [int(state["patch_embed.seq.2.c.weight"].shape[0])]
    while (merged := state.get(f"layers.{len(widths) - 1}.downsample.conv3.c.weight")) is not None:
        widths.append(int(merged.shape[0]))
    if len(widths) != len(WINDOWS):
        raise KeyError("stages")
    return widths


def _stage(state: State, number: int, widths: list[int]) -> Stage:
    prefix, width = f"layers.{number}", widths[number]
    names = {key.split(".")[3] for key in state if key.startswith(f"{prefix}.blocks.")}
    blocks: list[nn.Module] = []
    for k in range(len(names)):
        if number == 0:
            blocks.append(Bottleneck(width, int(state[f"{prefix}.blocks.{k}.conv1.c.weight"].shape[0])))
        else:
            hidden = int(state[f"{prefix}.blocks.{k}.mlp.fc1.weight"].shape[0])
            blocks.append(Block(width, hidden, WINDOWS[number]))
    last = number == len(widths) - 1
    # Into the last stage the sides stay as they are.
    stride = 1 if number == len(widths) - 2 else 2
    return Stage(blocks, None if last else Merging(width, widths[number + 1], stride))
