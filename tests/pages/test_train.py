"""The Train page under `AppTest`: every kind of dataset, and what the controls do to the state."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import opened_at


def opened(**parameters: str) -> AppTest:
    """The app at a link, when its frame is there."""
    return opened_at("train", **parameters)


@pytest.mark.parametrize("dataset", ["digits", "moons", "swiss_roll", "breast_cancer"])
def test_opens(dataset: str) -> None:
    test = opened(dataset=dataset, epoch="3")
    assert not test.exception
    assert not test.error
    assert test.title[0].value == "Train"


def test_collapsed_deep_untied_relu() -> None:
    test = opened(lam="10", hidden="32-16-8", tied="0", act="relu", epoch="2")
    assert not test.exception
    assert not test.error


def test_the_slider_stands_at_the_lambda_in_force() -> None:
    test = opened(then="2:1,4:10", epoch="1")
    state = test.session_state["lab"]
    slider = test.select_slider[0]
    assert (state.lam, slider.value) == (0.1, 0.1)
    for lam in (1.0, 1.0, 10.0):
        test.button(key="step").click().run()
        assert (state.lam, test.select_slider[0].value) == (lam, lam)
    test.select_slider[0].set_value(0.0).run()
    assert (state.lam, state.config.objectives[1].schedule) == (0.0, ())
    assert test.select_slider[0].value == 0.0
    assert not test.exception


def test_back_leads_to_the_dataset_before() -> None:
    test = opened(lam="0.5", epoch="1")
    state = test.session_state["lab"]
    test.select_slider[0].set_value(1.0).run()
    digits = dict(test.query_params)
    test.button(key="dataset-wine").click().run()
    assert "Wine" in test.caption[0].value
    del test.session_state["link-written"]  # as if that were long ago
    for key in list(test.query_params):
        del test.query_params[key]
    test.query_params.update(digits)
    test.run()
    assert (state.config.dataset, state.lam, state.epoch) == ("digits", 1.0, 1)
    assert "Digits" in test.caption[0].value
    assert dict(test.query_params) == digits
    assert not test.exception


def test_the_link_is_there_while_the_page_waits() -> None:
    test = opened(epoch="2").switch_page("../pages/codes.py").run()
    state = test.session_state["lab"]
    test.button(key="dataset-noise").click().run()
    assert dict(test.query_params) == {"dataset": "noise"}
    assert (state.config.dataset, state.epoch) == ("noise", 50)
    assert "Training both models" in test.main.get("progress")[0].proto.text


def test_controls() -> None:
    test = opened(epoch="2")
    state = test.session_state["lab"]
    test.button(key="step").click().run()
    assert state.epoch == 3
    assert not state.playing
    test.button(key="reset").click().run()
    assert state.epoch == 0
    test.button(key="play").click().run()
    assert state.playing
    test.button(key="play").click().run()
    assert not state.playing
    test.button(key="new-seed").click().run()
    assert state.config.seed == 1
    assert not test.exception
