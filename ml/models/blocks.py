"""Convolution blocks shared by the small detector and classifier. Dense convolutions only:
depthwise ones save arithmetic but no time on a CPU."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ConvUnit(nn.Module):
    """Convolution, batch norm and SiLU; (B, c_in, H, W) -> (B, c_out, H / stride, W / stride)."""

    def __init__(self, c_in: int, c_out: int, kernel: int = 3, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2, bias=False)
        self.norm: nn.Module = nn.BatchNorm2d(c_out, eps=1e-3)
        self.act = nn.SiLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.act(self.norm(self.conv(x)))  # type: ignore[no-any-return]

    def fold_norm(self) -> None:
        """Fold the batch norm into the convolution, for inference only."""
        if not isinstance(self.norm, nn.BatchNorm2d):
            return
        self.conv = nn.utils.fusion.fuse_conv_bn_eval(self.conv.eval(), self.norm.eval())
        self.norm = nn.Identity()


class Residual(nn.Module):
    """Two 3x3 convolutions with an optional shortcut."""

    def __init__(self, channels: int, shortcut: bool) -> None:
        super().__init__()
        self.first = ConvUnit(channels, channels)
        self.second = ConvUnit(channels, channels)
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.second(self.first(x))
        return x + y if self.shortcut else y


class CspBlock(nn.Module):
    """Cross-stage partial block: half the channels pass `depth` residuals, every step is kept."""

    def __init__(self, c_in: int, c_out: int, depth: int, shortcut: bool = True) -> None:
        super().__init__()
        self.side = c_out // 2
        self.enter = ConvUnit(c_in, 2 * self.side, 1)
        self.steps = nn.ModuleList(Residual(self.side, shortcut) for _ in range(depth))
        self.leave = ConvUnit((2 + depth) * self.side, c_out, 1)

    def forward(self, x: Tensor) -> Tensor:
        parts = list(self.enter(x).split(self.side, dim=1))
        for step in self.steps:
            parts.append(step(parts[-1]))
        out: Tensor = self.leave(torch.cat(parts, dim=1))
        return out


class PyramidPool(nn.Module):
    """SPPF: three chained 5x5 max pools widen the view of the last stage."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        half = channels // 2
        self.enter = ConvUnit(channels, half, 1)
        self.pool = nn.MaxPool2d(5, 1, 2)
        self.leave = ConvUnit(4 * half, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        parts = [self.enter(x)]
        for _ in range(3):
            parts.append(self.pool(parts[-1]))
        out: Tensor = self.leave(torch.cat(parts, dim=1))
        return out


class Backbone(nn.Module):
    """Five stages at strides 2..32; gives the last three (B, c, H / 8), (…/16), (…/32)."""

    def __init__(self, widths: tuple[int, ...], depths: tuple[int, ...]) -> None:
        super().__init__()
        self.stem = ConvUnit(3, widths[0], 3, 2)
        self.stages = nn.ModuleList(
            nn.Sequential(ConvUnit(a, b, 3, 2), CspBlock(b, b, depth))
            for a, b, depth in zip(widths[:-1], widths[1:], depths, strict=True)
        )
        self.pool = PyramidPool(widths[-1])

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self.levels(x)[1:]

    def levels(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """As `forward`, with the finer (B, c, H / 4) before."""
        x = self.stem(x)
        kept = []
        for stage in self.stages:
            x = stage(x)
            kept.append(x)
        return kept[0], kept[1], kept[2], self.pool(kept[3])


def fold_norms(model: nn.Module) -> None:
    """Fold every batch norm of `model` in place; afterwards it is for inference only."""
    for module in model.modules():
        if isinstance(module, ConvUnit):
            module.fold_norm()


def embedding_of(features: tuple[Tensor, ...]) -> Tensor:
    """Unit vectors (B, D) from the mean of the last two feature maps."""
    pooled = torch.cat([f.mean(dim=(2, 3)) for f in features[-2:]], dim=1)
    return nn.functional.normalize(pooled, dim=1, eps=1e-6)
