"""Derivation, Common mistakes and Plane: words and limits that depend on what a visitor chose."""

from __future__ import annotations

import numpy as np
import pytest

from cae_core.config import SETTINGS
from tests.pages.conftest import opened_at
from ui import url
from ui.derivation import Net, choose_published, introduction
from ui.session import Lab


@pytest.mark.parametrize(
    ("net", "penalty", "true", "parts"),
    [
        (Net(6, "sigmoid", 1), 0.5, 0.5, ["checked against differentiation"]),
        (
            Net(2, "relu", 1),
            0.0,
            0.0,
            ["gives the true number for this sample, but not in general", "slope of this"],
        ),
        (
            Net(2, "relu", 2),
            0.2,
            0.0,
            ["wrong here, 0.2 for a squared norm of 0", "slope of this", "product of its"],
        ),
        (Net(4, "sigmoid", 2), 0.2, 0.1, ["wrong here, 0.2 for a squared norm of 0.1: a deep encoder"]),
    ],
)
def test_where_the_formula_holds(net: Net, penalty: float, true: float, parts: list[str]) -> None:
    text = introduction(net, 64, {"penalty": np.float64(penalty), "true": np.float64(true)})
    for part in parts:
        assert part in text
    assert "inf" not in text


def test_the_published_model_has_no_curvature_penalty() -> None:
    state = Lab(url.read({"gamma": "2.5"}).config, 10)
    choose_published(state, "digits")
    mine = state.config.objectives[1]
    assert (mine.lam, mine.curvature) == (pytest.approx(64e-4), 0.0)
    assert (state.config.hidden, state.config.epochs, state.epoch) == ((64,), 5, 5)


def test_the_published_model_on_mnist_has_lambda_per_input() -> None:
    state = Lab(url.read({"dataset": "moons"}).config, 10)
    choose_published(state, "mnist")
    assert state.config.dataset == "mnist"
    assert state.config.objectives[1].lam == pytest.approx(1e-4 * 784)
    assert (state.config.activation, state.config.tied, state.config.loss) == (
        "sigmoid",
        False,
        "squared_error",
    )


@pytest.mark.parametrize("page", ["mistakes", "plane"])
def test_a_study_of_too_many_steps_is_not_begun(page: str) -> None:
    most = str(int(SETTINGS["epochs"].high))
    test = opened_at(page, dataset="moons", epochs=most, epoch="0")
    assert not test.exception
    assert "these settings that takes minutes" in test.info[0].value
    test.button[-1].click().run()
    assert not test.exception
    assert test.session_state["lab"].config.epochs < 1000
