"""The Lambda path page in a browser: what travels, other screens and hands, and paths that are not as the first one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from tests.browser.path_page import DETAIL, READY, PathPage, Shipped

PART = 60_000
"""Bytes that no message but a part of the digits' path has."""

SENTENCE = "Sample must be between 0 and 499."

SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop"

WATCH = """() => {
  window.seen = [];
  const slider = document.querySelector(".cl-lambda [role=slider]");
  new MutationObserver(() => seen.push(slider.ariaValueText)).observe(slider, { attributes: true });
}"""

SMALL = {
    "one": "members=1&frames=1&epochs=1",
    "stopped": "act=identity&opt=sgd&lr=0.01&to=1000&members=3&frames=3&epochs=4",
    "points": "dataset=swiss_roll&epochs=2&members=3&sample=3",
    "table": "dataset=wine&epochs=3&members=3&frames=3&sample=3",
}
"""Links of paths that take a moment to make: of one model, with one that diverges, of points and of a table."""


@pytest.fixture(scope="module")
def opened(server: Any, new_page: Callable[..., Any]) -> Iterator[tuple[PathPage, int]]:
    """A page for those who like it dark and calm, and the bytes that it took."""
    desk = PathPage(new_page(dark=True, reduced_motion="reduce"), f"{server.url}/path?sample=999")
    desk.page.wait_for_selector(READY)
    desk.quiet()
    yield desk, sum(desk.wire.received)
    desk.page.context.close()


@pytest.fixture(scope="module")
def phone(server: Any, new_page: Callable[..., Any]) -> Iterator[Callable[..., PathPage]]:
    """Opens links on one small screen for fingers."""
    small = PathPage(new_page(width=390, height=844, has_touch=True))

    def at(link: str, colours: str = "dark") -> PathPage:
        small.page.emulate_media(color_scheme=colours)
        small.open(f"{server.url}/path?{link}")
        return small

    yield at
    small.page.context.close()


# ---- what travels


def test_a_path_travels_once_and_a_moving_handle_is_silent(opened: tuple[PathPage, int]) -> None:
    desk, size = opened
    page, wire = desk.page, desk.wire
    assert page.get_by_text(SENTENCE).count() == 1
    assert 1_000_000 < size < 3_000_000
    wire.clear()
    x, y = desk.spot("Lambda", 8, 15)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 40):
        page.mouse.move(x - 5 * step, y)
    page.wait_for_timeout(600)
    assert (wire.sent, wire.received) == ([], [])
    page.mouse.up()
    page.wait_for_function("location.search.includes('lam=')")
    page.get_by_text(SENTENCE).wait_for(state="detached")  # it was above the player
    assert desk.stays()
    assert max(wire.received) < PART
    shown = re.search(r"lam=([\d.e-]+)", page.url)
    assert shown is not None
    assert 0 < float(shown[1]) < 0.1
    assert page.trouble == []


def test_a_fresh_path_fills_the_player_that_is_there(server: Any, open_page: Callable[..., Any]) -> None:
    desk = PathPage(open_page())
    desk.page.goto(f"{server.url}/path?seed=5&members=6&frames=6&epochs=10")
    desk.page.wait_for_selector(".cl-player")
    desk.page.evaluate("window.player = document.querySelector('.cl-player')")
    desk.page.wait_for_selector(".cl-rows", timeout=90_000)
    desk.quiet()
    assert desk.stays()
    large = [size for size in desk.wire.received if size > 10_000]
    assert 6 <= len(large) <= 7  # each once; the first one twice, if a look was under way when it left
    assert desk.page.trouble == []


# ---- other screens and hands


