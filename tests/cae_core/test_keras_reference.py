"""The published Keras model against a NumPy reference of its own: losses, gradients, and weights after five epochs.

One sigmoid layer of 64 units, a linear decoder with weights of its own, mean squared error + 1e-4 x penalty, Adam. Our
losses are summed over the d inputs, so that lambda = 1e-4 d; Adam is torch's (its eps is added after the correction).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from cae_core.analysis.mistakes import wrong_loss
from cae_core.config import Config
from cae_core.datasets import Dataset, load
from cae_core.ensemble import Ensemble, Layout, initial_parameters
from cae_core.mistakes import MISTAKES
from cae_core.objectives import losses_and_gradient
from cae_core.training import train

Floats = NDArray[np.float64]
LAM = 1e-4
TOLERANCE = 1e-6


@dataclass
class Model:
    """Weights of the reference, and those that its penalty sees."""

    W: Floats
    b: Floats
    V: Floats
    c: Floats
    frozen: Floats | None = None

    def loss_and_gradients(self, x: Floats, *, mean: bool) -> tuple[float, list[Floats]]:
        """The loss of a batch and its gradients, errors summed or averaged over the inputs."""
        n, d = x.shape
        lam = LAM if mean else LAM * d
        h = 1 / (1 + np.exp(-(x @ self.W + self.b)))
        r = h @ self.V + self.c
        per_input = 1 / d if mean else 1.0
        seen = self.W if self.frozen is None else self.frozen
        a, squares = h * (1 - h), (seen**2).sum(axis=0)
        loss = per_input * ((r - x) ** 2).sum() / n + lam * (a**2 @ squares).sum() / n
        dr = per_input * 2 * (r - x) / n
        dz = (dr @ self.V.T + lam * 2 * a * squares * (1 - 2 * h) / n) * a
        dW = x.T @ dz
        if self.frozen is None:
            dW += lam * 2 * self.W * (a**2).sum(axis=0) / n
        return loss, [dW, dz.sum(axis=0), h.T @ dr, dr.sum(axis=0)]


def adam(model: Model, data: Dataset, config: Config) -> None:
    """Five epochs of Adam, in the order of batches that training documents."""
    x = data.x_train.astype(np.float64)
    weights = [model.W, model.b, model.V, model.c]
    first, second = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    t = 0
    for epoch in range(config.epochs):
        order = np.random.default_rng([config.seed, 2, epoch]).permutation(len(x))
        for start in range(0, len(x), config.batch_size):
            t += 1
            _, gradients = model.loss_and_gradients(x[order[start : start + config.batch_size]], mean=False)
            for w, g, m, v in zip(weights, gradients, first, second, strict=True):
                m += 0.1 * (g - m)
                v += 0.001 * (g**2 - v)
                w -= config.learning_rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)


@pytest.fixture(scope="module")
def config() -> Config:
    return Config.for_dataset(
        "digits",
        hidden=(64,),
        activation="sigmoid",
        tied=False,
        loss="squared_error",
        init="glorot",
        init_scale=1.0,
        optimizer="adam",
        learning_rate=1e-3,
        epochs=5,
        lam=(0.0, LAM * 64),
        dtype="float64",
    )


@pytest.fixture(scope="module")
def data(config: Config) -> Dataset:
    return load(config)


def initial(config: Config, *, frozen: bool = False) -> Model:
    """The reference with our initial weights, which both members share."""
    model = model_of(config, initial_parameters(config, 64))
    model.frozen = model.W.copy() if frozen else None
    return model


def model_of(config: Config, flat: torch.Tensor, member: int = 1) -> Model:
    """The reference with a member's weights."""
    return Model(*(part[member].numpy().copy() for part in Layout.of(config, 64).split(flat)))


@pytest.fixture(scope="module")
def trained(config: Config, data: Dataset) -> torch.Tensor:
    """Our parameters after five epochs."""
    return torch.from_numpy(train(config, data).parameters)


@pytest.mark.parametrize("epochs", [0, 5])
def test_loss_and_gradients(config: Config, data: Dataset, trained: torch.Tensor, epochs: int) -> None:
    layout = Layout.of(config, 64)
    flat = trained if epochs else initial_parameters(config, 64)
    x = torch.from_numpy(data.x_train[:32].astype(np.float64))
    gradient, lam = torch.zeros_like(flat), torch.tensor([0.0, LAM * 64], dtype=torch.float64)
    terms = losses_and_gradient(config, layout, flat, x, x, lam, torch.zeros_like(lam), gradient)
    reference = initial(config)
    if epochs:  # by the reference's own five epochs, not by ours
        adam(reference, data, config)
    loss, gradients = reference.loss_and_gradients(x.numpy(), mean=False)
    assert terms.total[1].item() == pytest.approx(loss, rel=TOLERANCE)
    mean_loss, mean_gradients = reference.loss_and_gradients(x.numpy(), mean=True)
    assert terms.total[1].item() / 64 == pytest.approx(mean_loss, rel=TOLERANCE)
    for ours, summed, averaged in zip(layout.split(gradient), gradients, mean_gradients, strict=True):
        for found, expected in ((ours[1], summed), (ours[1] / 64, averaged)):
            apart = np.linalg.norm(found.numpy() - expected)
            assert apart <= TOLERANCE * np.linalg.norm(expected)


def test_the_references_gradient_is_that_of_its_loss(config: Config, data: Dataset) -> None:
    x, step = data.x_train[:8].astype(np.float64), 1e-6
    model = initial(config)
    _, (dW, *_) = model.loss_and_gradients(x, mean=False)
    for i, j in ((10, 3), (30, 40), (43, 63)):
        values = []
        for sign in (1, -1):
            model.W[i, j] += sign * step
            values.append(model.loss_and_gradients(x, mean=False)[0])
            model.W[i, j] -= sign * step
        assert (values[0] - values[1]) / (2 * step) == pytest.approx(dW[i, j], rel=1e-5, abs=1e-8)


def test_weights_after_five_epochs_and_w_is_live(
    config: Config, data: Dataset, trained: torch.Tensor
) -> None:
    ours = [part[1].numpy() for part in Layout.of(config, 64).split(trained)]
    live, frozen = initial(config), initial(config, frozen=True)
    adam(live, data, config)
    adam(frozen, data, config)
    for found, model in zip(ours, (live.W, live.b, live.V, live.c), strict=True):
        assert np.linalg.norm(found - model) <= TOLERANCE * np.linalg.norm(model)
    apart = np.linalg.norm(ours[0] - frozen.W) / np.linalg.norm(ours[0])
    assert apart > 100 * TOLERANCE


def test_with_w_frozen_it_is_the_mistake_of_that_name(config: Config, data: Dataset) -> None:
    """The publication's own form: our training with the frozen penalty gives the frozen reference's weights."""
    mistake = MISTAKES["frozen"]
    wrong = mistake.config(config, (LAM * 64,))
    assert (wrong.tied, wrong.hidden, wrong.dtype) == (False, (64,), "float64")
    before = Ensemble.of(wrong, Layout.of(wrong, 64).split(initial_parameters(wrong, 64)))
    state = train(wrong, data, record=False, loss=wrong_loss(mistake, before))
    found = model_of(wrong, torch.from_numpy(state.parameters), member=2)
    frozen = initial(config, frozen=True)
    adam(frozen, data, config)
    for ours, reference in (
        (found.W, frozen.W),
        (found.b, frozen.b),
        (found.V, frozen.V),
        (found.c, frozen.c),
    ):
        assert np.linalg.norm(ours - reference) <= TOLERANCE * np.linalg.norm(reference)
