"""The cases that the assist's decoders in Python and in the browser must answer alike: `tests/vectors/assist.json`.

Write it anew after a change of `ml/inference/assist_*.py` or `sam_decoder.py`: `python -m tests.support.assist_vectors`.
The graphs are tiny ones made here, so that weights may change without a change of these cases.
"""

from __future__ import annotations

import base64
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from ml.contracts import Box, Manifest, ModelKind
from ml.geometry.masks import mask_to_rle
from ml.geometry.rle import counts_encode
from ml.inference import assist_input as shown
from ml.inference.assist_segmenter import AssistSegmenter
from ml.inference.runtime import Graph
from ml.inference.sam_decoder import SamDecoder
from ml.inference.segmenter import Features, PromptPoint, Prompts, Segmentation

FILE = Path(__file__).resolve().parents[1] / "vectors" / "assist.json"
WIDTH, HEIGHT = 150, 110
# The first takes inputs of any side, as the network that ships; the other one side only, as those made before it did.
SIZES = (160, 32)
CROP_SIZE = 20
SAM_SIDE, SAM_SHAPE, SAM_LOW = 256, (8, 16, 16), 64

# left, top, side: shrunk, shrunk by a whole number, over two borders, magnified, alike, all beyond the picture.
WINDOWS = ((20, 10, 73), (10, 5, 60), (-30, 60, 90), (55, 35, 13), (40, 30, 20), (400, 400, 40))

CASES: tuple[dict[str, Any], ...] = (
    {"name": "a click in view", "points": [[70, 52, 1]], "view": [25, 10, 125, 95]},
    {"name": "a click at the border in view", "points": [[3.5, 106, 1]], "view": [0, 60, 60, 110]},
    {"name": "a click in the whole picture", "points": [[92, 64, 1]]},
    {"name": "two clicks in the whole picture", "points": [[60, 40, 1], [85, 60, 1]]},
    {"name": "a box", "box": [38, 18, 102, 84]},
    {"name": "a box past the picture", "box": [-10, 60, 40, 130]},
    {"name": "a box and clicks", "box": [38, 18, 102, 84], "points": [[70, 50, 1], [45, 25, 0]]},
    {"name": "a correction", "points": [[70, 52, 1], [90, 40, 0]], "view": [25, 10, 125, 95], "after": 0},
    {
        "name": "a correction outside the window",
        "points": [[70, 52, 1], [140, 12, 1]],
        "view": [25, 10, 125, 95],
        "after": 0,
    },
    {"name": "a box after a click", "points": [[70, 52, 1]], "box": [38, 18, 102, 84], "after": 0},
)


def picture() -> NDArray[np.uint8]:
    """uint8 (HEIGHT, WIDTH, 3) by whole-number arithmetic, so that the browser makes the very same one."""
    y, x, c = np.mgrid[:HEIGHT, :WIDTH, :3]
    ground = 40 + (x * 3 + y * 2 + c * 40) % 64
    disk = 200 - 30 * c + (x * y) % 16
    return np.where((x - 70) ** 2 + (y - 50) ** 2 < 900, disk, ground).astype(np.uint8)


def embedding() -> NDArray[np.float16]:
    """float16 SAM_SHAPE, by whole-number arithmetic over 64."""
    c, y, x = np.mgrid[: SAM_SHAPE[0], : SAM_SHAPE[1], : SAM_SHAPE[2]]
    return (((c * 37 + y * 11 + x * 7 + (x - 7) * (y - 6) * (c + 1)) % 128 - 64) / 64).astype(np.float16)


def network_graph(side: int | str) -> onnx.ModelProto:
    """A network of one convolution that finds what is red round its clicks; `side` of its input, a name for any."""
    rng = np.random.default_rng(3)
    kernel = rng.normal(0, 0.02, (1, 7, 5, 5)).astype(np.float32)
    kernel[0, 0] += 12.0 / 25
    kernel[0, 3] += 0.8
    kernel[0, 4] -= 1.2
    kernel[0, 5] += 3.0 / 25
    kernel[0, 6] += 2.5 / 25
    nodes = [
        helper.make_node("Conv", ["images", "kernel", "bias"], ["logits"], pads=[2, 2, 2, 2]),
        helper.make_node("Sigmoid", ["logits"], ["soft"]),
        helper.make_node("Squeeze", ["soft", "one"], ["masks"]),
        helper.make_node("ReduceMean", ["masks"], ["scores"], axes=[1, 2], keepdims=0),
    ]
    return _model(
        nodes,
        [_float("images", ["batch", 7, side, side])],
        [_float("masks", ["batch", side, side]), _float("scores", ["batch"])],
        {"kernel": kernel, "bias": np.array([-6.5], np.float32), "one": np.array([1])},
    )


