"""A dataset that must be downloaded first: what is asked before, how far it is, why it failed, and again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cae_core.catalog import card
from cae_core.datasets import files
from cae_core.errors import DatasetUnavailable
from ui import download


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """Each test begins and ends without downloads."""
    yield
    download._downloads.clear()
    download._ready.clear()


def until(condition: Callable[[], bool]) -> None:
    """Wait at most ten seconds."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_failed_download_says_why_and_may_be_tried_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("CAE_DATA_DIR", str(tmp_path_factory.mktemp("empty")))
    found = download.begin("mnist")
    until(lambda: bool(found.error))
    assert "CAE_DATA_DIR" in found.error
    assert download.begin("mnist") is found
    download._downloads.pop("mnist")
    assert download.begin("mnist") is not found


def page(name: str) -> AppTest:
    """A page that needs the dataset's files."""

    def script(name: str) -> None:
        import streamlit as st

        from cae_core.config import Config
        from ui.download import files_or_wait
        from ui.session import Lab

        files_or_wait(Lab(Config.for_dataset(name), 0))
        st.write("the page itself")

    return AppTest.from_function(script, args=(name,), default_timeout=20)


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "kmnist", "olivetti", "cifar10"])
def test_nothing_begins_before_the_click_and_all_is_told(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CAE_DATA_DIR", raising=False)
    monkeypatch.setenv("CAE_CACHE_DIR", str(tmp_path))
    asked: list[str] = []

    def fetch(name: str, report: Callable[[int, int], None]) -> None:
        asked.append(name)
        raise DatasetUnavailable("The server must answer. Got nothing. Try again.")

    monkeypatch.setattr(download, "fetch", fetch)
    shown = page(name).run()
    known = card(name)
    assert not shown.exception
    text = " ".join(element.value for element in [*shown.markdown, *shown.caption, *shown.code])
    assert known.title in text
    assert known.source in text
    assert known.licence in text
    for file in files(name):
        assert file.sha256 in text
        assert f"{file.size:,} bytes" in text
    assert "the page itself" not in text
    (button,) = shown.button
    assert f"{known.download_bytes / 1e6:.0f} MB" in button.label
    assert not asked
    shown = button.click().run()
    until(lambda: bool(download._downloads[name].error))
    shown = shown.run()
    assert asked == [name]
    assert "The server must answer" in shown.error[0].value
    (again,) = shown.button
    assert again.label == "Try again"
    again.click().run()
    until(lambda: asked == [name, name])


def test_a_folder_is_looked_into_without_a_click(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CAE_DATA_DIR", str(tmp_path))
    shown = page("kmnist").run()
    until(lambda: bool(download._downloads["kmnist"].error))
    shown = shown.run()
    assert "codh.rois.ac.jp" in shown.error[0].value
    assert [button.label for button in shown.button] == ["Try again"]


def test_progress_is_told_and_the_end_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = iter([True])

    def fetch(name: str, report: Callable[[int, int], None]) -> None:
        assert name == "mnist"
        report(5, 10)
        while next(steps, False):
            time.sleep(0.2)

    monkeypatch.setattr(download, "fetch", fetch)
    found = download.begin("mnist")
    until(lambda: found.total == 10)
    assert found.done == 5
    until(lambda: "mnist" in download._ready)
    assert "mnist" not in download._downloads


def test_only_what_is_expected_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(name: str, report: Callable[[int, int], None]) -> None:
        raise DatasetUnavailable(f"{name} must be there. It was not. Look elsewhere.")

    monkeypatch.setattr(download, "fetch", fetch)
    found = download.begin("mnist")
    until(lambda: bool(found.error))
    assert found.error.startswith("mnist must be there")
