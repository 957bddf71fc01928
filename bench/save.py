"""Saving many objects at the API, in the server's process on a PostgreSQL of its own: `python bench/save.py`.

Polygons of 12 points on a 3840×2160 picture: all in one PATCH of the draft, one among all, the submit, and the
submit of the corrected work (one polygon moved). Times hold the whole request but the network: parsing,
permissions, validation, the commit, the answer. Beside each, the processor time of the server's own thread: on a
busy machine the wall's time tells more about the neighbours.
"""

from __future__ import annotations

import gc
import json
import math
import os
import platform
import random
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

REGIONS = 1_000
POINTS = 12
WIDTH, HEIGHT = 3840, 2160
ROUNDS = 20
WARM_UP = 2
SEED = 7
GOAL_SAVE_MS = 150.0
RESULT = REPO / "bench" / "results" / "save.json"

Times = dict[str, list[tuple[float, float]]]


def polygon(rng: random.Random, label: str) -> dict[str, Any]:
    x, y, radius = rng.uniform(60, WIDTH - 60), rng.uniform(60, HEIGHT - 60), rng.uniform(12, 50)
    points = [
        [
            round(x + radius * rng.uniform(0.7, 1) * math.cos(math.tau * n / POINTS), 2),
            round(y + radius * rng.uniform(0.7, 1) * math.sin(math.tau * n / POINTS), 2),
        ]
        for n in range(POINTS)
    ]
    return {
        "region_id": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        "label_id": label,
        "shape": "polygon",
        "geometry": {"points": points},
    }


def put(region: dict[str, Any]) -> dict[str, Any]:
    return {"op_id": str(uuid.uuid4()), "op": "put", "region": region}


class Session:
    """One annotator's calls on one task after the other, timed."""

    def __init__(self, client: Any, project: Any, label: str) -> None:
        self.client, self.project, self.label = client, project, label
        self.times: Times = {}
        self.rng = random.Random(SEED)

    def round(self, keep: bool) -> None:
        """A new picture: saved, touched up, submitted, taken back, corrected, submitted again."""
        from tests.support.annotation import Editor, make_tasks

        task = make_tasks(self.project, 1)[0]
        task.asset.width, task.asset.height = WIDTH, HEIGHT
        task.asset.save()
        editor = Editor.open(self.client, task.pk)
        regions = [polygon(self.rng, self.label) for _ in range(REGIONS)]
        self._save(editor, "save of 1,000 regions", regions, keep)
        moved = {**regions[500], "geometry": polygon(self.rng, self.label)["geometry"]}
        self._save(editor, "save of one among 1,000", [moved], keep)
        self._submit(editor, "submit of 1,000 regions", keep)
        editor = Editor.open(self.client, task.pk, **{"as": "correct"})
        moved = {**regions[7], "geometry": polygon(self.rng, self.label)["geometry"]}
        self._save(editor, "first save on 1,000 saved before", [moved], keep)
        self._submit(editor, "submit of one change among 1,000", keep)

    def _save(self, editor: Any, name: str, regions: list[dict[str, Any]], keep: bool) -> None:
        body = {"ops": [put(region) for region in regions], "active_seconds": 3.0}
        answer = self._timed(name, keep, self._call(editor, "PATCH", "draft", body))
        editor.version = answer["draft_version"]

    def _submit(self, editor: Any, name: str, keep: bool) -> None:
        body = {"base_revision_id": editor.base, "decisions": [], "active_seconds": 9.0}
        self._timed(name, keep, self._call(editor, "POST", "submit", body))

    def _call(self, editor: Any, method: str, what: str, body: dict[str, Any]) -> Callable[[], Any]:
        content = json.dumps(body).encode()
        headers = {"If-Match": f'"{editor.version}"'}
        if method == "POST":
            headers["Idempotency-Key"] = str(uuid.uuid4())
        path = f"/api/v1/assignments/{editor.assignment}/{what}"
        return lambda: self.client.generic(
            method, path, content, content_type="application/json", headers=headers
        )

    def _timed(self, name: str, keep: bool, call: Callable[[], Any]) -> dict[str, Any]:
        wall, own = perf_counter(), thread_time()
        response = call()
        took = ((perf_counter() - wall) * 1000, (thread_time() - own) * 1000)
        assert response.status_code == 200, response.content[:500]
        if keep:
            self.times.setdefault(name, []).append(took)
        answer: dict[str, Any] = response.json()
        return answer


def measure() -> Times:
    """Rounds on a fresh database. Settings and servers are there."""
    import django

    django.setup()
    from django.core.management import call_command

    from backend.core.enums import Role
    from tests.support.factories import client_for, label_id, make_project, make_project_member

    call_command("migrate", verbosity=0)
    project = make_project()
    ada = client_for(make_project_member(project, Role.ANNOTATOR, "Ada"))
    session = Session(ada, project, label_id(project, "person"))
    for number in range(WARM_UP + ROUNDS):
        if number == WARM_UP:  # as the server does once it has started
            gc.collect()
            gc.freeze()
        session.round(keep=number >= WARM_UP)
    return session.times


def summary(rows: list[tuple[float, float]]) -> dict[str, float]:
    import numpy as np

    wall, own = np.array(rows).T
    return {
        "n": len(rows),
        "median_ms": round(float(np.median(wall)), 1),
        "p95_ms": round(float(np.percentile(wall, 95)), 1),
        "median_cpu_ms": round(float(np.median(own)), 1),
        "p95_cpu_ms": round(float(np.percentile(own, 95)), 1),
    }


def main() -> None:
    from backend.core.embedded.postgres_server import PostgresServer
    from backend.core.embedded.redis_server import RedisServer

    with tempfile.TemporaryDirectory(prefix="siteloop-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        for part in ("run", "logs"):
            (folder / part).mkdir(mode=0o711)
        servers = [PostgresServer(folder), RedisServer(folder)]
        try:
            for variable, server in zip(("DATABASE_URL", "REDIS_URL"), servers, strict=True):
                server.start()
                os.environ[variable] = server.url
            os.environ["SITELOOP_DATA_DIR"] = name
            os.environ["DJANGO_SETTINGS_MODULE"] = "backend.config.settings.test"
            times = measure()
        finally:
            for server in reversed(servers):
                server.stop()
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    result = {
        "bench": "save",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "load_average_1m": round(os.getloadavg()[0], 1),
        "commit": commit.stdout.strip() or "unknown",
        "regions": REGIONS,
        "points": POINTS,
        **{name: summary(rows) for name, rows in times.items()},
        "goal_save_ms": GOAL_SAVE_MS,
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
