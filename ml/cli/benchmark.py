"""`python -m ml benchmark RUN`: the time a picture takes, on one thread and one picture at a time."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np

from ml.inference.predictor import Predictor

WARM_UP_FRAMES = 5
FRAME_SIZE_PX = (1280, 720)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = subparsers.add_parser("benchmark", help="measure a RUN's time a picture")
    parser.add_argument("run_dir", type=Path, metavar="RUN")
    parser.add_argument("--frames", type=int, default=100)
    parser.add_argument("--threads", type=int, default=1)


def run(args: argparse.Namespace) -> int:
    """Print p50 and p95 of wall milliseconds, and CPU milliseconds, letterbox and decoding included."""
    predictor = Predictor.load(args.run_dir, args.threads)
    width, height = FRAME_SIZE_PX
    frame = np.random.default_rng(0).integers(0, 255, size=(height, width, 3), dtype=np.uint8)
    for _ in range(WARM_UP_FRAMES):
        predictor.predict(frame)
    times_ms = []
    cpu_start = time.process_time()
    for _ in range(max(args.frames, 1)):
        start = time.perf_counter()
        predictor.predict(frame)
        times_ms.append((time.perf_counter() - start) * 1000)
    cpu_ms = (time.process_time() - cpu_start) * 1000 / len(times_ms)
    p50, p95 = np.percentile(times_ms, [50, 95])
    figures = {"p50_ms": round(float(p50), 2), "p95_ms": round(float(p95), 2), "cpu_ms": round(cpu_ms, 2)}
    print(json.dumps({"run": str(args.run_dir), "frame": FRAME_SIZE_PX, "threads": args.threads, **figures}))
    return 0