def test_dark_and_without_motion(
    opened: tuple[PathPage, int],
    assert_clean: Callable[[Any], None],
    shot: Callable[[Any, str], None],
) -> None:
    desk, _ = opened
    page = desk.page
    assert desk.paper(0) == desk.paper(1) < 80
    shot(page, "path-1440-dark")
    assert_clean(page)
    desk.button("lambda").click()
    desk.button("fast").click()
    desk.type("Lambda", 0.72)
    page.wait_for_function(
        "document.querySelector('.cl-lambda [role=slider]').ariaValueText === 'lambda 0.72'"
    )
    page.evaluate(WATCH)
    desk.button("Play over lambda").click()
    desk.button("Play over lambda").wait_for()
    desk.link("lam=10")
    steps = list(dict.fromkeys(page.evaluate("seen")))
    assert set(steps) <= {f"lambda {lam}" for lam in ("0.72", "1.4", "2.7", "5.2", "10")}  # never between
    assert len(steps) > 2
    page.emulate_media(color_scheme="light")
    desk.until(lambda: desk.paper(0) == desk.paper(1) > 200)
    page.emulate_media(color_scheme="dark")
    desk.until(lambda: desk.paper(0) == desk.paper(1) < 80)
    assert desk.stays()
    assert page.trouble == []


def test_a_finger(
    phone: Callable[..., PathPage],
    assert_clean: Callable[[Any], None],
    shot: Callable[[Any, str], None],
) -> None:
    path = Shipped()
    hand = phone("sample=1", "light")
    page, top = hand.page, len(path.lams) - 1
    page.wait_for_selector(READY)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shot(page, "path-390-light")
    assert_clean(page)
    hand.swipe(hand.spot("Lambda", 8, top), hand.spot("Lambda", 11, top))
    assert hand.text() == "lambda 0.72"
    hand.after(lambda: page.touchscreen.tap(*hand.spot("Epoch", 10, len(path.epochs) - 1)))  # on the track
    assert hand.text("Epoch") == "epoch 18"
    assert page.evaluate(SCROLLED) == 0
    hand.until(lambda: hand.wire.views and hand.wire.views[-1]["epoch"] == 18)
    assert [view["lam"] for view in hand.wire.views] == [0.72] * len(hand.wire.views)

    x, y = hand.spot("Lambda", 4, top)
    hand.swipe((x, y), (x, y - 250))  # along the page, from the track
    page.wait_for_function(f"{SCROLLED} > 150")
    assert hand.text() == "lambda 0.72"
    assert 30 < page.locator(".cl-handles").bounding_box()["y"] < 60  # the handles stay in sight
    page.locator(".cl-map").first.evaluate("node => node.scrollIntoView({ block: 'center' })")

    points = path.points(0, hand.box(0), frame=10)
    target = int(points[:, 1].argmax())
    hand.after(lambda: page.touchscreen.tap(*points[target]))
    hand.link(f"sample={target}")
    assert hand.ring(1, picked=True) == pytest.approx(path.points(11, hand.box(1), frame=10)[target], abs=1)

    chosen = page.locator(".cl-map-card .cl-yardstick").first
    box, before = hand.box(0), page.evaluate(SCROLLED)
    x, y = round(box["x"]) + 110, round(box["y"]) + 110
    hand.swipe((x, y), (x, y - 80))
    page.wait_for_function(f"{SCROLLED} > {before} + 40")  # without a tool, a finger on a map moves the page
    assert "selected" not in chosen.inner_text()
    hand.button("box").tap()
    page.locator(".cl-map").first.evaluate("node => node.scrollIntoView({ block: 'center' })")
    box = hand.box(0)
    x, y = round(box["x"]) + 30, round(box["y"]) + 30
    hand.swipe((x, y), (x + 80, y + 80))
    count = (np.abs(path.points(0, box, frame=10) - (x + 40, y + 40)) < 40).all(axis=1).sum()
    assert chosen.inner_text() == f"{count} of 500 selected"
    assert page.trouble == []


# ---- other paths


