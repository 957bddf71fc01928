"""Tiny models and pictures: a RUN whose score is the picture's brightness, so that every answer is known."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from rest_framework.test import APIClient

from backend.core import jobs
from backend.core.models import JobRun
from backend.learning.enums import ModelState
from backend.learning.models import ModelVersion
from backend.learning.services import promotion, registry, training
from backend.media import services as media
from backend.media.models import Asset
from backend.projects.models import Project
from ml.contracts import Manifest, ModelKind
from ml.inference.manifest import file_sha256, manifest_write
from tests.support.media import encoded

SIDE_PX = 64
_counter = itertools.count(1)

Boxes = tuple[tuple[float, float, float, float], ...]
MIDDLE: Boxes = ((16.0, 16.0, 48.0, 48.0),)


def brightness_graph(
    path: Path, boxes: Boxes, classes: int, *, gain: float = 1.0, tags: bool = False
) -> Path:
    """`images` (B, 3, S, S) in 0..1 -> the boxes given, scored `gain` × mean brightness for the first class.

    The embedding is the mean colour. As a classifier (`tags`) the first class has the brightness as probability
    and the last one the rest.
    """
    count = len(boxes)
    first = np.zeros((1, count, classes), np.float32)
    first[..., 0] = gain
    rest = np.zeros((1, count, classes), np.float32)
    if tags:
        first[..., -1], rest[..., -1] = -gain, 1.0
    shapes = {"to_one": [-1, 1, 1], "to_two": [-1, 3], "flat": [-1, classes]}
    initial = [numpy_helper.from_array(np.array(v, np.int64), k) for k, v in shapes.items()]
    initial += [
        numpy_helper.from_array(np.array(boxes, np.float32).reshape(1, count, 4), "where"),
        numpy_helper.from_array(first, "first"),
        numpy_helper.from_array(rest, "rest"),
        numpy_helper.from_array(np.zeros((), np.float32), "zero"),
    ]
    nodes = [
        helper.make_node("GlobalAveragePool", ["images"], ["colour"]),
        helper.make_node("Reshape", ["colour", "to_two"], ["embedding"]),
        helper.make_node("ReduceMean", ["embedding"], ["level"], axes=[1], keepdims=1),
        helper.make_node("Reshape", ["level", "to_one"], ["bright"]),
        helper.make_node("Mul", ["bright", "zero"], ["nothing"]),
        helper.make_node("Add", ["where", "nothing"], ["boxes"]),
        helper.make_node("Mul", ["first", "bright"], ["scaled"]),
    ]
    if tags:
        nodes += [
            helper.make_node("Add", ["scaled", "rest"], ["shares"]),
            helper.make_node("Reshape", ["shares", "flat"], ["scores"]),
        ]
    else:
        nodes.append(helper.make_node("Add", ["scaled", "rest"], ["scores"]))
    make = helper.make_tensor_value_info
    outputs = [make("embedding", TensorProto.FLOAT, ["b", 3])]
    outputs.append(make("scores", TensorProto.FLOAT, ["b", classes] if tags else ["b", count, classes]))
    if not tags:
        outputs.append(make("boxes", TensorProto.FLOAT, ["b", count, 4]))
    return graph_save(path, "brightness", nodes, outputs, initial)


def graph_save(
    path: Path,
    name: str,
    nodes: list[onnx.NodeProto],
    outputs: list[onnx.ValueInfoProto],
    initial: list[onnx.TensorProto],
) -> Path:
    """A checked graph of `images` (B, 3, H, W) at `path`."""
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, ["b", 3, "h", "w"])
    graph = helper.make_graph(nodes, name, [images], outputs, initial)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path


def brightness_run(
    folder: Path,
    classes: tuple[str, ...] = ("person", "hard_hat"),
    boxes: Boxes = MIDDLE,
    *,
    gain: float = 1.0,
    tags: bool = False,
) -> Path:
    """A finished RUN folder; boxes are pixels of a 64 × 64 picture."""
    folder.mkdir(parents=True, exist_ok=True)
    path = brightness_graph(folder / "model.onnx", boxes, len(classes), gain=gain, tags=tags)
    kind = ModelKind.CLASSIFY if tags else ModelKind.DETECT
    manifest = Manifest(
        name="brightness",
        kind=kind,
        architecture="test",
        classes=classes,
        input_size=SIDE_PX,
        mean=(0.0, 0.0, 0.0),
        std=(1.0, 1.0, 1.0),
        sha256=file_sha256(path),
        parity=0.0,
        embedding_dim=3,
        score_hint=0.3,
    )
    manifest_write(folder, manifest)
    return folder


def make_model(
    project: Project,
    folder: Path,
    state: ModelState = ModelState.PRODUCTION,
    classes: tuple[str, ...] = ("person", "hard_hat"),
    **run: object,
) -> ModelVersion:
    """A registered brightness model."""
    number = next(_counter)
    run_dir = brightness_run(folder / f"run-{number}", classes, **run)  # type: ignore[arg-type]
    return registry.model_register_run(project=project, run_dir=run_dir, name=f"model {number}", state=state)


def grey(level: float, seed: int = 0) -> NDArray[np.uint8]:
    """A 64 × 64 picture of that brightness (0..1), with noise that makes its bytes its own."""
    noise = np.random.default_rng(seed).integers(-4, 5, (SIDE_PX, SIDE_PX, 3))
    return np.clip(level * 255 + noise, 0, 255).astype(np.uint8)


def make_picture(project: Project, level: float = 0.5, *, group: str = "", name: str = "") -> Asset:
    """A real grey picture in the project, with the task that its arrival makes."""
    number = next(_counter)
    content = encoded(Image.fromarray(grey(level, number)), "PNG")
    return media.asset_register(
        project=project,
        content=content,
        name=name or f"grey-{number}.png",
        actor=None,
        group_key=group or f"source-{number}",
    )


def take_step(client: APIClient, model: ModelVersion, event: str, **body: object) -> Any:
    """Ask for a step of a model's rollout, having looked at where it stands; the answer."""
    url = f"/api/v1/models/{model.pk}/rollout"
    seen = {"If-Match": client.get(url).headers.get("ETag", '"0"')}
    return client.post(url, {"event": event, **body}, format="json", headers=seen)


