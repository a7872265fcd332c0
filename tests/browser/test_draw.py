"""The Draw page in a real browser: drawn on by mouse and by keyboard, points placed and trained on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cae_core.analysis.probe import probe
from cae_core.config import Config
from cae_core.datasets import load
from cae_core.training import advance, init_state, make_frame, steps_per_epoch
from tests.browser.conftest import Server
from tests.browser.pad_page import STAGE, STATUS, amount, at, changes, drag, opened, press

REBUILT = """(model) => {
  const canvas = document.querySelector(`[data-model=${model}] .cl-pad-rebuilt`);
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return [...data].filter((_, i) => i % 4 === 0);
}"""
"""The red of each pixel."""

WHITE, INK = 255, 29
"""The red of the light theme's card and of its ink."""


def test_drawing_by_mouse_and_by_keyboard(
    server: Server, page: Any, assert_clean: Callable[[Any], None], shot: Callable[..., None]
) -> None:
    opened(page, server, "dataset=digits&sample=3")
    page.evaluate("window.kept = document.querySelector('.cl-pad')")
    height = page.locator(".cl-pad").bounding_box()["height"]
    changes(page, lambda: press(page, "Clear"))

    def stroke() -> None:
        page.mouse.move(*at(page, 0.3, 0.2))
        page.mouse.down()
        for place in ((0.7, 0.2), (0.45, 0.6), (0.4, 0.9)):
            page.mouse.move(*at(page, *place), steps=4)
        page.mouse.up()

    drawn = changes(page, stroke)
    shot(page, "draw")
    changes(page, lambda: press(page, "Undo"))

    page.focus(STAGE)

    def keys() -> None:
        for key in ("-", "-", "ArrowUp", "ArrowLeft", "Space", "ArrowRight", "Space"):
            page.keyboard.press(key)

    typed = changes(page, keys)
    assert typed != drawn
    assert page.inner_text(".cl-pad-hidden") == "Row 4, column 5: 0.80. Brush value 0.80."
    assert page.evaluate("window.kept === document.querySelector('.cl-pad')")
    assert page.locator(".cl-pad").bounding_box()["height"] == height
    assert page.evaluate(f"getComputedStyle(document.querySelector('{STAGE}')).touchAction") == "none"
    assert page.evaluate("getComputedStyle(document.querySelector('.cl-pad')).touchAction") == "auto"
    assert_clean(page)


def test_a_wider_brush_draws_more_and_the_eraser_takes_it_away(server: Server, page: Any) -> None:
    opened(page, server, "dataset=digits&epoch=2")
    inks = []
    for width in ("Thin", "Medium", "Thick"):
        changes(page, lambda: press(page, "Clear"))
        press(page, width)
        changes(page, lambda: drag(page, (0.2, 0.5), (0.8, 0.5)))
        inks.append(amount(page, f"{STAGE} canvas"))
    assert inks[0] < inks[1] < inks[2]
    press(page, "Erase")
    changes(page, lambda: drag(page, (0.1, 0.5), (0.9, 0.5)))
    assert amount(page, f"{STAGE} canvas") < 0.3 * inks[2]
    assert page.trouble == []


def test_a_sample_has_its_known_reconstruction(server: Server, page: Any) -> None:
    opened(page, server, "dataset=digits&epoch=2")
    page.get_by_label("Sample, 0 to 499").fill("7")
    changes(page, lambda: press(page, "Take sample"))
    config = Config.for_dataset("digits")
    dataset = load(config)
    begin = init_state(config, dataset)
    frame = make_frame(config, dataset, advance(config, dataset, begin, 2 * steps_per_epoch(config, dataset)))
    known = probe(frame, dataset.x_display[7])
    for k, model in enumerate(("ae", "cae")):
        found = (WHITE - np.array(page.evaluate(REBUILT, model))) / (WHITE - INK)
        assert np.abs(found - known["reconstructions"][k, 0].clip(0, 1)).max() < 0.01
        card = page.inner_text(f"section[data-model={model}]")
        assert f"{known['norm'][k, 0]:.2f}" in card
        assert f"{known['distances'][k, 0, 0]:.3f}" in card
    assert page.trouble == []