def test_one_model_at_one_moment(phone: Callable[..., PathPage]) -> None:
    small = phone(SMALL["one"])
    for name in ("Lambda", "Epoch"):
        assert small.handle(name).get_attribute("aria-disabled") == "true"
        for key in ("ArrowRight", "End", "PageDown"):
            small.handle(name).press(key)
    assert (small.text(), small.text("Epoch")) == ("lambda 0", "epoch 1")
    assert small.button("Play over time").is_disabled()
    small.button("lambda").click()
    assert small.button("Play over lambda").is_disabled()
    small.page.get_by_text("lambda 0, the plain autoencoder (AE): mean norm ").wait_for()
    assert small.says(".cl-aside") == ""
    assert small.coloured(0) == small.coloured(1) > 100
    small.page.locator(".cl-map").first.press("End")
    small.page.locator(".cl-map").first.press("Enter")
    small.link("sample=499")
    small.page.locator(f"{DETAIL} .cl-yardstick", has_text="sample 499").wait_for()
    assert small.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert small.page.trouble == []


def test_a_model_that_stopped_being_finite(phone: Callable[..., PathPage]) -> None:
    small = phone(SMALL["stopped"])
    small.press("End")
    small.page.get_by_text(
        "lambda 1000: training stopped being finite in epoch 1; there is nothing to show."
    ).wait_for()
    notes = small.page.locator(".cl-map .cl-note").all_inner_texts()
    assert notes == ["", "Training stopped being finite in epoch 1."]
    assert small.coloured(0) > 100
    assert small.coloured(1) == 0
    assert "training failed" in small.says(".cl-sample-row >> nth=2")
    charts = [chart.get_attribute("aria-label") for chart in small.page.locator(".cl-panel canvas").all()]
    assert len(charts) == 5
    assert "Mean error 0.595 by the AE, – at lambda." in charts[0]
    assert "mean – for lambda 1000" in charts[1]
    assert "You are at lambda 1000: error –, mean norm –." in charts[4]
    assert "collapsed" not in charts[4]
    assert small.page.locator("text=/NaN|Infinity|undefined|% of variance lost/").count() == 0
    small.press("Shift+ArrowLeft")  # nearer to it than to the one before: no picture in between
    assert small.coloured(1) == 0
    small.press("ArrowLeft")
    small.page.get_by_text("lambda 0.001: mean norm").wait_for()
    assert small.coloured(1) > 100
    small.press("End")
    small.press("Home", "Epoch")
    small.page.get_by_text("Before training all models are the same").wait_for()
    assert small.coloured(1) > 100
    small.press("End", "Epoch")
    small.page.locator("tr", has_text="lambda 1000 · stopped in epoch 1").wait_for()
    assert small.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert small.page.trouble == []


@pytest.mark.parametrize("kind", ["points", "table"])
def test_points_and_tables(
    phone: Callable[..., PathPage],
    kind: str,
    assert_clean: Callable[[Any], None],
    shot: Callable[[Any, str], None],
) -> None:
    small = phone(SMALL[kind])
    small.press("End")
    rows = small.page.locator(".cl-sample-row")
    plain, own = rows.nth(1), rows.nth(2)
    if kind == "points":
        there = r"x −?[\d.]+ · y −?[\d.]+ · z −?[\d.]+$"
        assert all(re.search(there, row.inner_text()) for row in rows.all())
        assert plain.inner_text() != own.inner_text()
    else:
        small.page.locator(".cl-sample-row canvas").first.wait_for()
    said = "Plane of x and z:" if kind == "points" else "12 samples: input"
    small.page.locator(f".cl-panel canvas[aria-label^='{said}']").wait_for()
    small.page.locator(f"{DETAIL} .cl-yardstick", has_text="sample 3").wait_for()
    small.page.wait_for_selector(READY)
    assert small.page.evaluate("document.documentElement.scrollWidth") <= 390
    shot(small.page, f"path-390-dark-{kind}")
    if kind == "points":
        assert_clean(small.page)
    assert small.page.trouble == []
