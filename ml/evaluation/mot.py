"""Multi-object tracking metrics: MOTA (CLEAR, Bernardin and Stiefelhagen 2008) and IDF1 (Ristani et al. 2016)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from ml.geometry.boxes import box_iou
from ml.tracking.association import match

FloatArray = npt.NDArray[np.float64]

# The benchmark's own threshold for "the same object".
IOU_MATCH_MIN = 0.5


@dataclass(frozen=True, slots=True)
class IdBoxes:
    """The objects of one frame: `ids` (N,) whole numbers, `boxes_px` (N, 4) xyxy."""

    ids: npt.NDArray[np.int64]
    boxes_px: FloatArray


@dataclass(frozen=True, slots=True)
class MotReport:
    """`mota` is at most 1 and may be negative; `idf1` is 0..1; the rest are counts."""

    mota: float
    idf1: float
    truths: int
    misses: int
    false_positives: int
    switches: int
    id_true_positives: int
    predictions: int


_NONE = IdBoxes(np.zeros(0, dtype=np.int64), np.zeros((0, 4)))


def evaluate_tracks(truth: Mapping[int, IdBoxes], tracks: Mapping[int, IdBoxes]) -> MotReport:
    """Score tracks against the truth, both keyed by frame; frames in neither count for nothing."""
    frames = sorted(truth.keys() | tracks.keys())
    pairs = [(truth.get(frame, _NONE), tracks.get(frame, _NONE)) for frame in frames]
    overlaps = [box_iou(wanted.boxes_px, got.boxes_px) for wanted, got in pairs]
    truths = sum(len(wanted.ids) for wanted, _ in pairs)
    predictions = sum(len(got.ids) for _, got in pairs)
    matched, switches = _clear_counts(pairs, overlaps)
    true_ids = _id_true_positives(pairs, overlaps)
    misses, false_positives = truths - matched, predictions - matched
    return MotReport(
        mota=1.0 - (misses + false_positives + switches) / truths if truths else 0.0,
        idf1=2.0 * true_ids / (truths + predictions) if truths + predictions else 0.0,
        truths=truths,
        misses=misses,
        false_positives=false_positives,
        switches=switches,
        id_true_positives=true_ids,
        predictions=predictions,
    )


def pooled(reports: Sequence[MotReport]) -> MotReport:
    """One report over several sequences, from the sums of their counts."""
    truths = sum(r.truths for r in reports)
    misses = sum(r.misses for r in reports)
    false_positives = sum(r.false_positives for r in reports)
    switches = sum(r.switches for r in reports)
    true_ids = sum(r.id_true_positives for r in reports)
    predictions = sum(r.predictions for r in reports)
    return MotReport(
        mota=1.0 - (misses + false_positives + switches) / truths if truths else 0.0,
        idf1=2.0 * true_ids / (truths + predictions) if truths + predictions else 0.0,
        truths=truths,
        misses=misses,
        false_positives=false_positives,
        switches=switches,
        id_true_positives=true_ids,
        predictions=predictions,
    )


def _clear_counts(
    pairs: Sequence[tuple[IdBoxes, IdBoxes]], overlaps: Sequence[FloatArray]
) -> tuple[int, int]:
    """Matches and identity switches. A pair of the frame before stays together while it still overlaps."""
    partner: dict[int, int] = {}
    together: dict[int, int] = {}
    matched = switches = 0
    for (wanted, got), overlap in zip(pairs, overlaps, strict=True):
        gain = np.where(overlap >= IOU_MATCH_MIN, overlap, 0.0)
        # Held pairs win over any other: their gain is beyond what a swap could earn.
        for row, true_id in enumerate(wanted.ids.tolist()):
            held = got.ids == together.get(true_id, -1)
            gain[row, held & (gain[row] > 0.0)] += len(wanted.ids) + 1.0
        rows, columns = match(gain, 0.0)
        together = dict(zip(wanted.ids[rows].tolist(), got.ids[columns].tolist(), strict=True))
        switches += sum(partner.get(true_id, track_id) != track_id for true_id, track_id in together.items())
        partner.update(together)
        matched += len(rows)
    return matched, switches


def _id_true_positives(pairs: Sequence[tuple[IdBoxes, IdBoxes]], overlaps: Sequence[FloatArray]) -> int:
    """The most frames that a one-to-one mapping of true to predicted ids can explain."""
    true_ids = sorted({i for wanted, _ in pairs for i in wanted.ids.tolist()})
    track_ids = sorted({i for _, got in pairs for i in got.ids.tolist()})
    shared = np.zeros((len(true_ids), len(track_ids)))
    for (wanted, got), overlap in zip(pairs, overlaps, strict=True):
        rows, columns = np.nonzero(overlap >= IOU_MATCH_MIN)
        np.add.at(
            shared,
            (np.searchsorted(true_ids, wanted.ids[rows]), np.searchsorted(track_ids, got.ids[columns])),
            1.0,
        )
    # Frames shared by a pair are saved misses and false positives at once, so the greatest sum is the least cost.
    return int(shared[linear_sum_assignment(shared, maximize=True)].sum())
