"""Runs that are really killed, and runs of two processes: a program of its own, so that torch is loaded once and then forked.

`python -m tests.ml.training.forked FOLDER` leaves in FOLDER one folder a run, with `final.safetensors` (the averaged weights) and
the run's own files. A run blocks before the step it is to be killed at; its parent then sends SIGKILL.
"""

import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

# Loaded by the first optimizer step; before a fork it is loaded once.
import torch._dynamo
from safetensors.torch import save_file

import ml.training.assist as assist_module
from ml.data.instances import instances_read
from ml.data.kinds import reader_of
from ml.data.readers import detection_read
from ml.training.ahead import Batch
from ml.training.architectures import TASKS
from ml.training.assist import AssistTask
from ml.training.budget import Budget
from ml.training.crew import ALONE, Crew, crew_open
from ml.training.detect_dfine import DFineTask
from ml.training.loop import Trainer
from tests.ml.assist.shapes import painted_set
from tests.ml.training.scenes import detection_set, outline_set, tag_set

# The end of a pipe on which a child says that it blocks.
BLOCKED = 30
SIZE = 64
STEPS = 6
KILLED_AT = 4
# Fewer pictures than a batch of two processes, so that epochs end inside of steps.
TAGGED = 10
# The least a D-FINE takes, and few pictures: its steps are the dearest.
D_FINE_SIZE = 256
SETS: dict[str, Callable[[Path], Any]] = {
    "detect": lambda folder: detection_set(folder, 4),
    "d-fine": lambda folder: detection_set(folder, 2),
    "classify": lambda folder: tag_set(folder, TAGGED),
    "segment": lambda folder: outline_set(folder, 4),
    "instance": lambda folder: outline_set(folder, 4),
    "assist": lambda folder: painted_set(folder, 4),
}


def task_of(kind: str, data: Path, crew: Crew = ALONE, batch: int = 0) -> Any:
    torch.manual_seed(3)
    if kind == "assist":
        assist_module.SHAPES, assist_module.SURFACES = 4, 1
        pictures = list(instances_read(data).pictures)
        return AssistTask(pictures, pictures, SIZE, 5, torch.device("cpu"))
    if kind == "d-fine":
        dataset = detection_read(data).dataset
        return DFineTask("n", dataset, dataset, D_FINE_SIZE, 5, crew, 1)
    known = {k.value: k for k in TASKS}[kind]
    dataset = reader_of(known)(data).dataset
    return TASKS[known](dataset, dataset, SIZE, 5, crew, **({"batch": batch} if batch else {}))


def run(
    kind: str,
    root: Path,
    name: str,
    resume: bool = False,
    block_at: int = -1,
    batch: int = 0,
    steps: int = STEPS,
) -> None:
    """One run in the folder `root / name`; blocks before the step `block_at`, after a line on stdout."""
    with crew_open("cpu") as crew:
        task = task_of(kind, root / kind, crew, batch)
        draw = task.batch

        def blocking(step: int, plain: bool) -> Batch:
            if step == block_at:
                (root / name / f"blocked{crew.rank}").touch()
                os.write(BLOCKED, b"x")
                signal.pause()
            result: Batch = draw(step, plain)
            return result

        task.batch = blocking
        budget = Budget(600.0, max_steps=steps, clock=crew.clock)
        every_s = 0.0 if block_at >= 0 else 1e9
        trainer = Trainer(task, budget, root / name, kind, checkpoint_every_s=every_s, crew=crew)
        outcome = trainer.run(resume)
        state = {k: v.contiguous() for k, v in outcome.network.state_dict().items()}
        save_file(state, root / name / f"final{crew.rank}.safetensors")
        if kind == "classify":
            moments = trainer.optimizer.state_dict()["state"]
            save_file(
                {str(i): slots["exp_avg"].contiguous() for i, slots in moments.items()},
                root / name / f"moments{crew.rank}.safetensors",
            )
        facts = {
            "used_s": budget.used_s(),
            "own_s": getattr(crew.clock, "own", crew.clock)(),
            "carried_s": budget.carried_s,
        }
        (root / name / f"facts{crew.rank}.json").write_text(json.dumps(facts))


@contextmanager
def forked(work: Callable[[int], None], count: int) -> Iterator[list[int]]:
    """`work(rank)` in children of this process; those that are left at the end are waited for."""
    port = _free_port()
    children = []
    for rank in range(count):
        child = os.fork()
        if child == 0:
            if count > 1:
                names = {"RANK": rank, "WORLD_SIZE": count, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
                os.environ.update({k: str(v) for k, v in names.items()})
            code = 1
            try:
                work(rank)
                code = 0
            finally:
                sys.stderr.flush()
                os._exit(code)
        children.append(child)
    yield children


def finish(work: Callable[[int], None], count: int = 1) -> None:
    with forked(work, count) as children:
        for child in children:
            if os.waitpid(child, 0)[1]:
                raise SystemExit("a run failed")


def kill(folder: Path, work: Callable[[int], None], count: int = 1) -> None:
    """Start `work`, wait until each of its processes blocks, and kill them all."""
    reading, writing = os.pipe()

    def told(rank: int) -> None:
        os.close(reading)
        os.dup2(writing, BLOCKED)
        if writing != BLOCKED:
            os.close(writing)
        work(rank)

    with forked(told, count) as children:
        os.close(writing)
        while not all((folder / f"blocked{rank}").exists() for rank in range(count)):
            if not os.read(reading, 1):
                raise SystemExit("a run ended before it was to be killed")
        os.close(reading)
        for child in children:
            os.kill(child, signal.SIGKILL)
        for child in children:
            status = os.waitpid(child, 0)[1]
            assert os.WIFSIGNALED(status)
            assert os.WTERMSIG(status) == signal.SIGKILL


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(root: Path) -> None:
    torch.set_num_threads(1)
    for kind, make in SETS.items():
        make(root / kind)
    together(root)
    for kind in SETS:
        for name in (f"{kind}-whole", f"{kind}-killed"):
            (root / name).mkdir()
        finish(lambda _, kind=kind: run(kind, root, f"{kind}-whole"))
        killed = f"{kind}-killed"
        kill(root / killed, lambda _, kind=kind, name=killed: run(kind, root, name, block_at=KILLED_AT))
        finish(lambda _, kind=kind, name=killed: run(kind, root, name, resume=True))


def together(root: Path) -> None:
    """Two processes, killed and not, and one with twice the batch."""
    for name in ("one", "one-step", "two", "two-step", "two-killed"):
        (root / name).mkdir()
    finish(lambda _: run("classify", root, "one", batch=8))
    finish(lambda _: run("classify", root, "one-step", batch=8, steps=1))
    finish(lambda _: run("classify", root, "two", batch=4), count=2)
    finish(lambda _: run("classify", root, "two-step", batch=4, steps=1), count=2)
    kill(
        root / "two-killed",
        lambda _: run("classify", root, "two-killed", block_at=KILLED_AT, batch=4),
        count=2,
    )
    finish(lambda _: run("classify", root, "two-killed", resume=True, batch=4), count=2)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
