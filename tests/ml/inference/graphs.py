"""Tiny ONNX graphs that always give the same output, to test what is around a network without one."""

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper


def constant_graph(path: Path, outputs: dict[str, NDArray[np.float32]], side: int | None = None) -> Path:
    """A graph `images` (1, 3, S, S) -> the arrays given, plus 0 x the input's sum so that it is used.

    Without a `side` it takes any shape.
    """
    nodes = [
        helper.make_node("ReduceSum", ["images"], ["sum"], keepdims=0),
        helper.make_node("Mul", ["sum", "zero"], ["nothing"]),
    ]
    initial = [numpy_helper.from_array(np.zeros((), np.float32), "zero")]
    values = []
    for name, value in outputs.items():
        initial.append(numpy_helper.from_array(value.astype(np.float32), f"{name}_value"))
        nodes.append(helper.make_node("Add", [f"{name}_value", "nothing"], [name]))
        values.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, value.shape))
    images = helper.make_tensor_value_info(
        "images", TensorProto.FLOAT, [1, 3, side or "height", side or "width"]
    )
    graph = helper.make_graph(nodes, "constant", [images], values, initial)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.save(model, path)
    return path
