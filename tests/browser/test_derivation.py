"""The page of the derivation in a real browser: where the formula holds, where not, and the published model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.browser.conftest import Server

ERRORS = '[data-testid="stAlertContentError"]'


def test_the_steps_and_the_published_model(
    server: Server, page: Any, assert_clean: Callable[[Any], None], shot: Callable[..., None]
) -> None:
    page.goto(f"{server.url}/derivation?dataset=digits&sample=4")
    page.wait_for_selector(".st-key-step-6 .js-plotly-plot .main-svg")
    assert page.locator('[data-testid="stAlertContentSuccess"]').count() == 6
    assert page.locator(ERRORS).count() == 0
    assert "np.diag(h * (1 - h)) @ W.T" in page.inner_text(".st-key-step-3 [data-testid=stCode]")
    shot(page, "derivation")
    assert_clean(page)

    page.get_by_role("radio", name="2", exact=True).click()
    page.wait_for_function(f"() => document.querySelectorAll('{ERRORS}').length === 4")
    assert "the formula is wrong here" in page.inner_text(".cl-words")
    assert "last layer's Jacobian, 6 by 6" in page.inner_text(f".st-key-step-2 {ERRORS}")

    page.get_by_role("button", name="Train it on Digits 8×8").click()
    page.wait_for_selector("h1:has-text('Train')")
    page.wait_for_selector("text=64 → 64 sigmoid, untied")
    page.wait_for_selector("text=Lambda 0.0064")
    assert page.trouble == []
