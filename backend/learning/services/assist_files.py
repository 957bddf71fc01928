"""What browsers fetch to run the assist themselves: decoders by their hash, embeddings by their key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.core.files.storage import default_storage
from django.utils import timezone

from backend.core.errors import NotFound
from backend.learning import selectors
from backend.learning.enums import CheckpointState, EmbeddingState, TaskKind
from backend.learning.models import Checkpoint, Embedding, ModelVersion
from backend.learning.services import assist, checkpoints, embeddings
from backend.learning.services.assist_backend import network_sha256
from backend.learning.services.assist_models import shipped_assist_dir

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.annotation.models import Task

# Being fetched counts as being used, but not every fetch is written down.
USED_AGAIN_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the default storage (`key`), or a local one (`path`)."""

    key: str = ""
    path: Path | None = None

    def open(self) -> tuple[IO[bytes], int]:
        """The open file and its size. Raises FileNotFoundError."""
        if self.path is not None:
            return self.path.open("rb"), self.path.stat().st_size
        handle = default_storage.open(self.key, "rb")
        return handle, handle.size


def decoder_file(*, actor: User, sha256: str) -> StoredFile:
    """A decoder by its hash. A project's own is only there for who may see that project. Raises NotFound."""
    folder = shipped_assist_dir()
    if folder is not None and network_sha256(folder) == sha256:
        return StoredFile(path=folder / "model.onnx")
    for row in Checkpoint.objects.filter(facts__decoder_sha256=sha256, state=CheckpointState.READY):
        if checkpoints.decoder_path(row).is_file():
            return StoredFile(path=checkpoints.decoder_path(row))
    for model in ModelVersion.objects.filter(kind=TaskKind.ASSIST, artifact_sha256=sha256):
        key = f"{model.artifact_prefix}/model.onnx"
        if selectors.model_visible(actor=actor, model=model) and default_storage.exists(key):
            return StoredFile(key=key)
    raise NotFound()


def embedding_file(*, task: Task, key: str) -> StoredFile:
    """The embedding `key` of the task's picture, by any checkpoint. Raises NotFound for another picture's."""
    row = Embedding.objects.select_related("checkpoint").filter(key=key, state=EmbeddingState.READY).first()
    if row is None or embeddings.key_of(assist.asset_of(task), row.checkpoint) != key:
        raise NotFound()
    stored = checkpoints.embedding_path(key)
    if not default_storage.exists(stored):
        embeddings.embedding_lost(key)
        raise NotFound("The picture is encoded anew. Ask again in a moment.")
    now = timezone.now()
    if row.used_at < now - USED_AGAIN_AFTER:
        Embedding.objects.filter(pk=row.pk).update(used_at=now)
    return StoredFile(key=stored)
