"""Metres and seconds on public sets: published velocities, speeds and distances under noise, WILDTRACK's geometry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ml.errors import GeometryError
from ml.evaluation.track_sets import (
    WILDTRACK_SIZE_PX,
    GroundView,
    Walk,
    WalkSequence,
    ground_views,
    pixels_of,
    walk_sequences,
)
from ml.geometry.arrays import Bools, Floats
from ml.geometry.calibrate import CLICK_SIGMA_PX, calibrate_points
from ml.geometry.calibration import Calibration, Distances, FloorPoints, distances
from ml.geometry.lens import Lens
from ml.geometry.polygon import convex_hull
from ml.tracking.floor import FloorTracker

NOISE_M = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3)
RULE_M = 2.0
# Published numbers carry five decimals, and a difference over 0.4 s of two rounded places 2.5e-5.
EXACT_M_S = 5e-5
GOALS = {"wildtrack_mae_m": 0.06, "wildtrack_recall_2m": 0.97, "speed_mae_m_s_at_0.15_m": 0.16}
CLICKS = (4, 6, 8, 12)
FOOT_SIGMA_PX = 2.0
# Nobody calibrates on floor so far off that a pixel is more than this.
CLICKABLE_M = 0.12
# WILDTRACK's pictures are published without distortion.
LENS = Lens(0.0, (960.0, 540.0), 1750.0)
# All distances of a calibration share its error: a few of them say little of how often bands hold.
_CALIBRATIONS = 16
_PAIRS_MOST = 4000
_FRAMES_MOST = 400


@dataclass(slots=True)
class Bands:
    """Gathers distances against the truth, those inside the calibrated hull and those outside apart."""

    hits: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})
    off: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})
    unsure: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})

    def add(self, found: Distances, true_m: Floats, inside: Bools) -> None:
        """Only distances that would be judged count; the others are counted as unsure."""
        hit = (found.low_m <= true_m) & (true_m <= found.high_m)
        for where in (True, False):
            rows = found.judged & (inside == where)
            self.hits[where] += hit[rows].tolist()
            self.off[where] += np.abs(found.metres - true_m)[rows].tolist()
            self.unsure[where] += int((~found.judged & (inside == where)).sum())

    def figures(self) -> dict[str, Any]:
        """Coverage of the 95 % band, mean absolute error and counts."""
        found: dict[str, Any] = {}
        for where, name in ((True, "inside_hull"), (False, "outside_hull")):
            count = len(self.hits[where])
            found[name] = {
                "coverage": round(float(np.mean(self.hits[where])), 4) if count else None,
                "mae_m": round(float(np.mean(self.off[where])), 4) if count else None,
                "n": count,
                "not_judged": self.unsure[where],
            }
        return found


def velocities(sequence: WalkSequence) -> dict[str, Any]:
    """By which rule of differences the published velocities come out, how many do not, and the worst disagreement."""
    off: dict[str, list[Floats]] = {"central": [], "backward": [], "forward": []}
    for walk in sequence.walks:
        if len(walk.times_s) < 2:
            continue
        for name, own in _difference_rules(walk).items():
            off[name].append(np.abs(own - walk.velocity_m_s).max(axis=1))
    shares = {name: np.concatenate(parts) for name, parts in off.items()}
    rule = min(shares, key=lambda name: float((shares[name] > EXACT_M_S).sum()))
    return {
        "sequence": sequence.name,
        "rule": rule,
        "n": len(shares[rule]),
        "not_exact": int((shares[rule] > EXACT_M_S).sum()),
        "worst_m_s": round(float(shares[rule].max()), 6),
    }


def _difference_rules(walk: Walk) -> dict[str, Floats]:
    steps = np.diff(walk.xy_m, axis=0) / np.diff(walk.times_s)[:, None]
    backward, forward = np.vstack([steps[:1], steps]), np.vstack([steps, steps[-1:]])
    central = backward.copy()
    if len(steps) > 1:
        wide = (walk.times_s[2:] - walk.times_s[:-2])[:, None]
        central[1:-1] = (walk.xy_m[2:] - walk.xy_m[:-2]) / wide
    central[-1] = steps[-1]
    return {"central": central, "backward": backward, "forward": forward}


def noise_row(sequence: WalkSequence, sigma_m: float, rng: np.random.Generator) -> dict[str, Any]:
    """Speeds and distances of smoothed tracks whose places jitter by `sigma_m` on each axis, look by look.

    Speeds are told after a second of track and held against the published velocity of the same look.
    """
    speed_off, speed_hit = [], []
    bands = Bands()
    tracker = FloorTracker()
    for time_s, ids, true_m, velocity in _looks(sequence):
        noise = np.broadcast_to(max(sigma_m, 1e-3) ** 2 * np.eye(2), (len(ids), 2, 2))
        seen = true_m + rng.normal(0.0, sigma_m, true_m.shape)
        points = FloorPoints(seen, np.zeros((len(ids), 2, 0)), noise, np.ones(len(ids), dtype=bool))
        state = tracker.update(time_s, ids, points)
        old = state.speed_known
        speeds, true_speed = state.speeds(), np.hypot(velocity[:, 0], velocity[:, 1])
        speed_off += np.abs(speeds.metres - true_speed)[old].tolist()
        speed_hit += ((speeds.low_m <= true_speed) & (true_speed <= speeds.high_m))[old].tolist()
        first, second = np.triu_indices(len(ids), 1)
        apart = np.hypot(*(true_m[first] - true_m[second]).T)
        near = (apart < 8.0) & old[first] & old[second]
        found = state.distances(first[near].tolist(), second[near].tolist())
        bands.add(found, apart[near], np.ones(int(near.sum()), dtype=bool))
    figures = bands.figures()["inside_hull"]
    return {
        "sequence": sequence.name,
        "noise_m": sigma_m,
        "speed_mae_m_s": round(float(np.mean(speed_off)), 4),
        "speed_coverage": round(float(np.mean(speed_hit)), 4),
        "distance_mae_m": figures["mae_m"],
        "distance_coverage": figures["coverage"],
        "speeds": len(speed_off),
        "distances": figures["n"],
    }


def _looks(sequence: WalkSequence) -> Iterator[tuple[float, list[int], Floats, Floats]]:
    """Frames in order of time, at most `_FRAMES_MOST` in one run from the start: (time, ids, places, velocities)."""
    rows = [
        (round(t, 3), person, *xy, *v)
        for person, walk in enumerate(sequence.walks)
        for t, xy, v in zip(walk.times_s, walk.xy_m, walk.velocity_m_s, strict=True)
    ]
    table = np.array(sorted(rows))
    times, starts = np.unique(table[:, 0], return_index=True)
    for time_s, frame in list(zip(times, np.split(table, starts[1:]), strict=True))[:_FRAMES_MOST]:
        yield float(time_s), frame[:, 1].astype(int).tolist(), frame[:, 2:4], frame[:, 4:6]


def clicked_calibration(
    floor_m: Floats, image_px: Floats, size_px: tuple[int, int], clicks: int, rng: np.random.Generator
) -> Calibration:
    """Calibrates on `clicks` of the given places, well spread in the picture, clicked with `CLICK_SIGMA_PX`."""
    best, area = None, -1.0
    for _ in range(30):
        rows = rng.choice(len(floor_m), clicks, replace=False)
        hull = convex_hull(image_px[rows])
        x, y = hull[:, 0], hull[:, 1]
        size = abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1)))
        if len(hull) >= min(clicks, 4) and size > area:
            best, area = rows, size
    if best is None:
        raise GeometryError("These places span no area.")
    clicked = image_px[best] + rng.normal(0.0, CLICK_SIGMA_PX, (clicks, 2))
    return calibrate_points(clicked, floor_m[best], size_px)


def static_pairs(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """At most `_PAIRS_MOST` pairs of `count` points."""
    first, second = np.triu_indices(count, 1)
    if len(first) > _PAIRS_MOST:
        kept = rng.choice(len(first), _PAIRS_MOST, replace=False)
        first, second = first[kept], second[kept]
    return first, second


def clicked_walks(sequence: WalkSequence, clicks: int, rng: np.random.Generator) -> dict[str, Any] | None:
    """Distances between places people walked, through a calibration clicked in the sequence's own picture."""
    places = np.unique(np.concatenate([walk.xy_m for walk in sequence.walks]).round(2), axis=0)
    places = places[rng.choice(len(places), min(len(places), 400), replace=False)]
    pixels = pixels_of(sequence, places)
    if pixels is None:
        return None
    bands = Bands()
    for _ in range(_CALIBRATIONS):
        # Its own pixels may count from a corner or from the middle: only their spread matters here.
        shifted = pixels - pixels.min(axis=0) + 20.0
        size = (int(shifted[:, 0].max()) + 20, int(shifted[:, 1].max()) + 20)
        calibration = clicked_calibration(places, shifted, size, clicks, rng)
        feet = shifted + rng.normal(0.0, FOOT_SIGMA_PX, shifted.shape)
        _score(bands, calibration.locate(feet, FOOT_SIGMA_PX), places, rng)
    return {"sequence": sequence.name, "clicks": clicks, **bands.figures()}


