"""A picture through people's hands: drawn by mouse, submitted by key, approved by another person."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site


def draw_box(page: Page) -> None:
    """Drag a box over the middle of the picture."""
    canvas = page.locator("canvas").last
    frame = canvas.bounding_box()
    assert frame is not None
    x, y = frame["x"] + frame["width"] * 0.42, frame["y"] + frame["height"] * 0.42
    page.keyboard.press("b")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 90, steps=6)
    page.mouse.up()


def test_a_picture_is_labelled_by_hand_and_approved(
    signed_in: Callable[..., Page], site: Site, project: str
) -> None:
    page = signed_in("annotator")
    page.goto(f"/p/{project}/annotate")
    expect(page.get_by_role("button", name="Submit").first).to_be_visible(timeout=20_000)
    expect(page.locator("canvas").last).to_be_visible()
    page.wait_for_function("document.querySelectorAll('canvas').length > 0")
    first = page.url
    draw_box(page)
    expect(page.get_by_text("Saved", exact=False).first).to_be_visible(timeout=10_000)
    with page.expect_response(lambda r: r.url.endswith("/submit") and r.ok, timeout=20_000):
        page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url != first, timeout=20_000)

    queue = list(site.admin.pages(f"/projects/{project}/review/queue"))
    assert len(queue) == 1
    revision = site.admin.get(f"/revisions/{queue[0]['revision']['id']}")
    assert len(revision["labels"]["regions"]) == 1
    box = revision["labels"]["regions"][0]["geometry"]["box"]
    assert box[2] - box[0] > 20 and box[3] - box[1] > 20

    reviewer = signed_in("reviewer")
    reviewer.goto(f"/p/{project}/review")
    approve = reviewer.get_by_role("button", name="Approve").first
    expect(approve).to_be_visible(timeout=20_000)
    with reviewer.expect_response(lambda r: r.url.endswith("/decide") and r.ok, timeout=20_000):
        reviewer.keyboard.press("a")
    assert site.admin.get(f"/projects/{project}/overview")["approved"] == 1


def test_a_draft_survives_a_reload(signed_in: Callable[..., Page], project: str) -> None:
    page = signed_in("annotator")
    page.goto(f"/p/{project}/annotate")
    expect(page.get_by_role("button", name="Submit").first).to_be_visible(timeout=20_000)
    page.wait_for_function("document.querySelectorAll('canvas').length > 0")
    with page.expect_response(lambda r: r.url.endswith("/draft") and r.ok, timeout=20_000):
        draw_box(page)
    page.reload()
    expect(page.get_by_role("button", name="Submit").first).to_be_visible(timeout=20_000)
    expect(page.get_by_text("Nothing drawn yet", exact=False)).to_have_count(0)
