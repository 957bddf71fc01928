"""How well tracks of a video's parts are joined, and what it costs: `python bench/video_parts.py`.

The tracks that people drew for MOT15 and PETS (SITELOOP_DATA) are cut into parts as if each had been drawn by somebody else:
every part's keyframes, one in five frames, are off by a share of the object's size, independently. Joined again, they are held
against the truth.
"""

from __future__ import annotations

import os
import sys
import time
import uuid
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

from backend.annotation.contracts import Labels, RegionData  # noqa: E402
from backend.annotation.domain.joining import parts_joined  # noqa: E402
from backend.annotation.domain.parts import regions_cut, spans_of  # noqa: E402
from backend.annotation.domain.seams import PartLabels  # noqa: E402
from backend.core.tracks import track_at  # noqa: E402
from ml.evaluation.mot import IdBoxes, evaluate_tracks, pooled  # noqa: E402
from ml.evaluation.track_sets import MotSequence, mot_sequences  # noqa: E402
from tests.support.bench import result_write  # noqa: E402

DATA = Path(os.environ.get("SITELOOP_DATA", REPO.parent / "shared" / "data")) / "tracks"
# Of two people's boxes of one object, the deviation of each side as a share of the object's width or height.
JITTERS = (0.0, 0.05, 0.1, 0.15)
OVERLAPS_FRAMES = (5, 10, 20)
PARTS = 4
KEYFRAME_EVERY = 5
SEED = 7
# A busy video for the cost: objects on screen the whole time.
COST_OBJECTS, COST_FRAMES, COST_PART, COST_OVERLAP = 100, 45_000, 9_000, 50


def tracks_of(sequence: MotSequence) -> tuple[list[RegionData], dict[int, IdBoxes], int]:
    """The people's tracks with a keyframe on each frame, the truth by frame from 0, and the number of frames."""
    first = min(sequence.truth)
    truth = {frame - first: there for frame, there in sequence.truth.items()}
    rows: dict[int, dict[int, list[float]]] = defaultdict(dict)
    for frame, there in truth.items():
        for identity, box in zip(there.ids.tolist(), there.boxes_px.tolist(), strict=True):
            rows[identity][frame] = box
    frames = max(truth) + 1
    return [_track(identity, by_frame, frames) for identity, by_frame in rows.items()], truth, frames


def _track(identity: int, by_frame: dict[int, list[float]], frames: int) -> RegionData:
    keyframes: list[dict[str, Any]] = []
    for frame in sorted(by_frame):
        if keyframes and keyframes[-1]["frame"] < frame - 1:
            keyframes.append(_key(keyframes[-1]["frame"] + 1, keyframes[-1]["box"], outside=True))
        keyframes.append(_key(frame, by_frame[frame]))
    if keyframes[-1]["frame"] < frames - 1:
        keyframes.append(_key(keyframes[-1]["frame"] + 1, keyframes[-1]["box"], outside=True))
    return RegionData(str(uuid.UUID(int=identity)), "person", "track", {"of": "box", "keyframes": keyframes})


def _key(frame: int, box: list[float], *, outside: bool = False) -> dict[str, Any]:
    return {"frame": frame, "box": box, "outside": outside, "occluded": False}


def drawn_anew(region: RegionData, jitter: float, rng: np.random.Generator) -> RegionData:
    """As another person would draw it: keyframes now and then, each side off by chance."""
    found, last = [], -KEYFRAME_EVERY
    keyframes = region.geometry["keyframes"]
    for index, key in enumerate(keyframes):
        is_end = index + 1 == len(keyframes) or key["outside"] or keyframes[index + 1]["outside"]
        if key["frame"] - last < KEYFRAME_EVERY and not is_end and found and not found[-1]["outside"]:
            continue
        x1, y1, x2, y2 = key["box"]
        off = rng.normal(0.0, jitter, 4) * ([x2 - x1, y2 - y1] * 2)
        found.append({**key, "box": (np.array(key["box"]) + off).tolist()})
        last = key["frame"]
    return replace(region, region_id=str(uuid.uuid4()), geometry={"of": "box", "keyframes": found})


def joined_again(regions: list[RegionData], frames: int, overlap: int, jitter: float) -> tuple[Labels, int]:
    rng = np.random.default_rng(SEED)
    longest = -(-(frames + (PARTS - 1) * overlap) // PARTS)
    spans = spans_of(frames, longest, min(overlap, longest // 4))
    parts = [
        PartLabels(
            span,
            Labels([drawn_anew(each, jitter, rng) for each in regions_cut(regions, span)]),
            span.end == frames,
        )
        for span in spans
    ]
    return parts_joined(parts), sum(len(part.labels.regions) for part in parts)


def seen(labels: Labels, frames: int) -> dict[int, IdBoxes]:
    found = {}
    for frame in range(frames):
        states = [(number, track_at(region.geometry, frame)) for number, region in enumerate(labels.regions)]
        there = [(number, s.geometry["box"]) for number, s in states if s is not None and not s.outside]
        found[frame] = IdBoxes(
            np.array([number for number, _ in there], dtype=np.int64),
            np.array([box for _, box in there], dtype=float).reshape(-1, 4),
        )
    return found


def quality() -> dict[str, Any]:
    sets = [(s.name, *tracks_of(s)) for s in mot_sequences(DATA)]
    result: dict[str, Any] = {"sets": [name for name, *_ in sets], "parts": PARTS}
    for overlap in OVERLAPS_FRAMES:
        for jitter in JITTERS:
            reports, tracks, drawn = [], 0, 0
            for _, regions, truth, frames in sets:
                labels, in_parts = joined_again(regions, frames, overlap, jitter)
                reports.append(evaluate_tracks(truth, seen(labels, frames)))
                tracks, drawn = tracks + len(labels.regions), drawn + in_parts
            report = pooled(reports)
            result[f"overlap_{overlap}_off_{jitter:g}"] = {
                "idf1": round(report.idf1, 4),
                "mota": round(report.mota, 4),
                "switches": report.switches,
                "tracks_in_parts": drawn,
                "tracks_joined": tracks,
            }
    result["tracks_true"] = sum(len(regions) for _, regions, *_ in sets)
    return result


def cost() -> dict[str, Any]:
    """Seconds to join a long, busy video: what an export waits for."""
    rng = np.random.default_rng(SEED)
    regions = []
    for number in range(COST_OBJECTS):
        keyframes = []
        for frame in range(0, COST_FRAMES, 100):
            x, y = rng.uniform(0, 30, 2) + [(number % 10) * 180.0, (number // 10) * 100.0]
            keyframes.append(_key(frame, [x, y, x + 80.0, y + 60.0]))
        regions.append(
            RegionData(str(uuid.UUID(int=number)), "person", "track", {"of": "box", "keyframes": keyframes})
        )
    spans = spans_of(COST_FRAMES, COST_PART, COST_OVERLAP)
    parts = [PartLabels(span, Labels(regions_cut(regions, span)), span.end == COST_FRAMES) for span in spans]
    began = time.perf_counter()
    labels = parts_joined(parts)
    seconds = time.perf_counter() - began
    return {
        "frames": COST_FRAMES,
        "parts": len(parts),
        "tracks": len(labels.regions),
        "keyframes": sum(len(r.geometry["keyframes"]) for r in labels.regions),
        "seconds": round(seconds, 3),
    }


def main() -> None:
    result: dict[str, Any] = {"cost": cost()}
    if DATA.is_dir():
        result["joined"] = quality()
    result_write("video_parts", result)


if __name__ == "__main__":
    main()
