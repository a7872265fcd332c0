"""The wrong penalties: each is what it says, none is the penalty, and by how much it misleads."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.func import jacrev

from cae_core.analysis.mistakes import study, wrong_loss
from cae_core.config import Config, Objective
from cae_core.datasets import load
from cae_core.ensemble import Ensemble, Layout, initial_parameters
from cae_core.mistakes import MISTAKES
from cae_core.objectives import losses_and_gradient
from cae_core.training import train

LAMS = (0.3, 3.0)


def model_of(key: str, seed: int = 0) -> Ensemble:
    """Two members in float64, trained by nobody."""
    config = Config.for_dataset("digits", hidden=(6,), dtype="float64", seed=seed, init_scale=2.0)
    config = MISTAKES[key].config(config, (1.0,)).but(hidden=(6, 4)[: 1 + bool(MISTAKES[key].units)])
    return Ensemble.of(config, Layout.of(config, 5).split(initial_parameters(config, 5)))


def dense(model: Ensemble, x: torch.Tensor) -> torch.Tensor:
    """J of the first member at each x, by automatic differentiation."""
    return torch.stack([jacrev(lambda one: model.encode(one[None])[0, 0])(row) for row in x])


@pytest.mark.parametrize("key", list(MISTAKES))
def test_each_is_what_it_says_and_not_the_penalty(key: str) -> None:
    x = torch.randn(7, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    model, before = model_of(key), model_of(key, seed=9)
    J = dense(model, x)
    h, W = model.encode(x)[0], model.weights[0][0]
    formula = (h * (1 - h)) ** 2
    expected = {
        "sum": lambda: J.sum(dim=1).square().sum(dim=1),
        "frozen": lambda: formula @ before.weights[0][0].square().sum(dim=0),
        "detached": lambda: J.square().sum(dim=(1, 2)),
        "formula": lambda: formula @ W.square().sum(dim=0),
        "last": lambda: formula @ model.weights[-1][0].square().sum(dim=0),
        "weights": lambda: W.square().sum().expand(7),
    }[key]()
    found = MISTAKES[key].penalty(model, before, model.stack(x)).detach()
    assert found.shape == (model.members, 7)
    torch.testing.assert_close(found[0], expected, rtol=1e-10, atol=1e-14)
    right = J.square().sum(dim=(1, 2))
    if key == "detached":  # its value is right, its gradient is not
        torch.testing.assert_close(found[0], right, rtol=1e-10, atol=1e-14)
    else:
        assert ((found[0] - right).abs() / right).min() > 0.02


def test_detached_and_frozen_weights_have_no_gradient_but_through_the_codes() -> None:
    x = torch.randn(7, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    for key in ("detached", "frozen"):
        model = model_of(key)
        before = model_of(key)  # the same weights: what differs is where gradients go
        W = model.weights[0].clone().requires_grad_()
        live = Ensemble.of(
            MISTAKES[key].config(Config.for_dataset("digits", hidden=(6,), dtype="float64"), (1.0,)),
            [W, *model.biases, *model.decoder_biases],
        )
        value = MISTAKES[key].penalty(live, before, live.stack(x))[0].sum()
        (wrong,) = torch.autograd.grad(value, W)
        torch.testing.assert_close(value.item(), dense(model, x).square().sum().item())

        def penalty(weights: torch.Tensor, biases: torch.Tensor = model.biases[0]) -> torch.Tensor:
            h = torch.sigmoid(x @ weights + biases[0])
            return ((h * (1 - h)) ** 2 @ weights.square().sum(dim=0)).sum()

        step = 1e-6
        differences = torch.zeros_like(W[0])
        for i in range(5):
            for j in range(6):
                moved = torch.zeros_like(differences)
                moved[i, j] = step
                differences[i, j] = (penalty(W[0] + moved) - penalty(W[0] - moved)).detach() / (2 * step)
        missing = (wrong[0] - differences).norm() / differences.norm()
        assert missing > 0.3


@pytest.mark.parametrize("key", ["sum", "last"])
def test_the_right_half_and_the_plain_member_train_as_ever(key: str) -> None:
    config = MISTAKES[key].config(Config.for_dataset("digits", hidden=(8,), dtype="float64", epochs=1), LAMS)
    data = load(config)
    layout = Layout.of(config, data.n_inputs)
    before = Ensemble.of(config, layout.split(initial_parameters(config, data.n_inputs)))
    wrong = train(config, data, record=False, loss=wrong_loss(MISTAKES[key], before))
    right = train(config, data, record=False, loss=losses_and_gradient)
    first = 1 + len(LAMS)
    for a, b in zip(
        layout.split(torch.from_numpy(wrong.parameters)),
        layout.split(torch.from_numpy(right.parameters)),
        strict=True,
    ):
        torch.testing.assert_close(a[:first], b[:first], rtol=1e-7, atol=1e-9)
        assert (a[first:] - b[first:]).abs().max() > 1e-4


def test_the_lines_shown_are_those_that_run() -> None:
    for mistake in MISTAKES.values():
        assert "return" in mistake.code
        assert "def" not in mistake.code
        compile(
            "def f(model, before, x):\n" + "\n".join("    " + one for one in mistake.code.splitlines()),
            "",
            "exec",
        )


@pytest.fixture(scope="module")
def studies() -> dict[str, dict[str, np.ndarray]]:
    """Every mistake, trained on digits for a while with twice Glorot's range."""
    config = Config.for_dataset("digits", hidden=(48,), epochs=12, init_scale=2.0)
    return {key: study(config, key, LAMS) for key in MISTAKES}


