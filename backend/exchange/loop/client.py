"""One signed-in person's view of the HTTP API."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from backend.exchange.loop.errors import LoopFailed

UPLOAD_CHUNK_BYTES = 4 * 1024 * 1024
POLL_S = 0.5
REQUEST_TIMEOUT_S = 60.0


class Client:
    """Keeps the session cookie and sends CSRF tokens; any unexpected answer is a LoopFailed."""

    def __init__(self, base_url: str, token: str = "") -> None:
        self.base_url = base_url.rstrip("/")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(
            base_url=self.base_url, timeout=REQUEST_TIMEOUT_S, headers=headers, trust_env=False
        )
        self._session = not token
        self.name = ""

    def close(self) -> None:
        self._http.close()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        allow: tuple[int, ...] = (),
    ) -> httpx.Response:
        """Send one request under /api/v1. Statuses other than 2xx and those in `allow` raise LoopFailed."""
        sent = dict(headers or {})
        if method != "GET" and self._session:
            if "csrftoken" not in self._http.cookies:
                self._http.get("/api/v1/session")
            sent["X-CSRFToken"] = self._http.cookies.get("csrftoken", "")
            sent["Referer"] = str(self._http.base_url)
        if content is not None:
            answer = self._http.request(method, f"/api/v1{path}", content=content, headers=sent)
        else:
            answer = self._http.request(method, f"/api/v1{path}", json=body, headers=sent)
        if not answer.is_success and answer.status_code not in allow:
            raise LoopFailed(f"{method} {path} answered {answer.status_code}: {answer.text[:400]}")
        return answer

    def get(self, path: str) -> Any:
        return self.call("GET", path).json()

    def post(self, path: str, body: Any = None, **kwargs: Any) -> Any:
        answer = self.call("POST", path, body if body is not None else {}, **kwargs)
        return answer.json() if answer.content else None

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        """Every row of a cursor list."""
        following: str | None = f"/api/v1{path}"
        while following:
            answer = self._http.get(following)
            if not answer.is_success:
                raise LoopFailed(f"GET {path} answered {answer.status_code}: {answer.text[:400]}")
            page = answer.json()
            yield from page["results"]
            following = page["next"]

    def sign_in(self, email: str, password: str) -> None:
        session = self.post("/session", {"email": email, "password": password})
        self.name = session["user"]["name"]

    def accept_link(self, path: str, **fields: str) -> dict[str, Any]:
        """Use a one-time link as printed (`…/link/<token>`); the client is signed in afterwards."""
        session: dict[str, Any] = self.post(f"/links/{path.rsplit('/', 1)[1]}", fields)
        self.name = session["user"]["name"]
        return session

    def upload(self, project_id: str, path: Path, **options: str) -> dict[str, Any]:
        """Send a file in chunks and wait until it was taken in; the upload with its report."""
        size = path.stat().st_size
        upload = self.post(
            f"/projects/{project_id}/uploads",
            {"filename": path.name, "size_bytes": size, "options": options},
            headers={"Idempotency-Key": str(uuid.uuid4())},
        )
        with path.open("rb") as handle:
            start = 0
            while chunk := handle.read(UPLOAD_CHUNK_BYTES):
                span = f"bytes {start}-{start + len(chunk) - 1}/{size}"
                headers = {"Content-Range": span, "Content-Type": "application/octet-stream"}
                self.call("PUT", f"/uploads/{upload['id']}/content", content=chunk, headers=headers)
                start += len(chunk)
        return self.wait(
            f"upload of {path.name}",
            lambda: self.get(f"/uploads/{upload['id']}"),
            lambda row: row["state"] in {"done", "failed"},
            timeout_s=900,
        )

    def wait(
        self,
        what: str,
        look: Callable[[], dict[str, Any]],
        ready: Callable[[dict[str, Any]], bool],
        timeout_s: float,
    ) -> dict[str, Any]:
        """Look until `ready`; raises LoopFailed with the last answer when the time is over."""
        deadline = time.monotonic() + timeout_s
        while True:
            row = look()
            if ready(row):
                return row
            if time.monotonic() > deadline:
                raise LoopFailed(f"{what} did not end in {timeout_s:.0f} s; last seen: {str(row)[:400]}")
            time.sleep(POLL_S)

    def wait_job(self, job_id: str, timeout_s: float) -> dict[str, Any]:
        """Wait for a job to succeed. Raises LoopFailed with its error otherwise."""
        ended = {"succeeded", "failed", "cancelled"}
        job = self.wait(
            "job", lambda: self.get(f"/jobs/{job_id}"), lambda row: row["state"] in ended, timeout_s=timeout_s
        )
        if job["state"] != "succeeded":
            raise LoopFailed(f"{job['title']} {job['state']}: {job['error']}")
        return job

    def wait_idle(self, project_id: str, timeout_s: float) -> None:
        """Wait until no job of the project waits or runs."""
        self.wait(
            "background work",
            lambda: self.get(f"/jobs?project_id={project_id}&state=live"),
            lambda page: not page["results"],
            timeout_s=timeout_s,
        )
