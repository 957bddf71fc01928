"""Projects whose labels the shipped detector does not know, so that tests bring their own models."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from backend.core.enums import JobState
from backend.learning.models import Checkpoint
from backend.learning.services import checkpoints, embeddings
from backend.projects.models import Project
from tests.support import factories
from tests.support.learning import run_job
from tests.support.sam import saved, tiny_sam

BOX = ["box", "polygon"]
ROOT = Path(__file__).resolve().parents[3]
SAM_FILE = "sam_tiny.pth"


@pytest.fixture(autouse=True)
def _no_shipped_model(settings: Any, tmp_path: Any) -> None:
    """The shipped detector is 10 MB to copy and has a test of its own."""
    settings.SHIPPED_WEIGHTS_DIR = tmp_path / "none"


@pytest.fixture
def project(transactional_db: None) -> Project:
    return factories.make_project(
        labels=[
            {"name": "person", "shapes": BOX},
            {"name": "hard_hat", "shapes": BOX},
            {"name": "blurred", "shapes": ["tag"]},
            {"name": "sharp", "shapes": ["tag"]},
        ],
        settings={"batch_size": 4, "random_fraction": 0.25},
    )


@pytest.fixture
def models_dir(settings: Any, tmp_path: Path) -> Path:
    """An empty models folder of the operator's."""
    settings.OPERATOR_MODELS_DIR = tmp_path / "models"
    settings.OPERATOR_MODELS_DIR.mkdir()
    settings.ASSIST_THREADS = 1
    cache.delete(embeddings.BELL)
    return Path(settings.OPERATOR_MODELS_DIR)


@pytest.fixture
def sam(transactional_db: None, models_dir: Path, tiny: tuple[Path, str], settings: Any) -> Checkpoint:
    """The tiny checkpoint, found in the folder, allowed by a setting and ready."""
    path, sha256 = tiny
    settings.SAM_SHA256 = [sha256]
    (models_dir / path.name).write_bytes(path.read_bytes())
    (models_dir / "prepared").symlink_to(path.parent / "prepared")
    checkpoints.look(now=True)
    assert run_job(checkpoints.PREPARE_KIND).state == JobState.SUCCEEDED
    return Checkpoint.objects.get()


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """(checkpoint file, its SHA-256), beside it `prepared/<hash>` as `python -m ml sam` makes it."""
    pytest.importorskip("torch")
    folder = tmp_path_factory.mktemp("models")
    path, sha256 = saved(tiny_sam().state_dict(), folder / SAM_FILE)
    command = [sys.executable, "-m", "ml", "sam", str(path), "--allow", sha256]
    subprocess.run([*command, "--out", str(folder / "prepared" / sha256[:16])], cwd=ROOT, check=True)
    return path, sha256
