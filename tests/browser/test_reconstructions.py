"""The Reconstructions page in a real browser: open, click a tile, sort, turn the page, come back by link."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Server

DRAWN = '[data-panel="detail"] .cl-gd .main-svg'
NAME = '[data-panel="detail"] .cl-yardstick'


def test_opens_selects_and_turns(
    server: Server,
    open_page: Callable[..., Any],
    assert_clean: Callable[[Any], None],
    shot: Callable[..., None],
) -> None:
    page = open_page(f"{server.url}/reconstructions")
    page.wait_for_selector(DRAWN)
    assert "sample 0," in page.inner_text(NAME)
    assert_clean(page)
    shot(page, "reconstructions")

    box = page.locator('[data-panel="grid"] .cl-plot').bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.46)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.46)
    page.wait_for_url(re.compile("sample=7$"))  # the middle one of fifteen
    page.wait_for_function(f"() => document.querySelector('{NAME}').innerText.includes('sample 7,')")

    page.click(".st-key-page-next button")
    page.wait_for_selector("text=page 2 of 34")
    page.focus('[data-panel="grid"] .cl-plot')
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "() => document.querySelector('[data-panel=grid] [aria-live]').innerText.startsWith('Sample 15,')"
    )
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("sample=15$"))
    again = open_page(page.url)
    again.wait_for_selector(DRAWN)
    assert "sample 15," in again.inner_text(NAME)
    assert page.trouble == again.trouble == []


@pytest.mark.parametrize("dataset", ["moons", "breast_cancer"])
def test_narrow(
    server: Server, open_page: Callable[..., Any], assert_clean: Callable[[Any], None], dataset: str
) -> None:
    page = open_page(f"{server.url}/reconstructions?dataset={dataset}&epoch=2", width=390, height=844)
    page.wait_for_selector(DRAWN)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_clean(page)
