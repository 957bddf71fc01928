"""Joints of a body from the angles of a pose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.geometry.arrays import Floats
from ml.simulation.poses import Pose


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Joints (2, 3), left then right, in the body's frame: x right, y forward, z up, metres."""

    hip: Floats
    knee: Floats
    ankle: Floats
    shoulder: Floats
    elbow: Floats
    wrist: Floats
    pelvis: Floats
    up: Floats
    front: Floats
    head: Floats
    head_up: Floats
    head_front: Floats


SIDE = np.array([-1.0, 1.0])
RIGHT = np.array([1.0, 0.0, 0.0])


def _swung(angle: Floats, sideways: Floats, down: Floats, front: Floats) -> Floats:
    """Unit directions (2, 3) of a limb swung forward from hanging `down` and lifted sideways."""
    plane = np.cos(angle)[:, None] * down + np.sin(angle)[:, None] * front
    return np.asarray(np.cos(sideways)[:, None] * plane + (np.sin(sideways) * SIDE)[:, None] * RIGHT)


def skeleton(pose: Pose, height_m: float) -> Skeleton:
    scale = height_m / 1.75
    world_down, world_front = np.array([0.0, 0.0, -1.0]), np.array([0.0, 1.0, 0.0])
    hip_angle, knee_angle = np.array(pose.hip), np.array(pose.knee)
    hip = np.stack([SIDE * 0.09 * scale, np.zeros(2), np.zeros(2)], axis=1)
    stance = np.full(2, pose.stance)
    knee = hip + 0.44 * scale * _swung(hip_angle, stance, world_down, world_front)
    ankle = knee + 0.42 * scale * _swung(hip_angle - knee_angle, stance, world_down, world_front)
    rise = 0.09 * scale - float(ankle[:, 2].min()) if pose.seat_m is None else pose.seat_m + 0.1
    up = np.array([0.0, np.sin(pose.lean), np.cos(pose.lean)])
    front = np.array([0.0, np.cos(pose.lean), -np.sin(pose.lean)])
    # A trunk bent forward pushes the pelvis back, or the body would fall over.
    base = np.array([0.0, -0.22 * np.sin(max(0.0, pose.lean)) * scale, rise])
    shoulder = base + up * 0.45 * scale + SIDE[:, None] * RIGHT * 0.185 * scale
    arm, elbow_angle = np.array(pose.shoulder), np.array(pose.elbow)
    spread, inward = np.array(pose.spread), np.array(pose.inward)
    elbow = shoulder + 0.285 * scale * _swung(arm, spread, -up, front)
    wrist = elbow + 0.25 * scale * _swung(arm + elbow_angle, spread * 0.4 - inward, -up, front)
    tilt = pose.lean * 0.55 + pose.nod
    head_up = np.array([0.0, np.sin(tilt), np.cos(tilt)])
    head = base + up * 0.53 * scale + head_up * 0.135 * scale
    head_front = np.array([0.0, np.cos(tilt), -np.sin(tilt)])
    return Skeleton(
        hip + base,
        knee + base,
        ankle + base,
        shoulder,
        elbow,
        wrist,
        base,
        up,
        front,
        head,
        head_up,
        head_front,
    )
