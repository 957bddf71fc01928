"""Features of every patch of a picture, at its own scale: a trained network's middle layers, or plain filters."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from ml.contracts import Manifest
from ml.errors import ImageError, ManifestError
from ml.inference.manifest import manifest_read, verified_model_path
from ml.inference.preprocess import to_batch
from ml.inference.runtime import Graph

Maps = NDArray[np.float32]

# Side of the cell that a patch stands for; a defect of a few cells still makes a blob.
CELL_PX = 8
# Finer layers know texture, coarser ones shape; the last one knows whole objects and is left out.
STRIDES_PX = (4, 8, 16)
# Pictures are brought to this grey, so that an exposure is no defect.
MEAN_GREY, SPREAD_GREY = 0.5, 0.15
FILTER_SIGMAS_PX = (1.0, 2.0, 4.0)


class Encoder(Protocol):
    """Gives (h, w, D) features of a uint8 RGB picture (H, W, 3); h and w are H / CELL_PX and W / CELL_PX, rounded up."""

    def maps(self, picture: NDArray[np.uint8]) -> Maps: ...


class GraphEncoder:
    """The layers of a RUN's network that enter its halving convolutions, gathered at the cell's scale."""

    def __init__(self, run_dir: Path | str, threads: int = 1, random_seed: int | None = None) -> None:
        """With `random_seed` the network's weights are drawn anew: the baseline that training has to beat.

        Raises ManifestError where the RUN is broken or its network has no such layers.
        """
        folder = Path(run_dir)
        self._manifest: Manifest = manifest_read(folder)
        model = onnx.load(str(verified_model_path(folder, self._manifest)))
        names = _halved(model.graph)
        if not names:
            raise ManifestError(f"{self._manifest.name} has no layers to take features from.")
        if random_seed is not None:
            _randomise(model.graph, np.random.default_rng(random_seed))
        del model.graph.output[:]
        model.graph.output.extend(helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in names)
        with tempfile.TemporaryDirectory(prefix="siteloop-encoder-") as scratch:
            path = Path(scratch) / "layers.onnx"
            onnx.save(model, str(path))
            self._graph = Graph(path, threads)

    def maps(self, picture: NDArray[np.uint8]) -> Maps:
        """As `Encoder.maps`; the picture is walked in windows of the network's input size, mirrored at its edge."""
        height, width = _checked(picture)
        side = self._manifest.input_size
        even = _evened(picture)
        padded = np.pad(even, ((0, -height % side), (0, -width % side), (0, 0)), mode="symmetric")
        windows = [
            padded[y : y + side, x : x + side]
            for y in range(0, padded.shape[0], side)
            for x in range(0, padded.shape[1], side)
        ]
        across = padded.shape[1] // side
        rows = [
            np.concatenate([self._window(w) for w in windows[i : i + across]], axis=1)
            for i in range(0, len(windows), across)
        ]
        whole = np.concatenate(rows, axis=0)
        return _pooled(whole[: -(-height // CELL_PX), : -(-width // CELL_PX)])

    def _window(self, window: NDArray[np.uint8]) -> Maps:
        cells = window.shape[0] // CELL_PX
        outputs = self._graph.run(to_batch([window], self._manifest.mean, self._manifest.std))
        by_stride: dict[int, Maps] = {}
        for layer in outputs.values():
            by_stride.setdefault(window.shape[0] // layer.shape[2], layer[0].transpose(1, 2, 0))
        parts = [_at_scale(by_stride[s], cells) for s in STRIDES_PX if s in by_stride]
        return np.concatenate(parts, axis=2)


class FilterEncoder:
    """No model: brightness, edges along and across, and blobs at three scales, and how much each varies nearby."""

    def maps(self, picture: NDArray[np.uint8]) -> Maps:
        """As `Encoder.maps`."""
        height, width = _checked(picture)
        grey = cv2.cvtColor(_evened(picture), cv2.COLOR_RGB2GRAY).astype(np.float32) / 255.0
        layers = []
        for sigma in FILTER_SIGMAS_PX:
            smooth = cv2.GaussianBlur(grey, (0, 0), sigma)
            dy, dx = np.gradient(smooth)
            blob = cv2.Laplacian(smooth, cv2.CV_32F)
            layers += [
                smooth,
                sigma * np.abs(dx),
                sigma * np.abs(dy),
                sigma**2 * blob,
                sigma**2 * np.abs(blob),
            ]
            layers.append(
                np.sqrt(
                    np.maximum(
                        cv2.GaussianBlur(grey**2, (0, 0), 2 * sigma)
                        - cv2.GaussianBlur(grey, (0, 0), 2 * sigma) ** 2,
                        0,
                    )
                )
            )
        stack = np.stack(layers, axis=2).astype(np.float32)
        stack = np.pad(stack, ((0, -height % CELL_PX), (0, -width % CELL_PX), (0, 0)), mode="symmetric")
        cells = stack.reshape(stack.shape[0] // CELL_PX, CELL_PX, stack.shape[1] // CELL_PX, CELL_PX, -1)
        return _pooled(np.concatenate([cells.mean(axis=(1, 3)), cells.max(axis=(1, 3))], axis=2))


def _checked(picture: NDArray[np.uint8]) -> tuple[int, int]:
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8 or picture.size == 0:
        raise ImageError(f"A uint8 RGB picture was expected, not {picture.dtype} {picture.shape}.")
    return picture.shape[0], picture.shape[1]


def _evened(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture at a fixed mean and spread of grey."""
    values = picture.astype(np.float32) / 255.0
    spread = max(float(values.std()), 0.02)
    even = (values - float(values.mean())) / spread * SPREAD_GREY + MEAN_GREY
    return np.asarray(np.clip(even, 0.0, 1.0) * 255.0, dtype=np.uint8)


def _at_scale(layer: Maps, cells: int) -> Maps:
    """(h, w, D) at (cells, cells, D): means of finer cells, coarser ones between their centres."""
    if layer.shape[0] == cells:
        return layer
    if layer.shape[0] > cells:
        step = layer.shape[0] // cells
        return np.asarray(layer.reshape(cells, step, cells, step, -1).mean(axis=(1, 3)), dtype=np.float32)
    bands = [cv2.resize(np.ascontiguousarray(layer[..., d]), (cells, cells)) for d in range(layer.shape[2])]
    return np.stack(bands, axis=2).astype(np.float32)


def _pooled(maps: Maps) -> Maps:
    """Each cell with its eight neighbours: a patch is known by what is around it (Roth et al., PatchCore, 2022)."""
    padded = np.pad(maps, ((1, 1), (1, 1), (0, 0)), mode="edge")
    height, width = maps.shape[:2]
    total = sum(padded[y : y + height, x : x + width] for y in range(3) for x in range(3))
    return np.asarray(total / 9.0, dtype=np.float32)


def _halved(graph: onnx.GraphProto) -> list[str]:
    """Names of the layers that enter a convolution of stride two, in order, the picture itself aside."""
    picture = graph.input[0].name
    found: list[str] = []
    for node in graph.node:
        strides = next((list(a.ints) for a in node.attribute if a.name == "strides"), [])
        if node.op_type == "Conv" and strides == [2, 2] and node.input[0] not in (picture, *found):
            found.append(node.input[0])
    return found


def _randomise(graph: onnx.GraphProto, rng: np.random.Generator) -> None:
    """He-normal weights and no biases, as before training."""
    weights = {name for node in graph.node if node.op_type == "Conv" for name in node.input[1:]}
    for tensor in graph.initializer:
        if tensor.name not in weights:
            continue
        values = numpy_helper.to_array(tensor)
        fresh = np.zeros_like(values)
        if values.ndim == 4:
            fresh = rng.normal(0.0, (2.0 / values[0].size) ** 0.5, values.shape).astype(np.float32)
        tensor.CopyFrom(numpy_helper.from_array(fresh, tensor.name))
