"""The page of the geometry in a real browser: a table, and points whose codes are unbounded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.browser.conftest import Server


def test_the_panels_and_the_slow_one(
    server: Server, page: Any, assert_clean: Callable[[Any], None], shot: Callable[..., None]
) -> None:
    page.goto(f"{server.url}/geometry?dataset=breast_cancer&epoch=3")
    page.wait_for_selector("text=What the codes keep")
    page.wait_for_function("() => document.querySelectorAll('.js-plotly-plot .main-svg').length >= 8")
    assert "times as far as for one across" in page.inner_text(".cl-words")
    shot(page, "geometry")
    page.get_by_role("button", name="Repeat with 3 seeds").click()
    page.wait_for_selector("text=Over 3 seeds, plain")
    page.wait_for_selector('[data-panel="seeds"] .main-svg')
    assert_clean(page)

    page.goto(f"{server.url}/geometry?dataset=moons&epoch=2&act=relu")
    page.wait_for_selector("text=What the codes keep")
    assert page.locator("text=Saturation by unit").count() == 0  # a ReLU has no flat end above
    assert page.locator('[data-testid="stAlertContentError"]').count() == 0
    assert page.trouble == []
