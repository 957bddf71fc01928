"""Learning curves as an SVG picture, with nothing but text: it must look the same wherever the page is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 56, 150, 34, 44
# Okabe and Ito's colours, told apart by most people with colour blindness too.
COLOURS = ("#0072b2", "#555555", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
# Ticks between which at least so many pixels lie.
TICK_GAP_PX = 34

_Scale = Callable[[float], float]


def curves_svg(
    title: str, budgets: Sequence[int], curves: Mapping[str, NDArray[np.float64]], y_label: str
) -> str:
    """One line a name, each (B,) figures 0..1 or (S, B) by seed: then the mean with a band of one deviation.

    The first name is drawn strongest.
    """
    means = {name: c.mean(axis=0) if c.ndim == 2 else c for name, c in curves.items()}
    every = np.concatenate(list(means.values()))
    low, high = float(np.floor(every.min() * 10) / 10), min(1.0, float(np.ceil(every.max() * 20) / 20))

    def x(budget: float) -> float:
        return LEFT + (budget - budgets[0]) / max(budgets[-1] - budgets[0], 1) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (value - low) / max(high - low, 1e-9) * (HEIGHT - TOP - BOTTOM)

    def path(values: Sequence[float], back: Sequence[float] = ()) -> str:
        there = [f"{x(b):.1f},{y(min(max(v, low), high)):.1f}" for b, v in zip(budgets, values, strict=True)]
        again = [f"{x(b):.1f},{y(min(max(v, low), high)):.1f}" for b, v in zip(budgets, back, strict=False)]
        return " ".join(there + again[::-1])

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="20" font-size="14" font-weight="bold">{escape(title)}</text>',
    ]
    parts += _axes(budgets, low, high, x, y, y_label)
    for place, (name, curve) in reversed(list(enumerate(curves.items()))):
        colour = COLOURS[place % len(COLOURS)]
        if curve.ndim == 2 and place < 2:
            spread = curve.std(axis=0)
            band = path((means[name] + spread).tolist(), (means[name] - spread).tolist())
            parts.append(f'<polygon points="{band}" fill="{colour}" opacity="0.12"/>')
        width = 3 if place == 0 else 1.5
        line = path(means[name].tolist())
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="{width}"/>')
    for place, name in enumerate(curves):
        top = TOP + 10 + 20 * place
        colour = COLOURS[place % len(COLOURS)]
        parts.append(f'<rect x="{WIDTH - RIGHT + 14}" y="{top - 6}" width="18" height="4" fill="{colour}"/>')
        parts.append(f'<text x="{WIDTH - RIGHT + 38}" y="{top}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _axes(budgets: Sequence[int], low: float, high: float, x: _Scale, y: _Scale, y_label: str) -> list[str]:
    parts = []
    step = 0.1 if high - low > 0.25 else 0.05
    for tick in np.arange(low, high + 1e-9, step):
        at = y(float(tick))
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{tick:.2f}</text>')
    last = -1e9
    for budget in budgets:
        at = x(budget)
        if at - last >= TICK_GAP_PX:
            parts.append(
                f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{budget}</text>'
            )
            last = at
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle:.0f}" y="{HEIGHT - 8}" text-anchor="middle">labels</text>')
    centre = (TOP + HEIGHT - BOTTOM) / 2
    turn = f'transform="rotate(-90 14 {centre:.0f})"'
    parts.append(f'<text x="14" y="{centre:.0f}" text-anchor="middle" {turn}>{escape(y_label)}</text>')
    return parts
