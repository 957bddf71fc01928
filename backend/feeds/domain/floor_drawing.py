"""A solved floor as a page draws it: errors of the points, a metre grid, the hull, and how sure each place is."""

from __future__ import annotations

from typing import Any

import numpy as np

from backend.feeds.domain.calibrating import FloorDraft, click_px, draft_pixels, suspects
from ml.geometry.arrays import Bools, Floats
from ml.geometry.calibration import SIGMA_JUDGED_MAX_M, Z95, Calibration, distances

# Places across and down the picture at which the ± is worked out; the page fills in between.
SURE_COLUMNS, SURE_ROWS = 33, 19
GRID_LINES_MAX = 24
GRID_STEPS_M = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
POINTS_PER_LINE = 40
# Six points tell the lens from the floor; fewer leave it to what cameras usually are.
POINTS_SURE = 6
K1_SIGMA_MAX = 0.1


def floor_drawing(draft: FloorDraft, calibration: Calibration) -> dict[str, Any]:
    """All that a page needs to draw `calibration` over its still. Pixels are of the still."""
    return {
        "reprojection_cm": round(calibration.reprojection_cm, 2),
        "click_sigma_px": round(calibration.click_sigma_px, 2),
        "k1": round(calibration.lens.k1, 4),
        "k1_sigma": round(calibration.k1_sigma, 4),
        "knows_height": calibration.vertical is not None,
        "sigma_max_m": SIGMA_JUDGED_MAX_M,
        "map": {
            "matrix": calibration.matrix.ravel().tolist(),
            "k1": calibration.lens.k1,
            "centre_px": list(calibration.lens.centre_px),
            "unit_px": calibration.lens.unit_px,
        },
        "points": _points(draft, calibration),
        "lengths": _lengths(draft, calibration),
        "hull_px": _path(_closed(calibration, calibration.hull_m)),
        "hull_m": np.round(calibration.hull_m, 3).tolist(),
        "grid": _grid(draft, calibration),
        "sure": _sure(draft, calibration),
        "checks": [_check(calibration, *each) for each in _check_ends(draft)],
        "warnings": _warnings(draft, calibration),
    }


def _points(draft: FloorDraft, calibration: Calibration) -> list[dict[str, Any]]:
    """Where each point's metres land in the picture, and how far that is off; nothing known for distances."""
    pixels = draft_pixels(draft)
    places = calibration.to_floor(pixels)
    found = []
    for row, (point, place) in enumerate(zip(draft.points, places.tolist(), strict=True)):
        known = draft.method == "points" and row < len(calibration.residual_m)
        found.append(
            {
                "x_m": _number(place[0]),
                "y_m": _number(place[1]),
                "error_cm": _number(calibration.residual_m[row] * 100) if known else None,
                "error_px": _number(calibration.residual_px[row]) if known else None,
                "back_px": _pair(calibration.to_image(np.array([[point.x_m, point.y_m]], float))[0])
                if known
                else None,
            }
        )
    return found


def _lengths(draft: FloorDraft, calibration: Calibration) -> list[dict[str, Any]]:
    """What each given distance is on the solved floor."""
    places = calibration.to_floor(draft_pixels(draft))
    return [
        {"metres": _number(np.hypot(*(places[each.first] - places[each.second])))} for each in draft.distances
    ]


def _check_ends(draft: FloorDraft) -> list[tuple[tuple[float, float], tuple[float, float], float]]:
    return [(check.start, check.end, check.metres) for check in draft.checks]


def _check(
    calibration: Calibration, start: tuple[float, float], end: tuple[float, float], metres: float
) -> dict[str, Any]:
    """A tape's metres beside what the calibration says. `agrees` None: it does not say sure enough."""
    places = calibration.locate([start, end], click_px(calibration))
    said = distances(places, [0], [1])
    judged = bool(said.judged[0])
    return {
        "metres": _number(said.metres[0]),
        "low_m": _number(said.low_m[0]),
        "high_m": _number(said.high_m[0]),
        "measured_m": metres,
        "is_inside": bool(places.inside.all()),
        "agrees": bool(said.low_m[0] <= metres <= said.high_m[0]) if judged else None,
    }


