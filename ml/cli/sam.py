"""`python -m ml sam`: a segment-anything checkpoint, once, to what Siteloop runs without torch."""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("sam", help="make a segment-anything checkpoint's decoder and encoder")
    parser.add_argument("checkpoint", type=Path, help="the file as its authors published it (.pth, .pt)")
    parser.add_argument(
        "--allow", required=True, metavar="SHA256,…", help="the file's SHA-256 must be one of these"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder to write; replaced where it is there")


def run(args: argparse.Namespace) -> int:
    """Progress as JSON lines on stdout; the last one holds what stands in `sam.json`."""
    from ml.models.sam_export import sam_prepare

    def say(share: float, what: str) -> None:
        print(json.dumps({"share": share, "what": what}), flush=True)

    facts = sam_prepare(args.checkpoint, args.allow.split(","), args.out, say)
    print(json.dumps({"facts": facts}), flush=True)
    return 0
