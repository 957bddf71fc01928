"""A project of the browser tests whose tasks are videos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from backend.exchange.loop.client import Client


def video_project(
    admin: Client,
    organisation_id: str,
    folder: Path,
    name: str,
    labels: Sequence[Mapping[str, Any]],
    videos: Mapping[str, bytes],
) -> dict[str, str]:
    """The project's id as `project`, and each video's task by its name. Equal videos would be one."""
    body = {"organisation_id": organisation_id, "name": name, "labels": labels}
    project_id = admin.post("/projects", body)["id"]
    for file_name, content in videos.items():
        path = folder / file_name
        path.write_bytes(content)
        upload = admin.upload(project_id, path)
        assert upload["report"]["added"] == 1, upload
    admin.wait_idle(project_id, 120)
    tasks = {row["asset"]["name"]: row["id"] for row in admin.pages(f"/projects/{project_id}/tasks")}
    assert set(tasks) == set(videos)
    return {"project": project_id, **tasks}
