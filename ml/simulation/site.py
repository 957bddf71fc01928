"""Lays out a hall: floor with its markings, walls, racks, pallets, machines, furniture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np

from ml.geometry.arrays import Bytes, Floats, Singles
from ml.simulation import texture as tx
from ml.simulation.backdrop import Backdrop, Texture

Rng = np.random.Generator

SIDE_M = 36.0
ORIGIN_M = (-18.0, -4.0)
_CELL_M = 0.25
_CELLS = int(SIDE_M / _CELL_M)
_FLOOR_PX = 1536
PALLET_M = (1.2, 1.0, 0.144)


@dataclass(frozen=True, slots=True)
class Pallet:
    """A pallet's box before its turn about the vertical through (x, y): half sizes, base and height, metres."""

    x: float
    y: float
    half: tuple[float, float]
    base: float
    height: float
    turn: float

    def corners(self) -> Floats:
        """(8, 3) world points."""
        sin, cos = np.sin(self.turn), np.cos(self.turn)
        rows = [
            [
                self.x + cos * sx * self.half[0] + sin * sy * self.half[1],
                self.y - sin * sx * self.half[0] + cos * sy * self.half[1],
                z,
            ]
            for sx in (-1, 1)
            for sy in (-1, 1)
            for z in (self.base, self.base + self.height)
        ]
        return np.array(rows, dtype=np.float64)


@dataclass(slots=True)
class Site:
    """What stands where. `blocked` (cells, cells) is True where nobody can walk; row = y, column = x.

    `pieces` paint the still objects into a backdrop; `pallets` holds each pallet by id; `seats` are (x, y, heading, seat height) for people to sit on.
    """

    floor: Bytes
    blocked: Singles
    depth_m: float
    pieces: list[Callable[[Backdrop], None]] = field(default_factory=list)
    pallets: dict[int, Pallet] = field(default_factory=dict)
    seats: list[tuple[float, float, float, float]] = field(default_factory=list)
    next_id: int = 1

    def block(self, x: float, y: float, half_x: float, half_y: float, margin: float = 0.35) -> None:
        """Mark a footprint (metres) as taken."""
        rows, columns = self._cells(x, y, half_x + margin, half_y + margin)
        self.blocked[rows, columns] = 1.0

    def free(self, x: float, y: float, half_x: float, half_y: float) -> bool:
        """Whether a footprint touches nothing and lies in the hall."""
        rows, columns = self._cells(x, y, half_x, half_y)
        inside = abs(x) + half_x < SIDE_M / 2 - 0.5 and y - half_y > 0.0 and y + half_y < self.depth_m - 0.3
        return inside and not bool(self.blocked[rows, columns].any())

    def _cells(self, x: float, y: float, half_x: float, half_y: float) -> tuple[slice, slice]:
        column, row = (x - ORIGIN_M[0]) / _CELL_M, (y - ORIGIN_M[1]) / _CELL_M
        wide, deep = half_x / _CELL_M, half_y / _CELL_M
        return (
            slice(max(0, int(row - deep)), max(0, int(row + deep) + 1)),
            slice(max(0, int(column - wide)), max(0, int(column + wide) + 1)),
        )


_FLOORS = (
    (0.52, 0.52, 0.50),
    (0.62, 0.61, 0.58),
    (0.38, 0.39, 0.40),
    (0.34, 0.42, 0.38),
    (0.20, 0.25, 0.42),
    (0.56, 0.50, 0.42),
    (0.46, 0.28, 0.24),
    (0.70, 0.69, 0.66),
)


def _at(x: float, y: float) -> tuple[int, int]:
    scale = _FLOOR_PX / SIDE_M
    return round((x - ORIGIN_M[0]) * scale), round((y - ORIGIN_M[1]) * scale)


