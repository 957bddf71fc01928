"""`kill -9` and `torchrun`: a run goes on to the same weights, and two processes learn as one with twice the batch."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from ml.training.order import StepOrder
from ml.training.progress import progress_read
from tests.ml.training.forked import KILLED_AT, SETS, STEPS

# Twenty-odd short runs, about a CPU minute.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `forked` leaves: every run there is to look at."""
    folder = tmp_path_factory.mktemp("forked")
    done = subprocess.run(
        [sys.executable, "-m", "tests.ml.training.forked", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


def final(folder: Path, rank: int = 0) -> dict[str, Tensor]:
    return load_file(folder / f"final{rank}.safetensors")


@pytest.mark.parametrize("kind", sorted(SETS))
def test_a_run_killed_by_sigkill_goes_on_to_the_same_weights_and_figures(root: Path, kind: str) -> None:
    whole, killed = root / f"{kind}-whole", root / f"{kind}-killed"
    assert (killed / "blocked0").exists()
    resumed = final(killed)
    for name, value in final(whole).items():
        assert torch.equal(value, resumed[name]), name
    rows = [progress_read(folder) for folder in (whole, killed)]
    assert [row["step"] for row in rows[1]] == list(range(1, STEPS + 1))
    for row, again in zip(*rows, strict=True):
        figures = [k for k in row if k.startswith(("val_", "loss"))]
        assert figures
        assert {k: row[k] for k in figures} == {k: again[k] for k in figures}
    assert json.loads((killed / "facts0.json").read_text())["carried_s"] > 0


def test_gradients_of_two_processes_are_those_of_one_with_twice_the_batch(root: Path) -> None:
    """After one step the first moment is a tenth of the gradient. A single batch norm seen apart would be off by tens of percent."""
    one, two = (load_file(root / name / "moments0.safetensors") for name in ("one-step", "two-step"))
    for name, value in one.items():
        assert torch.allclose(value, two[name], rtol=1e-3, atol=1e-3 * float(value.abs().max())), name


def test_two_processes_learn_as_one_with_twice_the_batch(root: Path) -> None:
    rows = [progress_read(root / name) for name in ("one", "two")]
    for one, two in zip(*rows, strict=True):
        assert two["loss"] == pytest.approx(one["loss"], rel=0.02)
    figures = [
        [row.get(key) for key in ("val_accuracy", "val_macro_f1")] for row in (rows[0][-1], rows[1][-1])
    ]
    assert figures[0] == figures[1] != [None, None]


def test_every_process_of_a_run_ends_with_the_same_weights(root: Path) -> None:
    other = final(root / "two", 1)
    for name, value in final(root / "two", 0).items():
        assert torch.equal(value, other[name]), name


def test_two_processes_killed_go_on_to_the_same_weights(root: Path) -> None:
    assert (root / "two-killed" / "blocked1").exists()
    resumed = final(root / "two-killed")
    for name, value in final(root / "two").items():
        assert torch.allclose(value.float(), resumed[name].float(), rtol=1e-5, atol=1e-6), name


def test_the_budget_counts_the_time_of_both_processes(root: Path) -> None:
    facts = [json.loads((root / "two" / f"facts{rank}.json").read_text()) for rank in range(2)]
    assert facts[0]["used_s"] == facts[1]["used_s"]
    # The shared reading is from the end of the last step; each has spent a little more since.
    assert max(f["own_s"] for f in facts) < facts[0]["used_s"] <= sum(f["own_s"] for f in facts)


def test_one_process_writes(root: Path) -> None:
    assert [row["step"] for row in progress_read(root / "two")] == list(range(1, STEPS + 1))
    assert KILLED_AT < STEPS


def test_shares_of_a_step_are_the_whole_step_and_do_not_overlap() -> None:
    together = StepOrder(10, 6, seed=1)
    parts = [StepOrder(10, 3, seed=1, rank=rank, processes=2) for rank in range(2)]
    for step in range(5):
        assert [i for part in parts for i in part.indices(step)] == together.indices(step)
        draws = [part.rng(step, slot).random() for part in parts for slot in range(3)]
        assert draws == [together.rng(step, slot).random() for slot in range(6)]
    epoch = [i for step in range(5) for part in parts for i in part.indices(step)]
    assert all(sorted(epoch[start : start + 10]) == list(range(10)) for start in (0, 10, 20))
