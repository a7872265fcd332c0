"""The Sensitivity page in a real browser: open, move the slider, select, come back by link."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Server

DRAWN = '[data-panel="prediction"] .cl-gd .main-svg'
MARK = "document.querySelector('[data-panel=code] .cl-gd').layout.shapes[0].x0"


def test_opens_moves_and_selects(
    server: Server,
    open_page: Callable[..., Any],
    assert_clean: Callable[[Any], None],
    shot: Callable[..., None],
) -> None:
    page = open_page(f"{server.url}/sensitivity?sample=7")
    page.wait_for_selector(DRAWN)
    assert page.locator(".js-plotly-plot").count() == 7
    assert "sample 7" in page.inner_text('[data-panel="sample"] .cl-yardstick')
    assert_clean(page)
    shot(page, "sensitivity")

    page.evaluate("window.kept = document.querySelector('[data-panel=code] .cl-gd')")
    assert page.evaluate(MARK) == 0.5
    page.locator("[data-testid=stSlider]").last.locator("input, [role=slider]").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"() => Math.abs({MARK} - 0.55) < 1e-9")
    page.wait_for_function("() => document.querySelector('.cl-words').innerText.includes('0.550')")
    assert page.evaluate("window.kept === document.querySelector('[data-panel=code] .cl-gd')")

    page.focus('[data-panel="samples"] .cl-plot')
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url(re.compile(r"sample=\d+"))
    page.wait_for_function("() => !location.search.includes('sample=7')")
    wanted = re.search(r"sample=(\d+)", page.url).group(1)
    page.wait_for_function(
        f"() => document.querySelector('[data-panel=sample] .cl-yardstick').innerText.includes('sample {wanted},')"
    )

    again = open_page(page.url)
    again.wait_for_selector(DRAWN)
    assert f"sample {wanted}," in again.inner_text('[data-panel="sample"] .cl-yardstick')
    assert page.trouble == again.trouble == []


@pytest.mark.parametrize("dataset", ["moons", "noise"])
def test_narrow(
    server: Server, open_page: Callable[..., Any], assert_clean: Callable[[Any], None], dataset: str
) -> None:
    page = open_page(f"{server.url}/sensitivity?dataset={dataset}&epoch=2", width=390, height=844)
    page.wait_for_selector(DRAWN)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator('[data-panel="neighbours"]').count() == (dataset == "moons")
    assert_clean(page)
