"""Procedural textures: noise, concrete, wood, cartons, walls. All uint8 RGB, seeded."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import ArrayLike

from ml.geometry.arrays import Bytes, Singles

Rng = np.random.Generator


@lru_cache(maxsize=32)
def fractal(size: int, seed: int, coarse: int = 4, roughness: float = 0.6) -> Singles:
    """(size, size) tiling noise of mean 0 and deviation 1: octaves from `coarse` cells up."""
    rng = np.random.default_rng(seed)
    total = np.zeros((size, size), dtype=np.float32)
    cells, weight = coarse, 1.0
    while cells <= size:
        grid = rng.standard_normal((cells, cells)).astype(np.float32)
        if cells < size:
            # Wrap by three cells so that the enlarged noise tiles.
            padded = np.pad(grid, 3, mode="wrap")
            step = size // cells
            large = cv2.resize(padded, None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC)
            grid = np.asarray(large[3 * step : 3 * step + size, 3 * step : 3 * step + size], dtype=np.float32)
        total += weight * grid
        cells, weight = cells * 2, weight * roughness
    total -= total.mean()
    return np.asarray(total / total.std(), dtype=np.float32)


def noise_crop(rng: Rng, height: int, width: int, coarse: int = 4) -> Singles:
    """A random crop (wrapped) of a cached noise field, about unit deviation."""
    field = fractal(1024, int(rng.integers(4)), coarse)
    if rng.random() < 0.5:
        field = field[:, ::-1]
    rows = (np.arange(height) + int(rng.integers(1024))) % 1024
    columns = (np.arange(width) + int(rng.integers(1024))) % 1024
    return np.asarray(field[np.ix_(rows, columns)], dtype=np.float32)


def flat(height: int, width: int, colour: tuple[float, float, float]) -> Singles:
    """A float32 canvas (H, W, 3) of one colour in 0..1."""
    return np.broadcast_to(np.asarray(colour, dtype=np.float32), (height, width, 3)).copy()


def to_bytes(canvas: ArrayLike) -> Bytes:
    """Float 0..1 to uint8."""
    return np.asarray(np.clip(np.asarray(canvas) * 255.0, 0, 255), dtype=np.uint8)


def carton(rng: Rng) -> Bytes:
    """One carton's side: board, tape, print, label, worn edges."""
    size = 96
    tone = np.array([0.66, 0.50, 0.33]) * rng.uniform(0.75, 1.15) + rng.normal(0, 0.02, 3)
    if rng.random() < 0.18:
        tone = np.array([0.85, 0.84, 0.80]) * rng.uniform(0.85, 1.0)
    canvas = flat(size, size, (float(tone[0]), float(tone[1]), float(tone[2])))
    canvas *= 1.0 + 0.035 * noise_crop(rng, size, size, 8)[..., None]
    canvas[:, :: int(rng.integers(3, 6))] *= 0.975
    if rng.random() < 0.8:
        middle, half = size // 2, int(rng.integers(4, 7))
        canvas[middle - half : middle + half] = canvas[middle - half : middle + half] * 0.55 + 0.35 * tone
    ink = (0.12, 0.1, 0.1) if rng.random() < 0.6 else (0.5, 0.1, 0.08)
    if rng.random() < 0.6:
        x, y = int(rng.integers(8, 50)), int(rng.integers(8, 60))
        for line in range(int(rng.integers(1, 4))):
            cv2.rectangle(
                canvas, (x, y + 8 * line), (x + int(rng.integers(12, 36)), y + 8 * line + 3), ink, -1
            )
    if rng.random() < 0.6:
        x, y = int(rng.integers(8, 60)), int(rng.integers(8, 60))
        cv2.rectangle(canvas, (x, y), (x + 26, y + 18), (0.93, 0.93, 0.9), -1)
        for bar in range(x + 3, x + 22, 3):
            cv2.line(canvas, (bar, y + 7), (bar, y + 15), (0.1, 0.1, 0.1), 1)
    edge = np.minimum.reduce(np.meshgrid(*[np.minimum(np.arange(size), size - 1 - np.arange(size))] * 2))
    canvas *= np.clip(0.62 + edge / 9.0, 0, 1)[..., None]
    return to_bytes(canvas)


def carton_stack(rng: Rng) -> Bytes:
    """A pallet load: rows of cartons, maybe under stretch film."""
    rows, columns = int(rng.integers(2, 5)), int(rng.integers(2, 5))
    kinds = [carton(rng) for _ in range(2)]
    lines = []
    for _ in range(rows):
        cells = []
        for _ in range(columns):
            cell = kinds[0 if rng.random() < 0.75 else 1]
            cells.append(np.clip(cell[:, ::-1] * rng.uniform(0.88, 1.08), 0, 255).astype(np.uint8))
        lines.append(np.hstack(cells))
    canvas = cv2.resize(np.vstack(lines), (192, 192), interpolation=cv2.INTER_AREA)
    if rng.random() < 0.4:
        shine = np.clip(0.25 + 0.13 * noise_crop(rng, 192, 192, 8), 0.05, 0.6)[..., None]
        streak = np.repeat(rng.uniform(0.8, 1.0, 48), 4)[:, None, None]
        canvas = (canvas * (1 - shine) + 225 * shine * streak).astype(np.uint8)
    return np.asarray(canvas)


