"""One real Siteloop for all browser tests, started as anybody would start it, and people signed in to it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from backend.exchange.loop.client import Client
from ml.simulation.scene import render_clip
from ml.simulation.truth import SceneConfig
from tests.support.browser_seat import Person, Seat
from tests.support.outside import free_port
from tests.support.running import Running

PASSWORD = "browser tests sign in with this"
PICTURES = 6


@dataclass
class Site:
    """A running instance with an admin, an annotator and a reviewer."""

    running: Running
    admin: Client
    organisation_id: str
    emails: dict[str, str]
    clients: list[Client] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.running.address

    def kill_and_start_again(self) -> None:
        """Everything dies at once, as in a power cut, and comes up on the same folder and address."""
        former = self.running
        # Taken while they live: a process that is gone by then counts as gone.
        left = psutil.Process(former.process.pid).children(recursive=True)
        former.close()
        psutil.wait_procs(left, timeout=20)
        self.running = started(former.data_dir, former.port)

    def person(self, name: str, role: str) -> Person:
        """Somebody new in the organisation, signed in."""
        # Names may be the same in two files: one site serves them all.
        email = f"{name.lower()}.{len(self.clients)}@example.org"
        path = f"/organisations/{self.organisation_id}/invitations"
        link = self.admin.post(path, {"email": email, "role": role})["link"]
        client = Client(self.url)
        self.clients.append(client)
        session = client.accept_link(link, name=name, password=PASSWORD)
        return Person(session["user"]["id"], name, email, client)


def started(data_dir: Path, port: int) -> Running:
    # All people of these tests come from one address.
    os.environ["SITELOOP_SIGN_INS_A_MINUTE"] = "1000"
    # Cameras of these tests are on this machine.
    os.environ["SITELOOP_OUTGOING_ALLOWED_HOSTS"] = "127.0.0.1"
    running = Running(data_dir, port, "--no-demo", "--workers", "1")
    running.read_until("is ready at")
    return running


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
    # A short path of its own: unix sockets live below it, and people other than root must reach them.
    with tempfile.TemporaryDirectory(prefix="sl-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        running = started(Path(name) / "data", free_port())
        found = None
        try:
            link = running.read_until("works once").rsplit(" ", 1)[1].strip()
            admin = Client(running.address)
            session = admin.accept_link(link, name="Ada Admin", email="ada@example.org", password=PASSWORD)
            emails = {"admin": "ada@example.org"}
            found = Site(running, admin, session["organisations"][0]["id"], emails, [admin])
            for role in ("annotator", "reviewer"):
                emails[role] = found.person(role.title(), role).email
            yield found
        finally:
            for client in found.clients if found else ():
                client.close()
            (found.running if found else running).stop()


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


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture
def seat(browser: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[Callable[..., Seat]]:
    """Sits a person down at a browser of their own; errors of the pages fail the test at its end."""
    contexts: list[BrowserContext] = []
    seats: list[Seat] = []
    errors: list[str] = []

    def sit(person: Person, project_id: str, **options: Any) -> Seat:
        context = browser.new_context(
            base_url=site.url, **{"viewport": {"width": 1280, "height": 800}, **options}
        )
        context.add_cookies(person.cookies(site.url))
        context.on("weberror", lambda error: errors.append(str(error.error)))
        contexts.append(context)
        seats.append(Seat(context, person, project_id))
        return seats[-1]

    yield sit
    if request.node.stash.get(FAILED, False):
        for taken in seats:
            print(taken.report())
    for context in contexts:
        context.close()
    assert errors == []
