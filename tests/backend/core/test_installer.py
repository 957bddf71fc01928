"""The set-up: what it refuses, and that it does nothing twice."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from backend.core.installer import python as installer_python
from backend.core.installer.console import SetupFailed, fingerprint, is_current, run, stamp_write
from backend.core.installer.node import NODE_MIN, FrontEnd, node_version
from backend.core.installer.python import Venv

REPO = Path(__file__).resolve().parents[3]


def test_it_needs_nothing_but_the_standard_library() -> None:
    # `-S` leaves out site-packages, `-I` the environment: what is imported comes from Python or this repository.
    code = f"import sys; sys.path.insert(0, {str(REPO)!r}); import backend.core.installer.__main__"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, done.stderr


def test_a_stamp_is_current_until_a_file_or_a_choice_changes(tmp_path: Path) -> None:
    pins, stamp = tmp_path / "requirements.txt", tmp_path / "stamp"
    pins.write_text("a==1\n")
    stamp_write(stamp, fingerprint([pins], "cpu"))
    assert is_current(stamp, fingerprint([pins], "cpu"))
    assert not is_current(stamp, fingerprint([pins], "cuda"))
    pins.write_text("a==2\n")
    assert not is_current(stamp, fingerprint([pins], "cpu"))


def test_a_front_end_source_changes_the_build_mark(tmp_path: Path) -> None:
    (tmp_path / "frontend" / "src").mkdir(parents=True)
    page = tmp_path / "frontend" / "src" / "page.tsx"
    page.write_text("one")
    front = FrontEnd(tmp_path, Venv(tmp_path))
    before = fingerprint(front.sources())
    page.write_text("two")
    assert fingerprint(front.sources()) != before


def test_an_unsupported_python_is_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installer_python, "PYTHONS", ((2, 7),))
    with pytest.raises(SetupFailed, match=r"install Python 3\.11 or 3\.12"):
        Venv(tmp_path).ensure()


def test_the_pins_are_installed_whatever_the_machine_constrains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "requirements.txt").write_text("torch==2.15.0\n")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\necho "$PIP_CONSTRAINT" > {tmp_path}/heard\n')
    python.chmod(0o755)
    monkeypatch.setattr(installer_python, "INSTALL_ROOM_BYTES", 0)
    monkeypatch.setenv("PIP_CONSTRAINT", "/etc/pip/constraints.txt")
    Venv(tmp_path).install("requirements.txt")
    assert (tmp_path / "heard").read_text().strip() == os.devnull


def test_a_full_disk_is_refused_before_pip_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "requirements.txt").write_text("torch==2.15.0\n")
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(installer_python, "INSTALL_ROOM_BYTES", 2**60)
    with pytest.raises(SetupFailed, match="make room, or use the smaller CPU build"):
        Venv(tmp_path).install("requirements.txt")


@pytest.mark.parametrize(
    ("printed", "enough"), [("v18.19.0", False), ("v20.18.9", False), ("v20.19.0", True)]
)
def test_an_old_node_is_not_taken(tmp_path: Path, printed: str, enough: bool) -> None:
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho {printed}\n")
    node.chmod(0o755)
    assert (node_version(str(node)) >= NODE_MIN) is enough


def test_no_node_at_all_has_no_version(tmp_path: Path) -> None:
    assert node_version(None) == ()
    assert node_version(str(tmp_path / "absent")) == ()


def test_a_failed_step_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SetupFailed, match=r"failed \(exit code 3\): try again"):
        run([sys.executable, "-c", "raise SystemExit(3)"], cwd=tmp_path, remedy="try again")
    with pytest.raises(SetupFailed, match="Cannot run"):
        run([tmp_path / "absent"], cwd=tmp_path, remedy="install it")


def test_every_make_target_named_in_the_docs_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (REPO / "Makefile").read_text(), re.MULTILINE))
    named = set()
    for page in [*REPO.glob("*.md"), *(REPO / "docs").rglob("*.md")]:
        named |= set(re.findall(r"`make ([a-z]+)", page.read_text()))
    assert named <= targets