def sam_graph() -> onnx.ModelProto:
    """A mask decoder by name and shape: looks at the embedding, at how near the points are, and at the mask before."""
    rng = np.random.default_rng(4)
    axis = ((np.arange(SAM_LOW) + 0.5) * SAM_SIDE / SAM_LOW - 0.5).astype(np.float32).reshape(1, 1, -1)
    weights = {
        "mix": rng.normal(0, 0.4, (4, SAM_SHAPE[0], 1, 1)).astype(np.float32),
        "scales": np.array([1, 1, 4, 4], np.float32),
        "axis": axis,
        "reach": np.array(-1 / 1800, np.float32),
        "channels": np.array([1]),
        "last": np.array([2]),
        "first": np.array([0]),
        "second": np.array([1]),
        "in": np.array(1, np.float32),
        "out": np.array(0, np.float32),
        "corner": np.array(2, np.float32),
        "six": np.array(6, np.float32),
        "half": np.array(0.5, np.float32),
        "bias": np.array([-2.0, -1.0, -2.0, -3.0], np.float32).reshape(1, 4, 1, 1),
    }
    node = helper.make_node
    near = [
        made
        for k, index in (("x", "first"), ("y", "second"))
        for made in (
            node("Gather", ["point_coords", index], [f"{k}s"], axis=2),
            node("Sub", ["axis", f"{k}s"], [f"{k}_away"]),
            node("Mul", [f"{k}_away", f"{k}_away"], [f"{k}_away2"]),
            node("Mul", [f"{k}_away2", "reach"], [f"{k}_exponent"]),
            node("Exp", [f"{k}_exponent"], [f"{k}_near"]),
        )
    ]
    nodes = [
        node("Conv", ["image_embeddings", "mix"], ["coarse"]),
        node("Resize", ["coarse", "", "scales"], ["seen"], mode="linear"),
        *near,
        node("Equal", ["point_labels", "in"], ["is_in"]),
        node("Equal", ["point_labels", "out"], ["is_out"]),
        node("GreaterOrEqual", ["point_labels", "corner"], ["is_corner"]),
        *(node("Cast", [f"is_{k}"], [f"as_{k}"], to=TensorProto.FLOAT) for k in ("in", "out", "corner")),
        node("Sub", ["as_in", "as_out"], ["signed"]),
        node("Mul", ["as_corner", "half"], ["halved"]),
        node("Add", ["signed", "halved"], ["pull"]),
        node("Mul", ["pull", "six"], ["pulls"]),
        node("Unsqueeze", ["pulls", "last"], ["pulls_wide"]),
        node("Mul", ["y_near", "pulls_wide"], ["y_pulled"]),
        node("Transpose", ["y_pulled"], ["y_down"], perm=[0, 2, 1]),
        node("MatMul", ["y_down", "x_near"], ["plane"]),
        node("Unsqueeze", ["plane", "channels"], ["prompted"]),
        node("Mul", ["mask_input", "has_mask_input"], ["shown"]),
        node("Mul", ["shown", "half"], ["before"]),
        node("Add", ["seen", "prompted"], ["with_prompt"]),
        node("Add", ["with_prompt", "before"], ["with_before"]),
        node("Add", ["with_before", "bias"], ["low_res_masks"]),
        node("ReduceMean", ["low_res_masks"], ["level"], axes=[2, 3], keepdims=0),
        node("Sigmoid", ["level"], ["iou_predictions"]),
    ]
    c, h, w = SAM_SHAPE
    inputs = [
        _float("image_embeddings", [1, c, h, w]),
        _float("point_coords", [1, "n", 2]),
        _float("point_labels", [1, "n"]),
        _float("mask_input", [1, 1, SAM_LOW, SAM_LOW]),
        _float("has_mask_input", [1]),
    ]
    outputs = [_float("low_res_masks", [1, 4, SAM_LOW, SAM_LOW]), _float("iou_predictions", [1, 4])]
    return _model(nodes, inputs, outputs, weights)


