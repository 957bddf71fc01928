"""`python -m ml`: one module a subcommand, each with `add_parser(subparsers)` and `run(args) -> int`."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
from collections.abc import Sequence
from typing import Protocol, cast

from ml.errors import MlError

# Loaded only when called for: `predict` must not import torch. A name without a module yet is left out.
COMMANDS = {
    "train": "train a detector, a classifier, a segmenter or the assist within a budget of CPU minutes",
    "judge": "train a judge of given boxes beside a detector",
    "evaluate": "score a RUN on a labelled folder",
    "export": "write a RUN's model.onnx anew from its weights",
    "predict": "run a RUN on pictures",
    "simulate": "generate labelled warehouse pictures and clips",
    "sam": "make a segment-anything checkpoint's decoder and encoder",
    "published": "check a file of published D-FINE weights",
    "tune": "fine-tune segment-anything's mask decoder on outlines",
    "weights": "build the shipped weights anew",
    "benchmark": "measure selection, tracking and so on by name, or a RUN's time a picture",
}
ERROR_EXIT = 2


class Command(Protocol):
    """A module of `ml.cli`."""

    def add_parser(self, subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None: ...

    def run(self, args: argparse.Namespace) -> int: ...


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code. Errors of `ml` become one line on stderr and exit code 2."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="python -m ml", description="Siteloop's models, without a server.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    chosen = words[0] if words and words[0] in COMMANDS else None
    for name, help_line in COMMANDS.items():
        if importlib.util.find_spec(f"ml.cli.{name}") is None:
            continue
        if name == chosen:
            _module(name).add_parser(subparsers)
        else:
            subparsers.add_parser(name, help=help_line)
    args = parser.parse_args(words)
    try:
        return _module(args.command).run(args)
    except MlError as error:
        print(f"error: {error}", file=sys.stderr)
        return ERROR_EXIT


def _module(name: str) -> Command:
    return cast(Command, importlib.import_module(f"ml.cli.{name}"))
