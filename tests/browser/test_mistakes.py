"""The page of common mistakes in a real browser: one is looked at, one is guessed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.browser.conftest import Server

LINK = "mistakes?dataset=digits&hidden=16&epochs=4&epoch=1"


def test_looking_and_guessing(
    server: Server, page: Any, assert_clean: Callable[[Any], None], shot: Callable[..., None]
) -> None:
    page.goto(f"{server.url}/{LINK}")
    page.wait_for_selector(".js-plotly-plot .main-svg")
    assert page.locator(".js-plotly-plot").count() == 5
    assert "grad(h.sum(), x, create_graph=True)" in page.inner_text('[data-testid="stCode"]')
    assert "the wrong code reads" in page.inner_text(".cl-words")
    shot(page, "mistakes")

    page.get_by_text("Spot the bug").click()
    page.wait_for_selector("text=Which one?")
    page.wait_for_selector(".js-plotly-plot .main-svg")
    assert page.locator('[data-testid="stCode"]').count() == 0  # it would tell
    page.get_by_role("button", name="Last layer only").click()
    page.wait_for_selector('[data-testid="stAlert"]')
    told = page.inner_text('[data-testid="stAlert"]')
    assert "Last layer only" in told
    page.wait_for_selector('[data-testid="stCode"]')
    page.get_by_role("button", name="Next one").click()
    page.wait_for_selector('[data-testid="stAlert"]', state="detached")
    assert_clean(page)
