"""Model versions come in here: shipped ones, trained ones, an operator's ONNX file, an HTTP address."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from backend.core import audit, storage
from backend.core.errors import Stale
from backend.core.models import new_id
from backend.core.outgoing import url_pin
from backend.learning import selectors
from backend.learning.domain.binding import DEFAULT_THRESHOLD, mapping_follow, mapping_guess, mapping_problems
from backend.learning.enums import SCORING_KINDS, ModelState, Provider
from backend.learning.errors import ModelRefused
from backend.learning.models import ModelBinding, ModelVersion
from backend.learning.services import shadow
from backend.learning.services.promotion import model_announce, suggestions_renew
from backend.learning.services.runtime import DESCRIPTION_FILE, artifact_folder
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project

RUN_FILES = (
    "model.onnx",
    "manifest.json",
    "weights.safetensors",
    "progress.jsonl",
    "curves.json",
    "card.md",
    "trained.txt",
    "notes.txt",
    "NOTICE",
)
# What a training had to say of its data: enough for a page.
NOTES_MAX = 40
SHIPPED_FIRST = "site-people"
ONNX_MAX_BYTES = 512 * 1024 * 1024


@transaction.atomic
def model_register_run(
    *,
    project: Project,
    run_dir: Path,
    name: str,
    actor: User | None = None,
    state: ModelState = ModelState.CANDIDATE,
    dataset_version_id: uuid.UUID | None = None,
    config: dict[str, Any] | None = None,
) -> ModelVersion:
    """Copy a RUN folder into storage and register it. Raises ModelRefused when it is not one."""
    try:
        manifest = json.loads((run_dir / "manifest.json").read_text())
    except (OSError, ValueError) as error:
        raise ModelRefused("This folder is not a finished RUN: it has no readable manifest.json.") from error
    prefix = f"models/{new_id()}"
    try:
        for file in RUN_FILES:
            if (run_dir / file).is_file():
                storage.write_file(f"{prefix}/{file}", run_dir / file)
    except OSError:
        # A disk that fills up must not keep half a model for ever.
        for file in RUN_FILES:
            storage.delete(f"{prefix}/{file}")
        raise
    return _register(
        project=project,
        actor=actor,
        name=name,
        kind=manifest["kind"],
        provider=Provider.SITELOOP,
        architecture=manifest["architecture"],
        state=state,
        artifact_prefix=prefix,
        artifact_sha256=manifest["sha256"],
        manifest=manifest,
        metrics=manifest.get("metrics", {}),
        config={**(config or manifest.get("config", {})), **_notes(run_dir)},
        dataset_version_id=dataset_version_id,
    )


def _notes(run_dir: Path) -> dict[str, list[str]]:
    path = run_dir / "notes.txt"
    lines = [line for line in path.read_text(errors="replace").splitlines() if line] if path.is_file() else []
    return {"notes": lines[:NOTES_MAX]} if lines else {}


@transaction.atomic
def model_register_onnx(
    *, actor: User, project: Project, name: str, model_file: Path, description: dict[str, Any]
) -> ModelVersion:
    """Register an operator's own ONNX detector after opening it once. Raises ModelRefused with the reason."""
    from ml.inference.manifest import file_sha256

    if model_file.stat().st_size > ONNX_MAX_BYTES:
        raise ModelRefused("The file is larger than 512 MB.")
    prefix = f"models/{new_id()}"
    storage.write_file(f"{prefix}/model.onnx", model_file)
    described = json.dumps({**description, "model": "model.onnx"})
    storage.write_bytes(f"{prefix}/{DESCRIPTION_FILE}", described.encode())
    try:
        classes = _onnx_try(prefix)
    except ModelRefused:
        for file in ("model.onnx", DESCRIPTION_FILE):
            storage.delete(f"{prefix}/{file}")
        raise
    return _register(
        project=project,
        actor=actor,
        name=name,
        kind="detect",
        provider=Provider.ONNX,
        architecture=f"onnx {description.get('layout', '')}".strip(),
        state=ModelState.CANDIDATE,
        artifact_prefix=prefix,
        artifact_sha256=file_sha256(model_file),
        manifest={"classes": list(classes), **description},
    )


