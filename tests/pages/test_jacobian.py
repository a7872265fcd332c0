"""The Jacobian page under `AppTest`: every kind of dataset, and models that others would stumble over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ui import server

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True, scope="module")
def engine_ends() -> Iterator[None]:
    """No worker outlives the file."""
    yield
    server.stop()


def opened(**parameters: str) -> AppTest:
    """The page at a link, when its frame is there."""
    test = AppTest.from_file(str(ROOT / "ui" / "shell.py"), default_timeout=90)
    for key, value in parameters.items():
        test.query_params[key] = value
    test.run()
    state = test.session_state["lab"]
    server.engine().wait(state.config, state.epoch, 90)
    return test.switch_page("../pages/jacobian.py").run()


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
