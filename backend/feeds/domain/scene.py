"""What the confirmed tracks of one frame do in the zones and over the lines of a feed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backend.feeds.enums import MarkingKind, MarkingSpace
from ml.contracts import Prediction, TrackPoint
from ml.scene.lines import Line, LineEvent, LineWatcher
from ml.scene.zones import Zone, ZoneEvent, ZoneWatcher, foot_point_px
from ml.tracking.floor import FloorState

# How far out somebody must be to count as out: a box's edge jitters by about a hundredth of the picture's height.
PICTURE_MARGIN_SHARE = 0.01
GROUND_MARGIN_M = 0.15

Feet = Mapping[int, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class MarkingShape:
    """A zone or line as stored: `points` in 0..1 of the picture or in metres."""

    id: str
    kind: str
    space: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class SceneFrame:
    """One frame as rules and counts take it.

    `time_s`: the frame's own time; `clock_s`: rises from one opening of the source to the next. `points`: confirmed
    tracks, boxes in pixels of `size_px` (width, height). `floor`: None where the camera is not calibrated. `dwell_s`:
    seconds so far by (zone id, track id) of those inside. `zone_ids`, `line_ids`: those that were looked at; one in
    metres is not while the floor is unknown.
    """

    time_s: float
    clock_s: float
    size_px: tuple[int, int]
    points: tuple[TrackPoint, ...]
    floor: FloorState | None
    zone_events: tuple[ZoneEvent, ...] = ()
    line_events: tuple[LineEvent, ...] = ()
    dwell_s: Mapping[tuple[str, int], float] | None = None
    zone_ids: tuple[str, ...] = ()
    line_ids: tuple[str, ...] = ()
    # What the detector said for sure of this frame. Things worn are looked up here: small as they are, they move by more
    # than their own size from look to look, so that no tracker follows them.
    found: tuple[Prediction, ...] = ()


class SceneWatcher:
    """Runs the watchers of one feed's markings. One whose shape did not change keeps what it knows. Not thread-safe."""

    def __init__(self) -> None:
        self._shapes: dict[str, MarkingShape] = {}
        self._size_px = (0, 0)
        self._zones: dict[str, ZoneWatcher] = {}
        self._lines: dict[str, LineWatcher] = {}

    def set_shapes(self, shapes: Iterable[MarkingShape]) -> None:
        """Take the markings as they are now."""
        fresh = {shape.id: shape for shape in shapes}
        for gone in [key for key, shape in self._shapes.items() if fresh.get(key) != shape]:
            self._zones.pop(gone, None)
            self._lines.pop(gone, None)
        self._shapes = fresh

    def reset(self) -> None:
        """Forget everybody: the source was opened anew, and its time begins again."""
        self._zones, self._lines = {}, {}

    def update(
        self,
        time_s: float,
        clock_s: float,
        size_px: tuple[int, int],
        points: Sequence[TrackPoint],
        floor: FloorState | None,
        found: Sequence[Prediction] = (),
    ) -> SceneFrame:
        """Take a frame's confirmed tracks, and what the detector `found` for sure. `time_s` must not run backwards between two resets."""
        if size_px != self._size_px:
            self.reset()
            self._size_px = size_px
        picture = {point.track_id: foot_point_px(point.box) for point in points}
        ground = _ground_feet(floor)
        zone_events: list[ZoneEvent] = []
        line_events: list[LineEvent] = []
        dwell: dict[tuple[str, int], float] = {}
        for shape in self._shapes.values():
            feet = picture if shape.space == MarkingSpace.PICTURE else ground
            if shape.kind == MarkingKind.ZONE:
                watcher = self._zones.get(shape.id) or self._zones.setdefault(shape.id, self._zone(shape))
                zone_events += watcher.update(time_s, feet)
                dwell |= watcher.dwell_s(time_s)
            else:
                line_events += self._line_watcher(shape).update(time_s, _upright(feet, shape.space))
        return SceneFrame(
            time_s,
            clock_s,
            size_px,
            tuple(points),
            floor,
            tuple(zone_events),
            tuple(line_events),
            dwell,
            self._looked_at(MarkingKind.ZONE, floor),
            self._looked_at(MarkingKind.LINE, floor),
            tuple(found),
        )

    def _looked_at(self, kind: MarkingKind, floor: FloorState | None) -> tuple[str, ...]:
        return tuple(
            shape.id
            for shape in self._shapes.values()
            if shape.kind == kind and (shape.space == MarkingSpace.PICTURE or floor is not None)
        )

    def _zone(self, shape: MarkingShape) -> ZoneWatcher:
        ring, margin = self._scaled(shape)
        return ZoneWatcher([Zone(shape.id, ring, margin)])

    def _line_watcher(self, shape: MarkingShape) -> LineWatcher:
        if shape.id not in self._lines:
            ends, margin = self._scaled(shape)
            start, end = (_upright({0: point}, shape.space)[0] for point in ends)
            self._lines[shape.id] = LineWatcher([Line(shape.id, start, end, margin)])
        return self._lines[shape.id]

    def _scaled(self, shape: MarkingShape) -> tuple[tuple[tuple[float, float], ...], float]:
        if shape.space == MarkingSpace.GROUND:
            return shape.points, GROUND_MARGIN_M
        width, height = self._size_px
        return tuple((x * width, y * height) for x, y in shape.points), PICTURE_MARGIN_SHARE * height


def _upright(feet: Feet, space: str) -> Feet:
    """With y up, as lines take it: then `forward` is from left to right on the screen too."""
    return {key: (x, -y) for key, (x, y) in feet.items()} if space == MarkingSpace.PICTURE else feet


def _ground_feet(floor: FloorState | None) -> dict[int, tuple[float, float]]:
    """Places of those whose last look was no guess; the others are neither in nor out."""
    if floor is None:
        return {}
    places = floor.points.xy_m.tolist()
    return {
        int(track_id): (x, y)
        for track_id, (x, y), clear in zip(floor.ids.tolist(), places, floor.clear.tolist(), strict=True)
        if clear
    }
