"""The Train page in a real browser: open, play, pause, move lambda, come back by link."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.browser.conftest import Server

PLOT = ".js-plotly-plot .main-svg"
PROGRESS = "[data-testid=stProgress]"


def epoch(page: Any) -> int:
    """The epoch on the screen."""
    return int(re.search(r"Epoch (\d+) of", page.inner_text(PROGRESS)).group(1))


def until_epoch(page: Any, least: int) -> None:
    """Wait until at least this epoch is on the screen."""
    page.wait_for_function(
        "([where, least]) => (document.querySelector(where)?.innerText.match(/Epoch (\\d+) of/)?.[1] ?? -1) >= least",
        arg=[PROGRESS, least],
    )


def press(page: Any, shown: str, then: str) -> None:
    """Press the play button and wait until it has changed."""
    page.click(f".st-key-play button:has-text('{shown}')")
    page.wait_for_selector(f".st-key-play button:has-text('{then}')")


def test_first_visit_shows_a_finished_run(
    server: Server,
    open_page: Callable[..., Any],
    assert_clean: Callable[[Any], None],
    shot: Callable[..., None],
) -> None:
    page = open_page(server.url)
    page.wait_for_selector(PLOT)
    page.wait_for_selector(".cl-words")
    assert epoch(page) == 60
    assert page.locator(".js-plotly-plot").count() == 6
    assert "below the plain autoencoder" in page.inner_text(".cl-words")
    assert_clean(page)
    shot(page, "train")


def test_play_pause_step_and_reset(server: Server, open_page: Callable[..., Any]) -> None:
    page = open_page(server.url)
    page.wait_for_selector(PLOT)
    page.evaluate("window.kept = document.querySelector('.js-plotly-plot')")
    page.click(".st-key-play button")
    page.wait_for_function(f"() => /Epoch [0-9] of 60/.test(document.querySelector('{PROGRESS}').innerText)")
    until_epoch(page, 3)
    press(page, "Pause", "Play")
    page.wait_for_timeout(700)
    paused = epoch(page)
    assert 3 <= paused < 60
    page.wait_for_timeout(1000)
    assert epoch(page) == paused
    page.click(".st-key-step button")
    until_epoch(page, paused + 1)
    assert epoch(page) == paused + 1
    assert page.evaluate("window.kept === document.querySelector('.js-plotly-plot')")
    page.click(".st-key-reset button")
    page.wait_for_function(f"() => /Epoch 0 of 60/.test(document.querySelector('{PROGRESS}').innerText)")
    page.wait_for_function(
        "() => document.querySelector('.cl-words').innerText.startsWith('Before training')"
    )
    assert page.trouble == []


def test_lambda_by_keyboard_keeps_the_epoch_and_goes_into_the_link(
    server: Server, open_page: Callable[..., Any], assert_clean: Callable[[Any], None]
) -> None:
    page = open_page(server.url)
    page.wait_for_selector(PLOT)
    before = page.inner_text(".cl-words")
    slider = page.locator("[data-testid=stSlider] [role=slider], [data-testid=stSlider] input").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("(before) => document.querySelector('.cl-words').innerText !== before", arg=before)
    last = page.locator(".cl-words", has_text="at epoch 60")
    last.wait_for()
    page.wait_for_function("() => location.search.includes('lam=')")
    words = last.inner_text()
    assert_clean(page)
    other = open_page(page.url)
    assert other.locator(".cl-words", has_text="at epoch 60").inner_text() == words


def test_another_dataset(server: Server, open_page: Callable[..., Any]) -> None:
    page = open_page(server.url)
    page.wait_for_selector(PLOT)
    page.click("button:has-text('Digits')")
    page.click(".st-key-dataset-wine button")
    page.wait_for_function("() => location.search.includes('dataset=wine')")
    page.wait_for_function(
        f"() => /Epoch (\\d+) of \\1$/.test(document.querySelector('{PROGRESS}').innerText)", timeout=60_000
    )
    assert "Wine" in page.inner_text(".st-key-head")
    assert page.trouble == []


def test_back_returns_to_the_earlier_dataset_and_lambda(
    server: Server, open_page: Callable[..., Any]
) -> None:
    page = open_page(f"{server.url}/?lam=0.5&epoch=1")
    page.wait_for_selector(PLOT)
    page.wait_for_timeout(500)
    slider = page.locator("[data-testid=stSlider] [role=slider], [data-testid=stSlider] input").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => location.search.includes('lam=') && !location.search.includes('lam=0.5')")
    changed = page.evaluate("location.search")
    page.click("button:has-text('Digits')")
    page.click(".st-key-dataset-wine button")
    page.wait_for_function("() => location.search.includes('dataset=wine')")
    page.wait_for_function("() => document.querySelector('.st-key-head').innerText.includes('Wine')")
    until_epoch(page, 300)
    page.wait_for_timeout(3000)
    page.go_back()
    page.wait_for_function("() => document.querySelector('.st-key-head').innerText.includes('Digits')")
    page.wait_for_timeout(500)
    assert page.evaluate("location.search") == changed
    assert page.trouble == []


def test_a_wrong_link_says_what_was_changed(server: Server, open_page: Callable[..., Any]) -> None:
    page = open_page(f"{server.url}/?lam=1e9&epochs=-4&act=what")
    page.wait_for_selector(PLOT, timeout=60_000)
    notices = page.locator("[data-testid=stAlert]").all_inner_texts()
    assert any("Lambda must be between 0 and" in text for text in notices)
    assert any("Epochs must be between 1 and" in text for text in notices)
    assert any("act" in text for text in notices)
    assert page.locator("[data-testid=stException]").count() == 0


def test_narrow_screen_has_no_sideways_scrolling(
    server: Server, open_page: Callable[..., Any], shot: Callable[..., None]
) -> None:
    page = open_page(server.url, width=390, height=844)
    page.wait_for_selector(PLOT)
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shot(page, "train-390")
