"""Every page by deep link on MNIST and on points in space, and the navigation of a server that nobody has visited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import ROOT, Server
from tests.browser.pad_page import amount, changes, drag, opened, press

FOLDER = ROOT.parent / "shared" / "data" / "mnist"
LINKS = {"mnist": "dataset=mnist&samples=500&batch=100&epoch=1", "swiss_roll": "dataset=swiss_roll&epoch=1"}


@pytest.fixture(scope="module")
def own(fresh_server: Callable[..., Server]) -> Server:
    """A server of this file, with MNIST from a folder."""
    return fresh_server(env={"CAE_DATA_DIR": str(FOLDER)})


def test_a_fresh_server_first_asked_for_a_deep_link_shows_the_navigation(
    own: Server, open_page: Callable[..., Any]
) -> None:
    page = open_page(f"{own.url}/codes")
    page.wait_for_selector(".js-plotly-plot .main-svg", timeout=60_000)
    assert page.locator("[data-testid=stSidebarNavLink]").count() == len([*(ROOT / "pages").glob("*.py")])
    assert page.trouble == []


@pytest.mark.parametrize(
    ("name", "dataset"),
    [
        *(
            (name, "mnist")
            for name in ("train", "reconstructions", "codes", "jacobian", "sensitivity", "path")
        ),
        *((name, "swiss_roll") for name in ("codes", "jacobian", "path")),
    ],
)
def test_opens_by_deep_link(own: Server, open_page: Callable[..., Any], dataset: str, name: str) -> None:
    if dataset == "mnist" and not FOLDER.is_dir():
        pytest.skip("MNIST's files are not in ../shared/data/mnist.")
    link = LINKS[dataset] + ("&epochs=1&members=3&frames=2" if name == "path" else "")
    page = open_page(f"{own.url}/{'' if name == 'train' else name}?{link}")
    page.wait_for_selector(".js-plotly-plot .main-svg", timeout=60_000)
    assert page.locator("[data-testid=stException], [data-testid=stAlertContentError]").count() == 0
    assert page.trouble == []


def test_pens_and_eraser_on_mnist(
    own: Server, page: Any, assert_clean: Callable[[Any], None], shot: Callable[..., None]
) -> None:
    if not FOLDER.is_dir():
        pytest.skip("MNIST's files are not in ../shared/data/mnist.")
    opened(page, own, f"{LINKS['mnist']}&sample=2")
    sheet = ".cl-pad-pixels"
    press(page, "Clear")
    assert amount(page, sheet) == 0
    inks = []
    for pen in ("Thin", "Medium", "Thick"):
        press(page, pen)
        changes(page, lambda: drag(page, (0.3, 0.2), (0.6, 0.8)))
        inks.append(amount(page, sheet))
        press(page, "Undo")
    assert 10 < inks[0] < inks[1] < inks[2] < 28 * 28 / 2, inks
    drag(page, (0.3, 0.2), (0.6, 0.8))
    shot(page, "draw-mnist")
    press(page, "Erase")
    changes(page, lambda: drag(page, (0.3, 0.2), (0.6, 0.8)))
    assert amount(page, sheet) < inks[2] / 4  # an edge that covers half a pixel also uncovers half of it
    assert_clean(page)
