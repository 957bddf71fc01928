"""`python -m ml simulate images|clip`: scenes with exact truth, for tests, demos and training."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

from ml.simulation.clip import write_clip
from ml.simulation.scene import render_clip, render_image
from ml.simulation.truth import RenderedFrame, SceneConfig, SceneError, View
from ml.simulation.writers import write_coco, write_yolo

# Each picture of a set has its own scene; sets of different seeds share none.
_SEED_STRIDE = 100_000


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `simulate` with its two kinds of output."""
    parser = subparsers.add_parser("simulate", help="make warehouse scenes with exact truth")
    kinds = parser.add_subparsers(dest="what", required=True)
    images = kinds.add_parser("images", help="pictures, each of its own scene, as a YOLO or COCO folder")
    images.add_argument("--out", type=Path, required=True)
    images.add_argument("--count", type=int, default=50)
    images.add_argument("--format", choices=("yolo", "coco"), default="yolo")
    clip = kinds.add_parser("clip", help="one scene over time, as mp4 with a .truth.json beside it")
    clip.add_argument("--out", type=Path, required=True)
    clip.add_argument("--seconds", type=float, default=10.0)
    clip.add_argument("--fps", type=float, default=10.0)
    for kind in (images, clip):
        kind.add_argument("--seed", type=int, default=0)
        kind.add_argument("--size", default="960x540", help="WIDTHxHEIGHT")
        kind.add_argument("--people", type=int)
        kind.add_argument("--forklifts", type=int)
        kind.add_argument("--k1", type=float, help="lens distortion, -0.35 to 0")
        kind.add_argument("--view", choices=[view.value for view in View])
        kind.set_defaults(run=run)


def _config(args: argparse.Namespace, seed: int) -> SceneConfig:
    try:
        width, height = (int(part) for part in str(args.size).lower().split("x"))
    except ValueError:
        raise SceneError(f"--size is WIDTHxHEIGHT, like 960x540, not {args.size}.") from None
    return SceneConfig(
        seed=seed,
        width=width,
        height=height,
        people=args.people,
        forklifts=args.forklifts,
        k1=args.k1,
        view=View(args.view) if args.view else None,
    )


def _pictures(args: argparse.Namespace) -> Iterator[tuple[str, RenderedFrame]]:
    for index in range(args.count):
        seed = args.seed * _SEED_STRIDE + index
        yield f"scene-{args.seed}-{index:05d}", render_image(_config(args, seed))


def run(args: argparse.Namespace) -> int:
    """Writes what was asked for. Raises SceneError where it cannot be made."""
    started = time.perf_counter()
    if args.what == "images":
        writer = write_yolo if args.format == "yolo" else write_coco
        count = writer(_pictures(args), args.out)
        print(f"{count} pictures in {args.out}, {time.perf_counter() - started:.1f} s")
        return 0
    files = write_clip(
        render_clip(_config(args, args.seed), args.seconds, args.fps), args.out, args.fps, args.seed
    )
    rate = files.frames / (time.perf_counter() - started)
    print(f"{files.frames} frames in {files.video}, truth in {files.truth}, {rate:.1f} frames/s")
    return 0
