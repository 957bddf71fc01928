"""`assist-n`: the click-conditioned segmentation network, a small U-Net that learns from scratch.

The family of RITM (Sofiiuk et al. 2021) and FocalClick (Chen et al. 2022): a square crop round the prompt goes in with
the prompt drawn as channels, a mask and an estimate of its IoU come out. Everything that can be worked out from the
seven channels of the input (colour statistics, contrast, edges) is worked out here and so is part of the exported
graph: a caller in another language only crops and draws.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, conv2d, interpolate, pixel_shuffle

from ml.models.blocks import ConvUnit, CspBlock, PyramidPool

# Input channels, all in 0..1: red, green, blue, clicks in, clicks out, box, mask before.
IN_CHANNELS = 7
WIDTHS = (32, 56, 96, 160, 208)
DEPTHS, DECODER_DEPTHS = (2, 2, 2, 1), (1, 2, 2)
# Coarsest stride: the input side must be a multiple of it.
STRIDE_PX = 32
DECODER_WIDTH = 32
# What the estimate of the IoU is made from, besides features: share of the crop, share of the rim, two of certainty.
SUMS = 4
RIM_PX = 2
COLOUR_BINS = 6
# A colour seen on neither side decides nothing.
COLOUR_PRIOR = 2e-3
# Colours are counted in a copy this much smaller: in the full crop that would cost more than the network.
STATISTICS_STRIDE_PX = 4
# Side of the window that spreads a click into the neighbourhood it speaks for, and of the frame that speaks for
# what is around, in pixels of the small copy.
NEAR_SIDE_PX = 11
FRAME_PX = 2
CONTRAST_FLOOR = 0.06
_SOBEL = ((1.0, 0.0, -1.0), (2.0, 0.0, -2.0), (1.0, 0.0, -1.0))


class PromptChannels(nn.Module):
    """(B, 7, S, S) -> (B, 11, S, S): colours by the crop's own contrast, and what the prompt says of colours.

    The extra four: likeness to clicked colours, likelihood of the object's colours, neighbourhood of clicks in, edges.
    No weights; the input needs no gradient.
    """

    channels = 11

    def __init__(self) -> None:
        super().__init__()
        kernel = torch.tensor([_SOBEL]) / 4.0
        sobel = torch.stack([kernel, kernel.transpose(1, 2)])
        self.register_buffer("sobel", sobel, persistent=False)
        self.sobel: Tensor
        self.register_buffer("steps", torch.arange(COLOUR_BINS, dtype=torch.float32), persistent=False)
        self.steps: Tensor

    def forward(self, x: Tensor) -> Tensor:
        rgb, clicks_in, clicks_out, box, before = torch.split(x, [3, 1, 1, 1, 1], dim=1)
        mean = rgb.mean(dim=(2, 3), keepdim=True)
        spread = (rgb - mean).square().mean(dim=(1, 2, 3), keepdim=True).sqrt()
        level = (rgb - mean) / (spread + CONTRAST_FLOOR)
        slopes = conv2d(level.mean(dim=1, keepdim=True), self.sobel, padding=1)
        edges = (slopes.square().sum(dim=1, keepdim=True) + 1e-6).sqrt()
        small = avg_pool2d(x, STATISTICS_STRIDE_PX)
        near = avg_pool2d(small[:, 3:4], NEAR_SIDE_PX, 1, NEAR_SIDE_PX // 2)
        near = avg_pool2d(near, NEAR_SIDE_PX, 1, NEAR_SIDE_PX // 2)
        near = near / (near.amax(dim=(2, 3), keepdim=True) + 1e-6)
        colours = interpolate(
            torch.cat([*self._likeness(small, near), near], dim=1),
            scale_factor=float(STATISTICS_STRIDE_PX),
            mode="bilinear",
        )
        return torch.cat([level, clicks_in, clicks_out, box, before, colours, edges], dim=1)

    def _likeness(self, small: Tensor, near: Tensor) -> tuple[Tensor, Tensor]:
        """Two (B, 1, S / 4, S / 4) in 0..1: like the clicked colours, and like the object's by all we know of it."""
        _, clicks_in, clicks_out, box, before = torch.split(small, [3, 1, 1, 1, 1], dim=1)
        has_box = (box.amax(dim=(2, 3), keepdim=True) > 0.25).float()
        has_before = (before.amax(dim=(2, 3), keepdim=True) > 0.25).float()
        within = (box > 0.25).float()
        core = (2.0 * box - 1.0).clamp(min=0.0)
        frame = torch.ones_like(box)
        frame[:, :, FRAME_PX:-FRAME_PX, FRAME_PX:-FRAME_PX] = 0.0
        inside = has_box * core + (1.0 - has_box) * near.square() + has_before * before
        outside = has_box * (1.0 - within) + (1.0 - has_box) * frame + has_before * (1.0 - before)
        places = torch.cat([clicks_in, clicks_out + 0.02 * frame, inside, outside + 4.0 * clicks_out], dim=1)
        bins = self._bins(small[:, :3])
        weights = places.flatten(2)
        shares = weights @ bins.transpose(1, 2) / (weights.sum(dim=2, keepdim=True) + 1e-6)
        seen = (shares @ bins).reshape(-1, 4, small.shape[2], small.shape[3])
        click, unclick, like, unlike = torch.split(seen, 1, dim=1)
        return (
            (click + COLOUR_PRIOR) / (click + unclick + 2.0 * COLOUR_PRIOR),
            (like + COLOUR_PRIOR) / (like + unlike + 2.0 * COLOUR_PRIOR),
        )

    def _bins(self, rgb: Tensor) -> Tensor:
        """(B, bins³, N): each pixel's share in every cell of a colour cube, linear between cells."""
        places = rgb.flatten(2).unsqueeze(2) * (COLOUR_BINS - 1.0)
        shares = (1.0 - (places - self.steps.view(1, 1, -1, 1)).abs()).clamp(min=0.0)
        red, green, blue = shares.unbind(dim=1)
        pairs = (red.unsqueeze(2) * green.unsqueeze(1)).flatten(1, 2)
        return (pairs.unsqueeze(2) * blue.unsqueeze(1)).flatten(1, 2)


