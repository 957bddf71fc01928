"""What benches in a browser share: a private instance, and the file of results."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil

from backend.exchange.loop.client import Client
from tests.support.outside import free_port
from tests.support.running import REPO, Running

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page


@contextmanager
def instance(*, workers: int = 1) -> Iterator[tuple[Client, Running, str]]:
    """(client, instance, one-time link of the first admin) of a Siteloop of its own, stopped in the end.

    `workers`: its light processes.
    """
    with tempfile.TemporaryDirectory(prefix="sl-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        running = Running(Path(name) / "data", free_port(), "--no-demo", "--workers", str(workers))
        client = Client(running.address)
        try:
            running.read_until("is ready at")
            yield client, running, running.read_until("works once").rsplit(" ", 1)[1].strip()
        finally:
            client.close()
            running.stop()


def figures(values: Sequence[float]) -> dict[str, float | int]:
    array = np.asarray(values)
    return {
        "median": round(float(np.median(array)), 1),
        "p95": round(float(np.percentile(array, 95)), 1),
        "max": round(float(array.max()), 1),
        "n": array.size,
    }


def sign_in_as(context: BrowserContext, client: Client, url: str) -> None:
    """The browser is signed in as the client is."""
    cookies = client._http.cookies.items()
    context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies])


def renderer_memory_mb(page: Page) -> dict[str, int]:
    """After a forced collection, MiB: JavaScript heap, and the largest renderer's own memory, pictures included."""
    browser = page.context.browser
    assert browser is not None
    cdp = page.context.new_cdp_session(page)
    cdp.send("HeapProfiler.collectGarbage")
    heap = float(cdp.send("Runtime.getHeapUsage")["usedSize"])
    rows = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    own = [psutil.Process(row["id"]).memory_full_info().uss for row in rows if row["type"] == "renderer"]
    return {"js_heap": round(heap / 2**20), "renderer": round(max(own) / 2**20)}


def result_write(bench: str, body: Mapping[str, object]) -> None:
    """Write `bench/results/<bench>.json` with the machine, the commit and the load in front, and print it."""
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False, cwd=REPO
    )
    result = {
        "bench": bench,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "commit": commit.stdout.strip() or "unknown",
        "load_1min": round(os.getloadavg()[0], 1),
        **body,
    }
    path = REPO / "bench" / "results" / f"{bench}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))
