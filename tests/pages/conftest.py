"""What the tests of the pages share: the app opened at a link, and workers that they share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ui import server

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True, scope="session")
def engine_ends() -> Iterator[None]:
    """One engine for the files of this folder; no worker outlives the session."""
    yield
    server.stop()


def opened_at(page: str, **parameters: str) -> AppTest:
    """A page at a link, run once when the frame is there."""
    test = AppTest.from_file(str(ROOT / "ui" / "shell.py"), default_timeout=90)
    for key, value in parameters.items():
        test.query_params[key] = value
    test.run()
    state = test.session_state["lab"]
    server.engine().wait(state.config, state.epoch, 90)
    return test.switch_page(f"../pages/{page}.py").run()
