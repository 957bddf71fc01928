"""A project with one video of 100 frames in three parts that share ten frames, for browser tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.e2e.conftest import Site
from tests.support import clips

FRAMES = 100


def parted_project(site: Site, name: str, labels: tuple[str, ...], folder: Path) -> str:
    """Its id; what is submitted there is approved. The video, `yard.mp4`, is written into `folder` first."""
    body = {
        "organisation_id": site.organisation_id,
        "name": name,
        "labels": [{"name": label, "shapes": ["track"]} for label in labels],
    }
    made = site.admin.post("/projects", body)
    project_id: str = made["id"]
    settings = {"part_frames": 40, "part_overlap": 10, "review": "none"}
    site.admin.call(
        "PATCH",
        f"/projects/{project_id}",
        {"settings": settings},
        headers={"If-Match": f'"{made["version"]}"'},
    )
    path = folder / "yard.mp4"
    path.write_bytes(clips.clip([at * 40.0 for at in range(FRAMES)], draw=clips.framed_frame))
    assert site.admin.upload(project_id, path)["report"]["added"] == 1
    site.admin.wait_idle(project_id, 120)
    return project_id


def parts_of(site: Site, project_id: str) -> list[dict[str, Any]]:
    """The tasks of the parts, in their order."""
    rows = list(site.admin.pages(f"/projects/{project_id}/tasks"))
    return sorted(rows, key=lambda row: row["part"]["number"])
