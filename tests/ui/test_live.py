"""What a page says of an analysis that failed or was given up."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cae_core.config import Config
from cae_core.datasets import load
from cae_core.errors import DataError, EngineError
from ui import live
from ui.session import Lab


def given_up() -> Future[Any]:
    future: Future[Any] = Future()
    future.cancel()
    return future


def failed(error: Exception) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_exception(error)
    return future


def test_a_cancelled_analysis_is_an_error_with_its_own_sentence() -> None:
    with pytest.raises(EngineError, match="Too many questions wait"):
        live.wait(given_up())
    held = live.Later(("key",), given_up(), 0.0)
    assert held.error == live.GIVEN_UP
    assert held.result is None


def test_sentences_of_failures() -> None:
    assert live.Later((), Future(), 0.0).error == ""
    assert live.Later((), failed(DataError("Too few codes.")), 0.0).error == "Too few codes."
    assert live.Later((), failed(ZeroDivisionError()), 0.0).error == "This could not be computed."


def test_the_page_that_waits_says_so_and_offers_to_try_again() -> None:
    def page() -> None:
        from concurrent.futures import Future

        from ui import live

        answered: Future[int] = Future()
        answered.set_result(1)
        cancelled: Future[int] = Future()
        cancelled.cancel()
        live._on_their_way([answered, cancelled], 0.0)

    test = AppTest.from_function(page).run()
    assert not test.exception
    assert test.error[0].value == live.GIVEN_UP
    assert test.button[0].label == "Try again"


@pytest.mark.parametrize("dataset", ["digits", "moons", "swiss_roll"])
def test_names_said_without_loading_are_those_of_the_dataset(dataset: str) -> None:
    config = Config.for_dataset(dataset)
    assert live.feature_names(Lab(config, 0)) == load(config).feature_names
