"""The Sensitivity page under `AppTest`: every kind of dataset and of perturbation, and models others stumble over."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from cae_core.analysis.perturbations import PERTURBATIONS, kinds
from tests.pages.conftest import opened_at


def opened(**parameters: str) -> AppTest:
    """The page at a link, when its numbers are there."""
    test = opened_at("sensitivity", **parameters)
    for _ in range(60):
        if test.slider or test.exception or test.error:
            break
        test.run()
    return test


def well(test: AppTest) -> bool:
    """Whether the page is all there."""
    return not test.exception and not test.error and "code by" in words(test)


def words(test: AppTest) -> str:
    return " ".join(element.proto.body for element in test.get("html"))


@pytest.mark.parametrize("dataset", ["digits", "moons", "swiss_roll", "breast_cancer", "noise"])
def test_opens(dataset: str) -> None:
    test = opened(dataset=dataset, epoch="2", sample="3")
    assert well(test)
    assert test.title[0].value == "Sensitivity"
    assert test.session_state["lab"].sample == 3
    assert ("no labels" in words(test)) == (dataset == "noise")


@pytest.mark.parametrize(
    "link",
    [
        {"epoch": "0"},
        {"lam": "10", "hidden": "32-16-8", "tied": "0", "act": "relu", "epoch": "2"},
        {"hidden": "4", "epoch": "2", "sample": "499"},
    ],
)
def test_opens_on_unusual_models(link: dict[str, str]) -> None:
    assert well(opened(**link))


def test_every_perturbation_at_its_top_and_at_0() -> None:
    test = opened(epoch="2")
    for kind in kinds((8, 8)):
        test.selectbox(key="perturbation-7").set_value(kind).run()
        slider = test.slider(key=f"strength-{kind}")
        assert slider.value == PERTURBATIONS[kind].usual
        slider.set_value(PERTURBATIONS[kind].top).run()
        assert well(test)
        test.slider(key=f"strength-{kind}").set_value(0.0).run()
        assert not test.exception
        assert "nothing moves" in words(test)


def test_samples() -> None:
    test = opened(epoch="2")
    state = test.session_state["lab"]
    test.button(key="previous").click().run()
    assert state.sample == 499
    test.button(key="next").click().run()
    test.button(key="next").click().run()
    assert state.sample == 1
    test.number_input(key="sample-number").set_value(17).run()
    assert state.sample == 17
    assert test.query_params["sample"] == "17"
    test.button(key="random").click().run()
    assert 0 <= state.sample < 500
    assert test.number_input(key="sample-number").value == state.sample
    assert well(test)
