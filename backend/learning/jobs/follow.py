"""Job: follow one object of an open video forwards or backwards, telling keyframes as they come.

Writes nothing but its own row: see `Follow`. A repeat after a crash begins anew.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from typing import Any

from backend.core.errors import AppError, BadInput
from backend.core.jobs import JobContext
from backend.learning import selectors
from backend.learning.contracts import Model
from backend.learning.domain import following
from backend.learning.enums import FollowStop, Provider
from backend.learning.errors import ModelRefused
from backend.learning.follow_models import Follow
from backend.learning.jobs.assist import encoder_of, give_way
from backend.learning.jobs.follow_ways import BackFromGoal, CarriedWay, DrawnWay, Told, Way
from backend.learning.services import assist, assist_answers, follows
from backend.learning.services.assist_backend import backend_of, network_of, sam_open
from backend.learning.services.runtime import model_open
from backend.media import reading
from backend.media import selectors as media
from backend.projects import selectors as projects
from ml.contracts import Box, Prediction
from ml.errors import MlError
from ml.following.boxes import FollowConfig, Stop
from ml.inference.sam_pair import SamEncoderOnce, SamPair
from ml.inference.segmenter import Segmenter

# Open pages are told this often; oftener would cost more than following does.
TELL_EVERY_S = 0.4
# Frames between two looks at who else waits.
LOOK_EVERY = 8
# A detector looks at every so many frames: what lies between, flow does as well.
DETECT_EVERY = 5
DETECT_SCORE_MIN = 0.2
# So many frames in a row that cannot be decoded end it.
DAMAGED_MAX = 12
# What is told of a track until the look at its frames says otherwise.
LOST_BELOW = FollowConfig().lost_below


def run(context: JobContext) -> dict[str, Any]:
    """Payload: follow_id."""
    follow = follows.follow_find(context.payload["follow_id"])
    asked = follow.asked
    info = media.assets_info([follow.task.asset_id]).get(follow.task.asset_id)
    if info is None or info.deleted or not info.frame_count:
        raise BadInput("The video is not there any more.")
    frames = following.frames_between(asked["start"]["frame"], asked["to_frame"], info.frame_count)
    if follow.reached is not None:
        # Begun anew: what the page has of the first time is told again.
        follow.edition += 1
    work = _Following(context, follow, info, frames)
    stop = work.follow()
    follows.follow_end(follow, stop=stop)
    return {"frames": work.steps, "stop": stop.value}


class _Following:
    """One asking at work. `steps` counts the frames it was followed through."""

    def __init__(self, context: JobContext, follow: Follow, info: Any, frames: range) -> None:
        self._context, self._follow, self._info, self._frames = context, follow, info, frames
        self.steps = 0
        self._reached: list[int] = [follow.asked["start"]["frame"]]
        self._confidences: list[float] = [1.0]
        self._kept: list[int] = []
        self._told_at = 0.0
        self._detector = _Detector(follow)

    def follow(self) -> FollowStop:
        asked = self._follow.asked
        first = reading.asset_frame_array(self._info, asked["start"]["frame"])
        try:
            way = self._way(first)
        except MlError as error:
            raise BadInput(str(error)) from error
        goal = asked["goal"]
        damaged = 0
        for at, frame in enumerate(self._frames):
            if at % LOOK_EVERY == 0:
                give_way(self._context)
            is_goal = goal is not None and frame == goal["frame"]
            if is_goal and goal.get("outside"):
                return self._end(way, FollowStop.KEYFRAME)
            picture = self._picture(frame)
            if picture is None:
                damaged += 1
                if damaged >= DAMAGED_MAX:
                    return self._end(way, FollowStop.DAMAGED)
                way.passed()
                continue
            damaged = 0
            found = way.step(picture, self._detector.look(picture, self.steps + 1))
            if found.stop is Stop.LOST and (filled := self._filled(way, goal, first, is_goal=False)):
                return filled
            if found.stop is not None:
                return self._give_up(way, frame, found.stop)
            if is_goal:
                return self._filled(way, goal, first, is_goal=True) or self._arrive(way, goal)
            self._took(way, frame, found.confidence, found.keep_before)
        return self._end(way, FollowStop.END)

    def _picture(self, frame: int) -> Any:
        """None where it cannot be decoded."""
        try:
            return reading.asset_frame_array(self._info, frame)
        except (AppError, OSError) as error:
            self._context.write(f"frame {frame}: {error}")
            return None

    def _filled(
        self, way: Way, goal: dict[str, Any] | None, first: Any, *, is_goal: bool
    ) -> FollowStop | None:
        """Followed back from a person's keyframe too, and both joined. Where nothing comes from there, a way that came to it
        (`is_goal`) is bent to it, and of another nothing is made: None."""
        if goal is None or goal.get("outside") or not isinstance(way, CarriedWay):
            return None
        if goal["frame"] != self._frames[-1] or len(self._frames) < 2:
            return None
        picture = self._picture(goal["frame"])
        if picture is None:
            return None
        bounds = tuple(self._follow.asked["goal_bounds"])
        back = way.back(bounds, picture, self._detector.look(picture, 0))
        told = back.told if back is not None and self._return(back, first) else None
        if told is None and not is_goal:
            return None
        filled = way.fill(Box(*bounds), told or Told(), len(self._frames))
        self.steps = len(filled.confidence)
        self._reached = [self._reached[0], *self._frames[:-1]]
        self._confidences = [1.0, *filled.confidence]
        self._kept = list(filled.keep)
        # The last one speaks for what lies behind it too: there is none of a machine's after it.
        ends = [*self._kept[:-1], self.steps][: len(self._kept)]
        follows.follow_tell(
            self._follow,
            keyframes=[self._keyframe(way, at, end) for at, end in zip(self._kept, ends, strict=True)],
            tail=None,
            reached=self._reached[self.steps],
            edition=self._follow.edition + 1,
        )
        if filled.meets:
            return FollowStop.KEYFRAME
        return FollowStop.APART if filled.is_from_both else FollowStop.ELSEWHERE

    def _return(self, back: BackFromGoal, first: Any) -> bool:
        """Whether anything was found from the goal on towards the start."""
        way_back = self._frames[:-1][::-1]
        for at, frame in enumerate(way_back, start=1):
            if at % LOOK_EVERY == 0:
                give_way(self._context)
            picture = self._picture(frame)
            if picture is None:
                back.passed()
            elif not back.step(picture, self._detector.look(picture, at)):
                break
            if time.monotonic() - self._told_at >= TELL_EVERY_S:
                self._told_at = time.monotonic()
                self._context.progress(0.5 + 0.5 * at / len(self._frames))
        else:
            back.step(first, ())
        return bool(back.told.sure())

    def _way(self, first: Any) -> Way:
        asked = self._follow.asked
        start = following.geometry_of(asked["start"])
        # What is smaller is refused when the work is saved.
        least_px = projects.settings_of(self._follow.task.project).min_box_px
        if asked["by"] == "segmenter":
            # Where people are to say it alone, no network is asked either: flow carries what they drew.
            segmenter = _segmenter(self._follow.task.project_id) if asked["detect"] else None
            return DrawnWay(asked["of"], start, first, segmenter, least_px)
        bounds = tuple(asked["bounds"])
        return CarriedWay(asked["of"], start, bounds, first, self._detector.look(first, 0), least_px)

    def _took(self, way: Way, frame: int, confidence: float, keep_before: bool) -> None:
        if keep_before:
            self._kept.append(self.steps)
        self.steps += 1
        self._reached.append(frame)
        self._confidences.append(confidence)
        if time.monotonic() - self._told_at >= TELL_EVERY_S:
            self._told_at = time.monotonic()
            self._tell(way)
            # To a person's keyframe it goes there and back.
            there = 0.5 if self._follow.asked["goal"] else 1.0
            self._context.progress(there * self.steps / len(self._frames))

    def _give_up(self, way: Way, frame: int, stop: Stop) -> FollowStop:
        """What was doubted at the end is taken back; where the object left, it says so."""
        while self.steps and self._confidences[self.steps] < LOST_BELOW:
            self.steps -= 1
        is_taken_back = any(at > self.steps for at in self._kept)
        end = self._end(
            way, FollowStop(stop.value), edition=self._follow.edition + 1 if is_taken_back else None
        )
        if stop is Stop.LEFT and self.steps:
            gone = self._keyframe(way, self.steps) | {"frame": frame, "outside": True}
            follows.follow_tell(self._follow, keyframes=[*self._keyframes(way), gone], tail=None)
        return end

    def _arrive(self, way: Way, goal: dict[str, Any]) -> FollowStop:
        """At a person's keyframe, which stays as it is."""
        is_there = way.arrived(following.geometry_of(goal), tuple(self._follow.asked["goal_bounds"]))
        self._end(way, FollowStop.KEYFRAME, edition=self._follow.edition + 1)
        return FollowStop.KEYFRAME if is_there else FollowStop.ELSEWHERE

    def _end(self, way: Way, stop: FollowStop, edition: int | None = None) -> FollowStop:
        self._kept = [at for at in self._kept if at < self.steps]
        if self.steps:
            self._kept.append(self.steps)
        follows.follow_tell(
            self._follow,
            keyframes=self._keyframes(way),
            tail=None,
            reached=self._reached[self.steps],
            edition=edition,
        )
        return stop

    def _tell(self, way: Way) -> None:
        follows.follow_tell(
            self._follow,
            keyframes=self._keyframes(way),
            tail=self._keyframe(way, self.steps),
            reached=self._reached[self.steps],
        )

    def _keyframes(self, way: Way) -> list[dict[str, Any]]:
        return [self._keyframe(way, at) for at in self._kept if at > 0]

    def _keyframe(self, way: Way, at: int, end: int | None = None) -> dict[str, Any]:
        """A keyframe as documents hold it; its confidence is the least since the one before, up to `end` if given."""
        before = max((kept for kept in self._kept if kept < at), default=0)
        start = self._follow.asked["start"]
        return {
            **way.geometry(at),
            "frame": self._reached[at],
            "outside": False,
            "occluded": bool(start.get("occluded", False)),
            "by": self._follow.asked["by"],
            "confidence": round(min(self._confidences[before + 1 : (end or at) + 1]), 3),
        }