def _onnx_try(prefix: str) -> tuple[str, ...]:
    """Score one empty picture: a graph whose outputs do not fit its description fails now, not in the queue."""
    import numpy as np

    from ml.errors import MlError
    from ml.inference.onnx_detector import OnnxDetector

    try:
        with artifact_folder(ModelVersion(artifact_prefix=prefix)) as folder:
            detector = OnnxDetector.load(folder / DESCRIPTION_FILE)
            detector.predict(np.zeros((64, 64, 3), np.uint8))
    except MlError as error:
        raise ModelRefused(str(error)) from error
    except Exception as error:  # noqa: BLE001 - the runtime's own errors have no public base class
        raise ModelRefused(f"The graph cannot be run: {error}"[:300]) from error
    return detector.classes


@transaction.atomic
def model_register_http(
    *, actor: User, project: Project, name: str, endpoint_url: str, classes: list[str]
) -> ModelVersion:
    """Register a model behind an address, which is checked now and at every request."""
    url_pin(endpoint_url, allowed_hosts=settings.OUTGOING_ALLOWED_HOSTS)
    return _register(
        project=project,
        actor=actor,
        name=name,
        kind="detect",
        provider=Provider.HTTP,
        architecture="http",
        state=ModelState.CANDIDATE,
        endpoint_url=endpoint_url,
        manifest={"classes": classes},
    )


def _register(*, project: Project, actor: User | None, name: str, **fields: Any) -> ModelVersion:
    # The project's row is the lock under which numbers are given.
    type(project).objects.select_for_update().get(pk=project.pk)
    last = ModelVersion.objects.filter(project=project).aggregate(last=Max("number"))["last"] or 0
    model = ModelVersion.objects.create(
        project=project, number=last + 1, name=name, created_by=actor, **fields
    )
    threshold = float(model.manifest.get("score_hint", DEFAULT_THRESHOLD))
    # An assist names nothing: its one class stands for whatever is pointed at.
    classes = model.manifest.get("classes", []) if model.kind in SCORING_KINDS else []
    labels = projects.labels_of(project.pk)
    mapping = mapping_guess(classes, labels, threshold)
    former = selectors.production_model(project.pk, model.kind)
    if former is not None and former != model:
        # A run that was told nothing else says the default.
        hinted = threshold != DEFAULT_THRESHOLD
        mapping = mapping_follow(mapping, former.binding.mapping, labels, hinted=hinted)
    ModelBinding.objects.create(model_version=model, mapping=mapping)
    audit.record(
        actor=actor,
        organisation_id=project.organisation_id,
        action="model.register",
        object_type="model",
        object_id=model.pk,
        after={"number": model.number, "provider": model.provider, "sha256": model.artifact_sha256},
    )
    model_announce(model)
    return model


def shipped_run_dir() -> Path | None:
    """The detector that comes with the product; None where its folder is missing."""
    folder = settings.SHIPPED_WEIGHTS_DIR / SHIPPED_FIRST
    return folder if (folder / "manifest.json").is_file() else None


@transaction.atomic
def shipped_install(*, project: Project) -> ModelVersion | None:
    """Give a project the shipped detector as its first production model where any of its classes fits a label."""
    folder = shipped_run_dir()
    if folder is None:
        return None
    classes = json.loads((folder / "manifest.json").read_text())["classes"]
    guessed = mapping_guess(classes, projects.labels_of(project.pk))
    if not any(entry["label_id"] for entry in guessed.values()):
        return None
    return model_register_run(
        project=project, run_dir=folder, name="Shipped detector", state=ModelState.PRODUCTION
    )


@transaction.atomic
def binding_update(
    *, actor: User, model: ModelVersion, mapping: dict[str, dict[str, Any]], base_version: int
) -> ModelBinding:
    """Change what a model's classes mean; a production model suggests anew on untouched pictures.

    Classes not named stay as they are. Raises Stale when somebody changed it in between, ModelRefused.
    """
    binding = ModelBinding.objects.select_for_update().get(model_version=model)
    if binding.version != base_version:
        raise Stale(
            "Somebody changed this mapping in between.",
            extra={"current": {"version": binding.version, "mapping": binding.mapping}},
        )
    problems = mapping_problems(
        mapping, model.manifest.get("classes", []), projects.labels_of(model.project_id)
    )
    if problems:
        raise ModelRefused("Some of the mapping cannot be used.", fields=problems)
    before = binding.mapping
    binding.mapping = {**binding.mapping, **mapping}
    binding.version += 1
    binding.save()
    audit.record(
        actor=actor,
        organisation_id=model.project.organisation_id,
        action="model.binding",
        object_type="model",
        object_id=model.pk,
        before=before,
        after=binding.mapping,
    )
    shadow.pictures_forget(model=model)
    suggestions_renew(model=model, actor=actor)
    return binding
