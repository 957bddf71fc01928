"""The virtual environment and the pinned packages in it."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

from backend.core.installer.console import SetupFailed, fingerprint, is_current, run, say, stamp_write

# The embedded database's wheels exist for these only; so do most of the pins.
PYTHONS = ((3, 11), (3, 12))
# torch with its CUDA libraries takes 6 GB, and pip unpacks beside what it downloads.
INSTALL_ROOM_BYTES = 12 * 1024**3
INSTALL_ROOM_CPU_BYTES = 5 * 1024**3
# Debian splits pip off Python: where it is missing this one is fetched and checked.
PIP_FILE = "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
PIN = re.compile(r"^(torch|torchvision)==(\S+)$", re.MULTILINE)


class Venv:
    """`.venv` of the checkout at `repo`."""

    def __init__(self, repo: Path) -> None:
        self.repo = repo
        self.folder = repo / ".venv"
        self.python = self.folder / "bin" / "python"

    def ensure(self) -> None:
        """Make it, or make it anew where its Python has gone. Raises SetupFailed."""
        if sys.version_info[:2] not in PYTHONS:
            raise SetupFailed(
                f"Python {platform.python_version()} is not supported: install Python 3.11 or 3.12 "
                "and say `make PYTHON=/path/to/python3.12 …`"
            )
        if self._works():
            return
        say(f"Making .venv with Python {platform.python_version()}")
        shutil.rmtree(self.folder, ignore_errors=True)
        if not self._make() and not self._make_after_apt():
            self._make_without_pip()

    def install(self, requirements: str, *, torch_index: str = "") -> None:
        """Bring the environment to the pins of one file; nothing is done when it already is. Raises SetupFailed."""
        mark = fingerprint(self._pin_files(requirements), torch_index, platform.python_version())
        stamp = self.folder / f".installed-{requirements.replace('/', '-')}"
        if is_current(stamp, mark):
            return
        self._check_room(torch_index)
        pip: list[str | Path] = [
            self.python,
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-input",
            "--quiet",
        ]
        # The pins are exact: a constraints file of the machine's could only make them impossible.
        env = dict(os.environ) | {"PIP_CONSTRAINT": os.devnull}
        remedy = "check the network and the free disk space, then run it again"
        if torch_index and requirements == "requirements.txt":
            say(f"Installing torch from {torch_index}")
            run(
                [*pip, "--index-url", torch_index, *self._torch_pins()], cwd=self.repo, env=env, remedy=remedy
            )
        say(f"Installing the Python packages of {requirements} (the first time takes some minutes)")
        run([*pip, "-r", requirements], cwd=self.repo, env=env, remedy=remedy)
        stamp_write(stamp, mark)

    def _works(self) -> bool:
        probe = [str(self.python), "-c", "import pip, sys; print(sys.version_info[:2] in ((3, 11), (3, 12)))"]
        try:
            done = subprocess.run(probe, capture_output=True, text=True, timeout=60, check=False)
        except OSError:
            return False
        return done.stdout.strip() == "True"

    def _make(self) -> bool:
        made = subprocess.run(
            [sys.executable, "-m", "venv", str(self.folder)], capture_output=True, text=True, check=False
        )
        return made.returncode == 0 and self._works()

    def _make_after_apt(self) -> bool:
        """Debian and Ubuntu keep ensurepip in a package of its own; as root it is ours to install."""
        if os.getuid() != 0 or not shutil.which("apt-get"):
            return False
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        say(f"Installing {package}")
        for step in (["update", "-qq"], ["install", "-y", "-qq", package]):
            subprocess.run(["apt-get", *step], check=False, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        return self._make()

    def _make_without_pip(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        remedy = f"sudo apt install {package}"
        run([sys.executable, "-m", "venv", "--without-pip", self.folder], cwd=self.repo, remedy=remedy)
        with tempfile.TemporaryDirectory() as name:
            wheel = Path(name) / PIP_FILE
            try:
                wheel.write_bytes(_pip_download())
            except OSError as error:
                raise SetupFailed(
                    f"This Python has no pip and it could not be fetched ({error}): {remedy}"
                ) from error
            run([self.python, wheel / "pip", "install", "--quiet", wheel], cwd=self.repo, remedy=remedy)

    def _pin_files(self, requirements: str) -> list[Path]:
        return [self.repo / requirements, self.repo / "requirements.txt"]

    def _torch_pins(self) -> list[str]:
        found = PIN.findall((self.repo / "requirements.txt").read_text())
        return [f"{name}=={version}" for name, version in found]

    def _check_room(self, torch_index: str) -> None:
        installed = any(self.folder.glob("lib/python*/site-packages/torch/__init__.py"))
        needed = INSTALL_ROOM_CPU_BYTES if torch_index else INSTALL_ROOM_BYTES
        free = shutil.disk_usage(self.repo).free
        if not installed and free < needed:
            hint = (
                ""
                if torch_index
                else ", or use the smaller CPU build: make run TORCH_INDEX=https://download.pytorch.org/whl/cpu"
            )
            raise SetupFailed(
                f"Only {free / 1e9:.1f} GB are free here, the packages need {needed / 1e9:.0f}: make room{hint}"
            )


def _pip_download() -> bytes:
    """The pinned pip from the package index, checked against its hash. Raises OSError."""
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + "/pip/"
    with urllib.request.urlopen(index, timeout=60) as answer:  # noqa: S310 - https, or the operator's own index
        page = answer.read().decode()
    link = re.search(rf'href="([^"]*{re.escape(PIP_FILE)}[^"]*)"', page)
    if link is None:
        raise OSError(f"{index} does not list {PIP_FILE}")
    with urllib.request.urlopen(urljoin(index, link.group(1)), timeout=120) as answer:  # noqa: S310
        data: bytes = answer.read()
    if hashlib.sha256(data).hexdigest() != PIP_SHA256:
        raise OSError(f"{PIP_FILE} from {index} is not the expected file")
    return data
