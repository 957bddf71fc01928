"""Where things stand in a hall: taken floor, pallets, seats, and what paints the still picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ml.geometry.arrays import Bytes, Floats, Singles
from ml.simulation.backdrop import Backdrop

SIDE_M = 36.0
ORIGIN_M = (-18.0, -4.0)
CELL_M = 0.25
CELLS = int(SIDE_M / CELL_M)
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
        column, row = (x - ORIGIN_M[0]) / CELL_M, (y - ORIGIN_M[1]) / CELL_M
        wide, deep = half_x / CELL_M, half_y / CELL_M
        return (
            slice(max(0, int(row - deep)), max(0, int(row + deep) + 1)),
            slice(max(0, int(column - wide)), max(0, int(column + wide) + 1)),
        )
