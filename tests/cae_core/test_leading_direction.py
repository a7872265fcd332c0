"""The direction that a code notices most, against the full decomposition."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cae_core.config import Config
from cae_core.datasets import load
from cae_core.ensemble import Ensemble, Layout, initial_parameters
from cae_core.jacobian import jacobian, leading_direction, singular_vectors
from tests.cae_core.strategies import architectures, config_of, random_ensemble, samples


def gains(ensemble: Ensemble, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """``||J v||`` of the direction found, and the largest singular value."""
    v = leading_direction(ensemble, x)
    found = torch.einsum("knji,kni->knj", jacobian(ensemble, x), v).norm(dim=2)
    return found.double(), singular_vectors(ensemble, x, 1)[0][:, :, 0]


@given(architecture=architectures(), n_inputs=st.integers(1, 9), seed=st.integers(0, 50))
def test_its_gain_is_the_largest_singular_value(architecture: dict, n_inputs: int, seed: int) -> None:
    ensemble = random_ensemble(config_of(architecture), n_inputs, seed)
    x = samples(7, n_inputs, seed)
    found, largest = gains(ensemble, x)
    assert (found >= 0.99 * largest).all()
    lengths = leading_direction(ensemble, x).norm(dim=2)
    torch.testing.assert_close(lengths[largest > 0], torch.ones_like(lengths[largest > 0]))


@pytest.mark.parametrize("init", ["glorot", "paper"])
def test_its_gain_on_digits(init: str) -> None:
    config = Config.for_dataset("digits", init=init)
    x = torch.from_numpy(load(config).x_display[:40].copy())
    ensemble = Ensemble.of(config, Layout.of(config, 64).split(initial_parameters(config, 64)))
    found, largest = gains(ensemble, x)
    assert (found >= 0.99 * largest).all()


def test_a_sample_has_the_same_direction_alone() -> None:
    ensemble = random_ensemble(config_of({"activation": "tanh", "hidden": (5,)}), 6)
    x = samples(9, 6)
    torch.testing.assert_close(
        leading_direction(ensemble, x[4:5])[:, 0], leading_direction(ensemble, x)[:, 4]
    )
