"""Other light, lenses and sensors for a batch of crops: colours, shade, blur and noise."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from ml.training.assist_prompts import Dice

GREY_SHARE = 0.25
INVERTED_SHARE = 0.05
MIXED_SHARE = 0.25
SHADE_SHARE = 0.3
BLUR_SHARE = 0.3
NOISE_SHARE = 0.3
# Largest changes, as shares or in grey levels of 1.
LIGHT, CONTRAST, SATURATION, GAMMA = 0.25, 0.4, 0.7, 0.35
SHADE, NOISE = 0.35, 0.06
_GREY = (0.299, 0.587, 0.114)


def recoloured(dice: Dice, image: Tensor) -> Tensor:
    """(B, 3, S, S) in 0..1 as another camera in another light would have it."""
    count = len(image)
    grey = sum(share * image[:, k : k + 1] for k, share in enumerate(_GREY))
    assert isinstance(grey, Tensor)
    saturation = 1.0 + dice.even(count, low=-SATURATION, high=SATURATION)
    saturation = torch.where(dice.odds(count, GREY_SHARE), torch.zeros_like(saturation), saturation)
    image = torch.lerp(grey.expand_as(image), image, _wide(saturation))
    image = _mixed(dice, image)
    mean = image.mean(dim=(1, 2, 3), keepdim=True)
    image = (image - mean) * _gain(dice, count, CONTRAST) + mean
    image = image * _gain(dice, count, LIGHT) + _wide(dice.even(count, low=-LIGHT, high=LIGHT) * 0.4)
    image = _shaded(dice, image).clamp(0.0, 1.0).pow(_gain(dice, count, GAMMA))
    image = torch.where(_wide(dice.odds(count, INVERTED_SHARE)), 1.0 - image, image)
    return _sensed(dice, image)


def softened(image: Tensor) -> Tensor:
    """(B, C, S, S) blurred a little: 1, 2, 1 along both sides."""
    for axis in (2, 3):
        size = image.shape[axis]
        first, last = image.narrow(axis, 0, 1), image.narrow(axis, size - 1, 1)
        wide = torch.cat([first, image, last], dim=axis)
        image = 0.5 * image + 0.25 * (wide.narrow(axis, 0, size) + wide.narrow(axis, 2, size))
    return image


def _mixed(dice: Dice, image: Tensor) -> Tensor:
    """Channels leak into each other a little; colours of the light."""
    count = len(image)
    leak = dice.normal(count, 3, 3) * 0.12
    tint = 1.0 + dice.normal(count, 3).clamp(-2, 2) * 0.1
    matrix = torch.eye(3, device=image.device) * tint[:, :, None] + leak - leak.mean(dim=2, keepdim=True)
    mixed = torch.einsum("bij,bjyx->biyx", matrix, image)
    return torch.where(_wide(dice.odds(count, MIXED_SHARE)), mixed, image)


def _shaded(dice: Dice, image: Tensor) -> Tensor:
    """Uneven light: a smooth field of brightness over the crop."""
    count, size = len(image), image.shape[-1]
    field = interpolate(dice.normal(count, 1, 4, 4), size=(size, size), mode="bilinear")
    strength = dice.even(count) * SHADE * dice.odds(count, SHADE_SHARE)
    return image * (1.0 + field * _wide(strength))


def _sensed(dice: Dice, image: Tensor) -> Tensor:
    count = len(image)
    share = dice.even(count) * dice.odds(count, BLUR_SHARE)
    image = torch.lerp(image, softened(softened(image)), _wide(share))
    noise = dice.even(count) * NOISE * dice.odds(count, NOISE_SHARE)
    return (image + dice.normal(*image.shape) * _wide(noise)).clamp(0.0, 1.0)


def _gain(dice: Dice, count: int, most: float) -> Tensor:
    return _wide(torch.exp(dice.even(count, low=-most, high=most)))


def _wide(values: Tensor) -> Tensor:
    return values.view(-1, 1, 1, 1)
