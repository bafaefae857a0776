"""What axe-core finds on a page: WCAG 2.2 AA and the good habits around it. It is given to the page by the debugger, so the page's own policy stays on."""

from __future__ import annotations

from functools import cache

from playwright.sync_api import Page

from tests.web.serving import CHECKOUT

_AXE = CHECKOUT / "node_modules/axe-core/axe.min.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """async (rules) => {
  const only = rules ? { type: "rule", values: rules } : { type: "tag", values: %s };
  const found = await axe.run(document, { runOnly: only, resultTypes: ["violations"], rules: rules ? {} : { "target-size": { enabled: true } } });
  return found.violations.flatMap((each) => each.nodes.map((node) =>
    `${each.impact} ${each.id}: ${node.html.slice(0, 160)} | ${node.failureSummary.split("\\n").slice(1).join(" ").slice(0, 200)}`));
}"""
_CONTROLS = "main button, main a.button, main select, main input:not([type=hidden]), main summary, main label.film-now, main .choice"
_SMALL = """(controls) => [...document.querySelectorAll(controls)]
  .filter((each) => each.checkVisibility() && !each.closest('label:not(.film-now)') && each.getBoundingClientRect().height < 43.9)
  .map((each) => each.outerHTML.slice(0, 120))"""


@cache
def _read_axe() -> str:
    assert _AXE.exists(), f"found no {_AXE}; expected the checker of accessibility: npm ci --ignore-scripts"
    return _AXE.read_text(encoding="utf-8")


def unfold(page: Page) -> None:
    """Open what is folded away, so that it is looked at too."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


def find_faults(page: Page) -> list[str]:
    """Return everything that axe finds on the page.

    Points of a leg lie as near to each other as they do: the handles that drag them may overlap, because the same points can be typed.
    """
    page.evaluate(_read_axe())
    found = [str(each) for each in page.evaluate(_RUN % _TAGS, None)]
    return [each for each in found if not ("target-size" in each and 'class="handle' in each)]


def find_pale(page: Page) -> list[str]:
    """Return what stands out too little, for a page on which axe is already: all else is the same in the dark."""
    return [str(each) for each in page.evaluate(_RUN % _TAGS, ["color-contrast"])]


def find_small(page: Page) -> list[str]:
    """Return what is too low for a thumb, 44 pixels."""
    return [str(each) for each in page.evaluate(_SMALL, _CONTROLS)]
