"""The Codes page in a real browser: select in one map, see it in the other, wait for UMAP, take files away."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.browser.conftest import Server

DRAWN = '[data-panel="contractive"] .cl-gd .main-svg'
SELECTED = '[data-panel="selected"] .cl-yardstick'


def marked(page: Any, panel: str) -> list[int]:
    """Samples that stand out in a map."""
    return page.evaluate(
        """(panel) => {
          const trace = document.querySelector(`[data-panel="${panel}"] .cl-gd`)._fullData[0];
          return [...(trace.selectedpoints ?? [])].map((i) => trace.customdata[i]);
        }""",
        panel,
    )


def test_selects_in_both_maps(
    server: Server,
    open_page: Callable[..., Any],
    assert_clean: Callable[[Any], None],
    shot: Callable[..., None],
) -> None:
    page = open_page(f"{server.url}/codes?sample=7")
    page.wait_for_selector(DRAWN)
    assert "sample 7" in page.inner_text(SELECTED)
    assert_clean(page)

    page.focus('[data-panel="plain"] .cl-plot')
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("sample=2$"))
    page.wait_for_function(f"document.querySelector('{SELECTED}').innerText.startsWith('sample 2 ')")

    page.locator('[data-panel="plain"]').get_by_role("button", name="Box").click()
    box = page.locator('[data-panel="plain"] .nsewdrag').first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 30, y - 30)
    page.mouse.down()
    page.mouse.move(x + 30, y + 30, steps=6)
    page.mouse.up()
    page.wait_for_selector('[data-panel="also-0"] .cl-gd .main-svg')
    found = marked(page, "plain")
    assert len(found) > 1
    assert marked(page, "contractive") == found
    assert page.inner_text(SELECTED).startswith(f"1 of {len(found)} · ")
    page.wait_for_timeout(1000)  # what Plotly repeats while it draws undoes nothing
    assert marked(page, "plain") == found
    shot(page, "codes-selected")

    again = open_page(page.url)
    again.wait_for_selector(DRAWN)
    selected = re.search(r"sample=(\d+)", page.url)
    assert selected is not None
    assert f"sample {selected.group(1)} " in again.inner_text(SELECTED)
    assert page.trouble == again.trouble == []


def test_umap_comes_while_pca_stays(
    server: Server,
    open_page: Callable[..., Any],
    assert_clean: Callable[[Any], None],
    shot: Callable[..., None],
) -> None:
    page = open_page(f"{server.url}/codes")
    page.wait_for_selector(DRAWN)
    page.get_by_role("radio", name="Both").click()
    page.wait_for_selector('[data-panel="plain-umap"]')
    assert page.locator('[data-panel="plain"] .cl-gd .main-svg').count() > 0
    page.wait_for_selector("text=UMAP cannot show contraction", timeout=150_000)
    page.wait_for_selector('[data-panel="contractive-umap"] .cl-gd .main-svg')
    assert_clean(page)
    shot(page, "codes-both")


@pytest.mark.parametrize("dataset", ["moons", "breast_cancer"])
def test_narrow(
    server: Server, open_page: Callable[..., Any], assert_clean: Callable[[Any], None], dataset: str
) -> None:
    page = open_page(f"{server.url}/codes?dataset={dataset}&epoch=2", width=390, height=844, dark=True)
    page.wait_for_selector(DRAWN)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert_clean(page)


def test_files(server: Server, open_page: Callable[..., Any], tmp_path: Any) -> None:
    page = open_page(f"{server.url}/codes")
    page.wait_for_selector(DRAWN)
    page.get_by_role("button", name="Download", exact=True).click()
    for label, name in (("Codes, CSV", "codes.csv"), ("Weights, NPZ", "weights.npz")):
        with page.expect_download() as coming:
            page.get_by_role("button", name=label, exact=True).click()
        assert coming.value.suggested_filename == f"digits-epoch-60-{name}"
        coming.value.save_as(tmp_path / name)
    with (tmp_path / "codes.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1000
    assert rows[500]["model"] == "cae"
    with np.load(tmp_path / "weights.npz") as weights:
        assert weights["cae_W1"].shape == (64, 128)
    assert page.trouble == []
