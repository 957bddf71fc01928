"""People over the floor: places and velocities in metres and seconds, smoothed, with the error of each.

One Kalman filter a track (constant velocity, white acceleration), all in one batch; every look brings its own covariance,
so a far, blurred look pulls less than a near one. The calibration's error is no noise that averages out: it is kept
apart (`shared`) and joined again when a distance is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.geometry.arrays import Bools, Floats, Ints
from ml.geometry.calibration import Distances, FloorPoints, distances, length_bands
from ml.tracking.recent import RecentLooks

# Random change of pace, m/s^1.5: people start, stop and turn within about a second.
ACCELERATION_M_S15 = 0.4
INITIAL_SPEED_SIGMA_M_S = 1.0
# A look this many sigmas off is a box that jumped to somebody else: pulled in, not believed.
GATE_SIGMAS = 3.5
LOST_S = 2.0
# After a sure look a place is carried on for so long without one: feet are hidden for moments behind pallets and people,
# and a box that ends at what hides them pulls its person away from the camera. Its ± grows meanwhile.
CARRIED_S = 1.0
# A speed is told when the track is this old: before, it is what the filter was told to expect.
SPEED_AFTER_S = 1.0
# Looks' own scale: how many looks the stated noise counts for, and how fast old ones are forgotten.
_SCALE_LOOKS = 60.0
_SCALE_MEMORY = 0.9995
_SCALE_MIN, _SCALE_MAX = 0.35, 3.0


@dataclass(frozen=True, slots=True)
class FloorState:
    """N tracks at one time, by rising id. `points` are the smoothed places, `clear` (N,) whether a look of the
    last `CARRIED_S` was sure enough to judge by, `age_s` (N,) since the first look, `velocity_m_s` (N, 2) with `velocity_cov` (N, 2, 2)."""

    time_s: float
    ids: Ints
    points: FloorPoints
    clear: Bools
    age_s: Floats
    velocity_m_s: Floats
    velocity_cov: Floats

    def distances(self, first: Sequence[int], second: Sequence[int]) -> Distances:
        """Between tracks by row."""
        return distances(self.points, np.asarray(first, dtype=np.intp), np.asarray(second, dtype=np.intp))

    @property
    def speed_known(self) -> Bools:
        """(N,) tracks old enough for their speed to be told."""
        return np.asarray(self.age_s >= SPEED_AFTER_S - 1e-9)

    def speeds(self) -> Distances:
        """(N,) speeds in m/s with their bands; tell only those of `speed_known`."""
        return length_bands(self.velocity_m_s, self.velocity_cov)


class FloorTracker:
    """Smooths the places of one camera's tracks. Not thread-safe."""

    def __init__(
        self,
        lasting_m: float = 0.0,
        lasting_share: float = 0.0,
        acceleration: float = ACCELERATION_M_S15,
        adapt: bool = True,
    ) -> None:
        """Errors that no smoothing takes away: `lasting_m` per axis on the floor (somebody keeps their posture) and
        `lasting_share` of a look's own error (a detector keeps its habit)."""
        self._lasting = lasting_m**2 * np.eye(2)
        self._lasting_share = lasting_share**2
        self._noise = acceleration**2
        self._adapt = adapt
        self._rows: dict[int, int] = {}
        self._state = np.zeros((0, 4))
        self._cov = np.zeros((0, 4, 4))
        self._born_s = np.zeros(0)
        self._seen_s = np.zeros(0)
        # When each was last seen for sure.
        self._sure_s = np.zeros(0)
        self._recent: dict[int, RecentLooks] = {}
        self._off = self._looks = _SCALE_LOOKS
        self._time_s: float | None = None

    @property
    def noise_scale(self) -> float:
        """How much larger the looks' errors are than stated, as seen so far (1 at first)."""
        return (
            float(np.clip(np.sqrt(self._off / self._looks), _SCALE_MIN, _SCALE_MAX)) if self._adapt else 1.0
        )

    def update(
        self, time_s: float, track_ids: Sequence[int], points: FloorPoints, clear: Bools | None = None
    ) -> FloorState:
        """Take one frame's places (NaN ones are left out) by track id; gives the state of those seen.

        `clear` (N,): looks that are no guess. Others pull little, and not at all soon after a sure one. Raises ValueError if time runs backwards.
        """
        known = np.asarray(
            np.isfinite(points.xy_m).all(axis=1) & np.isfinite(points.noise_m2).all(axis=(1, 2))
        )
        sure = np.ones_like(known) if clear is None else np.asarray(clear, dtype=np.bool_)
        listed = np.array(list(track_ids), dtype=np.int64)
        rows = np.flatnonzero(known)
        order = rows[np.argsort(listed[rows])]
        ids = listed[order]
        seen, sure = points.take(order), sure[order]
        self._advance(time_s)
        # A guessed foot is worth a tenth of a seen one.
        noise = seen.noise_m2 * self.noise_scale**2 * np.where(sure, 1.0, 10.0)[:, None, None]
        self._start(time_s, ids, seen.xy_m, noise)
        rows = np.array([self._rows[i] for i in ids.tolist()], dtype=np.intp)
        carried = ~sure & (time_s - self._sure_s[rows] <= CARRIED_S)
        again = sure & (time_s - self._sure_s[rows] > CARRIED_S) & (self._born_s[rows] < time_s)
        self._renew(time_s, rows[again], seen.xy_m[again], noise[again])
        self._correct(rows, seen.xy_m, noise, (self._seen_s[rows] < time_s) & ~carried)
        self._seen_s[rows] = time_s
        self._sure_s[rows] = np.where(sure, time_s, self._sure_s[rows])
        self._weigh_noise(time_s, ids, seen.xy_m, noise)
        smooth = FloorPoints(
            self._state[rows, :2],
            seen.shared,
            self._cov[rows][:, :2, :2] + self._lasting + self._lasting_share * noise,
            seen.inside,
        )
        return FloorState(
            time_s,
            ids,
            smooth,
            time_s - self._sure_s[rows] <= CARRIED_S,
            time_s - self._born_s[rows],
            self._state[rows, 2:],
            self._cov[rows][:, 2:, 2:],
        )

    def _advance(self, time_s: float) -> None:
        step = 0.0 if self._time_s is None else time_s - self._time_s
        if step < 0:
            raise ValueError(f"time runs backwards: {time_s} s after {self._time_s} s")
        self._time_s = time_s
        keep = time_s - self._seen_s <= LOST_S
        if not keep.all():
            ids = [i for i, row in self._rows.items() if keep[row]]
            self._recent = {i: self._recent[i] for i in ids}
            rows = np.array([self._rows[i] for i in ids], dtype=np.intp)
            self._rows = {i: n for n, i in enumerate(ids)}
            self._state, self._cov = self._state[rows], self._cov[rows]
            self._born_s, self._seen_s = self._born_s[rows], self._seen_s[rows]
            self._sure_s = self._sure_s[rows]
        move = np.eye(4)
        move[0, 2] = move[1, 3] = step
        self._state = self._state @ move.T
        self._cov = move @ self._cov @ move.T + self._noise * np.kron(
            np.array([[step**3 / 3, step**2 / 2], [step**2 / 2, step]]), np.eye(2)
        )

    def _start(self, time_s: float, ids: Ints, xy: Floats, noise: Floats) -> None:
        new = [n for n, i in enumerate(ids.tolist()) if i not in self._rows]
        if not new:
            return
        for n in new:
            self._rows[int(ids[n])] = len(self._rows)
            self._recent[int(ids[n])] = RecentLooks()
        self._state = np.concatenate([self._state, np.zeros((len(new), 4))])
        self._cov = np.concatenate([self._cov, np.zeros((len(new), 4, 4))])
        at = np.full(len(new), time_s)
        self._born_s = np.concatenate([self._born_s, at])
        self._seen_s = np.concatenate([self._seen_s, at])
        self._sure_s = np.concatenate([self._sure_s, np.full(len(new), -np.inf)])
        self._renew(time_s, np.array([self._rows[int(ids[n])] for n in new]), xy[new], noise[new])

    def _renew(self, time_s: float, rows: np.ndarray, xy: Floats, noise: Floats) -> None:
        """Let tracks begin with this look: they are new, or were not seen for sure for too long to go by what was."""
        self._state[rows] = np.column_stack([xy, np.zeros((len(rows), 2))])
        self._cov[rows] = 0.0
        self._cov[rows, :2, :2] = noise
        self._cov[rows, 2:, 2:] = INITIAL_SPEED_SIGMA_M_S**2 * np.eye(2)
        self._born_s[rows] = self._seen_s[rows] = time_s

    def _correct(self, rows: np.ndarray, xy: Floats, noise: Floats, again: Bools) -> None:
        if not len(rows):
            return
        state, cov = self._state[rows], self._cov[rows]
        total = cov[:, :2, :2] + noise
        off = xy - state[:, :2]
        miss = np.sqrt(np.maximum(np.einsum("ni,nij,nj->n", off, np.linalg.inv(total), off), 1e-12))
        # A first look corrects nothing: the state is that look.
        pull = np.where(again, np.minimum(1.0, GATE_SIGMAS / miss), 0.0)[:, None, None]
        gain = cov[:, :, :2] @ np.linalg.inv(total) * pull
        self._state[rows] = state + np.einsum("nij,nj->ni", gain, off)
        self._cov[rows] = cov - gain @ cov[:, :2, :]

    def _weigh_noise(self, time_s: float, ids: Ints, xy: Floats, noise: Floats) -> None:
        """Learn from the newest looks how large their noise really is."""
        for n, track in enumerate(ids.tolist()):
            self._recent[track].add(time_s, xy[n], noise[n])
            off, looks = self._recent[track].misfit()
            if looks:
                scale = self.noise_scale**2
                self._off = self._off * _SCALE_MEMORY + off * scale
                self._looks = self._looks * _SCALE_MEMORY + looks