def gate(model: ModelVersion, production: ModelVersion | None, passed: bool = True) -> None:
    """The word of a comparison, without one."""
    training.gate_store(
        candidate=model,
        production=production,
        dataset_version_id=None,
        passed=passed,
        reason="Because.",
        report={},
        details={},
    )
    model.refresh_from_db()


def run_job(kind: str) -> JobRun:
    """Run the newest waiting job of that kind as a worker would."""
    job = JobRun.objects.filter(kind=kind, state="queued").order_by("-id")[0]
    JobRun.objects.filter(pk=job.pk).update(not_before=None)
    jobs.run(str(job.pk))
    job.refresh_from_db()
    return job


def prepare(project: Project, *, batch: int | None = None) -> JobRun:
    """Queue and run the preparing of a project's queue; its row, ended."""
    job = promotion.prepare_enqueue(project, batch=batch)
    JobRun.objects.filter(pk=job.pk).update(not_before=None)
    jobs.run(str(job.pk))
    job.refresh_from_db()
    return job


def run_waiting(project: Project) -> None:
    """Run what waits, and what that makes wait, as the workers would; all must succeed."""
    for _ in range(200):
        waiting = JobRun.objects.filter(project_id=project.pk, state="queued").order_by("id").first()
        if waiting is None:
            return
        JobRun.objects.filter(pk=waiting.pk).update(not_before=None)
        jobs.run(str(waiting.pk))
        waiting.refresh_from_db()
        assert waiting.state == "succeeded", f"{waiting.kind}: {waiting.error}\n{waiting.log}"
    raise AssertionError("the jobs never end")
