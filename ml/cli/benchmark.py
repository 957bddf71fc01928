"""`python -m ml benchmark NAME|RUN …`: a named measurement (`benchmark_<name>.py` beside this file), or a RUN's time.

A measurement's module has `add_arguments(parser)` and `run(args) -> int`, and its docstring's first line is its help.
"""

from __future__ import annotations

import argparse
import importlib
import json
import time
from pathlib import Path
from typing import Protocol, cast

import numpy as np

from ml.inference.predictor import Predictor

WARM_UP_FRAMES = 5
FRAME_SIZE_PX = (1280, 720)
_PREFIX = "benchmark_"


class Measurement(Protocol):
    """A module `ml.cli.benchmark_<name>`."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> int: ...


def names() -> list[str]:
    """The measurements there are, by name."""
    found = Path(__file__).parent.glob(f"{_PREFIX}*.py")
    return sorted(path.stem.removeprefix(_PREFIX) for path in found)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = subparsers.add_parser("benchmark", help="measure a RUN's time a picture, or what is named")
    parser.add_argument("what", metavar="NAME|RUN", help=f"{', '.join(names())}, or a RUN folder to time")
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="…", help="NAME --help tells its options")


def run(args: argparse.Namespace) -> int:
    """Run what is named; anything else is taken for a RUN folder."""
    parser = argparse.ArgumentParser(prog=f"python -m ml benchmark {args.what}")
    if args.what in names():
        module = importlib.import_module(f"ml.cli.{_PREFIX}{args.what}")
        parser.description = (module.__doc__ or "").split("\n\n", 1)[0]
        measurement = cast(Measurement, module)
        measurement.add_arguments(parser)
        return measurement.run(parser.parse_args(args.rest))
    parser.add_argument("--frames", type=int, default=100)
    parser.add_argument("--threads", type=int, default=1)
    own = parser.parse_args(args.rest)
    return _time(Path(args.what), own.frames, own.threads)


def _time(run_dir: Path, frames: int, threads: int) -> int:
    """Print p50 and p95 of wall milliseconds, and CPU milliseconds, letterbox and decoding included."""
    predictor = Predictor.load(run_dir, threads)
    width, height = FRAME_SIZE_PX
    frame = np.random.default_rng(0).integers(0, 255, size=(height, width, 3), dtype=np.uint8)
    for _ in range(WARM_UP_FRAMES):
        predictor.predict(frame)
    times_ms = []
    cpu_start = time.process_time()
    for _ in range(max(frames, 1)):
        start = time.perf_counter()
        predictor.predict(frame)
        times_ms.append((time.perf_counter() - start) * 1000)
    cpu_ms = (time.process_time() - cpu_start) * 1000 / len(times_ms)
    p50, p95 = np.percentile(times_ms, [50, 95])
    figures = {"p50_ms": round(float(p50), 2), "p95_ms": round(float(p95), 2), "cpu_ms": round(cpu_ms, 2)}
    print(json.dumps({"run": str(run_dir), "frame": FRAME_SIZE_PX, "threads": threads, **figures}))
    return 0
