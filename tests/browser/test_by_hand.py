"""An expert moves points on the key frame of a real clip: by touch, by keyboard, and back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.walking import ANALYSIS_MS, fits, visit
from tests.web.serving import Served


def toe_cm(page: Page) -> float:
    """Return the distance that the page shows now."""
    expect(page.locator("#hand")).not_to_have_attribute("aria-busy", "true", timeout=60_000)
    return float(page.locator("[data-number=toe_to_wall_cm]").inner_text().lstrip("≥ \u00a0").split()[0].replace("\u00a0", ""))


@pytest.mark.parametrize("size", [(360, 740), (820, 1180), (1440, 900)])
def test_a_dragged_toe_changes_the_distance_and_comes_back(browser: Browser, served: Served, finished: str, size: tuple[int, int]) -> None:
    """The number follows the pointer, a magnifier shows what is under it, the last move is undone; nothing is kept."""
    with visit(browser, served, viewport={"width": size[0], "height": size[1]}) as page:
        page.goto(f"{finished}/by-hand/left")
        page.wait_for_function("document.querySelector('.handle.toe')")
        assert fits(page)
        before = toe_cm(page)
        handle = page.locator(".handle.toe")
        handle.scroll_into_view_if_needed()
        box = handle.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 0.03 * size[0], y, steps=5)
        expect(page.locator(".lens")).to_be_visible()
        page.mouse.up()
        expect(page.locator(".lens")).to_be_hidden()
        page.wait_for_timeout(300)
        assert abs(toe_cm(page) - before) > 0.5
        page.get_by_role("button", name="Undo the last move").click()
        page.wait_for_timeout(300)
        assert toe_cm(page) == before


OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll('.handle-name:not([hidden])')].map((each) => each.getBoundingClientRect());
  return boxes.filter((a, i) => boxes.some((b, j) => j > i && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)).length;
}"""


def test_a_finger_on_a_phone_has_names_numbers_and_a_larger_picture(browser: Browser, served: Served, finished: str) -> None:
    """Each ring has its name; while a point is moved on the enlarged picture its surroundings are magnified and the numbers are in sight below."""
    with visit(browser, served, viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True) as page:
        page.goto(f"{finished}/by-hand/left")
        page.wait_for_function("document.querySelector('.handle.toe')")
        rings, names = page.locator(".handle:visible"), page.locator(".handle-name:visible")
        assert names.count() == rings.count() > 5
        assert {"Toe", "Heel", "Knee"} <= set(names.all_inner_texts())
        assert page.evaluate(OVERLAPS) == 0
        before = toe_cm(page)
        page.get_by_role("button", name="Larger picture").click()
        assert page.evaluate("document.getElementById('editor').clientWidth / document.getElementById('view').clientWidth") == pytest.approx(2, abs=0.01)
        assert fits(page)
        handle = page.locator(".handle.toe")
        handle.evaluate("(ring) => ring.scrollIntoView({ block: 'center', inline: 'center' })")
        box = handle.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        touch = page.context.new_cdp_session(page)
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        for step in range(1, 6):
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x + 4 * step, "y": y}]})
        expect(page.locator(".lens")).to_be_in_viewport(ratio=1)
        expect(page.locator("#numbers")).to_be_in_viewport(ratio=1)
        expect(handle).to_be_in_viewport(ratio=1)
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        expect(page.locator(".lens")).to_be_hidden()
        page.wait_for_timeout(300)
        assert abs(toe_cm(page) - before) > 0.2


def test_points_are_moved_by_keyboard_and_kept(browser: Browser, served: Served, finished: str) -> None:
    """Tab to a point, arrow keys, a reason, keep: the report is made anew and says so; then everything is put back."""
    with visit(browser, served) as page:
        page.goto(f"{finished}/by-hand/right")
        page.wait_for_function("document.querySelector('.handle.heel')")
        before = page.locator("[name=heel_x]").input_value()
        page.locator(".handle.heel").focus()
        for _ in range(4):
            page.keyboard.press("Shift+ArrowRight")
        assert float(page.locator("[name=heel_x]").input_value()) == pytest.approx(float(before) + 20.0, abs=0.02)
        assert "Heel" in str(page.locator(".handle.heel").get_attribute("aria-label"))
        page.get_by_label("Why?").fill("The heel was read too far back.")
        page.get_by_role("button", name="Keep the points").click()
        expect(page.locator("#verdict")).to_be_visible(timeout=ANALYSIS_MS)
        expect(page.get_by_text("set 1 point of this leg by hand")).to_be_attached()
        page.goto(f"{finished}/by-hand/right")
        page.get_by_label("Why?").fill("It was right before.")
        page.get_by_role("button", name="Back to what was read off the picture").click()
        expect(page.locator("#verdict")).to_be_visible(timeout=ANALYSIS_MS)
        expect(page.get_by_text("set 1 point of this leg by hand")).not_to_be_attached()


def test_undoing_what_was_typed_leads_back_to_where_it_was_dragged(browser: Browser, served: Served, finished: str) -> None:
    """One step at a time: from what was typed to where the point was dragged, also after a field was emptied, and from there to where it was read."""
    with visit(browser, served, viewport={"width": 1440, "height": 900}) as page:
        page.goto(f"{finished}/by-hand/left")
        page.wait_for_function("document.querySelector('.handle.toe')")
        handle, field = page.locator(".handle.toe"), page.locator("[name=toe_x]")
        read = field.input_value()
        handle.scroll_into_view_if_needed()
        box = handle.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 40, y, steps=5)
        page.mouse.up()
        dragged = field.input_value()
        assert dragged != read
        page.locator("details:has(.hand-point)").evaluate("(folded) => { folded.open = true; }")
        for typed in (str(float(dragged) + 7), ""):
            field.fill(typed)
            field.press("Tab")
        undo = page.get_by_role("button", name="Undo the last move")
        places = []
        for _ in range(3):
            undo.click()
            places.append(field.input_value())
        assert places == [str(float(dragged) + 7), dragged, read]
        expect(undo).to_be_disabled()
