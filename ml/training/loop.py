"""The training loop shared by detector and classifier: budget, checkpoints, progress, stop signals."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Protocol

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from ml.errors import TrainingError
from ml.training.ahead import Batch, BatchesAhead
from ml.training.average import MovingAverage
from ml.training.budget import PLAIN_SHARE, Budget, rate_factor
from ml.training.checkpoint import RunState, checkpoint_load, checkpoint_save
from ml.training.crew import ALONE, Crew
from ml.training.patience import Patience
from ml.training.progress import ProgressLog, time_left
from ml.training.recipe import PLAIN, Recipe

CHECKPOINT_EVERY_S = 30.0
LOG_EVERY_S = 2.0
# To look at a loss is to wait for it: each step on a CPU, now and then on a GPU, which works ahead.
CHECK_EVERY_GPU_STEPS = 20
EVALUATIONS = 10
BAD_BATCH_FILE = "bad_batch.safetensors"


class Stopped(Exception):
    """The run was asked to stop (SIGTERM, SIGINT) and has saved a checkpoint; not an error."""


class Task(Protocol):
    """What differs between kinds of model."""

    model: nn.Module

    def batch(self, step: int, plain: bool) -> Batch:
        """Tensors of one step; a function of the seed and `step` alone, so that a resume repeats it, and safe to be
        called from several threads where `threads_ahead` is given."""

    def losses(self, batch: Batch) -> Mapping[str, Tensor]:
        """Named parts of the loss, to be summed."""

    def evaluate(self, network: nn.Module) -> Mapping[str, float]:
        """Figures on the held-out pictures, `{}` where there are none."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished loop: the averaged network and the steps taken."""

    network: nn.Module
    steps: int


