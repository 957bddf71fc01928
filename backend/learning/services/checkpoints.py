"""Checkpoints in the operator's models folder (segment-anything's, and weights for detectors): found, allowed, prepared, chosen.

A file is believed only after its SHA-256 was found on the list: published hashes, `SITELOOP_SAM_SHA256`, and what an
operator vouched for with `manage.py models add --sha256`. Preparing (`jobs/assist_prepare`) makes of it, once, what
the rest of Siteloop runs on: a decoder for browsers and the web process, an encoder for the assist worker. Weights for a
detector are only looked through: a training goes on from the file itself.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Sum
from django.db.models.functions import Now

from backend.core import jobs, storage
from backend.core.errors import BadInput, NotFound
from backend.learning.enums import CheckpointPurpose, CheckpointState
from backend.learning.models import Checkpoint, Embedding

if TYPE_CHECKING:
    from backend.core.models import JobRun

ENDINGS = {
    ".pth": CheckpointPurpose.ASSIST,
    ".pt": CheckpointPurpose.ASSIST,
    ".safetensors": CheckpointPurpose.DETECT,
}
# Names of a detector's classes, beside its weights.
NAMES_ENDING = ".json"
PREPARED = "prepared"
# The folder is looked at this often at most; each look costs a few file system calls.
LOOK_EVERY_S = 5.0
PREPARE_KIND = "learning.assist_prepare"


@dataclass(frozen=True, slots=True)
class Published:
    """A checkpoint its authors published, in their file format."""

    name: str
    file: str
    url: str
    sha256: str
    size_bytes: int
    about: str


_META = "https://dl.fbaipublicfiles.com/segment_anything"
PUBLISHED = (
    Published(
        "sam_vit_b",
        "sam_vit_b_01ec64.pth",
        f"{_META}/sam_vit_b_01ec64.pth",
        "ec2df62732614e57411cdcf32a23ffdf28910380d03139ee0f4fcbe91eb8c912",
        375_042_383,
        "Segment Anything ViT-B, Apache-2.0",
    ),
    Published(
        "sam_vit_l",
        "sam_vit_l_0b3195.pth",
        f"{_META}/sam_vit_l_0b3195.pth",
        "3adcc4315b642a4d2101128f611684e8734c41232a17c648ed1693702a49a622",
        1_249_524_607,
        "Segment Anything ViT-L, Apache-2.0",
    ),
    Published(
        "sam_vit_h",
        "sam_vit_h_4b8939.pth",
        f"{_META}/sam_vit_h_4b8939.pth",
        "a7bf3b02f3ebf1267aba913ff637d9a2d5c33d3173bb679e46d9f338c26f262e",
        2_564_550_879,
        "Segment Anything ViT-H, Apache-2.0",
    ),
)


def models_dir() -> Path:
    return Path(settings.OPERATOR_MODELS_DIR)


def allowed_sha256(row: Checkpoint | None = None) -> set[str]:
    """Hashes that may be opened: published, named in settings, vouched for when this file was added."""
    own = {row.allowed_sha256} if row is not None and row.allowed_sha256 else set()
    return {p.sha256 for p in PUBLISHED} | {text.lower() for text in settings.SAM_SHA256} | own


def files() -> list[Path]:
    """Checkpoint files in the models folder, by name."""
    folder = models_dir()
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix in ENDINGS and path.is_file())


_looked_at = 0.0


def look(*, now: bool = False) -> None:
    """Note files that are new or have changed, and have them prepared. Cheap when called often."""
    global _looked_at
    if not now and time.monotonic() - _looked_at < LOOK_EVERY_S:
        return
    _looked_at = time.monotonic()
    known = {row.file: row for row in Checkpoint.objects.all()}
    for path in files():
        row = known.get(path.name)
        if row is None or (row.size_bytes, row.changed_ns) != _stamp(path):
            checkpoint_note(path)


@transaction.atomic
def checkpoint_note(path: Path, *, allowed_sha256: str = "") -> tuple[Checkpoint, JobRun]:
    """Take note of a file that is new, or is to be looked at again, and queue its preparing."""
    size_bytes, changed_ns = _stamp(path)
    fields = {
        "size_bytes": size_bytes,
        "changed_ns": changed_ns,
        "purpose": ENDINGS[path.suffix],
        "state": CheckpointState.FOUND,
        "error": "",
        "sha256": "",
    }
    if allowed_sha256:
        fields["allowed_sha256"] = allowed_sha256.lower()
    row, _ = Checkpoint.objects.update_or_create(file=path.name, defaults=fields)
    job = jobs.enqueue(
        PREPARE_KIND,
        payload={"checkpoint_id": str(row.pk)},
        title=f"Get {path.name} ready",
        dedupe_key=f"assist-prepare:{row.pk}",
    )
    return row, job


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def checkpoint_ready(row: Checkpoint, facts: dict[str, object], *, sha256: str, architecture: str) -> None:
    """What preparing made of a file. The first one that is ready serves the assist; later ones when chosen."""
    others = Checkpoint.objects.exclude(chosen_at=None).exclude(pk=row.pk)
    serves = row.purpose == CheckpointPurpose.ASSIST and not others.exists()
    chosen = {"chosen_at": Now()} if serves else {}
    Checkpoint.objects.filter(pk=row.pk).update(
        state=CheckpointState.READY, facts=facts, sha256=sha256, architecture=architecture, error="", **chosen
    )


def checkpoint_refuse(row: Checkpoint, *, error: str, sha256: str = "") -> None:
    Checkpoint.objects.filter(pk=row.pk).update(state=CheckpointState.REFUSED, error=error, sha256=sha256)


def checkpoint_choose(row: Checkpoint) -> None:
    """Let this one serve the assist from now on. Raises BadInput for weights of a detector."""
    if row.purpose != CheckpointPurpose.ASSIST:
        raise BadInput(
            f"{row.file} is for detectors: it is chosen where a training starts, under Models → Train."
        )
    Checkpoint.objects.filter(pk=row.pk).update(chosen_at=Now())


def checkpoint_find(name: str) -> Checkpoint:
    """By file name, or by the name of a published one. Raises NotFound."""
    names = {name, *(p.file for p in PUBLISHED if p.name == name)}
    row = Checkpoint.objects.filter(file__in=names).first()
    if row is None:
        raise NotFound(f"There is no checkpoint named {name}. `models list` shows what there is.")
    return row


def checkpoint_remove(row: Checkpoint) -> int:
    """Delete the file, what was made of it, and the embeddings. Returns how many embeddings went."""
    keys = list(Embedding.objects.filter(checkpoint=row).values_list("key", flat=True))
    for key in keys:
        storage.delete(embedding_path(key))
    folder = prepared_dir(row)
    row.delete()
    if folder is not None and folder.is_dir():
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
    path = models_dir() / row.file
    path.unlink(missing_ok=True)
    if row.purpose == CheckpointPurpose.DETECT:
        path.with_suffix(NAMES_ENDING).unlink(missing_ok=True)
    return len(keys)


def checkpoint_active() -> Checkpoint | None:
    """The checkpoint that serves the assist: ready, its files there, last chosen."""
    rows = Checkpoint.objects.filter(state=CheckpointState.READY, purpose=CheckpointPurpose.ASSIST)
    for row in rows.order_by(F("chosen_at").desc(nulls_last=True), "id"):
        if decoder_path(row).is_file():
            return row
    return None


def weights_there() -> list[Checkpoint]:
    """Weights that a detector's training may go on from, by file name."""
    rows = Checkpoint.objects.filter(state=CheckpointState.READY, purpose=CheckpointPurpose.DETECT)
    return [row for row in rows.order_by("file") if (models_dir() / row.file).is_file()]


