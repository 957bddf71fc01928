"""Writes a clip as mp4 with its truth as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from ml.geometry.camera import Camera
from ml.simulation.truth import ObjectTruth, RenderedFrame, SceneError

_TIME_BASE = Fraction(1, 90_000)


@dataclass(frozen=True, slots=True)
class ClipFiles:
    """What was written."""

    video: Path
    truth: Path
    frames: int


def camera_record(camera: Camera) -> dict[str, object]:
    """The camera as JSON. `homography` takes ideal (undistorted) pixels to floor metres."""
    return {
        "width": camera.width,
        "height": camera.height,
        "focal_px": camera.focal_px,
        "centre_px": list(camera.lens.centre_px),
        "k1": camera.k1,
        "position_m": list(camera.position_m),
        "yaw": camera.yaw,
        "pitch": camera.pitch,
        "roll": camera.roll,
        "homography": camera.ideal_to_floor.tolist(),
        "homography_note": "ideal pixels to floor metres; a pixel of the picture is made ideal by solving "
        "p = c + (q - c) * (1 + k1 * (|q - c| / focal_px)^2) for q",
    }


def object_record(item: ObjectTruth) -> dict[str, object]:
    """One object of one frame as JSON."""
    box, full = item.box_px, item.full_box_px
    return {
        "track_id": item.track_id,
        "label": item.label,
        "box": [box.x1, box.y1, box.x2, box.y2],
        "full_box": [full.x1, full.y1, full.x2, full.y2],
        "foot_m": list(item.foot_m),
        "foot_px": list(item.foot_px),
        "speed_m_s": item.speed_m_s,
        "visible": item.visible,
        "ignore": item.ignore,
        "parent_id": item.parent_id,
        "pose": item.pose,
    }


def write_clip(frames: Iterable[RenderedFrame], out: Path, fps: float, seed: int) -> ClipFiles:
    """Frames to `out` (mp4, H.264 or MPEG-4) and `<stem>.truth.json` beside it.

    Raises SceneError without frames or with an odd picture size, which the codecs refuse.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    records: list[dict[str, object]] = []
    first: RenderedFrame | None = None
    with av.open(str(out), "w") as container:
        stream = None
        for frame in frames:
            height, width = frame.image_rgb.shape[:2]
            if stream is None:
                if width % 2 or height % 2:
                    raise SceneError("A clip needs an even width and height.")
                first = frame
                stream = _open_stream(container, width, height, fps)
            picture = av.VideoFrame.from_ndarray(frame.image_rgb, format="rgb24")
            picture.pts = round(frame.time_s / _TIME_BASE)
            picture.time_base = _TIME_BASE
            container.mux(stream.encode(picture))
            records.append(
                {
                    "index": frame.index,
                    "time_s": frame.time_s,
                    "objects": [object_record(item) for item in frame.objects],
                }
            )
        if stream is None or first is None:
            raise SceneError("A clip needs at least one frame.")
        container.mux(stream.encode(None))
    truth = out.with_suffix(".truth.json")
    document = {
        "format": 1,
        "seed": seed,
        "fps": fps,
        "camera": camera_record(first.camera),
        "frames": records,
    }
    truth.write_text(json.dumps(document), encoding="utf-8")
    return ClipFiles(video=out, truth=truth, frames=len(records))


def _open_stream(
    container: av.container.OutputContainer, width: int, height: int, fps: float
) -> av.VideoStream:
    codec = "libx264" if "libx264" in av.codecs_available else "mpeg4"
    options = {"preset": "veryfast", "crf": "21"} if codec == "libx264" else {"qscale": "3"}
    stream = container.add_stream(codec, rate=Fraction(fps).limit_denominator(1001), options=options)
    if not isinstance(stream, av.VideoStream):
        raise SceneError(f"The codec {codec} makes no video here.")
    stream.width, stream.height = width, height
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = _TIME_BASE
    return stream
