"""The tracker on sequences with given detections: MOTA, IDF1 and time, one by one and pooled."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from ml.errors import DatasetError
from ml.evaluation.mot import IdBoxes, MotReport, evaluate_tracks, pooled
from ml.evaluation.track_sets import MotSequence, mot_sequences
from ml.tracking.tracker import Tracker, TrackerConfig

# The public detections' scores start at 0.5, so the split between sure and unsure lies higher than our own.
PUBLIC_DETECTIONS = TrackerConfig(high_score=0.6, new_track_score=0.7)
GOALS = {"idf1": 0.59, "mota": 0.65}


def track_sequence(
    sequence: MotSequence, config: TrackerConfig = PUBLIC_DETECTIONS
) -> tuple[dict[int, IdBoxes], list[float]]:
    """Confirmed tracks by frame, and the milliseconds of each update. Time is the frame's, in seconds."""
    tracker = Tracker(config)
    found, times_ms = {}, []
    last = max([*sequence.detections, *sequence.truth])
    for frame in range(1, last + 1):
        start = perf_counter()
        points = tracker.update(frame / sequence.frames_per_s, sequence.detections.get(frame, []))
        times_ms.append((perf_counter() - start) * 1000.0)
        sure = [p for p in points if p.confirmed]
        ids = np.array([p.track_id for p in sure], dtype=np.int64)
        boxes = np.array([(p.box.x1, p.box.y1, p.box.x2, p.box.y2) for p in sure], dtype=np.float64)
        found[frame] = IdBoxes(ids, boxes.reshape(-1, 4))
    return found, times_ms


def tracking_report(data: Path) -> dict[str, Any]:
    """Figures of every sequence under `data`. Raises DatasetError where there is none."""
    reports: dict[str, MotReport] = {}
    rows = []
    for sequence in mot_sequences(data):
        tracks, times_ms = track_sequence(sequence)
        reports[sequence.name] = evaluate_tracks(sequence.truth, tracks)
        rows.append(
            {
                "sequence": sequence.name,
                "frames_per_s": sequence.frames_per_s,
                **_figures(reports[sequence.name]),
                "update_ms_median": round(float(np.median(times_ms)), 3),
                "update_ms_p95": round(float(np.percentile(times_ms, 95)), 3),
            }
        )
    if not rows:
        raise DatasetError(f"{data} holds no sequence with det.txt and a truth.")
    together = pooled(list(reports.values()))
    return {
        "benchmark": "tracking",
        "goals": GOALS,
        "reached": together.idf1 >= GOALS["idf1"] and together.mota >= GOALS["mota"],
        "pooled": _figures(together),
        "sequences": rows,
    }


def _figures(report: MotReport) -> dict[str, Any]:
    return {
        "mota": round(report.mota, 4),
        "idf1": round(report.idf1, 4),
        "truths": report.truths,
        "misses": report.misses,
        "false_positives": report.false_positives,
        "switches": report.switches,
    }
