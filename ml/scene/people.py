"""From tracked boxes to people on a floor, in one call a frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ml.contracts import TrackPoint
from ml.geometry.arrays import Bools, Floats
from ml.geometry.calibration import Calibration
from ml.geometry.footing import EDGE_SIGMA_HEIGHTS, POSTURE_SPREAD_M, Standing, edge_sigma_px, stand
from ml.tracking.floor import FloorState, FloorTracker

# A box this much shorter than its track's own ordinary height has its feet behind something (or somebody crouches).
SHORT_SHARE = 0.92
# Somebody of this height in the picture who was never seen walking may as well sit: then they are half a metre or more
# behind their feet.
SITS_MAX_M = 1.55
# Further from where it began than boxes jitter: the track's person walks.
WALKED_M = 1.0
# Share of a box's jitter that is its detector's habit with this body, and stays.
LASTING_SHARE = 0.55
# Heights are remembered with this time constant.
HEIGHT_MEMORY_S = 3.0


class FloorScene:
    """The floor under one calibrated camera. Not thread-safe."""

    def __init__(
        self,
        calibration: Calibration,
        size_px: tuple[int, int],
        edge_share: float = EDGE_SIGMA_HEIGHTS,
        tracker: FloorTracker | None = None,
    ) -> None:
        """`size_px`: the picture's (width, height); `edge_share`: jitter of a box edge as a share of its height."""
        self._calibration, self._size_px, self._edge_share = calibration, size_px, edge_share
        self._tracker = tracker or FloorTracker(POSTURE_SPREAD_M, LASTING_SHARE)
        self._heights: dict[int, tuple[float, float]] = {}
        # Where tracks that have not walked yet began; None once they have.
        self._began: dict[int, Floats | None] = {}

    def update(self, time_s: float, people: Sequence[TrackPoint]) -> FloorState:
        """Take one frame's confirmed tracks of upright people; gives places, velocities and what is sure of them."""
        boxes = np.array(
            [(b.x1, b.y1, b.x2, b.y2) for b in (p.measured or p.box for p in people)], dtype=np.float64
        ).reshape(-1, 4)
        standing = stand(self._calibration, boxes, self._size_px, edge_sigma_px(boxes, self._edge_share))
        ids = [point.track_id for point in people]
        clear = self._as_tall_as_ever(time_s, ids, standing) & ~self._may_sit(ids, standing)
        return self._tracker.update(time_s, ids, standing.points, clear)

    def _as_tall_as_ever(self, time_s: float, ids: Sequence[int], standing: Standing) -> Bools:
        """(N,) looks that are clear and not suddenly shorter than the track has been."""
        clear = standing.clear.copy()
        for row, (track_id, height) in enumerate(zip(ids, standing.height_m.tolist(), strict=True)):
            if not clear[row] or not np.isfinite(height):
                continue
            usual, seen_s = self._heights.get(track_id, (height, time_s))
            clear[row] = height >= SHORT_SHARE * usual
            if clear[row]:
                share = 1.0 - np.exp(-(time_s - seen_s) / HEIGHT_MEMORY_S)
                self._heights[track_id] = (usual + share * (height - usual), time_s)
        stale = [i for i, (_, seen_s) in self._heights.items() if time_s - seen_s > 10.0 * HEIGHT_MEMORY_S]
        for track_id in stale:
            del self._heights[track_id]
            self._began.pop(track_id, None)
        return clear

    def _may_sit(self, ids: Sequence[int], standing: Standing) -> Bools:
        """(N,) people as tall as somebody who sits, on tracks that have stayed where they began."""
        found = np.zeros(len(ids), dtype=np.bool_)
        for row, track_id in enumerate(ids):
            if track_id not in self._heights:
                continue
            place = standing.points.xy_m[row]
            began = self._began.setdefault(track_id, place)
            if began is not None and standing.clear[row] and np.hypot(*(place - began)) > WALKED_M:
                began = self._began[track_id] = None
            found[row] = began is not None and self._heights[track_id][0] < SITS_MAX_M
        return found
