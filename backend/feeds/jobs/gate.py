"""Spares the detector frames in which nothing moves, where a feed asks for it."""

from __future__ import annotations

from backend.feeds.sources.frames import Frame
from ml.scene.motion import GateAnswer, MotionGate


class Gate:
    """One feed's. Without `on` every frame is looked at."""

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self.answer: GateAnswer | None = None
        self._gate = MotionGate()

    def opened(self) -> None:
        """The source was opened, for the first time or again."""
        self._gate, self.answer = MotionGate(), None

    def wants(self, frame: Frame, *, occupied: bool) -> bool:
        """Whether the detector is to look. `occupied`: something is tracked, and must not get lost by standing still."""
        if not self.on:
            return True
        self.answer = self._gate.update(frame.time_s, frame.image, occupied)
        return self.answer.detect
