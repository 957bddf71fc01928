"""Real files made in memory, and the way they take through the upload API."""

from __future__ import annotations

import io
import zipfile
from fractions import Fraction
from typing import Any

import av
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


def numbered_frame(index: int, *, width: int = 128, height: int = 96) -> np.ndarray:
    """A grey frame with its index written as eight black or white columns (most significant first)."""
    frame = np.full((height, width, 3), 128, np.uint8)
    step = width // 8
    for bit in range(8):
        frame[:, bit * step : (bit + 1) * step] = 235 if index >> (7 - bit) & 1 else 20
    return frame


def frame_number(pixels: np.ndarray) -> int:
    """The index written by `numbered_frame`."""
    columns = pixels.mean(axis=(0, 2)).reshape(8, -1).mean(axis=1)
    return int("".join("1" if value > 128 else "0" for value in columns), 2)


def clip(
    times_ms: list[int],
    *,
    kind: str = "mp4",
    codec: str = "libx264",
    keyframe_every: int = 12,
    b_frames: int = 2,
    place: str = "",
) -> bytes:
    """A video whose frame i is `numbered_frame(i)` shown at `times_ms[i]`."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=kind) as container:
        if place:
            container.metadata["location"] = place
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        stream.gop_size = keyframe_every
        stream.max_b_frames = b_frames
        for index, time_ms in enumerate(times_ms):
            frame = av.VideoFrame.from_ndarray(numbered_frame(index), format="rgb24")
            frame.pts, frame.time_base = time_ms, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
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