def _score(bands: Bands, points: FloorPoints, places: Floats, rng: np.random.Generator) -> None:
    first, second = static_pairs(len(places), rng)
    apart = np.hypot(*(places[first] - places[second]).T)
    near = apart < 8.0
    first, second, apart = first[near], second[near], apart[near]
    bands.add(distances(points, first, second), apart, points.inside[first] & points.inside[second])


def wildtrack_row(view: GroundView) -> dict[str, Any]:
    """Distances between everybody a camera sees, from the lower edges of the boxes, by the published geometry."""
    calibration = Calibration.exact(np.linalg.inv(view.floor_to_image), LENS, view.floor_m, view.vertical)
    boxes = view.boxes_px
    feet = calibration.to_floor(np.column_stack([(boxes[:, 0] + boxes[:, 2]) / 2.0, boxes[:, 3]]))
    usable = np.isfinite(feet).all(axis=1) & (boxes[:, 3] < WILDTRACK_SIZE_PX[1] - 1)
    found, true = [], []
    for frame in np.unique(view.frames):
        rows = np.flatnonzero(usable & (view.frames == frame))
        first, second = np.triu_indices(len(rows), 1)
        found.append(np.hypot(*(feet[rows[first]] - feet[rows[second]]).T))
        true.append(np.hypot(*(view.floor_m[rows[first]] - view.floor_m[rows[second]]).T))
    return {"camera": view.name, **_distance_figures(np.concatenate(found), np.concatenate(true))}


