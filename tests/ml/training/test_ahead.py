"""Batches drawn ahead in threads are those drawn one by one, whatever comes in between."""

import threading
from pathlib import Path

import pytest
import torch
from torch import Tensor

from ml.training.ahead import Batch, BatchesAhead, threads_ahead
from ml.training.budget import Budget
from ml.training.crew import Crew
from ml.training.detect import DetectTask
from ml.training.loop import Trainer
from tests.ml.training.scenes import detection_set


def test_steps_come_in_their_order_and_the_last_part_begins_where_it_is_told() -> None:
    drawn: list[tuple[int, bool]] = []
    lock = threading.Lock()

    def draw(step: int, plain: bool) -> Batch:
        with lock:
            drawn.append((step, plain))
        return {"what": torch.tensor([step, int(plain)])}

    with BatchesAhead(draw, 3) as batches:
        taken = [batches.take(step, plain=step >= 5)["what"].tolist() for step in range(9)]
    assert taken == [[step, int(step >= 5)] for step in range(9)]
    # Each is drawn once, and no more is begun than may wait.
    assert len(drawn) == len(set(drawn))
    assert max(step for step, _ in drawn) <= 8 + 6


def test_what_goes_wrong_in_a_thread_is_raised_at_its_step() -> None:
    def draw(step: int, plain: bool) -> Batch:
        if step == 2:
            raise OSError("the disk is gone")
        return {}

    with BatchesAhead(draw, 2) as batches:
        batches.take(0, plain=False)
        batches.take(1, plain=False)
        with pytest.raises(OSError, match="the disk is gone"):
            batches.take(2, plain=False)


def test_a_run_learns_the_same_with_and_without(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    data = detection_set(tmp_path / "data")
    weights: list[dict[str, Tensor]] = []
    for threads in (0, 3):
        torch.manual_seed(0)
        out = tmp_path / str(threads)
        out.mkdir()
        # Twelve steps of eight are twelve epochs of these pictures: threads draw from several at once.
        task = DetectTask(data, None, 64, seed=5)
        Trainer(task, Budget(60.0, 12), out, "same", threads_ahead=threads).run(resume=False)
        weights.append(dict(task.model.state_dict()))
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])


def test_threads_are_for_gpus_and_shared_by_those_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 12)
    assert threads_ahead(Crew()) == 0
    assert threads_ahead(Crew(device=torch.device("cuda"))) == 8
    assert threads_ahead(Crew(0, 4, torch.device("cuda"), beside=4)) == 3
    assert threads_ahead(Crew(0, 64, torch.device("cuda"), beside=64)) == 1
