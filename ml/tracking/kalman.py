"""A Kalman filter over many boxes at once, constant velocity, with time in seconds.

The four axes (centre x, centre y, width, height) are filtered apart, so every covariance is 2x2 and has a
closed form: fifty tracks cost a few NumPy calls and no matrix inverse (after Kalman 1960; noise scaled by the
box's height as in DeepSORT and ByteTrack).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

# Standard deviation of one measured coordinate as a share of the box height: detectors jitter by 5 to 10 %.
MEASUREMENT_STD_HEIGHTS = 0.07
# Random acceleration, heights per s^1.5: a person (1.7 m) changes pace by about 0.5 m/s within a second. On MOT15 more
# freedom than this made tracks swap (IDF1 .62 -> .51), less made them overshoot.
CENTRE_ACCELERATION_HEIGHTS = 0.3
# Width and height change slowly; much less freedom than the centre keeps a half-hidden box from shrinking a track.
SIZE_ACCELERATION_HEIGHTS = 0.05
# Before a second look the speed is unknown: rarely above one height (1.7 m for a person) a second.
INITIAL_SPEED_STD_HEIGHTS = 0.5
MIN_SIZE_PX = 1.0

_ACCELERATION = np.array(
    [
        CENTRE_ACCELERATION_HEIGHTS,
        CENTRE_ACCELERATION_HEIGHTS,
        SIZE_ACCELERATION_HEIGHTS,
        SIZE_ACCELERATION_HEIGHTS,
    ]
)


@dataclass(slots=True)
class BoxStates:
    """Filtered state of N boxes.

    `position` (N, 4): centre x, centre y, width, height in px; `velocity` (N, 4) in px/s;
    `var_p`, `cov_pv`, `var_v` (N, 4): the three distinct entries of each axis' covariance.
    """

    position: FloatArray
    velocity: FloatArray
    var_p: FloatArray
    cov_pv: FloatArray
    var_v: FloatArray

    @classmethod
    def empty(cls) -> BoxStates:
        return cls(*(np.zeros((0, 4)) for _ in range(5)))

    @classmethod
    def from_boxes(cls, boxes_px: FloatArray) -> BoxStates:
        """New states at rest from (N, 4) xyxy boxes; the speed is unknown, and said to be so."""
        position = to_centre(boxes_px)
        height = position[:, 3:4]
        zeros = np.zeros_like(position)
        speed_std = INITIAL_SPEED_STD_HEIGHTS * height * np.array([1.0, 1.0, 0.1, 0.1])
        return cls(
            position, zeros, (MEASUREMENT_STD_HEIGHTS * height) ** 2 + zeros, zeros.copy(), speed_std**2
        )

    def __len__(self) -> int:
        return len(self.position)

    def take(self, keep: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> BoxStates:
        """The rows named by a mask or by indices."""
        return BoxStates(
            self.position[keep],
            self.velocity[keep],
            self.var_p[keep],
            self.cov_pv[keep],
            self.var_v[keep],
        )

    def joined(self, other: BoxStates) -> BoxStates:
        """These rows followed by the other's."""
        return BoxStates(
            np.concatenate([self.position, other.position]),
            np.concatenate([self.velocity, other.velocity]),
            np.concatenate([self.var_p, other.var_p]),
            np.concatenate([self.cov_pv, other.cov_pv]),
            np.concatenate([self.var_v, other.var_v]),
        )

    def predict(self, dt_s: float, unseen: npt.NDArray[np.bool_]) -> None:
        """Move every state `dt_s` seconds on, in place. `unseen` (N,): rows whose size must not drift."""
        # A hidden object keeps moving, but a size extrapolated from a half-hidden box runs away.
        self.velocity[unseen, 2:] = 0.0
        noise = (_ACCELERATION * self.position[:, 3:4]) ** 2
        self.position += self.velocity * dt_s
        np.maximum(self.position[:, 2:], MIN_SIZE_PX, out=self.position[:, 2:])
        self.var_p += (2.0 * self.cov_pv + self.var_v * dt_s) * dt_s + noise * (dt_s**3 / 3.0)
        self.cov_pv += self.var_v * dt_s + noise * (dt_s**2 / 2.0)
        self.var_v += noise * dt_s

    def correct(self, rows: npt.NDArray[np.intp], boxes_px: FloatArray) -> None:
        """Fold measured (K, 4) xyxy boxes into the given K distinct rows, in place."""
        measured = to_centre(boxes_px)
        noise = (MEASUREMENT_STD_HEIGHTS * measured[:, 3:4]) ** 2
        var_p, cov_pv = self.var_p[rows], self.cov_pv[rows]
        total = var_p + noise
        gain_p, gain_v = var_p / total, cov_pv / total
        off = measured - self.position[rows]
        self.position[rows] += gain_p * off
        self.velocity[rows] += gain_v * off
        self.var_p[rows] = var_p * (1.0 - gain_p)
        self.var_v[rows] -= gain_v * cov_pv
        self.cov_pv[rows] = cov_pv * (1.0 - gain_p)

    def boxes_px(self) -> FloatArray:
        """(N, 4) xyxy boxes."""
        half = self.position[:, 2:] / 2.0
        return np.concatenate([self.position[:, :2] - half, self.position[:, :2] + half], axis=1)


def to_centre(boxes_px: FloatArray) -> FloatArray:
    """(N, 4) xyxy to (N, 4) centre x, centre y, width, height; sizes at least one pixel."""
    size = np.maximum(boxes_px[:, 2:] - boxes_px[:, :2], MIN_SIZE_PX)
    return np.concatenate([(boxes_px[:, :2] + boxes_px[:, 2:]) / 2.0, size], axis=1)
