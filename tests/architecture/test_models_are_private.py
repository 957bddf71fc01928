"""Models belong to their app: others go through services, selectors and contracts (types may be named for checkers)."""

from __future__ import annotations

import ast
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
SHARED = {"core", "config"}


def runtime_imports(tree: ast.Module) -> set[str]:
    """Modules imported when the file runs; what stands under `if TYPE_CHECKING` is for type checkers only."""
    hidden = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    return {
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and id(node) not in hidden
    }


def test_no_app_imports_another_apps_models() -> None:
    found = set()
    for path in (REPO / "backend").rglob("*.py"):
        place = path.relative_to(REPO / "backend")
        if "migrations" in place.parts or place.parts[0] in SHARED:
            continue
        for module in runtime_imports(ast.parse(path.read_text())):
            parts = module.split(".")
            if parts[0] == "backend" and parts[-1] == "models" and parts[1] not in {place.parts[0], *SHARED}:
                found.add((place.as_posix(), parts[1]))
    assert found == set()
