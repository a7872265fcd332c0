"""The pad, as a browser sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.browser.conftest import Server

STATUS = ".cl-pad-status"
STAGE = ".cl-pad-stage"
READY = f"() => document.querySelector('{STATUS}')?.textContent.includes('norm')"

CODE = "document.querySelector('[data-model=cae] .cl-pad-code').toDataURL()"


def opened(page: Any, server: Server, query: str) -> Any:
    page.goto(f"{server.url}/draw?{query}")
    page.wait_for_function(READY)
    return page


def at(page: Any, x: float, y: float) -> tuple[float, float]:
    """A place on the pad, in shares of its sides from the left upper corner."""
    box = page.locator(STAGE).bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def changes(page: Any, act: Callable[[], None]) -> str:
    """Do something and wait until the words and the code are others; the words."""
    page.evaluate(f"() => {{ window.before = [document.querySelector('{STATUS}').textContent, {CODE}]; }}")
    act()
    page.wait_for_function(
        f"() => document.querySelector('{STATUS}').textContent !== window.before[0] && {CODE} !== window.before[1]"
    )
    return str(page.inner_text(STATUS))


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def amount(page: Any, sheet: str) -> float:
    """How much stands on a canvas: the opacity or darkness of its pixels, summed."""
    return float(
        page.evaluate(
            """(sheet) => {
              const canvas = document.querySelector(sheet);
              const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
              let sum = 0;
              for (let i = 0; i < data.length; i += 4) sum += ((255 - data[i]) / 255) * (data[i + 3] / 255);
              return sum;
            }""",
            sheet,
        )
    )


def drag(page: Any, begin: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*at(page, *begin))
    page.mouse.down()
    page.mouse.move(*at(page, *end), steps=4)
    page.mouse.up()
