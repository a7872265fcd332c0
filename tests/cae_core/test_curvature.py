"""The curvature penalty and its gradient against Jacobians of a naive autoencoder; training with and without it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.func import grad

from cae_core.__main__ import main
from cae_core.catalog import OWN
from cae_core.config import Config, Objective
from cae_core.curvature import COPIES, SIGMA, add_curvature, curvature, noise
from cae_core.datasets import Dataset
from cae_core.ensemble import Ensemble, Layout
from cae_core.errors import ConfigError
from cae_core.estimator import ContractiveAutoencoder
from cae_core.objectives import losses_and_gradient
from cae_core.training import advance, init_state, train
from tests.cae_core.reference import Autoencoder, relative_error
from tests.cae_core.strategies import (
    ARCHITECTURES,
    config_of,
    cuts,
    members_of,
    name_of,
    random_parameters,
    samples,
    small_dataset,
)

D, N, STEP = 5, 4, 7
MEMBERS = (Objective(lam=0.3, curvature=0.5), Objective(lam=0.3), Objective(curvature=20.0))
SQUARED = [a for a in ARCHITECTURES if a["loss"] == "squared_error"]


def dense(member: Autoencoder, x: Tensor, eps: Tensor) -> Tensor:
    """Every Jacobian in full, copy by copy."""
    here = member.jacobians(x)
    return torch.stack([((member.jacobians(x + e) - here) ** 2).sum(dim=(1, 2)).mean() for e in eps]).mean()


def rebuilt(config: Config, d: int, vector: Tensor) -> Autoencoder:
    """An autoencoder of its own from one member's numbers."""
    shapes = [shape[1:] for shape in Layout.of(config, d).shapes]
    parts = vector.split([torch.Size(shape).numel() for shape in shapes])
    parameters = [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
    return Autoencoder(parameters, len(config.hidden), config.activation, config.tied, config.loss)


@pytest.mark.parametrize("d", [2, D])
@pytest.mark.parametrize("architecture", SQUARED, ids=name_of)
def test_value_and_gradient(architecture: dict, d: int) -> None:
    config = config_of(architecture, objectives=MEMBERS)
    layout, flat = Layout.of(config, d), random_parameters(config, d)
    x, inputs = samples(N, d), torch.stack([samples(N, d, seed) for seed in (1, 7, 8)])
    eps = noise(config, (N, d), STEP)
    gammas = torch.tensor([o.curvature for o in MEMBERS], dtype=flat.dtype)
    lam, none = torch.tensor([0.3, 0.3, 0.0], dtype=flat.dtype), torch.zeros(3, dtype=flat.dtype)
    gradient = torch.empty_like(flat)
    before = losses_and_gradient(config, layout, flat, x, inputs, lam, none, gradient)
    without = gradient.clone()
    after = add_curvature(config, layout, flat, inputs, STEP, before, gradient)
    values = curvature(Ensemble.of(config, layout.split(flat)), inputs, eps)
    for k, member in enumerate(members_of(config, flat, d)):
        vector = torch.cat([part[k].ravel() for part in layout.split(flat)])
        added = torch.cat([part[k].ravel() for part in layout.split(gradient - without)])

        def penalty(v: Tensor, k: int = k) -> Tensor:
            return gammas[k] * dense(rebuilt(config, d, v), inputs[k], eps)

        expected = dense(member, inputs[k], eps)
        assert float((values[k] - expected).abs()) <= 1e-9 * float(expected)
        assert float((after.total[k] - before.total[k] - gammas[k] * expected).abs()) < 1e-9
        reference = grad(penalty)(vector)
        assert float((added - reference).norm()) <= 1e-7 * float(reference.norm() + without.norm())


@pytest.mark.parametrize("hidden", [(6,), (4, 3)])
def test_the_gradient_by_finite_differences(hidden: tuple[int, ...]) -> None:
    config = config_of({"hidden": hidden, "activation": "tanh"}, objectives=(Objective(curvature=1.0),))
    layout, flat, x = Layout.of(config, D), random_parameters(config, D), samples(N, D)
    eps = noise(config, x.shape, STEP)
    zero = losses_and_gradient(
        config, layout, flat, x, x, *(torch.zeros(1, dtype=flat.dtype),) * 2, torch.empty_like(flat)
    )
    gradient = torch.zeros_like(flat)
    add_curvature(config, layout, flat, x, STEP, zero, gradient)
    direction = torch.randn(len(flat), generator=torch.Generator().manual_seed(0), dtype=flat.dtype)
    up, down = (
        curvature(Ensemble.of(config, layout.split(flat + sign * 1e-5 * direction)), x, eps)
        for sign in (1, -1)
    )
    assert relative_error(gradient @ direction, (up - down)[0] / 2e-5) < 1e-6


def test_of_small_noise_it_is_the_squared_second_derivative() -> None:
    """One tanh unit on one input, W = w: J = w s'(z), dJ/dx = w^2 s''(z), s'' = -2 tanh (1 - tanh^2)."""
    config = config_of({"hidden": (1,), "activation": "tanh"}, objectives=(Objective(curvature=1.0),))
    flat = torch.tensor([0.8, 0.3, 0.0], dtype=torch.float64)
    x, eps = torch.tensor([[0.5]], dtype=torch.float64), torch.full((1, 1, 1), 1e-4, dtype=torch.float64)
    h = np.tanh(0.8 * 0.5 + 0.3)
    expected = (0.8**2 * 2 * h * (1 - h * h)) ** 2 * 1e-8
    found = curvature(Ensemble.of(config, Layout.of(config, 1).split(flat)), x, eps)
    assert float(found) == pytest.approx(expected, rel=1e-3)


def test_a_linear_encoder_has_none() -> None:
    config = config_of({"hidden": (4, 3), "activation": "identity"}, objectives=(Objective(curvature=1.0),))
    ensemble = Ensemble.of(config, Layout.of(config, D).split(random_parameters(config, D)))
    assert float(curvature(ensemble, samples(N, D), noise(config, (N, D), 0))) == 0


def test_the_noise() -> None:
    config = config_of({"hidden": (4,)}, objectives=(Objective(curvature=1.0),))
    eps = noise(config, (400, D), 3)
    assert eps.shape == (COPIES, 400, D)
    assert float(eps.std()) == pytest.approx(SIGMA, rel=0.05)
    assert torch.equal(eps, noise(config, (400, D), 3))
    for other in (noise(config, (400, D), 4), noise(config.but(seed=1), (400, D), 3)):
        assert not torch.equal(eps, other)
    assert noise(config.but(objectives=(Objective(lam=1.0),)), (400, D), 3) is None


@pytest.mark.parametrize("hidden", [(5,), (5, 3)])
def test_members_without_it_train_as_ever(hidden: tuple[int, ...]) -> None:
    """To the bit; and the member with it does not."""
    dataset = small_dataset()
    config = config_of({"hidden": hidden, "batch_size": 20}, objectives=(Objective(), Objective(lam=0.1)))
    curved = config.but(objectives=(Objective(), Objective(lam=0.1, curvature=5.0)))
    plain, found = (advance(c, dataset, init_state(c, dataset), 7).parameters for c in (config, curved))
    layout = Layout.of(config, dataset.n_inputs)
    parts = [layout.split(torch.from_numpy(p)) for p in (plain, found)]
    assert all(torch.equal(a[0], b[0]) for a, b in zip(*parts, strict=True))
    assert not torch.equal(parts[0][0][1], parts[1][0][1])


@given(lengths=cuts(8))
def test_where_training_is_cut_does_not_matter(lengths: list[int]) -> None:
    dataset = small_dataset()
    config = config_of({"hidden": (4,), "batch_size": 20}, objectives=(Objective(lam=0.1, curvature=5.0),))
    whole = advance(config, dataset, init_state(config, dataset), 8)
    state = init_state(config, dataset)
    for steps in lengths:
        state = advance(config, dataset, state, steps)
    np.testing.assert_array_equal(state.parameters, whole.parameters)


def test_training_lowers_it() -> None:
    dataset = small_dataset()
    config = config_of(
        {"hidden": (8,), "batch_size": 50, "init_scale": 3.0},
        objectives=(Objective(lam=0.1), Objective(lam=0.1, curvature=1000.0)),
    )
    state = advance(config, dataset, init_state(config, dataset), 200)
    x = torch.from_numpy(dataset.x_test.copy())
    ensemble = Ensemble.of(
        config, Layout.of(config, dataset.n_inputs).split(torch.from_numpy(state.parameters))
    )
    without, with_it = curvature(ensemble, x, noise(config, x.shape, 0)).tolist()
    assert with_it < 0.8 * without


def test_the_estimator_trains_it() -> None:
    X = small_dataset().x_train
    settings = {"hidden_layer_sizes": (6,), "lam": 0.1, "epochs": 3, "random_state": 0}
    plain, curved = (ContractiveAutoencoder(**settings, curvature=gamma).fit(X) for gamma in (0.0, 50.0))
    assert not np.array_equal(plain.parameters_[0], curved.parameters_[0])
    config = Config(
        "own", objectives=(Objective(lam=0.1, curvature=50.0),), hidden=(6,), epochs=3, dtype="float64"
    )
    dataset = Dataset(card=OWN, x_train=X, x_test=X)
    parameters = torch.from_numpy(train(config, dataset, record=False).parameters)
    for found, part in zip(curved.parameters_, Layout.of(config, 6).split(parameters), strict=True):
        np.testing.assert_array_equal(found, part[0])


def test_the_command_line_trains_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "numbers.json"
    asked = ["train", "--dataset", "wine", "--epochs", "2", "--json", str(file), "--curvature", "4"]
    assert main([*asked, "--lam", "0", "0.5"]) == 0
    models = json.loads(file.read_text())["models"]
    assert [model["model"] for model in models] == ["AE", "CAE+H 0.5, gamma 4"]
    assert [model["curvature"] for model in models] == [0.0, 4.0]
    capsys.readouterr()
    assert main([*asked, "--lam", "0"]) == 2
    assert "--curvature must come with a lambda above 0." in capsys.readouterr().err


class TestConfig:
    def test_keys_of_configs_without_it_are_what_they_were(self) -> None:
        """Shipped files and links depend on them: the keys before this field was there."""
        terms = {"lam": 1, "weight_decay": 0.1, "gaussian": 0.2, "masking": 0.3, "schedule": ((3, 1.0),)}
        assert Config().key == "0fe9aa2aada5ce60"
        assert Config(objectives=(Objective(**terms),)).key == "3fb86b5a09833a31"

    @pytest.mark.parametrize("value", [-1e-9, float("nan"), 1e7, "much", None, True])
    def test_what_is_refused(self, value: object) -> None:
        with pytest.raises(ConfigError, match="curvature"):
            Objective(curvature=value)

    @given(gamma=st.floats(1e-6, 1e6))
    def test_it_has_a_key_of_its_own(self, gamma: float) -> None:
        plain = Config(objectives=(Objective(lam=1.0),))
        curved = Config(objectives=(Objective(lam=1.0, curvature=gamma),))
        assert curved.key != plain.key

    @pytest.mark.parametrize(
        ("objective", "label"),
        [
            (Objective(lam=0.1, curvature=2), "CAE+H 0.1, gamma 2"),
            (Objective(curvature=2), "CAE+H 0, gamma 2"),
            (Objective(lam=0.1, schedule=((3, 2.0),), curvature=0.5), "CAE+H 0.1 → 2, gamma 0.5"),
        ],
    )
    def test_labels(self, objective: Objective, label: str) -> None:
        assert objective.label == label
