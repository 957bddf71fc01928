"""Objects followed through generated clips with exact truth: overlap by distance from the start, and what it costs."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from ml.evaluation.following import FRAMES, clip_frames, figures, followed_boxes, followed_masks
from ml.evaluation.following_videos import there_and_back, video_frames
from ml.inference.assist_segmenter import AssistSegmenter
from ml.inference.predictor import Predictor
from ml.inference.segmenter import Segmenter

WEIGHTS = Path(__file__).resolve().parents[1] / "weights"
ASSIST, DETECTOR = WEIGHTS / "assist", WEIGHTS / "site-people"
# Frames between two starts in a recorded video, and how far from each is looked.
STARTS_EVERY = 40
VIDEO_DISTANCES = (10, 25, 50)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the measurement."""
    parser.add_argument("--clips", type=int, default=9)
    parser.add_argument("--seed", type=int, default=0, help="of the first clip; each next one is one more")
    parser.add_argument("--frames", type=int, default=FRAMES)
    parser.add_argument("--step", type=int, default=1, help="of 25 frames a second, every how-manieth")
    parser.add_argument("--masks", choices=("no", "flow", "assist"), default="no")
    parser.add_argument(
        "--video", type=Path, help="a recorded one instead: there and back, and against the detector"
    )
    parser.add_argument("--report", type=Path, help="JSON file to write")


def run(args: argparse.Namespace) -> int:
    """Print the figures, and write them where asked."""
    if args.video is not None:
        return _told(_recorded(args.video), args.report)
    segmenter: Segmenter | None = AssistSegmenter.load(ASSIST) if args.masks == "assist" else None
    ways, steps, spent_s = [], 0, 0.0
    for seed in range(args.seed, args.seed + args.clips):
        frames = list(clip_frames(seed, args.frames, args.step))
        began = time.process_time()
        found = followed_boxes(frames) if args.masks == "no" else followed_masks(frames, segmenter)
        spent_s += time.process_time() - began
        steps += sum(len(way.iou) for way in found)
        ways += found
    report = figures(ways) | {"ms_per_frame": round(1000 * spent_s / max(steps, 1), 2)}
    report |= {"clips": args.clips, "frames": args.frames, "step": args.step}
    return _told({"masks": args.masks, **report}, args.report)


def _recorded(path: Path) -> dict[str, object]:
    frames = list(video_frames(path))
    detector = Predictor.load(DETECTOR)
    said = {str(n): there_and_back(frames, detector, STARTS_EVERY, n) for n in VIDEO_DISTANCES}
    return {"video": path.name, "frames": len(frames), "distances": said}


def _told(report: dict[str, object], path: Path | None) -> int:
    text = json.dumps(report, indent=2)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    print(text)
    return 0
