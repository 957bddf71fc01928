"""Export of a trained network to `model.onnx`, checked against the network it came from."""

from __future__ import annotations

import copy
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar, cast

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from torch import Tensor, nn

from ml.contracts import ModelKind
from ml.errors import ParityError
from ml.inference.assist_input import BEFORE, BOX, CLICKS_IN, CLICKS_OUT, INPUT_CHANNELS
from ml.inference.predictor import INPUT_STRIDE_PX
from ml.inference.runtime import Graph
from ml.models.assist import STRIDE_PX, AssistNet, ExportedAssist
from ml.models.blocks import fold_norms
from ml.models.classifier import Classifier, ExportedClassifier
from ml.models.detector import Detector, ExportedDetector, FindsBoxes
from ml.models.instance import ExportedInstance, InstanceNet
from ml.models.semantic import ExportedSemantic, SemanticNet

Network = TypeVar("Network", bound=nn.Module)

OPSET = 18
MAX_BATCH = 64
MAX_STRIDES = 16
# As large as an input may be asked for.
MAX_SIDE_STRIDES = 128
PARITY_PICTURES = 3
# Scores and unit embeddings are of order 1, boxes of order the input size in pixels.
MAX_DIFFERENCE = 1e-3
MAX_BOX_DIFFERENCE_PX = 0.05
_CHANNELS = dict.fromkeys(ModelKind, 3) | {ModelKind.ASSIST: INPUT_CHANNELS}


