"""From the submit of a hidden task to its person's score, in an instance with its workers: `python bench/ground_truth.py`.

Annotators submit hidden tasks one after the other, each with another share of the truth's boxes. After each the page's
own request is repeated until it tells the new score and the label's, and the feedback's notice is asked for. Once while
nothing else runs, once while every light worker, of which there are as many as `up` starts, takes in an upload of
hundreds of pictures. `--small` is a short run that writes no
results.
"""

from __future__ import annotations

import sys
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

from backend.exchange.loop.client import Client  # noqa: E402
from backend.exchange.loop.errors import LoopFailed  # noqa: E402
from tests.support.bench import figures, instance, result_write  # noqa: E402
from tests.support.browser_work import label_next  # noqa: E402
from tests.support.running import Running  # noqa: E402

LIGHT_PROCESSES = 2
TRUTHS, BOXES = 30, 12
# In each of the uploads that are taken in beside.
PICTURES_BESIDE = 1_500
WIDTH, HEIGHT = 640, 360
POLL_S = 0.01
TOO_LATE_S = 120.0
PASSWORD = "the bench signs in with this"
GOAL_MS = 3_000.0


def archive(folder: Path, name: str, count: int, seed: int) -> Path:
    rng = np.random.default_rng(seed)
    path = folder / f"{name}.zip"
    with zipfile.ZipFile(path, "w") as opened:
        for number in range(count):
            small = rng.integers(20, 230, (18, 32, 3), dtype=np.uint8)
            pixels = cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
            opened.writestr(f"{name}-{number:03}.jpg", cv2.imencode(".jpg", pixels)[1].tobytes())
    return path


def boxes(count: int) -> list[list[float]]:
    return [[20.0 + 50 * n, 30.0, 60.0 + 50 * n, 110.0] for n in range(count)]


def member(admin: Client, running: Running, organisation: str, name: str, role: str) -> tuple[Client, str]:
    """(signed in, id of the person)."""
    body = {"email": f"{name.lower()}@example.org", "role": role}
    link = admin.post(f"/organisations/{organisation}/invitations", body)["link"]
    client = Client(running.address)
    session = client.accept_link(link, name=name, password=PASSWORD)
    return client, str(session["user"]["id"])


def score_after(client: Client, address: str, submit: Any) -> float:
    """Milliseconds from the submit's answer to the page's own request telling one more picture, with its label."""
    before = client.get(address)["checked"]
    submit()
    began = time.perf_counter()
    while time.perf_counter() - began < TOO_LATE_S:
        told = client.get(address)
        if told["checked"] > before:
            assert [row["name"] for row in told["labels"]] == ["person"]
            return (time.perf_counter() - began) * 1000
        time.sleep(POLL_S)
    raise LoopFailed(f"no score within {TOO_LATE_S:.0f} s of a submit")


def measure(client: Client, user_id: str, project: dict[str, Any], rounds: int) -> dict[str, Any]:
    address = f"/projects/{project['id']}/people/{user_id}/checks?days=7"
    notices_before = len(list(client.pages("/notices")))
    took = [
        score_after(
            client, address, lambda drawn=number: label_next(client, project, *boxes(1 + drawn % BOXES))
        )
        for number in range(rounds)
    ]
    notices = len(list(client.pages("/notices"))) - notices_before
    return {"submit_to_score_ms": figures(took), "notices": notices}


def beside(admin: Client, running: Running, project: dict[str, Any], pictures: int) -> None:
    """Every light worker gets an upload to take in. Returns once each has begun."""
    paths = [
        archive(running.data_dir.parent, f"beside{n}", pictures, seed=9 + n) for n in range(LIGHT_PROCESSES)
    ]
    for path in paths:
        own = Client(running.address)
        own._http.cookies = admin._http.cookies
        threading.Thread(target=own.upload, args=(project["id"], path), daemon=True).start()
    admin.wait(
        "workers that take in pictures",
        lambda: {"running": admin.get(f"/jobs?project_id={project['id']}&state=running")["results"]},
        lambda row: len(row["running"]) >= LIGHT_PROCESSES,
        timeout_s=120,
    )


def main() -> None:
    is_small = "--small" in sys.argv
    truths, pictures = (6, 60) if is_small else (TRUTHS, PICTURES_BESIDE)
    with instance(workers=LIGHT_PROCESSES) as (admin, running, link):
        session = admin.accept_link(link, name="Ada Admin", email="ada@example.org", password=PASSWORD)
        labels = [{"name": "person", "shapes": ["box"]}]
        organisation = session["organisations"][0]["id"]
        body = {"organisation_id": organisation, "name": "Bench", "labels": labels}
        project: dict[str, Any] = admin.post("/projects", body)
        admin.upload(project["id"], archive(running.data_dir.parent, "truth", truths + 4, seed=3))
        admin.wait_idle(project["id"], 300)
        rita, _ = member(admin, running, organisation, "Rita", "reviewer")
        tasks = []
        for _ in range(truths):
            revision = label_next(rita, project, *boxes(BOXES))["revision"]
            admin.post(f"/revisions/{revision['id']}/decide", {"verdict": "approve"})
            tasks.append(revision["task_id"])
        rita.post(f"/projects/{project['id']}/truth", {"task_ids": tasks})
        version = admin.call("GET", f"/projects/{project['id']}").headers["ETag"]
        settings = {"truth_share": 1.0, "truth_feedback": True}
        admin.call(
            "PATCH", f"/projects/{project['id']}", {"settings": settings}, headers={"If-Match": version}
        )
        first, first_id = member(admin, running, organisation, "Ann", "annotator")
        second, second_id = member(admin, running, organisation, "Ben", "annotator")
        admin.wait_idle(project["id"], 300)
        quiet = measure(first, first_id, project, truths)
        beside(admin, running, project, pictures)
        busy = measure(second, second_id, project, truths)
        live = admin.get(f"/jobs?project_id={project['id']}&state=running")["results"]
        full = len(live) >= LIGHT_PROCESSES
    body = {
        "light_processes": LIGHT_PROCESSES,
        "boxes_in_the_truth": BOXES,
        "nothing_else_runs": quiet,
        "light_workers_full": {**busy, "full_to_the_end": full},
        "goal_submit_to_score_ms": GOAL_MS,
    }
    if is_small:
        print(body)
    else:
        result_write("ground_truth", body)
    assert quiet["notices"] == busy["notices"] == truths
    late = [each["submit_to_score_ms"]["p95"] for each in (quiet, busy)]
    assert max(late) <= GOAL_MS, late


if __name__ == "__main__":
    main()
