"""Eight RTSP cameras of 720p25 scored at five a second by one worker: `python bench/feeds.py`.

A private instance with the shipped people detector; GStreamer serves the cameras from a clip, so that both share the
machine as little as can be. Latency is the worker's own: from a decoded frame's arrival to the decision on it. Measured
twice: while nobody looks, and while one page watches all eight; there also how much further behind the cameras' own clocks
the pictures fell within the minute.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import av
import cv2
import httpx
import numpy as np
import psutil

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

from backend.exchange.loop.client import Client  # noqa: E402
from tests.support.bench import result_write  # noqa: E402
from tests.support.cameras import rtsp_server  # noqa: E402
from tests.support.outside import free_port  # noqa: E402
from tests.support.running import Running  # noqa: E402

FEEDS, TARGET_FPS = 8, 5.0
WIDTH, HEIGHT, FPS = 1280, 720, 25
WARM_UP_S, MEASURED_S, ONLINE_WITHIN_S = 10.0, 60.0, 120.0
DRAWN_S = 8
GOAL_P95_MS = 400.0
# A feed that is scored less than this share of what was asked for is starved.
STARVED_BELOW = 0.8
EMAIL, PASSWORD = "admin@demo.siteloop", "siteloop-demo"


def camera_file(path: Path, seconds: float) -> Path:
    """A yard with six people-sized things walking, drawn once for some seconds and then repeated packet by packet."""
    rng = np.random.default_rng(5)
    ground = cv2.resize(
        rng.integers(70, 150, (90, 160, 3), np.uint8), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC
    )
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libx264", rate=FPS, options={"preset": "veryfast", "tune": "zerolatency"}
        )
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.bit_rate, stream.gop_size = 3_000_000, FPS
        packets = []
        for index in range(DRAWN_S * FPS):
            image = cv2.add(ground, rng.integers(0, 6, ground.shape, np.uint8))
            for n in range(6):
                x = int((n * 210 + index * (2 + n)) % (WIDTH - 60))
                cv2.rectangle(
                    image, (x, 240 + 50 * n), (x + 48, 380 + 50 * n), (30 * n, 80, 200 - 20 * n), -1
                )
            packets += stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24"))
        packets += stream.encode(None)
        step = DRAWN_S * FPS
        kept = [(bytes(p), p.pts, p.dts, p.is_keyframe, p.time_base) for p in packets]
        for turn in range(int(np.ceil(seconds / DRAWN_S))):
            for content, pts, dts, key, base in kept:
                packet = av.Packet(content)
                shift = int(turn * step / FPS / base)
                packet.pts, packet.dts, packet.time_base = pts + shift, dts + shift, base
                packet.is_keyframe, packet.stream = key, stream
                container.mux(packet)
    return path


def worker_of(running: Running) -> psutil.Process:
    for pid in running.pids():
        process = psutil.Process(pid)
        if "feed_worker" in process.cmdline():
            return process
    raise SystemExit("No feed_worker runs in the instance.")


def session_nice(process: psutil.Process) -> int | None:
    """Niceness of the worker's session, which is what counts where the kernel groups processes by session."""
    path = Path(f"/proc/{process.pid}/autogroup")
    return int(path.read_text().split()[-1]) if path.exists() else None


def cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def cpu_by_pid(running: Running) -> dict[int, float]:
    """Of every process of the instance; one that ends meanwhile is left out."""
    found = {}
    for pid in running.pids():
        with contextlib.suppress(psutil.NoSuchProcess):
            found[pid] = cpu_s(psutil.Process(pid))
    return found


def feeds_online(client: Client, project: str, ids: set[str]) -> list[dict[str, Any]]:
    end = time.monotonic() + ONLINE_WITHIN_S
    while True:
        rows = [row for row in client.get(f"/projects/{project}/feeds") if row["id"] in ids]
        if all(row["state"] == "online" for row in rows):
            return rows
        if time.monotonic() > end:
            raise SystemExit(
                f"Not online: {[(row['name'], row['state'], row['state_detail']) for row in rows]}"
            )
        time.sleep(1.0)


