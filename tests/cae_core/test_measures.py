"""The measures beside every norm, on models whose measures are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cae_core import measures
from cae_core.analysis.neighbours import accuracies, noisy
from cae_core.config import Objective
from cae_core.datasets import Dataset
from cae_core.ensemble import Ensemble, Layout
from cae_core.jacobian import norm
from cae_core.samples import as_tensor, train_tensor
from cae_core.training import init_state, make_frame
from tests.cae_core.strategies import (
    config_of,
    members_of,
    random_ensemble,
    random_parameters,
    samples,
    small_dataset,
)

DATA = small_dataset()
D = DATA.n_inputs


def linear_ensemble(*matrices: np.ndarray) -> Ensemble:
    """Members ``h = x W + 0.1``, tied."""
    config = config_of(
        {"activation": "identity", "hidden": (matrices[0].shape[1],)},
        objectives=(Objective(),) * len(matrices),
    )
    parts = Layout.of(config, D).split(torch.zeros(Layout.of(config, D).size, dtype=torch.float64))
    parts[0].copy_(torch.from_numpy(np.stack(matrices)))
    parts[1].fill_(0.1)
    return Ensemble.of(config, parts)


def relative_contraction(ensemble: Ensemble) -> torch.Tensor:
    x = as_tensor(DATA.x_test, ensemble.dtype)
    spread = measures.code_spread(ensemble, train_tensor(DATA, ensemble.dtype))
    return measures.relative_contraction(norm(ensemble, x), D, DATA.train_spread, spread)


@given(scale=st.floats(1e-3, 1e3), seed=st.integers(0, 100), units=st.integers(D, 10))
def test_relative_contraction_of_a_similarity_map_is_1(scale: float, seed: int, units: int) -> None:
    rotation = np.linalg.qr(np.random.default_rng(seed).normal(size=(units, D)))[0].T
    rho = relative_contraction(linear_ensemble(scale * rotation))
    torch.testing.assert_close(rho, torch.ones_like(rho))


def test_relative_contraction_of_a_projection_on_the_data_is_below_1() -> None:
    directions = np.linalg.svd(DATA.x_train - DATA.x_train.mean(axis=0))[2]
    along, across = directions[:2].T, directions[-2:].T
    rho = relative_contraction(linear_ensemble(along, across))
    assert float(rho[0].max()) < 0.7
    assert float(rho[1].min()) > 1.5


def test_relative_contraction_of_a_collapsed_code_is_nan() -> None:
    """All codes are equal, at a number that rounding does not leave alone."""
    rho = relative_contraction(linear_ensemble(np.zeros((D, 3)), np.eye(D)[:, :3]))
    assert bool(rho[0].isnan().all())
    assert bool(rho[1].isfinite().all())


def test_relative_contraction_without_spread_is_nan_whatever_the_norm() -> None:
    norms, spread = torch.tensor([[0.0, 2.0], [0.0, 2.0]]), torch.tensor([0.0, 0.5])
    found = measures.relative_contraction(norms, 4, 3.0, spread)
    torch.testing.assert_close(found, torch.tensor([[math.nan] * 2, [0.0, 6.0]]).double(), equal_nan=True)


@pytest.mark.parametrize("block", [1, 7, 1000])
def test_code_spread(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    ensemble, x = random_ensemble(config_of({"hidden": (4, 3)}), D), samples(40, D)
    monkeypatch.setattr(measures, "BLOCK", block)
    for spread, codes in zip(measures.code_spread(ensemble, x), ensemble.encode(x), strict=True):
        expected = (codes - codes.mean(dim=0)).square().sum(dim=1).mean().sqrt()
        torch.testing.assert_close(spread, expected)


def test_code_spread_of_float32_codes_far_from_the_origin() -> None:
    config = config_of({"hidden": (4,), "activation": "identity"}, dtype="float32")
    parts = Layout.of(config, D).split(random_parameters(config, D))
    near = measures.code_spread(Ensemble.of(config, parts), samples(40, D).float())
    parts[1].add_(100.0)
    far = measures.code_spread(Ensemble.of(config, parts), samples(40, D).float())
    torch.testing.assert_close(far, near, rtol=1e-4, atol=0)


def test_a_model_that_says_the_mean_has_lost_all_variance() -> None:
    config = config_of({"hidden": (4,)}, objectives=(Objective(),))
    state = init_state(config, DATA)
    layout = Layout.of(config, D)
    parameters = torch.zeros(layout.size, dtype=torch.float64)
    layout.split(parameters)[-1].copy_(torch.from_numpy(DATA.x_test.mean(axis=0)))
    mean_says = type(state)(**{**vars(state), "parameters": parameters.numpy()})
    view = make_frame(config, DATA, mean_says).view
    assert view["variance_lost"][0] == pytest.approx(1.0)
    assert view["norm"].max() == 0
    assert view["code_spread"][0] == 0
    assert math.isnan(view["relative_contraction"][0])


def test_a_model_that_copies_has_lost_nothing() -> None:
    identity = linear_ensemble(np.eye(D))
    identity.decoder_biases[0].fill_(-0.1)
    error = measures.errors(identity, as_tensor(DATA.x_test, torch.float64))
    assert float(error.max()) < 1e-25


@pytest.mark.parametrize("loss", ["squared_error", "cross_entropy"])
def test_errors_are_squared_errors_whatever_the_loss(loss: str) -> None:
    config = config_of({"hidden": (4,), "loss": loss})
    flat, x = random_parameters(config, D), samples(9, D)
    ensemble = Ensemble.of(config, Layout.of(config, D).split(flat))
    for found, member in zip(measures.errors(ensemble, x), members_of(config, flat, D), strict=True):
        expected = torch.stack([(member.reconstruction(row) - row).square().sum() for row in x])
        torch.testing.assert_close(found, expected)


@pytest.mark.parametrize(("activation", "low", "high"), [("sigmoid", 0.05, 0.95), ("tanh", -0.95, 0.95)])
def test_saturation_is_a_share_of_the_code_units(activation: str, low: float, high: float) -> None:
    ensemble, x = (
        random_ensemble(config_of({"hidden": (8, 5), "activation": activation}), D),
        4 * samples(30, D),
    )
    codes = ensemble.encode(x)
    expected = ((codes < low) | (codes > high)).double().mean(dim=2)
    torch.testing.assert_close(measures.saturation(ensemble, x), expected)
    assert 0 < float(expected.mean()) < 1


@pytest.mark.parametrize("activation", ["softplus", "relu", "identity"])
def test_saturation_of_unbounded_units_is_unknown(activation: str) -> None:
    ensemble = random_ensemble(config_of({"hidden": (4,), "activation": activation}), D)
    assert bool(measures.saturation(ensemble, samples(3, D)).isnan().all())


def test_the_training_tensor_is_kept_while_its_dataset_lives() -> None:
    data = Dataset(card=DATA.card, x_train=DATA.x_train, x_test=DATA.x_test)
    assert train_tensor(data, torch.float64) is train_tensor(data, torch.float64)
    assert train_tensor(data, torch.float32).dtype == torch.float32


class TestNeighbours:
    def test_accuracy_counts_the_majority_of_the_five_nearest(self) -> None:
        ensemble = random_ensemble(config_of({"hidden": (3,)}), D)
        found = accuracies(ensemble, DATA, [DATA.x_test, noisy(DATA.x_test)])
        for version, x in enumerate((DATA.x_test, noisy(DATA.x_test))):
            train_codes = ensemble.encode(as_tensor(DATA.x_train, torch.float64))
            codes = ensemble.encode(as_tensor(x, torch.float64))
            nearest = torch.cdist(codes, train_codes).topk(5, largest=False).indices.numpy()
            votes = (DATA.y_train[nearest].mean(axis=2) > 0.5).astype(int)
            np.testing.assert_allclose(found[:, version], (votes == DATA.y_test).mean(axis=1))

    def test_noise_is_the_same_at_every_call(self) -> None:
        x = np.zeros((2000, 5), dtype=np.float32)
        assert noisy(x).dtype == np.float32
        np.testing.assert_array_equal(noisy(x), noisy(x))
        assert noisy(x).std() == pytest.approx(0.3, rel=0.03)
        np.testing.assert_allclose(noisy(x, 0.6), 2 * noisy(x), rtol=1e-5)

    def test_without_labels_there_is_no_accuracy(self) -> None:
        unlabelled = Dataset(card=DATA.card, x_train=DATA.x_train, x_test=DATA.x_test)
        found = accuracies(random_ensemble(config_of({"hidden": (3,)}), D), unlabelled, [DATA.x_test])
        assert found.shape == (3, 1)
        assert np.isnan(found).all()
