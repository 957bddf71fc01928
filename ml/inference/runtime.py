"""ONNX Runtime sessions with a stated number of threads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from ml.errors import ManifestError


class Graph:
    """An ONNX graph with one image input, run on the CPU."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = max(threads, 1)
        options.inter_op_num_threads = 1
        # Spinning threads would take the CPU from the feeds and the web process beside us.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # Only fatal messages: a broken file is reported by our own error.
        options.log_severity_level = 4
        try:
            self._session: Any = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except _LOAD_ERRORS as error:
            raise ManifestError(f"{path.name} cannot be loaded as an ONNX graph.") from error
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or len(inputs[0].shape) != 4:
            raise ManifestError(f"{path.name} does not take one (B, C, H, W) input.")
        self._input = inputs[0].name
        batch = inputs[0].shape[0]
        self.fixed_batch: int | None = batch if isinstance(batch, int) else None
        self.output_names: tuple[str, ...] = tuple(o.name for o in self._session.get_outputs())

    def run(self, images: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Outputs by name for float images (B, C, S, S)."""
        return dict(zip(self.output_names, self._session.run(None, {self._input: images}), strict=True))


def _load_errors() -> tuple[type[Exception], ...]:
    """ONNX Runtime's own errors share no public base class below Exception."""
    state = onnxruntime.capi.onnxruntime_pybind11_state
    names = ("Fail", "InvalidGraph", "InvalidProtobuf", "InvalidArgument", "NotImplemented", "NoSuchFile")
    return tuple(getattr(state, name) for name in names if hasattr(state, name))


_LOAD_ERRORS: tuple[type[Exception], ...] = (RuntimeError, ValueError, *_load_errors())
