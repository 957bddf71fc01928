"""What the rest of Siteloop runs of a segment-anything checkpoint: a decoder as one ONNX file, an encoder for OpenVINO.

Both are checked against the torch model they came from before they take their place.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ml.contracts import Box
from ml.errors import ParityError
from ml.inference.sam_decoder import INPUTS, OUTPUTS, SamDecoder
from ml.inference.sam_encoder import SamEncoder
from ml.inference.sam_facts import DECODER_FILE, ENCODER_FILE, facts_write
from ml.inference.segmenter import Features, PromptPoint, Prompts
from ml.models.sam import SamSegmenter, checkpoint_read
from ml.models.sam_build import sam_of
from ml.models.sam_graph import SamDecoderGraph
from ml.training.export import graph_write, quiet_exporter

# The first with GELU as one step.
OPSET = 20
POINTS_MAX = 128
# Logits are of order 10 with trained weights, IoU of order 1.
MAX_LOGIT_DIFFERENCE = 1e-2
MAX_IOU_DIFFERENCE = 1e-3
# Share of the embedding's own spread; weights are stored in half precision.
MAX_ENCODER_DIFFERENCE = 0.02

Say = Callable[[float, str], None]


def sam_prepare(
    checkpoint: Path, allowed_sha256: Collection[str], out: Path, say: Say = lambda share, what: None
) -> dict[str, Any]:
    """Write the folder `out` whole or not at all; gives what stands in its `sam.json`.

    Raises ManifestError for a checkpoint that is not allowed or not one, ParityError where an export differs.
    """
    say(0.02, "reading the checkpoint")
    state, sha256 = checkpoint_read(checkpoint, allowed_sha256)
    architecture, sam = sam_of(state)
    torch_model = SamSegmenter(sam, f"sam:{architecture}:{sha256[:12]}")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".sam-") as name:
        folder = Path(name) / "sam"
        folder.mkdir()
        side, shape = torch_model.input_side, torch_model.embedding_shape
        say(0.1, "writing the decoder")
        decoder_export(sam, folder / DECODER_FILE)
        decoder_parity = decoder_difference(folder / DECODER_FILE, torch_model)
        say(0.3, "writing the encoder")
        encoder_export(sam.image_encoder, side, folder / ENCODER_FILE)
        say(0.7, "comparing the encoder with torch")
        encoder_parity = encoder_difference(folder / ENCODER_FILE, torch_model)
        facts = facts_write(
            folder,
            {
                "architecture": architecture,
                "sha256": sha256,
                "side": side,
                "shape": list(shape),
                "decoder_parity": decoder_parity,
                "encoder_parity": encoder_parity,
            },
        )
        shutil.rmtree(out, ignore_errors=True)
        folder.rename(out)
    say(1.0, "ready")
    return facts


def decoder_export(sam: Any, path: Path) -> None:
    """One file without external data, for any number of points."""
    graph = SamDecoderGraph(sam).eval()
    shape = (int(sam.prompt_encoder.embed_dim), *map(int, sam.prompt_encoder.image_embedding_size))
    mask = tuple(map(int, sam.prompt_encoder.mask_input_size))
    example = (
        torch.randn(1, *shape),
        torch.rand(1, 3, 2) * sam.image_encoder.img_size,
        torch.tensor([[1.0, 0.0, -1.0]]),
        torch.randn(1, 1, *mask),
        torch.ones(1),
    )
    count = torch.export.Dim("points", min=1, max=POINTS_MAX)
    graph_write(graph, example, path, INPUTS, OUTPUTS, ({}, {1: count}, {1: count}, {}, {}), OPSET)


def decoder_difference(path: Path, model: SamSegmenter) -> dict[str, float]:
    """Largest differences from torch over prompts of every kind. Raises ParityError."""
    shape, side = model.embedding_shape, model.input_side
    decoder = SamDecoder(path, key=model.key, side=side, shape=shape)
    rng = np.random.default_rng(0)
    features = Features(rng.standard_normal(shape).astype(np.float16), side, side * 3 // 4, model.key)
    before = rng.standard_normal((4 * shape[1], 4 * shape[2])).astype(np.float32) * 4
    third = side / 3
    clicks = tuple(PromptPoint(third + 7 * k, third, inside=k % 2 == 0) for k in range(5))
    logits = iou = 0.0
    for prompts in (
        Prompts(points=clicks[:1]),
        Prompts(points=clicks),
        Prompts(box=Box(third / 2, third / 2, third * 2, third * 2)),
        Prompts(points=clicks[:2], box=Box(10, 10, third, third), previous=before),
    ):
        ours, ours_iou = decoder.run(features, prompts)
        theirs, theirs_iou = model.run(features, prompts)
        logits = max(logits, float(np.abs(ours - theirs).max()))
        iou = max(iou, float(np.abs(ours_iou - theirs_iou).max()))
    if not (logits <= MAX_LOGIT_DIFFERENCE and iou <= MAX_IOU_DIFFERENCE):
        raise ParityError(f"The decoder differs from torch by {logits:.2g} (logits) and {iou:.2g} (IoU).")
    return {"logits": logits, "iou": iou}


def encoder_export(encoder: nn.Module, side: int, path: Path) -> None:
    """OpenVINO's form, weights in half precision."""
    import openvino

    with quiet_exporter(), torch.inference_mode(False), torch.no_grad():
        network = openvino.convert_model(
            encoder, example_input=torch.zeros(1, 3, side, side), input=[("x", [1, 3, side, side])]
        )
    openvino.save_model(network, path, compress_to_fp16=True)


def encoder_difference(path: Path, model: SamSegmenter) -> dict[str, float]:
    """Root mean square of the difference from torch, as a share of the embedding's own spread.

    `exact` in float32, which must be close (ParityError); `fast` as this processor runs it, only told.
    """
    picture: NDArray[np.uint8] = np.random.default_rng(1).integers(0, 256, (90, 150, 3), dtype=np.uint8)
    theirs = model.encode(picture).array.astype(np.float32)
    found = {}
    for name, exact in (("exact", True), ("fast", False)):
        encoder = SamEncoder(
            path, key=model.key, side=model.input_side, shape=model.embedding_shape, exact=exact
        )
        ours = encoder.encode(picture).array.astype(np.float32)
        found[name] = float(np.sqrt(((ours - theirs) ** 2).mean()) / max(float(theirs.std()), 1e-9))
    if not found["exact"] <= MAX_ENCODER_DIFFERENCE:
        raise ParityError(f"The encoder differs from torch by {found['exact']:.1%} of its spread.")
    return found
