"""Integer programs solved in a child process that is killed when it overstays.

HiGHS looks at its time limit between steps only, and some steps (presolve, one large factorisation) can take far
longer; a caller that must answer cannot trust it. Problem and solution travel as `.npz` files, never as pickles.
Run as a script (`python solve.py IN OUT`) this file is the child.
"""

from __future__ import annotations

import math
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

# How soon a caller that changed its mind has the child killed.
_LOOK_S = 0.25
# scipy.optimize.milp's own codes.
_STATUS = {0: "optimal", 1: "limit", 2: "infeasible", 3: "unbounded"}


class SolveState(StrEnum):
    """What the solver could say. FEASIBLE: the time ran out on a solution not proven best."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"


@dataclass(frozen=True, slots=True)
class Solution:
    """`x` (n,) is empty unless `state` is OPTIMAL or FEASIBLE.

    `bound` is the best proven lower bound of the objective, `gap` the relative distance to it (0 for a linear
    program); both nan where the solver gave none. `seconds` is wall time with the child's start.
    """

    state: SolveState
    x: NDArray[np.float64]
    objective: float
    bound: float
    gap: float
    seconds: float


def milp_in_child(
    c: ArrayLike,
    rows: Any = None,
    row_bounds: tuple[ArrayLike, ArrayLike] = (-np.inf, np.inf),
    bounds: tuple[ArrayLike, ArrayLike] = (0.0, np.inf),
    integrality: ArrayLike = 0,
    *,
    time_limit_s: float,
    kill_after_s: float,
    gap: float = 1e-4,
    stopped: Callable[[], bool] | None = None,
) -> Solution | None:
    """Minimise `c @ x` with `row_bounds[0] <= rows @ x <= row_bounds[1]` and `bounds[0] <= x <= bounds[1]`.

    `c` (n,). `rows` (m, n) dense or sparse, or None. Bounds are scalars or (m,) and (n,); write an equation as equal
    bounds. `integrality` (n,) or a scalar: 1 for whole numbers, 0 for real ones (all 0 is a linear program).
    `time_limit_s` is what HiGHS is asked to keep to, `kill_after_s` what it is held to, start of the child included.
    `stopped` is asked every _LOOK_S; the child is killed once it says so.

    None when there is no answer: killed, crashed, or out of time without any solution. Have a fallback ready.
    """
    started = monotonic()
    with tempfile.TemporaryDirectory(prefix="siteloop-solve-") as folder:
        problem, answer = Path(folder) / "problem.npz", Path(folder) / "answer.npz"
        _write_problem(problem, np.asarray(c, dtype=np.float64), rows, row_bounds, bounds, integrality)
        # -P: the script's own folder (`ml/`) must not shadow installed packages.
        limits = [str(time_limit_s), str(gap), str(kill_after_s)]
        command = [sys.executable, "-P", str(Path(__file__).resolve()), str(problem), str(answer), *limits]
        if not _finishes(command, kill_after_s, stopped) or not answer.exists():
            return None
        return _read_answer(answer, monotonic() - started)


def _finishes(command: Sequence[str], kill_after_s: float, stopped: Callable[[], bool] | None) -> bool:
    """Whether the command ended well in time; it is dead and reaped on return either way."""
    give_up_at = monotonic() + kill_after_s
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            left_s = give_up_at - monotonic()
            if left_s <= 0 or (stopped is not None and stopped()):
                return False
            with suppress(subprocess.TimeoutExpired):
                return child.wait(min(left_s, _LOOK_S)) == 0
    finally:
        child.kill()
        child.wait()


def _write_problem(
    path: Path,
    c: NDArray[np.float64],
    rows: Any,
    row_bounds: tuple[ArrayLike, ArrayLike],
    bounds: tuple[ArrayLike, ArrayLike],
    integrality: ArrayLike,
) -> None:
    n = len(c)
    sparse = csr_matrix((0, n)) if rows is None else csr_matrix(rows, dtype=np.float64)
    m = sparse.shape[0]
    if sparse.shape[1] != n:
        raise ValueError(f"{n} costs, but rows of {sparse.shape[1]} columns.")
    np.savez(
        path,
        c=c,
        data=sparse.data,
        indices=sparse.indices,
        indptr=sparse.indptr,
        row_low=np.broadcast_to(np.asarray(row_bounds[0], dtype=np.float64), m),
        row_high=np.broadcast_to(np.asarray(row_bounds[1], dtype=np.float64), m),
        low=np.broadcast_to(np.asarray(bounds[0], dtype=np.float64), n),
        high=np.broadcast_to(np.asarray(bounds[1], dtype=np.float64), n),
        integrality=np.broadcast_to(np.asarray(integrality, dtype=np.int64), n),
    )


def _read_answer(path: Path, seconds: float) -> Solution | None:
    with np.load(path, allow_pickle=False) as stored:
        status, x = _STATUS.get(int(stored["status"])), stored["x"]
        objective, bound, gap = (float(v) for v in stored["figures"])
    if status == "limit" and len(x):
        return Solution(SolveState.FEASIBLE, x, objective, bound, gap, seconds)
    if status in {"optimal", "infeasible", "unbounded"}:
        return Solution(SolveState(status), x, objective, bound, gap, seconds)
    return None


def _solve(problem: Path, answer: Path, time_limit_s: float, gap: float) -> None:
    """The child's work. The answer appears whole or not at all."""
    with np.load(problem, allow_pickle=False) as p:
        c, m = p["c"], len(p["row_low"])
        rows = csr_matrix((p["data"], p["indices"], p["indptr"]), shape=(m, len(c)))
        found = milp(
            c,
            constraints=LinearConstraint(rows, p["row_low"], p["row_high"]) if m else None,
            bounds=Bounds(p["low"], p["high"]),
            integrality=p["integrality"],
            options={"time_limit": time_limit_s, "mip_rel_gap": gap, "presolve": True},
        )
    linear = found.x is not None and found.mip_dual_bound is None
    figures = [found.fun, found.fun if linear else found.mip_dual_bound, 0.0 if linear else found.mip_gap]
    partial = answer.with_name("partial.npz")
    np.savez(
        partial,
        status=found.status,
        x=np.zeros(0) if found.x is None else found.x,
        figures=[math.nan if value is None else float(value) for value in figures],
    )
    partial.rename(answer)


def _main(arguments: Sequence[str]) -> None:
    problem, answer, time_limit_s, gap, kill_after_s = arguments
    with suppress(ImportError, ValueError, OSError):
        import resource  # not on Windows

        # Should the parent die first, nobody is left to kill: the kernel ends the child instead.
        seconds = math.ceil(float(kill_after_s)) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    _solve(Path(problem), Path(answer), float(time_limit_s), float(gap))


if __name__ == "__main__":
    _main(sys.argv[1:])