def checkpoint_problem(row: Checkpoint) -> str:
    """What keeps a checkpoint from serving, its files hashed again; empty where nothing does."""
    from ml.errors import ManifestError
    from ml.inference.manifest import file_sha256
    from ml.inference.sam_facts import facts_read

    path, folder = models_dir() / row.file, prepared_dir(row)
    if not path.is_file():
        return "its file is not in the models folder any more"
    is_prepared = folder is not None or row.purpose == CheckpointPurpose.DETECT
    if row.state != CheckpointState.READY or not is_prepared:
        return row.error or "it is not prepared yet"
    if file_sha256(path) != row.sha256:
        return "its file was changed since it was prepared"
    if folder is None:
        return ""
    try:
        facts_read(folder)
    except ManifestError as error:
        return str(error)
    return ""


def checkpoint_trouble() -> str:
    """What to tell people where a checkpoint lies there but cannot serve; empty where none does, or one serves."""
    rows = Checkpoint.objects.filter(purpose=CheckpointPurpose.ASSIST).exclude(state=CheckpointState.READY)
    row = rows.order_by("-updated_at").first()
    if row is None or not (models_dir() / row.file).is_file():
        return ""
    if row.state == CheckpointState.FOUND:
        return f"{row.file} is being prepared."
    return f"{row.file} cannot be used: {row.error}"


