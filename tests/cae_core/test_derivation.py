"""The derivation: each step holds where it should, and only there."""

from __future__ import annotations

import numpy as np
import pytest

from cae_core import derivation
from cae_core.analysis.derivation import derive
from cae_core.config import ACTIVATIONS, Config
from cae_core.figures import derivation as figures

CONFIG = Config.for_dataset("digits")


@pytest.mark.parametrize("dataset", ["digits", "moons", "breast_cancer"])
def test_each_step_holds_for_one_sigmoid_layer(dataset: str) -> None:
    found = derive(Config.for_dataset(dataset), 3, 5, "sigmoid", 1, 0.1)
    for name in ("loop", "product"):
        np.testing.assert_allclose(found[name], found["exact"], rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(found[name], found["differences"], rtol=1e-6, atol=1e-9)
        assert figures.check(found, name)[1]
    assert float(found["penalty"]) == pytest.approx(float(found["true"]), rel=1e-12)
    assert float(found["numerical"]) == pytest.approx(float(found["true"]), rel=1e-7)
    assert float(found["loss"]) == pytest.approx(
        float(found["error"]) + 0.1 * float(found["true"]), rel=1e-12
    )
    assert found["batch"].shape == (32,)
    np.testing.assert_allclose(found["batch"], found["batch_exact"], rtol=1e-12)
    np.testing.assert_allclose(found["batch"], found["batch_numerical"], rtol=1e-7)
    assert float(found["numerical_loss"]) == pytest.approx(float(found["true_loss"]), rel=1e-7)
    for sentence, holds in (
        figures.check_error(found),
        figures.check_batch(found),
        figures.check_number(found, "penalty", "true", "numerical"),
        figures.check_number(found, "loss", "true_loss", "numerical_loss"),
    ):
        assert holds
        assert sentence.startswith("It holds: ")


def test_the_error_and_the_penalty_are_those_of_sums_written_out() -> None:
    """By loops over a network that is made anew from the numbers returned."""
    found = derive(CONFIG, 3, 5, "sigmoid", 1, 0.1)
    total = 0.0
    for j in range(5):
        for i in range(64):
            slope = float(found["h"][j]) * (1 - float(found["h"][j]))
            total += (slope * float(found["W"][i, j])) ** 2
    assert float(found["penalty"]) == pytest.approx(total, rel=1e-12)
    np.testing.assert_allclose(found["slope"], found["h"] * (1 - found["h"]), rtol=1e-12)
    assert found["batch_slopes"].shape == (32, 64)
    assert 0 < found["batch_slopes"].min() < found["batch_slopes"].max() <= 0.25


@pytest.mark.parametrize("name", ["error", "penalty", "loss", "batch"])
def test_a_number_that_is_off_does_not_hold(name: str) -> None:
    found = derive(CONFIG, 3, 5, "sigmoid", 1, 0.1)
    found[name] = found[name] * (1 + 1e-6)
    sentence, holds = {
        "error": lambda: figures.check_error(found),
        "penalty": lambda: figures.check_number(found, "penalty", "true", "numerical"),
        "loss": lambda: figures.check_number(found, "loss", "true_loss", "numerical_loss"),
        "batch": lambda: figures.check_batch(found),
    }[name]()
    assert not holds
    assert "It does not hold here" in sentence
    assert "1.0e-06" in sentence


@pytest.mark.parametrize(
    ("activation", "layers"), [*((name, 1) for name in ACTIVATIONS if name != "sigmoid"), ("sigmoid", 2)]
)
def test_the_formula_is_wrong_elsewhere_and_the_page_says_so(activation: str, layers: int) -> None:
    found = derive(CONFIG, 3, 5, activation, layers, 0.1)
    np.testing.assert_allclose(found["exact"], found["differences"], rtol=1e-6, atol=1e-8)
    assert abs(float(found["penalty"]) / float(found["true"]) - 1) > 0.05
    if layers == 1:
        assert figures.check(found, "product") == figures.check(found, "loop")
        right = found["slope"][:, None] * found["W"].T  # the true slope puts it right
        np.testing.assert_allclose(right, found["exact"], rtol=1e-12, atol=1e-15)
    sentence, holds = figures.check_number(found, "loss", "true_loss", "numerical_loss")
    assert not holds
    assert sentence.startswith("It does not hold here")


def test_the_lines_shown_are_those_that_run() -> None:
    code = derivation.code_of(derivation.squared_norm)
    assert code == "return ((h * (1 - h)) ** 2 * (W**2).sum(axis=0)).sum()"
    scope = {"h": np.array([0.2, 0.6]), "W": np.array([[1.0, 2.0], [3.0, -1.0]])}
    assert eval(code.removeprefix("return "), scope) == pytest.approx(0.16**2 * 10 + 0.24**2 * 5)
    assert derivation.squared_norm(scope["h"], scope["W"]) == pytest.approx(0.16**2 * 10 + 0.24**2 * 5)


def test_two_layers_have_the_jacobian_of_both() -> None:
    found = derive(CONFIG, 3, 5, "sigmoid", 2, 0.1)
    assert found["exact"].shape == (5, 64)
    assert found["loop"].shape == (5, 5)  # of the last layer alone
    for name in ("loop", "product"):
        sentence, holds = figures.check(found, name)
        assert not holds
        assert "5 by 5" in sentence
