"""Contraction ratio against radius, against sums that are written out and limits that are known."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cae_core.analysis.contraction import contraction_ratio
from cae_core.jacobian import norm
from tests.cae_core.strategies import config_of, random_ensemble

X = torch.from_numpy(np.random.default_rng(3).normal(size=(400, 5)))
RADII = np.array([1e-4, 0.1, 2.0, 30.0])


def ensemble(activation: str, hidden: tuple[int, ...] = (7,)):
    config = config_of({"activation": activation, "hidden": hidden, "tied": True, "loss": "squared_error"})
    return random_ensemble(config, 5)


@pytest.mark.parametrize("hidden", [(7,), (4, 6)])
def test_ratio_is_the_mean_over_samples_one_by_one(hidden: tuple[int, ...]) -> None:
    model = ensemble("tanh", hidden)
    found = contraction_ratio(model, X[:20], RADII).numpy()
    generator = torch.Generator().manual_seed(0)
    raw = torch.randn(X[:20].shape, generator=generator, dtype=torch.float64).numpy()
    for k in range(model.members):
        for r, radius in enumerate(RADII):
            ratios = []
            for x0, direction in zip(X[:20].numpy(), raw, strict=True):
                x1 = x0 + radius * direction / np.linalg.norm(direction)
                codes = [model.encode(torch.from_numpy(x)[None])[k, 0].numpy() for x in (x0, x1)]
                ratios.append(np.linalg.norm(codes[1] - codes[0]) / np.linalg.norm(x1 - x0))
            assert found[k, r] == pytest.approx(np.mean(ratios), rel=1e-9)


def test_linear_encoder_has_the_same_ratio_at_every_radius() -> None:
    model = ensemble("identity")
    found = contraction_ratio(model, X, RADII).numpy()
    np.testing.assert_allclose(found, found[:, :1] * np.ones(len(RADII)), rtol=1e-6)
    # The mean over directions is below its root mean square, ||W||_F / sqrt(d), and not by much.
    limit = torch.linalg.matrix_norm(model.weights[0]).numpy() / np.sqrt(5)
    assert (found[:, 0] < 1.05 * limit).all()
    assert (found[:, 0] > 0.8 * limit).all()


def test_small_radius_gives_the_jacobian() -> None:
    model, x = ensemble("sigmoid"), X[:1].expand(4000, 5)
    generator = torch.Generator().manual_seed(0)
    u = torch.nn.functional.normalize(torch.randn(x.shape, generator=generator, dtype=torch.float64), dim=1)
    moved = (model.encode(x + 1e-5 * u) - model.encode(x)).norm(dim=2) / 1e-5
    root_mean_square = moved.square().mean(dim=1).sqrt()
    np.testing.assert_allclose(root_mean_square, norm(model, X[:1])[:, 0] / np.sqrt(5), rtol=0.03)
    np.testing.assert_allclose(
        contraction_ratio(model, x, np.array([1e-5]))[:, 0], moved.mean(dim=1), rtol=1e-9
    )


def test_bounded_codes_contract_far_away() -> None:
    ratios = contraction_ratio(ensemble("sigmoid"), X, np.array([1e2, 1e3])).numpy()
    np.testing.assert_allclose(ratios[:, 1] / ratios[:, 0], 0.1, rtol=0.2)
