"""`weights.safetensors` of a RUN folder: save, load, and warm-start another network from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from ml.errors import ManifestError

WEIGHTS_FILE = "weights.safetensors"
# Layers whose first dimension is the class: rows are matched by name in a warm start.
CLASS_LAYER = re.compile(r"(class_out|class_embed(\.\d+)?|enc_score_head)\.(weight|bias)$")


@torch.no_grad()
def weights_save(path: Path, network: nn.Module) -> None:
    """Write `network`'s weights, kernels as float16, and round the network itself to what was written,
    so that the graph exported next agrees with the file. Norms stay float32: their variances are small."""
    state = network.state_dict()
    stored = {}
    for name, value in state.items():
        if value.ndim > 1 and value.dtype == torch.float32:
            half = value.half()
            value.copy_(half.float())
            value = half
        stored[name] = value.contiguous()
    # Not save_file: it makes a file only its owner can read.
    path.write_bytes(save(stored))


def weights_load(path: Path) -> dict[str, Tensor]:
    """Weights by name as float32. Raises ManifestError."""
    try:
        tensors = load_file(path)
    except (SafetensorError, OSError) as error:
        raise ManifestError(f"{path} cannot be read as weights.") from error
    return {k: v.float() if v.dtype == torch.float16 else v for k, v in tensors.items()}


@torch.no_grad()
def warm_start(
    network: nn.Module, weights: dict[str, Tensor], old_classes: Sequence[str], new_classes: Sequence[str]
) -> list[str]:
    """Copy what fits into `network`: class rows by name, all else by shape. Gives the names skipped."""
    skipped = []
    for name, mine in network.state_dict().items():
        theirs = weights.get(name)
        if CLASS_LAYER.search(name) and theirs is not None and theirs.shape[1:] == mine.shape[1:]:
            for row, label in enumerate(new_classes):
                if label in old_classes and old_classes.index(label) < len(theirs):
                    mine[row] = theirs[old_classes.index(label)]
        elif theirs is not None and theirs.shape == mine.shape:
            mine.copy_(theirs)
        else:
            skipped.append(name)
    return skipped