def _segmenter(project_id: uuid.UUID) -> Segmenter:
    """Whoever serves a project's clicks, for frames that nobody has encoded."""
    backend = backend_of(project_id)
    if backend.checkpoint is not None:
        encoder = SamEncoderOnce(encoder_of(backend.checkpoint))
        return SamPair(encoder, sam_open(backend.checkpoint, backend.own))
    return assist.network_or_none(network_of(project_id)) or assist_answers.classical()


class _Detector:
    """The project's own detector where it knows the label and may be asked; else it sees nothing."""

    def __init__(self, follow: Follow) -> None:
        self._model: Model | None = None
        self._classes: frozenset[str] = frozenset()
        asked = follow.asked
        if not asked["detect"] or asked["by"] != "tracker":
            return
        row = selectors.production_model(follow.task.project_id)
        # An address elsewhere would be asked for every frame.
        if row is None or row.provider == Provider.HTTP:
            return
        binding = selectors.model_info(row).binding
        self._classes = frozenset(
            name for name, bound in binding.items() if bound.label_id == asked["label_id"]
        )
        try:
            self._model = model_open(row) if self._classes else None
        except ModelRefused:
            self._model = None

    def look(self, picture: Any, step: int) -> Sequence[Prediction]:
        if self._model is None or step % DETECT_EVERY:
            return ()
        said = self._model.predict(picture, DETECT_SCORE_MIN)
        return [each for each in said.detections if each.label in self._classes]