class Page:
    """Watches feeds as one page of the wall does, in a thread: what came, and when by which clock."""

    def __init__(self, address: str, ids: set[str]) -> None:
        self.came: dict[str, list[tuple[float, float]]] = {feed_id: [] for feed_id in ids}
        self._http = httpx.Client(base_url=address, timeout=30.0, trust_env=False)
        self._over = threading.Event()
        token = self._http.get("/api/v1/session").cookies["csrftoken"]
        headers = {"X-CSRFToken": token, "Referer": address}
        who = {"email": EMAIL, "password": PASSWORD}
        self._http.post("/api/v1/session", json=who, headers=headers).raise_for_status()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        feeds = ",".join(sorted(self.came))
        with self._http.stream("GET", f"/api/v1/live/stream?feeds={feeds}") as answer:
            for line in answer.iter_lines():
                if self._over.is_set():
                    return
                if line.startswith("data: "):
                    frame = json.loads(line[6:])
                    self.came[frame["feed_id"]].append((time.monotonic(), frame["time_s"]))

    def close(self) -> dict[str, float]:
        self._over.set()
        self._thread.join(20)
        self._http.close()
        rates = [len(rows) / (rows[-1][0] - rows[0][0]) for rows in self.came.values()]
        # Ten frames at each end: one late frame is no drift.
        behind = [
            statistics.median(at - time_s for at, time_s in rows[-10:])
            - statistics.median(at - time_s for at, time_s in rows[:10])
            for rows in self.came.values()
        ]
        return {"shown_per_s_min": round(min(rates), 2), "fell_behind_s_max": round(max(behind), 3)}


def span(client: Client, running: Running, project: str, ids: set[str]) -> dict[str, Any]:
    """What the worker did within the measured time."""
    worker = worker_of(running)
    rows = feeds_online(client, project, ids)
    before = {row["id"]: row["stats"] for row in rows}
    all_before, started = cpu_by_pid(running), time.monotonic()
    time.sleep(MEASURED_S)
    rows, seconds = feeds_online(client, project, ids), time.monotonic() - started
    spent = {pid: cpu - all_before.get(pid, 0.0) for pid, cpu in cpu_by_pid(running).items()}
    used = spent[worker.pid]
    frames = {row["id"]: row["stats"]["frames"] - before[row["id"]]["frames"] for row in rows}
    # A feed whose source was opened anew counts from zero: that is no success.
    clocked = {row["id"]: row["stats"]["seconds"] - before[row["id"]]["seconds"] for row in rows}
    rates = [frames[feed_id] / clocked[feed_id] if clocked[feed_id] > 0 else 0.0 for feed_id in frames]
    return {
        "scored_per_s": {"min": round(min(rates), 2), "median": round(statistics.median(rates), 2)},
        "starved": sum(rate < STARVED_BELOW * TARGET_FPS for rate in rates),
        "capture_to_decision_ms": {
            "p50_median_of_feeds": statistics.median(row["stats"]["latency_ms"]["p50"] for row in rows),
            "p95_worst_feed": max(row["stats"]["latency_ms"]["p95"] for row in rows),
        },
        "dropped": sum(row["stats"]["dropped"] - before[row["id"]]["dropped"] for row in rows),
        "worker_cores": round(used / seconds, 2),
        "instance_cores": round(sum(spent.values()) / seconds, 2),
        "worker_cpu_ms_per_feed_second": round(1000 * used / seconds / FEEDS, 1),
        "load_1min": round(os.getloadavg()[0], 1),
        "session_nice": session_nice(worker),
        "measured_s": round(seconds, 1),
    }


def measure(client: Client, running: Running, url: str) -> dict[str, Any]:
    client.sign_in(EMAIL, PASSWORD)
    project = client.get("/projects")["results"][0]["id"]
    client.wait_idle(project, 240.0)
    for row in client.get(f"/projects/{project}/feeds"):
        client.call("PATCH", f"/feeds/{row['id']}", {"enabled": False})
    settings = {"target_fps": TARGET_FPS, "capture_per_hour": 0, "capture_random_per_hour": 0}
    ids = set()
    for number in range(FEEDS):
        body = {"name": f"cam {number}", "source_kind": "rtsp", "source": url, "settings": settings}
        ids.add(client.post(f"/projects/{project}/feeds", body)["id"])
    feeds_online(client, project, ids)
    time.sleep(WARM_UP_S)
    alone = span(client, running, project, ids)
    page = Page(running.address, ids)
    time.sleep(WARM_UP_S)
    watched = {**span(client, running, project, ids), **page.close()}
    return {
        "feeds": FEEDS,
        "picture": f"{WIDTH}x{HEIGHT} at {FPS}/s, H.264 by RTSP, 3 Mbit/s",
        "asked_per_s": TARGET_FPS,
        "nobody_watches": alone,
        "one_page_watches_all": watched,
        "goal": {"p95_ms": GOAL_P95_MS, "starved": 0},
    }


def main() -> None:
    os.environ["SITELOOP_OUTGOING_ALLOWED_HOSTS"] = "127.0.0.1"
    with tempfile.TemporaryDirectory(prefix="sl-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        clip = camera_file(folder / "camera.mp4", ONLINE_WITHIN_S + 2 * (WARM_UP_S + MEASURED_S) + 60)
        running = Running(folder / "data", free_port(), "--demo")
        client = Client(running.address)
        try:
            running.read_until("is ready at", 300.0)
            with rtsp_server(clip) as server:
                result_write("feeds", measure(client, running, server.url()))
        finally:
            client.close()
            running.stop()


if __name__ == "__main__":
    main()