class Trainer:
    """Runs one task in one folder until its budget is spent."""

    def __init__(
        self,
        task: Task,
        budget: Budget,
        out: Path,
        identity: str,
        checkpoint_every_s: float = CHECKPOINT_EVERY_S,
        recipe: Recipe = PLAIN,
        crew: Crew = ALONE,
        patience: int = 0,
        threads_ahead: int = 0,
    ) -> None:
        self.task, self.budget, self.out, self.identity = task, budget, out, identity
        self._checkpoint_every_s, self._recipe = checkpoint_every_s, recipe
        self._crew, self._patience = crew, Patience(patience)
        self._batches = BatchesAhead(task.batch, threads_ahead)
        crew.share_norms(task.model)
        self.average = MovingAverage(task.model)
        self.optimizer = recipe.optimizer(task.model)
        self._device = next(task.model.parameters()).device
        self.step = 0
        self.started_s = 0.0
        self._stop = False

    def run(self, resume: bool) -> Outcome:
        """Train to the end. Raises TrainingError on a non-finite loss, Stopped when asked to stop.

        Of several processes the first alone evaluates and writes.
        """
        self._restore(resume)
        log = ProgressLog(self.out, self.step) if self._crew.is_first else None
        due_checkpoint = self.budget.used_s() + self._checkpoint_every_s
        due_log, next_mark = self.budget.used_s(), self._mark()
        with self._signals(), self._batches:
            enough = self._patience.has_enough
            while not enough and not self.budget.is_spent(self.step):
                row = self._one_step(self.budget.share(self.step))
                share = self.budget.share(self.step)
                if share * EVALUATIONS >= next_mark or self.budget.is_spent(self.step):
                    next_mark = math.floor(share * EVALUATIONS) + 1
                    row |= self._evaluate()
                    due_log = 0.0
                if self.budget.used_s() >= due_log:
                    due_log = self.budget.used_s() + LOG_EVERY_S
                    self._report(log, row)
                stop, enough = self._crew.together([self._stop, self._patience.has_enough])
                if stop:
                    self._save()
                    raise Stopped
                if self.budget.used_s() >= due_checkpoint:
                    self._save()
                    due_checkpoint = self.budget.used_s() + self._checkpoint_every_s
        self._save()
        if log is not None:
            log.finish(self.out)
        self._patience.put_back(self.average.network)
        return Outcome(self.average.network, self.step)

    def _evaluate(self) -> Mapping[str, float]:
        if not self._crew.is_first:
            return {}
        figures = self.task.evaluate(self.average.network)
        self._patience.look(figures, self.average.network)
        return figures

    def _restore(self, resume: bool) -> None:
        state = None
        if resume:
            state = checkpoint_load(
                self.out, self.task.model, self.average.network, self.optimizer, self.identity, self._patience
            )
        if state is not None:
            self.step, self.started_s = state.step, state.started_s
            self.budget.carried_s += state.cpu_s
        else:
            self.started_s = self.budget.used_s()

    def _mark(self) -> int:
        return math.floor(self.budget.share(self.step) * EVALUATIONS) + 1

    def _one_step(self, share: float) -> dict[str, float | Tensor]:
        rate = self._recipe.set_rate(self.optimizer, rate_factor(share, self.step))
        plain = share >= 1 - PLAIN_SHARE
        batch = {k: v.to(self._device) for k, v in self._batches.take(self.step, plain).items()}
        self.task.model.train()
        parts = self.task.losses(batch)
        own = torch.stack(list(parts.values()))
        self.optimizer.zero_grad()
        own.sum().backward()  # type: ignore[no-untyped-call]
        means = self._crew.average_gradients(self.task.model, own.detach())
        norm = nn.utils.clip_grad_norm_(self.task.model.parameters(), self._recipe.clip_norm)
        looks = not own.is_cuda or self.step % CHECK_EVERY_GPU_STEPS == 0
        if looks and not bool(torch.isfinite(means.sum() + norm)):
            self._keep_bad(batch, own)
        self.optimizer.step()
        self.step += 1
        self.average.update(self.task.model, self.step)
        named = {f"loss_{name}": part for name, part in zip(parts, means, strict=True)}
        return {"loss": means.sum(), **named, "lr": rate}

    def _report(self, log: ProgressLog | None, measured: Mapping[str, float | Tensor]) -> None:
        if log is None:
            return
        row = {k: round(float(v), 5) if isinstance(v, Tensor) else v for k, v in measured.items()}
        used = self.budget.used_s()
        planned = self.budget.steps_planned(self.step, self.started_s)
        head = {"step": self.step, "steps_planned": planned, "cpu_s": round(used, 2)}
        log.write({**head, "budget_s": self.budget.total_s, "time": round(time.time(), 2), **row})
        pace = (used - self.started_s) / max(self.step, 1)
        left = time_left(pace * (planned - self.step))
        scores = "".join(f"  {k} {v:.3f}" for k, v in row.items() if k.startswith("val_"))
        log.say(f"step {self.step}/{planned}  loss {row['loss']:.3f}{scores}  {left} CPU time left")

    def _save(self) -> None:
        if not self._crew.is_first:
            return
        state = RunState(
            self.step,
            self.budget.used_s(),
            self.started_s,
            self.identity,
            self._patience.best,
            self._patience.stale,
        )
        networks = (self.task.model, self.average.network)
        checkpoint_save(self.out, *networks, self.optimizer, state, self._patience.weights)

    def _keep_bad(self, batch: Batch, own: Tensor) -> None:
        """Of several processes each whose own loss is at fault keeps its batch; all end."""
        rank = self._crew.rank
        path = self.out / (BAD_BATCH_FILE if rank == 0 else f"{rank}_{BAD_BATCH_FILE}")
        if self._crew.size > 1 and bool(torch.isfinite(own.detach()).all()):
            raise TrainingError(f"The loss of another process is not finite at step {self.step}.")
        save_file({k: v.contiguous() for k, v in batch.items()}, path, {"step": str(self.step)})
        raise TrainingError(f"The loss is not finite at step {self.step}; its batch is kept in {path}.")

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Turn SIGTERM and SIGINT into a stop after the current step (only a main thread may)."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def ask(_signal: int, _frame: FrameType | None) -> None:
            self._stop = True

        old = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in old.items():
                signal.signal(number, handler)
