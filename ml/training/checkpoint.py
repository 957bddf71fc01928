"""Checkpoints: tensors and a JSON state in one safetensors file, replaced atomically. No pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from ml.errors import TrainingError
from ml.training.patience import Patience

CHECKPOINT_FILE = "checkpoint.safetensors"


@dataclass(frozen=True, slots=True)
class RunState:
    """Where a run stands after `step` steps. `identity` must match for a resume to make sense; `best` and `stale` are the
    early stop's."""

    step: int
    cpu_s: float
    started_s: float
    identity: str
    best: float = -1.0
    stale: int = 0


def checkpoint_save(
    folder: Path,
    model: nn.Module,
    average: nn.Module,
    optimizer: torch.optim.Optimizer,
    state: RunState,
    best: Mapping[str, Tensor] | None = None,
) -> None:
    """Write `checkpoint.safetensors`; a kill at any moment, or a full disk, leaves the old or the new one whole.

    `best` are the weights that an early stop would go back to. Raises TrainingError where it cannot be written.
    """
    tensors = {f"model.{k}": v for k, v in model.state_dict().items()}
    tensors |= {f"average.{k}": v for k, v in average.state_dict().items()}
    for index, slots in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{k}": torch.as_tensor(v) for k, v in slots.items()}
    tensors |= {f"best.{k}": v for k, v in (best or {}).items()}
    target = folder / CHECKPOINT_FILE
    partial = target.with_suffix(".part")
    try:
        save_file(
            {k: v.contiguous() for k, v in tensors.items()}, partial, {"state": json.dumps(asdict(state))}
        )
        partial.replace(target)
    except (SafetensorError, OSError) as error:
        partial.unlink(missing_ok=True)
        raise TrainingError(f"{target} cannot be written ({error}): is the disk full?") from error


def checkpoint_load(
    folder: Path,
    model: nn.Module,
    average: nn.Module,
    optimizer: torch.optim.Optimizer,
    identity: str,
    patience: Patience | None = None,
) -> RunState | None:
    """Restore a run from its folder; None where there is no checkpoint. Raises TrainingError."""
    path = folder / CHECKPOINT_FILE
    if not path.is_file():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            state = RunState(**json.loads((file.metadata() or {})["state"]))
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - not a mapping
    except (SafetensorError, OSError, KeyError, ValueError, TypeError) as error:
        raise TrainingError(f"{path} is not a checkpoint of this program.") from error
    if state.identity != identity:
        raise TrainingError(
            f"{path} belongs to a run with other settings or data; start afresh in an empty folder."
        )
    try:
        model.load_state_dict(_part(tensors, "model."))
        average.load_state_dict(_part(tensors, "average."))
        _optimizer_restore(optimizer, _part(tensors, "optimizer."))
    except (RuntimeError, IndexError, ValueError) as error:
        raise TrainingError(f"{path} is of another architecture: start afresh in an empty folder.") from error
    if patience is not None:
        patience.best, patience.stale, patience.weights = state.best, state.stale, _part(tensors, "best.")
    return state


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k[len(prefix) :]: v for k, v in tensors.items() if k.startswith(prefix)}


def _optimizer_restore(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    parameters = [p.detach() for group in optimizer.param_groups for p in group["params"]]
    slots: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        index, name = key.split(".", 1)
        like = parameters[int(index)]
        # The fused step walks raw memory: a moment must be laid out as its parameter is (channels last).
        fits = value.shape == like.shape
        slots.setdefault(int(index), {})[name] = torch.empty_like(like).copy_(value) if fits else value
    saved = optimizer.state_dict()
    saved["state"] = slots
    optimizer.load_state_dict(saved)
