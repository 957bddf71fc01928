"""`python -m ml published`: what an operator's file of published weights holds, once its hash is found on the list."""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = subparsers.add_parser("published", help="check a file of published D-FINE weights")
    parser.add_argument(
        "weights", type=Path, help="a .safetensors file with the names of Hugging Face's library"
    )
    parser.add_argument(
        "--allow", required=True, metavar="SHA256,…", help="the file's SHA-256 must be one of these"
    )


def run(args: argparse.Namespace) -> int:
    """Print its architecture, classes (empty names where nobody said) and parameters."""
    from ml.training.published import published_read

    found = published_read(args.weights, args.allow.split(","))
    parameters = sum(value.numel() for value in found.weights.values())
    facts = {
        "sha256": found.sha256,
        "architecture": found.architecture,
        "classes": found.classes,
        "parameters": parameters,
    }
    print(json.dumps({"facts": facts}), flush=True)
    return 0
