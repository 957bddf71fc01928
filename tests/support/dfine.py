"""A D-FINE of random weights as the library saves it: names, layout and config of the published files."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from ml.data.coco_names import COCO_NAMES


def published_file(
    folder: Path, size: str = "n", classes: int = len(COCO_NAMES), seed: int = 0
) -> tuple[Path, str]:
    """`d-fine-<size>.safetensors` in `folder`, made by the library itself, and its SHA-256."""
    import torch

    # After the module above: it keeps the library off the net.
    from transformers.models.d_fine import DFineForObjectDetection

    from ml.models.dfine import SIZES, config_of

    torch.manual_seed(seed)
    network = DFineForObjectDetection(config_of(SIZES[size], classes)).eval()
    with torch.no_grad():
        _settle(network)
        # A fresh head says the same of everything; a trained one does not.
        for head in network.model.decoder.bbox_embed:
            head.layers[-1].weight.normal_(std=0.02)
    folder.mkdir(parents=True, exist_ok=True)
    network.save_pretrained(folder / "saved")
    path = folder / f"d-fine-{size}.safetensors"
    (folder / "saved" / "model.safetensors").rename(path)
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


def _settle(network: Any) -> None:
    """Let every norm know the mean and spread of what reaches it: as drawn, signals fade layer by layer until all is alike."""
    import torch

    def measure(norm: Any, inputs: tuple[Any, ...]) -> None:
        norm.running_mean.copy_(inputs[0].mean(dim=(0, 2, 3)))
        norm.running_var.copy_(inputs[0].var(dim=(0, 2, 3)) + 1e-4)

    norms = [m for m in network.modules() if hasattr(m, "running_mean")]
    hooks = [norm.register_forward_pre_hook(measure) for norm in norms]
    coarse = torch.rand(2, 3, 16, 16)
    network(torch.nn.functional.interpolate(coarse, size=256, mode="bilinear"))
    for hook in hooks:
        hook.remove()


def named(path: Path, names: list[str]) -> None:
    """The file's `config.json`, as far as it names classes, beside it."""
    labels = {str(i): name for i, name in enumerate(names)}
    path.with_suffix(".json").write_text(json.dumps({"id2label": labels}))
