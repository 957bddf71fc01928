"""A segmenter whose answer is known: bright pixels are of its last class, so that it paints the discs of `discs`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from backend.learning.enums import ModelState
from backend.learning.models import ModelVersion
from backend.learning.services import registry
from backend.projects.models import Project
from ml.contracts import Manifest, ModelKind
from ml.inference.manifest import file_sha256, manifest_write
from tests.support.learning import graph_save

SIDE_PX = 96


def areas_graph(path: Path, classes: int, gain: float) -> Path:
    """`images` (B, 3, S, S) in 0..1 -> `scores` (B, 1 + classes, S, S): `gain` × brightness for the last class, the rest of
    1 for the background, nothing for others; `embedding` (B, 3) the mean colour."""
    last, rest, ones = (np.zeros((1, classes + 1, 1, 1), np.float32) for _ in range(3))
    last[:, -1] = gain
    rest[:, 0] = -gain
    ones[:, 0] = 1.0
    initial = [
        numpy_helper.from_array((last + rest), "weights"),
        numpy_helper.from_array(ones, "background"),
        numpy_helper.from_array(np.array([-1, 3], np.int64), "flat"),
    ]
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["bright"], axes=[1], keepdims=1),
        helper.make_node("Mul", ["bright", "weights"], ["weighted"]),
        helper.make_node("Add", ["weighted", "background"], ["scores"]),
        helper.make_node("GlobalAveragePool", ["images"], ["colour"]),
        helper.make_node("Reshape", ["colour", "flat"], ["embedding"]),
    ]
    make = helper.make_tensor_value_info
    outputs = [
        make("scores", TensorProto.FLOAT, ["b", classes + 1, "h", "w"]),
        make("embedding", TensorProto.FLOAT, ["b", 3]),
    ]
    return graph_save(path, "areas", nodes, outputs, initial)


def make_areas_model(
    project: Project,
    folder: Path,
    state: ModelState = ModelState.PRODUCTION,
    classes: tuple[str, ...] = ("person", "hard_hat"),
    gain: float = 1.0,
) -> ModelVersion:
    """A registered one in `folder`, which is made; below a gain of about .65 a disc stays background."""
    folder.mkdir(parents=True)
    path = areas_graph(folder / "model.onnx", len(classes), gain)
    manifest = Manifest(
        name="areas",
        kind=ModelKind.SEGMENT,
        architecture="test",
        classes=classes,
        input_size=SIDE_PX,
        mean=(0.0, 0.0, 0.0),
        std=(1.0, 1.0, 1.0),
        sha256=file_sha256(path),
        parity=0.0,
        embedding_dim=3,
    )
    manifest_write(folder, manifest)
    return registry.model_register_run(project=project, run_dir=folder, name=folder.name, state=state)
