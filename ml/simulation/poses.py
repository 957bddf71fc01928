"""Body poses: joint angles of standing, working and walking people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Hip swing of an adult at 1.35 m/s, radians; it grows with the root of the speed.
_SWING_AT_NORMAL = 0.44
_NORMAL_SPEED_M_S = 1.35
_LEG_M = 0.86


@dataclass(frozen=True, slots=True)
class Pose:
    """Angles in radians, left then right. Hips and shoulders: positive swings the limb forward.

    `spread` lifts the arms sideways, `inward` turns the forearms to the middle, `lean` bends the trunk
    forward, `seat_m` puts the pelvis at a height instead of standing on the feet.
    """

    name: str
    hip: tuple[float, float] = (0.02, -0.02)
    knee: tuple[float, float] = (0.04, 0.04)
    shoulder: tuple[float, float] = (0.05, 0.05)
    elbow: tuple[float, float] = (0.2, 0.2)
    spread: tuple[float, float] = (0.12, 0.12)
    inward: tuple[float, float] = (0.0, 0.0)
    stance: float = 0.07
    lean: float = 0.03
    nod: float = 0.0
    seat_m: float | None = None
    carries: bool = False


STANDING: tuple[Pose, ...] = (
    Pose("stand"),
    Pose("hands_on_hips", shoulder=(-0.25, -0.25), elbow=(1.5, 1.5), spread=(0.55, 0.55), inward=(1.2, 1.2)),
    Pose("arms_crossed", shoulder=(0.45, 0.4), elbow=(1.75, 1.75), inward=(1.1, 1.1), nod=0.05),
    Pose("carry", shoulder=(0.35, 0.35), elbow=(1.25, 1.25), inward=(0.15, 0.15), lean=-0.06, carries=True),
    Pose("bend", hip=(0.35, 0.3), knee=(0.45, 0.4), shoulder=(0.75, 0.7), elbow=(0.25, 0.3), lean=1.05),
    Pose("point", shoulder=(0.05, 1.5), elbow=(0.2, 0.08), spread=(0.12, 0.2)),
    Pose("phone", shoulder=(0.05, 0.65), elbow=(0.15, 2.3), inward=(0.0, 0.55), nod=0.12),
    Pose("reach_up", shoulder=(2.5, 2.3), elbow=(0.35, 0.5), lean=0.08, nod=-0.35),
    Pose("crouch", hip=(1.75, 1.2), knee=(2.15, 2.2), shoulder=(0.8, 0.7), elbow=(0.7, 0.8), lean=0.45),
    Pose("clipboard", shoulder=(0.35, 0.45), elbow=(1.5, 1.35), inward=(0.5, 0.4), nod=0.4),
    Pose("push", hip=(0.4, -0.3), knee=(0.35, 0.2), shoulder=(0.95, 0.95), elbow=(0.45, 0.45), lean=0.3),
    Pose("lean_over", hip=(0.15, 0.1), shoulder=(0.7, 0.9), elbow=(0.6, 0.4), lean=0.55, nod=0.3),
)

SITTING: tuple[Pose, ...] = (
    Pose(
        "sit",
        hip=(1.45, 1.4),
        knee=(1.5, 1.35),
        shoulder=(0.4, 0.35),
        elbow=(0.8, 0.9),
        lean=-0.08,
        seat_m=0.5,
    ),
    Pose(
        "sit_forward",
        hip=(1.5, 1.45),
        knee=(1.4, 1.55),
        shoulder=(0.75, 0.8),
        elbow=(0.9, 0.7),
        inward=(0.4, 0.4),
        lean=0.35,
        nod=0.25,
        seat_m=0.5,
    ),
)

DRIVING = Pose(
    "drive",
    hip=(1.35, 1.3),
    knee=(1.2, 1.1),
    shoulder=(0.75, 0.7),
    elbow=(0.75, 0.8),
    inward=(0.25, 0.25),
    lean=-0.05,
    seat_m=1.0,
)


def swing(speed_m_s: float) -> float:
    """Hip swing in radians of somebody walking at this speed."""
    return float(_SWING_AT_NORMAL * np.sqrt(np.clip(speed_m_s, 0.05, 3.0) / _NORMAL_SPEED_M_S))


def cycle_m(speed_m_s: float, height_m: float) -> float:
    """Metres walked in one gait cycle (two steps), so that planted feet hardly slide."""
    return float(4.0 * _LEG_M * height_m / 1.75 * np.sin(swing(speed_m_s)))


def walking(phase: float, speed_m_s: float, carries: bool = False) -> Pose:
    """A moment of the gait cycle; `phase` in radians, the left leg foremost at pi / 2."""
    amplitude = swing(speed_m_s)
    sin, cos = float(np.sin(phase)), float(np.cos(phase))
    knee = (0.08 + 0.95 * max(0.0, cos) ** 2, 0.08 + 0.95 * max(0.0, -cos) ** 2)
    hip = (amplitude * sin + 0.3 * knee[0] * 0.3, -amplitude * sin + 0.3 * knee[1] * 0.3)
    if carries:
        return Pose(
            "walk_carry", hip, knee, (0.35, 0.35), (1.25, 1.25), inward=(0.15, 0.15), lean=-0.04, carries=True
        )
    arm = 0.85 * amplitude
    return Pose(
        "walk",
        hip=hip,
        knee=knee,
        shoulder=(-arm * sin, arm * sin),
        elbow=(0.3 + 0.25 * max(0.0, -sin), 0.3 + 0.25 * max(0.0, sin)),
        stance=0.03,
        lean=0.05,
    )
