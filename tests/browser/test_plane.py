"""The plane in a real browser: the handle, the layers, and a dataset that has no plane."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.browser.conftest import Server
from tests.browser.pad_page import drag, press

SHEET = ".cl-plane-sheet"
PICTURES = f"() => [...document.querySelectorAll('{SHEET}')].map((sheet) => sheet.toDataURL())"


def test_the_handle_and_the_layers(
    server: Server, page: Any, assert_clean: Callable[[Any], None], shot: Callable[..., None]
) -> None:
    sent: list[Any] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(data)))
    page.goto(f"{server.url}/plane?dataset=moons&epochs=10&hidden=16")
    page.wait_for_selector(SHEET)
    shot(page, "plane")
    before = page.evaluate(PICTURES)
    assert len(set(before)) == 3
    page.wait_for_timeout(500)
    asked = len(sent)

    page.focus(".cl-plane-slider")
    page.keyboard.press("End")
    plain, contractive, denoising = page.evaluate(PICTURES)
    assert (plain, denoising) == (before[0], before[2])
    assert contractive != before[1]
    assert page.inner_text(".cl-plane-words").startswith("Lambda 3000:")

    for name in ("Norm", "Field", "Grid", "Ellipses", "Points"):
        was = page.evaluate(PICTURES)
        page.get_by_role("button", name=name, exact=True).click()
        assert all(a != b for a, b in zip(was, page.evaluate(PICTURES), strict=True)), name
    seconds = page.evaluate(
        """() => {
          const slider = document.querySelector(".cl-plane-slider");
          const begin = performance.now();
          for (let i = 0; i < 20; i += 1) {
            slider.value = i % 9;
            slider.dispatchEvent(new Event("input"));
          }
          return (performance.now() - begin) / 20000;
        }"""
    )
    print(f"plane: {1000 * seconds:.1f} ms a picture of three models")
    assert seconds < 0.1  # at least ten pictures a second
    assert len(sent) == asked  # the handle does not ask the server
    assert_clean(page)

    page.get_by_role("button", name="More tools for points").click()
    press(page, "Start from this dataset's points")
    press(page, "Move")
    drag(page, (0.3, 0.3), (0.5, 0.2))
    press(page, "Train on these points")
    page.wait_for_selector("h1:has-text('Plane')")
    page.wait_for_selector(".st-key-head :text('My points')")
    page.wait_for_selector(SHEET)
    assert page.trouble == []

    page.goto(f"{server.url}/plane?dataset=digits")
    page.get_by_role("button", name="Spiral").wait_for()
    assert "two" not in page.inner_text("h1")
    assert page.locator(SHEET).count() == 0


def test_points_are_dragged_and_added_and_the_picture_follows(server: Server, page: Any) -> None:
    page.goto(f"{server.url}/plane?dataset=moons&epochs=10&hidden=16")
    page.wait_for_selector(SHEET)
    box = page.locator(SHEET).nth(1).bounding_box()

    def at(x: float, y: float) -> None:
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])

    def click(x: float, y: float) -> None:
        at(x, y)
        page.mouse.down()
        page.mouse.up()

    before = page.evaluate(PICTURES)
    click(0.9, 0.1)  # outside the mode a click changes nothing
    assert page.evaluate(PICTURES) == before
    press(page, "Move or add points")
    for place in ((0.9, 0.1), (0.9, 0.2), (0.9, 0.3)):  # quicker than models are trained: none is lost
        click(*place)
    at(0.9, 0.1)
    page.mouse.down()
    at(0.1, 0.9)
    during = page.evaluate(PICTURES)
    assert all(a != b for a, b in zip(before, during, strict=True))  # in the hand already, on all three
    page.mouse.up()
    page.wait_for_selector(".st-key-head :text('My points')")
    changed = "now.length === 3 && now.every((one, i) => one !== during[i])"
    page.wait_for_function(f"during => {{ const now = ({PICTURES})(); return {changed}; }}", arg=during)
    page.wait_for_selector("text=What to see")
    page.wait_for_selector("text=models together", state="detached")
    assert "64 → 64" not in page.inner_text(".st-key-head")  # the settings stay

    press(page, "More tools for points")
    page.wait_for_selector(".cl-pad-yardstick:text('403 points')")
    assert page.trouble == []
