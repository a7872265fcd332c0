"""The frame around every page: navigation on any first address, and one calm sentence for any error."""

from __future__ import annotations

import gzip
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ui import assets

APP = Path(__file__).parent / "apps" / "shell_app.py"


@pytest.fixture(scope="module")
def deep(fresh_server: Callable[..., Any]) -> Any:
    """A server that nobody has asked for ``/`` before the first test asks for ``/codes``."""
    return fresh_server(APP)


def names(page: Any) -> list[str]:
    page.get_by_test_id("stSidebarNav").wait_for()
    return page.get_by_test_id("stSidebarNavLink").all_inner_texts()


def test_deep_link_first_shows_the_frame(
    deep: Any,
    open_page: Callable[..., Any],
    assert_clean: Callable[[Any], None],
    shot: Callable[[Any, str], None],
) -> None:
    page = open_page(f"{deep.url}/codes")
    page.get_by_role("heading", name="Codes").wait_for()
    assert names(page) == ["Train", "Codes", "Jacobian", "Sensitivity", "Draw", "Plane", "Walk"]
    assert page.title() == "Codes" or page.title() == "Contraction Lab"
    assert page.get_by_test_id("stAppDeployButton").count() == 0
    shot(page, "shell-1440-light")
    assert_clean(page)


def test_navigation_and_control_flow(deep: Any, open_page: Callable[..., Any]) -> None:
    page = open_page(deep.url)
    page.get_by_role("heading", name="Train").wait_for()
    page.get_by_role("button", name="Run again").click()
    page.get_by_text("ran again").wait_for()
    page.get_by_role("link", name="Codes").click()
    page.get_by_role("heading", name="Codes").wait_for()
    assert page.url.endswith("/codes")


def test_a_page_that_follows_a_fragment_is_drawn_in_its_place(
    deep: Any, open_page: Callable[..., Any], assert_clean: Callable[[Any], None]
) -> None:
    page = open_page(f"{deep.url}/walk")
    box = page.locator(".st-key-box")
    page.get_by_text("run 1 of the page").wait_for()
    box.get_by_role("button").click()
    box.get_by_text("The box has run.").wait_for()
    page.get_by_role("button", name="Run the page").click()  # runs next, in the same thread
    page.get_by_text("run 2 of the page").wait_for(timeout=20_000)
    page.wait_for_function("document.querySelector('.st-key-box').innerText === 'Run the box'")
    assert page.get_by_role("heading").all_inner_texts() == ["Walk"]
    box.get_by_role("button").click()
    box.get_by_text("The box has run.").wait_for(timeout=20_000)
    assert_clean(page)


def test_a_fragment_that_a_page_did_not_come_to_is_there_no_more(
    deep: Any, open_page: Callable[..., Any], assert_clean: Callable[[Any], None]
) -> None:
    page = open_page(f"{deep.url}/draw")
    page.get_by_text("run 1 of the box").wait_for()
    page.get_by_role("button", name="End early").click()
    page.get_by_text("ends early").wait_for()
    page.get_by_role("button", name="Run the box").click()  # still there until the page has ended
    page.get_by_text("run 1 of the box").wait_for(state="detached", timeout=20_000)
    page.wait_for_timeout(500)
    assert page.get_by_text("run 2 of the box").count() == 0
    page.get_by_role("button", name="End early").click()
    page.get_by_role("button", name="Run all").click()
    page.get_by_text("run 2 of the box").wait_for(timeout=20_000)
    assert_clean(page)


def test_a_fragment_that_runs_again_at_once_leaves_what_was_drawn_in_it(
    deep: Any, open_page: Callable[..., Any], assert_clean: Callable[[Any], None]
) -> None:
    page = open_page(f"{deep.url}/plane")
    page.get_by_text(re.compile(r"run ([5-9]|\d\d) of the box")).wait_for(timeout=20_000)
    page.wait_for_function(
        "/^run \\d+ of the box inside after the box$/"
        ".test(document.querySelector('.st-key-all').innerText.split(/\\s+/).join(' '))"
    )
    assert_clean(page)


@pytest.mark.parametrize("where", ["In the page", "In a fragment", "In a callback"])
def test_error_is_one_sentence(deep: Any, open_page: Callable[..., Any], where: str) -> None:
    page = open_page(f"{deep.url}/sensitivity")
    page.get_by_role("button", name=where).click()
    page.get_by_text("Something went wrong on this page.").wait_for()
    assert page.get_by_test_id("stException").count() == 0
    assert "secret" not in page.content()
    assert "secret detail" in deep.log.read_text()


def test_own_error_is_its_sentence(deep: Any, open_page: Callable[..., Any]) -> None:
    page = open_page(f"{deep.url}/jacobian")
    page.get_by_text("Epochs must be between 1 and 10000. Got 0.").wait_for()


@pytest.mark.parametrize("dark", [False, True])
def test_narrow(
    deep: Any,
    open_page: Callable[..., Any],
    assert_clean: Callable[[Any], None],
    shot: Callable[[Any, str], None],
    dark: bool,
) -> None:
    page = open_page(f"{deep.url}/codes", width=390, height=844, dark=dark)
    page.get_by_role("heading", name="Codes").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(page, f"shell-390-{'dark' if dark else 'light'}")
    assert_clean(page)


def test_plotly_is_served_compressed_and_cached(deep: Any) -> None:
    request = urllib.request.Request(
        deep.url + assets.address(assets.PLOTLY), headers={"Accept-Encoding": "gzip"}
    )
    with urllib.request.urlopen(request) as answer:
        body = answer.read()
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]
    assert len(body) < 600_000
    assert b"plotly.js" in gzip.decompress(body)[:100]


def test_no_other_file_is_served(deep: Any) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(deep.url + assets.address("board.js").replace("board.js", "board.py"))
