"""The walk page in a real browser: play to the end, new noise, a table on a narrow screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.browser.conftest import Server

DRAWN = '[data-panel="walk"] .cl-gd .main-svg'
SAYS = "([key, part]) => document.querySelector(`[data-panel=${key}] .cl-yardstick`).innerText.includes(part)"


def test_plays(
    server: Server,
    open_page: Callable[..., Any],
    assert_clean: Callable[[Any], None],
    shot: Callable[..., None],
) -> None:
    page = open_page(f"{server.url}/walk?sample=7&epoch=10")
    page.wait_for_selector(DRAWN)
    assert "sample 7, class 4, step 30 of 30" in page.inner_text('[data-panel="walk"] .cl-yardstick')
    assert_clean(page)
    shot(page, "walk")

    before = page.inner_text(".cl-words")
    page.get_by_role("button", name="New noise").click()
    page.wait_for_function("before => document.querySelector('.cl-words').innerText !== before", arg=before)

    node = page.query_selector('[data-panel="walk"] .js-plotly-plot')
    page.get_by_role("slider", name="Step").focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function(SAYS, arg=["walk", "step 25 of"])
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").wait_for()
    page.wait_for_function(SAYS, arg=["walk", "step 30 of"])
    page.get_by_role("button", name="Play").wait_for()
    assert page.evaluate("node => node.isConnected", node)  # the plot was updated, never made anew

    narrow = open_page(f"{server.url}/walk?dataset=breast_cancer&epoch=2", width=390, height=844)
    narrow.wait_for_selector(DRAWN)
    assert narrow.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_clean(narrow)