def _distance_figures(found_m: Floats, true_m: Floats) -> dict[str, Any]:
    close, said = true_m < RULE_M, found_m < RULE_M
    return {
        "pairs": len(true_m),
        "sum_off_m": float(np.abs(found_m - true_m).sum()),
        "mae_m": round(float(np.abs(found_m - true_m).mean()), 4),
        "closer_than_2_m": int(close.sum()),
        "of_them_found": int((close & said).sum()),
        "said_closer": int(said.sum()),
    }


def wildtrack_report(data: Path) -> dict[str, Any] | None:
    """All cameras pooled, and one by one; None where the set is not there."""
    rows = [wildtrack_row(view) for view in ground_views(data)]
    if not rows:
        return None
    close, found, said = (
        sum(row[k] for row in rows) for k in ("closer_than_2_m", "of_them_found", "said_closer")
    )
    pooled = {
        "mae_m": round(sum(row["sum_off_m"] for row in rows) / sum(row["pairs"] for row in rows), 4),
        "recall_2m": round(found / close, 4),
        "precision_2m": round(found / said, 4),
        "pairs": sum(row["pairs"] for row in rows),
    }
    for row in rows:
        del row["sum_off_m"]
    return {"pooled": pooled, "cameras": rows}


def clicked_wildtrack(data: Path, clicks: int, rng: np.random.Generator) -> dict[str, Any] | None:
    """True places of WILDTRACK's people through calibrations clicked in its pictures, not through the published ones."""
    bands = Bands()
    for view in ground_views(data):
        places = np.unique(view.floor_m, axis=0)
        seen = np.column_stack([places, np.ones(len(places))]) @ view.floor_to_image.T
        pixels = seen[:, :2] / seen[:, 2:]
        there = ((pixels > 0) & (pixels < WILDTRACK_SIZE_PX)).all(axis=1) & (seen[:, 2] > 0)
        there[np.flatnonzero(there)[400:]] = False
        places, pixels = places[there], pixels[there]
        known = Calibration.exact(np.linalg.inv(view.floor_to_image), LENS, view.floor_m, view.vertical)
        sharp = known.locate(pixels, 1.0).sigma_m < CLICKABLE_M
        if sharp.sum() < 3 * clicks:
            continue
        calibration = clicked_calibration(places[sharp], pixels[sharp], WILDTRACK_SIZE_PX, clicks, rng)
        feet = pixels + rng.normal(0.0, FOOT_SIGMA_PX, pixels.shape)
        _score(bands, calibration.locate(feet, FOOT_SIGMA_PX), places, rng)
    return {"clicks": clicks, **bands.figures()} if bands.hits[True] else None


def public_report(data: Path, seed: int = 0) -> dict[str, Any]:
    """Everything that is found under `data`."""
    rng = np.random.default_rng(seed)
    sequences = list(walk_sequences(data))
    rows = [(clicked_walks(s, clicks, rng)) for s in sequences for clicks in (6, 12)]
    wild = [clicked_wildtrack(data, clicks, rng) for clicks in CLICKS]
    return {
        "velocities": [velocities(sequence) for sequence in sequences],
        "noise": [noise_row(s, sigma, rng) for s in sequences for sigma in NOISE_M],
        "wildtrack": wildtrack_report(data),
        "clicked_walks": [row for row in rows if row],
        "clicked_wildtrack": [row for row in wild if row],
    }
