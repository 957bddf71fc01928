"""The promise of auto-approval in simulated projects: `python -m bench.autoapprove`.

Each run draws a project of pictures with 5 boxes (intraclass correlation 0.3 of right and wrong, precision 0.85, AUC of
the scores 0.9) and lets somebody look after every 10 reviews. n counts all reviewed pictures, the 150 that fit the
calibrator included. Rules of thumb are run on the same draws for comparison.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from scipy.special import bdtr

from ml.quality.approval import (
    FIT_UNITS,
    Promise,
    PromiseKind,
    error_curve,
    fit_size,
    judge,
    judge_boxes,
    plan_approval,
)
from ml.quality.bounds import LOOK_EVERY
from ml.quality.reviews import Reviews, count_at
from ml.quality.simulated import ScoreLaw, Site

RUNS = 500
DELTA = 0.05
FIRST_LOOK = 100
SEED = 2026
RESULT = Path(__file__).parent / "results" / "autoapprove.json"
PLOT = Path(__file__).parents[1] / "docs" / "measurements" / "autoapprove.svg"


def ours(site: Site, units: int, promise: Promise, rng: np.random.Generator) -> tuple[float | None, Reviews]:
    """The laxest threshold unlocked at any look, and the reviews."""
    reviews = site.reviews(units, rng)
    size = fit_size(reviews) or units
    plan = plan_approval(reviews.part(0, size), promise)
    return judge_boxes(plan, reviews.part(size, units)).threshold, reviews


def rules_of_thumb(reviews: Reviews, alpha: float) -> dict[str, list[float]]:
    """Thresholds in use after each look: by the observed error alone, and by Clopper-Pearson over boxes in sequence."""
    thresholds = np.unique(np.quantile(reviews.score, np.linspace(0.0, 0.97, 30)))[::-1]
    counts = count_at(reviews, thresholds, most=10**6)
    looks = np.arange(FIRST_LOOK, reviews.units + 1, LOOK_EVERY) - 1
    wrong, total = counts.wrong.cumsum(axis=0)[looks], counts.total.cumsum(axis=0)[looks]
    naive, exact = [], []
    for w, t in zip(wrong, total, strict=True):
        under = np.flatnonzero((w <= alpha * t) & (t > 0))
        naive.append(float(thresholds[under[-1]]) if under.size else np.inf)
        # Clopper-Pearson's upper bound is below alpha exactly where so few wrong ones would be that unlikely.
        bounds = (t > 0) & (bdtr(w, t.astype(np.int64), alpha) <= DELTA)
        start = int(np.argmax(bounds))
        stop = start + int(np.argmin(np.append(bounds[start:], False)))
        exact.append(float(thresholds[stop - 1]) if bounds[start] else np.inf)
    return {"naive": naive, "boxes": exact}


def breaks(site: Site, thresholds: list[float], alpha: float) -> bool:
    finite = [t for t in thresholds if np.isfinite(t)]
    return bool(finite) and site.true_error(min(finite)) > alpha


def case(law: ScoreLaw, alpha: float, units: int, kind: PromiseKind) -> dict[str, object]:
    site, promise = Site(law), Promise(alpha=alpha, delta=DELTA, kind=kind)
    rng = np.random.default_rng(SEED)
    thumb = {"naive_at_the_end": 0, "naive_peeking": 0, "boxes_at_the_end": 0, "boxes_peeking": 0}
    broken, covered, cpu_s = 0, [], 0.0
    for _ in range(RUNS):
        start = process_time()
        threshold, reviews = ours(site, units, promise, rng)
        cpu_s += process_time() - start
        covered.append(0.0 if threshold is None else site.true_coverage(threshold))
        broken += threshold is not None and site.true_error(threshold) > alpha
        if kind == PromiseKind.BOX and units == 1000:
            for name, used in rules_of_thumb(reviews, alpha).items():
                thumb[f"{name}_at_the_end"] += breaks(site, used[-1:], alpha)
                thumb[f"{name}_peeking"] += breaks(site, used, alpha)
    coverage = np.array(covered)
    best = site.best_coverage(alpha)
    row: dict[str, object] = {
        "scores": law.value,
        "promise": kind.value,
        "alpha": alpha,
        "n": units,
        "runs": RUNS,
        "broken_share": broken / RUNS,
        "coverage_mean": round(float(coverage.mean()), 3),
        "coverage_median": round(float(np.median(coverage)), 3),
        "locked_share": round(float((coverage == 0.0).mean()), 3),
        "coverage_knowing_the_truth": round(best, 3),
        "share_of_the_best": round(float(coverage.mean()) / best, 3),
        "cpu_ms_a_run": round(cpu_s / RUNS * 1000.0, 1),
    }
    if kind == PromiseKind.BOX and units == 1000:
        row["rules_of_thumb_broken"] = {name: count / RUNS for name, count in thumb.items()}
    return row


def hardest(correlation: float) -> dict[str, object]:
    """Scores that say nothing and alpha equal to the true error: every unlocking breaks the promise."""
    site, promise = Site(ScoreLaw.NOISE, correlation=correlation), Promise(alpha=0.15, delta=DELTA)
    rng = np.random.default_rng(SEED)
    broken = boxes = 0
    for _ in range(RUNS):
        threshold, reviews = ours(site, 1000, promise, rng)
        broken += threshold is not None
        boxes += bool(np.isfinite(rules_of_thumb(reviews, 0.15)["boxes"]).any())
    return {
        "correlation": correlation,
        "broken_share": broken / RUNS,
        "boxes_peeking_broken_share": boxes / RUNS,
    }


def pictures() -> dict[str, object]:
    """Whole pictures pass: both errors bounded, at a missed object on 1 and (over the promise) 6 of 100 pictures."""
    found: dict[str, object] = {}
    for missed in (0.01, 0.06):
        rng, unlocked = np.random.default_rng(SEED), 0
        for _ in range(200):
            reviews = Site(missed_rate=missed).reviews(1000, rng)
            size = fit_size(reviews) or 1000
            plan = plan_approval(reviews.part(0, size), Promise(alpha=0.1, missed_alpha=0.05, delta=DELTA))
            unlocked += judge(plan, reviews.part(size, 1000)).pictures.threshold is not None
        found[f"unlocked_share_at_{missed}_missed"] = unlocked / 200
    return found


def plot() -> None:
    """One project's curve as the page shows it: error and its bound against coverage."""
    reviews = Site().reviews(1000, np.random.default_rng(SEED))
    size = fit_size(reviews) or 1000
    plan, tests = plan_approval(reviews.part(0, size), Promise()), reviews.part(size, 1000)
    points = error_curve(plan, tests)

    def xy(coverage: float, error: float) -> str:
        return f"{60 + coverage * 520:.1f},{260 - min(error, 0.1) * 2200:.1f}"

    error = " ".join(xy(p.coverage, p.error) for p in points if p.error <= 0.1)
    bound = " ".join(xy(p.coverage, p.bound) for p in points if p.bound <= 0.1)
    dots = "".join(
        f'<circle cx="{xy(p.coverage, 0).split(",")[0]}" cy="{xy(0, p.bound).split(",")[1]}" r="4" fill="#1b7f4b"/>'
        for p in points
        if p.unlocked
    )
    marks = "".join(
        f'<text x="52" y="{264 - e * 2200:.0f}" text-anchor="end">{e:.0%}</text>'
        f'<line x1="60" x2="580" y1="{260 - e * 2200:.0f}" y2="{260 - e * 2200:.0f}" stroke="#e3e3e3"/>'
        for e in (0.0, 0.02, 0.04, 0.06, 0.08, 0.1)
    ) + "".join(
        f'<text x="{60 + c * 520:.0f}" y="278" text-anchor="middle">{c:.0%}</text>'
        for c in (0, 0.25, 0.5, 0.75, 1)
    )
    limit = 260 - 0.02 * 2200
    PLOT.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 310" font-family="sans-serif" font-size="12">\n'
        '<rect width="640" height="310" fill="#fff"/>\n'
        f"{marks}\n"
        f'<line x1="60" x2="580" y1="{limit:.0f}" y2="{limit:.0f}" stroke="#b42318" stroke-dasharray="5 4"/>\n'
        f'<text x="575" y="{limit - 5:.0f}" text-anchor="end" fill="#b42318">promised: at most 2 %</text>\n'
        f'<polyline points="{bound}" fill="none" stroke="#1f5fbf" stroke-width="2"/>\n'
        f'<polyline points="{error}" fill="none" stroke="#6b6b6b" stroke-width="2"/>\n{dots}\n'
        '<text x="64" y="18" fill="#1f5fbf">below this with 95 % confidence</text>\n'
        '<text x="270" y="18" fill="#6b6b6b">wrong among the reviewed</text>\n'
        '<text x="450" y="18" fill="#1b7f4b">unlocked</text>\n'
        '<text x="320" y="300" text-anchor="middle">boxes approved without a look</text>\n</svg>\n'
    )


def main() -> None:
    started = perf_counter()
    rows = [
        case(law, alpha, units, PromiseKind.BOX)
        for law in (ScoreLaw.CALIBRATED, ScoreLaw.NORMAL)
        for alpha in (0.02, 0.05)
        for units in (1000, 3000)
    ]
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    result = {
        "bench": "autoapprove",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "commit": commit.stdout.strip() or "unknown",
        "delta": DELTA,
        "fit_pictures": FIT_UNITS,
        "look_every": LOOK_EVERY,
        "goal": {"broken_share": DELTA, "coverage_at_alpha_2_percent_n_1000": 0.5},
        "cases": rows,
        "hardest": [hardest(0.3), hardest(0.05)],
        "pictures": pictures(),
        "seconds": 0.0,
    }
    result["seconds"] = round(perf_counter() - started, 1)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    plot()
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