def _closed(calibration: Calibration, hull_m: Floats) -> Floats:
    """(N, 2) pixels along the hull, bent as the lens bends its edges."""
    ends = np.roll(hull_m, -1, axis=0)
    share = np.linspace(0.0, 1.0, 12, endpoint=False)[:, None]
    return np.concatenate(
        [calibration.to_image(a + share * (b - a)) for a, b in zip(hull_m, ends, strict=True)]
    )


def _grid(draft: FloorDraft, calibration: Calibration) -> dict[str, Any]:
    """Lines of whole steps over the calibrated floor and half its size around, where the picture shows them."""
    low, high = calibration.hull_m.min(axis=0), calibration.hull_m.max(axis=0)
    margin = 0.5 * (high - low).max()
    low, high = low - margin, high + margin
    step = next((s for s in GRID_STEPS_M if (high - low).max() / s <= GRID_LINES_MAX), GRID_STEPS_M[-1])
    lines = []
    for axis in (0, 1):
        along = np.linspace(low[1 - axis], high[1 - axis], POINTS_PER_LINE)
        first, last = np.ceil(low[axis] / step), np.floor(high[axis] / step)
        for at in np.arange(first, last + 1)[: GRID_LINES_MAX + 1]:
            floor = np.empty((POINTS_PER_LINE, 2))
            floor[:, axis], floor[:, 1 - axis] = at * step, along
            for part in _in_picture(draft, calibration.to_image(floor)):
                lines.append({"metres": round(float(at * step), 3), "axis": "xy"[axis], "path": _path(part)})
    return {"step_m": step, "lines": lines}


def _in_picture(draft: FloorDraft, pixels: Floats) -> list[Floats]:
    """The runs of a path that lie in the picture or one step outside it."""
    width, height = draft.size_px
    with np.errstate(invalid="ignore"):
        within = (pixels >= 0) & (pixels <= (width, height))
    inside: Bools = within[:, 0] & within[:, 1]
    near = inside.copy()
    near[1:] |= inside[:-1]
    near[:-1] |= inside[1:]
    near &= np.isfinite(pixels).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], near.astype(np.int8), [0]])))
    return [pixels[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 1]


def _sure(draft: FloorDraft, calibration: Calibration) -> dict[str, Any]:
    """Half the 95 % band, in metres, of a place clicked there; None where there is no floor, or none that one can tell."""
    width, height = draft.size_px
    x, y = np.meshgrid(np.linspace(0, width, SURE_COLUMNS), np.linspace(0, height, SURE_ROWS))
    places = calibration.locate(np.column_stack([x.ravel(), y.ravel()]), click_px(calibration))
    reach = Z95 * places.sigma_m
    return {
        "columns": SURE_COLUMNS,
        "rows": SURE_ROWS,
        "metres": [_number(value) if value < 100 else None for value in reach.tolist()],
    }


def _warnings(draft: FloorDraft, calibration: Calibration) -> list[str]:
    found = []
    named = suspects(draft)
    if named:
        found.append(named)
    if draft.method == "points" and len(draft.points) < POINTS_SURE:
        found.append(
            f"{len(draft.points)} points fit almost any floor, so a slip is not noticed. Add points until there are six or more."
        )
    if draft.k1 is None and calibration.k1_sigma > K1_SIGMA_MAX:
        found.append(
            "How much the lens bends is hardly known. Mark a straight line on the floor, or add points near the edges."
        )
    if calibration.vertical is None:
        found.append(
            "No ordinary camera fits these points exactly, so heights are not known and hidden feet are not noticed."
        )
    return found


def _number(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None


def _pair(place: Floats) -> list[float] | None:
    return [round(float(v), 1) for v in place] if np.isfinite(place).all() else None


def _path(pixels: Floats) -> list[list[float]]:
    return [[round(float(x), 1), round(float(y), 1)] for x, y in pixels if np.isfinite(x) and np.isfinite(y)]
