"""The Jacobian page under `AppTest`: every kind of dataset, and models that others would stumble over."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import opened_at


def opened(**parameters: str) -> AppTest:
    """The page at a link, when its frame is there."""
    return opened_at("jacobian", **parameters)


@pytest.mark.parametrize("dataset", ["digits", "moons", "swiss_roll", "breast_cancer", "noise"])
def test_opens(dataset: str) -> None:
    test = opened(dataset=dataset, epoch="2", sample="3")
    assert not test.exception
    assert not test.error
    assert test.title[0].value == "Jacobian"
    assert test.session_state["lab"].sample == 3


@pytest.mark.parametrize(
    "link",
    [
        {"epoch": "0"},
        {"lam": "10", "hidden": "32-16-8", "tied": "0", "act": "relu", "epoch": "2"},
        {"hidden": "4", "epoch": "2", "sample": "499"},
    ],
)
def test_opens_on_unusual_models(link: dict[str, str]) -> None:
    test = opened(**link)
    assert not test.exception
    assert not test.error
