"""A dataset that must be downloaded first: how far it is, why it failed, and again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

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