class IouHead(nn.Module):
    """(B,) logits of the IoU with the whole object, from the features and the answer itself.

    It learns from what the rest of the network found and does not teach it: outlines come first. An answer that meets
    the rim of the crop may be a part of something larger; one that is sure only of little is worth little.
    """

    def __init__(self, context: int, fine: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(context + 3 * fine + SUMS, 96),
            nn.SiLU(),
            nn.Linear(96, 32),
            nn.SiLU(),
            nn.Linear(32, 1),
        )

    def forward(self, context: Tensor, fine: Tensor, logits: Tensor) -> Tensor:
        """`context` (B, C), `fine` (B, F, H, W) and `logits` (B, 4, H, W) of the four pixels at each place."""
        soft = logits.detach().float().sigmoid()
        sure = (soft > 0.5).float()
        place = soft.mean(dim=1, keepdim=True)
        weights = torch.cat([place, 1.0 - place, 4.0 * place * (1.0 - place)], dim=1).flatten(2)
        means = weights @ fine.detach().float().flatten(2).transpose(1, 2)
        means = means / (weights.sum(dim=2, keepdim=True) + 1.0)
        rim = torch.cat(
            [place[:, :, :RIM_PX].flatten(1), place[:, :, -RIM_PX:].flatten(1),
             place[:, :, :, :RIM_PX].flatten(1), place[:, :, :, -RIM_PX:].flatten(1)], dim=1
        )  # fmt: skip
        held = (soft * sure).sum(dim=(1, 2, 3))
        within = held / (sure.sum(dim=(1, 2, 3)) + 1.0)
        expected = held / ((soft * (1.0 - sure)).sum(dim=(1, 2, 3)) + sure.sum(dim=(1, 2, 3)) + 1.0)
        sums = torch.stack([place.mean(dim=(1, 2, 3)), rim.mean(dim=1), within, expected], dim=1)
        found = torch.cat([context.detach().float(), means.flatten(1), sums], dim=1)
        return self.layers(found).squeeze(1)  # type: ignore[no-any-return]


class AssistNet(nn.Module):
    """(B, 7, S, S) in 0..1, S a multiple of 32 -> mask logits (B, S, S) and IoU logits (B,)."""

    def __init__(self) -> None:
        super().__init__()
        self.prompt = PromptChannels()
        w = WIDTHS
        self.stem = ConvUnit(PromptChannels.channels, w[0], 3, 2)
        self.stages = nn.ModuleList(
            nn.Sequential(ConvUnit(a, b, 3, 2), CspBlock(b, b, depth))
            for a, b, depth in zip(w[:-1], w[1:], DEPTHS, strict=True)
        )
        self.pool = PyramidPool(w[4])
        self.lateral = nn.ModuleList(ConvUnit(w[i + 1], w[i], 1) for i in (3, 2, 1, 0))
        self.up = nn.Upsample(scale_factor=2.0, mode="nearest")
        self.mix = nn.ModuleList(
            [
                CspBlock(2 * w[i], w[i], depth, shortcut=False)
                for i, depth in zip((3, 2, 1), DECODER_DEPTHS, strict=True)
            ]
            + [ConvUnit(2 * w[0], DECODER_WIDTH)]
        )
        # Four logits a half-size pixel, one for each pixel under it.
        self.mask_out = nn.Conv2d(DECODER_WIDTH, 4, 3, padding=1)
        self.iou_out = IouHead(w[4] + w[2], DECODER_WIDTH)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        with torch.no_grad(), torch.autocast(x.device.type, enabled=False):
            drawn = self.prompt(x.float())
        if not torch.compiler.is_exporting():
            drawn = drawn.contiguous(memory_format=torch.channels_last)
        y = self.stem(drawn)
        kept = [y]
        for stage in self.stages:
            y = stage(y)
            kept.append(y)
        y = self.pool(y)
        coarse = y.mean(dim=(2, 3))
        middle = coarse
        for level, (lateral, mix) in enumerate(zip(self.lateral, self.mix, strict=True)):
            y = mix(torch.cat([self.up(lateral(y)), kept[3 - level]], dim=1))
            if level == 1:
                middle = y.mean(dim=(2, 3))
        logits = self.mask_out(y)
        iou = self.iou_out(torch.cat([coarse, middle], dim=1), y, logits)
        return pixel_shuffle(logits, 2).squeeze(1), iou


class ExportedAssist(nn.Module):
    """What goes into `model.onnx`: `masks` (B, S, S) probabilities and `scores` (B,) estimates of IoU, both 0..1."""

    def __init__(self, network: AssistNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        logits, iou = self.network(images)
        return logits.sigmoid(), iou.sigmoid()
