"""Real files made in memory, and the way they take through the upload API."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import numpy as np
from PIL import Image
from rest_framework.test import APIClient

from backend.core import jobs
from backend.core.models import JobRun
from backend.projects.models import Project


def picture(seed: int = 0, *, width: int = 96, height: int = 64) -> Image.Image:
    """Smooth random colours: no two seeds look alike, and JPEG keeps them."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def jpeg(seed: int = 0, **size: int) -> bytes:
    return encoded(picture(seed, **size), quality=92)


def zipped(files: dict[str, bytes], *, stored: bool = True) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def upload_open(client: APIClient, project: Project, name: str, size: int, **options: Any) -> dict[str, Any]:
    answer = client.post(
        f"/api/v1/projects/{project.pk}/uploads",
        {"filename": name, "size_bytes": size, "options": options},
        format="json",
    )
    assert answer.status_code == 201, answer.content
    return answer.json()


def chunk_put(client: APIClient, upload_id: str, content: bytes, start: int, stop: int) -> Any:
    return client.generic(
        "PUT",
        f"/api/v1/uploads/{upload_id}/content",
        content[start:stop],
        content_type="application/octet-stream",
        headers={"Content-Range": f"bytes {start}-{stop - 1}/{len(content)}"},
    )


def upload_whole(
    client: APIClient, project: Project, name: str, content: bytes, **options: Any
) -> dict[str, Any]:
    """Upload, run the job as a worker would, and answer the upload as the API shows it then."""
    upload = upload_open(client, project, name, len(content), **options)
    assert chunk_put(client, upload["id"], content, 0, len(content)).status_code == 200
    job = JobRun.objects.filter(kind="media.ingest_upload", payload__upload_id=upload["id"]).get()
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert job.state == "succeeded", job.error
    return client.get(f"/api/v1/uploads/{upload['id']}").json()
