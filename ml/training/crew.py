"""Several processes that train one network, as `torchrun` starts them: each learns from its share of every batch.

gloo between CPUs, nccl between GPUs. Alone, nothing here does anything.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from ml.errors import TrainingError

DEVICES = ("auto", "cpu", "cuda")


@dataclass(slots=True)
class Crew:
    """Place of this process (`rank` of `size`, `beside` of them on this machine) and what it computes on.

    `clock` is what a budget counts by: CPU seconds of all processes, or on GPUs the first one's clock. Between two calls of
    `together` every process reads the same from it.
    """

    rank: int = 0
    size: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    clock: Callable[[], float] = time.process_time
    beside: int = 1

    @property
    def is_first(self) -> bool:
        """The one that evaluates, and that alone writes."""
        return self.rank == 0

    def share_norms(self, model: nn.Module) -> None:
        """Let every batch norm of `model` see the batch of all processes, as one process with the whole batch would."""
        if self.size > 1:
            for module in model.modules():
                if type(module) is nn.BatchNorm2d:
                    module.__class__ = SharedNorm

    def average_gradients(self, model: nn.Module, losses: Tensor) -> Tensor:
        """Give every process the mean of all their gradients; gives the means of their `losses` (n,)."""
        if self.size == 1:
            return losses
        grads = [p.grad if p.grad is not None else torch.zeros_like(p) for p in model.parameters()]
        flat = torch.cat([g.reshape(-1) for g in (*grads, losses)])
        dist.all_reduce(flat)
        flat /= self.size
        start = 0
        for parameter, grad in zip(model.parameters(), grads, strict=True):
            mean = flat[start : start + grad.numel()].view(grad.shape)
            # Laid out as the parameter is: the fused step walks raw memory.
            parameter.grad = torch.empty_like(parameter).copy_(mean)
            start += grad.numel()
        return flat[start:]

    def together(self, flags: Sequence[bool]) -> list[bool]:
        """For each flag whether any process raised it; the shared clock moves on."""
        if self.size == 1:
            return list(flags)
        assert isinstance(self.clock, SharedClock)
        values = torch.tensor([self.clock.own(), *map(float, flags)], dtype=torch.float64)
        values = values.to(self.device)
        dist.all_reduce(values)
        used_s, *raised = values.tolist()
        self.clock.now_s = used_s
        return [count > 0 for count in raised]

    def wait(self) -> None:
        """Until every process has come here."""
        if self.size > 1:
            self.together([])


ALONE = Crew()


def mixed_precision(device: torch.device) -> torch.autocast:
    """bfloat16 where it pays: on a GPU. Networks give float32 out of it."""
    return torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda")


@dataclass(slots=True)
class SharedClock:
    """The reading that all processes agreed on last; `own` gives this one's part of it."""

    own: Callable[[], float]
    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


class SharedNorm(nn.BatchNorm2d):
    """Batch norm over the batches of all processes (torch's own does so on GPUs alone); each has as many pictures."""

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        mean = x.mean(dim=(0, 2, 3))
        around = x - mean[None, :, None, None]
        # Of means and spreads of equal parts the whole's follow, without the cancellation of a mean of squares.
        spread = around.square().mean(dim=(0, 2, 3))
        count = dist.get_world_size()
        both = _Sum.apply(torch.cat([mean, spread + mean.square()])) / count
        whole_mean, squares = both.chunk(2)
        variance = (squares - whole_mean.square()).clamp(min=0)
        self._remember(whole_mean.detach(), variance.detach(), x.numel() // x.shape[1] * count)
        gain = self.weight * torch.rsqrt(variance + self.eps)
        centred: Tensor = x - whole_mean[None, :, None, None]
        return centred * gain[None, :, None, None] + self.bias[None, :, None, None]

    @torch.no_grad()
    def _remember(self, mean: Tensor, variance: Tensor, count: int) -> None:
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        assert self.momentum is not None
        self.num_batches_tracked += 1
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance * (count / max(count - 1, 1)), self.momentum)


class _Sum(torch.autograd.Function):
    """Sum over processes, forwards and backwards."""

    @staticmethod
    def forward(ctx: Any, value: Tensor) -> Tensor:
        total = value.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:
        total = grads[0].clone()
        dist.all_reduce(total)
        return total


def device_of(name: str) -> torch.device:
    """`cpu` or `cuda`; `auto` is a GPU where there is one. Raises TrainingError."""
    if name not in DEVICES:
        raise TrainingError(f"The device must be one of {', '.join(DEVICES)}, not {name}.")
    if name == "cuda" and not torch.cuda.is_available():
        raise TrainingError("There is no GPU that torch can use here: leave --device off.")
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def is_first_process() -> bool:
    """Whether this is the process that speaks for all that `torchrun` started."""
    return os.environ.get("RANK", "0") == "0"


@contextmanager
def crew_open(device_name: str, whole_process: bool = False) -> Iterator[Crew]:
    """The crew that `torchrun` named in the environment, or this process alone; CPU time counts from here, or of the
    `whole_process`. Raises TrainingError."""
    device = device_of(device_name)
    clock = time.monotonic if device.type == "cuda" else time.process_time
    origin_s = 0.0 if whole_process and device.type == "cpu" else clock()

    def used_s() -> float:
        return clock() - origin_s

    size = _number("WORLD_SIZE", 1)
    if size == 1:
        yield Crew(0, 1, device, used_s)
        return
    rank = _number("RANK", 0)
    if device.type == "cuda":
        device = torch.device("cuda", _number("LOCAL_RANK", 0))
        torch.cuda.set_device(device)
    counts = device.type == "cpu" or rank == 0
    shared = SharedClock(used_s if counts else _nothing)
    crew = Crew(rank, size, device, shared, max(_number("LOCAL_WORLD_SIZE", size), 1))
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        crew.wait()
        yield crew
    finally:
        dist.destroy_process_group()


def _nothing() -> float:
    return 0.0


def _number(name: str, default: int) -> int:
    try:
        return int(os.environ.get(name, default))
    except ValueError as error:
        raise TrainingError(f"{name} must be a whole number, as torchrun sets it.") from error
