"""Every page opens without an error, light and dark, never scrolls sideways at 1024 pixels, and axe is content."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.accessibility import violations

PAGES = {
    "home": "/",
    "projects": "/projects",
    "project": "/p/{project}",
    "upload": "/p/{project}/upload",
    "data": "/p/{project}/data",
    "review": "/p/{project}/review",
    "datasets": "/p/{project}/datasets",
    "models": "/p/{project}/models",
    "learning": "/p/{project}/learning",
    "settings, selection": "/p/{project}/settings?tab=selection",
    "live": "/p/{project}/live",
    "settings": "/p/{project}/settings",
    "jobs": "/jobs",
    "sites": "/sites",
    "people": "/people",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_open_and_fit(signed_in: Callable[..., Page], project: str, scheme: str) -> None:
    page = signed_in("admin", color_scheme=scheme, viewport={"width": 1024, "height": 768})
    barriers: dict[str, list[str]] = {}
    for name, address in PAGES.items():
        page.goto(address.format(project=project))
        expect(page.locator("main").first).to_be_visible(timeout=20_000)
        expect(page.locator("[aria-busy=true], [aria-label=Loading]"), name).to_have_count(0, timeout=20_000)
        expect(page.get_by_text("There is nothing here for you"), name).to_have_count(0)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 1024, (name, width)
        if found := violations(page):
            barriers[name] = found
    assert barriers == {}, "\n".join(f"{name}: {line}" for name, lines in barriers.items() for line in lines)


def test_a_strangers_project_is_refused_in_plain_words(signed_in: Callable[..., Page]) -> None:
    page = signed_in("annotator")
    page.goto("/p/018f0000-0000-7000-8000-000000000000")
    expect(page.get_by_text("not shared with you", exact=False).first).to_be_visible(timeout=20_000)


def test_sign_in_by_keyboard_alone(browser, site) -> None:  # type: ignore[no-untyped-def]
    from tests.e2e.conftest import PASSWORD

    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("E-mail").fill(site.emails["annotator"])
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Hello", exact=False).first).to_be_visible(timeout=20_000)
    context.close()
