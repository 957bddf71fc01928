"""Auto-approval on real photos: promised against realised error, `python bench/autoapprove_photos.py`.

A detector learns from a quarter of the source photos of `hardhat_seg` (10 CPU minutes from nothing; or bring its RUN in
`SITELOOP_BENCH_DETECTOR`, with the list of photos kept out). Of the photos kept out 360 are drawn at random and reviewed
blind, in that order, by the truth that came with them; the policy is the product's (first 150 with boxes fit, all later
ones test). Then its rule is applied to all photos kept out, the reviewed ones and those that nobody looked at, and the
error is counted. 200 draws of the same photos: what differs is who was drawn, and when.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

from ml.contracts import Annotation  # noqa: E402
from ml.data.loaded import Loaded  # noqa: E402
from ml.data.readers import classes_keep, detection_read  # noqa: E402
from ml.inference.pictures import picture_load  # noqa: E402
from ml.inference.predictor import Predictor  # noqa: E402
from ml.quality.approval import Promise, fit_size, judge, plan_approval  # noqa: E402
from ml.quality.blind_review import review_unit  # noqa: E402
from ml.quality.reviews import ReviewedUnit, Reviews, count_at, reviews_from  # noqa: E402
from tests.support.bench import result_write  # noqa: E402

DATA = Path(os.environ.get("SITELOOP_DATA") or REPO / "../shared/data")
DETECTOR = os.environ.get("SITELOOP_BENCH_DETECTOR", "")
CLASSES = ("hard_hat", "person")
MINUTES, HOLDOUT, SEED = 10, 0.75, 2026
REVIEWED, DRAWS, DELTA = 360, 200, 0.05
# The product promises .2 at most. Above it only to see the statistics at work on a detector this weak.
ALPHAS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
SHOWN_FROM = 0.2
# Photos of 100 on which something may be missed, where whole photos pass.
MISSED = 0.6


def trained(folder: Path) -> Path:
    """The detector's RUN: given, or trained now."""
    if DETECTOR:
        return Path(DETECTOR)
    run = folder / "run"
    command = [sys.executable, "-m", "ml", "train", "detect", "--data", str(DATA / "hardhat_seg")]
    command += ["--classes", ",".join(CLASSES), "--minutes", str(MINUTES), "--holdout", str(HOLDOUT)]
    subprocess.run([*command, "--threads", "1", "--seed", "0", "--out", str(run)], cwd=REPO, check=True)
    return run


def units_of(run: Path, loaded: Loaded) -> dict[str, list[ReviewedUnit]]:
    """By label, and for all of them together: what the truth says of each photo kept out."""
    kept = set((run / "holdout.txt").read_text(encoding="utf-8").split("\n"))
    model = Predictor.load(run, threads=1)
    found: dict[str, list[ReviewedUnit]] = {name: [] for name in (*CLASSES, "whole photos")}
    for item in loaded.dataset.images:
        if item.image.id not in kept:
            continue
        said = model.predict(picture_load(item.image.path), SHOWN_FROM).detections
        for name, units in found.items():
            labels = CLASSES if name == "whole photos" else (name,)
            shown = [one for one in said if one.label in labels]
            units.append(
                review_unit(
                    [Annotation(one.label, one.box) for one in shown],
                    [one.score for one in shown],
                    [each for each in item.annotations if each.label in labels],
                )
            )
    return found


def drawn(
    units: Sequence[ReviewedUnit], promise: Promise, whole: bool, order: Any
) -> dict[str, float] | None:
    """One draw: what was unlocked, and how it did on all photos and on those nobody had reviewed; None: nothing."""
    reviewed = reviews_from([units[place] for place in order[:REVIEWED]])
    size = fit_size(reviewed)
    if size is None:
        return None
    plan = plan_approval(reviewed.part(0, size), promise)
    found = judge(plan, reviewed.part(size, REVIEWED))
    rule = found.pictures if whole else found.boxes
    if rule.threshold is None:
        return None
    rest = reviews_from([units[place] for place in order[REVIEWED:]])
    everything = reviews_from(units)
    result = {}
    for name, part in (("all", everything), ("unseen", rest)):
        result |= {
            f"{name}_{key}": value
            for key, value in applied(part, rule.threshold, plan.boxes_most, whole).items()
        }
    return result


def applied(part: Reviews, threshold: float, most: int, whole: bool) -> dict[str, float]:
    """A rule on photos: the share of approved boxes (photos) that are wrong (lack something), and how many pass."""
    counts = count_at(part, np.array([threshold]), most)
    passes = counts.passes[:, 0] if whole else np.ones(part.units, dtype=np.bool_)
    total = float(counts.total[passes, 0].sum())
    return {
        "error": float(counts.wrong[passes, 0].sum()) / max(total, 1.0),
        "missed": float((part.missed[passes] > 0).mean()) if whole and passes.any() else 0.0,
        "coverage": float(passes.mean()) if whole else total / max(part.score.size, 1),
    }


def best_coverage(reviews: Reviews, alpha: float) -> float:
    """The share of boxes that somebody who knew the truth could approve with an error of `alpha`, by one threshold."""
    wrong = np.cumsum(~reviews.correct[np.argsort(-reviews.score)])
    count = np.arange(1, len(wrong) + 1)
    return float(count[wrong <= alpha * count].max(initial=0)) / max(len(wrong), 1)


def case(name: str, units: Sequence[ReviewedUnit], alpha: float) -> dict[str, object]:
    whole = name == "whole photos"
    promise = Promise(alpha=alpha, missed_alpha=MISSED, delta=DELTA)
    rng = np.random.default_rng(SEED)
    results = [drawn(units, promise, whole, rng.permutation(len(units))) for _ in range(DRAWS)]
    unlocked = [found for found in results if found is not None]
    broken = sum(found["all_error"] > alpha or found["all_missed"] > MISSED for found in unlocked)
    mean = {
        key: round(float(np.mean([found[key] for found in unlocked])), 4)
        for key in ("all_error", "all_missed", "unseen_error", "unseen_missed", "unseen_coverage")
        if unlocked
    }
    worst = {"worst_all_error": round(max(found["all_error"] for found in unlocked), 4)} if unlocked else {}
    return {
        "what": name,
        "alpha": alpha,
        "draws": DRAWS,
        "coverage_knowing_the_truth": round(best_coverage(reviews_from(units), alpha), 4),
        "unlocked_share": len(unlocked) / DRAWS,
        "broken_share": broken / DRAWS,
        **mean,
        **worst,
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        run = trained(Path(name))
        loaded = classes_keep(detection_read(DATA / "hardhat_seg"), CLASSES)
        units = units_of(run, loaded)
    facts = {}
    for name, rows in units.items():
        reviews = reviews_from(rows)
        facts[name] = {
            "photos": reviews.units,
            "boxes": int(reviews.score.size),
            "photos_with_boxes": int((reviews.boxes_per_unit() > 0).sum()),
            "wrong": round(float(1.0 - reviews.correct.mean()), 4),
            "photos_with_a_miss": round(float((reviews.missed > 0).mean()), 4),
        }
    body = {
        "delta": DELTA,
        "missed_alpha": MISSED,
        "reviewed": REVIEWED,
        "suggestions": facts,
        "cases": [case(name, rows, alpha) for name, rows in units.items() for alpha in ALPHAS],
    }
    result_write("autoapprove_photos", body)


if __name__ == "__main__":
    main()
