"""What axe-core finds wrong with a page, in words: rules of WCAG 2.2 A and AA and its own best practices.

One of these is left out where a layer is open: that all content lies within landmarks. Menus and popovers are drawn
at the end of the page and belong to the control that opened them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

SCRIPT = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
# A layer that is still fading in has paler words than it ends with: those that end are waited for, spinners are not.
RUN = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const isMoving = (each) =>
    each.playState === 'running' && Number.isFinite(each.effect?.getComputedTiming().endTime ?? Infinity);
  for (let still = 0; still < 6; still += 1) {
    await frame();
    const moving = document.getAnimations().filter(isMoving);
    if (moving.length) still = 0;
    await Promise.allSettled(moving.map((each) => each.finished));
  }
  const isOpen = document.querySelector('[data-portal] :is([role=menu], [role=dialog], [role=listbox])') !== null;
  const rules = { region: { enabled: !isOpen } };
  const { violations } = await axe.run(document, { resultTypes: ['violations'], rules });
  return violations.flatMap((rule) => rule.nodes.map((node) =>
    `${rule.id}: ${node.target.join(' ')} - ${node.failureSummary.replace(/\\s+/g, ' ')} ${node.html.slice(0, 160)}`));
}"""


@cache
def _script() -> str:
    return SCRIPT.read_text()


def violations(page: Page) -> list[str]:
    """One line per element and rule; empty where axe is content. The page stands as it is now."""
    # Evaluated, not added as a script: the pages' own policy allows no foreign scripts.
    page.evaluate(_script())
    found: list[str] = page.evaluate(RUN)
    return found