def test_placing_points_and_training_on_them(
    server: Server, page: Any, assert_clean: Callable[[Any], None], shot: Callable[..., None]
) -> None:
    opened(page, server, "dataset=moons&epoch=2")
    press(page, "Point")
    for x in (0.2, 0.3, 0.4):
        page.mouse.click(*at(page, x, 0.3))
    count = ".cl-pad-drawing .cl-pad-yardstick"
    assert page.inner_text(count) == "3 points"
    press(page, "Remove")
    page.mouse.click(*at(page, 0.3, 0.3))
    assert page.inner_text(count) == "2 points"
    press(page, "Undo")
    assert page.inner_text(count) == "3 points"

    press(page, "Train on these points")
    page.wait_for_function(f"() => document.querySelector('{STATUS}').textContent.includes('20')")
    assert page.locator("h1").inner_text() == "Draw"

    press(page, "Probe")
    changes(page, lambda: page.mouse.move(*at(page, 0.6, 0.6)))
    changes(page, lambda: page.mouse.click(*at(page, 0.7, 0.2)))

    press(page, "Spray")
    page.focus(STAGE)
    for key in ("2", *["ArrowDown"] * 12, "Space", "Space", "ArrowLeft", "Space", "Space"):
        page.keyboard.press(key)
    for x in (0.25, 0.3, 0.35, 0.4):
        page.mouse.click(*at(page, x, 0.7))
    assert page.inner_text(count) == f"{3 + 8 * 8} points"
    shot(page, "draw-points")
    assert_clean(page)
    press(page, "Train on these points")
    page.wait_for_selector("h1:has-text('Train')")
    page.wait_for_selector(".st-key-head :text('My points')")
    assert page.locator('[data-testid="stException"]').count() == 0


def test_moving_points_and_a_blank_plane(server: Server, page: Any) -> None:
    opened(page, server, "dataset=moons&epoch=2")
    sheet, count = ".cl-pad-sheet", ".cl-pad-drawing .cl-pad-yardstick"
    with_context = amount(page, sheet)
    press(page, "Blank plane")
    assert amount(page, sheet) < with_context
    assert page.inner_text(count) == "0 points"

    colours = """([x, y]) => {
      const canvas = document.querySelector(".cl-pad-sheet");
      return [...canvas.getContext("2d").getImageData(x * canvas.width, y * canvas.height, 1, 1).data].join();
    }"""
    begin, end = (0.3, 0.22), (0.73, 0.61)
    bare = [page.evaluate(colours, place) for place in (begin, end)]
    press(page, "Point")
    page.mouse.click(*at(page, *begin))
    press(page, "Move")
    drag(page, begin, end)
    page.mouse.move(*at(page, 0.1, 0.9))
    press(page, "Probe")
    page.mouse.click(*at(page, 0.1, 0.9))
    after = [page.evaluate(colours, place) for place in (begin, end)]
    assert page.inner_text(count) == "1 point"
    assert after[0] == bare[0]
    assert after[1] != bare[1]
    press(page, "Undo")
    assert page.evaluate(colours, begin) != bare[0]
    assert page.evaluate(colours, end) == bare[1]

    press(page, "Move")
    page.focus(STAGE)
    page.keyboard.press("Space")
    press(page, "Start from this dataset's points")
    assert page.inner_text(count) == "500 points"
    assert page.trouble == []


@pytest.mark.parametrize("dataset", ["digits", "moons"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_narrow(
    server: Server,
    open_page: Callable[..., Any],
    assert_clean: Callable[[Any], None],
    dataset: str,
    dark: bool,
) -> None:
    page = open_page(width=390, height=844, dark=dark)
    opened(page, server, f"dataset={dataset}&epoch=2")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_clean(page)
