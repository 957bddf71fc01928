"""Files and functions stay small: the limits of the architecture, checked on what git would carry."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
PYTHON = sorted(
    path
    for top in ("backend", "ml", "bench", "tests")
    for path in (REPO / top).rglob("*.py")
    if "migrations" not in path.parts
)
MODULE_MAX_LINES = 600
FUNCTION_MAX_LINES = 80
COMPONENT_MAX_LINES = 300
TYPESCRIPT_MAX_LINES = 400
CANVAS_MAX_LINES = 260


def test_no_python_module_is_past_its_limit() -> None:
    long = {
        str(p.relative_to(REPO)): n
        for p in PYTHON
        if (n := len(p.read_text().splitlines())) > MODULE_MAX_LINES
    }
    assert not long


def test_no_function_is_past_its_limit() -> None:
    long = {}
    for path in PYTHON:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_MAX_LINES:
                    long[f"{path.relative_to(REPO)}:{node.name}"] = length
    assert not long


def frontend_lines() -> dict[Path, int]:
    """Lines of every TypeScript file that people write, tests aside."""
    source = REPO / "frontend" / "src"
    return {
        path: len(path.read_text().splitlines())
        for path in sorted(source.rglob("*.ts*"))
        if "generated" not in path.parts and ".test." not in path.name
    }


def typescript_limit(path: Path) -> int:
    if "canvas" in path.relative_to(REPO).parts:
        return CANVAS_MAX_LINES
    return COMPONENT_MAX_LINES if path.suffix == ".tsx" else TYPESCRIPT_MAX_LINES


def test_no_component_or_typescript_module_is_past_its_limit() -> None:
    lines = frontend_lines()
    assert len(lines) > 100
    assert {str(path.relative_to(REPO)): n for path, n in lines.items() if n > typescript_limit(path)} == {}


@pytest.mark.parametrize("word", ["pickle", "torch.load(", "yaml.load("])
def test_nothing_unpickles(word: str) -> None:
    allowed = {"torch.load(": "weights_only=True"}
    bad = []
    for path in PYTHON:
        if path.is_relative_to(REPO / "tests"):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            code = line.split("#")[0]
            names_error = code.strip() == "from pickle import UnpicklingError"
            imports = (
                word == "pickle"
                and code.strip().startswith(("import pickle", "from pickle"))
                and not names_error
            )
            calls = word != "pickle" and word in code and allowed.get(word, "\0") not in code
            if imports or calls:
                bad.append(f"{path.relative_to(REPO)}:{number}")
    assert not bad


def test_top_level_holds_nothing_but_what_is_declared() -> None:
    allowed = {
        "backend",
        "frontend",
        "ml",
        "tests",
        "bench",
        "docs",
        "docker-compose.yml",
        "manage.py",
        "requirements.txt",
        "README.md",
        "Makefile",
        "pyproject.toml",
        "LICENSE",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
    }
    ours = {"var", "runs"}  # made by running, ignored by git
    found = {path.name for path in REPO.iterdir() if not path.name.startswith(".") and path.name not in ours}
    assert found <= allowed