def onnx_export(
    network: nn.Module, kind: ModelKind, input_size: int, path: Path, ordered: bool = True
) -> float:
    """Write `path` and give its largest difference from torch. Raises ParityError.

    A network that picks its boxes by their scores is not `ordered`: of two as good either may come first.

    The graph takes `images` (B, 3, S, S) and gives `boxes`, `scores`, `embedding` (a classifier or segmenter no boxes);
    a small detector takes (B, 3, H, W), both sides any multiple of 32; an assist network takes (B, 7, S, S), S any
    multiple of 32, and gives `masks` and `scores`.
    """
    wrapped, names = _wrapped(network, kind)
    example = torch.rand(2, _CHANNELS[kind], input_size, input_size)
    partial = path.with_suffix(".part.onnx")
    graph_write(wrapped, (example,), partial, ("images",), names, (_dynamic_shape(network),))
    graph = Graph(partial)
    images = _parity_input(kind, input_size)
    difference = parity(wrapped, names, graph, images, ordered)
    if _takes_any_shape(network):
        half = max(input_size // (2 * INPUT_STRIDE_PX), 1) * INPUT_STRIDE_PX
        wide = images[:, :, :half]
        difference = max(difference, parity(wrapped, names, graph, wide, ordered))
    partial.replace(path)
    return difference


def _takes_any_shape(network: nn.Module) -> bool:
    """An instance segmenter is a detector too, but its masks are worked out for a square."""
    return isinstance(network, Detector) and not isinstance(network, InstanceNet)


def _dynamic_shape(network: nn.Module) -> dict[int, torch.export.Dim]:
    """The batch; of an assist network the side too, so that one graph looks quickly and closely; of a small detector
    both sides, so that a wide picture needs no grey borders."""
    batch = torch.export.Dim("batch", min=1, max=MAX_BATCH)
    if isinstance(network, AssistNet):
        side = STRIDE_PX * torch.export.Dim("strides", min=2, max=MAX_STRIDES)
        return {0: batch, 2: side, 3: side}
    if _takes_any_shape(network):
        sides = (
            INPUT_STRIDE_PX * torch.export.Dim(name, min=1, max=MAX_SIDE_STRIDES)
            for name in ("rows", "columns")
        )
        return {0: batch, **dict(zip((2, 3), sides, strict=True))}
    return {0: batch}


@torch.no_grad()
def parity(wrapped: nn.Module, names: list[str], graph: Graph, images: Tensor, ordered: bool = True) -> float:
    """Largest absolute difference over `images`, boxes in shares of the input. Raises ParityError."""
    input_size = images.shape[-1]
    expected: tuple[Tensor, ...] = wrapped(images)
    outputs = graph.run(images.numpy())
    if not ordered:
        outputs |= _in_order_of(dict(zip(names, expected, strict=True)), outputs, input_size)
    worst = 0.0
    for name, wanted in zip(names, expected, strict=True):
        difference = float(np.abs(outputs[name] - wanted.numpy()).max())
        limit = MAX_BOX_DIFFERENCE_PX if name == "boxes" else MAX_DIFFERENCE
        if not difference <= limit:
            raise ParityError(f"The exported graph's {name} differ from torch by {difference:.2g}.")
        worst = max(worst, difference / input_size if name == "boxes" else difference)
    return worst


def _in_order_of(
    expected: Mapping[str, Tensor], outputs: Mapping[str, NDArray[np.float32]], input_size: int
) -> dict[str, NDArray[np.float32]]:
    """`boxes` and `scores` with the rows of each picture laid beside those of `expected` that are nearest, one to one."""
    names = ("boxes", "scores")
    units = (MAX_BOX_DIFFERENCE_PX, MAX_DIFFERENCE)
    found = {name: outputs[name].copy() for name in names}
    for picture in range(len(found["boxes"])):
        apart = [
            cdist(expected[name][picture].numpy(), outputs[name][picture], "chebyshev") / unit
            for name, unit in zip(names, units, strict=True)
        ]
        _, order = linear_sum_assignment(np.minimum(np.maximum(*apart), input_size))
        for name in names:
            found[name][picture] = outputs[name][picture][order]
    return found


def _parity_input(kind: ModelKind, input_size: int) -> Tensor:
    """Random pictures in the range the graph is fed with; for an assist network with clicks, boxes and a mask."""
    generator = torch.Generator().manual_seed(0)
    images = torch.rand(PARITY_PICTURES, _CHANNELS[kind], input_size, input_size, generator=generator)
    if kind is not ModelKind.ASSIST:
        return images * 4 - 2
    middle = slice(input_size // 4, input_size // 2)
    images[:, CLICKS_IN:] = 0.0
    images[0, BOX, middle, middle] = 0.8
    for channel in (CLICKS_IN, CLICKS_OUT, BEFORE):
        images[1:, channel, channel * 2 : channel * 4, channel * 4 : channel * 6] = 1.0
    return images


def embedding_dim(graph: Graph, input_size: int) -> int:
    """Length of the graph's embedding, 0 where it has none."""
    if "embedding" not in graph.output_names:
        return 0
    outputs = graph.run(np.zeros((1, 3, input_size, input_size), dtype=np.float32))
    return int(outputs["embedding"].shape[1])


def _wrapped(network: nn.Module, kind: ModelKind) -> tuple[nn.Module, list[str]]:
    plain = folded(network)
    if kind is ModelKind.ASSIST:
        assert isinstance(plain, AssistNet)
        return ExportedAssist(plain).eval(), ["masks", "scores"]
    if kind is ModelKind.DETECT:
        return ExportedDetector(cast(FindsBoxes, plain)).eval(), ["boxes", "scores", "embedding"]
    if kind is ModelKind.INSTANCE:
        assert isinstance(plain, InstanceNet)
        return ExportedInstance(plain).eval(), ["boxes", "scores", "mixes", "prototypes", "embedding"]
    if kind is ModelKind.SEGMENT:
        assert isinstance(plain, SemanticNet)
        return ExportedSemantic(plain).eval(), ["scores", "embedding"]
    assert isinstance(plain, Classifier)
    return ExportedClassifier(plain).eval(), ["scores", "embedding"]


def folded(network: Network) -> Network:
    """A copy for inference, its batch norms folded into the convolutions."""
    plain = copy.deepcopy(network).eval().to(memory_format=torch.contiguous_format)
    fold_norms(plain)
    return plain


def graph_write(
    network: nn.Module,
    example: tuple[Tensor, ...],
    path: Path,
    inputs: Sequence[str],
    outputs: Sequence[str],
    dynamic_shapes: tuple[dict[int, torch.export.Dim], ...],
    opset: int = OPSET,
) -> None:
    """One ONNX file without external data or traces of this machine; a dictionary of free axes for each input."""
    with quiet_exporter():
        torch.onnx.export(
            network,
            example,
            path,
            dynamo=True,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_shapes=dynamic_shapes,
            opset_version=opset,
            external_data=False,
            verbose=False,
        )
    graph_strip(path)


def graph_strip(path: Path) -> None:
    """Drop the exporter's stack traces: half a megabyte of this machine's paths."""
    model = onnx.load(path)
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    for value in (*model.graph.value_info, *model.graph.input, *model.graph.output):
        del value.metadata_props[:]
    del model.graph.metadata_props[:]
    del model.graph.value_info[:]
    del model.metadata_props[:]
    model.doc_string = ""
    onnx.save(model, path)


@contextmanager
def quiet_exporter() -> Iterator[None]:
    """The exporter logs and warns about its own internals; none of it concerns our graph."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