def prepared_dir(row: Checkpoint) -> Path | None:
    folder = str(row.facts.get("folder", ""))
    return models_dir() / PREPARED / folder if folder else None


def decoder_path(row: Checkpoint) -> Path:
    from ml.inference.sam_facts import DECODER_FILE

    return (prepared_dir(row) or models_dir()) / DECODER_FILE


def model_key(row: Checkpoint) -> str:
    """Names the weights, as `ml.models.sam` does."""
    return f"sam:{row.architecture}:{row.sha256[:12]}"


def embedding_path(key: str) -> str:
    return f"assist/{key[:2]}/{key}.f16"


def checkpoints_shown() -> dict[str, Any]:
    """Installed checkpoints and published ones that are not, for the models page."""
    active = checkpoint_active()
    rows = []
    for row in Checkpoint.objects.order_by("file"):
        kept = row.embeddings.aggregate(n=Count("id"), size=Sum("size_bytes"))
        there = (models_dir() / row.file).is_file()
        rows.append(
            {
                "name": _published_name(row.file) or Path(row.file).stem,
                "file": row.file,
                "purpose": row.purpose,
                "classes": row.named_classes,
                "about": next((p.about for p in PUBLISHED if p.sha256 == row.sha256), ""),
                "state": row.state if there else "missing",
                "active": active is not None and active.pk == row.pk,
                "error": row.error,
                "sha256": row.sha256,
                "bytes": row.size_bytes,
                "architecture": row.architecture,
                "encode_seconds": row.encode_s,
                "embeddings": kept["n"],
                "embeddings_bytes": kept["size"] or 0,
                "command": f"manage.py models verify {row.file}",
            }
        )
    known = {row["file"] for row in rows}
    rows += [_absent(each) for each in PUBLISHED if each.file not in known]
    return {"folder": str(models_dir()), "checkpoints": rows}


def _absent(each: Published) -> dict[str, Any]:
    return {
        "name": each.name,
        "file": each.file,
        "purpose": CheckpointPurpose.ASSIST,
        "classes": [],
        "about": each.about,
        "state": "absent",
        "active": False,
        "error": "",
        "sha256": each.sha256,
        "bytes": each.size_bytes,
        "architecture": each.name.removeprefix("sam_"),
        "encode_seconds": None,
        "embeddings": 0,
        "embeddings_bytes": 0,
        "command": f"manage.py models pull {each.name}",
    }


def _published_name(file: str) -> str:
    return next((p.name for p in PUBLISHED if p.file == file), "")
