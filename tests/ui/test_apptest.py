"""The board and the shell run under `AppTest`, where no browser is."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

APPS = Path(__file__).resolve().parents[1] / "browser" / "apps"


def test_board_runs() -> None:
    test = AppTest.from_file(str(APPS / "board_script.py"), default_timeout=30).run()
    assert not test.exception
    assert test.title[0].value == "Board"


def test_shell_runs_its_first_page() -> None:
    test = AppTest.from_file(str(APPS / "shell_script.py"), default_timeout=30).run()
    assert not test.exception
    assert test.title[0].value == "Train"


def test_shell_shows_own_errors_as_they_are() -> None:
    test = AppTest.from_file(str(APPS / "shell_script.py"), default_timeout=30)
    test.run().switch_page("shell_pages/jacobian.py").run()
    assert not test.exception
    assert test.error[0].value.startswith("Epochs must be between 1 and 10000. Got 0.")