def _float(name: str, shape: list[Any]) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _model(
    nodes: list[Any], inputs: list[Any], outputs: list[Any], weights: dict[str, Any]
) -> onnx.ModelProto:
    tensors = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model


def prompts_of(case: dict[str, Any], previous: NDArray[np.float32] | None) -> Prompts:
    box, view = case.get("box"), case.get("view")
    return Prompts(
        points=tuple(PromptPoint(x, y, bool(inside)) for x, y, inside in case.get("points", ())),
        box=Box(*map(float, box)) if box else None,
        viewport=Box(*map(float, view)) if view else None,
        previous=previous,
    )


def answers(segmenter: Any, features: Features) -> list[dict[str, Any]]:
    """What a segmenter says to each case; `after` names the case whose first answer is corrected."""
    found: list[Segmentation] = []
    rows = []
    for case in CASES:
        earlier = found[case["after"]].low_res if "after" in case else None
        got = segmenter.decode(features, prompts_of(case, None if earlier is None else earlier[0]))
        found.append(got)
        masks = [counts_encode(mask_to_rle(mask).counts) for mask in got.masks]
        rows.append({**case, "masks": masks, "scores": [round(float(v), 4) for v in got.scores]})
    return rows


def crops() -> list[dict[str, Any]]:
    return [
        {"window": window, "bytes": shown.crop(picture(), shown.Window(*window), CROP_SIZE).ravel().tolist()}
        for window in WINDOWS
    ]


def drawn() -> dict[str, Any]:
    """Planes (CROP_SIZE, CROP_SIZE) with clicks and a box."""
    clicks = np.zeros((CROP_SIZE, CROP_SIZE), np.float32)
    for x, y in ((0.2, 0.4), (10.0, 10.0), (14.5, 5.5), (19.9, 19.0)):
        shown.draw_click(clicks, x, y)
    box = np.zeros((CROP_SIZE, CROP_SIZE), np.float32)
    shown.draw_box(box, (3.3, -2.0, 15.7, 12.4))
    return {"clicks": clicks.ravel().tolist(), "box": np.round(box, 5).ravel().tolist()}


def networks(folder: Path) -> list[dict[str, Any]]:
    """The same cases for a network of any side and for one of one side."""
    found = []
    for size, side in zip(SIZES, ("side", SIZES[1]), strict=True):
        graph, path = network_graph(side), folder / f"{size}.onnx"
        onnx.save(graph, path)
        manifest = Manifest(
            "tiny", ModelKind.ASSIST, "tiny", ("object",), size, (0, 0, 0), (1, 1, 1), "0" * 64, 0.0
        )
        assist = AssistSegmenter(manifest, Graph(path, 1))
        found.append(
            {"size": size, "graph": _text(graph), "cases": answers(assist, assist.encode(picture()))}
        )
    return found


def vectors() -> dict[str, Any]:
    sam = sam_graph()
    with tempfile.TemporaryDirectory() as folder:
        by_network = networks(Path(folder))
        path = Path(folder) / "sam.onnx"
        onnx.save(sam, path)
        decoder = SamDecoder(path, key="tiny", side=SAM_SIDE, shape=SAM_SHAPE)
        by_sam = answers(decoder, Features(embedding(), HEIGHT, WIDTH, "tiny"))
    return {
        "picture": {"width": WIDTH, "height": HEIGHT},
        "crop_size": CROP_SIZE,
        "crops": crops(),
        "drawn": drawn(),
        "networks": by_network,
        "sam": {"side": SAM_SIDE, "shape": SAM_SHAPE, "graph": _text(sam), "cases": by_sam},
    }


def _text(model: onnx.ModelProto) -> str:
    return base64.b64encode(model.SerializeToString()).decode("ascii")


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors()) + "\n")