def drums(rng: Rng) -> Bytes:
    """Barrels or tanks side by side, drawn as lit cylinders with hoops."""
    count = int(rng.integers(2, 5))
    tone = np.array(
        [(0.12, 0.3, 0.6), (0.85, 0.85, 0.82), (0.2, 0.2, 0.22), (0.7, 0.25, 0.1)][int(rng.integers(4))]
    )
    x = np.linspace(-1, 1, 192 // count)
    shade = np.tile(np.sqrt(np.clip(1 - (x * 0.98) ** 2, 0, 1)) * (0.85 - 0.25 * x), count)
    shade = np.resize(shade, 192)
    canvas = np.ones((192, 192, 1)) * shade[None, :, None] * tone
    for hoop in (4, 62, 126, 184):
        canvas[hoop : hoop + 5] *= 1.25
        canvas[hoop + 5 : hoop + 8] *= 0.6
    return to_bytes(canvas)


def tote(rng: Rng) -> Bytes:
    """A caged liquid tote: pale plastic behind steel tubes."""
    canvas = flat(128, 128, (0.80, 0.83, 0.82))
    canvas *= (1.0 + 0.05 * noise_crop(rng, 128, 128, 4))[..., None]
    canvas[int(rng.integers(20, 90)) :] *= 0.86
    for line in range(4, 128, 17):
        cv2.line(canvas, (line, 0), (line, 127), (0.48, 0.5, 0.52), 3)
        cv2.line(canvas, (0, line), (127, line), (0.52, 0.54, 0.56), 3)
    return to_bytes(canvas)


def wood(rng: Rng, boards: int, gap: float) -> Bytes:
    """Boards along the rows with dark gaps between them; `gap` is their share."""
    size = 128
    tone = np.array([0.64, 0.50, 0.34]) * rng.uniform(0.7, 1.15)
    grain = noise_crop(rng, size, 16, 4)
    canvas = np.ones((size, size, 1)) * tone
    canvas *= 1 + 0.07 * cv2.resize(np.ascontiguousarray(grain.T), (size, size))[..., None]
    pitch = size / boards
    for index in range(boards):
        start = int(index * pitch)
        canvas[start : int(start + pitch)] *= rng.uniform(0.85, 1.1)
        canvas[start : start + max(1, int(gap * pitch))] *= 0.22
    return to_bytes(canvas)


def pallet_side(rng: Rng) -> Bytes:
    """A pallet's long side: top board, three blocks, bottom board, black openings."""
    tone = np.array([0.62, 0.48, 0.32]) * rng.uniform(0.7, 1.15)
    canvas = flat(32, 160, (0.07, 0.06, 0.05))
    canvas[:7] = tone
    canvas[25:] = tone * 0.85
    for start in (0, 68, 136):
        canvas[:, start : start + 24] = tone * 0.92
    canvas *= (1 + 0.08 * noise_crop(rng, 32, 160, 16))[..., None]
    return to_bytes(canvas)


def painted(rng: Rng, colour: tuple[float, float, float], holes: bool = False) -> Bytes:
    """Painted steel with scratches; `holes` gives the slots of a rack's upright."""
    canvas = flat(128, 32, colour) * (1 + 0.05 * noise_crop(rng, 128, 32, 8))[..., None]
    if holes:
        for row in range(3, 128, 8):
            canvas[row : row + 3, 10:13] *= 0.25
            canvas[row : row + 3, 19:22] *= 0.25
    for _ in range(6):
        x, y = int(rng.integers(32)), int(rng.integers(128))
        cv2.line(
            canvas, (x, y), (x + int(rng.integers(-6, 6)), y + int(rng.integers(2, 14))), (0.5, 0.48, 0.45), 1
        )
    return to_bytes(canvas)


def hazard() -> Bytes:
    """Yellow and black diagonal stripes."""
    x, y = np.meshgrid(np.arange(64), np.arange(64))
    yellow = ((x + y) // 16) % 2 == 0
    canvas = np.where(yellow[..., None], [0.92, 0.76, 0.06], [0.08, 0.08, 0.08])
    return to_bytes(canvas * 0.95)


def wall(rng: Rng) -> Bytes:
    """One panel of a hall's wall: ribbed sheet, brick, painted block or plain plaster."""
    size = 256
    colours = (
        (0.72, 0.74, 0.75),
        (0.60, 0.64, 0.68),
        (0.80, 0.78, 0.72),
        (0.52, 0.56, 0.58),
        (0.66, 0.70, 0.66),
    )
    canvas = flat(size, size, colours[int(rng.integers(len(colours)))])
    kind = rng.random()
    if kind < 0.45:
        wave = np.sin(np.arange(size) * 2 * np.pi / 16)
        canvas *= (1 + 0.09 * wave)[None, :, None].astype(np.float32)
    elif kind < 0.75:
        course = 16 if rng.random() < 0.5 else 32
        if course == 16:
            canvas *= np.array([0.95, 0.72, 0.62], dtype=np.float32)
        for row in range(0, size, course):
            canvas[row : row + 2] *= 0.8
            for column in range((row // course % 2) * course, size, course * 2):
                canvas[row : row + course, column : column + 2] *= 0.8
                canvas[row : row + course, column : column + course * 2] *= rng.uniform(0.94, 1.04)
    canvas *= (1 + 0.03 * noise_crop(rng, size, size))[..., None]
    dirt = np.clip((np.arange(size) - 190) / 66.0, 0, 1) ** 2
    canvas *= (1 - 0.3 * dirt)[:, None, None]
    return to_bytes(canvas)


def door(rng: Rng) -> Bytes:
    """A roller door: slats, a frame, a number."""
    tone = [(0.75, 0.77, 0.78), (0.25, 0.38, 0.55), (0.55, 0.56, 0.55), (0.62, 0.22, 0.16)][
        int(rng.integers(4))
    ]
    canvas = flat(256, 224, tone)
    ramp = (np.arange(256) % 12) / 12.0
    canvas *= (0.84 + 0.22 * ramp)[:, None, None].astype(np.float32)
    canvas *= (1 + 0.03 * noise_crop(rng, 256, 224))[..., None]
    cv2.rectangle(canvas, (0, 0), (223, 255), (0.2, 0.2, 0.2), 7)
    painted_door = to_bytes(canvas)
    number = str(int(rng.integers(1, 30)))
    cv2.putText(painted_door, number, (80, 90), cv2.FONT_HERSHEY_SIMPLEX, 2.2, (242, 238, 217), 7)
    return painted_door


def machine(rng: Rng) -> Bytes:
    """The side of a machine: panels, vents, a hatch, a screen."""
    tones = ((0.34, 0.45, 0.38), (0.55, 0.58, 0.60), (0.25, 0.34, 0.48), (0.78, 0.76, 0.68))
    canvas = flat(160, 160, tones[int(rng.integers(len(tones)))])
    canvas *= (1 + 0.04 * noise_crop(rng, 160, 160))[..., None]
    for _ in range(int(rng.integers(2, 5))):
        x, y = int(rng.integers(6, 110)), int(rng.integers(6, 110))
        w, h = int(rng.integers(18, 46)), int(rng.integers(18, 46))
        cv2.rectangle(canvas, (x, y), (x + w, y + h), (0.18, 0.19, 0.2), 1)
        kind = rng.random()
        if kind < 0.4:
            for row in range(y + 4, y + h - 3, 4):
                cv2.line(canvas, (x + 4, row), (x + w - 4, row), (0.1, 0.1, 0.11), 1)
        elif kind < 0.6:
            cv2.rectangle(canvas, (x + 3, y + 3), (x + w - 3, y + h // 2), (0.1, 0.3, 0.42), -1)
    canvas[150:] *= 0.6
    return to_bytes(canvas)


_FABRICS = (
    (0.16, 0.16, 0.17),
    (0.42, 0.42, 0.41),
    (0.72, 0.70, 0.66),
    (0.14, 0.20, 0.36),
    (0.40, 0.28, 0.18),
    (0.20, 0.32, 0.26),
    (0.62, 0.52, 0.38),
    (0.50, 0.14, 0.12),
    (0.25, 0.42, 0.60),
)


def fabric(rng: Rng) -> Bytes:
    """Upholstery or plastic of any colour, with seams."""
    base = np.array(_FABRICS[int(rng.integers(len(_FABRICS)))])
    if rng.random() < 0.15:
        base = rng.uniform(0.1, 0.8, 3)
    tone = base * rng.uniform(0.7, 1.25) + rng.normal(0, 0.015, 3)
    canvas = flat(96, 96, (float(tone[0]), float(tone[1]), float(tone[2])))
    canvas *= (1 + 0.06 * noise_crop(rng, 96, 96, 8))[..., None]
    for seam in range(0, 96, int(rng.integers(24, 49))):
        canvas[:, seam : seam + 2] *= 0.7
    return to_bytes(canvas)


def rollers(rng: Rng) -> Bytes:
    """The top of a roller conveyor."""
    ramp = np.sin(np.linspace(0, np.pi, 8)) * 0.5 + 0.2
    canvas = np.tile(ramp, 16)[:, None, None] * np.array([0.75, 0.77, 0.8]) * np.ones((1, 48, 1))
    canvas[:, :5] = (0.15, 0.3, 0.55)
    canvas[:, -5:] = (0.15, 0.3, 0.55)
    return to_bytes(canvas)
