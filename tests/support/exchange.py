"""Labelled pictures to send round: exports as files, regions as plain values to compare."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from PIL import Image
from rest_framework.test import APIClient

from backend.annotation import selectors as annotation
from backend.annotation.contracts import RegionData
from backend.core import jobs
from backend.core.models import JobRun
from backend.exchange.enums import ExportFormat
from backend.exchange.formats.archive import zip_stream
from backend.exchange.services.exports import export_members
from backend.media import services as media_services
from backend.media.models import Asset
from backend.projects.models import Project
from tests.support import datasets, media
from tests.support.factories import label_id

API = "/api/v1"
SHAPES = [[12.5, 8.25], [60.0, 10.0], [55.125, 50.0], [20.0, 44.75]]


def take_in(project: Project, seed: int, *, name: str = "") -> Asset:
    """A real 96 × 64 picture in the project."""
    content = media.encoded(media.picture(seed), "PNG")
    return media_services.asset_register(
        project=project,
        content=content,
        name=name or f"photo {seed}.png",
        actor=None,
        group_key=f"source-{seed}",
    )


def labelled(project: Project, first: str, second: str, *, count: int = 3) -> list[Asset]:
    """Pictures with a box and a polygon each, the last one empty."""
    assets = [take_in(project, seed) for seed in range(count)]
    for n, asset in enumerate(assets):
        regions: list[RegionData] = []
        if n < count - 1:
            regions.append(datasets.box(project, first, (1.25 + n, 2.5, 50.123, 60.0)))
            points = [[x + n, y] for x, y in SHAPES]
            regions.append(datasets.polygon(project, points, second))
        datasets.label_asset(project, asset, regions)
    return assets


def exported(project: Project, fmt: str, **fields: Any) -> bytes:
    members = export_members(project=project, fmt=ExportFormat(fmt), **fields)
    return b"".join(zip_stream(members))


def unzipped(content: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return folder


def said_of(project: Project) -> dict[str, list[tuple[str, str, list[float]]]]:
    """{picture: [(label, shape, coordinates)]} of everything approved, in a fixed order."""
    names = {label["id"]: label["name"] for label in project.ontology_versions.order_by("-number")[0].labels}
    found = {}
    for labels in annotation.approved_revisions(project_id=project.pk):
        asset = Asset.objects.get(pk=labels.asset_id)
        rows = []
        for region in labels.regions:
            values = region.geometry.get("box") or [v for point in region.geometry["points"] for v in point]
            rows.append((names[region.label_id], region.shape, [float(v) for v in values]))
        found[asset.name.rsplit(".", 1)[0]] = sorted(rows)
    return found


def assert_same(first: dict[str, Any], second: dict[str, Any], tolerance_px: float = 1e-3) -> None:
    assert first.keys() == second.keys()
    for name, rows in first.items():
        assert [row[:2] for row in rows] == [row[:2] for row in second[name]], name
        for (_, _, one), (_, _, two) in zip(rows, second[name], strict=True):
            assert len(one) == len(two)
            assert max((abs(a - b) for a, b in zip(one, two, strict=True)), default=0) <= tolerance_px


def import_zip(client: APIClient, project: Project, content: bytes, fmt: str, **body: Any) -> JobRun:
    """Upload a zip and import it as the page does; the job, ended."""
    upload = media.upload_open(client, project, "set.zip", len(content), purpose="file")
    for start in range(0, len(content), 4_000_000):
        stop = min(len(content), start + 4_000_000)
        assert media.chunk_put(client, upload["id"], content, start, stop).status_code == 200
    answer = client.post(
        f"{API}/projects/{project.pk}/imports",
        {"upload_id": upload["id"], "format": fmt, **body},
        format="json",
    )
    assert answer.status_code == 202, answer.content
    job = JobRun.objects.get(pk=answer.json()["id"])
    jobs.run(str(job.pk))
    job.refresh_from_db()
    return job


def picture_bytes(width: int = 40, height: int = 30, seed: int = 0) -> bytes:
    buffer = io.BytesIO()
    media.picture(seed, width=width, height=height).save(buffer, "PNG")
    assert Image.open(io.BytesIO(buffer.getvalue())).size == (width, height)
    return buffer.getvalue()


def person(project: Project) -> str:
    return label_id(project, "person")


def told_of(project: Project) -> dict[str, list[dict[str, Any]]]:
    """{picture: objects} of everything approved, all that is said of each, by names; groups as the numbers of their members."""
    labels = {label["id"]: label for label in project.ontology_versions.order_by("-number")[0].labels}
    found = {}
    for said in annotation.approved_revisions(project_id=project.pk):
        rows = []
        for region in said.regions:
            label = labels[region.label_id]
            names = {a["id"]: a["name"] for a in label.get("attributes") or ()}
            rows.append(
                {
                    "label": label["name"],
                    "shape": region.shape,
                    "geometry": region.geometry,
                    "attributes": {names[key]: value for key, value in region.attributes.items()},
                    "z_index": region.z_index,
                    "occluded": region.occluded,
                    "grouped": bool(region.group_id),
                }
            )
        name = Asset.objects.get(pk=said.asset_id).name.rsplit(".", 1)[0]
        found[name] = sorted(rows, key=lambda row: (row["label"], row["shape"], str(row["geometry"])))
    return found
