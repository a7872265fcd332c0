"""The Jacobian page in a real browser: open, select by keyboard and by click, come back by link."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Server

DRAWN = '[data-panel="directions"] .cl-gd .main-svg'


def test_opens_and_selects(
    server: Server,
    open_page: Callable[..., Any],
    assert_clean: Callable[[Any], None],
    shot: Callable[..., None],
) -> None:
    page = open_page(f"{server.url}/jacobian?sample=7")
    page.wait_for_selector(DRAWN)
    assert page.locator(".js-plotly-plot").count() == 6
    assert "3.21" in page.inner_text(".cl-numbers")
    assert "sample 7" in page.inner_text('[data-panel="directions"] .cl-yardstick')
    assert_clean(page)
    shot(page, "jacobian")

    page.focus('[data-panel="pairs"] .cl-plot')
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("sample=2"))
    page.wait_for_function(
        "() => document.querySelector('[data-panel=directions] .cl-yardstick').innerText.includes('sample 2,')"
    )

    # The keyboard steps from tile to tile, not from pixel to pixel.
    page.focus('[data-panel="extremes"] .cl-plot')
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    spoken = page.inner_text('[data-panel="extremes"] [aria-live]')
    assert spoken.endswith("12 of 40")
    wanted = re.search(r"Sample (\d+)", spoken).group(1)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"sample={wanted}$"))

    again = open_page(page.url)
    again.wait_for_selector(DRAWN)
    assert f"sample {wanted}," in again.inner_text('[data-panel="directions"] .cl-yardstick')
    assert page.trouble == again.trouble == []


@pytest.mark.parametrize("dataset", ["moons", "breast_cancer"])
def test_narrow(
    server: Server, open_page: Callable[..., Any], assert_clean: Callable[[Any], None], dataset: str
) -> None:
    page = open_page(f"{server.url}/jacobian?dataset={dataset}&epoch=2", width=390, height=844)
    page.wait_for_selector(DRAWN)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_clean(page)