def _floor_base(rng: Rng) -> Singles:
    red, green, blue = (
        float(c) for c in np.array(_FLOORS[int(rng.integers(len(_FLOORS)))]) * rng.uniform(0.85, 1.12)
    )
    canvas = tx.flat(_FLOOR_PX, _FLOOR_PX, (red, green, blue))
    grain = tx.noise_crop(rng, _FLOOR_PX, _FLOOR_PX)
    fine = tx.noise_crop(rng, _FLOOR_PX, _FLOOR_PX, 128)
    canvas *= (1 + 0.06 * grain + 0.03 * fine)[..., None]
    if rng.random() < 0.25:
        # A second floor covering on one side: a walkway, a mat, another hall.
        other = np.array(_FLOORS[int(rng.integers(len(_FLOORS)))], dtype=np.float32)
        edge = int(rng.uniform(0.35, 0.65) * _FLOOR_PX)
        part = canvas[:, :edge] if rng.random() < 0.5 else canvas[:edge]
        part *= np.asarray(other / np.array([red, green, blue]), dtype=np.float32)
    joint = rng.choice([1.0, 3.0, 6.0])
    depth = 0.72 if joint > 1 else 0.9
    for metre in np.arange(0, SIDE_M, joint):
        line = int(metre / SIDE_M * _FLOOR_PX)
        canvas[line : line + 1] *= depth
        canvas[:, line : line + 1] *= depth
    return canvas


