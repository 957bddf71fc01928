"""Ways over the floor: smooth paths walked at a speed that starts, stops and holds, exact at any time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.geometry.arrays import Floats
from ml.simulation.site import Site

_STEP_S = 0.02
_RAMP_S = 0.5
# Corner-cutting rounds of Chaikin's scheme: enough that a turn takes several frames.
_ROUNDS = 4
# Sharpest turn between two legs of a way: 100 degrees.
_TURN_COS_MIN = -0.17


@dataclass(frozen=True, slots=True)
class Moment:
    """Place in metres, heading (clockwise from +y), speed in m/s and metres walked so far.

    `cruise_m_s` is the speed when not starting or stopping: the gait's length hangs on it, not on `speed_m_s`,
    or the legs would jump while the speed changes.
    """

    x: float
    y: float
    heading: float
    speed_m_s: float
    walked_m: float
    cruise_m_s: float = 1.3


@dataclass(frozen=True, slots=True)
class Motion:
    """A path sampled by its length, and the length walked and speed sampled by time."""

    points: Floats
    lengths: Floats
    times: Floats
    walked: Floats
    speeds: Floats
    still_heading: float

    def at(self, time_s: float) -> Moment:
        """Where and how fast at a time; before and after the plan it stands still."""
        walked = float(np.interp(time_s, self.times, self.walked))
        speed = float(np.interp(time_s, self.times, self.speeds))
        x = float(np.interp(walked, self.lengths, self.points[:, 0]))
        y = float(np.interp(walked, self.lengths, self.points[:, 1]))
        heading = self.still_heading
        if len(self.points) > 1:
            ahead, behind = min(walked + 0.15, self.lengths[-1]), max(walked - 0.15, 0.0)
            dx = np.interp(ahead, self.lengths, self.points[:, 0]) - np.interp(
                behind, self.lengths, self.points[:, 0]
            )
            dy = np.interp(ahead, self.lengths, self.points[:, 1]) - np.interp(
                behind, self.lengths, self.points[:, 1]
            )
            heading = float(np.arctan2(dx, dy))
        return Moment(x, y, heading, speed, walked, float(max(self.speeds.max(), 0.3)))


def standing(x: float, y: float, heading: float) -> Motion:
    """Stays at one place."""
    nil = np.zeros(1)
    return Motion(np.array([[x, y]]), nil, nil, nil, nil, heading)


def wander(
    rng: np.random.Generator,
    site: Site,
    start: tuple[float, float],
    seconds: float,
    speed_m_s: float,
    half_m: float,
    targets: Floats,
) -> Motion:
    """From `start` over free floor from one of `targets` (N, 2) to the next, for `seconds`.

    Stands still where it is hemmed in. `half_m` is the half width that must be free along the way.
    """
    needed = speed_m_s * seconds + 2.0
    points, total = [np.array(start)], 0.0
    for _ in range(200):
        if total >= needed or len(targets) == 0:
            break
        goal = targets[int(rng.integers(len(targets)))]
        length = float(np.linalg.norm(goal - points[-1]))
        if length > max(1.5, 2 * half_m) and _bends(points, goal) and _clear(site, points[-1], goal, half_m):
            points.append(goal)
            total += length
    if len(points) < 2:
        return standing(start[0], start[1], float(rng.uniform(-np.pi, np.pi)))
    path = np.stack(points)
    for _ in range(_ROUNDS):
        near, far = path[:-1] * 0.75 + path[1:] * 0.25, path[:-1] * 0.25 + path[1:] * 0.75
        path = np.concatenate([path[:1], np.stack([near, far], axis=1).reshape(-1, 2), path[-1:]])
    lengths = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    times, speeds = _speed_plan(rng, seconds, speed_m_s, float(lengths[-1]))
    walked = np.concatenate([[0.0], np.cumsum((speeds[1:] + speeds[:-1]) / 2 * np.diff(times))])
    return Motion(path, lengths, times, walked, speeds, 0.0)


def _bends(points: list[Floats], goal: Floats) -> bool:
    """Whether going on to `goal` is a turn somebody walks, not a reversal on the spot."""
    if len(points) < 2:
        return True
    before, after = points[-1] - points[-2], goal - points[-1]
    return bool(before @ after > _TURN_COS_MIN * np.linalg.norm(before) * np.linalg.norm(after))


def _clear(site: Site, start: Floats, end: Floats, half_m: float) -> bool:
    count = max(2, int(np.linalg.norm(end - start) / 0.3))
    line = start + np.linspace(0, 1, count)[:, None] * (end - start)
    return all(site.free(float(x), float(y), half_m, half_m) for x, y in line)


def _speed_plan(
    rng: np.random.Generator, seconds: float, cruise: float, room_m: float
) -> tuple[Floats, Floats]:
    """Times and speeds: cruising with a pause now and then, and a stop before the path ends."""
    times = np.arange(0.0, seconds + 2 * _STEP_S, _STEP_S)
    wanted = np.full(len(times), cruise)
    clock = float(rng.uniform(2.0, 9.0))
    while clock < seconds:
        pause = float(rng.uniform(0.8, 3.0))
        wanted[(times >= clock) & (times < clock + pause)] = 0.0
        clock += pause + float(rng.uniform(4.0, 10.0))
    # A moving average turns steps into ramps of `_RAMP_S`.
    window = int(_RAMP_S / _STEP_S)
    padded = np.concatenate([np.full(window, wanted[0]), wanted, np.full(window, wanted[-1])])
    smooth = np.convolve(padded, np.ones(window) / window, mode="same")[window:-window]
    walked = np.concatenate([[0.0], np.cumsum((smooth[1:] + smooth[:-1]) / 2 * _STEP_S)])
    if walked[-1] > room_m:
        smooth = smooth * (room_m * 0.999 / walked[-1])
    return times, smooth
