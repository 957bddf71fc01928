"""A Chromium for the browser tests: Debian's by apt when we may, else Playwright's own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from backend.core.installer.console import SetupFailed, say
from backend.core.installer.python import Venv

SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def system_chromium() -> str | None:
    """Path of an installed Chromium; None where there is none. Snap's wrapper cannot run in a container."""
    for name in SYSTEM_NAMES:
        found = shutil.which(name)
        if found and "/snap/" not in str(Path(found).resolve()):
            return found
    return None


def ensure_browser(venv: Venv) -> None:
    """Raises SetupFailed where no browser can be had: the browser tests are not skipped silently."""
    if system_chromium() or _playwright_has_one(venv):
        return
    if os.getuid() == 0 and shutil.which("apt-get") and _is_debian():
        say("Installing Chromium (apt-get)")
        subprocess.run(["apt-get", "update", "-qq"], check=False, stdout=subprocess.DEVNULL)
        quiet = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        subprocess.run(quiet, check=False, stdout=subprocess.DEVNULL)
        if system_chromium():
            return
    say("Installing Playwright's Chromium")
    with_system_libraries = ["--with-deps"] if os.getuid() == 0 else []
    subprocess.run(
        [str(venv.python), "-m", "playwright", "install", *with_system_libraries, "chromium"], check=False
    )
    if not _playwright_has_one(venv):
        raise SetupFailed(
            "NO BROWSER, so the browser tests cannot run: install one (sudo apt install chromium)"
        )


def _is_debian() -> bool:
    release = Path("/etc/os-release")
    return release.is_file() and "\nID=debian" in "\n" + release.read_text()


def _playwright_has_one(venv: Venv) -> bool:
    code = (
        "from playwright.sync_api import sync_playwright as p, Error\n"
        "import pathlib, sys\n"
        "with p() as w: sys.exit(0 if pathlib.Path(w.chromium.executable_path).is_file() else 1)"
    )
    return subprocess.run([str(venv.python), "-c", code], capture_output=True, check=False).returncode == 0