def _floor_wear(rng: Rng, canvas: Singles) -> None:
    marks = np.zeros(canvas.shape[:2], dtype=np.float32)
    for _ in range(int(rng.integers(6, 20))):
        x, y = rng.uniform(0, _FLOOR_PX, 2)
        heading, points = rng.uniform(0, 2 * np.pi), []
        for _ in range(24):
            points.append((int(x), int(y)))
            heading += rng.normal(0, 0.12)
            x, y = x + 22 * np.cos(heading), y + 22 * np.sin(heading)
        for shift in (0, 38):
            path = np.array(points, dtype=np.int32) + (shift, shift // 3)
            cv2.polylines(marks, [path], False, float(rng.uniform(0.05, 0.22)), int(rng.integers(3, 8)))
    for _ in range(int(rng.integers(4, 16))):
        centre = tuple(int(v) for v in rng.integers(0, _FLOOR_PX, 2))
        axes = tuple(int(v) for v in rng.integers(4, 40, 2))
        cv2.ellipse(
            marks, centre, axes, float(rng.uniform(0, 180)), 0, 360, float(rng.uniform(0.05, 0.25)), -1
        )
    marks = np.asarray(cv2.GaussianBlur(marks, (0, 0), 2.0), dtype=np.float32)
    canvas *= (1 - marks)[..., None]


def _floor_lines(rng: Rng, canvas: Singles, aisles: list[float], depth_m: float) -> None:
    paint = ((0.90, 0.74, 0.10), (0.92, 0.92, 0.90), (0.85, 0.25, 0.12), (0.15, 0.45, 0.30))
    colour = paint[int(rng.integers(len(paint)))]
    layer = canvas.copy()
    width = max(2, int(0.1 * _FLOOR_PX / SIDE_M))
    for x in aisles:
        cv2.line(layer, _at(x, -4), _at(x, depth_m - 1.5), colour, width)
    if rng.random() < 0.6:
        y = float(rng.uniform(3, 8))
        for offset in (0.0, float(rng.uniform(1.2, 2.4))):
            cv2.line(layer, _at(-18, y + offset), _at(18, y + offset), colour, width)
    if rng.random() < 0.5:
        x0, y0 = float(rng.uniform(-6, 4)), float(rng.uniform(3, 12))
        for stripe in np.arange(0, float(rng.uniform(2.5, 5)), 0.9):
            cv2.rectangle(
                layer, _at(x0 + stripe, y0), _at(x0 + stripe + 0.45, y0 + 2.2), (0.9, 0.9, 0.88), -1
            )
    for _ in range(int(rng.integers(0, 4))):
        x0, y0 = float(rng.uniform(-8, 6)), float(rng.uniform(2, 16))
        cv2.rectangle(layer, _at(x0, y0), _at(x0 + 1.4, y0 + 1.2), paint[int(rng.integers(4))], width)
    worn = np.clip(0.85 + 0.3 * tx.noise_crop(rng, _FLOOR_PX, _FLOOR_PX, 64), 0.2, 1.0)[..., None]
    canvas += (layer - canvas) * worn


def make_site(rng: Rng, pallets: int | None, roof_m: float) -> Site:
    """A hall drawn from the generator: racks, production, open or furnished; the roof is at least `roof_m` high."""
    depth_m = float(rng.uniform(16, 29))
    site = Site(
        floor=np.zeros((1, 1, 3), dtype=np.uint8),
        blocked=np.zeros((_CELLS, _CELLS), dtype=np.float32),
        depth_m=depth_m,
    )
    kind = rng.choice(["racks", "production", "open", "lounge"], p=[0.45, 0.2, 0.2, 0.15])
    aisles = []
    _walls(site, rng, roof_m)
    if kind == "racks":
        aisles = _rack_rows(site, rng)
    elif kind == "production":
        _scatter(site, rng, int(rng.integers(4, 9)), _machine)
        _scatter(site, rng, int(rng.integers(1, 4)), _conveyor)
    elif kind == "lounge":
        _scatter(site, rng, int(rng.integers(10, 24)), _furniture)
    _scatter(site, rng, pallets if pallets is not None else int(rng.integers(2, 9)), _pallet)
    _scatter(site, rng, int(rng.integers(0, 5)), _furniture)
    _scatter(site, rng, int(rng.integers(1, 6)), _clutter)
    canvas = _floor_base(rng)
    _floor_lines(rng, canvas, aisles, depth_m)
    _floor_wear(rng, canvas)
    site.floor = tx.to_bytes(canvas * _floor_light(site, rng)[..., None])
    return site


def _floor_light(site: Site, rng: Rng) -> Singles:
    """Lamp pools, and the dark round whatever stands on the floor."""
    shade = np.asarray(cv2.GaussianBlur(site.blocked, (0, 0), 2.2), dtype=np.float32)
    shade = np.asarray(
        cv2.resize(shade, (_FLOOR_PX, _FLOOR_PX), interpolation=cv2.INTER_CUBIC), dtype=np.float32
    )
    metres = np.linspace(0, SIDE_M, _FLOOR_PX, dtype=np.float32)
    pitch, phase = rng.uniform(4, 7), rng.uniform(0, 6, 2)
    wave_x = np.cos((metres + phase[0]) * 2 * np.pi / pitch)
    wave_y = np.cos((metres + phase[1]) * 2 * np.pi / pitch)
    pools = 1 + float(rng.uniform(0.02, 0.12)) * (wave_y[:, None] + wave_x[None, :])
    return np.asarray((1 - 0.42 * shade) * pools, dtype=np.float32)


def _walls(site: Site, rng: Rng, roof_m: float) -> None:
    panel = Texture(tx.wall(rng))
    height = max(float(rng.uniform(5.0, 9.0)), roof_m)
    back, gain = site.depth_m, float(rng.uniform(0.75, 1.0))
    doors = [(float(x), Texture(tx.door(rng))) for x in rng.uniform(-12, 12, int(rng.integers(0, 4)))]
    signs = [
        (float(rng.uniform(-12, 12)), float(rng.uniform(1.6, 3.2)), Texture(tx.fabric(rng))) for _ in range(4)
    ]
    roof = Texture(tx.painted(rng, (0.42, 0.43, 0.45)))

    def draw(drop: Backdrop) -> None:
        for x in np.arange(-20, 20, 5.0):
            drop.face(
                np.array([x, back, 0]),
                np.array([5.0, 0, 0]),
                np.array([0, 0, height]),
                panel,
                gain,
                repeat=(2, 1),
            )
            drop.face(
                np.array([x, -4.0, height]),
                np.array([5.0, 0, 0]),
                np.array([0, back + 4, 0]),
                roof,
                gain * 0.7,
                repeat=(4, 5),
            )
        for side in (-18.0, 18.0):
            for y in np.arange(-4, back, 5.0):
                drop.face(
                    np.array([side, y, 0]),
                    np.array([0, 5.0, 0]),
                    np.array([0, 0, height]),
                    panel,
                    gain * 0.85,
                    repeat=(2, 1),
                )
        for x, leaf in doors:
            drop.face(np.array([x, back - 0.04, 0]), np.array([3.2, 0, 0]), np.array([0, 0, 3.6]), leaf, gain)
        for x, z, sign in signs:
            drop.face(np.array([x, back - 0.05, z]), np.array([0.8, 0, 0]), np.array([0, 0, 0.6]), sign, gain)

    site.pieces.append(draw)


_Maker = Callable[[Site, Rng, float, float], Callable[[Backdrop], None] | None]


def _scatter(site: Site, rng: Rng, count: int, maker: _Maker) -> None:
    placed = 0
    for _ in range(count * 12):
        if placed == count:
            return
        x, y = float(rng.uniform(-10, 10)), float(rng.uniform(1.5, site.depth_m - 1.5))
        draw = maker(site, rng, x, y)
        if draw is not None:
            site.pieces.append(draw)
            placed += 1


def _load_texture(rng: Rng) -> Texture:
    kind = rng.random()
    if kind < 0.75:
        return Texture(tx.carton_stack(rng))
    return Texture(tx.drums(rng) if kind < 0.88 else tx.tote(rng))


def _pallet(site: Site, rng: Rng, x: float, y: float) -> Callable[[Backdrop], None] | None:
    half = (PALLET_M[0] / 2, PALLET_M[1] / 2)
    if not site.free(x, y, 0.7, 0.7):
        return None
    site.block(x, y, 0.6, 0.6)
    ident = site.next_id
    site.next_id += 1
    side, top = Texture(tx.pallet_side(rng)), Texture(tx.wood(rng, 7, 0.3))
    turn = float(rng.normal(0, 0.12) + (np.pi / 2 if rng.random() < 0.5 else 0))
    layers = int(rng.integers(2, 9)) if rng.random() < 0.2 else 1
    load = _load_texture(rng) if layers == 1 and rng.random() < 0.7 else None
    load_top, load_m = Texture(tx.carton(rng)), float(rng.uniform(0.35, 1.5))
    height = layers * PALLET_M[2]
    site.pallets[ident] = Pallet(x, y, half, 0.0, height, turn)

    def draw(drop: Backdrop) -> None:
        low, high = (x - half[0], y - half[1], 0.0), (x + half[0], y + half[1], height)
        drop.box(low, high, side, top, turn=turn, ident=ident, rows=layers)
        if load is not None:
            z = PALLET_M[2]
            low, high = (
                (x - half[0] + 0.04, y - half[1] + 0.04, z),
                (x + half[0] - 0.04, y + half[1] - 0.04, z + load_m),
            )
            drop.box(low, high, load, load_top, turn=turn)

    return draw


def _machine(site: Site, rng: Rng, x: float, y: float) -> Callable[[Backdrop], None] | None:
    half = (float(rng.uniform(0.5, 1.6)), float(rng.uniform(0.5, 1.2)))
    if not site.free(x, y, half[0] + 0.4, half[1] + 0.4):
        return None
    site.block(x, y, *half)
    body, lid, foot = Texture(tx.machine(rng)), Texture(tx.machine(rng)), Texture(tx.hazard())
    height, tower = float(rng.uniform(0.8, 2.2)), float(rng.uniform(0.2, 0.7))

    def draw(drop: Backdrop) -> None:
        drop.box((x - half[0], y - half[1], 0.1), (x + half[0], y + half[1], height), body)
        drop.box(
            (x - half[0] * tower, y - half[1] * 0.7, height),
            (x + half[0] * 0.6, y + half[1] * 0.7, height + 0.5),
            lid,
        )
        drop.box(
            (x - half[0] - 0.05, y - half[1] - 0.05, 0), (x + half[0] + 0.05, y + half[1] + 0.05, 0.1), foot
        )

    return draw


def _conveyor(site: Site, rng: Rng, x: float, y: float) -> Callable[[Backdrop], None] | None:
    half = (float(rng.uniform(1.5, 4.0)), 0.4)
    if not site.free(x, y, half[0], half[1] + 0.4):
        return None
    site.block(x, y, *half)
    top, side = (
        Texture(np.asarray(np.rot90(tx.rollers(rng))).copy()),
        Texture(tx.painted(rng, (0.2, 0.32, 0.5))),
    )
    goods = [
        (float(rng.uniform(-half[0], half[0] - 0.4)), Texture(tx.carton(rng)))
        for _ in range(int(half[0] * 1.5))
    ]

    def draw(drop: Backdrop) -> None:
        drop.box((x - half[0], y - half[1], 0.62), (x + half[0], y + half[1], 0.78), side, top)
        for leg in np.arange(-half[0], half[0], 1.2):
            for edge in (-half[1], half[1] - 0.06):
                drop.box((x + leg, y + edge, 0), (x + leg + 0.06, y + edge + 0.06, 0.62), side)
        for offset, box in goods:
            drop.box((x + offset, y - 0.22, 0.78), (x + offset + 0.45, y + 0.22, 1.1), box)

    return draw


def _furniture(site: Site, rng: Rng, x: float, y: float) -> Callable[[Backdrop], None] | None:
    """A table, a bench or sofa to sit on, or a cabinet, in any colour."""
    half = (float(rng.uniform(0.4, 1.1)), float(rng.uniform(0.35, 0.55)))
    if not site.free(x, y, half[0], half[1]):
        return None
    site.block(x, y, *half, margin=0.15)
    cover, turn = Texture(tx.fabric(rng)), float(rng.integers(4)) * np.pi / 2 + float(rng.normal(0, 0.2))
    kind = rng.choice(["table", "sofa", "cabinet"], p=[0.3, 0.5, 0.2])
    if kind == "sofa":
        # People sit towards the front of the seat, back to the rest.
        site.seats.append((x - 0.05 * np.sin(turn), y - 0.05 * np.cos(turn), turn + np.pi, 0.42))

    def draw(drop: Backdrop) -> None:
        def part(low: tuple[float, float, float], high: tuple[float, float, float]) -> None:
            a = (x + low[0] * half[0], y + low[1] * half[1], low[2])
            b = (x + high[0] * half[0], y + high[1] * half[1], high[2])
            drop.box(a, b, cover, turn=turn, pivot=(x, y))

        if kind == "table":
            part((-1, -1, 0.70), (1, 1, 0.75))
            for sx, sy in ((-1.0, -1.0), (0.9, -1.0), (-1.0, 0.9), (0.9, 0.9)):
                part((sx, sy, 0), (sx + 0.1, sy + 0.1, 0.70))
        elif kind == "sofa":
            part((-1, -1, 0.05), (1, 0.6, 0.42))
            part((-1, 0.6, 0.05), (1, 1, 0.85))
            part((-1, -1, 0.05), (-0.85, 1, 0.6))
            part((0.85, -1, 0.05), (1, 1, 0.6))
        else:
            part((-1, -1, 0), (1, 1, 1.1))

    return draw


_COLUMNS = ((0.5, 0.5, 0.48), (0.62, 0.6, 0.56), (0.3, 0.34, 0.36), (0.45, 0.32, 0.24), (0.72, 0.72, 0.7))


def _clutter(site: Site, rng: Rng, x: float, y: float) -> Callable[[Backdrop], None] | None:
    """A column with its guard, a bin or a marker post: upright clutter of a person's size and less."""
    half, height = float(rng.uniform(0.08, 0.25)), float(rng.choice([0.7, 1.0, 1.7, 8.0]))
    if not site.free(x, y, half, half):
        return None
    site.block(x, y, half, half, margin=0.2)
    plain = tx.painted(rng, _COLUMNS[int(rng.integers(len(_COLUMNS)))])
    skin = Texture(plain if height > 2 or rng.random() < 0.5 else tx.fabric(rng))
    guard = Texture(tx.hazard())

    def draw(drop: Backdrop) -> None:
        drop.box((x - half, y - half, 0), (x + half, y + half, height), skin)
        if height > 2:
            drop.box((x - half - 0.06, y - half - 0.06, 0), (x + half + 0.06, y + half + 0.06, 0.9), guard)

    return draw


def _rack_rows(site: Site, rng: Rng) -> list[float]:
    lines: list[float] = []
    pitch, first = float(rng.uniform(4.2, 6.2)), float(rng.uniform(-1.0, 1.0))
    start = float(rng.uniform(4.5, 8.0))
    rows = [first + (k + 0.5) * pitch for k in range(-3, 3)]
    keep = rng.random(len(rows)) < 0.85
    upright = Texture(
        tx.painted(rng, (0.14, 0.26, 0.55) if rng.random() < 0.7 else (0.35, 0.4, 0.38), holes=True)
    )
    beam = Texture(tx.painted(rng, (0.88, 0.42, 0.08) if rng.random() < 0.75 else (0.85, 0.72, 0.12)))
    loads = [_load_texture(rng) for _ in range(8)]
    for x, kept in zip(rows, keep, strict=True):
        if not kept or abs(x) > 15:
            continue
        bays = int((site.depth_m - 2 - start) / 2.8)
        for bay in range(bays):
            site.pieces.append(_rack_bay(site, rng, x, start + bay * 2.8, upright, beam, loads))
        site.block(x, start + bays * 1.4, 0.55, bays * 1.4, margin=0.3)
        lines += [x - 0.75, x + 0.75]
    return lines


def _rack_bay(
    site: Site, rng: Rng, x: float, y: float, upright: Texture, beam: Texture, loads: list[Texture]
) -> Callable[[Backdrop], None]:
    levels = [0.0, *np.cumsum(rng.uniform(1.4, 1.9, int(rng.integers(2, 4))))]
    side, top = Texture(tx.pallet_side(rng)), Texture(tx.wood(rng, 7, 0.3))
    stored: list[tuple[float, float, float, Texture, int]] = []
    for level in levels:
        for slot in range(2):
            if rng.random() < 0.82:
                place = y + 0.15 + slot * 1.3
                stored.append(
                    (
                        place,
                        float(level),
                        float(rng.uniform(0.5, 1.15)),
                        loads[int(rng.integers(8))],
                        site.next_id,
                    )
                )
                site.pallets[site.next_id] = Pallet(
                    x, place + 0.6, (0.48, 0.6), float(level), PALLET_M[2], 0.0
                )
                site.next_id += 1
    height = float(levels[-1]) + 1.3

    def draw(drop: Backdrop) -> None:
        for end in (y, y + 2.74):
            for edge in (-0.5, 0.42):
                drop.box((x + edge, end, 0), (x + edge + 0.08, end + 0.06, height), upright)
            for brace in np.arange(0.5, height, 1.2):
                drop.box((x - 0.5, end + 0.02, brace), (x + 0.5, end + 0.04, brace + 0.05), upright)
        for level in levels[1:]:
            for edge in (-0.5, 0.45):
                drop.box((x + edge, y, level - 0.13), (x + edge + 0.05, y + 2.8, level), beam)
        for place, level, rise, load, ident in stored:
            z = level + PALLET_M[2]
            drop.box((x - 0.48, place, level), (x + 0.48, place + 1.2, z), side, top, ident=ident)
            drop.box((x - 0.45, place + 0.04, z), (x + 0.45, place + 1.14, z + rise), load, gain=0.96)

    return draw
