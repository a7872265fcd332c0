"""The Codes page under `AppTest`: every kind of dataset, each map and colour, and what is picked."""

from __future__ import annotations

import time
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cae_core.errors import DataError
from tests.pages.conftest import opened_at
from ui import live, maps
from ui.board import Selection


def sentences(test: AppTest) -> list[str]:
    return [element.proto.body for element in test.get("html") if '<p class="cl-words"' in element.proto.body]


def opened(**parameters: str) -> AppTest:
    """The page at a link, when its numbers are there."""
    test = opened_at("codes", **parameters)
    end = time.monotonic() + 90
    while not sentences(test) and not test.error and time.monotonic() < end:
        assert "on their way" in test.info[0].value  # a cold worker: the page says so, and asks again
        time.sleep(0.5)
        test.run()
    return test


@pytest.mark.parametrize("dataset", ["digits", "moons", "swiss_roll", "breast_cancer", "noise"])
def test_opens(dataset: str) -> None:
    test = opened(dataset=dataset, epoch="2", sample="3")
    assert not test.exception
    assert not test.error
    assert test.title[0].value == "Codes"
    assert test.session_state["lab"].sample == 3
    assert "about their mean" in sentences(test)[0]


@pytest.mark.parametrize(
    "link",
    [
        {"epoch": "0"},
        {"lam": "10", "hidden": "32-16-8", "tied": "0", "act": "relu", "epoch": "2"},
        {"hidden": "1", "epoch": "2", "sample": "499"},
    ],
)
def test_opens_on_unusual_models(link: dict[str, str]) -> None:
    test = opened(**link)
    for colour in ("Norm", "Error"):
        test.segmented_control[1].set_value(colour).run()
        assert not test.exception
        assert not test.error


def umap_as(monkeypatch: pytest.MonkeyPatch) -> Future[Any]:
    """A fit that is done when the test says so, instead of one that compiles."""
    future: Future[Any] = Future()
    future.set_running_or_notify_cancel()
    begin = live.start
    monkeypatch.setattr(
        live,
        "start",
        lambda state, path, *a, **k: future if path == maps.UMAP else begin(state, path, *a, **k),
    )
    return future


def test_umap_is_awaited_then_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    future = umap_as(monkeypatch)
    test = opened(epoch="2")
    assert len(sentences(test)) == 1
    test.segmented_control[0].set_value("Both").run()
    assert not test.exception
    assert "fitting both maps" in sentences(test)[1]
    future.set_result({"points": np.random.default_rng(0).normal(size=(2, 500, 2)).astype(np.float32)})
    test.run()
    assert not test.exception
    assert "UMAP cannot show contraction" in sentences(test)[1]
    test.segmented_control[0].set_value("UMAP").run()
    assert not test.exception


def test_umap_that_fails_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    future = umap_as(monkeypatch)
    test = opened(epoch="2")
    future.set_exception(DataError("UMAP must have 10 to 2000 samples. Got 3. Choose more."))
    test.segmented_control[0].set_value("UMAP").run()
    assert not test.exception
    assert "Got 3." in sentences(test)[1]
    assert "Try again" in [button.label for button in test.button]


def test_opens_with_many_picked() -> None:
    test = opened(epoch="2", sample="4")
    test.session_state["codes-chosen"] = ("digits", (9, 4, 12, 4000))
    test.run()
    assert not test.exception
    assert not test.error


def test_chosen_and_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    state = SimpleNamespace(sample=600, config=SimpleNamespace(dataset="digits"))
    monkeypatch.setattr(maps.st, "session_state", {})
    monkeypatch.setattr(maps, "lab", lambda: state)
    assert maps.chosen(state, 500) == [499]
    maps.choose(Selection("plain", (3, 9, 700), None, None, click=False))
    assert maps.chosen(state, 500) == [3, 9]
    maps.choose(Selection("plain", (9, 3, 8), None, None, click=False))
    assert maps.chosen(state, 500) == [3, 9, 8]  # the selected one stays where it is among them
    maps.choose(Selection("plain", (9,), 0.0, 0.0, click=True))
    assert maps.chosen(state, 500) == [9]
    maps.choose(Selection("plain", (1, 2), None, None, click=False))
    maps.choose(Selection("plain", (), None, None, click=False))
    assert maps.chosen(state, 500) == [1]
    maps.choose(Selection("plain", (1, 2), None, None, click=False))
    state.config.dataset = "moons"
    assert maps.chosen(state, 500) == [1]
