"""Fetching checkpoints: resumed, verified, explained when there is no way to the network; and the command for it."""

from __future__ import annotations

import hashlib
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backend.core.errors import BadInput, NotFound, Unavailable
from backend.learning.models import Checkpoint
from backend.learning.services import checkpoint_files, checkpoints
from backend.learning.services.checkpoints import Published
from tests.support.http_server import Answer, Seen, serve

CONTENT = bytes(range(256)) * 400
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def models_dir(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.OPERATOR_MODELS_DIR = tmp_path / "models"
    monkeypatch.setattr(checkpoint_files, "PAUSE_S", 0.0)
    return tmp_path / "models"


def _published(port: int, sha256: str = SHA256) -> Published:
    return Published("sam_x", "sam_x.pth", f"http://127.0.0.1:{port}/a/sam_x.pth", sha256, len(CONTENT), "")


def _half_at_a_time(seen: Seen) -> Answer:
    """Breaks off in the middle of whatever is asked for, until little is left."""
    start = int(seen.headers.get("Range", "bytes=0-")[6:-1])
    rest = CONTENT[start:]
    part = rest[: max(len(rest) // 2, 40_000)]
    headers = {"Content-Length": str(len(rest)), "Connection": "close"}
    if start:
        headers["Content-Range"] = f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"
    return Answer(206 if start else 200, part, headers)


def test_a_download_that_breaks_off_goes_on_where_it_was(models_dir: Path) -> None:
    told: list[tuple[int, int]] = []
    with serve(_half_at_a_time) as server:
        path = checkpoint_files.checkpoint_pull(
            _published(server.port), watch=lambda there, total: told.append((there, total))
        )
        asked = [seen.headers.get("Range") for seen in server.seen]
        again = checkpoint_files.checkpoint_pull(_published(server.port), watch=lambda *_: None)
        assert (again, len(server.seen)) == (path, len(asked))  # what is there is not fetched again
    assert path.read_bytes() == CONTENT
    assert asked[0] is None
    assert asked[1] == f"bytes={len(CONTENT) // 2}-"
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [p.name for p in models_dir.iterdir()] == ["sam_x.pth"]


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        pytest.param(Answer(200, b"another file"), BadInput, "thrown away", id="another file"),
        pytest.param(Answer(404, b"gone"), Unavailable, "answered 404", id="not there"),
    ],
)
def test_what_is_not_the_published_file_is_not_kept(
    models_dir: Path, answer: Answer, error: type[Exception], words: str
) -> None:
    with serve(answer) as server, pytest.raises(error, match=words):
        checkpoint_files.checkpoint_pull(_published(server.port), watch=lambda *_: None)
    assert not any(models_dir.glob("*.pth"))


def test_offline_it_says_what_to_copy_where(models_dir: Path) -> None:
    with serve(Answer(200)) as server:
        closed = server.port
    with pytest.raises(Unavailable) as caught:
        checkpoint_files.checkpoint_pull(_published(closed), watch=lambda *_: None, tries=2)
    for words in ("cannot be reached", str(models_dir / "sam_x.pth"), SHA256, "manage.py models add"):
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("name", "sha256", "error"),
    [
        ("foreign.pth", "", BadInput),
        ("foreign.pth", "0" * 64, BadInput),
        ("foreign.txt", SHA256, BadInput),
        ("missing.pth", SHA256, NotFound),
    ],
)
def test_a_file_nobody_vouched_for_is_not_added(
    tmp_path: Path, models_dir: Path, name: str, sha256: str, error: type[Exception]
) -> None:
    if name.startswith("foreign"):
        (tmp_path / name).write_bytes(CONTENT)
    with pytest.raises(error):
        checkpoint_files.checkpoint_copy(tmp_path / name, sha256=sha256)
    assert not models_dir.exists() or not any(models_dir.iterdir())


def test_the_published_ones_are_named_with_their_hashes() -> None:
    assert [p.name for p in checkpoints.PUBLISHED][:3] == ["sam_vit_b", "sam_vit_l", "sam_vit_h"]
    assert all(len(p.sha256) == 64 and p.url.endswith(p.file) for p in checkpoints.PUBLISHED)
    with pytest.raises(NotFound, match="sam_vit_b"):
        checkpoint_files.published("sam_vit_z")


def _run(*words: str) -> str:
    out = StringIO()
    call_command("models", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_command_adds_lists_verifies_and_removes(
    transactional_db: None, tmp_path: Path, models_dir: Path, tiny: tuple[Path, str]
) -> None:
    path, sha256 = tiny
    assert "absent" in _run("list")
    with pytest.raises(CommandError, match="on no list"):
        _run("add", str(path))
    models_dir.mkdir(exist_ok=True)
    (models_dir / "prepared").symlink_to(path.parent / "prepared")
    assert "is ready" in _run("add", str(path), "--sha256", sha256, "--now")
    assert "* sam_tiny" in _run("list")
    assert "as it was" in _run("verify")
    with (models_dir / path.name).open("ab") as file:
        file.write(b"more")
    with pytest.raises(CommandError, match="cannot serve"):
        _run("verify", path.name)
    assert "ready" not in _run("list")
    (models_dir / "prepared").unlink()
    assert "is gone" in _run("remove", path.name)
    assert (Checkpoint.objects.count(), list(models_dir.glob("*.pth"))) == (0, [])
