"""One real Siteloop for all browser tests, started as anybody would start it, and people signed in to it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from backend.exchange.loop.client import Client
from backend.exchange.loop.instance import private_instance
from ml.simulation.scene import render_clip
from ml.simulation.truth import SceneConfig

REPO = Path(__file__).resolve().parents[2]
PASSWORD = "browser tests sign in with this"
PICTURES = 6


@dataclass
class Site:
    """A running instance with an admin, an annotator and a reviewer."""

    url: str
    admin: Client
    organisation_id: str
    emails: dict[str, str]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium where it is installed; containers and root need --no-sandbox."""
    found = shutil.which("chromium")
    arguments = {"executable_path": found} if found else {}
    return {
        **browser_type_launch_args,
        **arguments,
        "args": ["--no-sandbox", "--disable-gpu", "--disable-quic"],
    }


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with private_instance(REPO) as (url, link):
        admin = Client(url)
        session = admin.accept_link(link, name="Ada Admin", email="ada@example.org", password=PASSWORD)
        organisation_id = session["organisations"][0]["id"]
        emails = {"admin": "ada@example.org"}
        for role in ("annotator", "reviewer"):
            emails[role] = f"{role}@example.org"
            invited = admin.post(
                f"/organisations/{organisation_id}/invitations", {"email": emails[role], "role": role}
            )
            newcomer = Client(url)
            newcomer.accept_link(invited["link"], name=f"{role.title()} Person", password=PASSWORD)
            newcomer.close()
        yield Site(url, admin, organisation_id, emails)
        admin.close()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A few generated pictures on disk."""
    folder = tmp_path_factory.mktemp("pictures")
    frames = render_clip(SceneConfig(seed=41, width=640, height=360, people=3, forklifts=1), PICTURES, 1.0)
    made = []
    for index, frame in enumerate(frames):
        path = folder / f"dock-{index}.jpg"
        cv2.imwrite(str(path), cv2.cvtColor(frame.image_rgb, cv2.COLOR_RGB2BGR))
        made.append(path)
    return made[:PICTURES]


@pytest.fixture(scope="session")
def project(site: Site, pictures: list[Path], tmp_path_factory: pytest.TempPathFactory) -> str:
    """A project with pictures that are ready to label."""
    import zipfile

    body = {
        "organisation_id": site.organisation_id,
        "name": "Browser tests",
        "labels": [{"name": "person", "shapes": ["box", "polygon"]}, {"name": "pallet", "shapes": ["box"]}],
    }
    project_id: str = site.admin.post("/projects", body)["id"]
    archive = tmp_path_factory.mktemp("zip") / "pictures.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for path in pictures:
            opened.write(path, path.name)
    upload = site.admin.upload(project_id, archive)
    assert upload["report"]["added"] == len(pictures)
    site.admin.wait_idle(project_id, 120)
    return project_id


@pytest.fixture
def signed_in(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Opens a page signed in as a role; console errors fail the test at its end."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_as(role: str, **options: Any) -> Page:
        context = browser.new_context(
            base_url=site.url, **{"viewport": {"width": 1280, "height": 800}, **options}
        )
        contexts.append(context)
        csrf = context.request.get("/api/v1/session").json()["csrf"]
        answer = context.request.post(
            "/api/v1/session",
            data={"email": site.emails[role], "password": PASSWORD},
            headers={"X-CSRFToken": csrf, "Referer": site.url},
        )
        assert answer.ok, answer.text()
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert errors == []
