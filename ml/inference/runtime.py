"""ONNX Runtime sessions with a stated number of threads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from ml.errors import ManifestError


def _session_open(path: Path, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = max(threads, 1)
    options.inter_op_num_threads = 1
    # Spinning threads would take the CPU from the feeds and the web process beside us.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Only fatal messages: a broken file is reported by our own error.
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except _LOAD_ERRORS as error:
        raise ManifestError(f"{path.name} cannot be loaded as an ONNX graph.") from error


class Graph:
    """An ONNX graph with one image input, run on the CPU. Any number of threads may run it at once."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        self._session = _session_open(path, threads)
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or len(inputs[0].shape) != 4:
            raise ManifestError(f"{path.name} does not take one (B, C, H, W) input.")
        self._input = inputs[0].name
        batch = inputs[0].shape[0]
        self.fixed_batch: int | None = batch if isinstance(batch, int) else None
        side = inputs[0].shape[3]
        self.fixed_side: int | None = side if isinstance(side, int) else None
        self.output_names: tuple[str, ...] = tuple(o.name for o in self._session.get_outputs())

    def run(self, images: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Outputs by name for float images (B, C, S, S)."""
        return dict(zip(self.output_names, self._session.run(None, {self._input: images}), strict=True))


class NamedGraph:
    """An ONNX graph with several inputs, run on the CPU. Any number of threads may run it at once."""

    def __init__(self, path: Path, inputs: Sequence[str], outputs: Sequence[str], threads: int = 1) -> None:
        """Raises ManifestError where the file does not take and give these names."""
        self._session = _session_open(path, threads)
        self._outputs = list(outputs)
        taken = {each.name for each in self._session.get_inputs()}
        given = {each.name for each in self._session.get_outputs()}
        if taken != set(inputs) or not given >= set(outputs):
            raise ManifestError(f"{path.name} is a graph of something else.")

    def run(self, **inputs: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """The outputs in the order they were named."""
        found: list[NDArray[np.float32]] = self._session.run(self._outputs, inputs)
        return found


def _load_errors() -> tuple[type[Exception], ...]:
    """ONNX Runtime's own errors share no public base class below Exception."""
    state = onnxruntime.capi.onnxruntime_pybind11_state
    names = ("Fail", "InvalidGraph", "InvalidProtobuf", "InvalidArgument", "NotImplemented", "NoSuchFile")
    return tuple(getattr(state, name) for name in names if hasattr(state, name))


_LOAD_ERRORS: tuple[type[Exception], ...] = (RuntimeError, ValueError, *_load_errors())
