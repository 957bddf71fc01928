"""Training examples of the assist network, a batch at a time: objects, a window round each, the first prompt drawn.

Three kinds of example: an object in its picture; an object cut out and laid on another surface; an outline, made up
or of an object, filled with something else.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from ml.inference.assist_input import BOX, CLICKS_IN, INPUT_CHANNELS, MIN_SIDE_PX, PAD_VALUE
from ml.training.assist_bank import Bank
from ml.training.assist_colours import recoloured, softened
from ml.training.assist_prompts import Dice, click_in, depths, draw_clicks, drawn_boxes, roofs

MADE_UP_SHARE = 0.75
SURFACE_SHARE = 0.4
# Odds of the first prompt: a box, a click in the middle of a window of any size, else a click in a view.
BOX_SHARE, CENTRED_SHARE = 0.42, 0.18
# Sides of the window as shares of the object's longer side.
BOX_SIDES = (1.25, 1.6)
VIEW_SIDES = (1.4, 3.7)
CENTRED_SIDES = (0.6, 6.0)
INSIDE_SHARE = 0.7
QUARTER_SHARE, TURN_SHARE, STRETCH_SHARE, ELASTIC_SHARE = 0.3, 0.5, 0.5, 0.35
TURN_RAD, STRETCH, ELASTIC = 0.5, 0.2, 0.035
# Fewer pixels of the crop than this show nothing.
MIN_MASK_PX = 16
# Less than this mean difference of levels is not to be seen.
MIN_CONTRAST = 14 / 255
CLICK_GRID = 48


@dataclass(frozen=True, slots=True)
class Drawn:
    """`images` float (B, 7, S, S) with the first prompt, `masks` bool (B, S, S), `outside` (B,) pixels of the object
    beyond the window, in pixels of the crop, `weights` (B,) 0 where nothing is to be seen."""

    images: Tensor
    masks: Tensor
    outside: Tensor
    weights: Tensor


@dataclass(frozen=True, slots=True)
class _View:
    """Places (B, S, S) in pictures, picture pixels a step, and which rows show a box or a click in the middle."""

    x: Tensor
    y: Tensor
    step_px: Tensor
    boxed: Tensor
    centred: Tensor

    def part(self, rows: slice) -> tuple[Tensor, Tensor, Tensor]:
        return self.x[rows], self.y[rows], self.step_px[rows]


@dataclass(frozen=True, slots=True)
class Mix:
    """Odds of the kinds of example: `moved`, cut out and laid elsewhere, and `filled` outlines; the rest are objects
    as they are."""

    moved: float
    filled: float


class Sampler:
    """Draws batches; what it draws depends on the dice alone."""

    def __init__(self, bank: Bank, mix: Mix) -> None:
        self.bank, self.mix = bank, mix

    def draw(self, dice: Dice, count: int, size: int) -> Drawn:
        """`count` examples of `size` x `size`."""
        moved, filled = self._shares(dice, count)
        plain = count - moved - filled
        objects = dice.pick(count, self.bank.ends)
        shapes = len(self.bank.masks) - self.bank.objects
        if filled and shapes:
            made_up = self.bank.objects + (dice.even(filled) * shapes).long().clamp(max=shapes - 1)
            swapped = dice.odds(filled, MADE_UP_SHARE)
            objects[plain + moved :] = torch.where(swapped, made_up, objects[plain + moved :])
        view = _view(dice, self.bank, objects, size)
        cover = self.bank.covers(objects, view.x, view.y, view.step_px)
        real = slice(0, plain + moved)
        image, within = self.bank.pixels(objects[real], *view.part(real))
        if moved + filled:
            laid = self._laid(dice, cover[plain:], image[plain:])
            image = torch.cat([image[:plain], laid])
            within = torch.cat([within[:plain], torch.ones_like(cover[plain:], dtype=torch.bool)])
        image = recoloured(dice, image)
        image = torch.where(within[:, None], image, PAD_VALUE / 255.0)
        return _prompted(dice, image, cover > 0.5, view, self.bank.areas[objects] / view.step_px.square())

    def _shares(self, dice: Dice, count: int) -> tuple[int, int]:
        """Whole numbers of moved and filled examples, right on average."""
        slack = dice.here.random(2).tolist()
        moved, filled = (
            int(count * s + e) for s, e in zip((self.mix.moved, self.mix.filled), slack, strict=True)
        )
        return (moved, filled) if len(self.bank.masks) > self.bank.objects else (0, 0)

    def _laid(self, dice: Dice, cover: Tensor, cut_out: Tensor) -> Tensor:
        """Surfaces with the covered part replaced: by what was cut out, where there is any, else by a fill."""
        count, size = len(cover), cover.shape[-1]
        ground = self._surface(dice, count, size)
        ground = torch.lerp(ground, self._surface(dice, count, size), self._stain(dice, count, size)[:, None])
        filled = count - len(cut_out)
        fill = cut_out
        if filled:
            fill = torch.cat([cut_out, self._fill(dice, ground[-filled:], cover[-filled:])])
        soft = torch.lerp(cover[:, None], softened(cover[:, None]), dice.even(count).view(-1, 1, 1, 1))
        strength = dice.even(count, low=0.6, high=1.0)
        strength[: len(cut_out)] = 1.0
        return torch.lerp(ground, fill, soft * strength.view(-1, 1, 1, 1))

    def _surface(self, dice: Dice, count: int, size: int) -> Tensor:
        """(count, 3, S, S): windows of pictures and of made-up surfaces."""
        pictures, real = self.bank.pictures, self.bank.real_pictures
        made = len(pictures) - real
        which = (dice.even(count) * real).long().clamp(max=real - 1)
        if made:
            other = real + (dice.even(count) * made).long().clamp(max=made - 1)
            which = torch.where(dice.odds(count, SURFACE_SHARE), other, which)
        height, width = pictures.sizes[which].unbind(dim=1)
        step = torch.minimum(height, width) * dice.even(count, low=0.2, high=0.9) / size
        place = (dice.even(2, count) * (torch.stack([width, height]) - step * size))[:, :, None, None]
        grid = (torch.arange(size, device=step.device) + 0.5) * step[:, None]
        across, down = grid[:, None, :].expand(-1, size, -1), grid[:, :, None].expand(-1, -1, size)
        turned = dice.odds(count, 0.5).view(-1, 1, 1)
        x, y = torch.where(turned, down, across), torch.where(turned, across, down)
        return pictures.sample(which, x + place[0], y + place[1], step)[0]

    def _stain(self, dice: Dice, count: int, size: int) -> Tensor:
        """(count, S, S): another outline anywhere in half of the crops, faint or full."""
        which = (dice.even(count) * len(self.bank.masks)).long().clamp(max=len(self.bank.masks) - 1)
        left, top, width, height = self.bank.boxes[which].unbind(dim=1)
        step = torch.maximum(width, height) / (size * dice.even(count, low=0.15, high=0.7))
        middle = (torch.arange(size, device=step.device) + 0.5)[None] - size * dice.even(2, count, 1)
        offset = middle * step[:, None]
        x = (left + width / 2)[:, None, None] + offset[0][:, None, :].expand(-1, size, -1)
        y = (top + height / 2)[:, None, None] + offset[1][:, :, None].expand(-1, -1, size)
        cover = self.bank.covers(which, x, y, step)
        return cover * (dice.even(count, low=0.4, high=1.0) * dice.odds(count, 0.5)).view(-1, 1, 1)

    def _fill(self, dice: Dice, ground: Tensor, cover: Tensor) -> Tensor:
        """What is seen in the outlines: another surface, the ground darker or lighter, or one colour with some grain."""
        count, size = len(ground), ground.shape[-1]
        kind = (dice.even(count) * 3).long().view(-1, 1, 1, 1)
        gain = torch.where(
            dice.odds(count, 0.5), dice.even(count, low=0.3, high=0.8), dice.even(count, low=1.25, high=2.0)
        )
        grain = dice.normal(count, 1, size, size) * dice.even(count, 1, 1, 1, low=0.0, high=0.15)
        flat = dice.even(count, 3, 1, 1).expand_as(ground) + grain
        fill = torch.where(kind == 0, self._surface(dice, count, size), ground * gain.view(-1, 1, 1, 1))
        fill = torch.where(kind == 2, flat, fill)
        area = cover.sum(dim=(1, 2)).clamp(min=1.0)[:, None]
        gap = ((fill - ground) * cover[:, None]).sum(dim=(2, 3)) / area
        faint = (gap.abs().mean(dim=1) < MIN_CONTRAST).float()
        sign = torch.where(dice.odds(count, 0.5), 1.0, -1.0)
        push = faint * sign * dice.even(count, low=0.08, high=0.28)
        return (fill + push.view(-1, 1, 1, 1)).clamp(0.0, 1.0)


def _view(dice: Dice, bank: Bank, objects: Tensor, size: int) -> _View:
    """A window round each object, turned, mirrored, stretched and bent a little."""
    count = len(objects)
    left, top, width, height = bank.boxes[objects].unbind(dim=1)
    matrix = _matrix(dice, count)
    # How far the object reaches in the crop, were a step one picture pixel.
    reach = (_inverse(matrix).abs() @ torch.stack([width, height], dim=1)[:, :, None])[:, :, 0]
    longer = reach.amax(dim=1)
    prompt = dice.even(count)
    boxed, centred = prompt < BOX_SHARE, prompt >= 1.0 - CENTRED_SHARE
    share = torch.where(
        boxed, dice.even(count, low=BOX_SIDES[0], high=BOX_SIDES[1]), _log_even(dice, count, VIEW_SIDES)
    )
    share = torch.where(centred, _log_even(dice, count, CENTRED_SIDES), share)
    side = (longer * share).clamp(min=MIN_SIDE_PX)
    slip = torch.where(
        boxed[:, None],
        dice.normal(count, 2) * 0.02 * longer[:, None],
        dice.even(count, 2, low=-0.5, high=0.5) * (side[:, None] - reach).clamp(min=0.0),
    )
    middle = torch.stack([left + width / 2, top + height / 2], dim=1) + (matrix @ slip[:, :, None])[:, :, 0]
    middle = _kept_inside(dice, bank, objects, middle, side, ~boxed)
    middle = torch.where(centred[:, None], _clicked(dice, bank, objects), middle)
    step = side / size
    grid = torch.arange(size, device=bank.device) + 0.5 - size / 2
    places = torch.stack([grid.expand(size, -1), grid[:, None].expand(-1, size)])[None] + _bends(
        dice, count, size
    )
    places = torch.einsum("bij,bjyx->biyx", matrix * step[:, None, None], places) + middle[:, :, None, None]
    return _View(places[:, 0], places[:, 1], step, boxed, centred)


def _matrix(dice: Dice, count: int) -> Tensor:
    """(count, 2, 2): steps in the crop to steps in the picture; areas stay."""
    quarters = (dice.even(count) * 4).floor() * (torch.pi / 2) * dice.odds(count, QUARTER_SHARE)
    angle = quarters + dice.even(count, low=-TURN_RAD, high=TURN_RAD) * dice.odds(count, TURN_SHARE)
    stretch = torch.exp(dice.even(count, low=-STRETCH, high=STRETCH) * dice.odds(count, STRETCH_SHARE))
    mirror = torch.where(dice.odds(count, 0.5), 1.0, -1.0)
    cosine, sine = angle.cos(), angle.sin()
    across = torch.stack([cosine, sine], dim=1) * (mirror * stretch)[:, None]
    down = torch.stack([-sine, cosine], dim=1) / stretch[:, None]
    return torch.stack([across, down], dim=2)


def _inverse(matrix: Tensor) -> Tensor:
    """Of (B, 2, 2) matrices of determinant 1 or -1."""
    (a, b), (c, d) = (row.unbind(dim=1) for row in matrix.unbind(dim=1))
    rows = torch.stack([torch.stack([d, -b], dim=1), torch.stack([-c, a], dim=1)], dim=1)
    return rows / (a * d - b * c)[:, None, None]


def _kept_inside(
    dice: Dice, bank: Bank, objects: Tensor, middle: Tensor, side: Tensor, views: Tensor
) -> Tensor:
    """Most views do not reach beyond the picture where they need not: a screen does not either."""
    height, width = bank.pictures.sizes[bank.owner[objects].clamp(min=0)].unbind(dim=1)
    size = torch.stack([width, height], dim=1)
    half = torch.minimum(side[:, None], size) / 2
    inside = torch.minimum(torch.maximum(middle, half), size - half)
    moves = views & (bank.owner[objects] >= 0) & dice.odds(len(objects), INSIDE_SHARE)
    return torch.where(moves[:, None], inside, middle)


def _clicked(dice: Dice, bank: Bank, objects: Tensor) -> Tensor:
    """(B, 2): a click on each object, in pixels of its picture."""
    left, top, width, height = bank.boxes[objects].unbind(dim=1)
    grid = (torch.arange(CLICK_GRID, device=bank.device) + 0.5) / CLICK_GRID
    x = (left[:, None] + width[:, None] * grid)[:, None, :].expand(-1, CLICK_GRID, -1)
    y = (top[:, None] + height[:, None] * grid)[:, :, None].expand(-1, -1, CLICK_GRID)
    cover = bank.covers(objects, x, y, torch.maximum(width, height) / CLICK_GRID)
    click_x, click_y = click_in(dice, depths(cover > 0.5))
    return torch.stack([left + width * click_x / CLICK_GRID, top + height * click_y / CLICK_GRID], dim=1)


def _bends(dice: Dice, count: int, size: int) -> Tensor:
    """(count, 2, S, S): where a rubber sheet would have moved, in pixels of the crop; not at all for most."""
    coarse = dice.normal(count, 2, 5, 5) * (dice.even(count) * dice.odds(count, ELASTIC_SHARE)).view(
        -1, 1, 1, 1
    )
    return interpolate(coarse * (ELASTIC * size), size=(size, size), mode="bicubic", align_corners=True)


def _prompted(dice: Dice, image: Tensor, mask: Tensor, view: _View, area: Tensor) -> Drawn:
    count, size = len(mask), mask.shape[-1]
    images = image.new_zeros(count, INPUT_CHANNELS, size, size)
    images[:, :3] = image
    images[:, BOX] = roofs(drawn_boxes(dice, mask), size) * view.boxed[:, None, None]
    x, y = click_in(dice, depths(mask))
    middle = size // 2
    stays = view.centred & mask[:, middle, middle]
    half = torch.full_like(x, size / 2)
    draw_clicks(images[:, CLICKS_IN], torch.where(stays, half, x), torch.where(stays, half, y), ~view.boxed)
    seen = mask.sum(dim=(1, 2)).float()
    return Drawn(images, mask, (area - seen).clamp(min=0.0), (seen >= MIN_MASK_PX).float())


def _log_even(dice: Dice, count: int, ends: tuple[float, float]) -> Tensor:
    low, high = torch.tensor(ends).log().tolist()
    return torch.exp(dice.even(count, low=low, high=high))
