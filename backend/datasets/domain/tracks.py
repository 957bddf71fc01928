"""Boxes of a track between its keyframes."""

from __future__ import annotations

from typing import Any


def box_at(keyframes: list[dict[str, Any]], frame: int) -> list[float] | None:
    """Linear between keyframes (xyxy pixels); None before the first, and while or after it is outside."""
    before, after = None, None
    for key in sorted(keyframes, key=lambda item: item["frame"]):
        if key["frame"] <= frame:
            before = key
        elif after is None:
            after = key
    if before is None or before.get("outside"):
        return None
    if after is None or after.get("outside") or before["frame"] == frame:
        return [float(value) for value in before["box"]]
    part = (frame - before["frame"]) / (after["frame"] - before["frame"])
    return [float(a) + part * (float(b) - float(a)) for a, b in zip(before["box"], after["box"], strict=True)]


def key_frames(tracks: list[list[dict[str, Any]]]) -> list[int]:
    """Frames on which a person set at least one box: the ones worth training on."""
    return sorted({int(key["frame"]) for track in tracks for key in track})
