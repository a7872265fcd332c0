"""The board in a browser: one plot node for good, no blank frame, and what a visitor picks reaches Python."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

APP = Path(__file__).parent / "apps" / "board_app.py"
DRAWN = '[data-panel="ae"] .cl-gd .main-svg'


@pytest.fixture(scope="module")
def url(fresh_server: Callable[..., Any]) -> str:
    return fresh_server(APP).url


@pytest.fixture(scope="module")
def opened(new_page: Callable[..., Any], url: str) -> Iterator[Any]:
    page = new_page(f"{url}/?still=1")
    page.wait_for_selector(DRAWN)
    page.wait_for_selector('[data-panel="cells"] .cl-gd .main-svg')
    yield page
    page.context.close()


@pytest.fixture
def still(opened: Any) -> Any:
    """One page for all tests that leave it as it was, but for what it has heard."""
    opened.seen = len(_all_heard(opened))
    return opened


def _all_heard(page: Any) -> list[dict[str, Any]]:
    return json.loads(page.locator("#heard").inner_text())


def heard(page: Any) -> list[dict[str, Any]]:
    """What Python has heard of in this test, after the first of it has arrived."""
    page.wait_for_function(f"JSON.parse(document.querySelector('#heard').textContent).length > {page.seen}")
    return _all_heard(page)[page.seen :]


def centre(page: Any, panel: str) -> tuple[float, float]:
    box = page.locator(f'[data-panel="{panel}"] .nsewdrag').first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_updates_keep_node_zoom_and_picture(open_page: Callable[..., Any], url: str) -> None:
    page = open_page(url)
    page.wait_for_selector(DRAWN)
    page.evaluate(
        """() => {
          const gd = document.querySelector('[data-panel="ae"] .cl-gd');
          Object.assign(window, { gd, redraws: 0, blanks: 0 });
          gd.on("plotly_afterplot", () => { window.redraws += 1; });
          const watch = () => {
            if (!gd.isConnected || !gd.querySelectorAll(".scatterlayer .point").length) window.blanks += 1;
            requestAnimationFrame(watch);
          };
          watch();
        }"""
    )
    x, y = centre(page, "ae")
    page.mouse.move(x - 60, y - 60)
    page.mouse.down()
    page.mouse.move(x + 60, y + 60, steps=5)
    page.mouse.up()
    zoomed = page.evaluate("[...gd._fullLayout.xaxis.range]")
    assert zoomed[1] - zoomed[0] < 5
    start = page.evaluate("redraws")
    page.wait_for_function(f"redraws >= {start + 20}")
    assert page.evaluate("""gd === document.querySelector('[data-panel="ae"] .cl-gd')""")
    assert page.evaluate("[...gd._fullLayout.xaxis.range]") == pytest.approx(zoomed)
    assert page.evaluate("blanks") == 0
    assert page.trouble == []


def test_plots_outlive_their_mount(open_page: Callable[..., Any], url: str) -> None:
    """Where a run of the fragment follows one of the page at once, a busy Streamlit takes the mount away."""
    page = open_page(f"{url}/?runs=1")
    page.wait_for_selector(DRAWN)
    page.evaluate(
        """() => {
          const found = () => document.querySelector('[data-panel="ae"] .cl-gd');
          Object.assign(window, { gd: found(), mounts: new Set() });
          const watch = () => {
            if (found()) mounts.add(found().closest('[data-testid="stElementContainer"]'));
            requestAnimationFrame(watch);
          };
          watch();
        }"""
    )
    for _ in range(20):
        page.evaluate("void (window.busy = fetch('/busy'))")
        page.get_by_role("button", name="Run").click()
        page.evaluate("window.busy.then(() => {})")
        if page.evaluate("mounts.size") > 1:
            break
    else:
        pytest.fail("The mount was never taken away: this test shows nothing any more.")
    page.wait_for_selector(DRAWN)
    assert page.evaluate("""gd === document.querySelector('[data-panel="ae"] .cl-gd')""")
    assert page.trouble == []


def test_unchanged_panel_is_not_drawn_again(open_page: Callable[..., Any], url: str) -> None:
    page = open_page(url)
    page.wait_for_selector('[data-panel="cells"] .cl-gd .main-svg')
    page.evaluate(
        """() => {
          window.counts = { cells: 0, ae: 0 };
          for (const key of ["cells", "ae"]) {
            document.querySelector(`[data-panel="${key}"] .cl-gd`).on("plotly_afterplot", () => { counts[key] += 1; });
          }
        }"""
    )
    page.wait_for_function("counts.ae >= 8")
    assert page.evaluate("counts.cells") <= 1


def test_click_reaches_python(still: Any) -> None:
    still.mouse.click(*centre(still, "ae"))
    assert heard(still) == [{"panel": "ae", "ids": [100], "x": 0.0, "y": 0.0, "click": True}]


def test_click_on_a_cell_sends_its_place(still: Any) -> None:
    x, y = centre(still, "cells")
    still.mouse.click(x + 4, y + 4)
    assert heard(still) == [{"panel": "cells", "ids": [], "x": 12.0, "y": 4.0, "click": True}]


def test_box_selects_ids_once(still: Any) -> None:
    still.locator('[data-panel="ae"]').get_by_role("button", name="Box").click()
    x, y = centre(still, "ae")
    still.mouse.move(x - 50, y - 50)
    still.mouse.down()
    still.mouse.move(x + 50, y + 50, steps=6)
    still.mouse.up()
    (event,) = heard(still)
    assert event["panel"] == "ae"
    assert not event["click"]
    assert 100 in event["ids"]
    assert 1 < len(event["ids"]) < 60
    still.locator('[data-panel="ae"]').get_by_role("button", name="Box").click()


def test_keyboard_selects(still: Any) -> None:
    still.locator('[data-panel="cae"] .cl-plot').focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "Enter"):
        still.keyboard.press(key)
    (event,) = heard(still)
    assert event["ids"] == [101]


def test_keyboard_steps_through_cells(still: Any) -> None:
    still.locator('[data-panel="cells"] .cl-plot').focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
        still.keyboard.press(key)
    assert heard(still) == [{"panel": "cells", "ids": [], "x": 1.0, "y": 1.0, "click": True}]


def test_table_and_csv(still: Any) -> None:
    card = still.locator('[data-panel="ae"]')
    assert card.locator("table").count() == 0
    card.locator(".cl-more").press("Enter")
    card.get_by_role("button", name="Table", exact=True).press("Enter")
    assert card.locator("tbody tr").count() == 60
    assert card.locator("tbody tr").first.inner_text().split("\t") == ["100", "0", "=1+1"]
    with still.expect_download() as download:
        card.get_by_role("button", name="CSV").click()
    assert download.value.suggested_filename == "plain-autoencoder.csv"
    rows = list(csv.reader(Path(download.value.path()).read_text().splitlines()))
    assert rows[0] == ["sample", "x", "label"]
    assert rows[1] == ["100", "0", "'=1+1"]  # no spreadsheet runs it
    assert rows[4][2] == "digit, 3"
    assert len(rows) == 61
    card.get_by_role("button", name="Table", exact=True).click()
    assert card.locator(".cl-table").is_hidden()
    card.locator(".cl-more").click()


@pytest.mark.parametrize("kind", ["SVG", "PNG"])
def test_image_export(still: Any, kind: str) -> None:
    card = still.locator('[data-panel="ae"]')
    card.locator(".cl-more").click()
    with still.expect_download() as download:
        card.get_by_role("button", name=kind).click()
    card.locator(".cl-more").click()
    assert download.value.suggested_filename == f"plain-autoencoder.{kind.lower()}"
    start = Path(download.value.path()).read_bytes()[:200]
    assert start.startswith(b"\x89PNG") if kind == "PNG" else b"<svg" in start


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("dark", [False, True])
def test_looks_right_and_is_accessible(
    open_page: Callable[..., Any],
    url: str,
    assert_clean: Callable[[Any], None],
    shot: Callable[[Any, str], None],
    dark: bool,
    width: int,
) -> None:
    page = open_page(f"{url}/?still=1", dark=dark, width=width, height=900 if width > 760 else 844)
    page.wait_for_selector(DRAWN)
    page.wait_for_selector('[data-panel="loss"] .cl-gd .main-svg')
    assert page.locator('[data-panel="empty"] .cl-note').inner_text() == "Nothing to show yet."
    luminance = page.evaluate(
        "getComputedStyle(document.querySelector('.cl-card')).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
    )
    assert (max(luminance) < 80) is dark
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(page, f"board-{width}-{'dark' if dark else 'light'}")
    assert_clean(page)


def test_without_plotly_one_sentence(open_page: Callable[..., Any], url: str) -> None:
    page = open_page()
    page.route("**/plotly-cartesian.min.js", lambda route: route.abort())
    page.goto(f"{url}/?still=1")
    note = page.locator('[data-panel="ae"] .cl-note')
    note.wait_for()
    assert note.inner_text() == "The charting library could not be loaded. Reload the page."


def test_under_a_base_path(fresh_server: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    server = fresh_server(APP, "--server.baseUrlPath", "lab", health="/lab/_stcore/health")
    page = open_page(f"{server.url}/lab/?still=1")
    page.wait_for_selector(DRAWN)
    assert page.trouble == []


def test_theme_changes_in_place(open_page: Callable[..., Any], url: str) -> None:
    page = open_page(f"{url}/?still=1")
    page.wait_for_selector(DRAWN)
    page.evaluate("() => { window.gd = document.querySelector('[data-panel=\"ae\"] .cl-gd'); }")
    light = page.evaluate("gd.layout.font.color")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"gd.layout.font.color !== '{light}'")
    assert page.evaluate("gd === document.querySelector('[data-panel=\"ae\"] .cl-gd')")
    assert page.trouble == []
