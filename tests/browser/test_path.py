"""The Lambda path page in a browser: what travels between player and server, and that the player stays where it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

READY = '[data-panel="sample"] .main-svg'
PART = 60_000
"""Bytes that no message but a part of the digits' path has."""


class Wire:
    """Bytes on a page's websocket, message by message."""

    def __init__(self, page: Any) -> None:
        self.received: list[int] = []
        self.sent: list[int] = []
        page.on("websocket", self._listen)

    def _listen(self, socket: Any) -> None:
        socket.on("framereceived", lambda data: self.received.append(len(data)))
        socket.on("framesent", lambda data: self.sent.append(len(data)))

    def clear(self) -> None:
        self.received.clear()
        self.sent.clear()


@pytest.fixture
def opened(server: Any, open_page: Callable[..., Any]) -> Callable[..., tuple[Any, Wire]]:
    """Opens the page at a link and waits until all of it is there."""

    def start(link: str = "", **options: Any) -> tuple[Any, Wire]:
        page = open_page(**options)
        wire = Wire(page)
        page.goto(f"{server.url}/path{link}")
        page.wait_for_selector(READY, timeout=90_000)
        page.wait_for_function("document.querySelector('[role=slider]').ariaValueText")
        page.evaluate("window.player = document.querySelector('.cl-player')")
        quiet(page)
        return page, wire

    return start


def quiet(page: Any) -> None:
    """Wait until the server has said what it has to say."""
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', state="attached")
    page.wait_for_timeout(500)


def stays(page: Any) -> bool:
    return page.evaluate("player.isConnected && player === document.querySelector('.cl-player')")


def handle(page: Any, name: str = "Lambda") -> Any:
    return page.get_by_role("slider", name=name, exact=True)


def test_a_path_travels_once_and_a_moving_handle_is_silent(opened: Callable[..., Any]) -> None:
    page, wire = opened("?lam=99")
    assert page.get_by_text("Lambda must be between 0 and 10.").count() == 1
    assert 1_000_000 < sum(wire.received) < 3_000_000
    wire.clear()
    box = handle(page).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 40):
        page.mouse.move(x - 5 * step, y)
    page.wait_for_timeout(600)
    assert (wire.sent, wire.received) == ([], [])
    page.mouse.up()
    page.wait_for_function("!location.search.includes('lam=10')")
    page.wait_for_selector(READY)
    quiet(page)
    assert page.get_by_text("Lambda must be between 0 and 10.").count() == 0  # above the player, which stays
    assert stays(page)
    assert max(wire.received) < PART
    shown = re.search(r"lam=([\d.e-]+)", page.url)
    assert shown is not None
    assert 0 < float(shown[1]) < 10
    assert page.trouble == []


def test_the_link_has_what_was_chosen_and_gives_it_back(opened: Callable[..., Any]) -> None:
    page, _ = opened()
    handle(page).press("ArrowRight")
    handle(page, "Epoch").press("ArrowLeft")
    page.wait_for_function("/lam=0.19&epoch=/.test(location.search)")
    page.get_by_role("button", name="error", exact=True).first.click()
    page.wait_for_function("location.search.includes('colour=error')")
    quiet(page)
    values = [handle(page, name).get_attribute("aria-valuetext") for name in ("Lambda", "Epoch")]
    page.reload()
    page.wait_for_selector(READY)
    page.wait_for_function("document.querySelector('[role=slider]').ariaValueText")
    assert [handle(page, name).get_attribute("aria-valuetext") for name in ("Lambda", "Epoch")] == values
    assert "colour=error" in page.url
    assert page.locator("tr[aria-current] th").inner_text() == "lambda 0.19"


def test_lambda_of_the_player_is_that_of_other_pages(opened: Callable[..., Any]) -> None:
    page, wire = opened()
    handle(page).press("End")
    page.wait_for_function("location.search.includes('lam=10')")
    quiet(page)
    page.get_by_role("link", name="Reconstructions").click()
    page.get_by_role("heading", name="Reconstructions", level=1).wait_for()
    page.get_by_text("Lambda 10.0 = 0.156 per input").wait_for()
    page.get_by_role("link", name="Lambda path").click()
    page.wait_for_selector(READY)
    page.wait_for_function("document.querySelector('[role=slider]').ariaValueText.startsWith('lambda 10')")
    wire.clear()
    quiet(page)
    assert page.trouble == []


def test_a_fresh_path_fills_the_player_that_is_there(server: Any, open_page: Callable[..., Any]) -> None:
    page = open_page()
    wire = Wire(page)
    page.goto(f"{server.url}/path?seed=5&members=8&frames=6&epochs=30")
    page.wait_for_selector(".cl-player")
    page.evaluate("window.player = document.querySelector('.cl-player')")
    page.wait_for_selector(".cl-rows", timeout=90_000)
    quiet(page)
    assert stays(page)
    large = [size for size in wire.received if size > 10_000]
    assert len(large) == 6  # a frame each, and each once
    assert page.trouble == []


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (1440, True), (390, False), (390, True)])
def test_looks_right_and_is_accessible(
    opened: Callable[..., Any],
    assert_clean: Callable[[Any], None],
    shot: Callable[[Any, str], None],
    dark: bool,
    width: int,
) -> None:
    page, _ = opened(dark=dark, width=width, height=900 if width > 760 else 844)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(page, f"path-{width}-{'dark' if dark else 'light'}")
    assert_clean(page)
