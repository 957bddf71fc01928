"""Pictures of pages for people to look at: only where SITELOOP_SHOTS names a folder."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page

FOLDER = os.environ.get("SITELOOP_SHOTS", "")


def shot(page: Page, name: str) -> None:
    if FOLDER:
        page.screenshot(path=str(Path(FOLDER) / f"{name}.png"), full_page=True)


def looks(page: Page, name: str) -> None:
    """Pictures in light and dark, on a screen and on a phone."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        shot(page, f"{name}-{scheme}")
    page.set_viewport_size({"width": 390, "height": 844})
    shot(page, f"{name}-390")
    page.set_viewport_size({"width": 1280, "height": 800})
