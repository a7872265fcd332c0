"""The page of the paper in a real browser: table, six figures, a table behind a figure, and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.browser.conftest import Server

DRAWN = "document.querySelectorAll('.js-plotly-plot .main-svg').length >= 6"


def test_shows_results_beside_the_papers(
    server: Server,
    open_page: Callable[..., Any],
    assert_clean: Callable[[Any], None],
    shot: Callable[..., None],
) -> None:
    page = open_page(f"{server.url}/paper")
    page.wait_for_function(DRAWN)
    assert "the paper has 1.14 and 1.78 %" in page.inner_text(".cl-words")
    assert "DAE, Gaussian" in page.inner_text(".cl-paper table")
    for heading in ("What holds", "Along the paths (first seed)", "How it was made"):
        assert page.get_by_role("heading", name=heading).count() == 1
    assert page.locator('[data-panel="paper-figure1"] .js-plotly-plot').count() == 1
    assert_clean(page)
    shot(page, "paper")

    narrow = open_page(f"{server.url}/paper", width=390, height=844, dark=True)
    narrow.wait_for_function(DRAWN)
    assert narrow.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_clean(narrow)
    shot(narrow, "paper-phone")
