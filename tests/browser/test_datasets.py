"""Every page by deep link on MNIST and on points in space, and the navigation of a server that nobody has visited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import ROOT, Server

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
