"""A judge of boxes that goes by colour, so that every answer is known: the first class is red, the second blue."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from ml.inference.crops import SIDE_PX
from ml.inference.judge import INPUTS, JUDGE_FILE, OUTPUTS, JudgeFacts, judge_facts_write
from ml.inference.manifest import file_sha256

# Logits by the crop's mean colour less grey: background has one of its own, which faint colours do not reach.
GAIN, NOTHING = 12.0, 2.0


def colour_judge(folder: Path, classes: tuple[str, str], offsets: tuple[float, ...] = (0.0,) * 4) -> Path:
    """A finished judge that would move every box by `offsets` (shares of its sides), which it is off by usually by a tenth."""
    folder.mkdir(parents=True, exist_ok=True)
    colours = np.array([[0, GAIN, -GAIN], [0, 0, 0], [0, -GAIN, GAIN]], np.float32)
    constants = {
        "flat": np.array([-1, 3], np.int64),
        "sides": np.array([-1, 1, 1], np.int64),
        "colours": colours,
        "levels": np.array([NOTHING, 0, 0], np.float32),
        "zero": np.zeros((1, 1), np.float32),
        "moves": np.tile(np.array(offsets, np.float32), (1, 2, 1)),
        "usual": np.full((1, 2, 4), np.log(0.1), np.float32),
        "first": np.array([0], np.int64),
        "axis": np.array([1], np.int64),
        "one": np.array([1], np.int64),
    }
    nodes = [
        helper.make_node("GlobalAveragePool", ["crops"], ["mean"]),
        helper.make_node("Reshape", ["mean", "flat"], ["colour"]),
        helper.make_node("MatMul", ["colour", "colours"], ["reds"]),
        helper.make_node("Add", ["reds", "levels"], ["logits"]),
        helper.make_node("LogSoftmax", ["logits"], [OUTPUTS[0]], axis=1),
        helper.make_node("Slice", ["shapes", "first", "one", "axis"], ["some"]),
        helper.make_node("Mul", ["some", "zero"], ["none"]),
        helper.make_node("Reshape", ["none", "sides"], ["rows"]),
        helper.make_node("Add", ["moves", "rows"], [OUTPUTS[1]]),
        helper.make_node("Add", ["usual", "rows"], [OUTPUTS[2]]),
    ]
    make = helper.make_tensor_value_info
    inputs = [
        make(INPUTS[0], TensorProto.FLOAT, ["b", 3, SIDE_PX, SIDE_PX]),
        make(INPUTS[1], TensorProto.FLOAT, ["b", 4]),
    ]
    outputs = [make(OUTPUTS[0], TensorProto.FLOAT, ["b", 3])]
    outputs += [make(name, TensorProto.FLOAT, ["b", 2, 4]) for name in OUTPUTS[1:]]
    initial = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "colour", inputs, outputs, initial)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, folder / JUDGE_FILE)
    judge_facts_write(folder, JudgeFacts(classes, file_sha256(folder / JUDGE_FILE), {"cpu_s": 1.0}))
    return folder