@pytest.mark.parametrize("key", list(MISTAKES))
def test_a_study_has_the_same_plain_model_for_both(
    key: str, studies: dict[str, dict[str, np.ndarray]]
) -> None:
    found = studies[key]
    for name in ("believed", "norm", "weights", "saturated", "error"):
        assert found[name].shape == (2, 1 + len(LAMS))
        np.testing.assert_array_equal(found[name][0, 0], found[name][1, 0])
    assert (np.diff(found["norm"][0]) < 0).all()  # the right penalty brings the norm down


def test_how_far_each_misleads(studies: dict[str, dict[str, np.ndarray]]) -> None:
    def at(key: str, name: str) -> tuple[float, float, float]:
        """The plain model, the right penalty and the wrong one, at the largest lambda."""
        values = studies[key][name]
        return float(values[0, 0]), float(values[0, -1]), float(values[1, -1])

    plain, right, wrong = at("sum", "norm")
    assert wrong > 0.8 * plain > 2 * right  # it hardly contracts
    assert at("sum", "believed")[2] < 0.2 * wrong  # and believes that it does
    for key in ("frozen", "detached"):
        assert at(key, "weights")[2] > 1.2 * at(key, "weights")[1]
        assert at(key, "weights")[2] > at(key, "weights")[0]  # beyond those of the plain autoencoder
        assert at(key, "norm")[2] > 1.1 * at(key, "norm")[1]
        assert at(key, "saturated")[2] > at(key, "saturated")[1]
    assert at("detached", "believed")[2] == pytest.approx(at("detached", "norm")[2], rel=1e-5)
    plain_read, plain_norm = at("frozen", "believed")[0], at("frozen", "norm")[0]
    assert abs(plain_read / plain_norm - 1) > 0.05  # even of the plain model: its weights have moved
    assert at("formula", "believed")[2] < 0.5 * at("formula", "norm")[2]
    assert studies["formula"]["before"][0] < 0.6 * studies["formula"]["before"][1]
    assert at("last", "believed")[2] > 1.5 * at("last", "norm")[2]
    assert studies["weights"]["before"][0] > 2 * studies["weights"]["before"][1]
    assert at("weights", "weights")[2] < 0.5 * at("weights", "weights")[1]
    assert at("weights", "saturated")[2] <= at("weights", "saturated")[0]  # no unit is driven into saturation


def test_objectives_of_a_study() -> None:
    config = MISTAKES["last"].config(Config.for_dataset("digits"), LAMS)
    assert [o.lam for o in config.objectives] == [0.0, *LAMS, *LAMS]
    assert config.hidden == (32, 16)
    assert config.objectives[1] == Objective(lam=LAMS[0])
