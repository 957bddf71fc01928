"""Which Chromium the browser tests drive: the system's, else Playwright's own."""

from __future__ import annotations

from typing import Any

from backend.core.installer.browser import system_chromium


def launch_arguments() -> dict[str, Any]:
    """Keyword arguments for Playwright's `chromium.launch`; no sandbox, for containers run as root."""
    arguments: dict[str, Any] = {"args": ["--no-sandbox", "--disable-dev-shm-usage"]}
    found = system_chromium()
    if found:
        arguments["executable_path"] = found
    return arguments
